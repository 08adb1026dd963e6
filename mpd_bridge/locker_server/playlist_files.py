"""Playlists as M3U files in the music folder."""

import os
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .files import write_atomically

SUFFIXES = frozenset({"m3u", "m3u8"})
_TITLE_TAG = "#PLAYLIST:"
_LINE_END = re.compile(r"[\r\n]")  # str.splitlines() would also split at what a file's name may hold


@dataclass(frozen=True, slots=True)
class PlaylistFile:
    """One playlist as its file says: entries inside the music folder are paths relative to it, others as written."""

    title: str
    entries: tuple[str, ...]


def read_playlist(folder: Path, path: str) -> PlaylistFile:
    """Read a playlist file of the music folder; raise OSError."""
    text = _decode((folder / path).read_bytes())
    title = PurePosixPath(path).stem
    entries = []
    for line in map(str.strip, _LINE_END.split(text)):
        if line.upper().startswith(_TITLE_TAG):
            title = line[len(_TITLE_TAG) :].strip() or title
        elif line and not line.startswith("#"):
            entries.append(_relative(folder, posixpath.dirname(path), line))
    return PlaylistFile(title, tuple(entries))


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _relative(folder: Path, base: str, entry: str) -> str:
    """Return an entry as a path relative to the music folder, or as it is when it lies elsewhere."""
    if "://" in entry:
        return entry
    # A backslash parts folders where Windows wrote the list, and is a letter of the name where such a file is there.
    from_windows = "\\" in entry and not (folder / base / entry).exists()
    name = entry.replace("\\", "/") if from_windows else entry
    if name.startswith("/"):
        inside = os.path.relpath(name, folder).replace(os.sep, "/")
    else:
        inside = posixpath.normpath(posixpath.join(base, name))
    return entry if inside.startswith("../") or inside == ".." else inside


def write_playlist(folder: Path, path: str, title: str, entries: Iterable[str]) -> None:
    """Write a playlist file; raise OSError."""
    base = posixpath.dirname(path)
    lines = ["#EXTM3U", _TITLE_TAG + " ".join(title.split())]
    lines += [_line(entry, base) for entry in entries]
    write_atomically(folder / path, ("\n".join(lines) + "\n").encode())


def _line(entry: str, base: str) -> str:
    """Return an entry as its line, behind "./" when it would be read as a comment or lose its first space."""
    if "://" in entry or entry.startswith(("/", "../")):
        return entry
    line = posixpath.relpath(entry, base or ".")
    return f"./{line}" if line.startswith("#") or line[0].isspace() else line
