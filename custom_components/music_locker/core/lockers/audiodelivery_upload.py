"""What is sent to the Audio Delivery Network of a file: its name, its tags, its cover, its bytes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import mutagen

from ..embedded import embedded_pictures
from ..errors import LockerError, UploadReason, UploadRejected
from . import convert
from .audiodelivery_parse import Target
from .base import UploadMetadata
from .media import picture_type
from .web import Body

FILE_TYPES = frozenset({"mp3", "m4a", "mp4", "aac", "ogg", "oga", "opus", "flac", "wav", "aif", "aiff", "wma"})
LARGEST_FILE = (1 << 31) - 1
"""Bytes; the service names no limit, and no song is larger."""

_LARGEST_COVER = 10 * (1 << 20)
_TAGS = {
    "title": "title",
    "artist": "artist",
    "album": "album",
    "album_artist": "albumartist",
    "track_number": "tracknumber",
    "disc_number": "discnumber",
    "year": "date",
    "genre": "genre",
}
_NUMBERS = frozenset({"track_number", "disc_number"})


@dataclass(frozen=True, slots=True)
class UploadFile:
    """Describe a file to send: ``size`` bytes, ``index`` the client's own id of its content, its tags and cover."""

    path: Path
    size: int
    index: str
    tags: Mapping[str, str | int]
    cover: bytes | None = field(default=None, repr=False)

    def announcement(self, metadata: UploadMetadata) -> dict[str, object]:
        """Return what is told of the file before it is sent; what is given overrides the tags."""
        given = {
            "title": metadata.title,
            "artist": metadata.artist,
            "album": metadata.album,
            "track_number": metadata.number,
            "year": metadata.year,
        }
        told = {**self.tags, **{name: value for name, value in given.items() if value is not None}}
        return {
            "file_name": _one_line(self.path.name),
            "file_size": self.size,
            "organization_index": self.index,
            "metadata": {name: _one_line(value) if isinstance(value, str) else value for name, value in told.items()},
        }


def describe(path: Path) -> UploadFile:
    """Check, hash and read a file; blocks.

    Raise UploadRejected for what the service is known to refuse (its type by name, empty, too large), before anything
    is sent, and LockerError where the file cannot be read.
    """
    file_type = path.suffix.lstrip(".").casefold()
    if file_type not in FILE_TYPES:
        raise UploadRejected(f"{path.name}: not one of {', '.join(sorted(FILE_TYPES))}", reason=UploadReason.FORMAT)
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise UploadRejected(f"{path.name}: 2 GiB or larger", reason=UploadReason.TOO_LARGE)
        if size == 0:
            raise UploadRejected(f"{path.name}: empty", reason=UploadReason.EMPTY)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise LockerError(f"{path.name} cannot be read: {error.strerror}") from None
    return UploadFile(path, size, f"sha256-{digest}", _tags(path), _cover(path))


def headers(file: UploadFile) -> dict[str, str]:
    """Return the headers that go with the file's bytes."""
    return {"Content-Length": str(file.size), "Content-Type": "application/octet-stream"}


def cover_body(cover: bytes, target: Target) -> tuple[Body, dict[str, str]]:
    """Return a cover as the body of its request, and its headers: a form where it is POSTed, else its bytes."""
    kind = picture_type(cover) or "application/octet-stream"
    if target.method != "POST":
        return cover, {"Content-Type": kind}
    form = aiohttp.FormData()
    form.add_field("file", cover, filename=f"cover.{kind.rpartition('/')[2]}", content_type=kind)
    return form, {}


def _tags(path: Path) -> dict[str, str | int]:
    """Return what the tags of a file say; a file without tags, or one that mutagen cannot read, says nothing."""
    try:
        tags: Any = mutagen.File(path, easy=True)
    except mutagen.MutagenError, OSError, ValueError:
        return {}
    found: dict[str, str | int] = {}
    for name, tag in _TAGS.items():
        try:
            value = convert.text((tags.get(tag) or [None])[0]) if tags else None
        except AttributeError, KeyError, ValueError, LookupError, TypeError:
            value = None
        if value is None:
            continue
        if name not in _NUMBERS:
            found[name] = value
        elif (number := convert.positive(value)) is not None:
            found[name] = number
    return found


def _cover(path: Path) -> bytes | None:
    """Return the first picture in a file's tags, or None."""
    pictures = embedded_pictures(path)
    return next((each for each in pictures if picture_type(each) and len(each) <= _LARGEST_COVER), None)


def _one_line(text: str) -> str:
    """Return a text as one line that JSON can carry."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split()).encode("utf-8", "replace").decode("utf-8")
