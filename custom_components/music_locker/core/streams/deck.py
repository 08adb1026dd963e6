"""A deck: one track that is decoded ahead of its time, in a thread of its own, into a bounded buffer of PCM.

The thread is its own because it waits for bytes: in the loop's default executor it could wait for a file read that
waits for a free thread.
"""

import asyncio
import io
import logging
import math
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import CancelledError as FutureCancelled
from concurrent.futures import Future, ThreadPoolExecutor

from ..errors import AuthenticationError, LockerError, NotFound, RateLimited, Unavailable, UnavailableReason
from ..models import Track
from .feed import Feed
from .mixing import NO_TAGS, Side, SoundTags
from .sound import BYTES_PER_SECOND, DecodeError, OpenFile, open_file
from .streams import Streams

_LOGGER = logging.getLogger(__name__)

THREAD_NAME = "music locker decoder"
_AHEAD = 2.0  # seconds
_BATCH = BYTES_PER_SECOND // 4
_READ_TIMEOUT = 180.0  # seconds; the feed itself gives up before


class FeedFile(io.RawIOBase):
    """Give a thread a feed as a blocking file. ``aclose`` ends a read that waits."""

    def __init__(self, feed: Feed, loop: asyncio.AbstractEventLoop) -> None:
        """Keep the parts; where the length is not known the file cannot be sought in."""
        self._feed = feed
        self._loop = loop
        self._length = feed.length
        self._position = 0
        self._block = b""
        self._block_start = 0
        self._chunks: AsyncGenerator[bytes] | None = None
        self._chunks_at = 0
        self._reading = asyncio.Lock()
        self._pending: Future[bytes] | None = None
        self._ended = False
        self._error: LockerError | None = None

    def readable(self) -> bool:
        """Tell that this file is for reading."""
        return True

    def seekable(self) -> bool:
        """Tell whether the length is known."""
        return self._length is not None

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a byte; nothing is read."""
        match whence:
            case io.SEEK_CUR:
                offset += self._position
            case io.SEEK_END:
                offset += self._length or 0
        self._position = max(0, offset)
        return self._position

    def tell(self) -> int:
        """Return the byte that is read next."""
        return self._position

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes, none at the end; raise LockerError's classes, OSError where this was ended."""
        place = self._position - self._block_start
        if not 0 <= place < len(self._block):
            self._block = self._fetch(self._position)
            self._block_start = self._position
            place = 0
        data = self._block[place:] if size < 0 else self._block[place : place + size]
        self._position += len(data)
        return data

    def check(self) -> None:
        """Raise the LockerError that ended the reading, if one did: FFmpeg may have taken it for the file's end."""
        if self._error is not None:
            raise self._error

    async def aclose(self) -> None:
        """End what waits, and free the feed's reader; call it in the loop."""
        self._ended = True
        if self._pending is not None:
            self._pending.cancel()
        async with self._reading:
            if self._chunks is not None:
                await self._chunks.aclose()
                self._chunks = None

    def _fetch(self, position: int) -> bytes:
        if self._ended:
            raise OSError("The file was closed")
        self._pending = asyncio.run_coroutine_threadsafe(self._next(position), self._loop)
        if self._ended:
            self._pending.cancel()
        try:
            return self._pending.result(_READ_TIMEOUT)
        except LockerError as error:
            self._error = error
            raise
        except FutureCancelled:
            raise OSError("The file was closed") from None

    async def _next(self, position: int) -> bytes:
        """Read on where the last read ended, or begin anew elsewhere."""
        async with self._reading:
            if self._chunks is None or position != self._chunks_at:
                if self._chunks is not None:
                    await self._chunks.aclose()
                self._chunks = self._feed.read(position)
                self._chunks_at = position
            data = await anext(self._chunks, b"")
            self._chunks_at += len(data)
            return data


