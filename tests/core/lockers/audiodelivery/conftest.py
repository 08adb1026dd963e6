"""The Audio Delivery Network's adapter before a real locker server."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mpd_bridge.locker_server import AudiodeliveryOptions, LockerServer
from music_locker_core.lockers.audiodelivery import Audiodelivery
from music_locker_core.lockers.audiodelivery_client import AudiodeliveryClient
from music_locker_core.models import Track
from tests.core.lockers.conftest import IMPATIENT, USER, Sent, noting_session


@dataclass(slots=True)
class Network:
    """One key at one server: the adapter, a client of its own, and what both sent."""

    server: LockerServer
    key: str
    adapter: Audiodelivery
    client: AudiodeliveryClient
    sent: list[Sent] = field(default_factory=list)

    def calls(self, method: str) -> int:
        return self.server.calls[method]

    async def tracks(self) -> dict[str, Track]:
        return {track.title: track async for page in self.adapter.tracks() for track in page}

    async def heard(self, title: str, *, bit_rate: int | None = None) -> bytes:
        track = (await self.tracks())[title]
        async with self.adapter.stream(track.id, bit_rate=bit_rate) as reader:
            return b"".join([chunk async for chunk in reader.chunks])


type Connect = Callable[..., Awaitable[Network]]


@pytest.fixture
async def connect(music: Path, state: Path) -> AsyncIterator[Connect]:
    """Start servers and connect adapters with them."""
    async with AsyncExitStack() as stack:

        async def start(options: AudiodeliveryOptions | None = None, *, port: int = 0, **own: str) -> Network:
            services = frozenset({"audiodelivery"})
            server = LockerServer(music, state, services=services, audiodelivery=options, password_cost=2)
            key = server.audiodelivery.add_key(USER)
            await server.start(port=port)
            stack.push_async_callback(server.close)
            sent: list[Sent] = []
            session = await stack.enter_async_context(noting_session(server, sent))
            settings = {"url": server.url, "api_key": key, **own}
            adapter = Audiodelivery(settings, session, IMPATIENT)
            stack.push_async_callback(adapter.close)
            return Network(server, key, adapter, AudiodeliveryClient(settings, session, IMPATIENT), sent)

        yield start


@pytest.fixture
async def network(connect: Connect) -> Network:
    return await connect()
