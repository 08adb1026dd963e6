"""What a speaker asks for: a track's stream over HTTP, as both faces serve it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from multidict import CIMultiDictProxy

from music_locker_core.models import Track
from music_locker_core.streams import STREAM_PATH, Streams
from tests.conformance.harness import Site

_OUTPUT = "kitchen"
_LIMIT = 64 << 20


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer, read to its end, and the address that it came from."""

    address: str
    status: int
    headers: CIMultiDictProxy[str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Speaker:
    """One output, and where it finds its streams."""

    streams: Streams
    server: TestServer
    http: aiohttp.ClientSession

    async def ask(self, track: Track, method: str = "GET", **headers: str) -> Heard:
        """Ask for a track and read the answer to its end."""
        url = self.server.make_url(self.streams.path(_OUTPUT, track))
        async with self.http.request(method, url, headers=headers) as response:
            return Heard(str(url), response.status, response.headers, await response.read())


@asynccontextmanager
async def open_speaker(site: Site, cache: Path) -> AsyncGenerator[Speaker]:
    """Serve the site's tracks from an empty cache."""
    tracks = {track.key: track for track in (await site.tracks()).values()}
    streams = Streams(
        cache_dir=cache,
        cache_limit=_LIMIT,
        key=bytes(32),
        adapter=lambda _: site.adapter,
        track=tracks.get,
        retry_delays=(0.0, 0.0, 0.0),
        linger=0.0,
    )
    await streams.open()
    streams.register_output(_OUTPUT)
    application = web.Application()
    application.router.add_get(STREAM_PATH + "/{token}/{file}", streams.handle)
    server = TestServer(application)
    async with server, aiohttp.ClientSession() as http:
        try:
            yield Speaker(streams, server, http)
        finally:
            await streams.close()
