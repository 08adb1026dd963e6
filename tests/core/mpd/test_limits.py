"""What clients may cost: memory, and the time of all others."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from typing import override

import pytest

from music_locker_core.hub import Core
from music_locker_core.mpd import connection as connection_module
from music_locker_core.mpd.access import Access
from music_locker_core.mpd.connection import Connection
from music_locker_core.mpd.limits import LONGEST_LINE, Limits
from music_locker_core.mpd.outlet import ONE_WRITE, Outlet
from music_locker_core.mpd.registry import COMMANDS, command
from music_locker_core.mpd.reply import Reply
from music_locker_core.mpd.server import MpdServer
from music_locker_core.mpd.session import Session
from music_locker_core.playback.player import Player
from tests.core.mpd.client import RawClient
from tests.core.mpd.conftest import Connect

LONG = 1000  # songs
ANSWERS = 60  # more than sockets hold
LIMITS = Limits(max_connections=4, max_command_list_size=20_000, max_output_buffer_size=10_000)


@pytest.fixture
async def server(core: Core, player: Player, kitchen: Player) -> AsyncIterator[MpdServer]:
    server = MpdServer(core, host="127.0.0.1", port=0, limits=LIMITS)
    await server.start()
    yield server
    await server.close()


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the loop have its turn after every command."""
    monkeypatch.setattr(connection_module, "_TURN", 0.0)


@pytest.fixture
async def long_queue(client: RawClient, player: Player) -> None:
    player.add([f"http://127.0.0.1:9/{number}" for number in range(LONG)])


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what nothing tells."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - there is no event
            await asyncio.sleep(0)


class Silent:
    """A client that reads only when it is told to."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setblocking(False)
        self._loop = asyncio.get_running_loop()

    async def send(self, lines: str) -> None:
        await self._loop.sock_sendall(self.socket, lines.encode())

    async def read(self, count: int) -> bytes:
        data = b""
        async with asyncio.timeout(10):
            while len(data) < count and (part := await self._loop.sock_recv(self.socket, count - len(data))):
                data += part
        return data


@pytest.fixture
async def silent(server: MpdServer, long_queue: None) -> AsyncIterator[tuple[Silent, Connection]]:
    """A client that has asked for far more than sockets hold, and our end of its connection."""
    before = set(server._connections)
    client = Silent(server.port)
    await client.read(1)
    (connection,) = server._connections.keys() - before
    await client.send("playlistinfo\n" * ANSWERS)
    await until(lambda: waiting(connection) > 0)  # busy is also who but lets others have their turn
    yield client, connection
    client.socket.close()


def waiting(connection: Connection) -> int:
    """Return the bytes that wait in this process for a client."""
    assert connection._transport is not None
    return connection._transport.get_write_buffer_size()


async def test_a_client_that_does_not_read_costs_little_and_disturbs_nobody(
    silent: tuple[Silent, Connection], connect: Connect
) -> None:
    connection = silent[1]
    outlet = connection._outlet
    other = await connect()
    for _ in range(20):
        assert await other.ask("ping") == ["OK"]
    assert outlet.busy
    assert waiting(connection) <= ONE_WRITE
    assert outlet._written - outlet.taken < 16 * ONE_WRITE


async def test_a_client_that_reads_slowly_gets_all_of_it(silent: tuple[Silent, Connection]) -> None:
    client, connection = silent
    await client.send("close\n")
    answers = 0
    while data := await client.read(1 << 18):
        answers += data.count(f"Pos: {LONG - 1}\n".encode())
        assert connection._transport is None or waiting(connection) <= ONE_WRITE
    assert answers == ANSWERS


async def test_who_takes_something_stays_and_who_takes_nothing_is_closed(silent: tuple[Silent, Connection]) -> None:
    client, connection = silent
    connection._check_time()
    await client.read(1 << 19)
    connection._last_sign -= 2 * LIMITS.connection_timeout
    await until(lambda: connection._outlet.taken != connection._last_taken)
    connection._check_time()
    assert connection._transport is not None
    assert not connection._transport.is_closing()
    await until(lambda: _is_closed_in_time(connection))  # its machine may still take what is on its way


def _is_closed_in_time(connection: Connection) -> bool:
    """Let the time-out pass between two looks at what the client takes."""
    connection._check_time()
    connection._last_sign -= 2 * LIMITS.connection_timeout
    connection._check_time()
    return connection._transport is None or connection._transport.is_closing()


async def test_a_client_that_goes_in_the_middle_of_an_answer_disturbs_nobody(
    silent: tuple[Silent, Connection], connect: Connect, server: MpdServer, caplog: pytest.LogCaptureFixture
) -> None:
    client, connection = silent
    other = await connect()
    client.socket.close()
    await until(lambda: connection not in server._connections)
    assert await other.ask("ping") == ["OK"]
    assert not caplog.records


async def test_a_line_without_end_costs_little_while_an_answer_is_on_its_way(
    server: MpdServer, long_queue: None
) -> None:
    client = Silent(server.port)
    await client.read(1)
    *_, connection = server._connections
    transport = connection._transport
    assert transport is not None
    await client.send("command_list_begin\n" + "playlistinfo\n" * ANSWERS + "command_list_end\n")
    await until(lambda: connection._outlet.busy and not connection._lines)
    await client.send("a" * (LONGEST_LINE + 1))
    await until(lambda: not transport.is_reading())
    assert len(connection._unread) < 2 * LONGEST_LINE
    while await client.read(1 << 18):
        pass
    client.socket.close()


async def test_a_client_does_not_keep_its_last_answer(client: RawClient, server: MpdServer, long_queue: None) -> None:
    assert (await client.ask("playlistinfo"))[-1] == "OK"
    assert [connection.session.reply.parts for connection in server._connections] == [[]]


class Recorder(asyncio.Transport):
    """Note what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []

    @override
    def is_closing(self) -> bool:
        return False

    @override
    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.writes.append(bytes(data))

    @override
    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass


