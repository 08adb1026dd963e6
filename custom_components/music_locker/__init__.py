"""Music Locker: the music you own in online lockers."""
