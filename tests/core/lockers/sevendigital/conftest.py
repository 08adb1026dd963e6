"""The 7digital adapter before a real locker server, and everything that it sends noted down."""

import itertools
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pytest_socket import enable_socket

from mpd_bridge.locker_server import LockerServer, SevendigitalOptions
from mpd_bridge.locker_server.accounts import Accounts
from mpd_bridge.locker_server.sevendigital_store import Consumer
from music_locker_core.lockers.sevendigital import Sevendigital
from music_locker_core.lockers.sevendigital_client import SevendigitalClient
from music_locker_core.models import Track
from tests.core.lockers.conftest import IMPATIENT, Sent, noting_session
from tests.mpd_bridge.locker_server import audio
from tests.tools.scanned import scan

USER, PASSWORD = "ann@example.com", "secret&+% word"
MORE = 50
"""How many albums there are beside the special ones: with those, two pages."""
_NUMBERS = itertools.count()


@dataclass(slots=True)
class Shop:
    """A server with an account and an application, and what adapters have sent to it."""

    server: LockerServer
    session: aiohttp.ClientSession
    consumer: Consumer
    token: tuple[str, str]
    sent: list[Sent] = field(default_factory=list)
    adapters: list[Sevendigital] = field(default_factory=list)

    def settings(self, **others: str) -> dict[str, str]:
        """The settings of the user who has authorised the application; an empty one is left out."""
        usual = {
            "url": self.server.url,
            "consumer_key": self.consumer.key,
            "consumer_secret": self.consumer.secret,
            "country": "GB",
            "token": self.token[0],
            "token_secret": self.token[1],
        }
        return {key: value for key, value in {**usual, **others}.items() if value}

    def managed(self) -> dict[str, str]:
        """The settings of a user whom the application manages."""
        return self.settings(token="", token_secret="", user_id=str(self.server.sevendigital.user_id(USER)))

    def adapter(self, settings: dict[str, str] | None = None) -> Sevendigital:
        self.adapters.append(Sevendigital(settings or self.settings(), self.session, IMPATIENT))
        return self.adapters[-1]

    def client(self, *, xml: bool = False, **others: str) -> SevendigitalClient:
        return SevendigitalClient(self.settings(**others), self.session, IMPATIENT, xml=xml)

    async def tracks(self, adapter: Sevendigital | None = None) -> dict[str, Track]:
        """What an adapter lists, by title."""
        pages = [page async for page in (adapter or self.adapter()).tracks()]
        return {track.title: track for page in pages for track in page}

    def asked(self, path: str) -> list[Sent]:
        """What was sent to a path, so far."""
        return [sent for sent in self.sent if sent.url.path.endswith(path)]


@pytest.fixture(scope="session")
def shop_music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Music with one of everything that this service can tell of, and more than one page."""
    music = tmp_path_factory.mktemp("shop")
    audio.make(
        music / "awake.mp3",
        cover=True,
        title="Hero",
        artist="Skillet",
        album="Awake",
        tracknumber="1",
        discnumber="1",
        date="2013-10-21 13:00:00",
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
        date="2008-06-15 23:00:00",
    )
    for disc, title, name in (("1", "First", "box1.mp3"), ("2", "Zoë's Last", "box2.m4a")):
        artist = "Abba" if disc == "1" else "Björk"
        audio.make(music / name, title=title, artist=artist, album="Box", albumartist="Björk", discnumber=disc)
    for number in range(MORE):
        audio.make(music / f"more{number}.mp3", title=f"Song {number}", artist="Various", album=f"More {number}")
    return music


@pytest.fixture(scope="session")
def shop_state(shop_music: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder that knows the music; each server takes a copy."""
    enable_socket()
    state = tmp_path_factory.mktemp("shop_state")
    Accounts(state / "accounts.json", cost=2).add(USER, PASSWORD)
    scan(shop_music, state)
    return state


type Open = Callable[..., Awaitable[Shop]]


@pytest.fixture
async def open_shop(shop_music: Path, shop_state: Path, tmp_path: Path) -> AsyncIterator[Open]:
    """Start servers with options over the shared music, which tests leave as it is."""
    async with AsyncExitStack() as stack:

        async def start(music: Path = shop_music, *, clock: Callable[[], float] = time.time, **options: Any) -> Shop:
            state = Path(shutil.copytree(shop_state, tmp_path / f"state{next(_NUMBERS)}"))
            switches = SevendigitalOptions(**options)
            server = LockerServer(music, state, sevendigital=switches, password_cost=2, clock=clock)
            await server.start()
            stack.push_async_callback(server.close)
            sent: list[Sent] = []
            session = await stack.enter_async_context(noting_session(server, sent))
            consumer = server.sevendigital.add_consumer()
            shop = Shop(server, session, consumer, server.sevendigital.token(USER, consumer), sent)
            stack.push_async_callback(_close, shop)
            return shop

        yield start


async def _close(shop: Shop) -> None:
    for adapter in shop.adapters:
        await adapter.close()


@pytest.fixture
async def shop(open_shop: Open) -> Shop:
    """A server as it is without options."""
    return await open_shop()


@pytest.fixture
def music(shop_music: Path, tmp_path: Path) -> Path:
    """A folder of one's own."""
    return Path(shutil.copytree(shop_music, tmp_path / "music"))