async def test_an_answer_is_one_write_and_a_long_one_a_few() -> None:
    transport = Recorder()
    outlet = Outlet(transport, limit=LIMITS.max_output_buffer_size * 100, free=lambda: None)
    outlet.send([b"line: x\n"] * 200 + [b"OK\n"])
    assert len(transport.writes) == 1
    outlet.send([b"line: x\n" * 100] * 250)
    await until(lambda: not outlet.busy)
    assert [len(data) <= 2 * ONE_WRITE for data in transport.writes] == [True] * 5
    assert len(b"".join(transport.writes)) == 8 * 200 + 3 + 8 * 100 * 250


async def test_what_the_client_has_not_taken_is_known() -> None:
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        far, _ = listener.accept()
    transport, _ = await loop.create_connection(asyncio.Protocol, sock=near)
    outlet = Outlet(transport, limit=ONE_WRITE, free=lambda: None)
    size = 16 << 20
    outlet.send([bytes(size)])
    assert 0 <= outlet.taken < size
    assert outlet.waiting
    far.setblocking(False)
    read = 0
    while read < size:
        read += len(await loop.sock_recv(far, 1 << 20))
    await until(lambda: not outlet.waiting)
    assert outlet.taken == size
    transport.close()
    far.close()


def _noting(held: list[int], finish: Callable[[Connection, Reply, bytes | None], None]) -> object:
    def noting(connection: Connection, reply: Reply, failure: bytes | None) -> None:
        held.append(len(reply.parts))
        finish(connection, reply, failure)

    return noting


