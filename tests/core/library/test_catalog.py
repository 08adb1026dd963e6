"""The catalog: lists in their order, look-ups, and the tree of directories."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from music_locker_core.library import Library
from music_locker_core.models import Album, Artist, Playlist, Track, TrackKey
from tests.core.library.listed_locker import ListedLocker


@pytest.fixture
async def filled(library: Library, locker: ListedLocker) -> Library:
    locker.held_artists = [Artist("z", "zz top"), Artist("a", "Abba")]
    locker.held_albums = [
        Album("arrival", "Arrival", "Abba", "a", year=1976),
        Album("box", "Box", "Abba", "a", year=1970),
    ]
    added = [datetime(2020, 1, day, tzinfo=UTC) for day in (1, 2, 3, 4)]
    tags = {"artist": "Abba", "artist_id": "a", "album": "Arrival", "album_id": "arrival", "genre": "Pop"}
    locker.held_tracks = [
        Track("12023", "Another", number=3, added=added[0], **tags),  # type: ignore[arg-type]  # tags of several types
        Track("12029", "On disc two", number=1, disc=2, added=added[3], **tags),  # type: ignore[arg-type]  # same
        Track("12028", "First", number=1, disc=1, added=added[1], **tags),  # type: ignore[arg-type]  # same
        Track("99", "Unnumbered", added=added[2], **tags),  # type: ignore[arg-type]  # same
        Track("7", "Loose", genre="blues"),
    ]
    locker.held_playlists = {Playlist("p", "Party"): ("7", "gone", "12028", "7")}
    await library.sync("one", locker)
    return library


@pytest.mark.row("M39")
def test_an_albums_tracks_come_by_disc_number_and_title(filled: Library) -> None:
    titles = [track.title for track in filled.catalog.album_tracks("one", "arrival")]
    assert titles == ["First", "Another", "Unnumbered", "On disc two"]


def test_lists_are_sorted_without_regard_to_case(filled: Library) -> None:
    catalog = filled.catalog
    assert [artist.name for artist in catalog.artists("one")] == ["Abba", "zz top"]
    assert [album.title for album in catalog.albums("one")] == ["Arrival", "Box"]
    assert list(catalog.genres("one")) == ["blues", "Pop"]
    assert [playlist.title for playlist in catalog.playlists("one")] == ["Party"]


def test_an_artists_albums_come_by_year(filled: Library) -> None:
    assert [album.id for album in filled.catalog.artist_albums("one", "a")] == ["box", "arrival"]
    assert len(filled.catalog.artist_tracks("one", "a")) == 4
    assert [track.id for track in filled.catalog.genre_tracks("one", "blues")] == ["7"]


def test_a_playlist_keeps_its_order_and_leaves_out_what_is_gone(filled: Library) -> None:
    assert [track.id for track in filled.catalog.playlist_tracks("one", "p")] == ["7", "12028", "7"]


def test_the_newest_tracks_come_first(filled: Library) -> None:
    assert [track.id for track in filled.catalog.recently_added("one", 3)] == ["12029", "99", "12028"]


def test_random_albums_are_no_more_than_there_are(filled: Library) -> None:
    assert {album.id for album in filled.catalog.random_albums("one", 10)} == {"arrival", "box"}
    assert len(filled.catalog.random_albums("one", 1)) == 1


def test_items_are_found_by_id_and_uri(filled: Library) -> None:
    catalog = filled.catalog
    track = catalog.track(TrackKey("one", "12028"))
    assert track is not None
    assert track.uri == "My music/Abba/Arrival/01 First.mp3"
    assert catalog.track_by_uri(track.uri) is track
    for item in (catalog.artist("one", "a"), catalog.album("one", "box"), catalog.playlist("one", "p")):
        assert item is not None
        assert item.locker == "one"


def test_what_is_not_there_is_none_or_empty(filled: Library) -> None:
    catalog = filled.catalog
    assert catalog.track(TrackKey("two", "7")) is None
    assert catalog.track(TrackKey("one", "8")) is None
    assert catalog.track_by_uri("My music/nothing") is None
    assert (catalog.artist("two", "a"), catalog.album("two", "a"), catalog.playlist("two", "a")) == (None, None, None)
    lists = [catalog.artists, catalog.albums, catalog.playlists, catalog.genres, catalog.recently_added]
    assert not any(read("two") for read in lists)
    grouped = [catalog.artist_albums, catalog.artist_tracks, catalog.album_tracks, catalog.genre_tracks]
    assert not any(read(locker, "none") for read in (*grouped, catalog.playlist_tracks) for locker in ("one", "two"))
    assert catalog.last_sync("two") is None


def test_the_tree_leads_from_the_lockers_to_every_track(filled: Library) -> None:
    catalog = filled.catalog
    found: list[Track] = []
    waiting = [""]
    while waiting:
        directory = catalog.directory(waiting.pop())
        assert directory is not None
        found += directory.tracks
        waiting += directory.directories
    assert sorted(track.uri for track in found) == sorted(track.uri for track in catalog.tracks)
    assert catalog.directory("My music/Nobody") is None
    assert catalog.directory("Nothing") is None


async def test_lockers_of_one_title_get_different_roots(filled: Library) -> None:
    await filled.add_locker("two", "My music")
    assert [filled.catalog.locker_title(locker) for locker in ("one", "two")] == ["My music", "My music (2)"]
    root = filled.catalog.directory("")
    assert root is not None
    assert set(root.directories) == {"My music", "My music (2)"}


async def test_a_restart_reads_the_same_catalog(filled: Library, path: Path) -> None:
    before = filled.catalog
    await filled.close()
    again = await Library.open(path)
    try:
        assert again.catalog.version == before.version
        assert again.catalog.tracks == before.tracks
        assert again.catalog.last_sync("one") == before.last_sync("one")
        assert again.catalog.playlist_tracks("one", "p") == before.playlist_tracks("one", "p")
    finally:
        await again.close()
