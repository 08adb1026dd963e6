"""What was played, how often, and what was played last."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from music_locker_core.library import Library
from music_locker_core.models import Track, TrackKey
from tests.core.library.listed_locker import ListedLocker

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
async def played(library: Library, locker: ListedLocker) -> Library:
    """Play the first track twice, the second one between."""
    locker.held_tracks = [Track(str(number), f"Song {number}") for number in range(3)]
    await library.sync("one", locker)
    for minute, track in enumerate(("0", "1", "0")):
        await library.note_played(TrackKey("one", track), NOON + timedelta(minutes=minute))
    return library


def titles(library: Library, locker: str = "one", limit: int = 100) -> list[str]:
    return [track.title for track in library.recently_played(locker, limit)]


async def test_the_last_one_comes_first_and_every_play_counts(played: Library) -> None:
    assert titles(played) == ["Song 0", "Song 1"]
    assert titles(played, limit=1) == ["Song 0"]
    assert titles(played, "none") == []
    counts = [played.play_count(TrackKey("one", track)) for track in "012"]
    assert counts == [2, 1, 0]


async def test_it_is_kept_over_restarts_and_a_track_that_is_gone_is_left_out(
    played: Library, path: Path, locker: ListedLocker
) -> None:
    await played.close()
    again = await Library.open(path)
    try:
        assert titles(again) == ["Song 0", "Song 1"]
        del locker.held_tracks[0]
        await again.sync("one", locker)
        assert titles(again) == ["Song 1"]
    finally:
        await again.close()


async def test_it_goes_with_its_locker(played: Library) -> None:
    await played.remove_locker("one")
    await played.note_played(TrackKey("one", "0"), NOON)
    assert titles(played) == []
    await played.add_locker("one", "My music")
    assert played.play_count(TrackKey("one", "0")) == 0


async def test_an_index_from_before_there_was_a_history_gets_one(
    library: Library, path: Path, locker: ListedLocker
) -> None:
    locker.held_tracks = [Track("0", "Song 0")]
    await library.sync("one", locker)
    await library.close()
    connection = sqlite3.connect(path)
    connection.executescript("DROP TABLE plays; ALTER TABLE items DROP COLUMN listed; PRAGMA user_version = 1;")
    connection.close()
    again = await Library.open(path)
    try:
        assert not again.rebuilt
        await again.note_played(TrackKey("one", "0"), NOON)
        assert titles(again) == ["Song 0"]
    finally:
        await again.close()
