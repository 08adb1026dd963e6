"""Pictures: fetched once, kept on disk, and what has none remembered for a while."""

import asyncio
import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from ..embedded import embedded_pictures
from ..errors import LockerConnectionError, LockerError, NotFound, Unavailable
from ..lockers.base import Adapter
from ..models import Artwork
from ..waiting import outcome
from .cache import DiskCache
from .recent import RecentPictures

_LOGGER = logging.getLogger(__name__)

FETCH_TIMEOUT = 30.0
ABSENT_FOR = 3600.0
FAILED_FOR = 15.0
_LARGEST = 8 * 1024 * 1024
_MOST_REFUSALS = 4096
_PARALLEL = 6
_MAGIC = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBPVP8", "image/webp"),
    (0, b"BM", "image/bmp"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypavis", "image/avif"),
)


class ArtworkCache:
    """Give pictures of lockers; parallel requests for one picture share one fetch."""

    def __init__(
        self, cache: DiskCache, adapter: Callable[[str], Adapter | None], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Keep the parts; ``clock`` gives seconds."""
        self._cache = cache
        self._adapter = adapter
        self._clock = clock
        self._fetches: dict[str, asyncio.Task[Artwork]] = {}
        self._refusals: OrderedDict[str, tuple[float, LockerError]] = OrderedDict()
        self._recent = RecentPictures()
        self._slots = asyncio.Semaphore(_PARALLEL)
        self._closed = False
        self._cannot_write = False

    def cached(self, locker: str, artwork_id: str) -> bool:
        """Tell whether the picture is on disk."""
        return _name(locker, artwork_id) in self._cache

    async def get(self, locker: str, artwork_id: str) -> Artwork:
        """Return a picture; raise NotFound, Unavailable, LockerConnectionError or another LockerError.

        A fetch goes on when its caller is cancelled: the next one finds the picture in the cache.
        """
        name = _name(locker, artwork_id)
        recent = self._recent.get(name)
        return self._recent.put(name, await self.fetch(locker, artwork_id)) if recent is None else recent

    async def fetch(self, locker: str, artwork_id: str) -> Artwork:
        """Return a picture as :meth:`get` does, for once: it is kept on disk only."""
        name = _name(locker, artwork_id)
        content = await self._cache.load(name)
        if content is not None:
            return _artwork(content)
        self._raise_refusal(name)
        if self._closed:
            raise LockerConnectionError("The streams are closed")
        fetch = self._fetches.get(name)
        if fetch is None:
            fetch = asyncio.create_task(self._fetch(name, locker, artwork_id))
            self._fetches[name] = fetch
            fetch.add_done_callback(lambda task: self._fetched(name, task))
        try:
            return await outcome(fetch)
        except asyncio.CancelledError:
            if fetch.cancelled() and self._closed:
                raise LockerConnectionError("The streams are closed") from None
            raise

    async def embedded(self, files: DiskCache, name: str) -> Artwork | None:
        """Return the first picture inside a track's file, if ``files`` has the whole of it under ``name``."""
        recent = self._recent.get(name)
        if recent is None and (content := await files.examine(name, _first_picture)) is not None:
            recent = self._recent.put(name, _artwork(content))
        return recent

    async def close(self) -> None:
        """End every fetch."""
        self._closed = True
        self._recent.clear()
        fetches = list(self._fetches.values())
        for fetch in fetches:
            fetch.cancel()
        if fetches:
            await asyncio.wait(fetches)

    async def _fetch(self, name: str, locker: str, artwork_id: str) -> Artwork:
        adapter = self._adapter(locker)
        if adapter is None:
            raise LockerConnectionError("The locker is not connected")
        try:
            async with self._slots, asyncio.timeout(FETCH_TIMEOUT):
                artwork = await adapter.artwork(artwork_id)
        except TimeoutError:
            raise LockerConnectionError("The service did not answer in time") from None
        mime_type = image_type(artwork.content)
        if mime_type is None:
            raise NotFound("The service's answer is not a picture")
        if len(artwork.content) <= _LARGEST:
            await self._store(name, artwork.content)
        return Artwork(artwork.content, mime_type)

    async def _store(self, name: str, content: bytes) -> None:
        """Keep a picture if the disk takes it; who asked for it gets it in any case."""
        try:
            await self._cache.store(name, content)
        except OSError as error:
            if not self._cannot_write:
                _LOGGER.warning("The picture cache cannot be written: %s", error.strerror)
            self._cannot_write = True
        else:
            self._cannot_write = False

    def _fetched(self, name: str, task: asyncio.Task[Artwork]) -> None:
        self._fetches.pop(name, None)
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, LockerError):
            absent = isinstance(error, (NotFound, Unavailable))
            self._refusals[name] = (self._clock() + (ABSENT_FOR if absent else FAILED_FOR), error)
            while len(self._refusals) > _MOST_REFUSALS:
                self._refusals.popitem(last=False)

    def _raise_refusal(self, name: str) -> None:
        until, error = self._refusals.get(name, (0.0, None))
        if error is None:
            return
        if self._clock() < until:
            raise error
        del self._refusals[name]


def image_type(content: bytes) -> str | None:
    """Return the MIME type of a picture by its first bytes, or None for what is no picture that players show."""
    for offset, magic, mime_type in _MAGIC:
        if content.startswith(magic, offset):
            return mime_type
    return None


def _artwork(content: bytes) -> Artwork:
    return Artwork(content, image_type(content) or "application/octet-stream")


def _first_picture(path: Path) -> bytes | None:
    return next((each for each in embedded_pictures(path) if image_type(each) is not None), None)


def _name(locker: str, artwork_id: str) -> str:
    fields = (locker.encode(), artwork_id.encode())
    return hashlib.sha256(b"".join(len(field).to_bytes(4) + field for field in fields)).hexdigest()[:40]
