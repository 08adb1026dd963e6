"""Make music of what was sent: look what it is, give it its place in the locker, and tell how that went."""

import asyncio
import logging
import sqlite3
import unicodedata
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .audiodelivery_errors import CallError
from .audiodelivery_pictures import Pictures
from .audiodelivery_records import Status, Upload
from .audiodelivery_service import Service
from .audiodelivery_shelf import Shelf, Shelves
from .locker import LockerFullError
from .scan import suffix_of
from .store import Description
from .tags import MIME_TYPES, Tags, UnreadableFileError, leading_number, read_tags, year_of
from .uploads import FOLDER, content_type

LOGGER = logging.getLogger(__name__)

_PATIENCE = 30.0  # seconds for which the end of the server waits for a file that is being worked on
_LONGEST_TEXT = 500
_SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "mp3": ("mp3",),
    "mp4": ("m4a", "mp4"),
    "alac": ("m4a", "mp4"),
    "ogg": ("ogg", "oga", "opus"),
    "flac": ("flac",),
    "flv": ("flv",),
}


class _NoMusicError(Exception):
    """What was sent holds no music that the locker knows."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What a file turned out to be."""

    name: str
    tags: Tags


def received_path(folder: Path, upload_id: str) -> Path:
    """Return where a file waits to be worked on: hidden, and left there when the server is killed."""
    return folder / FOLDER / f".{upload_id}.received"


class Processing:
    """Work on one file after the other."""

    def __init__(self, service: Service, pictures: Pictures) -> None:
        """Keep what is worked on."""
        self._service = service
        self._pictures = pictures
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def resume(self) -> None:
        """Begin again with the files that were being worked on when the server ended."""
        if self._service.maintenance:
            return
        uploads = [one for one in self._service.records.uploads.values() if one.status is Status.PROCESSING]
        folder = self._service.locker.folder
        await asyncio.to_thread(_remove_others, folder, {received_path(folder, upload.id) for upload in uploads})
        for upload in uploads:
            self.begin(upload.id)

    async def close(self) -> None:
        """Wait for the work to end, and end what takes too long; it goes on at the next start."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_PATIENCE)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def begin(self, upload_id: str) -> None:
        """Begin to work on a file."""
        task = asyncio.create_task(self._work(upload_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, upload_id: str) -> None:
        async with self._turn:
            upload = self._service.records.uploads.get(upload_id)
            if upload is None or upload.status is not Status.PROCESSING:
                return
            done = await self._done(upload)
            try:
                await self._service.records.keep(done)
                if done.status is Status.READY:
                    await self._pictures.put_beside((await self._service.shelving.now()).track(done.id))
            except CallError as error:
                LOGGER.debug("An upload came to nothing: %s", error.message)
            except (OSError, sqlite3.Error) as error:
                LOGGER.error("An upload cannot be written down: %s", type(error).__name__)  # noqa: TRY400 - says it all
                self._service.records.assume(done)

    async def _done(self, upload: Upload) -> Upload:
        """Return the track as it is now that it was worked on."""
        path = received_path(self._service.locker.folder, upload.id)
        try:
            return await self._kept(upload, path)
        except _NoMusicError:
            status = Status.ERROR
        except (LockerFullError, CallError) as error:
            LOGGER.warning("An upload was not taken: %s", str(error) or "the account is full")
            status = Status.ERROR
        except (OSError, sqlite3.Error) as error:
            LOGGER.error("An upload cannot be kept: %s", type(error).__name__)  # noqa: TRY400 - its text may name files
            status = Status.INCOMPLETE
        await asyncio.to_thread(path.unlink, missing_ok=True)
        return replace(upload, status=status, key=None)

    async def _kept(self, upload: Upload, path: Path) -> Upload:
        """Give a file its place and return its track; raise what says why not."""
        key = upload.key or ""
        present = (await self._service.locker.catalog(upload.folder)).by_key(key)
        if present is not None and not await asyncio.to_thread(path.exists):
            return replace(upload, status=Status.READY, fresh=True)  # the server ended between the two
        found = await asyncio.to_thread(_look, path, str(upload.details["file_name"]))
        shelves = await self._service.shelving.now(upload.folder)
        same = shelves.same_in(upload.collection_id, key)
        said = Description() if present is not None else _description(upload, found.tags, _title(shelves, upload))
        owner = self._service.gate.owner(upload.owner, upload.user)
        await self._service.locker.keep_upload(path, key, found.name, said, owner)
        await asyncio.to_thread(path.unlink, missing_ok=True)
        return replace(upload, status=Status.READY, fresh=present is None, same_as=same)


def _remove_others(folder: Path, waiting: AbstractSet[Path]) -> None:
    """Remove files that no track waits for any more; raise OSError."""
    for path in (folder / FOLDER).glob(".*.received"):
        if path not in waiting:
            path.unlink(missing_ok=True)


def _title(shelves: Shelves, upload: Upload) -> str | None:
    """Return the collection's title as the album of a file that names none."""
    shelf: Shelf = shelves.collection(upload.collection_id)
    return shelf.title if shelf.is_made or shelf.album is not None else None


def _look(path: Path, name: str) -> _Found:
    """Return what a file is, under a name that says so; raise _NoMusicError, OSError."""
    try:
        tags = read_tags(path)
    except UnreadableFileError:
        raise _NoMusicError from None
    kind = content_type(path)
    good = _SUFFIXES.get(kind or "", tuple(MIME_TYPES))
    if suffix_of(name) in good:
        return _Found(name, tags)
    if kind is None:
        raise _NoMusicError
    return _Found(f"{Path(name).stem}.{good[0]}", tags)


def _description(upload: Upload, tags: Tags, collection: str | None) -> Description:
    """Return what the sender says of a file, in its metadata or as a title and a subtitle."""
    metadata = upload.details.get("metadata") or {}
    return Description(
        title=_text(metadata.get("title")) or _text(upload.details.get("player_title")),
        artist=_text(metadata.get("artist")) or _text(upload.details.get("player_subtitle")),
        album=_text(metadata.get("album")) or (collection if tags.album is None else None),
        number=leading_number(_text(metadata.get("track_number"))),
        year=year_of(_text(metadata.get("year"))),
        file_name=Path(str(upload.details["file_name"]).replace("\\", "/")).name or None,
    )


def _text(value: Any) -> str | None:
    """Return a text or a whole number as one line, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    printable = "".join(letter for letter in str(value)[:_LONGEST_TEXT] if unicodedata.category(letter)[0] != "C")
    return printable.strip() or None
