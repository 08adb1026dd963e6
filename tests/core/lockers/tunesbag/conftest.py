"""The tunesBag adapter before a real locker server: one server for all tests, which leave it as it was."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl

import aiohttp
import pytest
from pytest_socket import enable_socket
from yarl import URL

from mpd_bridge.locker_server import LockerServer, TunesbagOptions
from music_locker_core.lockers.tunesbag import Tunesbag
from music_locker_core.lockers.tunesbag_client import TunesbagClient
from music_locker_core.lockers.tunesbag_connection import Format
from music_locker_core.lockers.web import Retry
from tests.conformance import folder
from tests.conformance.harness import Server
from tests.conformance.tunesbag_subject import Tunesbag as Subject

ANN, BOB, EVE, DAN = "ann@example.com", "bob@example.com", "eve@example.com", "dan@example.com"
PASSWORD = "plain-Pass word&+%ü"
APP, PRIVILEGED = "an-app-key", "a-privileged-app-key"
IMPATIENT = Retry(delay=0.0)


class Circle(Subject):
    """Ann has two libraries, Bob lets his friends load his, Eve does not, and Dan has one folder."""

    async def start(self, music: Path, state: Path) -> None:
        options = TunesbagOptions(app_keys=frozenset({APP, PRIVILEGED}), privileged_keys=frozenset({PRIVILEGED}))
        self.server = server = LockerServer(music, state, tunesbag=options, password_cost=2)
        server.add_account(ANN, PASSWORD, first_name="Ann", last_name="Ärmel")
        server.add_account(BOB, PASSWORD)
        server.add_account(EVE, PASSWORD)
        server.add_account(DAN, PASSWORD, folder="Björk")
        server.tunesbag.befriend(BOB, ANN)
        server.tunesbag.befriend(BOB, DAN)
        server.tunesbag.befriend(EVE, ANN, library=False)
        server.tunesbag.set_library(ANN, "More", "Björk")
        self.keys = {name: server.tunesbag.remote_key(name, APP) for name in (ANN, BOB, EVE, DAN)}
        await server.start()


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it was sent: its body's form fields, or the whole body of one with a file."""

    verb: str
    url: URL
    headers: dict[str, str]
    body: bytearray = field(default_factory=bytearray)

    @property
    def method(self) -> str:
        """The service's name of what was called."""
        return self.url.path.removeprefix("/api/rest/")

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(slots=True)
class Account:
    """One account at the server: the adapter, a client, and what they sent."""

    server: Server
    adapter: Tunesbag
    client: TunesbagClient
    settings: dict[str, str]
    sent: list[Sent]
    another: Callable[..., TunesbagClient]

    def calls(self, method: str) -> list[Sent]:
        return [request for request in self.sent if request.method == method]

    def key(self, user: str) -> str:
        return self.locker_server.tunesbag.user_key(user)

    def library(self, user: str, name: str = "") -> str:
        part = self.locker_server.tunesbag
        return part.library_key(user, name) if name else part.library_key(user)

    @property
    def locker_server(self) -> LockerServer:
        subject = self.server.subject
        assert isinstance(subject, Circle)
        return subject.server


@pytest.fixture(scope="session")
def circle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server, in a thread of its own."""
    enable_socket()
    server = Server(Circle(), folder.fill(tmp_path_factory.mktemp("music")), tmp_path_factory.mktemp("state"))
    yield server
    server.close()


@pytest.fixture(params=list(Format), ids=["xml", "json"])
def answers(request: pytest.FixtureRequest) -> Format:
    """The form of answers that is asked for."""
    return Format(request.param)


def open_account(
    server: Server, user: str, answers: Format, session: aiohttp.ClientSession, sent: list[Sent]
) -> Account:
    subject = server.subject
    assert isinstance(subject, Circle)
    settings = {"url": subject.server.url, "username": user, "app_key": APP, "remote_key": subject.keys[user]}
    adapter = Tunesbag(settings, session, IMPATIENT, answers)

    def another(**changed: str) -> TunesbagClient:
        return TunesbagClient({**settings, **changed}, session, IMPATIENT, answers)

    return Account(server, adapter, another(), settings, sent, another)


@pytest.fixture
async def accounts(circle: Server, answers: Format) -> AsyncIterator[Callable[[str], Account]]:
    """Open accounts by the names of their users; afterwards the folder is as it was."""
    sent: list[Sent] = []

    async def begin(_session: object, context: SimpleNamespace, request: aiohttp.TraceRequestStartParams) -> None:
        context.sent = Sent(request.method, request.url, dict(request.headers))
        sent.append(context.sent)

    async def chunk(_session: object, context: SimpleNamespace, part: aiohttp.TraceRequestChunkSentParams) -> None:
        context.sent.body.extend(part.chunk)

    async def headers(_session: object, context: SimpleNamespace, said: aiohttp.TraceRequestHeadersSentParams) -> None:
        context.sent.headers.update(said.headers)

    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(headers)
    trace.on_request_start.append(begin)
    trace.on_request_chunk_sent.append(chunk)
    opened: list[Account] = []
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trace_configs=[trace]) as session:

        def account(user: str) -> Account:
            opened.append(open_account(circle, user, answers, session, sent))
            return opened[-1]

        yield account
        for one in opened:
            await one.adapter.close()
            await one.client.close()
    await circle.call(circle.subject.mend)
    if folder.content(circle.music) != circle.content:
        folder.restore(circle.music, circle.content)
        await circle.run(circle.subject.look())


@pytest.fixture
async def ann(accounts: Callable[[str], Account]) -> Account:
    """Ann's account, logged in."""
    account = accounts(ANN)
    await account.adapter.login()
    await account.client.log_in()
    account.sent.clear()
    return account


@pytest.fixture
async def dan(accounts: Callable[[str], Account]) -> Account:
    """The account of another friend of Bob, whose own library is one folder."""
    return accounts(DAN)


@pytest.fixture
async def bob(accounts: Callable[[str], Account]) -> Account:
    """The account of Ann's friend."""
    return accounts(BOB)
