"""Partitions: each is a player; clients make some, which the library keeps."""

import asyncio
from pathlib import Path

import pytest

from music_locker_core.hub import Core
from music_locker_core.library import LibraryError, NewerVersionError
from music_locker_core.mpd.server import MpdServer
from music_locker_core.playback.player import Player
from tests.core.mpd.client import RawClient
from tests.core.mpd.conftest import Connect


async def partitions(client: RawClient) -> list[str]:
    return (await client.ask("listpartitions")).values("partition")


async def test_a_client_makes_a_partition_and_deletes_it(client: RawClient, connect: Connect) -> None:
    other = await connect()
    other.send("idle\n")
    assert await client.ask("newpartition Bath-2_a") == ["OK"]
    assert await other.answer() == ["changed: partition", "OK"]
    assert await partitions(client) == ["default", "kitchen", "Bath-2_a"]
    other.send("idle\n")
    assert await client.ask("delpartition Bath-2_a") == ["OK"]
    assert await other.answer() == ["changed: partition", "OK"]
    assert await partitions(client) == ["default", "kitchen"]


async def test_a_new_partition_plays_its_own_queue_to_its_live_stream(client: RawClient, core: Core) -> None:
    await client.ask("newpartition bath")
    assert await client.ask("partition bath") == ["OK"]
    assert await client.ask("idle") == [
        *(f"changed: {name}" for name in ("playlist", "player", "mixer", "output", "options", "partition")),
        "OK",
    ]
    assert (await client.ask("outputs")).pairs["plugin"] == "httpd"
    await client.ask("add Shelf/Björk")
    await client.ask("play")
    assert (await client.ask("status")).pairs["state"] == "play"
    assert core.players["bath"].output is core.live_output("bath")
    assert len(core.players["default"].queue) == 0


async def test_going_to_another_partition_is_told_to_nobody_else(client: RawClient, connect: Connect) -> None:
    other = await connect()
    other.send("idle\n")
    await client.ask("partition kitchen")
    assert await other.ask("noidle") == ["OK"]
    assert await other.ask("partition default") == ["OK"]  # where it is already
    other.send("idle\n")
    assert await other.ask("noidle") == ["OK"]


async def test_what_cannot_be_is_refused(client: RawClient) -> None:
    for command, error in (
        ("newpartition kitchen", "[56@0] {newpartition} name already exists"),
        ("newpartition default", "[56@0] {newpartition} name already exists"),
        ('newpartition "a b"', "[2@0] {newpartition} bad name"),
        ('newpartition ""', "[2@0] {newpartition} bad name"),
        ("newpartition Küche", "[2@0] {newpartition} bad name"),
        ("delpartition a.b", "[2@0] {delpartition} bad name"),
        ("delpartition nowhere", "[50@0] {delpartition} no such partition"),
        ("delpartition default", "[5@0] {delpartition} cannot delete the default partition"),
        ("delpartition kitchen", "[5@0] {delpartition} cannot delete a partition that is configured"),
        ("partition nowhere", "[50@0] {partition} partition does not exist"),
    ):
        assert await client.ask(command) == [f"ACK {error}"]


async def test_a_partition_with_clients_stays(client: RawClient, connect: Connect) -> None:
    other = await connect()
    await client.ask("newpartition bath")
    await other.ask("partition bath")
    for each in (client, other):
        assert await each.ask("delpartition bath") == ["ACK [5@0] {delpartition} partition still has clients"]


async def test_a_partition_with_another_one_s_output_stays(client: RawClient) -> None:
    for command in ("newpartition bath", "partition bath", "moveoutput Speaker", "partition default"):
        assert await client.ask(command) == ["OK"]
    assert await client.ask("delpartition bath") == ["ACK [5@0] {delpartition} partition still has outputs"]
    await client.ask("moveoutput Speaker")
    assert await client.ask("delpartition bath") == ["OK"]


async def test_there_are_sixteen_at_most(client: RawClient) -> None:
    for number in range(14):
        assert await client.ask(f"newpartition p{number}") == ["OK"]
    assert await client.ask("newpartition more") == ["ACK [5@0] {newpartition} too many partitions"]


async def test_clients_that_ask_at_once_make_no_more(connect: Connect) -> None:
    clients = [await connect() for _ in range(20)]
    for number, client in enumerate(clients):
        client.send(f"newpartition p{number}\n")
    answers = [(await client.answer())[-1] for client in clients]
    assert answers.count("OK") == 14
    assert len((await clients[0].ask("listpartitions")).values("partition")) == 16


