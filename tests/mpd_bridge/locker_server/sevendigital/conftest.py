"""A locker server that tests of one module share, and a client whose requests oauthlib signs."""

import asyncio
import itertools
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree as ET

import aiohttp
import pytest
from oauthlib.oauth1 import SIGNATURE_TYPE_AUTH_HEADER, SIGNATURE_TYPE_QUERY
from oauthlib.oauth1 import Client as Signer
from pytest_socket import enable_socket
from yarl import URL

from mpd_bridge.locker_server import LockerServer, SevendigitalOptions
from mpd_bridge.locker_server.accounts import Accounts
from mpd_bridge.locker_server.sevendigital_store import Consumer
from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.conftest import Clock
from tests.tools.scanned import scan

USER, PASSWORD = "ann@example.com", "secret&+% word"
JSON = {"Accept": "application/json"}
_NUMBERS = itertools.count()


@dataclass(slots=True)
class Answer:
    """One HTTP answer, read whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def xml(self) -> ET.Element:
        return ET.fromstring(self.body)  # noqa: S314 - our own server wrote it

    @property
    def releases(self) -> list[Any]:
        """Return the releases of a listing in JSON."""
        found: list[Any] = self.json["locker"]["lockerReleases"]["lockerRelease"]
        return found

    @property
    def titles(self) -> list[str]:
        """Return the titles of the releases of a listing in JSON."""
        return [release["release"]["title"] for release in self.releases]


class Client:
    """Send requests that are signed by a consumer, and by a user's token."""

    def __init__(self, server: LockerServer, session: aiohttp.ClientSession, clock: Clock) -> None:
        self.server = server
        self.part = server.sevendigital
        self.session = session
        self.clock = clock
        self.consumer = self.part.add_consumer()
        self.token = self.part.token(USER, self.consumer)

    async def send(self, url: str, method: str = "GET", **options: Any) -> Answer:
        """Send a request as it is written."""
        address = URL(url if "://" in url else self.server.url + url, encoded=True)
        async with self.session.request(method, address, allow_redirects=False, **options) as response:
            return Answer(response.status, response.headers, await response.read())

    async def raw(self, head: bytes) -> bytes:
        """Send a request's first bytes, which no client would, and return the answer."""
        address = URL(self.server.url)
        reader, writer = await asyncio.open_connection(address.host, address.port)
        writer.write(head + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        await writer.wait_closed()
        return answer

    def signer(self, consumer: Consumer | None = None, token: tuple[str, str] | None = None, **options: Any) -> Signer:
        """Return what signs for a consumer, with a token or without."""
        by = consumer or self.consumer
        names = {"resource_owner_key": token[0], "resource_owner_secret": token[1]} if token else {}
        given = {"nonce": f"nonce{next(_NUMBERS)}", "timestamp": str(int(self.clock())), **names, **options}
        return Signer(by.key, by.secret, **given)

    async def get(
        self,
        target: str,
        *,
        method: str = "GET",
        two_legged: bool = False,
        in_header: bool = False,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Answer:
        """Send a signed request, in the user's name unless it has two legs."""
        place = SIGNATURE_TYPE_AUTH_HEADER if in_header else SIGNATURE_TYPE_QUERY
        token = None if two_legged else self.token
        signer = self.signer(**{"token": token, "signature_type": place, **options})
        address = target if "://" in target else self.server.url + target
        url, signed, _body = signer.sign(address, cast("Any", method))
        return await self.send(url, method, headers={**signed, **(headers or {})})

    async def locker(self, query: str = "country=GB", **options: Any) -> Answer:
        """List the locker in JSON."""
        return await self.get(f"/1.2/user/locker?{query}", headers=JSON, **options)

    async def ids(self, title: str) -> tuple[int, int]:
        """Return the numbers of a track and of its release."""
        for release in (await self.locker("country=GB&pageSize=50")).releases:
            for entry in release["lockerTracks"]["lockerTrack"]:
                if entry["track"]["title"] == title:
                    return entry["track"]["id"], release["release"]["id"]
        raise LookupError(title)


@pytest.fixture(scope="session")
def shop_music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what this service can tell of: the releases of the page's examples, and more than one page."""
    music = tmp_path_factory.mktemp("shop")
    audio.make(
        music / "awake.mp3",
        cover=True,
        bit_rate=320_000,
        title="Hero",
        artist="Skillet",
        album="Awake",
        tracknumber="1",
        discnumber="1",
        date="2013-10-21 13:00:00",
        isrc="USAT20901852",
        barcode="075679983732",
        organization="Atlantic Records",
    )
    audio.make(
        music / "gloria.flac",
        title="Gloria",
        version="Digitally Remastered 1996",
        artist="Patti Smith",
        album="Original Album Classics",
        tracknumber="2",
        discnumber="1",
        date="2008-06-15 23:00:00",
        isrc="USRC10301017",
        label="Arista",
    )
    audio.make(music / "256.mp3", title="Middle", artist="Abba", album="Rates", bit_rate=256_000)
    audio.make(
        music / "truth.mp3",
        title="Do You Want The Truth Or Something Beautiful?",
        version="Jonny L Remix",
        artist="Paloma Faith",
        album="Do You Want The Truth Or Something Beautiful?",
        tracknumber="3",
        isrc="GBARL0901537",
        barcode="884977432688",
        organization="Epic",
    )
    audio.make(music / "single.mp3", title="Zoë & <Friends>", artist="Björk")
    audio.make(music / "box2.m4a", title="Second", artist="Björk", album="Box", tracknumber="1", discnumber="2")
    audio.make(music / "box1.ogg", title="First", artist="Björk", album="Box", tracknumber="1", discnumber="1")
    for number in range(7):
        audio.make(
            music / f"more{number}.mp3", title=f"Song {number}", artist=f"Artist {9 - number}", album=f"More {number}"
        )
    return music


@pytest.fixture(scope="session")
def shop_state(shop_music: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder that knows the music; each server takes a copy."""
    enable_socket()
    state = tmp_path_factory.mktemp("shop_state")
    Accounts(state / "accounts.json", cost=2).add(USER, PASSWORD)
    scan(shop_music, state, Clock())
    return state


type Shop = Callable[..., Awaitable[Client]]


@pytest.fixture
async def shop(shop_music: Path, shop_state: Path, tmp_path: Path) -> AsyncIterator[Shop]:
    """Start servers with options over the shared music, which tests leave as it is, and return clients of them."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))

        async def start(
            music: Path = shop_music, *, state: Path | None = None, clock: Clock | None = None, **options: Any
        ) -> Client:
            kept = state or Path(shutil.copytree(shop_state, tmp_path / f"state{next(_NUMBERS)}"))
            clock = clock or Clock()
            switches = SevendigitalOptions(**options)
            server = LockerServer(music, kept, sevendigital=switches, clock=clock, password_cost=2)
            if state is not None:
                server.add_account(USER, PASSWORD)
            await server.start()
            stack.push_async_callback(server.close)
            return Client(server, session, clock)

        yield start


@pytest.fixture
async def client(shop: Shop) -> Client:
    """A client of a server as it is without options."""
    return await shop()
