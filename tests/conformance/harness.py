"""Run a subject's server in a thread of its own, so that the event loop of a test holds nothing but the adapter."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from music_locker_core.lockers import create_adapter
from music_locker_core.lockers.base import Adapter
from music_locker_core.lockers.web import Retry
from music_locker_core.models import Track
from tests.conformance import folder
from tests.conformance.subject import Call, Subject

_SECONDS = 30
_THREADS = 4
IMPATIENT = Retry(attempts=3, delay=0.0, longest=3.0)


class Server:
    """A subject's server, its folder and its event loop."""

    def __init__(self, subject: Subject, music: Path, state: Path) -> None:
        self.subject = subject
        self.music = music
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"server of {subject.name}", daemon=True)
        self._thread.start()
        self._start_threads()
        asyncio.run_coroutine_threadsafe(subject.start(music, state), self._loop).result(_SECONDS)
        self.content = folder.content(music)

    def _start_threads(self) -> None:
        """Begin all threads that the server may ever use, so that no test seems to leave one behind."""
        pool = ThreadPoolExecutor(_THREADS)
        meeting = threading.Barrier(_THREADS)
        list(pool.map(lambda _: meeting.wait(_SECONDS), range(_THREADS)))
        self._loop.set_default_executor(pool)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self.subject.close(), self._loop).result(_SECONDS)
        asyncio.run_coroutine_threadsafe(_end_tasks(), self._loop).result(_SECONDS)
        asyncio.run_coroutine_threadsafe(self._loop.shutdown_default_executor(), self._loop).result(_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_SECONDS)
        self._loop.close()

    async def run[Result](self, work: Coroutine[Any, Any, Result]) -> Result:
        """Wait for something that happens in the server's event loop."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def call[**Arguments, Result](
        self, function: Callable[Arguments, Result], *args: Arguments.args, **options: Arguments.kwargs
    ) -> Result:
        """Call something in the server's event loop."""

        async def call() -> Result:
            return function(*args, **options)

        return await self.run(call())


async def _end_tasks() -> None:
    """End the tasks of connections that broke off, which nobody awaits."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=_SECONDS)


@dataclass(slots=True)
class Site:
    """One adapter, logged in, before a subject's server."""

    server: Server
    adapter: Adapter
    session: aiohttp.ClientSession
    sent: asyncio.Event
    secrets: set[str] = field(default_factory=set, repr=False)

    @property
    def subject(self) -> Subject:
        return self.server.subject

    @property
    def music(self) -> Path:
        return self.server.music

    async def break_next(self, call: Call, **fault: Any) -> None:
        """Let a fault happen to the next requests of this kind."""
        await self.server.call(self.subject.break_next, call, **fault)

    async def mend(self) -> None:
        await self.server.call(self.subject.mend)

    async def expire_sessions(self) -> None:
        await self.server.call(self.subject.expire_sessions)

    async def asked(self, call: Call) -> int:
        return await self.server.call(self.subject.asked, call)

    async def look(self) -> None:
        """Let the server see what a test has changed in the folder."""
        await self.server.run(self.subject.look())

    def another(self, settings: dict[str, str]) -> Adapter:
        """Return an adapter of other settings; it shares this one's connections."""
        return create_adapter(self.subject.service, settings, self.session, IMPATIENT)

    async def tracks(self) -> dict[str, Track]:
        """Return what the adapter lists, by title."""
        return {track.title: track async for page in self.adapter.tracks() for track in page}

    @asynccontextmanager
    async def refusing(self, state: str) -> AsyncGenerator[Adapter]:
        """Bring about a state of the server that refuses files; give an adapter that meets it."""
        refusing = self.subject.refusing(state)
        adapter = self.another(await self.server.run(_awaited(refusing.__aenter__())))
        try:
            await adapter.login()
            yield adapter
        finally:
            await adapter.close()
            await self.server.run(_awaited(refusing.__aexit__(None, None, None)))


async def _awaited[Result](work: Awaitable[Result]) -> Result:
    return await work


@asynccontextmanager
async def open_site(server: Server) -> AsyncGenerator[Site]:
    """Log an adapter in, note down the secrets that it sends, and leave the server as it was."""
    sent, secrets = asyncio.Event(), set[str]()

    async def note(_session: object, _context: object, request: aiohttp.TraceRequestHeadersSentParams) -> None:
        secrets.update(server.subject.secrets_sent(request.url, request.headers))
        sent.set()

    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(note)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trace_configs=[trace]) as session:
        adapter = create_adapter(server.subject.service, server.subject.settings(), session, IMPATIENT)
        site = Site(server, adapter, session, sent, secrets)
        try:
            await adapter.login()
            yield site
        finally:
            await adapter.close()
            await site.mend()
            if folder.content(server.music) != server.content:
                await server.run(server.subject.forget_uploads())
                folder.restore(server.music, server.content)
                await site.look()
