"""The MPD bridge without Home Assistant: command line, daemon, demo music and locker server."""
