"""A file of the state folder that several programs change: read whole, written whole, by one program at a time."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .files import write_atomically

_PATIENCE = 10.0  # seconds to wait for another program that is changing the file
_PAUSE = 0.02  # seconds between two looks
_MODE = 0o600


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells that the file is another one, or may be read by others than before."""

    size: int
    modified_ns: int
    changed_ns: int
    inode: int


class SharedFile:
    """One such file; who changes it locks its folder. Only its owner can read it."""

    def __init__(self, path: Path) -> None:
        """Keep the path."""
        self._path = path

    @property
    def name(self) -> str:
        """Return the file's name."""
        return self._path.name

    def stamp(self) -> Stamp | None:
        """Return the stamp of the file, None when there is none; raise OSError."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)

    def read(self) -> str | None:
        """Return the text, None where there is no file; raise OSError, and UnicodeDecodeError for what is no text."""
        try:
            return self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def write(self, text: str) -> None:
        """Write the whole file; raise OSError."""
        write_atomically(self._path, text.encode(), mode=_MODE, owner=self._owner())

    def _owner(self) -> tuple[int, int] | None:
        """Return user and group that the file is for, None for who runs this: with sudo it stays the server's own."""
        if os.geteuid():
            return None
        status = (self._path if self._path.exists() else self._path.parent).stat()
        return status.st_uid, status.st_gid

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other programs from changing it; raise TimeoutError where one does not let go, and OSError."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._path.parent, os.O_RDONLY)  # the file itself is another one after each change
        try:
            _lock(descriptor, self.name)
            yield
        finally:
            os.close(descriptor)


def _lock(descriptor: int, name: str) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise TimeoutError(f"another program is changing {name}") from None
            time.sleep(_PAUSE)
        else:
            return
