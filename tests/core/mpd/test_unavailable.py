"""What a locker lists and does not give: shown, refused in words where it is asked for, and passed over in lists."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from music_locker_core.hub import Core
from music_locker_core.models import Playlist
from music_locker_core.playback.player import Player, PlayerState
from tests.core.mpd.client import RawClient
from tests.core.mpd.shelf import TRACKS, ShelfLocker

HUNTER = "Shelf/Björk/Homogenic/01 Hunter.mp3"
REFUSED = "The locker does not give Hunter any more"


class Withdrawn(ShelfLocker):
    """List the first track, and the whole of the second album, without giving them."""

    gone = ("1", "4", "5", "6")

    def __init__(self, session: aiohttp.ClientSession) -> None:
        super().__init__(session)
        self.all_tracks = [replace(track, available=track.id not in self.gone) for track in TRACKS]

    async def playlists(self) -> list[Playlist]:
        return [Playlist("mixed", "Mixed"), Playlist("gone", "Gone")]

    async def playlist_tracks(self, playlist_id: str) -> list[str]:
        return ["1", "2", "4", "3"] if playlist_id == "mixed" else ["1", "4"]


@pytest.fixture
async def locker() -> AsyncIterator[ShelfLocker]:
    async with aiohttp.ClientSession() as session:
        yield Withdrawn(session)


def titles(player: Player) -> list[str]:
    return [item.track.title for item in player.queue if item.track is not None]


async def test_it_is_shown_as_what_the_locker_lists(client: RawClient) -> None:
    assert (await client.ask(f'lsinfo "{HUNTER}"')).pairs["Title"] == "Hunter"
    assert (await client.ask("listplaylistinfo Gone")).values("Title") == ["Hunter", 'It\'s "Quoted"']


@pytest.mark.parametrize("command", ["add", "addid"])
async def test_by_itself_it_is_refused_in_words(client: RawClient, player: Player, command: str) -> None:
    assert await client.ask(f'{command} "{HUNTER}"') == [f"ACK [50@0] {{{command}}} {REFUSED}"]
    assert not player.queue.items


async def test_lists_are_queued_without_it(client: RawClient, player: Player) -> None:
    for command in ("add Shelf/Björk", "findadd album Homogenic", "searchadd album homogenic", "load Mixed"):
        assert await client.ask(command) == ["OK"], command
        assert titles(player) == ["Jóga", "Bachelorette"], command
        await client.ask("clear")
    for command in ("findadd title Hunter", "searchadd title hunter", "load Gone"):
        name = command.partition(" ")[0]
        assert await client.ask(command) == [f"ACK [50@0] {{{name}}} {REFUSED}"]
    assert await client.ask("findadd title nothing") == ["OK"]


async def test_what_is_withdrawn_while_it_is_queued_is_refused_or_passed_over(
    client: RawClient, player: Player, core: Core, locker: ShelfLocker
) -> None:
    locker.all_tracks = TRACKS
    await core.sync("shelf", force=True)
    await client.ask("load Mixed")
    locker.all_tracks = Withdrawn(locker._session).all_tracks
    await core.sync("shelf", force=True)
    for command in ("play 0", "playid 1", "seek 0 1", "seekid 1 1"):
        name = command.partition(" ")[0]
        assert await client.ask(command) == [f"ACK [50@0] {{{name}}} {REFUSED}"]
    assert player.state is PlayerState.STOPPED
    assert await client.ask("play") == ["OK"]
    await player.settle()
    current = await client.ask("currentsong")
    assert current.pairs["Title"] == "Jóga"
    assert (await client.ask("status")).pairs["error"] == REFUSED
    await client.ask("next")
    await player.settle()
    assert (await client.ask("currentsong")).pairs["Title"] == "Bachelorette"


async def test_no_service_is_asked_for_it(tmp_path: Path) -> None:
    class Strict(Withdrawn):
        def stream(self, track_id: str, **_: object) -> object:  # type: ignore[override] # it only tells
            raise AssertionError(track_id)

    async with aiohttp.ClientSession() as session:
        core = await Core.open(tmp_path)
        try:
            locker = Strict(session)
            locker.all_tracks = [replace(track, available=False) for track in TRACKS]
            await core.add_locker("shelf", "Shelf", locker)
            await core.sync("shelf")
            live = await core.add_player("live", "Live")  # which reads the sound itself
            live.add(core.library.catalog.tracks)
            await live.play()
            await live.settle()
            assert (live.state, live.error) == (PlayerState.STOPPED, "The locker does not give 雨 any more")
            core.streams.prefetch(core.library.catalog.tracks[0])
        finally:
            await core.close()
