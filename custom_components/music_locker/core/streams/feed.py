"""Feeds: one track's bytes, fetched once into the cache and read by all from what has arrived.

A feed has at most one fill task. It goes on where a connection broke, at the byte where it broke, and is ended when
nobody has wanted the track for a while. A reader far ahead of it gets its own connection where the service has ranges.
So does every reader where the disk does not take the file any more: the track is heard to its end, uncached.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from dataclasses import dataclass

from ..errors import (
    AuthenticationError,
    LockerConnectionError,
    LockerError,
    NotFound,
    RateLimited,
    ServiceError,
    Unavailable,
)
from ..lockers.base import Adapter, StreamInfo
from ..models import Track
from .cache import CacheFile

_LOGGER = logging.getLogger(__name__)

OPEN_TIMEOUT = 30.0
CHUNK_TIMEOUT = 30.0
READ_SIZE = 128 * 1024
FAR_AHEAD = 256 * 1024
LONGEST_WAIT = 60.0
_OPENING_TRIES = 2
_NEARLY_DONE = 0.75
_FINAL = (NotFound, Unavailable, AuthenticationError)


class TrackChanged(ServiceError):  # noqa: N818 - an event, not a fault of anyone
    """The service sends another file than before under the same id."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """Hold where tracks come from: ``adapter`` by locker id, and the seconds to wait before each further try."""

    adapter: Callable[[str], Adapter | None]
    retry_delays: Sequence[float]

    @asynccontextmanager
    async def open(
        self, track: Track, offset: int, *, known: bool = True
    ) -> AsyncGenerator[tuple[StreamInfo, AsyncGenerator[bytes]]]:
        """Open a track at the service; the chunks begin at ``offset`` exactly. Raise LockerError's classes.

        Where the track's length is not ``known``, ``offset`` may be its end, which services refuse: the byte before is
        asked for too.
        """
        adapter = self.adapter(track.locker)
        asked = offset if known else max(0, offset - 1)
        if adapter is None:
            raise LockerConnectionError("The locker is not connected")
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(OPEN_TIMEOUT):
                    reader = await stack.enter_async_context(adapter.stream(track.id, offset=asked))
            except TimeoutError:
                raise LockerConnectionError("The service did not answer in time") from None
            if reader.info.offset > asked:
                raise ServiceError("The service sends another part of the file than it was asked for")
            chunks = await stack.enter_async_context(aclosing(_chunks(reader.chunks, offset - reader.info.offset)))
            yield reader.info, chunks


async def _chunks(chunks: AsyncIterator[bytes], skip: int) -> AsyncGenerator[bytes]:
    """Pass chunks on but for the first ``skip`` bytes, which a service without ranges sends again."""
    iterator = aiter(chunks)
    while True:
        try:
            async with asyncio.timeout(CHUNK_TIMEOUT):
                chunk = await anext(iterator)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise LockerConnectionError("The service stopped sending") from None
        if skip >= len(chunk):
            skip -= len(chunk)
        else:
            yield chunk[skip:]
            skip = 0


class Feed:
    """Fill a cache file from the service while somebody wants it, and serve readers from it."""

    def __init__(self, track: Track, file: CacheFile, upstream: Upstream, filled: Callable[[], None]) -> None:
        """Keep the parts; ``filled`` is called whenever a fill has ended, for whatever reason."""
        self.track = track
        self.file = file
        self.users = 0
        self.length: int | None = None
        self._upstream = upstream
        self._filled = filled
        self._ranges = False
        self._known = False
        self._verified = False
        self._error: LockerError | None = None
        self._fill: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._verifying = asyncio.Lock()
        self._version = 0
        self._shut = False
        self._uncached = False
        self._unreadable = False

    @property
    def received(self) -> int:
        """Return how many bytes from the first on have arrived."""
        return self.file.size

    @property
    def _readable(self) -> int:
        return 0 if self._unreadable else self.received

    @property
    def complete(self) -> bool:
        """Tell whether all has arrived."""
        return self.file.complete

    @property
    def finishing(self) -> bool:
        """Tell whether a fill is at work and most has arrived, so that ending it would be a waste."""
        filling = self._fill is not None and not self._fill.done()
        return filling and self.length is not None and self.received >= self.length * _NEARLY_DONE

    async def opened(self) -> None:
        """Wait until the service, or the cache, has told what the track is; raise LockerError's classes."""
        async with self._verifying:
            # Once, and before any fill writes: the two would misunderstand each other.
            if not self._verified:
                await self._verify()
                self._verified = True
        if not self._shut:
            self._error = None
        while not self._known:
            await self._progress()

    async def completed(self) -> None:
        """Wait until all has arrived; raise LockerError's classes, also where it cannot be kept."""
        await self.opened()
        while not self.complete:
            await self._progress()

    async def arrived(self, end: int) -> None:
        """Wait until the bytes before ``end`` have arrived, or all has; raise LockerError's classes."""
        while self.received < end and not self.complete:
            await self._progress()

    async def read(self, start: int, end: int | None = None) -> AsyncGenerator[bytes]:
        """Yield the bytes from ``start`` to before ``end``, or to the track's end.

        Raise LockerError's classes where the service gives up before.
        """
        await self.opened()
        version, position, failures = self._version, start, 0
        while end is None or position < end:
            if version != self._version:
                raise TrackChanged
            if position < self._readable:
                if data := await self._from_disk(position, end):
                    position += len(data)
                    yield data
            elif self._is_end(position):
                return
            elif self._reads_past_the_cache(position):
                before = position
                try:
                    async with aclosing(self._direct(position, end)) as chunks:
                        async for data in chunks:
                            position += len(data)
                            yield data
                except _FINAL:
                    raise
                except LockerError as error:
                    failures = 1 if position > before else failures + 1
                    await self._wait_before_retry(failures, error)
            else:
                await self._progress()

    def _reads_past_the_cache(self, position: int) -> bool:
        far_ahead = self._ranges and self.length is not None and position - self.received > FAR_AHEAD
        return not self._shut and (self._uncached or far_ahead)

    def _is_end(self, position: int) -> bool:
        """Tell whether a reader is at the end; who has come there with the fill also waits until the file is whole."""
        if self.length is None or position < self.length:
            return False
        return self.complete or self._uncached or self.received < self.length

    async def pause(self) -> None:
        """End the fill; the next reader begins it again where it stood."""
        fill, self._fill = self._fill, None
        if fill is not None:
            fill.cancel()
            await asyncio.wait([fill])
        self._announce()

    async def shut(self, error: LockerError) -> None:
        """End the fill for good, and make every reader raise ``error`` once it has read what has arrived."""
        self._shut = True
        self._error = error
        await self.pause()

    async def _verify(self) -> None:
        try:
            await self.file.verify()
        except OSError as error:
            self._go_uncached(error)
        if self.complete:
            self.length = self.received
            self._known = True

    async def _from_disk(self, position: int, end: int | None) -> bytes:
        count = min(READ_SIZE, (self.received if end is None else min(end, self.received)) - position)
        try:
            data = await self.file.read(position, count)
            if not data:
                await self._forget()
                raise ServiceError("The cached file is damaged")
        except OSError as error:
            if self._shut and self._error is not None:
                raise self._error from None
            self._go_uncached(error)
            self._unreadable = True
            return b""
        return data

    async def _direct(self, position: int, end: int | None) -> AsyncGenerator[bytes]:
        """Yield bytes past the cache until ``end``, or until the fill has come up."""
        async with self._upstream.open(self.track, position) as (info, chunks):
            await self._learn(info)
            async for chunk in chunks:
                data = chunk if end is None else chunk[: end - position]
                position += len(data)
                yield data
                if position == end or position < self._readable or self._shut:
                    return
        if self.length is None:
            self.length = position
        if position < self.length:
            raise LockerConnectionError("The service broke off")

    async def _progress(self) -> None:
        """See to it that a fill is at work, and wait for its next news; raise what it ended with."""
        if self._error is not None:
            raise self._error
        if self._uncached and self._known:
            raise ServiceError("The track cannot be kept in the stream cache")
        if self._fill is None or self._fill.done():
            self._fill = asyncio.create_task(self._run_fill())
        news = self._news
        try:
            async with asyncio.timeout(OPEN_TIMEOUT + CHUNK_TIMEOUT + LONGEST_WAIT):
                await news.wait()
        except TimeoutError:
            raise LockerConnectionError("The service did not answer in time") from None
        if self._error is not None:
            raise self._error

    def _announce(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def _run_fill(self) -> None:
        try:
            await self._fill_all()
        except (NotFound, Unavailable) as error:
            self._error = error
        except LockerError as error:
            _LOGGER.warning("A track of locker %s could not be fetched: %s", self.track.locker, error)
            self._error = error
        except OSError as error:
            self._go_uncached(error)
        except Exception:
            # A fault of an adapter must not leave readers waiting.
            _LOGGER.exception("Unexpected error while fetching a track of locker %s", self.track.locker)
            self._error = ServiceError("The track could not be fetched")
        finally:
            self._announce()
            # The task is still running here; who is called must find it done.
            asyncio.get_running_loop().call_soon(self._filled)

    def _go_uncached(self, error: OSError) -> None:
        """Keep no more of the track: whoever reads it on gets it from the service."""
        _LOGGER.warning("The stream cache cannot be used, so a track is played without it: %s", error.strerror)
        self._uncached = True

    async def _fill_all(self) -> None:
        failures = 0
        while not self.complete:
            before = self.received
            try:
                await self._fetch()
            except (*_FINAL, TrackChanged):
                raise
            except LockerError as error:
                failures = 1 if self.received > before else failures + 1
                await self._wait_before_retry(failures, error)

    async def _fetch(self) -> None:
        if self.received != self.length:
            await self._fetch_rest()
        self.length = self.received
        await self.file.finish()

    async def _fetch_rest(self) -> None:
        known = self.length is not None
        async with self._upstream.open(self.track, self.received, known=known) as (info, chunks):
            await self._learn(info)
            async for chunk in chunks:
                data = chunk if self.length is None else chunk[: self.length - self.received]
                if data:
                    await self.file.append(data)
                    self._announce()
        if self.length is not None and self.received < self.length:
            raise LockerConnectionError("The service broke off")

    async def _learn(self, info: StreamInfo) -> None:
        """Keep what the service tells of the track; raise TrackChanged where it differs from before."""
        if self._known and None not in (info.length, self.length) and info.length != self.length:
            await self._forget()
            raise TrackChanged
        if info.length is not None:
            if self.received > info.length:
                await self._forget()
                raise TrackChanged
            self.length = info.length
        self._ranges = info.ranges
        self._known = True
        self._announce()

    async def _forget(self) -> None:
        self._version += 1
        self._known = False
        self.length = None
        with suppress(OSError):  # it is read no more in any case, and what is written next lies over it
            await self.file.clear()

    async def _wait_before_retry(self, failures: int, error: LockerError) -> None:
        """Wait before the next try; raise ``error`` where there were enough, or the service asks for a long wait."""
        delays = self._upstream.retry_delays if self._known else self._upstream.retry_delays[:_OPENING_TRIES]
        if failures > len(delays):
            raise error
        delay = delays[failures - 1]
        if isinstance(error, RateLimited) and error.retry_after is not None:
            if not self._known or error.retry_after > LONGEST_WAIT:
                raise error
            delay = max(delay, error.retry_after)
        await asyncio.sleep(delay)
