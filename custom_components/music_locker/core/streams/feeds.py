"""The feeds that are in use: who asks for the same track gets the same feed."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager, suppress
from functools import partial

from ..errors import LockerConnectionError, LockerError
from ..models import Track
from .cache import DiskCache
from .feed import Feed, Upstream

_PREFETCHES = 2


class Feeds:
    """Lend feeds, end those that nobody has wanted for ``linger`` seconds, and fetch ahead what is wanted soon."""

    def __init__(self, cache: DiskCache, upstream: Upstream, *, linger: float) -> None:
        """Keep the parts."""
        self._cache = cache
        self._upstream = upstream
        self._linger = linger
        self._feeds: dict[str, Feed] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._prefetches: dict[str, asyncio.Task[None]] = {}
        self._closed = False

    @asynccontextmanager
    async def lend(self, track: Track) -> AsyncGenerator[Feed]:
        """Lend the feed of a track; raise LockerConnectionError once all is closed."""
        if self._closed:
            raise LockerConnectionError("The streams are closed")
        name = cache_name(track)
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()
        feed = self._feeds.get(name)
        if feed is None:
            feed = Feed(track, self._cache.lease(name), self._upstream, partial(self._unused, name))
            self._feeds[name] = feed
        feed.users += 1
        try:
            yield feed
        finally:
            feed.users -= 1
            self._unused(name)

    def prefetch(self, track: Track) -> None:
        """Fetch a track ahead of its time; the oldest of too many is given up."""
        name = cache_name(track)
        if self._closed or name in self._cache or name in self._prefetches:
            return
        while len(self._prefetches) >= _PREFETCHES:
            self._prefetches.pop(next(iter(self._prefetches))).cancel()
        self._prefetches[name] = self._spawn(self._prefetch(name, track))

    async def close(self) -> None:
        """End every task, and make every reader raise LockerConnectionError."""
        self._closed = True
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for feed in list(self._feeds.values()):
            await feed.shut(LockerConnectionError("The streams are closed"))
            await self._cache.release(feed.file)
        self._feeds.clear()

    async def _prefetch(self, name: str, track: Track) -> None:
        try:
            # What goes wrong is told when the track is really asked for.
            with suppress(LockerError):
                async with self.lend(track) as feed:
                    await feed.completed()
        finally:
            if self._prefetches.get(name) is asyncio.current_task():
                del self._prefetches[name]

    def _unused(self, name: str) -> None:
        """Look after a feed, in a while, that has lost a user or its fill."""
        feed = self._feeds.get(name)
        if feed is None or feed.users or self._closed or name in self._timers:
            return
        loop = asyncio.get_running_loop()
        self._timers[name] = loop.call_later(self._linger, self._retire, name)

    def _retire(self, name: str) -> None:
        self._timers.pop(name, None)
        feed = self._feeds.get(name)
        # A fill that is nearly done calls _unused again when it has ended.
        if feed is not None and not feed.users and not feed.finishing:
            self._spawn(self._end(name, feed))

    async def _end(self, name: str, feed: Feed) -> None:
        await feed.pause()
        # Somebody may have come meanwhile: their reader begins the fill again.
        if not feed.users and self._feeds.get(name) is feed:
            del self._feeds[name]
            await self._cache.release(feed.file)

    def _spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def cache_name(track: Track) -> str:
    """Return a name that differs whenever the library says that the track's file may be another."""
    modified = track.modified.isoformat() if track.modified is not None else ""
    fields = (track.locker, track.id, str(track.size), modified)
    digest = hashlib.sha256(b"".join(len(field.encode()).to_bytes(4) + field.encode() for field in fields))
    return digest.hexdigest()[:40]
