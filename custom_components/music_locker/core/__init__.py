"""Music Locker without a face: lockers, library, streams, playback and the MPD protocol, in pure asyncio Python."""
