"""Connections: greeting, command lists, limits, passwords, what closes them."""

import asyncio
import socket

import pytest

from music_locker_core.hub import Core
from music_locker_core.mpd.command_list import LARGEST_LIST
from music_locker_core.mpd.limits import LONGEST_LINE, Limits
from music_locker_core.mpd.server import MpdServer
from music_locker_core.playback.player import Player
from tests.core.mpd.client import RawClient
from tests.core.mpd.conftest import Connect


async def test_the_greeting_names_the_protocol_level(client: RawClient) -> None:
    assert client.greeting == "OK MPD 0.24.0"


async def test_ping_is_answered(client: RawClient) -> None:
    assert await client.ask("ping") == ["OK"]


async def test_several_commands_in_one_packet_are_answered_in_order(client: RawClient) -> None:
    client.send("ping\nnonsense\r\nping\n")
    assert await client.answer() == ["OK"]
    assert await client.answer() == ['ACK [5@0] {} unknown command "nonsense"']
    assert await client.answer() == ["OK"]


async def test_a_command_in_many_packets_is_one_command(client: RawClient) -> None:
    for byte in b"ping\n":
        client.send(bytes([byte]))
        await client.writer.drain()
    assert await client.answer() == ["OK"]


async def test_what_was_asked_before_the_end_is_answered(client: RawClient) -> None:
    client.send("ping\nstats\n")
    client.writer.write_eof()
    assert (await client.closed()).count(b"OK\n") == 2


async def test_close_closes_without_an_answer(client: RawClient) -> None:
    client.send("close\nping\n")
    assert await client.closed() == b""


@pytest.mark.parametrize("line", ["GET / HTTP/1.1", "", " ping", "Ping", "1"])
async def test_a_line_that_is_no_command_closes(client: RawClient, line: str) -> None:
    client.send(f"{line}\nping\n")
    assert await client.closed() == b""


async def test_a_line_as_long_as_mpd_takes_is_a_command(client: RawClient) -> None:
    line = "ping " + "a" * (LONGEST_LINE - len("ping \n"))
    assert await client.ask(line) == ['ACK [2@0] {ping} wrong number of arguments for "ping"']


@pytest.mark.parametrize("end", [b"\n", b""])
async def test_a_longer_line_closes(client: RawClient, end: bytes) -> None:
    client.send(b"ping " + b"a" * LONGEST_LINE + end)
    assert await client.closed() == b""


async def test_a_word_that_is_no_command_name_is_told_and_closes(client: RawClient) -> None:
    client.send("ping!\n")
    assert await client.closed() == b"ACK [5@0] {} Invalid word character\n"


async def test_a_command_list_gets_one_answer(client: RawClient) -> None:
    client.send("command_list_begin\nping\nbinarylimit 64\ncommand_list_end\n")
    assert await client.answer() == ["OK"]


async def test_a_confirming_list_tells_of_each_command(client: RawClient) -> None:
    client.send("command_list_ok_begin\nping\nreplay_gain_status\ncommand_list_end\n")
    assert await client.answer() == ["list_OK", "replay_gain_mode: off", "list_OK", "OK"]


async def test_a_list_ends_at_its_first_error_and_names_its_place(client: RawClient) -> None:
    client.send("command_list_ok_begin\nrandom 1\nrandom 7\nrandom 0\ncommand_list_end\n")
    assert await client.answer() == ["list_OK", "ACK [2@1] {random} Boolean (0/1) expected: 7"]
    assert (await client.ask("status")).pairs["random"] == "1"


async def test_nothing_of_a_list_runs_before_its_end(connect: Connect) -> None:
    one, other = await connect(), await connect()
    one.send("command_list_begin\nrandom 1\n")
    assert (await other.ask("status")).pairs["random"] == "0"
    one.send("command_list_end\n")
    assert await one.answer() == ["OK"]
    assert (await other.ask("status")).pairs["random"] == "1"


async def test_lists_do_not_nest(client: RawClient) -> None:
    client.send("command_list_begin\ncommand_list_begin\ncommand_list_end\n")
    assert await client.answer() == ['ACK [5@0] {} unknown command "command_list_begin"']
    assert await client.ask("command_list_end") == ['ACK [5@0] {} unknown command "command_list_end"']


@pytest.mark.parametrize("line", ["idle", "noidle"])
async def test_waiting_inside_a_list_closes(client: RawClient, line: str) -> None:
    client.send(f"command_list_begin\n{line}\n")
    assert await client.closed() == b""


async def test_a_list_that_waits_for_certain_changes_ends_there(client: RawClient) -> None:
    client.send("command_list_ok_begin\nping\nidle options\nrandom 1\ncommand_list_end\n")
    client.send("noidle\n")
    assert await client.answer() == ["list_OK", "OK"]
    assert (await client.ask("status")).pairs["random"] == "0"


async def test_close_inside_a_list_closes(client: RawClient) -> None:
    client.send("command_list_begin\nclose\nping\ncommand_list_end\n")
    assert await client.closed() == b""


