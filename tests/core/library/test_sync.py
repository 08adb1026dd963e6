"""Sync: reading a locker by difference, from our own server over HTTP and from scripted lists."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from mpd_bridge.locker_server import Fault, LockerServer
from music_locker_core.errors import LockerConnectionError, LockerError
from music_locker_core.library import (
    CatalogChanged,
    Library,
    LibraryError,
    PlaylistsChanged,
    StickersChanged,
    SyncEnded,
    SyncProgress,
    SyncStarted,
)
from music_locker_core.library.events import LibraryEvent
from music_locker_core.lockers import create_adapter
from music_locker_core.lockers.base import Adapter
from music_locker_core.lockers.web import Retry
from music_locker_core.models import Playlist, Track
from tests.core.library.listed_locker import GONE, ListedLocker
from tests.mpd_bridge.locker_server import audio


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[LockerServer]:
    for number in (1, 2, 3):
        song = tmp_path / f"music/{number}.mp3"
        audio.make(song, title=f"Song {number}", artist="Abba", album="Arrival", tracknumber=str(number))
    server = LockerServer(tmp_path / "music", tmp_path / "state", password_cost=2)
    await asyncio.to_thread(server.add_account, "me", "secret")
    await server.start()
    yield server
    await server.close()


@pytest.fixture
async def adapter(server: LockerServer) -> AsyncIterator[Adapter]:
    settings = {"url": server.url, "username": "me", "password": "secret", "partner_token": "9999999999"}
    async with aiohttp.ClientSession() as session:
        adapter = create_adapter("mp3tunes", settings, session, Retry(delay=0.0))
        yield adapter
        await adapter.close()


async def test_a_locker_is_read_and_then_only_asked_whether_it_changed(
    library: Library, adapter: Adapter, server: LockerServer
) -> None:
    result = await library.sync("one", adapter)
    assert (result.changed, result.tracks, result.albums, result.artists) == (True, 3, 1, 1)
    assert [track.title for track in library.catalog.tracks] == ["Song 1", "Song 2", "Song 3"]
    version, calls = library.catalog.version, server.calls["lockerdata"]
    again = await library.sync("one", adapter)
    assert (again.changed, again.tracks) == (False, 3)
    assert server.calls["lockerdata"] == calls
    assert library.catalog.version == version


async def test_what_came_and_went_at_the_server_comes_and_goes(
    library: Library, adapter: Adapter, server: LockerServer, tmp_path: Path
) -> None:
    await library.sync("one", adapter)
    kept = {track.title: track.uri for track in library.catalog.tracks}
    (tmp_path / "music/2.mp3").unlink()
    audio.make(tmp_path / "music/4.mp3", title="Song 4", artist="Abba", album="Arrival", tracknumber="4")
    await server.scan()
    await library.sync("one", adapter, force=True)
    uris = {track.title: track.uri for track in library.catalog.tracks}
    assert set(uris) == {"Song 1", "Song 3", "Song 4"}
    assert (uris["Song 1"], uris["Song 3"]) == (kept["Song 1"], kept["Song 3"])


async def test_a_server_that_fails_leaves_the_last_good_index(
    library: Library, adapter: Adapter, server: LockerServer
) -> None:
    await library.sync("one", adapter)
    before = library.catalog
    server.faults.add(Fault("lockerData", count=None, skip=1, status=500))
    with pytest.raises(LockerError):
        await library.sync("one", adapter, force=True)
    assert library.catalog is before
    assert len(await library.search("song")) == 3
    server.faults.clear()
    assert not (await library.sync("one", adapter, force=True)).changed


async def test_differences_are_counted_and_told(library: Library, locker: ListedLocker) -> None:
    locker.held_tracks = [Track("a", "A"), Track("b", "B")]
    locker.held_playlists = {Playlist("p", "Party"): ("a",)}
    await library.sync("one", locker)
    events: list[LibraryEvent] = []
    unsubscribe = library.subscribe(events.append)
    locker.held_tracks = [Track("a", "A", rating=10), Track("c", "C")]
    locker.held_playlists = {Playlist("p", "Party"): ("c", "a")}
    result = await library.sync("one", locker)
    assert (result.changed, result.added, result.updated, result.removed) == (True, 1, 2, 1)
    unsubscribe()
    await library.sync("one", locker)
    assert events == [
        SyncStarted("one"),
        SyncProgress("one", 1, None),
        SyncProgress("one", 2, None),
        CatalogChanged(library.catalog.version),
        PlaylistsChanged("one"),
        StickersChanged(),
        SyncEnded("one", result=result),
    ]


async def test_the_same_marker_ends_a_sync_after_one_call(library: Library, locker: ListedLocker) -> None:
    locker.marker = "1"
    await library.sync("one", locker)
    locker.calls.clear()
    await library.sync("one", locker)
    assert locker.calls == ["change_marker"]
    await library.sync("one", locker, force=True)
    assert "tracks" in locker.calls


async def test_a_sync_that_finds_nothing_new_keeps_the_version(library: Library, locker: ListedLocker) -> None:
    locker.held_tracks = [Track("a", "A")]
    await library.sync("one", locker)
    version, first = library.catalog.version, library.catalog.last_sync("one")
    assert not (await library.sync("one", locker)).changed
    last = library.catalog.last_sync("one")
    assert library.catalog.version == version
    assert first is not None
    assert last is not None
    assert last >= first


@pytest.mark.parametrize("error", [LockerConnectionError("gone"), asyncio.CancelledError()])
async def test_a_broken_or_cancelled_sync_leaves_the_last_good_index(
    library: Library, locker: ListedLocker, error: BaseException
) -> None:
    locker.held_tracks = [Track("a", "A"), Track("b", "B")]
    await library.sync("one", locker)
    before = library.catalog
    events: list[LibraryEvent] = []
    library.subscribe(events.append)
    locker.held_tracks, locker.error = [Track("c", "C")], error
    with pytest.raises(type(error)):
        await library.sync("one", locker)
    assert library.catalog is before
    assert events[-1] == SyncEnded("one", error=error if isinstance(error, LockerError) else None)


async def test_the_version_grows_over_restarts(library: Library, locker: ListedLocker, path: Path) -> None:
    version = library.catalog.version
    locker.held_tracks = [Track("a", "A")]
    await library.sync("one", locker)
    assert library.catalog.version > version
    version = library.catalog.version
    await library.close()
    again = await Library.open(path)
    try:
        await again.add_locker("one", "My music")
        assert again.catalog.version == version
        await again.add_locker("one", "Renamed")
        assert again.catalog.version > version
        assert again.catalog.tracks[0].uri.startswith("Renamed/")
    finally:
        await again.close()


async def test_an_unknown_locker_is_not_indexed(library: Library, locker: ListedLocker) -> None:
    with pytest.raises(LibraryError, match="no locker"):
        await library.sync("nowhere", locker)


async def test_a_playlist_that_goes_while_the_locker_is_read_is_left_out(
    library: Library, locker: ListedLocker
) -> None:
    locker.held_playlists = {Playlist("p", "Party"): (), Playlist("q", "Deleted"): GONE}
    assert (await library.sync("one", locker)).playlists == 1
    assert library.catalog.playlist("one", "q") is None


async def test_other_playlists_alone_are_told_as_such_and_leave_the_songs_as_they_are(
    library: Library, locker: ListedLocker
) -> None:
    locker.held_tracks = [Track("a", "A"), Track("b", "B")]
    locker.held_playlists = {Playlist("p", "Party"): ("a",)}
    await library.sync("one", locker)
    before = library.catalog
    events: list[LibraryEvent] = []
    library.subscribe(events.append)
    locker.held_playlists = {Playlist("q", "Quiet"): ("b",)}
    await library.sync("one", locker)
    assert PlaylistsChanged("one") in events
    assert not any(isinstance(event, CatalogChanged) for event in events)
    assert (library.catalog.songs, library.catalog.version) == (before.songs, before.version)
    assert [each.title for each in library.catalog.playlists("one")] == ["Quiet"]
    assert [each.title for each in library.catalog.playlist_tracks("one", "q")] == ["B"]
