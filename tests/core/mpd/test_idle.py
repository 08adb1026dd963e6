"""Waiting for changes: who is told of what, and when."""

import pytest

from music_locker_core.hub import Core
from music_locker_core.playback.player import Player
from tests.core.mpd.client import RawClient
from tests.core.mpd.conftest import Connect


async def test_a_waiting_client_is_told(connect: Connect) -> None:
    waiting, other = await connect(), await connect()
    waiting.send("idle\n")
    await other.ask("random 1")
    assert await waiting.answer() == ["changed: options", "OK"]


async def test_a_change_outside_the_protocol_is_told_too(client: RawClient, player: Player) -> None:
    client.send("idle options\n")
    player.set_repeat(True)
    assert await client.answer() == ["changed: options", "OK"]


async def test_changes_while_not_waiting_are_remembered(connect: Connect) -> None:
    one, other = await connect(), await connect()
    await other.ask("random 1")
    await other.ask('add "http://127.0.0.1:9/a"')
    assert await one.ask("idle") == ["changed: playlist", "changed: options", "OK"]


async def test_own_changes_are_told(client: RawClient) -> None:
    await client.ask("random 1")
    assert await client.ask("idle") == ["changed: options", "OK"]


async def test_only_what_was_asked_for_is_told_and_the_rest_is_kept(connect: Connect) -> None:
    one, other = await connect(), await connect()
    one.send("idle playlist mixer\n")
    await other.ask("random 1")
    await other.ask('add "http://127.0.0.1:9/a"')
    assert await one.answer() == ["changed: playlist", "OK"]
    assert await one.ask("idle options") == ["changed: options", "OK"]


async def test_noidle_ends_waiting(client: RawClient) -> None:
    client.send("idle\nnoidle\n")
    assert await client.answer() == ["OK"]
    assert await client.silent()


async def test_noidle_outside_of_waiting_has_no_answer(client: RawClient) -> None:
    client.send("noidle\n")
    assert await client.silent()


async def test_another_command_while_waiting_closes(client: RawClient) -> None:
    client.send("idle\nping\n")
    assert await client.closed() == b""


async def test_a_new_connection_has_missed_nothing(connect: Connect) -> None:
    await (await connect()).ask("random 1")
    late = await connect()
    late.send("idle\nnoidle\n")
    assert await late.answer() == ["OK"]


async def test_unknown_names_are_refused(client: RawClient) -> None:
    assert await client.ask("idle player nonsense") == ["ACK [2@0] {idle} Unrecognized idle event: nonsense"]


async def test_a_command_list_is_one_change(connect: Connect) -> None:
    waiting, other = await connect(), await connect()
    waiting.send("idle\n")
    other.send("command_list_begin\n" + 'add "http://127.0.0.1:9/a"\n' * 50 + "random 1\ncommand_list_end\n")
    assert await other.answer() == ["OK"]
    assert await waiting.answer() == ["changed: playlist", "changed: options", "OK"]
    waiting.send("idle\nnoidle\n")
    assert await waiting.answer() == ["OK"]


async def test_partitions_hear_of_their_own_player_only(connect: Connect) -> None:
    one, other = await connect(), await connect()
    assert await other.ask("partition kitchen") == ["OK"]
    await other.ask("idle")  # there everything is different
    await one.ask("random 1")
    await other.ask("repeat 1")
    other.send("idle\n")
    assert await other.answer() == ["changed: options", "OK"]
    assert (await other.ask("status")).pairs["random"] == "0"
    assert (await other.ask("status")).pairs["partition"] == "kitchen"


async def test_every_one_of_many_clients_is_told(connect: Connect) -> None:
    clients = [await connect() for _ in range(50)]
    for client in clients[1:]:
        client.send("idle\n")
    await clients[0].ask("random 1")
    for client in clients[1:]:
        assert await client.answer() == ["changed: options", "OK"]


async def test_a_sync_is_told_at_its_begin_and_end(client: RawClient, core: Core) -> None:
    client.send("idle update\n")
    await core.sync("shelf", force=True)
    assert await client.answer() == ["changed: update", "OK"]


async def test_a_changed_library_is_told(client: RawClient, core: Core) -> None:
    client.send("idle database\n")
    await core.remove_locker("shelf")
    assert await client.answer() == ["changed: database", "OK"]


async def test_clients_of_a_removed_player_go_to_the_default_one(connect: Connect, core: Core) -> None:
    one, other = await connect(), await connect()
    await one.ask("partition kitchen")
    one.send("idle partition player\n")
    other.send("idle partition\n")
    await core.remove_player("kitchen")
    assert await one.answer() == ["changed: player", "changed: partition", "OK"]
    assert await other.answer() == ["changed: partition", "OK"]
    assert (await one.ask("status")).pairs["partition"] == "default"
    assert await one.ask("partition kitchen") == ["ACK [50@0] {partition} partition does not exist"]


async def test_without_the_default_player_its_clients_are_closed(connect: Connect, core: Core) -> None:
    one, other = await connect(), await connect()
    await other.ask("partition kitchen")
    await core.remove_player("default")
    assert await one.closed() == b""
    assert (await other.ask("status")).pairs["partition"] == "kitchen"


async def test_a_new_player_is_a_partition(client: RawClient, core: Core) -> None:
    client.send("idle partition\n")
    await core.add_player("bath", "Bath")
    assert await client.answer() == ["changed: partition", "OK"]
    assert (await client.ask("listpartitions")).values("partition") == ["default", "kitchen", "bath"]


@pytest.mark.usefixtures("server")
async def test_a_player_that_comes_after_the_server_is_heard(connect: Connect, core: Core) -> None:
    client = await connect()
    bath = await core.add_player("bath", "Bath")
    await client.ask("partition bath")
    client.send("idle options\n")
    bath.set_random(True)
    assert await client.answer() == ["changed: options", "OK"]


async def test_the_case_of_names_is_of_no_significance(client: RawClient) -> None:
    client.send("idle PLAYER Options\n")
    await client.ask("noidle")
    assert await client.ask("random 1") == ["OK"]
    assert await client.ask("idle OPTIONS") == ["changed: options", "OK"]
