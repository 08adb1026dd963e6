"""A locker server over a small folder of real music, and a client that speaks raw HTTP to it."""

import hashlib
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import aiohttp
import pytest
from pytest_socket import enable_socket
from yarl import URL

from mpd_bridge.locker_server import LockerServer, Mp3tunesOptions
from mpd_bridge.locker_server.accounts import Accounts
from tests.mpd_bridge.locker_server import audio
from tests.tools.scanned import scan

USER, PASSWORD = "apitest@example.com", "apitestpassword"
READER = "reader@example.com"
TOKEN = "9999999999"


class Clock:
    """A clock that goes when a test says so."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@dataclass(slots=True)
class Answer:
    """One HTTP answer, read whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def xml(self) -> ET.Element:
        return ET.fromstring(self.body)  # noqa: S314 - our own server wrote it

    @property
    def error_no(self) -> str | None:
        return self.headers.get("X-MP3tunes-ErrorNo")


class Client:
    """Send requests as they are written: nothing is quoted or added but what a test says."""

    def __init__(self, server: LockerServer, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.session = session
        self.sid = server.sessions.open(USER)

    async def send(self, method: str, target: str, **options: Any) -> Answer:
        url = URL(self.server.url + target, encoded=True)
        async with self.session.request(method, url, allow_redirects=False, **options) as response:
            return Answer(response.status, response.headers, await response.read())

    async def get(self, target: str, **options: Any) -> Answer:
        return await self.send("GET", target, **options)

    def signed(self, target: str, sid: str | None = None) -> str:
        """Return a target with session and partner token behind it."""
        joint = "&" if "?" in target else "?"
        return f"{target}{joint}sid={self.sid if sid is None else sid}&partner_token={TOKEN}"

    async def call(self, target: str, **options: Any) -> Answer:
        """GET a target with session and partner token."""
        return await self.get(self.signed(target), **options)

    async def tracks(self) -> dict[str, dict[str, Any]]:
        """Return all tracks of v1 by their titles."""
        answer = (await self.call("/api/v1/lockerData?type=track")).json()
        return {track["trackTitle"]: track for track in answer["trackList"]}

    async def put(self, content: bytes, key: str | None = None, **options: Any) -> Answer:
        """Upload a file."""
        key = hashlib.md5(content, usedforsecurity=False).hexdigest() if key is None else key
        return await self.send("PUT", self.signed(f"/storage/lockerPut/{key}?output=xml"), data=content, **options)


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands, which have no option for it, spend next to no work on a password."""
    monkeypatch.setitem(Accounts.__init__.__kwdefaults__ or {}, "cost", 2)


@pytest.fixture(scope="session")
def state_template(music_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with the accounts in it, and with the index of the music."""
    enable_socket()  # this is before a test takes back the plugin's ban
    state = tmp_path_factory.mktemp("state")
    accounts = Accounts(state / "accounts.json", cost=2)
    accounts.add(USER, PASSWORD, first_name="Robert", last_name="Paulson")
    accounts.add(READER, "pass word&+%", read_only=True)
    scan(music_template, state, Clock())
    return state


@pytest.fixture(scope="session")
def music_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of music with one of everything that matters."""
    music = tmp_path_factory.mktemp("music")
    audio.make(
        music / "Abba/Arrival/01 Queen.mp3",
        cover=True,
        title="Dancing Queen",
        artist="Abba",
        album="Arrival",
        tracknumber="1/10",
        date="1976-10-11",
        genre="Pop",
    )
    audio.make(
        music / "Abba/Arrival/02 Money.m4a",
        title="Money & <More>",
        artist="Abba",
        album="Arrival",
        tracknumber="2/10",
        date="1976",
        genre="Pop",
    )
    box: dict[str, Any] = {"artist": "Björk", "album": "Box", "genre": "Art"}
    audio.make(music / "Box/b.mp3", title="Zwei", tracknumber="1", discnumber="2/2", **box)
    audio.make(music / "Box/a.mp3", title="Eins", tracknumber="1", discnumber="1/2", **box)
    (music / "Box/cover.jpg").write_bytes(audio.PICTURE)
    various: dict[str, Any] = {"album": "Hits", "albumartist": "Various Artists"}
    audio.make(music / "Hits/1.ogg", title="First wave", artist="Abba", tracknumber="1", **various)
    audio.make(music / "Hits/2.flac", title="Second Wave", artist="Cream", tracknumber="2", **various)
    audio.make(music / "loose/untitled.mp3")
    (music / "loose/broken.mp3").write_bytes(b"this is no music" * 100)
    (music / "notes.txt").write_text("not music")
    (music / "party.m3u").write_text(
        "#EXTM3U\n#PLAYLIST:Party!\nBox/b.mp3\nAbba/Arrival/01 Queen.mp3\n../outside.mp3\n"
    )
    return music


@pytest.fixture
def music(music_template: Path, tmp_path: Path) -> Path:
    """The folder of music, a test's own."""
    return Path(shutil.copytree(music_template, tmp_path / "music"))


@pytest.fixture
def state(state_template: Path, tmp_path: Path) -> Path:
    """The state folder, a test's own."""
    return Path(shutil.copytree(state_template, tmp_path / "state"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


type Serve = Callable[..., Awaitable[Client]]


@pytest.fixture
async def serve(music: Path, state: Path, clock: Clock) -> AsyncIterator[Serve]:
    """Start a server with options, and return a client of it."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))

        async def start(folder: Path = music, *, options: Mp3tunesOptions | None = None, **switches: Any) -> Client:
            strict = Mp3tunesOptions(partner_tokens=frozenset({TOKEN}))
            server = LockerServer(folder, state, mp3tunes=options or strict, clock=clock, password_cost=2, **switches)
            await server.start()
            stack.push_async_callback(server.close)
            return Client(server, session)

        yield start


@pytest.fixture
async def client(serve: Serve) -> Client:
    """A client of a strict server."""
    return await serve()
