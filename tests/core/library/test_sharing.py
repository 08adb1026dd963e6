"""What many tracks have in common is in memory once, and what has not changed is not made again."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from music_locker_core.library import Library
from music_locker_core.models import Album, Track
from tests.core.library.listed_locker import ListedLocker

NOON = "2026-01-01T12:00:00+00:00"


def tracks(count: int) -> list[Track]:
    """Return tracks of one album, each with values of its own, as a service's answers have them."""
    return [
        Track(
            str(number),
            f"Song {number}",
            b"Abba".decode(),
            album=b"Arrival".decode(),
            album_id="a",
            genre=b"Pop".decode(),
            year=int("1976"),
            modified=datetime.fromisoformat(NOON),
        )
        for number in range(count)
    ]


def common(track: Track) -> tuple[int, ...]:
    """Return which objects a track has for what others have too."""
    values = (track.artist, track.album, track.album_artist, track.genre, track.year, track.modified, track.mime_type)
    return tuple(map(id, values))


async def test_values_of_many_tracks_are_one_object(library: Library, locker: ListedLocker, path: Path) -> None:
    locker.held_tracks = tracks(5)
    await library.sync("one", locker)
    assert len({common(track) for track in library.catalog.tracks}) == 1
    await library.close()
    again = await Library.open(path)
    try:
        assert len({common(track) for track in again.catalog.tracks}) == 1
        (album,) = again.catalog.albums("one")
        assert album.title is again.catalog.tracks[0].album
        assert again.catalog.tracks[0].modified == datetime(2026, 1, 1, 12, tzinfo=UTC)
    finally:
        await again.close()


async def test_a_track_that_has_not_changed_is_the_same_object(library: Library, locker: ListedLocker) -> None:
    locker.held_albums = [Album("a", "Arrival", "Abba")]
    locker.held_tracks = tracks(3)
    await library.sync("one", locker)
    before = {track.id: track for track in library.catalog.tracks}
    locker.held_tracks = [replace(tracks(1)[0], title="Other"), *tracks(3)[1:]]
    await library.sync("one", locker)
    after = {track.id: track for track in library.catalog.tracks}
    assert [after[key] is before[key] for key in "012"] == [False, True, True]
    assert after["1"].album_artist == "Abba"
