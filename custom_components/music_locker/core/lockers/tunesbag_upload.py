"""What tunesBag takes for an upload (seed 002 "Add an item"), and the hash by which it knows a file."""

import hashlib
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import mutagen
from mutagen.asf import ASF

from ..errors import LockerError, UploadReason, UploadRejected
from .base import UploadMetadata

MIME_TYPES: Final = {
    "mp3": "audio/mpeg",
    "wma": "audio/x-ms-wma",
    "ogg": "application/ogg",
    "mp4": "audio/mp4",
    "m4a": "audio/mp4",
}

_REMEMBERED = 4096
_ASF_NAMES = {
    "title": "Title",
    "artist": "Author",
    "album": "WM/AlbumTitle",
    "tracknumber": "WM/TrackNumber",
    "date": "WM/Year",
}


@dataclass(frozen=True, slots=True)
class UploadFile:
    """Describe a file to send: ``size`` bytes, its SHA-1 as hex in upper case."""

    path: Path
    size: int
    sha1: str
    mime_type: str


class Hashes:
    """Remember the SHA-1 of files: "getting the hash value is a rather slow process" ("Check for file existence")."""

    def __init__(self) -> None:
        """Begin with none."""
        self._known: OrderedDict[tuple[str, int, int], str] = OrderedDict()

    def describe(self, path: Path) -> UploadFile:
        """Check and hash a file; blocks.

        Raise UploadRejected for what the service is known to refuse (its type by name, empty), before anything is sent,
        and LockerError where the file cannot be read.
        """
        mime_type = MIME_TYPES.get(path.suffix.lstrip(".").casefold())
        if mime_type is None:
            raise UploadRejected(f"{path.name}: not one of {', '.join(sorted(MIME_TYPES))}", reason=UploadReason.FORMAT)
        try:
            stat = path.stat()
            if stat.st_size == 0:
                raise UploadRejected(f"{path.name}: empty", reason=UploadReason.EMPTY)
            sha1 = self._sha1(path, (str(path.absolute()), stat.st_size, stat.st_mtime_ns))
        except OSError as error:
            raise LockerError(f"{path.name} cannot be read: {error.strerror}") from None
        return UploadFile(path, stat.st_size, sha1, mime_type)

    def _sha1(self, path: Path, name: tuple[str, int, int]) -> str:
        if (known := self._known.get(name)) is None:
            with path.open("rb") as file:
                known = hashlib.file_digest(file, lambda: hashlib.sha1(usedforsecurity=False)).hexdigest().upper()
            self._known[name] = known
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return known


@contextmanager
def tagged(path: Path, metadata: UploadMetadata | None) -> Iterator[Path]:
    """Give a copy of a file with other tags, or the file itself where none are given; blocks.

    The service reads a file's tags and takes no others with it. Raise UploadRejected for what holds no music.
    """
    tags = {} if metadata is None else _tags(metadata)
    if not tags:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="music-locker-") as folder:
        copy = Path(folder) / path.name
        try:
            shutil.copyfile(path, copy)
            _write(copy, tags)
        except OSError as error:
            raise LockerError(f"{path.name} cannot be read: {error.strerror}") from None
        except mutagen.MutagenError:
            raise UploadRejected(f"{path.name}: no music", reason=UploadReason.FORMAT) from None
        yield copy


def _tags(metadata: UploadMetadata) -> dict[str, str]:
    """Return what is given, by the names of mutagen's easy tags."""
    given = {
        "title": metadata.title,
        "artist": metadata.artist,
        "album": metadata.album,
        "tracknumber": None if metadata.number is None else str(metadata.number),
        "date": None if metadata.year is None else str(metadata.year),
    }
    return {name: _one_line(text) for name, text in given.items() if text is not None}


def _one_line(text: str) -> str:
    printable = "".join(letter if letter.isprintable() or letter == " " else " " for letter in text)
    return printable.encode("utf-8", "replace").decode("utf-8").strip()


def _write(path: Path, tags: dict[str, str]) -> None:
    audio = cast("Any", mutagen.File(path, easy=True))
    if audio is None:
        raise UploadRejected(f"{path.name}: no music", reason=UploadReason.FORMAT)
    if audio.tags is None:
        audio.add_tags()
    names = _ASF_NAMES if isinstance(audio, ASF) else {}
    for name, text in tags.items():
        audio[names.get(name, name)] = [text]
    audio.save()
