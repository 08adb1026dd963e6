"""Take a file that is being sent: written beside its place, measured and hashed on the way, gone when it fails."""

import asyncio
import hashlib
import secrets
import zlib
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from mutagen.mp4 import MP4

from .faults import DROP_AFTER, hang_up
from .tags import UnreadableFileError, read_tags

FOLDER = "Uploads"
FILE_TYPES = frozenset({"mp3", "m4a", "mp4", "ogg", "flv"})
_PART = ".part"
_CHUNK = 262_144
_HEAD = 12
_FRAME_SYNC = 0xE0
_MARKS = {
    b"fLaC": "flac",
    b"OggS": "ogg",
    b"FLV\x01": "flv",
    bytes.fromhex("3026b2758e66cf11"): "wma",
    b"ID3": "mp3",
}
"""How files of a kind begin."""


class TooLargeError(Exception):
    """The file is larger than the server takes."""


@dataclass(frozen=True, slots=True)
class Received:
    """One file as it arrived: ``path`` is its temporary place, ``md5`` and ``sha1`` are hex, ``crc32`` a number."""

    path: Path
    size: int
    md5: str
    crc32: int
    sha1: str


@asynccontextmanager
async def receive(
    request: web.Request, folder: Path, limit: int, chunks: AsyncIterable[bytes] | None = None
) -> AsyncIterator[Received]:
    """Write a request's body into the folder under a hidden name, and remove that at the end if it is still there.

    ``chunks`` is the part of the body that is the file, where that is not all of it. Raise TooLargeError, OSError where
    it cannot be written, and aiohttp's errors where the sender breaks off.
    """
    path = folder / f".{secrets.token_hex(12)}{_PART}"
    try:
        yield await _write(request, path, limit, request.content.iter_chunked(_CHUNK) if chunks is None else chunks)
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


async def _write(request: web.Request, path: Path, limit: int, chunks: AsyncIterable[bytes]) -> Received:
    md5 = hashlib.md5(usedforsecurity=False)
    sha1 = hashlib.sha1(usedforsecurity=False)
    crc = size = 0
    drop_after = request.get(DROP_AFTER)
    file = await asyncio.to_thread(path.open, "xb")

    def keep(chunk: bytes) -> int:
        md5.update(chunk)
        sha1.update(chunk)
        file.write(chunk)
        return zlib.crc32(chunk, crc)

    try:
        async for chunk in chunks:
            size += len(chunk)
            if drop_after is not None and size >= drop_after:
                hang_up(request, None)
                raise ConnectionResetError("dropped on request")
            if size > limit:
                raise TooLargeError
            crc = await asyncio.to_thread(keep, chunk)
    finally:
        await asyncio.to_thread(file.close)
    return Received(path, size, md5.hexdigest(), crc, sha1.hexdigest())


def remove_remains(folder: Path) -> None:
    """Remove what uploads left behind that a killed server could not end."""
    for path in folder.glob(f".*{_PART}"):
        path.unlink(missing_ok=True)


def content_type(path: Path) -> str | None:
    """Return what a file is by its content: "mp3", "mp4", "alac", a kind with a mark, or None for anything else."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if (marked := next((kind for mark, kind in _MARKS.items() if head.startswith(mark)), None)) is not None:
        return marked
    if head[4:8] == b"ftyp":
        return "alac" if _is_alac(path) else "mp4"
    is_mp3 = head[:1] == b"\xff" and len(head) > 1 and head[1] & _FRAME_SYNC == _FRAME_SYNC
    return "mp3" if is_mp3 else None


def _is_alac(path: Path) -> bool:
    try:
        return str(getattr(MP4(path).info, "codec", "")).lower() == "alac"
    except Exception:  # noqa: BLE001 - mutagen raises many kinds on damaged files; what is unreadable is no ALAC
        return False


def is_readable(path: Path) -> bool:
    """Tell whether there is audio in a file."""
    try:
        read_tags(path)
    except UnreadableFileError:
        return False
    return True
