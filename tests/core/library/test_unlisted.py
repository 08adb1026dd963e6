"""What is not the account's own, a friend's tracks: reached by playlists only; and the kinds of playlists."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from hypothesis import given, settings
from hypothesis import strategies as st

from music_locker_core.library import Library
from music_locker_core.library.snapshot import find, summaries
from music_locker_core.models import Album, Artist, Downloads, MediaKind, Playlist, PlaylistKind, Track, TrackKey
from tests.core.library.listed_locker import ListedLocker

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
OWN = Track("own", "Waterloo", "Abba", "a", "Arrival", "arrival", genre="Pop", added=NOON, rating=6)
FRIENDS = replace(OWN, id="friends", listed=False, genre="Polka", rating=10, downloads=Downloads.LAST)
BOBS = Playlist("b", "Everything", kind=PlaylistKind.FRIEND, owner="Bob", track_count=1)


def fill(locker: ListedLocker) -> None:
    locker.held_artists = [Artist("a", "Abba")]
    locker.held_albums = [Album("arrival", "Arrival", "Abba", "a")]
    locker.held_tracks = [OWN, FRIENDS]
    locker.held_playlists = {BOBS: ("friends",), Playlist("m", "Mine"): ("own", "friends")}


def told(library: Library) -> list[Track]:
    """Return every track that a list of the catalog shows."""
    catalog = library.catalog
    lists: list[Sequence[Track]] = [
        catalog.tracks,
        catalog.tracks_by_title("one"),
        catalog.recently_added("one"),
        catalog.top_rated("one"),
        *(catalog.artist_tracks("one", artist.id) for artist in catalog.artists("one")),
        *(catalog.album_tracks("one", album.id) for album in catalog.albums("one")),
        *(catalog.genre_tracks("one", genre) for genre in catalog.genres("one")),
    ]
    waiting = [""]
    while waiting and (directory := catalog.directory(waiting.pop())) is not None:
        waiting += directory.directories
        lists.append(directory.tracks)
    return [track for each in lists for track in each]


async def test_a_friends_track_is_found_by_its_playlist_its_key_and_its_uri_only(
    library: Library, locker: ListedLocker, path: Path
) -> None:
    fill(locker)
    result = await library.sync("one", locker)
    assert result.tracks == 1
    await library.close()
    again = await Library.open(path)
    try:
        catalog = again.catalog
        assert {track.id for track in told(again)} == {"own"}
        assert list(catalog.genres("one")) == ["Pop"]
        assert [getattr(each, "id", "") for each in await again.find("waterloo")] == ["own"]
        assert not await again.find("polka")
        (friends,) = catalog.playlist_tracks("one", "b")
        assert friends is catalog.track(TrackKey("one", "friends"))
        assert friends is catalog.track_by_uri("My music/Friends/Abba/Arrival/Waterloo.mp3")
        assert (friends.downloads, friends.listed) == (Downloads.LAST, False)
        assert isinstance(friends.downloads, Downloads)
        assert [track.id for track in catalog.playlist_tracks("one", "m")] == ["own", "friends"]
        await again.note_played(friends.key, NOON)
        assert again.recently_played("one") == [friends]
    finally:
        await again.close()


async def test_a_look_from_outside_counts_and_finds_what_is_listed_only(
    library: Library, locker: ListedLocker, path: Path
) -> None:
    fill(locker)
    await library.sync("one", locker)
    (summary,) = await asyncio.to_thread(summaries, path)
    assert (summary.tracks, summary.playlists) == (1, 2)
    found = await asyncio.to_thread(lambda: find(path, "waterloo", kinds=set(MediaKind), limit=10))
    assert [each.id for each in found] == ["own"]


async def test_playlists_keep_their_kind_and_owner(library: Library, locker: ListedLocker, path: Path) -> None:
    fill(locker)
    await library.sync("one", locker)
    await library.close()
    again = await Library.open(path)
    try:
        bobs = again.catalog.playlist("one", "b")
        assert bobs == replace(BOBS, locker="one")
        assert [each.id for each in again.catalog.playlists("one", PlaylistKind.FRIEND)] == ["b"]
        assert [each.id for each in again.catalog.playlists("one", PlaylistKind.PLAYLIST)] == ["m"]
        assert [each.id for each in again.catalog.playlists("one")] == ["b", "m"]
        assert not again.catalog.playlists("two", PlaylistKind.PLAYLIST)
        assert await again.search("bob") == [bobs]
        assert not (await again.sync("one", locker)).changed
    finally:
        await again.close()


async def test_an_index_from_before_there_were_friends_is_read_as_it_is(
    library: Library, locker: ListedLocker, path: Path
) -> None:
    locker.held_tracks = [OWN]
    locker.held_playlists = {Playlist("m", "Mine"): ("own",)}
    await library.sync("one", locker)
    await library.close()
    connection = sqlite3.connect(path)
    fields = "'$.listed', '$.downloads', '$.kind', '$.owner'"
    connection.executescript(
        f"UPDATE items SET data = CAST(json_remove(CAST(data AS TEXT), {fields}) AS BLOB);"  # noqa: S608 - our own
        "ALTER TABLE items DROP COLUMN listed; PRAGMA user_version = 2;"
    )
    connection.close()
    again = await Library.open(path)
    try:
        assert not again.rebuilt
        assert again.catalog.playlists("one", PlaylistKind.PLAYLIST)
        assert [getattr(each, "id", "") for each in await again.search("waterloo")] == ["own"]
        assert not (await again.sync("one", locker)).changed
        locker.held_tracks = [replace(OWN, listed=False)]
        assert (await again.sync("one", locker)).tracks == 0
        assert not await again.search("waterloo")
    finally:
        await again.close()


_names = st.sampled_from(["Friends", "Abba", "Arrival", "Waterloo", "a/b", "..", ""])
_tracks = st.lists(
    st.builds(
        Track,
        id=st.uuids().map(str),
        title=_names,
        artist=_names,
        artist_id=st.just("a"),
        album=_names,
        album_id=st.just("arrival"),
        genre=_names,
        number=st.sampled_from([None, 1]),
        added=st.just(NOON),
        rating=st.just(10),
        file_name=st.sampled_from([None, "Waterloo.mp3", "x.ogg"]),
        listed=st.booleans(),
    ),
    max_size=12,
)


async def _sync(directory: Path, pages: Sequence[Sequence[Track]]) -> None:
    library = await Library.open(directory / "library.db")
    try:
        async with aiohttp.ClientSession() as session:
            locker = ListedLocker(session)
            fill(locker)
            await library.add_locker("one", "Friends")
            for tracks in pages:
                locker.held_tracks = list(tracks)
                locker.held_playlists = {BOBS: [track.id for track in tracks]}
                await library.sync("one", locker)
                _check(library, tracks)
                found = [each for each in await library.find("friends abba arrival") if isinstance(each, Track)]
                assert all(track.listed for track in [*found, *await _searched(library)])
    finally:
        await library.close()


async def _searched(library: Library) -> list[Track]:
    words = ("friends", "abba", "ar", "waterloo", "a/b")
    return [each for word in words for each in await library.search(word) if isinstance(each, Track)]


def _check(library: Library, tracks: Sequence[Track]) -> None:
    catalog = library.catalog
    shown = told(library)
    assert {track.id for track in shown} == {track.id for track in tracks if track.listed}
    assert all(track.listed for track in shown)
    held = catalog.playlist_tracks("one", "b")
    assert [track.id for track in held] == [track.id for track in tracks]
    assert len({track.uri for track in held}) == len(tracks)
    assert all(catalog.track_by_uri(track.uri) is track for track in held)
    # A listed track lies one folder higher, so that neither comes into the other's way when it comes later.
    assert all(track.uri.count("/") == (3 if track.listed else 4) for track in held)


@settings(max_examples=8, deadline=None)
@given(_tracks, st.data())
def test_nothing_unlisted_leaks_and_no_two_tracks_share_a_uri(tracks: list[Track], data: st.DataObject) -> None:
    changed = [replace(track, listed=data.draw(st.booleans())) for track in tracks]
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(_sync(Path(directory), [tracks, changed, list(reversed(tracks))]))
