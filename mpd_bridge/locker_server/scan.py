"""Find out what is new, changed or gone in the music folder; a file is read and hashed only when its stamp differs."""

import hashlib
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .playlist_files import SUFFIXES, PlaylistFile, read_playlist
from .tags import MIME_TYPES, Tags, UnreadableFileError, read_tags

LOGGER = logging.getLogger(__name__)

BATCH = 200
_CHUNK = 262_144
_COVER_NAMES = (
    "cover.jpg",
    "cover.jpeg",
    "cover.png",
    "folder.jpg",
    "folder.jpeg",
    "folder.png",
    "front.jpg",
    "front.png",
)
_COVER_ENDINGS = ("jpg", "jpeg", "png")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells that a file has changed; ``cover`` is the picture that lies beside it."""

    size: int
    modified_ns: int
    cover: str | None = None


@dataclass(frozen=True, slots=True)
class ScannedTrack:
    """One music file that is new or has changed; ``tags`` is None where no audio was found in it.

    ``key`` is the MD5 of its content, ``sha1`` the SHA-1, both hex.
    """

    path: str
    stamp: Stamp
    key: str
    sha1: str
    tags: Tags | None


@dataclass(frozen=True, slots=True)
class ScannedPlaylist:
    """One playlist file that is new or has changed."""

    path: str
    stamp: Stamp
    playlist: PlaylistFile


@dataclass(slots=True)
class Batch:
    """What to write into the store next; ``gone`` is every file that is not there now, ``removed`` what to forget."""

    gone: frozenset[str] = frozenset()
    tracks: list[ScannedTrack] = field(default_factory=list)
    playlists: list[ScannedPlaylist] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to write."""
        return not (self.tracks or self.playlists or self.removed)


def walk(folder: Path) -> Iterator[tuple[str, Stamp]]:
    """Yield every music and playlist file below the folder; hidden files and folders are left out."""
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        pictures = _Pictures(folder, Path(base), names)
        for name in sorted(names):
            if name.startswith(".") or suffix_of(name) not in MIME_TYPES.keys() | SUFFIXES:
                continue
            path = Path(base, name)
            if not path.is_file():  # a link to nowhere, or a pipe that nobody writes to
                continue
            try:
                stamp = stamp_of(path, None if suffix_of(name) in SUFFIXES else pictures.of(name))
                yield path.relative_to(folder).as_posix().encode().decode(), stamp
            except OSError as error:
                LOGGER.warning("A file cannot be read: %s", error.strerror)
            except UnicodeEncodeError:
                LOGGER.warning("A file name is not UTF-8 and is left out: %r", name)


def stamp_of(path: Path, cover: str | None = None) -> Stamp:
    """Return a file's stamp; raise OSError."""
    status = path.stat()
    return Stamp(status.st_size, status.st_mtime_ns, cover)


def suffix_of(name: str) -> str:
    """Return a file name's suffix in lower case, without the dot."""
    return Path(name).suffix[1:].lower()


class _Pictures:
    """The pictures in one folder: a file's own is called as it is, with a picture's ending behind."""

    def __init__(self, folder: Path, base: Path, names: Iterable[str]) -> None:
        """Keep the names of all files there."""
        self._folder = folder
        self._base = base
        self._present = {name.lower(): name for name in names}
        self._common = next((self._present[name] for name in _COVER_NAMES if name in self._present), None)

    def of(self, name: str) -> str | None:
        """Return the picture of a file, as a path relative to the music folder."""
        own = (self._present.get(f"{name.lower()}.{ending}") for ending in _COVER_ENDINGS)
        found = next(filter(None, own), self._common)
        return (self._base / found).relative_to(self._folder).as_posix() if found else None


def cover_beside(folder: Path, path: Path) -> str | None:
    """Return the picture that lies in the same folder as a file, as a path relative to the music folder."""
    return _Pictures(folder, path.parent, [entry.name for entry in path.parent.iterdir()]).of(path.name)


def own_cover(path: str, ending: str) -> str:
    """Return the path of a file's own picture."""
    return f"{path}.{ending}"


def own_covers(path: str) -> tuple[str, ...]:
    """Return every path that a file's own picture may have."""
    return tuple(own_cover(path, ending) for ending in _COVER_ENDINGS)


def read_track(folder: Path, path: str, stamp: Stamp) -> ScannedTrack:
    """Read and hash one music file; raise OSError."""
    full = folder / path
    key, sha1 = _hashes(full)
    try:
        tags = read_tags(full)
    except UnreadableFileError as error:
        LOGGER.warning("No audio in %s: %s", path, error)
        tags = None
    return ScannedTrack(path, stamp, key, sha1, tags)


def _hashes(path: Path) -> tuple[str, str]:
    """Return the MD5 and the SHA-1 of a file, which is read once; raise OSError."""
    md5, sha1 = hashlib.md5(usedforsecurity=False), hashlib.sha1(usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            md5.update(chunk)
            sha1.update(chunk)
    return md5.hexdigest(), sha1.hexdigest()


def changes(folder: Path, known: Mapping[str, Stamp]) -> Iterator[Batch]:
    """Yield what differs from what is known, in batches; what to forget comes last, so that a moved file is known."""
    present = dict(walk(folder))
    gone = frozenset(known.keys() - present.keys())
    batch = Batch(gone)
    for path, stamp in present.items():
        if known.get(path) == stamp:
            continue
        try:
            if suffix_of(path) in SUFFIXES:
                batch.playlists.append(ScannedPlaylist(path, stamp, read_playlist(folder, path)))
            else:
                batch.tracks.append(read_track(folder, path, stamp))
        except OSError as error:
            LOGGER.warning("A file cannot be read: %s", error.strerror)
        if len(batch.tracks) + len(batch.playlists) >= BATCH:
            yield batch
            batch = Batch(gone)
    batch.removed = sorted(gone)
    if not batch.empty:
        yield batch