class Deck:
    """Decode a track from ``position`` on while it is not full; ``changed`` is called in the loop at every news."""

    def __init__(self, streams: Streams, track: Track, position: float, changed: Callable[[], None]) -> None:
        """Begin to decode."""
        self.track = track
        self.ended = False
        self.error: str | None = None
        self.tags: SoundTags = NO_TAGS
        self._streams = streams
        self._position = position
        self._taken = 0
        self._length = track.duration
        self._ahead = round(_AHEAD * BYTES_PER_SECOND)
        self._changed = changed
        self._pcm = bytearray()
        self._room = asyncio.Event()
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=THREAD_NAME)
        self.task = asyncio.create_task(self._run(), name="music locker deck")

    @property
    def available(self) -> int:
        """Return how many bytes of PCM wait to be taken."""
        return len(self._pcm)

    @property
    def side(self) -> Side:
        """Return what counts of this track where it borders on another."""
        return Side(self._length, self.tags)

    @property
    def remaining(self) -> float:
        """Return how many seconds are left to be taken, as far as the track's length is known."""
        taken = self._position + self._taken / BYTES_PER_SECOND
        return math.inf if self._length is None else self._length - taken

    def keep_ahead(self, seconds: float) -> None:
        """Decode so much further ahead than for playing alone."""
        self._ahead = round((_AHEAD + seconds) * BYTES_PER_SECOND)
        self._make_room()

    def take(self, count: int) -> bytes:
        """Return up to ``count`` bytes of PCM."""
        data = bytes(self._pcm[:count])
        del self._pcm[:count]
        self._taken += len(data)
        self._make_room()
        return data

    def _make_room(self) -> None:
        if len(self._pcm) < self._ahead:
            self._room.set()

    def stop(self) -> None:
        """Decode no more; ``task`` ends soon."""
        self.task.cancel()

    async def _run(self) -> None:
        try:
            await self._decode()
        except (LockerError, DecodeError, OSError) as error:
            self.error = reason(error)
        except Exception:
            _LOGGER.exception("Unexpected error while decoding a track of locker %s", self.track.locker)
            self.error = "The track cannot be played"
        finally:
            self.ended = True
            self._executor.shutdown(wait=False)
            self._changed()

    async def _decode(self) -> None:
        async with self._streams.feed(self.track) as feed:
            await feed.opened()
            seekable = feed.length is not None
            try:
                await self._decode_feed(feed)
            except DecodeError:
                # It may be a container that must be sought in, and a service that tells no length.
                if seekable:
                    raise
                await feed.completed()
                await self._decode_feed(feed)

    async def _decode_feed(self, feed: Feed) -> None:
        file = FeedFile(feed, asyncio.get_running_loop())
        decoder: OpenFile | None = None
        try:
            decoder = await self._in_thread(file, lambda: open_file(file, self._position))
            self.tags, self._length = decoder.tags, decoder.duration or self._length
            while pcm := await self._in_thread(file, lambda: _batch(decoder)):
                self._pcm += pcm
                self._changed()
                while len(self._pcm) >= self._ahead:
                    self._room.clear()
                    await self._room.wait()
            file.check()
        finally:
            await file.aclose()
            if decoder is not None:
                await self._in_thread(file, decoder.close)

    async def _in_thread[T](self, file: FeedFile, work: Callable[[], T]) -> T:
        return await _in_thread(self._executor, file, work)


async def measure(streams: Streams, track: Track) -> float:
    """Return a track's length in seconds from its file; raise LockerError's classes, DecodeError."""
    executor = ThreadPoolExecutor(1, thread_name_prefix=THREAD_NAME)
    try:
        async with streams.feed(track) as feed:
            await feed.opened()
            file = FeedFile(feed, asyncio.get_running_loop())
            try:
                length = await _in_thread(executor, file, lambda: _measure(file))
                file.check()
            finally:
                await file.aclose()
            return length
    finally:
        executor.shutdown(wait=False)


async def _in_thread[T](executor: ThreadPoolExecutor, file: FeedFile, work: Callable[[], T]) -> T:
    """Do work in a thread; cancelled, end its reads and wait until the thread is out of it."""
    future = asyncio.get_running_loop().run_in_executor(executor, work)
    try:
        await asyncio.wait([future])
    except asyncio.CancelledError:
        await file.aclose()
        await asyncio.wait([future])
        future.exception()  # looked at, so that nobody warns of it
        raise
    return future.result()


def reason(error: BaseException) -> str:
    """Return what a user is told of an error: our own words, which hold no URL and no secret."""
    match error:
        case Unavailable(reason=UnavailableReason.DOWNLOADS_USED_UP):
            return "The downloads of this track are used up"
        case NotFound() | Unavailable():
            return "The locker does not give this track any more"
        case AuthenticationError():
            return "The locker refuses the login"
        case RateLimited():
            return "The locker is busy"
        case DecodeError():
            return str(error)
    return "The locker does not answer now"


def _batch(decoder: OpenFile | None) -> bytes:
    """Decode about a quarter of a second, so that the loop is not told of every little frame."""
    pcm = bytearray()
    while decoder is not None and len(pcm) < _BATCH and (block := decoder.read()):
        pcm += block
    return bytes(pcm)


def _measure(file: FeedFile) -> float:
    with open_file(file) as decoder:
        return decoder.duration or decoder.count()