async def test_a_list_has_a_limit(client: RawClient) -> None:
    line = b"ping " + b"a" * 8000 + b"\n"
    client.send(b"command_list_begin\n" + line * (LARGEST_LIST // len(line) + 1))
    assert await client.closed() == b""


async def test_a_large_list_is_taken(client: RawClient) -> None:
    client.send("command_list_begin\n" + "ping\n" * 20_000 + "command_list_end\n")
    assert await client.answer() == ["OK"]


async def test_answers_are_sent_at_once(server: MpdServer, client: RawClient) -> None:
    (connection,) = server._connections
    assert connection._transport is not None
    server_socket = connection._transport.get_extra_info("socket")
    assert server_socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_a_long_answer_arrives_whole_at_a_slow_reader(connect: Connect) -> None:
    slow, other = await connect(), await connect()
    slow.send("command_list_begin\n" + 'add ""\n' * 200 + "command_list_end\n")
    assert await slow.answer() == ["OK"]
    slow.send("playlistinfo\n" * 30 + "close\n")
    assert await other.ask("ping") == ["OK"]
    answers = (await slow.closed()).split(b"\nOK\n")
    assert len(answers) == 31
    assert {answer.count(b"\nPos: ") for answer in answers[:-1]} == {200 * 8}


async def test_a_client_that_never_reads_is_cut_off(core: Core, player: Player) -> None:
    server = MpdServer(core, host="127.0.0.1", port=0, limits=Limits(connection_timeout=0.1))
    await server.start()
    client = await RawClient.connect(server.port)
    client.send("command_list_begin\n" + 'add ""\n' * 1000 + "command_list_end\n")
    assert await client.answer() == ["OK"]
    transport = client.writer.transport
    assert isinstance(transport, asyncio.Transport)
    transport.pause_reading()
    client.send("playlistinfo\n" * 20)
    (connection,) = server._connections
    async with asyncio.timeout(10):
        while server._connections:  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.01)
    assert connection._transport is None
    await client.close()
    await server.close()


async def test_a_connection_without_a_sign_of_life_ends(core: Core, player: Player) -> None:
    server = MpdServer(core, host="127.0.0.1", port=0, limits=Limits(connection_timeout=0.02))
    await server.start()
    client = await RawClient.connect(server.port)
    assert await client.closed() == b""
    await client.close()
    await server.close()


async def test_waiting_for_changes_is_no_reason_to_end(core: Core, player: Player) -> None:
    server = MpdServer(core, host="127.0.0.1", port=0, limits=Limits(connection_timeout=0.05))
    await server.start()
    waiting = await RawClient.connect(server.port)
    waiting.send("idle\n")
    silent = await RawClient.connect(server.port)
    assert await silent.closed() == b""
    waiting.send("noidle\n")
    assert await waiting.answer() == ["OK"]
    await waiting.close()
    await silent.close()
    await server.close()


async def test_closing_the_server_ends_every_connection(core: Core, player: Player) -> None:
    server = MpdServer(core, host="127.0.0.1", port=0)
    await server.start()
    client = await RawClient.connect(server.port)
    client.send("idle\n")
    await server.close()
    assert await client.closed() == b""
    await client.close()
    await server.close()


async def test_without_its_default_player_the_server_takes_nobody(core: Core, player: Player) -> None:
    server = MpdServer(core, host="127.0.0.1", port=0, default_player="other")
    await server.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    assert await reader.read() == b""
    writer.close()
    await server.close()


async def test_the_binary_limit_has_a_floor(client: RawClient) -> None:
    assert await client.ask("binarylimit 63") == ["ACK [2@0] {binarylimit} Value too small"]
    assert await client.ask("binarylimit 64") == ["OK"]


async def test_commands_are_those_that_there_are(client: RawClient) -> None:
    names = (await client.ask("commands")).values("command")
    assert names == sorted(names)
    assert {"status", "add", "idle", "playlistinfo", "list", "listplaylists"} <= set(names)
    assert not {"kill", "config", "mount"} & set(names)
    assert await client.ask("fadeout 1") == ['ACK [5@0] {} unknown command "fadeout"']


async def test_what_has_no_meaning_here_is_refused_with_the_reason(client: RawClient) -> None:
    (answer,) = await client.ask("getfingerprint Shelf")
    assert answer.startswith('ACK [5@0] {} unknown command "getfingerprint": it takes decoding')


async def test_kill_is_absent_where_a_client_may_not_end_the_program(client: RawClient) -> None:
    assert "kill" not in (await client.ask("commands")).values("command")
    assert await client.ask("kill") == ['ACK [5@0] {} unknown command "kill"']


async def test_kill_ends_the_program_without_an_answer(core: Core, player: Player) -> None:
    killed = asyncio.Event()
    server = MpdServer(core, host="127.0.0.1", port=0, kill=killed.set)
    await server.start()
    client = await RawClient.connect(server.port)
    assert "kill" in (await client.ask("commands")).values("command")
    client.send("kill\n")
    assert await client.closed() == b""
    assert killed.is_set()
    await client.close()
    await server.close()


async def test_it_tells_which_urls_and_formats_it_takes(client: RawClient) -> None:
    assert await client.ask("urlhandlers") == ["handler: http://", "handler: https://", "OK"]
    assert "suffix: mp3" in await client.ask("decoders")
