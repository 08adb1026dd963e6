"""Stored playlists: those of the lockers and of the library, under names that MPD clients can use."""

import asyncio
import logging
import re
from collections import Counter, OrderedDict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from weakref import WeakKeyDictionary

import orjson

from ..library import LIBRARY, Catalog, Library, LibraryError, PlaylistEntry
from ..models import Playlist, Track
from .errors import AckCode, AckError
from .listing import collation_key
from .tags import clean

_UNNAMED = "Playlist"
_PIECE = 1000  # songs after which others have their turn
_MOST_KEPT = 8  # playlists whose songs are at hand
_KEPT_AS = "mpd playlist names"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LOGGER = logging.getLogger(__name__)

type Song = Track | PlaylistEntry
"""What a playlist holds: a track, or a foreign URL or the path of what is gone."""


@dataclass(frozen=True, slots=True)
class StoredPlaylist:
    """Name one playlist of a locker or of the library."""

    name: str
    playlist: Playlist

    @property
    def own(self) -> bool:
        """Tell whether it is the library's own."""
        return self.playlist.locker == LIBRARY

    def held(self, catalog: Catalog) -> object:
        """Return what it is kept as: another object, whenever it holds something else."""
        if self.own:
            return catalog.own_playlists[self.playlist.id][1]
        return catalog.contents[self.playlist.locker].listed.playlist_tracks[self.playlist.id]

    def songs(self, catalog: Catalog) -> Iterator[Song]:
        """Yield what it holds, in its order."""
        if self.own:
            return catalog.own_songs(self.playlist.id)
        return catalog.iter_playlist(self.playlist.locker, self.playlist.id)


def check_name(name: str) -> str:
    """Return a name for a playlist; raise AckError for what can be none."""
    if not name or "/" in name or _CONTROL.search(name):
        raise AckError(AckCode.ARG, "Bad playlist name")
    return name


async def stored_playlists(library: Library) -> Mapping[str, StoredPlaylist]:
    """Return all playlists by their names, sorted; a name once given stays as long as its playlist has its title."""
    kept = _kept(library)
    while kept.catalog is not library.catalog:
        async with kept.naming:
            await kept.update(library)
    return kept.playlists


async def find_playlist(library: Library, name: str) -> StoredPlaylist:
    """Return the playlist of a name; raise AckError."""
    found = (await stored_playlists(library)).get(name)
    if found is None:
        raise AckError(AckCode.NO_EXIST, "No such playlist")
    return found


async def songs_of(library: Library, stored: StoredPlaylist) -> Sequence[Song]:
    """Return what a playlist holds, in its order; the last few answers are kept for the next question."""
    kept, catalog = _kept(library).songs, library.catalog
    held, key = stored.held(catalog), (stored.playlist.locker, stored.playlist.id)
    found = kept.get(key)
    if found is None or found[0] is not held:
        songs: list[Song] = []
        for piece in batched(stored.songs(catalog), _PIECE, strict=False):
            songs += piece
            await asyncio.sleep(0)
        if library.catalog is not catalog:
            return songs
        found = kept[key] = held, songs
        if len(kept) > _MOST_KEPT:
            kept.popitem(last=False)
    return found[1]


def editing(library: Library) -> asyncio.Lock:
    """Return what keeps two clients from editing playlists at once, so that neither undoes what the other does."""
    return _kept(library).editing


type _Key = tuple[str, str]
"""A locker's id and a playlist's."""


