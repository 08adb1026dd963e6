"""The lockers' playlists as MPD's stored playlists."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from music_locker_core.hub import Core
from music_locker_core.models import Playlist
from music_locker_core.mpd.playlists import stored_playlists
from music_locker_core.playback.player import Player
from tests.core.mpd.client import RawClient
from tests.core.mpd.shelf import ShelfLocker

RAIN = "Shelf/東京/夜/01 雨.mp3"


class NamedPlaylists(ShelfLocker):
    """Hold the shelf's tracks and playlists with these names."""

    names: Sequence[str] = ()

    async def playlists(self) -> Sequence[Playlist]:
        return [Playlist(str(number), name) for number, name in enumerate(self.names, 1)]

    async def playlist_tracks(self, playlist_id: str) -> Sequence[str]:
        return (playlist_id,)


@pytest.fixture
async def evening(client: RawClient) -> list[str]:
    return (await client.ask("listplaylist Evening")).values("file")


async def test_playlists_are_listed(client: RawClient) -> None:
    assert (await client.ask("listplaylists")).values("playlist") == ["Evening"]


async def test_a_playlist_lists_its_songs_in_its_order(client: RawClient, evening: list[str]) -> None:
    assert evening[0] == RAIN
    answer = await client.ask("listplaylistinfo Evening")
    assert answer.values("file") == evening
    assert answer.values("Title") == ["雨", "Jóga", "No Album"]


async def test_a_range_of_a_playlist(client: RawClient, evening: list[str]) -> None:
    assert (await client.ask("listplaylist Evening 1:")).values("file") == evening[1:]
    assert (await client.ask("listplaylistinfo Evening 0:2")).values("file") == evening[:2]


@pytest.mark.parametrize("command", ["listplaylist", "listplaylistinfo", "load"])
async def test_a_playlist_that_is_not_there(client: RawClient, command: str) -> None:
    assert await client.ask(f"{command} Morning") == [f"ACK [50@0] {{{command}}} No such playlist"]


async def test_a_playlist_is_queued_at_the_end(client: RawClient, player: Player, evening: list[str]) -> None:
    assert await client.ask("load Evening") == ["OK"]
    assert await client.ask("load Evening 0:1") == ["OK"]
    assert [item.track.uri for item in player.queue.items if item.track] == [*evening, evening[0]]


async def test_a_playlist_is_queued_at_a_position(client: RawClient, player: Player, evening: list[str]) -> None:
    assert await client.ask("load Evening") == ["OK"]
    assert await client.ask("load Evening 1:2 0") == ["OK"]
    assert [item.track.uri for item in player.queue.items if item.track] == [evening[1], *evening]


async def test_nothing_is_queued_where_an_argument_is_wrong(client: RawClient, player: Player) -> None:
    assert await client.ask("load Evening 2:1") == ["ACK [2@0] {load} Malformed range: 2:1"]
    assert await client.ask("load Evening 0:1 9") == ["ACK [2@0] {load} Number too large: 9"]
    assert await client.ask("load Evening 5:9") == ["OK"]
    assert len(player.queue) == 0


async def test_a_second_playlist_of_a_name_names_its_locker_too_and_leaves_the_first_its_name(
    client: RawClient, core: Core
) -> None:
    before = (await client.ask("listplaylist Evening")).values("file")
    async with aiohttp.ClientSession() as session:
        await core.add_locker("second", "A Second", ShelfLocker(session))
        await core.sync("second")
        answer = await client.ask("listplaylists")
        assert answer.values("playlist") == ["Evening", "Evening (A Second)"]
        assert (await client.ask("listplaylist Evening")).values("file") == before
        (first, *_) = (await client.ask('listplaylist "Evening (A Second)"')).values("file")
        assert first.startswith("A Second")


async def test_names_stay_over_a_restart(client: RawClient, core: Core, tmp_path: Path) -> None:
    async with aiohttp.ClientSession() as session:
        await core.add_locker("second", "A Second", ShelfLocker(session))
        await core.sync("second")
        before = await client.ask("listplaylists")
        again = await Core.open(tmp_path / "copy")
        await again.close()
        files = (sqlite3.connect(tmp_path / name) for name in ("library.db", "copy/library.db"))
        with closing(next(files)) as source, closing(next(files)) as target:
            source.backup(target)
        again = await Core.open(tmp_path / "copy")
        try:
            assert list(await stored_playlists(again.library)) == before.values("playlist")
        finally:
            await again.close()


async def test_names_are_safe_and_unique(client: RawClient, core: Core) -> None:
    async with aiohttp.ClientSession() as session:
        locker = NamedPlaylists(session)
        locker.names = ("AC/DC", "AC-DC", "two\nlines", " ")
        await core.add_locker("named", "Named", locker)
        await core.sync("named")
        answer = await client.ask("listplaylists")
        assert answer.values("playlist") == ["AC-DC", "AC-DC (2)", "Evening", "Playlist", "two lines"]


async def test_a_playlist_tells_when_it_was_changed(client: RawClient, core: Core) -> None:
    class Changed(NamedPlaylists):
        async def playlists(self) -> Sequence[Playlist]:
            return [Playlist("1", "Morning", modified=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))]

    async with aiohttp.ClientSession() as session:
        await core.add_locker("changed", "Changed", Changed(session))
        await core.sync("changed")
        answer = await client.ask("listplaylists")
        assert answer[-3:] == ["playlist: Morning", "Last-Modified: 2026-01-02T03:04:05Z", "OK"]
