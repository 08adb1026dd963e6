"""The disk cache: a bounded directory of files, the longest unused going first.

A file grows under the name ``<name>.part`` and gets its own name once it is whole, so whatever has its own name is
whole also after a crash; parts that a former process left are removed. All disk work runs in threads.
"""

import asyncio
import errno
import logging
import os
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

_LOGGER = logging.getLogger(__name__)
_PART = ".part"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(slots=True)
class _Entry:
    size: int
    complete: bool
    users: int = 0


class DiskCache:
    """Keep files in a directory, in at most ``limit`` bytes but for those in use, which are never removed."""

    def __init__(self, directory: Path, limit: int) -> None:
        """Keep where and how much; :meth:`open` reads what is there."""
        self._directory = directory
        self._limit = limit
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._total = 0

    async def open(self) -> None:
        """Make the directory, or read it, and remove what is unfinished or too much; raise OSError."""
        for name, size in await asyncio.to_thread(self._scan):
            self._entries[name] = _Entry(size, complete=True)
            self._total += size
        await self.evict()

    @property
    def total(self) -> int:
        """Return how many bytes are kept."""
        return self._total

    def __contains__(self, name: str) -> bool:
        """Tell whether the whole file is there."""
        entry = self._entries.get(name)
        return entry is not None and entry.complete

    def lease(self, name: str) -> CacheFile:
        """Return the file of that name for reading and growing; it is in use until :meth:`release`."""
        entry = self._entries.setdefault(name, _Entry(0, complete=False))
        entry.users += 1
        self._entries.move_to_end(name)
        return CacheFile(self, name, self._directory / name, size=entry.size, complete=entry.complete)

    async def release(self, file: CacheFile) -> None:
        """Close a leased file and let go of it."""
        await file.close()
        entry = self._entries.get(file.name)
        if entry is not None:
            entry.users -= 1
        await self.evict()

    async def load(self, name: str) -> bytes | None:
        """Return the whole content of a small file, or None where it is not there."""
        return await self.examine(name, Path.read_bytes)

    async def examine[R](self, name: str, work: Callable[[Path], R]) -> R | None:
        """Run ``work`` with a whole file in a thread, and return its answer, or None where the file is not there."""
        if name not in self:
            return None
        self._entries[name].users += 1
        try:
            found = await asyncio.to_thread(self._examine, name, work)
        except OSError:
            self.account(name, 0, complete=False)
            return None
        finally:
            self._entries[name].users -= 1
        self._entries.move_to_end(name)
        return found

    async def store(self, name: str, content: bytes) -> None:
        """Keep a small file; raise OSError."""
        file = self.lease(name)
        try:
            await file.clear()
            await file.append(content)
            await file.finish()
        finally:
            await self.release(file)

    def account(self, name: str, size: int, *, complete: bool) -> None:
        """Note how large a file in use now is."""
        entry = self._entries[name]
        self._total += size - entry.size
        entry.size = size
        entry.complete = complete

    async def evict(self) -> None:
        """Remove the longest unused files until the rest is within the limit, and empty entries."""
        doomed: list[str] = []
        for name, entry in list(self._entries.items()):
            if entry.users or (self._total <= self._limit and entry.size):
                continue
            del self._entries[name]
            self._total -= entry.size
            doomed.append(name)
        if doomed:
            await asyncio.to_thread(self._remove, doomed)

    async def give_back(self) -> bool:
        """Remove the longest unused file; return False where there is none."""
        name = next((name for name, entry in self._entries.items() if not entry.users and entry.size), None)
        if name is None:
            return False
        self._total -= self._entries.pop(name).size
        await asyncio.to_thread(self._remove, [name])
        return True

    @property
    def full(self) -> bool:
        """Tell whether more is kept than should be."""
        return self._total > self._limit

    def _scan(self) -> list[tuple[str, int]]:
        self._directory.mkdir(parents=True, exist_ok=True)
        found: list[tuple[float, str, int]] = []
        for item in os.scandir(self._directory):
            if not item.is_file(follow_symlinks=False):
                continue
            state = item.stat(follow_symlinks=False)
            if item.name.endswith(_PART) or not state.st_size:
                Path(item).unlink()
            else:
                found.append((state.st_mtime, item.name, state.st_size))
        return [(name, size) for _, name, size in sorted(found)]

    def _examine[R](self, name: str, work: Callable[[Path], R]) -> R:
        path = self._directory / name
        found = work(path)
        os.utime(path)
        return found

    def _remove(self, names: list[str]) -> None:
        for name in names:
            for path in (self._directory / name, self._directory / (name + _PART)):
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:
                    _LOGGER.warning("A file of the cache cannot be removed: %s", error.strerror)


