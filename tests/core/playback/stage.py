"""A live output on a stage: its locker, its server, and what it tells; imported by the tests that hear it."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from mpd_bridge.demo_music.catalogue import Encoding
from music_locker_core.playback.live_output import LiveOutput
from music_locker_core.playback.output import Media
from music_locker_core.streams.deck import THREAD_NAME
from music_locker_core.streams.pace import Pace
from tests.core.playback.live_listener import PATIENCE, EagerPace, Ear, Events, FastPace, HandPace, listening
from tests.core.streams.conftest import MakeSite, Site
from tests.core.streams.conftest import make_site as make_site  # noqa: PLC0414 - a fixture
from tests.core.streams.sound import MIME_TYPES, sound_file


@dataclass
class Stage:
    """A live output, its server and what it tells."""

    site: Site
    output: LiveOutput
    server: TestServer
    events: Events

    def media(
        self,
        item_id: int,
        seconds: float = 9.0,
        *,
        encoding: Encoding = Encoding.MP3_CBR,
        duration: float | None = None,
        content: bytes | None = None,
    ) -> Media:
        """Return media whose tone code is the item's id."""
        track = self.site.add(f"t{item_id}", sound_file(item_id, seconds, encoding) if content is None else content)
        return Media(item_id, replace(track, duration=duration, mime_type=MIME_TYPES[encoding]))

    @property
    def url(self) -> str:
        return str(self.server.make_url("/live/kitchen.mp3"))

    def listening(self) -> AbstractAsyncContextManager[Ear]:
        return listening(self.site.http, self.url)


async def _stage(make_site: MakeSite, pace: Pace) -> AsyncIterator[Stage]:
    site = await make_site()
    output = LiveOutput("kitchen.live", "Küche\r\n", site.streams, pace=pace)
    events = Events()
    output.listener = events
    application = web.Application()
    application.router.add_get("/live/{player}.mp3", output.handle)
    server = TestServer(application)
    await server.start_server()
    yield Stage(site, output, server, events)
    await output.close()
    await server.close()
    async with asyncio.timeout(PATIENCE):
        while any(thread.name.startswith(THREAD_NAME) for thread in threading.enumerate()):  # noqa: ASYNC110 - threads tell nothing
            await asyncio.sleep(0)
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("music locker")]


@pytest.fixture
async def stage(make_site: MakeSite) -> AsyncIterator[Stage]:
    async for made in _stage(make_site, EagerPace()):
        yield made


@pytest.fixture
async def timed_stage(make_site: MakeSite) -> AsyncIterator[Stage]:
    """A stage whose time goes on by itself, also when nobody listens."""
    async for made in _stage(make_site, FastPace()):
        yield made


@pytest.fixture
def clock() -> HandPace:
    return HandPace()


@pytest.fixture
async def quiet_stage(make_site: MakeSite, clock: HandPace) -> AsyncIterator[Stage]:
    """A stage whose time goes on by hand."""
    async for made in _stage(make_site, clock):
        yield made