async def test_a_list_of_commands_makes_and_uses_a_partition(client: RawClient) -> None:
    lines = ["newpartition q", "partition q", "status", "partition default", "delpartition q"]
    answer = await client.ask("\n".join(("command_list_begin", *lines, "command_list_end")))
    assert answer.pairs["partition"] == "q"
    assert answer[-1] == "OK"


async def test_one_name_is_made_once(connect: Connect) -> None:
    clients = [await connect() for _ in range(4)]
    for client in clients:
        client.send("newpartition bath\n")
    answers = sorted([await client.answer() for client in clients])
    assert answers == [["ACK [56@0] {newpartition} name already exists"]] * 3 + [["OK"]]


async def test_what_cannot_be_kept_is_not_made(client: RawClient, core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(_key: str, _value: bytes) -> None:
        raise LibraryError("The disk is full")

    monkeypatch.setattr(core.library, "save_state", full)
    assert await client.ask("newpartition bath") == ["ACK [52@0] {newpartition} The disk is full"]
    assert await partitions(client) == ["default", "kitchen"]


# What the library keeps


async def fill(core: Core, player: Player) -> None:
    player.add(["http://localhost/one", "http://localhost/two"])
    assert core.players[player.id] is player


async def test_a_partition_outlives_a_restart_with_its_queue(tmp_path: Path) -> None:
    core = await Core.open(tmp_path)
    await core.partitions.create("bath", "default")
    await fill(core, core.players["bath"])
    await core.close()
    core = await Core.open(tmp_path)
    assert core.partitions.of("default") == ["bath"]
    assert core.players == {}
    await core.partitions.open("other")
    assert core.players == {}
    await core.partitions.open("default")
    assert len(core.players["bath"].queue) == 2
    await core.partitions.close("default")
    assert core.players == {}
    await core.partitions.forget("default")
    assert core.partitions.names == frozenset()
    await core.partitions.create("bath", "default")
    assert len(core.players["bath"].queue) == 0
    await core.close()


async def test_a_deleted_partition_is_gone_with_its_queue(tmp_path: Path) -> None:
    core = await Core.open(tmp_path)
    await core.partitions.create("bath", "default")
    await fill(core, core.players["bath"])
    await core.partitions.delete("bath")
    await core.close()
    core = await Core.open(tmp_path)
    assert core.partitions.names == frozenset()
    assert len((await core.add_player("bath", "Bath")).queue) == 0
    await core.close()


async def test_a_configured_player_takes_the_place_of_a_partition(tmp_path: Path) -> None:
    core = await Core.open(tmp_path)
    await core.partitions.create("bath", "default")
    await fill(core, core.players["bath"])
    configured = await core.add_player("bath", "Bathroom")
    assert core.players == {"bath": configured}
    assert len(configured.queue) == 2
    assert core.partitions.names == frozenset()
    await core.close()


async def test_what_a_newer_version_kept_is_left_alone(tmp_path: Path) -> None:
    core = await Core.open(tmp_path)
    for name in ("partitions", "outputs"):
        await core.library.save_state(name, b'{"format": 99}')
    await core.close()
    with pytest.raises(NewerVersionError):
        await Core.open(tmp_path)


async def test_what_cannot_be_read_is_made_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    core = await Core.open(tmp_path)
    for kept in (b"no JSON", b"[]", b'{"format": 1}', b'{"format": 1, "partitions": [], "players": 3}'):
        for name in ("partitions", "outputs"):
            await core.library.save_state(name, kept)
        caplog.clear()
        await core.partitions.load()
        await core.outputs.load()
        assert core.partitions.names == frozenset()
        assert caplog.text.count("cannot be read") == 2
    await core.close()


async def test_what_is_half_made_when_the_server_closes_is_made_first(
    core: Core, server: MpdServer, client: RawClient, connect: Connect
) -> None:
    other = await connect()
    async with core.partitions._changing:
        client.send("newpartition q\n")
        other.send("newpartition q\n")
        async with asyncio.timeout(10):
            while sum(connection._running is not None for connection in server._connections) < 2:  # noqa: ASYNC110 - there is no event
                await asyncio.sleep(0)
        closing = asyncio.create_task(server.close())
        await asyncio.sleep(0)
    await closing
    assert core.players.keys() == {"default", "kitchen", "q"}