class CacheFile:
    """One file of the cache: grown at its end, read anywhere below that. Positions are bytes.

    Its descriptor is opened by the first use. A cancelled call's thread may run on: the lock keeps it from the closing
    of the descriptor, and what it writes late is what comes there anyway.
    """

    def __init__(self, cache: DiskCache, name: str, path: Path, *, size: int, complete: bool) -> None:
        """Keep what the cache knows of it; made by :meth:`DiskCache.lease`."""
        self.name = name
        self.size = size
        self.complete = complete
        self._cache = cache
        self._path = path
        self._part = path.with_name(path.name + _PART)
        self._lock = Lock()
        self._descriptor: int | None = None
        self._closed = False

    async def verify(self) -> None:
        """Begin anew where the file on the disk is not the one that was left there; raise OSError."""
        actual = await asyncio.to_thread(self._measure)
        if actual < self.size or (self.complete and actual != self.size):
            await self.clear()

    async def read(self, offset: int, count: int) -> bytes:
        """Return up to ``count`` bytes at ``offset``; raise OSError."""
        return await asyncio.to_thread(self._read, offset, count)

    async def append(self, data: bytes) -> None:
        """Write ``data`` at the end, on a full disk in the place of what is unused; raise OSError."""
        while True:
            try:
                await asyncio.to_thread(self._write, data, self.size)
            except OSError as error:
                if error.errno not in _FULL or not await self._cache.give_back():
                    raise
            else:
                break
        self._set(self.size + len(data), complete=False)
        if self._cache.full:
            await self._cache.evict()

    async def finish(self) -> None:
        """Give the whole file its own name; raise OSError."""
        await asyncio.to_thread(self._finish, self.size)
        self._set(self.size, complete=True)

    async def clear(self) -> None:
        """Begin anew; raise OSError."""
        self._set(0, complete=False)
        await asyncio.to_thread(self._clear)

    async def close(self) -> None:
        """Close the descriptor for good."""
        await asyncio.to_thread(self._close)

    def _set(self, size: int, *, complete: bool) -> None:
        self.size = size
        self.complete = complete
        self._cache.account(self.name, size, complete=complete)

    def _open(self) -> int:
        if self._closed:
            raise OSError(errno.EBADF, "the file is closed")
        if self._descriptor is None:
            # A finish whose caller was cancelled may have renamed the file already.
            path = self._path if self.complete or self._path.exists() else self._part
            flags = os.O_RDWR | os.O_CLOEXEC | (0 if path is self._path else os.O_CREAT)
            self._descriptor = os.open(path, flags, 0o600)
            os.utime(self._descriptor)
        return self._descriptor

    def _measure(self) -> int:
        with self._lock:
            try:
                return os.fstat(self._open()).st_size
            except FileNotFoundError:
                return -1

    def _read(self, offset: int, count: int) -> bytes:
        with self._lock:
            return os.pread(self._open(), count, offset)

    def _write(self, data: bytes, offset: int) -> None:
        view = memoryview(data)
        with self._lock:
            while view:
                written = os.pwrite(self._open(), view, offset)
                view, offset = view[written:], offset + written

    def _finish(self, size: int) -> None:
        with self._lock:
            descriptor = self._open()
            os.ftruncate(descriptor, size)
            # The name promises the whole content, also after a power cut.
            os.fsync(descriptor)
            if self._part.exists():
                self._part.rename(self._path)

    def _clear(self) -> None:
        with self._lock:
            self._close_descriptor()
            self._path.unlink(missing_ok=True)
            self._part.unlink(missing_ok=True)

    def _close(self) -> None:
        with self._lock:
            self._closed = True
            self._close_descriptor()

    def _close_descriptor(self) -> None:
        if self._descriptor is not None:
            with suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None
