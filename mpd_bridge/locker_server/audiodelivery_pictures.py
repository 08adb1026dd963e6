"""The pictures of tracks and collections: those that were sent, and those that the music folder has."""

import asyncio
from pathlib import Path

from .audiodelivery_records import Cover as CoverRecord
from .audiodelivery_service import Service
from .audiodelivery_shelf import Item
from .files import write_atomically
from .tags import Cover

_TYPES = {"jpg": "image/jpeg", "png": "image/png"}


def picture_suffix(content: bytes) -> str | None:
    """Return "jpg" or "png" by what a picture begins with, None for anything else."""
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    return "png" if content.startswith(b"\x89PNG\r\n\x1a\n") else None


class Pictures:
    """Keep and find pictures."""

    def __init__(self, service: Service) -> None:
        """Keep where they are."""
        self._service = service

    def _record(self, item: Item) -> CoverRecord | None:
        return self._service.records.covers.get(item.id)

    def is_there(self, item: Item) -> bool:
        """Tell whether a track has a picture: its own, or that of its collection."""
        has_own = self._record(item) is not None or (item.track is not None and item.track.has_cover)
        return has_own or item.collection_id in self._service.records.covers

    async def of(self, item: Item) -> Cover | None:
        """Return a track's picture: the one that was sent, the one of the folder, or that of its collection."""
        if (sent := self._record(item)) is not None:
            return await asyncio.to_thread(self._read, sent)
        if item.track is not None and (found := await self._service.locker.cover(item.track)) is not None:
            return found
        common = self._service.records.covers.get(item.collection_id)
        return None if common is None else await asyncio.to_thread(self._read, common)

    def _path(self, record: CoverRecord) -> Path:
        return self._service.covers / record.file

    def _read(self, record: CoverRecord) -> Cover | None:
        try:
            content = self._path(record).read_bytes()
        except OSError:
            return None
        return Cover(content, _TYPES[record.file.rpartition(".")[2]])

    async def keep(self, owner_id: str, content: bytes, suffix: str) -> None:
        """Keep the picture of a track or a collection; raise OSError, sqlite3.Error."""
        record = CoverRecord(owner_id, f"{owner_id}.{suffix}")
        await asyncio.to_thread(write_atomically, self._path(record), content)
        await self._service.records.keep(record)

    async def put_beside(self, item: Item) -> None:
        """Lay the picture that was sent for an uploaded track beside its file; raise OSError, sqlite3.Error."""
        sent = self._record(item)
        if sent is None or item.track is None or item.upload is None:
            return
        picture = await asyncio.to_thread(self._read, sent)
        if picture is not None:
            await self._service.locker.keep_cover(item.track, picture.content, sent.file.rpartition(".")[2])
