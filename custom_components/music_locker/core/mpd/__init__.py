"""The MPD protocol."""
