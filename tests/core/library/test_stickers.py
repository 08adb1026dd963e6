"""Stickers in the file of the index."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from music_locker_core.library import Library
from music_locker_core.library.stickers import PLAY_COUNT, SONG, StickerKey
from music_locker_core.models import Track, TrackKey
from tests.core.library.listed_locker import ListedLocker

SONG_0 = StickerKey(SONG, "one", "0")
ARTIST = StickerKey("Artist", "", "Abba")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


async def test_they_are_kept_over_restarts(library: Library, path: Path, locker: ListedLocker) -> None:
    locker.held_tracks = [Track("0", "Song 0")]
    await library.sync("one", locker)
    await library.stickers.set(SONG_0, "a", "1")
    await library.stickers.set(ARTIST, "a", "2")
    await library.stickers.set(ARTIST, "b", "3")
    await library.stickers.delete(ARTIST, "b")
    await library.note_played(TrackKey("one", "0"), NOON)
    await library.note_played(TrackKey("one", "0"), NOON)
    await library.stickers.delete(SONG_0, "lastPlayed")
    await library.close()
    again = await Library.open(path)
    try:
        assert again.stickers.all(SONG_0) == {"a": "1", PLAY_COUNT: "2"}
        assert again.stickers.all(ARTIST) == {"a": "2"}
        assert again.stickers.names() == [("a", "Artist"), ("a", SONG), (PLAY_COUNT, SONG)]
    finally:
        await again.close()


async def test_those_of_songs_go_with_their_locker(library: Library, path: Path) -> None:
    await library.stickers.set(SONG_0, "a", "1")
    await library.stickers.set(ARTIST, "a", "2")
    await library.remove_locker("one")
    assert library.stickers.names() == [("a", "Artist")]
    await library.close()
    again = await Library.open(path)
    try:
        assert again.stickers.names() == [("a", "Artist")]
    finally:
        await again.close()


async def test_an_index_from_before_there_were_stickers_gets_them(library: Library, path: Path) -> None:
    await library.close()
    connection = sqlite3.connect(path)
    connection.executescript("DROP TABLE stickers; PRAGMA user_version = 5;")
    connection.close()
    again = await Library.open(path)
    try:
        assert not again.rebuilt
        await again.stickers.set(SONG_0, "a", "1")
        assert again.stickers.get(SONG_0, "a") == "1"
    finally:
        await again.close()
