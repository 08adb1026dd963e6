"""A locker in memory, its streams, and the HTTP server that speakers would ask."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from music_locker_core.models import Track, TrackKey
from music_locker_core.streams import STREAM_PATH, Streams
from tests.core.streams.memory_locker import MemoryLocker

KEY = bytes(range(32))
LOCKER = "lock"


@dataclass
class Site:
    """One installation: tracks of one locker, served over HTTP to the output ``kitchen``."""

    locker: MemoryLocker
    streams: Streams
    server: TestServer
    http: aiohttp.ClientSession
    tracks: dict[TrackKey, Track] = field(default_factory=dict)
    connected: bool = True

    def add(self, track_id: str = "t1", content: bytes = b"", *, available: bool = True) -> Track:
        self.locker.files[track_id] = content
        track = Track(track_id, "Title", locker=LOCKER, size=len(content), available=available)
        self.tracks[track.key] = track
        return track

    def url(self, track: Track, output_id: str = "kitchen") -> str:
        return str(self.server.make_url(self.streams.path(output_id, track)))


type MakeSite = Callable[..., Awaitable[Site]]


@pytest.fixture
async def make_site(tmp_path: Path) -> AsyncIterator[MakeSite]:
    """Make installations; those with the same ``cache`` share it, one after the other."""
    sites: list[Site] = []
    sessions: list[aiohttp.ClientSession] = []

    async def make(cache: str = "cache", limit: int = 64 * 1024 * 1024, linger: float = 0.0) -> Site:
        session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        sessions.append(session)
        locker = MemoryLocker(session)
        tracks: dict[TrackKey, Track] = {}
        streams = Streams(
            cache_dir=tmp_path / cache,
            cache_limit=limit,
            key=KEY,
            adapter=lambda locker_id: locker if locker_id == LOCKER and made.connected else None,
            track=tracks.get,
            retry_delays=(0.0, 0.0, 0.0),
            linger=linger,
        )
        await streams.open()
        streams.register_output("kitchen")
        application = web.Application()
        application.router.add_get(STREAM_PATH + "/{token}/{file}", streams.handle)
        server = TestServer(application)
        await server.start_server()
        made = Site(locker, streams, server, session, tracks)
        sites.append(made)
        return made

    yield make
    for each in sites:
        await each.streams.close()
        await each.server.close()
    for session in sessions:
        await session.close()


@pytest.fixture
async def site(make_site: MakeSite) -> Site:
    return await make_site()


@pytest.fixture(scope="session")
def megabyte() -> bytes:
    return Random(1).randbytes(1024 * 1024 + 17)  # noqa: S311 - the same bytes each time, not secret ones
