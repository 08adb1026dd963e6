"""Artists and albums that a service does not list."""

from datetime import UTC, datetime

import aiohttp
import pytest

from music_locker_core.library import Library
from music_locker_core.models import Album, Artist, Track
from tests.core.library.listed_locker import ListedLocker

ADDED = datetime(2026, 1, 2, tzinfo=UTC)
TRACKS = [
    Track("1", "One", album="Arrival", album_id="b1", year=1977, artist="Abba", artist_id="a1"),
    Track(
        "2", "Two", album="Arrival", album_id="b1", year=1976, artwork="p2", added=ADDED, artist="Abba", artist_id="a1"
    ),
    Track("3", "Three", album="Hits", album_id="b2", artist="Cream", artist_id="a2"),
    Track("4", "Four", album="Hits", album_id="b2", artist="Abba", artist_id="a1"),
    Track("5", "Five", album="Live", album_id="b3", album_artist="Cream", artist="Cream with Abba", artist_id="a3"),
    Track("6", "Six", album="Live", album_id="b3", album_artist="Cream", artist="Cream", artist_id="a2"),
    Track("7", "Seven", album="Theirs", album_id="b9", artist="Friend", artist_id="a9", listed=False),
    Track("8", "Eight"),
]


@pytest.mark.usefixtures("socket_enabled")
async def test_what_a_service_does_not_list_is_made_from_its_tracks(library: Library) -> None:
    async with aiohttp.ClientSession() as session:
        locker = ListedLocker(session, TRACKS)
        locker.held_artists = [Artist("a1", "ABBA", album_count=2)]
        await library.add_locker("l", "Locker")
        await library.sync("l", locker)
        contents = library.catalog.contents["l"]
        assert {artist.id: artist.name for artist in contents.artists} == {
            "a1": "ABBA",
            "a2": "Cream",
            "a3": "Cream with Abba",
        }
        assert list(contents.albums) == [
            Album("b1", "Arrival", "Abba", "a1", "l", year=1976, artwork="p2", track_count=2, added=ADDED),
            Album("b2", "Hits", "Various Artists", None, "l", track_count=2),
            Album("b3", "Live", "Cream", "a2", "l", track_count=2),
        ]
        assert [track.album_artist for track in contents.listed.tracks.values()] == [
            "Abba",
            "Abba",
            "Various Artists",
            "Various Artists",
            "Cream",
            "Cream",
            None,
            None,
        ]
        assert not (await library.sync("l", locker)).changed
