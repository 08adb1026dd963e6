"""What MP3tunes takes for an upload, and the headers that go with it (seed 000)."""

import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path

from ..errors import LockerError, UploadReason, UploadRejected
from .base import UploadMetadata

FILE_TYPES = frozenset({"mp3", "m4a", "mp4", "ogg", "flv"})
LARGEST_FILE = 20 * (1 << 20)
"""20 Megabytes in bytes, read as 2**20 each: the wider reading, so that the service decides about the rest."""

_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class UploadFile:
    """Describe a file to send: ``size`` bytes, its MD5 as hex (the file key) and its CRC-32."""

    path: Path
    size: int
    md5: str
    crc32: int


def describe(path: Path) -> UploadFile:
    """Check and hash a file; blocks.

    Raise UploadRejected for what the service is known to refuse (its type by name, empty, over 20 MB), before anything
    is sent, and LockerError where the file cannot be read.
    """
    file_type = path.suffix.lstrip(".").casefold()
    if file_type not in FILE_TYPES:
        raise UploadRejected(f"{path.name}: not one of {', '.join(sorted(FILE_TYPES))}", reason=UploadReason.FORMAT)
    md5 = hashlib.md5(usedforsecurity=False)
    size = crc32 = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                size += len(chunk)
                if size > LARGEST_FILE:
                    raise UploadRejected(f"{path.name}: larger than 20 MB", reason=UploadReason.TOO_LARGE)
                md5.update(chunk)
                crc32 = zlib.crc32(chunk, crc32)
    except OSError as error:
        raise LockerError(f"{path.name} cannot be read: {error.strerror}") from None
    if size == 0:
        raise UploadRejected(f"{path.name}: empty", reason=UploadReason.EMPTY)
    return UploadFile(path, size, md5.hexdigest(), crc32)


def headers(file: UploadFile, metadata: UploadMetadata) -> dict[str, str]:
    """Return the request's headers; aiohttp writes them as UTF-8. The CRC is eight hex digits."""
    texts = {
        "X-Original-Filename": file.path.name,
        "X-MP3tunes-Artist-Name": metadata.artist,
        "X-MP3tunes-Album-Title": metadata.album,
        "X-MP3tunes-Track-Title": metadata.title,
        "X-MP3tunes-Track-Number": None if metadata.number is None else str(metadata.number),
        "X-MP3tunes-Year": None if metadata.year is None else str(metadata.year),
    }
    given = {name: _one_line(text) for name, text in texts.items() if text is not None}
    return {
        "Content-Length": str(file.size),
        "Content-Type": "application/octet-stream",
        "X-MP3tunes-CRC": f"{file.crc32:08x}",
        **given,
    }


def _one_line(text: str) -> str:
    """Return a text that fits into a header: no control characters, no halves of UTF-16 pairs."""
    printable = "".join(letter if letter.isprintable() or letter == " " else " " for letter in text)
    return printable.encode("utf-8", "replace").decode("utf-8").strip()