@pytest.mark.usefixtures("turns", "long_queue")
async def test_a_list_with_long_answers_is_sent_as_it_goes(client: RawClient, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []
    monkeypatch.setattr(Connection, "_finish", _noting(held, Connection._finish))
    client.send("command_list_ok_begin\n" + "playlistinfo\n" * 5 + "command_list_end\n")
    answer = await client.answer()
    assert answer.count("list_OK") == 5
    assert answer[-2:] == ["list_OK", "OK"]
    assert answer.count(f"Pos: {LONG - 1}") == 5
    assert held == [0]


@pytest.mark.usefixtures("turns")
async def test_a_list_is_one_change_though_the_loop_has_turns(connect: Connect) -> None:
    one, other, waiting_client = await connect(), await connect(), await connect()
    waiting_client.send("idle\n")
    one.send("command_list_begin\n" + 'addid "http://127.0.0.1:9/a"\n' * 200 + "command_list_end\n")
    seen = {(await other.ask("status")).pairs["playlistlength"] for _ in range(3)}
    assert seen <= {"0", "200"}
    assert (await one.answer())[-1] == "OK"
    assert await waiting_client.answer() == ["changed: playlist", "OK"]
    waiting_client.send("idle\nnoidle\n")
    assert await waiting_client.answer() == ["OK"]


@pytest.mark.usefixtures("turns")
async def test_a_client_that_goes_in_the_middle_of_its_list_holds_nobody_up(connect: Connect) -> None:
    one, other = await connect(), await connect()
    one.send("command_list_begin\n" + "random 1\nrandom 0\n" * 200 + "command_list_end\n")
    one.writer.transport.abort()
    assert await other.ask("ping") == ["OK"]


@pytest.mark.usefixtures("turns", "long_queue")
async def test_the_answers_to_a_client_that_has_gone_are_not_kept(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []
    monkeypatch.setattr(Connection, "_finish", _noting(held, Connection._finish))
    one = await connect()
    one.send("command_list_begin\n" + "playlistinfo\n" * ANSWERS + "command_list_end\n")
    one.writer.transport.abort()
    await until(lambda: bool(held))
    assert held == [0]


@pytest.mark.usefixtures("turns")
async def test_commands_that_come_in_one_piece_are_answered_in_order(client: RawClient) -> None:
    client.send("ping\nstatus\nnonsense\n" * 50)
    client.writer.write_eof()
    lines = (await client.closed()).decode().splitlines()
    assert lines.count("OK") == 100
    assert lines[-1] == 'ACK [5@0] {} unknown command "nonsense"'


async def test_an_answer_that_is_made_while_it_is_sent_arrives_whole(client: RawClient) -> None:
    def lines() -> Iterator[bytes]:
        yield from (b"line: %d\n" % number for number in range(10_000))

    @command("fortests", section="tests", since="0.24")
    def fortests(session: Session) -> None:
        session.reply.pair("first", 1)
        session.reply.stream(lines())

    try:
        client.send("fortests\nping\n")
        answer = await client.answer()
        assert answer.values("line") == [str(number) for number in range(10_000)]
        assert await client.answer() == ["OK"]
    finally:
        del COMMANDS["fortests"]


async def test_one_client_too_many_is_closed(
    connect: Connect, server: MpdServer, caplog: pytest.LogCaptureFixture
) -> None:
    clients = [await connect() for _ in range(LIMITS.max_connections)]
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    assert await reader.read() == b""
    writer.close()
    for _ in range(3):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        assert await reader.read() == b""
        writer.close()
    assert [record.getMessage() for record in caplog.records] == ["Refusing MPD clients: too many connections"]
    await clients[0].close()
    await until(lambda: len(server._connections) != LIMITS.max_connections)
    assert (await connect()).greeting.startswith("OK MPD")


async def test_a_list_may_be_so_large(client: RawClient) -> None:
    line = "ping\n"
    count = LIMITS.max_command_list_size // len(line)
    client.send("command_list_begin\n" + line * count + "command_list_end\n")
    assert await client.answer() == ["OK"]
    client.send("command_list_begin\n" + line * (count + 1))
    assert await client.closed() == b""


async def test_a_client_without_permissions_gets_no_large_list(core: Core, player: Player) -> None:
    server = MpdServer(core, host="127.0.0.1", port=0, access=Access.of("secret"))
    await server.start()
    try:
        client = await RawClient.connect(server.port)
        client.send("command_list_begin\n" + "ping\n" * (LONGEST_LINE // 5 + 1))
        assert await client.closed() == b""
        await client.close()
        client = await RawClient.connect(server.port)
        client.send("command_list_begin\npassword secret\ncommand_list_end\n")
        assert await client.answer() == ["OK"]
        client.send("command_list_begin\n" + "ping\n" * LONGEST_LINE + "command_list_end\n")
        assert await client.answer() == ["OK"]
        await client.close()
    finally:
        await server.close()
