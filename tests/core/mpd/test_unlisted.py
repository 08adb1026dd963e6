"""A friend's tracks, which the database does not list, in the queue and in playlists."""

from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest

from music_locker_core.hub import Core
from music_locker_core.models import Playlist, PlaylistKind
from tests.core.mpd.client import RawClient
from tests.core.mpd.shelf import TRACKS, ShelfLocker

HUNTER = "Shelf/Friends/Björk/Homogenic/01 Hunter.mp3"


@pytest.fixture
async def locker() -> AsyncIterator[ShelfLocker]:
    """Hold the first track as Bob's, in a playlist of his whole library."""

    class Shared(ShelfLocker):
        async def playlists(self) -> list[Playlist]:
            return [Playlist("b", "Evening", kind=PlaylistKind.FRIEND, owner="Bob"), *await super().playlists()]

        async def playlist_tracks(self, playlist_id: str) -> list[str]:
            return ["1"] if playlist_id == "b" else list(await super().playlist_tracks(playlist_id))

    async with aiohttp.ClientSession() as session:
        locker = Shared(session)
        locker.all_tracks = (replace(TRACKS[0], listed=False), *TRACKS[1:])
        yield locker


async def test_the_database_neither_lists_nor_counts_them(client: RawClient, core: Core) -> None:
    assert (await client.ask("stats")).pairs["songs"] == "7"
    assert (await client.ask("count title Hunter")).pairs["songs"] == "0"
    assert (await client.ask("searchcount any hunter")).pairs["songs"] == "0"
    shown = await client.ask("listallinfo")
    assert HUNTER not in shown.values("file")
    assert "Shelf/Friends" not in shown.values("directory")
    assert "Shelf/Friends" not in (await client.ask("lsinfo Shelf")).values("directory")
    assert await client.ask("add Shelf/Friends") == ["ACK [50@0] {add} No such directory"]
    assert len(core.library.catalog.tracks) == 7


async def test_they_are_queued_from_their_playlist_and_found_by_their_path(client: RawClient) -> None:
    assert (await client.ask("listplaylists")).values("playlist") == ["Evening", "Evening (Bob)"]
    assert (await client.ask('listplaylist "Evening (Bob)"')).values("file") == [HUNTER]
    assert await client.ask('load "Evening (Bob)"') == ["OK"]
    assert (await client.ask("playlistinfo")).pairs["Title"] == "Hunter"
    for command in ("lsinfo", "listallinfo"):
        assert (await client.ask(f'{command} "{HUNTER}"')).pairs["Title"] == "Hunter"
    assert await client.ask(f'listall "{HUNTER}"') == [f"file: {HUNTER}", "OK"]
    assert (await client.ask(f'readcomments "{HUNTER}"')).pairs["TITLE"] == "Hunter"
    assert (await client.ask(f'addid "{HUNTER}"')).pairs["Id"] == "2"
