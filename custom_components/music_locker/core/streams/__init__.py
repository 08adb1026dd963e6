"""The bytes of tracks: tokens, cache, relay, conversion, the live stream."""
