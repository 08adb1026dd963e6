"""Commands over many thousands of queued songs: others are answered meanwhile, and see each of them as one change."""

import asyncio
from dataclasses import replace

import pytest

from music_locker_core import pieces
from music_locker_core.hub import Core
from music_locker_core.playback.player import Player
from tests.core.mpd.client import RawClient
from tests.core.mpd.conftest import Connect
from tests.core.mpd.shelf import TRACKS, ShelfLocker

pytestmark = pytest.mark.slow

COUNT = 17_000  # more than are shuffled at once


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give others their turn after every piece."""
    monkeypatch.setattr(pieces, "_PATIENCE", 0.0)


@pytest.fixture
async def ids(player: Player) -> list[int]:
    return player.add([f"http://127.0.0.1:9/{number}" for number in range(COUNT)])


@pytest.mark.parametrize("command", ["shuffle", "delete 10:16000"])
async def test_others_see_one_change(
    client: RawClient, connect: Connect, player: Player, ids: list[int], command: str
) -> None:
    other = await connect()
    before, version = list(player.queue), player.queue.version
    asked = asyncio.create_task(client.ask(command))
    answered = 0
    while not asked.done():
        answered += await other.ask("ping") == ["OK"]
        if player.queue.version == version:
            assert list(player.queue) == before
    assert await asked == ["OK"]
    assert answered > 1
    assert player.queue.version == version + 1
    if command != "delete 10:16000":
        assert sorted(item.id for item in player.queue) == ids
    else:
        assert list(player.queue.ids) == ids[:10] + ids[16000:]
    assert [item.id for item in player.queue] == list(player.queue.ids)
    positions = await other.ask("plchangesposid 0")
    assert list(map(int, positions.values("Id"))) == list(player.queue.ids)
    assert list(map(int, positions.values("cpos"))) == list(range(len(player.queue)))


async def test_a_range_that_begins_behind_the_end_is_refused_at_once(client: RawClient, ids: list[int]) -> None:
    for command in ("shuffle", "delete", "prio 1"):
        answer = await client.ask(f"{command} {len(ids) + 1}:")
        assert answer == [f"ACK [2@0] {{{command.split()[0]}}} Bad song index"]


async def test_many_songs_are_found_in_the_queue(client: RawClient, player: Player, ids: list[int]) -> None:
    player.set_priority(0, 1, 9)
    player.set_priority(5, 400, 9)
    answer = await client.ask('playlistfind "(prio >= 9)"')
    assert answer.values("Id") == [str(each) for each in (1, *ids[5:400])]


async def test_songs_that_change_while_they_are_queued_are_queued_as_they_are_then(
    client: RawClient, core: Core, locker: ShelfLocker, player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    locker.all_tracks = [replace(TRACKS[0], id=str(number), title=f"Old {number}") for number in range(1100)]
    await core.sync("shelf", force=True)
    await client.ask("lsinfo")

    async def give(_turns: pieces.Turns) -> None:
        if player.queue.last_id and locker.all_tracks[0].title.startswith("Old"):  # its ids are set apart
            locker.all_tracks = [replace(each, title=each.title.replace("Old", "New")) for each in locker.all_tracks]
            await core.sync("shelf", force=True)

    monkeypatch.setattr(pieces.Turns, "give", give)
    assert await client.ask('add "/"') == ["OK"]

    await client.ask("ping")
    shown = (await client.ask("playlistinfo")).values("Title")
    assert sorted(shown) == sorted(f"New {number}" for number in range(1100))
