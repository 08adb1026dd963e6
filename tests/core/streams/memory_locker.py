"""A locker in memory: a real adapter whose service breaks on command."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import ClassVar

import aiohttp

from music_locker_core.errors import LockerConnectionError, LockerError, NotFound, ServiceError
from music_locker_core.lockers.base import Adapter, Capability, ServiceInfo, StreamInfo, StreamReader
from music_locker_core.models import Account, Album, Artist, Artwork, Track

CHUNK = 16 * 1024


class MemoryLocker(Adapter):
    """Hold files; each fault is an attribute that a test sets."""

    info: ClassVar[ServiceInfo] = ServiceInfo("memory", "Memory")

    def __init__(self, session: aiohttp.ClientSession) -> None:
        super().__init__({}, session)
        self.files: dict[str, bytes] = {}
        self.pictures: dict[str, bytes] = {}
        self.ranges = True
        self.tells_length = True
        self.refuses_end = False
        self.drop_at: list[int] = []
        self.hold_at: int | None = None
        self.released = asyncio.Event()
        self.errors: list[LockerError] = []
        self.opened: list[int] = []
        self.ended = asyncio.Event()
        self.artwork_requests: list[str] = []
        self.artwork_asked = asyncio.Event()
        self.artwork_released = asyncio.Event()
        self.artwork_released.set()

    @property
    def capabilities(self) -> Capability:
        return Capability.STREAM | Capability.ARTWORK

    async def login(self) -> Account:
        return Account("memory", "memory")

    async def artists(self) -> AsyncIterator[Sequence[Artist]]:
        yield ()

    async def albums(self) -> AsyncIterator[Sequence[Album]]:
        yield ()

    async def tracks(self) -> AsyncIterator[Sequence[Track]]:
        yield ()

    @asynccontextmanager
    async def stream(
        self,
        track_id: str,
        *,
        offset: int = 0,
        mp3: bool = False,
        bit_rate: int | None = None,
    ) -> AsyncIterator[StreamReader]:
        self.opened.append(offset)
        if self.errors:
            raise self.errors.pop(0)
        content = self.files.get(track_id)
        if content is None:
            raise NotFound
        if self.refuses_end and offset >= len(content):
            raise ServiceError("There is no such range", code=416)
        start = offset if self.ranges else 0
        length = len(content) if self.tells_length else None
        self.ended.clear()
        try:
            yield StreamReader(StreamInfo("audio/mpeg", length, start, self.ranges), self._chunks(content, start))
        finally:
            self.ended.set()

    async def _chunks(self, content: bytes, position: int) -> AsyncIterator[bytes]:
        while position < len(content):
            end = min(position + CHUNK, len(content))
            if self.drop_at and position <= self.drop_at[0] < end:
                end = self.drop_at[0]
                yield content[position:end]
                self.drop_at.pop(0)
                raise LockerConnectionError("dropped")
            if self.hold_at is not None and position <= self.hold_at < end:
                yield content[position : self.hold_at]
                position = self.hold_at
                async with asyncio.timeout(30):
                    await self.released.wait()
                self.hold_at = None
            yield content[position:end]
            position = end
            await asyncio.sleep(0)

    async def artwork(self, artwork_id: str) -> Artwork:
        self.artwork_requests.append(artwork_id)
        self.artwork_asked.set()
        async with asyncio.timeout(30):
            await self.artwork_released.wait()
        if self.errors:
            raise self.errors.pop(0)
        if artwork_id not in self.pictures:
            raise NotFound
        return Artwork(self.pictures[artwork_id], "application/octet-stream")
