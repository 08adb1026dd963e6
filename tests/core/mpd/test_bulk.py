"""Long command lists: many lines of one command do what they would do one by one."""

from collections.abc import Sequence

import pytest

from music_locker_core.hub import Core
from music_locker_core.playback.player import Player
from music_locker_core.playback.queue import LONGEST
from tests.core.mpd.client import Answer, RawClient
from tests.core.mpd.conftest import Connect

FOREIGN = "http://127.0.0.1:9/song.mp3"


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@pytest.fixture
def uris(core: Core) -> list[str]:
    """All tracks three times; some have quotes and backslashes in their names."""
    return [track.uri for track in core.library.catalog.tracks] * 3


async def in_a_list(client: RawClient, lines: Sequence[str]) -> Answer:
    return await client.ask("\n".join(["command_list_ok_begin", *lines, "command_list_end"]))


async def shown(client: RawClient) -> list[tuple[str, str]]:
    answer = await client.ask("playlistinfo")
    return list(zip(answer.values("file"), answer.values("Pos"), strict=True))


def queue_of(uris: Sequence[str]) -> list[tuple[str, str]]:
    return [(uri, str(position)) for position, uri in enumerate(uris)]


async def test_every_command_of_a_long_list_is_answered(client: RawClient, uris: list[str]) -> None:
    answer = await in_a_list(client, [f"addid {quoted(uri)}" for uri in uris])

    assert answer == [line for number in range(1, 25) for line in (f"Id: {number}", "list_OK")] + ["OK"]
    assert await shown(client) == queue_of(uris)


async def test_without_list_ok_only_the_ids_are_told(client: RawClient, uris: list[str]) -> None:
    lines = [f"addid {quoted(uri)}" for uri in uris]
    answer = await client.ask("\n".join(["command_list_begin", *lines, "command_list_end"]))

    assert answer == [*(f"Id: {number}" for number in range(1, 25)), "OK"]


async def test_add_tells_nothing(client: RawClient, uris: list[str]) -> None:
    assert await in_a_list(client, [f"add {quoted(uri)}" for uri in uris]) == ["list_OK"] * 24 + ["OK"]
    assert await shown(client) == queue_of(uris)


@pytest.mark.parametrize(
    ("line", "ack"),
    [
        ("addid nothing", "ACK [50@17] {addid} No such song"),
        ("addid", 'ACK [2@17] {addid} too few arguments for "addid"'),
        ('addid "open', "ACK [5@17] {} Missing closing '\"'"),
        ('addid "a" x', "ACK [2@17] {addid} Integer expected: x"),
    ],
)
async def test_what_came_before_a_failure_is_kept(client: RawClient, uris: list[str], line: str, ack: str) -> None:
    lines = [f"addid {quoted(uri)}" for uri in uris]
    lines[17] = line

    answer = await in_a_list(client, lines)

    assert answer[-1] == ack
    assert answer.count("list_OK") == 17
    assert await shown(client) == queue_of(uris[:17])


async def test_foreign_urls_and_folders_may_stand_between(client: RawClient, uris: list[str]) -> None:
    lines = [f"add {quoted(uri)}" for uri in uris]
    lines[3] = f"add {FOREIGN}"
    lines[20] = "add Shelf/Björk/Homogenic"

    assert await in_a_list(client, lines) == ["list_OK"] * 24 + ["OK"]
    added = await shown(client)
    assert len(added) == 26
    assert added[3][0] == FOREIGN
    assert added[-3:] == queue_of([*(uri for uri, _ in added[:23]), *uris[21:]])[-3:]


async def test_each_goes_to_its_position(client: RawClient, uris: list[str]) -> None:
    await in_a_list(client, [f"add {quoted(uri)}" for uri in uris])

    together = [f"addid {quoted(uri)} {position}" for position, uri in enumerate(uris, 5)]
    assert (await in_a_list(client, together))[-1] == "OK"
    assert await shown(client) == queue_of(uris[:5] + uris + uris[5:])

    await client.ask("clear")
    backwards = [f'addid {quoted(uri)} "0"' for uri in uris]
    assert (await in_a_list(client, backwards))[-1] == "OK"
    assert await shown(client) == queue_of(uris[::-1])


async def test_a_position_behind_the_end_is_refused_where_it_stands(client: RawClient, uris: list[str]) -> None:
    lines = [f"addid {quoted(uri)} {position}" for position, uri in enumerate(uris)]
    lines[9] = f"addid {quoted(uris[9])} 99"

    assert (await in_a_list(client, lines))[-1] == "ACK [2@9] {addid} Number too large: 99"
    assert await shown(client) == queue_of(uris[:9])


async def test_unusual_lines_are_read_as_by_themselves(client: RawClient, uris: list[str]) -> None:
    lines = [f"addid {quoted(uri)}" for uri in uris]
    lines[5] = f"addid\t  {quoted(uris[5])}  \r"
    lines[9] = "pi\x00ng"

    answer = await in_a_list(client, lines)

    assert answer[-1] == 'ACK [5@9] {} unknown command "pi"'
    assert await shown(client) == queue_of(uris[:9])


async def test_a_position_of_thousands_of_digits_is_no_position(client: RawClient, uris: list[str]) -> None:
    digits = "9" * 5000
    answer = await in_a_list(client, [f"addid {quoted(uris[0])} {digits}"] * 20)
    assert answer == [f"ACK [2@0] {{addid}} Number too large: {digits}"]


async def test_a_queue_takes_so_many(client: RawClient, player: Player, uris: list[str]) -> None:
    player.add([FOREIGN] * (LONGEST - 10))
    answer = await in_a_list(client, [f"addid {quoted(uris[0])}"] * 20)
    assert len(answer.values("Id")) == 10
    assert answer[-1] == "ACK [51@10] {addid} Playlist is too large"
    assert len(player.queue) == LONGEST
    assert await client.ask("add Shelf") == ["ACK [51@0] {add} Playlist is too large"]
    assert await client.ask("load Evening") == ["ACK [51@0] {load} Playlist is too large"]
    status = (await client.ask("status")).pairs
    assert (status["playlistlength"], status["lastloadedplaylist"]) == (str(LONGEST), "")


async def test_idle_in_a_long_list_ends_the_connection(connect: Connect, uris: list[str]) -> None:
    client = await connect()
    lines = [f"addid {quoted(uri)}" for uri in uris]
    client.send("\n".join(["command_list_begin", *lines, "idle", *lines, "command_list_end", ""]))

    assert await client.closed() == b""


async def test_other_commands_may_stand_between(client: RawClient, uris: list[str]) -> None:
    added = [f"addid {quoted(uri)}" for uri in uris]

    answer = await in_a_list(client, [*added, "status", "clear", *added])

    assert answer.values("playlistlength") == ["24"]
    assert await shown(client) == queue_of(uris)


async def test_others_are_told_of_one_change(client: RawClient, connect: Connect, uris: list[str]) -> None:
    waiting = await connect()
    waiting.send("idle playlist\n")
    assert (await client.ask("ping")) == ["OK"]

    await in_a_list(client, [f"addid {quoted(uri)}" for uri in uris])

    assert await waiting.answer() == ["changed: playlist", "OK"]
    assert (await waiting.ask("status")).values("playlistlength") == ["24"]
