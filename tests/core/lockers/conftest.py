"""The MP3tunes adapter before a real locker server, over both versions of its API."""

import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from mpd_bridge.locker_server import Fault, LockerServer, Mp3tunesOptions
from mpd_bridge.locker_server.accounts import Accounts
from music_locker_core.lockers.mp3tunes import Mp3tunes
from music_locker_core.lockers.mp3tunes_client import Mp3tunesClient
from music_locker_core.lockers.web import Retry
from tests.core.lockers import sounds
from tests.tools.scanned import scan

USER, PASSWORD = "apitest@example.com", "plain-Pass word&+%"
READER = "reader@example.com"
TOKEN = "token-9999999999"
IMPATIENT = Retry(delay=0.0)


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as the adapter sent it."""

    verb: str
    url: URL
    headers: dict[str, str]

    @property
    def method(self) -> str:
        """The service's name of what was called: login, lockerData, lockerGet ..."""
        parts = self.url.path.split("/")
        return parts[2] if parts[1] == "storage" else parts[3]


class Resolver(AbstractResolver):
    """Find every host name at one loopback address and port, as a name server would."""

    def __init__(self) -> None:
        self.port = 0

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=self.port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class Locker:
    """One account at one server: the adapter, and what it sent."""

    server: LockerServer
    adapter: Mp3tunes
    client: Mp3tunesClient
    sent: list[Sent] = field(default_factory=list)

    def calls(self, method: str) -> list[Sent]:
        return [request for request in self.sent if request.method == method]


type Connect = Callable[..., Awaitable[Locker]]


@pytest.fixture(scope="session")
def state_template(music_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with the accounts in it, and with the index of the music."""
    state = tmp_path_factory.mktemp("state")
    accounts = Accounts(state / "accounts.json", cost=2)
    accounts.add(USER, PASSWORD, first_name="Robert", last_name="Paulson")
    accounts.add(READER, PASSWORD, nick_name="Bookworm", read_only=True)
    scan(music_template, state)
    return state


@pytest.fixture(scope="session")
def music_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small folder of music with one of everything that matters."""
    music = tmp_path_factory.mktemp("music")
    abba = {"artist": "Abba", "album": "Arrival", "genre": "Pop", "date": "1976"}
    hits = {"album": "Hits", "albumartist": "Various Artists"}
    queen, money, early = "Dancing Queen", "...Money & <More> - Don't", "Früh"
    sounds.make(music / "Abba/2.mp3", cover=True, tags={"title": queen, "tracknumber": "2/3", **abba})
    sounds.make(music / "Abba/1.m4a", tags={"title": money, "tracknumber": "1/3", **abba})
    sounds.make(music / "Abba/3.ogg", tags={"title": early, "tracknumber": "3/3", **abba})
    sounds.make(music / "Hits/1.mp3", tags={"title": "First", "artist": "Björk", "tracknumber": "1", **hits})
    sounds.make(music / "Hits/2.mp3", tags={"title": "Second", "artist": "Abba", "tracknumber": "2", **hits})
    sounds.make(music / "Other/1.mp3", tags={"title": "Third", "artist": "Cream", "album": "Hits"})
    sounds.make(music / "loose.mp3", seconds=0.4)
    (music / "party.m3u").write_text(
        "#EXTM3U\n#PLAYLIST:Party!\nHits/1.mp3\nAbba/2.mp3\nHits/1.mp3\n", encoding="utf-8"
    )
    return music


@pytest.fixture
def music(music_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(music_template, tmp_path / "music"))


@pytest.fixture
def state(state_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(state_template, tmp_path / "state"))


@pytest.fixture
async def connect(music: Path, state: Path) -> AsyncIterator[Connect]:
    """Start servers and connect adapters with them: ``settings`` replaces some of the usual ones.

    ``version`` 0 is a server that has that one only: it knows no login of version 1.
    """
    async with AsyncExitStack() as stack:

        async def start(
            *,
            version: int = 1,
            options: Mp3tunesOptions | None = None,
            settings: dict[str, str] | None = None,
            port: int = 0,
            **switches: Any,
        ) -> Locker:
            strict = Mp3tunesOptions(partner_tokens=frozenset({TOKEN}))
            # A server of one service starts sooner.
            one = {"services": frozenset({"mp3tunes"}), **switches}
            server = LockerServer(music, state, mp3tunes=options or strict, password_cost=2, **one)
            await server.start(port=port)
            stack.push_async_callback(server.close)
            if version == 0:
                server.faults.add(Fault(method="login", status=404))
            account = {"url": server.url, "username": USER, "password": PASSWORD, "partner_token": TOKEN}
            return await connected(server, account | (settings or {}), stack)

        yield start


def noting_session(server: LockerServer, sent: list[Sent]) -> aiohttp.ClientSession:
    """Return a session that finds the server under every name, and notes down what it sends."""

    async def note(_session: object, _context: object, request: aiohttp.TraceRequestStartParams) -> None:
        sent.append(Sent(request.method, request.url, dict(request.headers)))

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(note)
    resolver = Resolver()
    resolver.port = URL(server.url).port or 0
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=resolver), cookie_jar=aiohttp.DummyCookieJar(), trace_configs=[trace]
    )


async def connected(server: LockerServer, settings: dict[str, str], stack: AsyncExitStack) -> Locker:
    """Return an adapter and a client of its own, whose requests are noted down."""
    sent: list[Sent] = []
    session = await stack.enter_async_context(noting_session(server, sent))
    adapter = Mp3tunes(settings, session, IMPATIENT)
    client = Mp3tunesClient(settings, session, IMPATIENT)
    stack.push_async_callback(adapter.close)
    stack.push_async_callback(client.close)
    return Locker(server, adapter, client, sent)


@pytest.fixture(params=[0, 1], ids=["v0", "v1"])
def version(request: pytest.FixtureRequest) -> int:
    """The version of the API that the server has."""
    return int(request.param)


@pytest.fixture
async def locker(connect: Connect, version: int) -> Locker:
    """An adapter before a strict server of each version, logged in."""
    made = await connect(version=version)
    await made.adapter.login()
    return made


@pytest.fixture
async def locker_v1(connect: Connect) -> Locker:
    """An adapter before a strict server of version 1, logged in."""
    made = await connect()
    await made.adapter.login()
    return made
