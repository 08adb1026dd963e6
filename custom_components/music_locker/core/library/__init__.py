"""The index: every locker's artists, albums, tracks and playlists, in SQLite and in memory."""