class _Kept:
    """Hold the names that the playlists of one library have."""

    def __init__(self) -> None:
        self.catalog: Catalog | None = None
        self.playlists: Mapping[str, StoredPlaylist] = {}
        self.songs: OrderedDict[tuple[str, str], tuple[object, Sequence[Song]]] = OrderedDict()
        self.naming = asyncio.Lock()
        self.editing = asyncio.Lock()
        self._names: dict[_Key, tuple[str, str]] = {}
        self._written: bytes | None = None

    async def update(self, library: Library) -> None:
        """Name what the present catalog holds, and keep the names that titles alone do not tell."""
        if self._written is None:
            self._written = await _load(library)
            self._names = {(locker, each): (wish, name) for locker, each, wish, name in orjson.loads(self._written)}
        catalog = library.catalog
        if catalog is self.catalog:
            return
        if self.catalog is not None and _same_names(self.catalog, catalog):
            own = catalog.own_playlists
            self.playlists = {
                name: StoredPlaylist(name, own[stored.playlist.id][0]) if stored.own else stored
                for name, stored in self.playlists.items()
            }
            self.catalog = catalog
            return
        self._names = names = _name_all(catalog, self._names)
        found = {
            name: StoredPlaylist(name, playlist)
            for locker in (LIBRARY, *catalog.locker_ids)
            for playlist in catalog.playlists(locker)
            for _, name in (names[locker, playlist.id],)
        }
        self.playlists = {name: found[name] for name in sorted(found, key=collation_key)}
        if self.catalog is None or self.catalog.tracks is not catalog.tracks:
            self.songs.clear()
        self.catalog = catalog
        await self._write(library)

    async def _write(self, library: Library) -> None:
        counts = Counter(wish for wish, _ in self._names.values())
        unusual = [(*key, wish, name) for key, (wish, name) in self._names.items() if wish != name or counts[wish] > 1]
        text = orjson.dumps(unusual)
        if text != self._written:
            self._written = text
            try:
                await library.save_state(_KEPT_AS, text)
            except LibraryError as error:
                _LOGGER.debug("The names of playlists were not kept: %s", error)


_KEPT: WeakKeyDictionary[Library, _Kept] = WeakKeyDictionary()


def _kept(library: Library) -> _Kept:
    kept = _KEPT.get(library)
    if kept is None:
        kept = _KEPT[library] = _Kept()
    return kept


def _same_names(before: Catalog, after: Catalog) -> bool:
    """Tell whether nothing but what the library's own playlists hold is different."""
    if before.contents is not after.contents or before.own_playlists.keys() != after.own_playlists.keys():
        return False
    own = after.own_playlists
    return all(playlist.label == own[key][0].label for key, (playlist, _) in before.own_playlists.items())


async def _load(library: Library) -> bytes:
    return await library.load_state(_KEPT_AS) or b"[]"


def _name_all(catalog: Catalog, before: Mapping[_Key, tuple[str, str]]) -> dict[_Key, tuple[str, str]]:
    """Return what each playlist would like to be called, and what it is called.

    Each keeps the name that it has. A new one whose name is taken gets `` (Locker title)`` appended, and a number where
    that is not enough.
    """
    lockers = (LIBRARY, *catalog.locker_ids)
    wishes = {
        (locker, playlist.id): _safe(playlist.label) for locker in lockers for playlist in catalog.playlists(locker)
    }
    names: dict[_Key, tuple[str, str]] = {}
    taken: dict[str, str] = {}  # by which locker
    for key, wish in wishes.items():
        had, name = before.get(key, ("", ""))
        if had == wish and name not in taken:
            names[key] = wish, name
            taken[name] = key[0]
    for key, wish in wishes.items():
        if key not in names:
            locker = key[0]
            same = locker == LIBRARY or taken.get(wish, locker) == locker
            name = _unused(wish if same else f"{wish} ({_safe(catalog.locker_title(locker))})", taken)
            names[key] = wish, name
            taken[name] = locker
    return names


def _safe(title: str) -> str:
    """Return a title as one name: MPD allows no ``/`` in it, and the protocol no line break."""
    safe = _CONTROL.sub(" ", clean(title)).replace("/", "-")
    return safe if safe.strip() else _UNNAMED


def _unused(name: str, taken: Container[str]) -> str:
    number, candidate = 1, name
    while candidate in taken:
        number += 1
        candidate = f"{name} ({number})"
    return candidate
