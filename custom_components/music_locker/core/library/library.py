"""The library: the index of every locker, kept in SQLite and read from memory."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Concatenate, Self
from uuid import uuid4

from ..errors import LockerError
from ..lockers.base import Adapter
from ..models import MediaKind, Track, TrackKey
from ..waiting import outcome, to_the_end
from .catalog import Catalog
from .contents import Contents, Listed, Reading
from .database import Database, move_aside
from .edits import Edit, Untold, edited, events_of, with_edits, write_edit
from .errors import LibraryError, StorageFullError
from .events import (
    CatalogChanged,
    LibraryEvent,
    PlaylistsChanged,
    StickersChanged,
    StorageChanged,
    SyncEnded,
    SyncProgress,
    SyncResult,
    SyncStarted,
)
from .history import Play, add_play, last_played, note_play
from .names import former_paths
from .naming import Former
from .own_playlists import LIBRARY, PlaylistEntry, own_playlist
from .own_writing import Changes, OwnPlaylistWriter
from .query import Entry, Genre, find
from .reading import Difference, compare, own, read
from .rows import Key
from .searching import search
from .stickers import PLAYLIST, StickerKey, Stickers
from .storing import Known, add_locker, delete_state, load_state, read_all, remove_locker, save_state, write_difference

_LOGGER = logging.getLogger(__name__)
_NO_INDEX = (ValueError, LookupError, TypeError, AttributeError)
_SEARCHED = (MediaKind.ARTIST, MediaKind.ALBUM, MediaKind.TRACK, MediaKind.PLAYLIST)


class Library:
    """Keep the index up to date, and search it. What it holds is read from :attr:`catalog`."""

    def __init__(self, database: Database, known: Known) -> None:
        """Use :meth:`open`."""
        self._database = database
        self._catalog = known.catalog
        self._markers = dict(known.markers)
        self._plays = dict(known.plays)
        self._untold = dict(known.untold)
        self._readings: list[tuple[str, set[Key]]] = []
        self._listeners: list[Callable[[LibraryEvent], None]] = []
        self._changing = asyncio.Lock()
        self._full = False
        self._own = OwnPlaylistWriter(self._write, self._show_own)
        self.stickers = Stickers(
            known.stickers,
            facts=lambda: (self._catalog, self._plays),
            write=self._write,
            read=database.read,
            changed=lambda: self._tell(StickersChanged()),
        )

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Open or make the index; one that is damaged is moved aside and begun anew. Raise LibraryError."""
        try:
            return cls(*await _open(path))
        except _NO_INDEX:  # a whole file with rows that are none of ours
            _LOGGER.exception("The index %s holds what cannot be read, and is begun anew", path.name)
        await asyncio.to_thread(move_aside, path)
        database, known = await _open(path)
        database.rebuilt = True
        return cls(database, known)

    async def close(self) -> None:
        """Close the index after the work that was begun."""
        await self._own.close()
        await self._database.close()

    @property
    def catalog(self) -> Catalog:
        """Return what all lockers hold now."""
        return self._catalog

    @property
    def rebuilt(self) -> bool:
        """Tell whether the index was damaged, and had to be begun anew."""
        return self._database.rebuilt

    def subscribe(self, listener: Callable[[LibraryEvent], None]) -> Callable[[], None]:
        """Call ``listener`` with every event, in the event loop; the answer ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self, event: LibraryEvent) -> None:
        for listener in tuple(self._listeners):
            listener(event)

    async def _write[**P](
        self, work: Callable[Concatenate[sqlite3.Connection, P], None], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Write, and tell of a full disk; raise LibraryError."""
        try:
            await self._database.write(work, *args, **kwargs)
        except StorageFullError:
            self._full = True
            self._tell(StorageChanged(full=True))
            raise
        if self._full:
            self._full = False
            self._tell(StorageChanged(full=False))

    # Lockers

    async def add_locker(self, locker_id: str, title: str) -> None:
        """Make a locker known, or give it another title, which begins the URIs of its tracks."""
        async with self._changing:
            known = self._catalog.contents.get(locker_id)
            if known is None or known.title != title:
                await self._change(locker_id, add_locker, locker_id, title)

    async def remove_locker(self, locker_id: str) -> None:
        """Forget a locker and everything of it."""
        async with self._changing:
            if locker_id in self._catalog.contents:
                await self._change(locker_id, remove_locker, locker_id)
                self.stickers.forget_locker(locker_id)

    async def _change(self, locker_id: str, work: Callable[..., None], *args: object) -> None:
        """Change the file and then the catalog, both or none."""

        async def change() -> None:
            await self._write(work, *args)
            known = await self._database.write(read_all)
            self._markers = dict(known.markers)
            self._plays = dict(known.plays)
            self._untold = dict(known.untold)
            self._show(known.catalog, locker_id)

        await to_the_end(change())

    def _show(self, catalog: Catalog, playlists_of: str | None) -> None:
        """Show another catalog, in which the playlists of one locker may be others."""
        before, self._catalog = self._catalog, catalog.with_own_playlists(self._catalog.own_playlists)
        if catalog.songs is not before.songs:
            self._tell(CatalogChanged(catalog.version))
        if playlists_of is not None:
            self._tell(PlaylistsChanged(playlists_of))

    # Sync

    async def sync(self, locker_id: str, adapter: Adapter, *, force: bool = False) -> SyncResult:
        """Read a locker, if its marker says that it has changed, and index what is different.

        Whatever goes wrong before the end leaves the index as it was. Raise LockerError.
        """
        self._tell(SyncStarted(locker_id))
        ended = SyncEnded(locker_id)
        try:
            result = await self._sync(locker_id, adapter, force=force)
            ended = SyncEnded(locker_id, result=result)
        except LockerError as error:
            ended = SyncEnded(locker_id, error=error)
            raise
        finally:
            self._tell(ended)
        return result

    async def _sync(self, locker_id: str, adapter: Adapter, *, force: bool) -> SyncResult:
        known = self._contents_of(locker_id)
        marker = await adapter.change_marker()
        if not force and marker is not None and marker == self._markers.get(locker_id):
            return _result(known, changed=False)
        edited = set(self._untold[locker_id])
        self._readings.append(reading := (locker_id, edited))
        try:
            found = await read(adapter, known.listed, lambda done: self._tell(SyncProgress(locker_id, done, None)))
            async with self._changing:
                return await to_the_end(self._index(locker_id, found, None if edited else marker, edited))
        finally:
            self._readings.remove(reading)

    def _contents_of(self, locker_id: str) -> Contents:
        try:
            return self._catalog.contents[locker_id]
        except KeyError:
            raise LibraryError(f"The library knows no locker {locker_id}") from None

    async def _index(self, locker_id: str, found: Reading, marker: str | None, edited: set[Key]) -> SyncResult:
        """Write what is different, and show the new catalog."""
        before = self._contents_of(locker_id)
        former = await self._database.read(former_paths, locker_id)
        after, difference = await asyncio.to_thread(_compare, before, found, former, edited)
        synced = datetime.now(UTC)
        await self._write(write_difference, locker_id, after, difference, marker, synced)
        self._markers[locker_id] = marker
        catalog = await asyncio.to_thread(_with_contents, self._catalog, before, after, difference.kinds, synced)
        self._show(catalog, locker_id if MediaKind.PLAYLIST in difference.kinds else None)
        if difference.rated:
            self._tell(StickersChanged())
        return _result(catalog.contents[locker_id], changed=not difference.empty, difference=difference)

    # Edits

    def untold(self, locker_id: str) -> Mapping[Key, Untold]:
        """Return what a locker's service has yet to be told, in order."""
        return self._untold.get(locker_id, {})

    async def edit[**P](
        self,
        locker_id: str,
        make: Callable[Concatenate[Contents, Mapping[Key, Untold], P], Edit],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Change what a locker holds before its service knows of it; raise LibraryError, and what ``make`` raises."""
        async with self._changing:
            edit = make(self._contents_of(locker_id), self._untold[locker_id], *args, **kwargs)
            await to_the_end(self._edit(locker_id, edit))

    async def _edit(self, locker_id: str, edit: Edit) -> None:
        """Write an edit, and show it; what is being read meanwhile is not to undo it."""
        catalog = await asyncio.to_thread(edited, self._catalog, locker_id, edit)
        await self._write(write_edit, locker_id, edit, catalog.contents[locker_id].listed)
        for name, keys in self._readings:
            if name == locker_id:
                keys.update(edit.untold)
        untold = {**self._untold[locker_id], **edit.untold}
        self._untold[locker_id] = {key: each for key, each in untold.items() if each is not None}
        self._markers[locker_id] = None
        self._catalog = catalog.with_own_playlists(self._catalog.own_playlists)
        if edit.renewed is not None:
            old, new = edit.renewed
            self.stickers.moved(StickerKey(PLAYLIST, locker_id, old), new)
        for event in events_of(locker_id, edit):
            self._tell(event)

    # Playlists of its own

    def edit_playlist(
        self, title: str, entries: Sequence[PlaylistEntry], playlist_id: str | None = None
    ) -> tuple[str, asyncio.Future[None]]:
        """Show a new playlist of no locker's, or change one; return its id, and what is done once it is in the file.

        That fails with LibraryError where it cannot be written, and then the playlist is what it was.
        """
        own = self._catalog.own_playlists
        new = own_playlist(uuid4().hex if playlist_id is None else playlist_id, title, entries)
        self._show_own({new[0].id: new})
        return new[0].id, self._own.put(new[0].id, new, own.get(new[0].id))

    async def put_playlist(self, title: str, entries: Sequence[PlaylistEntry], playlist_id: str | None = None) -> str:
        """Keep a new playlist of no locker's, or change one, and return its id; raise LibraryError."""
        kept, written = self.edit_playlist(title, entries, playlist_id)
        await outcome(written)
        return kept

    def remove_playlist(self, playlist_id: str) -> asyncio.Future[None]:
        """Forget a playlist of no locker's; return what is done once it is out of the file, as above."""
        old = self._catalog.own_playlists.get(playlist_id)
        self._show_own({playlist_id: None})
        gone = self._own.put(playlist_id, None, old)
        self.stickers.drop_with(StickerKey(PLAYLIST, LIBRARY, playlist_id), gone)
        return gone

    def _show_own(self, changes: Changes) -> None:
        own = {**self._catalog.own_playlists, **changes}
        known = {key: each for key, each in own.items() if each is not None}
        self._catalog = self._catalog.with_own_playlists(known)
        self._tell(PlaylistsChanged(LIBRARY))

    # Search

    async def search(
        self, query: str, *, locker: str | None = None, kinds: Collection[MediaKind] | None = None, limit: int = 100
    ) -> list[Entry]:
        """Return what holds all words of a query, the best first; raise LibraryError."""
        wanted = [kind for kind in _SEARCHED if kinds is None or kind in kinds]
        found = await self._database.read(search, query, locker, wanted, limit)
        items = (self._item(locker_id, *key) for locker_id, key in found)
        return [item for item in items if item is not None]

    async def find(
        self, query: str, *, locker: str | None = None, kinds: Collection[MediaKind] | None = None, limit: int = 100
    ) -> list[Entry | Genre]:
        """Return what somebody may mean by what was said or typed, the best first; raise LibraryError."""
        catalog = self._catalog
        lockers = catalog.locker_ids if locker is None else [locker]
        genres = [Genre(name, genre) for name in lockers for genre in catalog.genres(name)]

        async def search_words(words: str, wanted: Collection[MediaKind]) -> list[Entry]:
            return await self.search(words, locker=locker, kinds=wanted, limit=limit)

        return (await find(query, set(MediaKind) if kinds is None else kinds, search_words, genres))[:limit]

    def _item(self, locker_id: str, kind: MediaKind, item_id: str) -> Entry | None:
        if locker_id == LIBRARY:
            return self._catalog.playlist(LIBRARY, item_id)
        contents = self._catalog.contents.get(locker_id)
        if contents is None:
            return None
        match kind:
            case MediaKind.ARTIST:
                return contents.listed.artists.get(item_id)
            case MediaKind.ALBUM:
                return contents.listed.albums.get(item_id)
            case MediaKind.PLAYLIST:
                return contents.listed.playlists.get(item_id)
        return contents.listed.tracks.get(item_id)

    # What was played

    def recently_played(self, locker: str, limit: int = 100) -> list[Track]:
        """Return the tracks of a locker that were played last, the last one first; safe in any thread."""
        played = last_played(self._plays.get(locker, {}))
        found = (self._catalog.track(TrackKey(locker, track_id)) for track_id in played)
        return list(islice((track for track in found if track is not None), limit))

    async def note_played(self, key: TrackKey, at: datetime) -> None:
        """Count a play, and put its track first of those that were played last; raise LibraryError."""
        async with self._changing:
            await self._write(note_play, key, at)
            if key.locker in self._plays:
                add_play(self._plays[key.locker], key.id, at)
                self.stickers.played(key)

    def play_count(self, key: TrackKey) -> int:
        """Return how often a track was played."""
        return self._plays.get(key.locker, {}).get(key.id, Play()).times

    # What others keep here

    async def save_state(self, key: str, value: bytes) -> None:
        """Keep a value by name; raise LibraryError."""
        await self._write(save_state, key, value)

    async def load_state(self, key: str) -> bytes | None:
        """Return the value of a name, None if there is none; raise LibraryError."""
        return await self._database.read(load_state, key)

    async def delete_state(self, key: str) -> None:
        """Forget a name; raise LibraryError."""
        await self._write(delete_state, key)


async def _open(path: Path) -> tuple[Database, Known]:
    database = await asyncio.to_thread(Database.open, path)
    try:
        return database, await database.write(read_all)
    except BaseException:
        await database.close()
        raise


def _compare(before: Contents, found: Reading, former: Former, edited: set[Key]) -> tuple[Listed, Difference]:
    read = own(found, before.locker, before.segment, before.listed, former)
    after = with_edits(read, before.listed, edited)
    return after, compare(before.listed, after)


def _with_contents(
    catalog: Catalog, before: Contents, after: Listed, kinds: set[MediaKind], synced: datetime
) -> Catalog:
    """Return a catalog in which one locker holds other items of these kinds."""
    if kinds - {MediaKind.PLAYLIST}:
        contents = Contents(before.locker, before.title, before.segment, after, synced)
        return Catalog(catalog.version + 1, {**catalog.contents, before.locker: contents}, catalog.own_playlists)
    contents = before.seen(synced)
    if kinds:
        contents = contents.with_playlists(after.playlists, after.playlist_tracks)
    return catalog.with_edited(contents)


def _result(contents: Contents, *, changed: bool, difference: Difference | None = None) -> SyncResult:
    listed = contents.listed
    return SyncResult(
        changed=changed,
        added=0 if difference is None else difference.added,
        updated=0 if difference is None else len(difference.put) - difference.added,
        removed=0 if difference is None else len(difference.deleted),
        tracks=len(contents.tracks),
        albums=len(listed.albums),
        artists=len(listed.artists),
        playlists=len(listed.playlists),
    )
