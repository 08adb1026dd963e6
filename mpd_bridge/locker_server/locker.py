"""One locker: the music folder and its store, for every service alike. Nothing here blocks the loop."""

import asyncio
import logging
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from .catalog import Catalog, Playlist, Track
from .files import free_path, move, safe_name, write_atomically
from .playlist_files import read_playlist, write_playlist
from .scan import (
    Batch,
    ScannedPlaylist,
    ScannedTrack,
    changes,
    cover_beside,
    own_cover,
    own_covers,
    read_track,
    stamp_of,
)
from .store import Description, Store
from .tags import Cover, read_cover
from .uploads import FOLDER, remove_remains

LOGGER = logging.getLogger(__name__)

_PLAYLIST_FOLDER = "Playlists"
_COVER_TYPES = {"png": "image/png"}


class LockerFullError(Exception):
    """The account has added as much as it may."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The account that adds files, and how many bytes of them the locker may hold; None is no limit.

    ``folder`` is all that it sees of the music folder, None is everything.
    """

    account: str
    quota: int | None = None
    folder: str | None = None

    @property
    def inside(self) -> str:
        """Return how the paths begin that it sees."""
        return "" if self.folder is None else f"{self.folder}/"


class Locker:
    """A music folder as a locker: what it holds, its files, and every change of it."""

    def __init__(self, folder: Path, state: Path, clock: Callable[[], float]) -> None:
        """Keep the paths; ``clock`` gives Unix seconds."""
        self.folder = folder
        self._state = state
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, "locker-store")
        self._store: Store | None = None
        self._catalog: Catalog | None = None
        self._changing = asyncio.Lock()
        self.read_only = False

    async def open(self) -> None:
        """Open the store and look through the folder; raise OSError, sqlite3.Error."""
        self._store = await self._in_thread(self._open)
        await self.scan()

    def _open(self) -> Store:
        if not self.folder.is_dir():
            raise NotADirectoryError(f"{self.folder} is not a folder")
        if not self.read_only:
            remove_remains(self.folder / FOLDER)
        return Store(self._state / "locker.sqlite3", self._clock)

    async def close(self) -> None:
        """Close the store."""
        if self._store is not None:
            await self._in_thread(self._store.close)
            self._store = None
        await asyncio.to_thread(self._thread.shutdown)

    async def _in_thread[*Arguments, Result](
        self, function: Callable[[*Arguments], Result], *arguments: *Arguments
    ) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: function(*arguments))

    @property
    def store(self) -> Store:
        """Return the open store."""
        if self._store is None:
            raise RuntimeError("the locker is closed")
        return self._store

    async def scan(self) -> None:
        """Look what is new, changed or gone in the folder."""
        found = changes(self.folder, await self._in_thread(self.store.known))
        while (batch := await asyncio.to_thread(next, found, None)) is not None:
            await self._apply(batch)

    async def _apply(self, batch: Batch) -> None:
        async with self._changing:
            await self._in_thread(self._apply_present, batch)
            self._catalog = None

    def _apply_present(self, batch: Batch) -> None:
        """Write a batch, without what was thrown away while it was being read."""
        batch.tracks = [track for track in batch.tracks if (self.folder / track.path).exists()]
        batch.playlists = [playlist for playlist in batch.playlists if (self.folder / playlist.path).exists()]
        batch.removed = [path for path in batch.removed if not (self.folder / path).exists()]
        self.store.apply(batch)

    async def catalog(self, folder: str | None = None) -> Catalog:
        """Return what the locker holds now, or what of it lies in one folder."""
        whole = await self._whole_catalog()
        return whole if folder is None else await asyncio.to_thread(whole.below, folder)

    async def _whole_catalog(self) -> Catalog:
        while self._catalog is None:
            async with self._changing:
                if self._catalog is None:
                    self._catalog = await self._in_thread(self.store.catalog)
        return self._catalog

    async def last_change(self, kind: str) -> int:
        """Return the Unix time of the last change of the "locker" or of a "playlist"."""
        return await self._in_thread(self.store.changed, kind)

    async def played(self, track: Track) -> None:
        """Note that a track is played now; it plays also where that cannot be written down."""
        try:
            await self._in_thread(self.store.played, track.id)
        except sqlite3.Error as error:
            LOGGER.warning("What is played cannot be written down: %s", error)

    async def plays(self, folder: str | None = None) -> Sequence[tuple[Track, float]]:
        """Return what was played and when, the last one first; with a folder only what lies in it."""
        catalog = await self.catalog(folder)
        plays = await self._in_thread(self.store.plays)
        return [(track, at) for track_id, at in plays if (track := catalog.track(track_id))]

    def path(self, track: Track) -> Path:
        """Return where a track's file is."""
        return self.folder / track.path

    async def cover(self, track: Track) -> Cover | None:
        """Return a track's picture, or None."""
        return await asyncio.to_thread(self._cover, track)

    def _cover(self, track: Track) -> Cover | None:
        has_own = track.folder_cover is not None and track.folder_cover.startswith(f"{track.path}.")
        if track.embedded_cover and not has_own:
            return read_cover(self.path(track))
        if track.folder_cover is None:
            return None
        mime_type = _COVER_TYPES.get(track.folder_cover.rpartition(".")[2].lower(), "image/jpeg")
        try:
            return Cover((self.folder / track.folder_cover).read_bytes(), mime_type)
        except OSError:
            return None

    async def keep_cover(self, track: Track, content: bytes, ending: str) -> None:
        """Lay a picture beside an uploaded file, as its own; raise OSError, sqlite3.Error.

        The picture of a file that lay in the folder before is not touched.
        """
        async with self._changing:
            await self._in_thread(self._keep_cover, track, content, ending)
            self._catalog = None

    def _keep_cover(self, track: Track, content: bytes, ending: str) -> None:
        if Path(track.path).parent.name != FOLDER or not self.path(track).exists():
            return
        before = set(own_covers(track.path))
        kept = own_cover(track.path, ending)
        write_atomically(self.folder / kept, content)
        for other in before - {kept}:
            (self.folder / other).unlink(missing_ok=True)
        self.store.apply(Batch(tracks=[self._read(track.path)]))

    async def upload_folder(self) -> Path:
        """Return the folder that takes uploads, made when it is not there; raise OSError."""
        folder = self.folder / FOLDER
        await asyncio.to_thread(folder.mkdir, exist_ok=True)
        return folder

    async def used(self, account: str) -> int:
        """Return how many bytes of what an account has added the locker holds."""
        return await self._in_thread(self.store.used, account)

    async def check_room(self, owner: Owner, key: str, size: int) -> None:
        """Raise LockerFullError where the owner may not add a file; one that is there already takes no room."""
        await self._in_thread(self._check_room, owner, key, size)

    def _check_room(self, owner: Owner, key: str, size: int) -> None:
        if owner.quota is None or self._present(key, owner.inside):
            return
        if self.store.used(owner.account) + size > owner.quota:
            raise LockerFullError

    def _present(self, key: str, inside: str) -> list[str]:
        paths = [path for path in self.store.paths(key) if path.startswith(inside)]
        return [path for path in paths if (self.folder / path).exists()]

    async def keep_upload(self, received: Path, key: str, name: str, said: Description, owner: Owner) -> None:
        """Give an uploaded file its place; one that the locker has already is not kept twice.

        Raise LockerFullError, and OSError and sqlite3.Error after which the locker is as it was before.
        """
        async with self._changing:
            try:
                await self._in_thread(self._keep_upload, received, key, name, said, owner)
            finally:
                self._catalog = None

    def _keep_upload(self, received: Path, key: str, name: str, said: Description, owner: Owner) -> None:
        self._check_room(owner, key, received.stat().st_size)
        if not said.empty:
            self.store.describe(key, said)
        if paths := self._present(key, owner.inside):
            self.store.apply(Batch(tracks=[self._read(path) for path in paths]))
            return
        folder = self.folder / owner.inside / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        target = free_path(folder, safe_name(name, key))
        received.chmod(0o644)
        received.replace(target)
        with ExitStack() as undo:
            undo.callback(target.unlink)  # who is told that it failed sends it again, and would find it beside this one
            self.store.uploaded(key, owner.account)
            self.store.apply(Batch(tracks=[self._read(target.relative_to(self.folder).as_posix())]))
            undo.pop_all()

    def _read(self, path: str) -> ScannedTrack:
        full = self.folder / path
        return read_track(self.folder, path, stamp_of(full, cover_beside(self.folder, full)))

    async def throw_away(self, key: str, owner: Owner) -> bool:
        """Move the files with this key that the owner sees into the trash; return False when there is none.

        Raise OSError and sqlite3.Error, after which they are where they were.
        """
        async with self._changing:
            try:
                return await self._in_thread(self._throw_away, key, owner.inside)
            finally:
                self._catalog = None

    def _throw_away(self, key: str, inside: str) -> bool:
        paths = [path for path in self.store.paths(key) if path.startswith(inside)]
        moved = [(path, secrets.token_hex(16)) for path in paths]
        with ExitStack() as undo:
            for path, stored in moved:
                if (self.folder / path).exists():
                    move(self.folder / path, self._trash / stored)
                    undo.callback(move, self._trash / stored, self.folder / path)
            if moved:
                self.store.trash(key, moved)
            undo.pop_all()
        return bool(moved)

    @property
    def _trash(self) -> Path:
        return self._state / "trash"

    async def restore(self, key: str, owner: Owner) -> bool:
        """Take the files with this key back out of the trash; return False when none is there.

        Raise LockerFullError where the owner has added other files in their place, and OSError.
        """
        async with self._changing:
            try:
                return await self._in_thread(self._restore, key, owner)
            finally:
                self._catalog = None

    def _restore(self, key: str, owner: Owner) -> bool:
        trashed = [entry for entry in self.store.trashed(key) if entry.path.startswith(owner.inside)]
        if trashed and self.store.uploader(key) == owner.account:
            self._check_room(owner, key, (self._trash / trashed[0].stored).stat().st_size)
        for entry in trashed:
            wanted = self.folder / entry.path
            wanted.parent.mkdir(parents=True, exist_ok=True)
            target = free_path(wanted.parent, wanted.name)
            move(self._trash / entry.stored, target)
            with ExitStack() as undo:
                undo.callback(move, target, self._trash / entry.stored)
                self.store.restore(entry, self._read(target.relative_to(self.folder).as_posix()))
                undo.pop_all()
        return bool(trashed)

    async def add_playlist(self, title: str, tracks: Sequence[Track], folder: str | None = None) -> Playlist:
        """Write a new playlist file, below a folder if one is given, and return the playlist; raise OSError."""
        async with self._changing:
            path = await self._in_thread(self._new_playlist, title, [track.path for track in tracks], folder or "")
            self._catalog = None
        catalog = await self.catalog(folder)
        return next(playlist for playlist in catalog.playlists if playlist.path == path)

    def _new_playlist(self, title: str, entries: Sequence[str], below: str) -> str:
        folder = self.folder / below / _PLAYLIST_FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        target = free_path(folder, safe_name(title.replace(".", "_"), "playlist") + ".m3u8")
        path = target.relative_to(self.folder).as_posix()
        with ExitStack() as undo:
            undo.callback(target.unlink, missing_ok=True)
            self._write_playlist(path, title, entries)
            undo.pop_all()
        return path

    async def write_playlist(self, playlist: Playlist, title: str, entries: Sequence[str]) -> None:
        """Give a playlist another title or other entries; raise OSError."""
        async with self._changing:
            await self._in_thread(self._write_playlist, playlist.path, title, entries)
            self._catalog = None

    def _write_playlist(self, path: str, title: str, entries: Sequence[str]) -> None:
        write_playlist(self.folder, path, title, entries)
        stamp = stamp_of(self.folder / path)
        self.store.apply(Batch(playlists=[ScannedPlaylist(path, stamp, read_playlist(self.folder, path))]))

    async def remove_playlist(self, playlist: Playlist) -> None:
        """Move a playlist's file into the trash; raise OSError."""
        async with self._changing:
            await self._in_thread(self._remove_playlist, playlist.path)
            self._catalog = None

    def _remove_playlist(self, path: str) -> None:
        if (self.folder / path).exists():
            move(self.folder / path, self._trash / f"{secrets.token_hex(8)}-{Path(path).name}")
        self.store.apply(Batch(removed=[path]))
