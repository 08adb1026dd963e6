"""Stored playlists: the lockers' playlists under names that MPD clients can use."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from ..library import Catalog, Library
from ..models import Playlist
from .listing import collation_key
from .tags import clean

_UNNAMED = "Playlist"


@dataclass(frozen=True, slots=True)
class StoredPlaylist:
    """Name one playlist of a locker."""

    name: str
    playlist: Playlist


_KEPT: WeakKeyDictionary[Library, tuple[Catalog, dict[str, StoredPlaylist]]] = WeakKeyDictionary()


def stored_playlists(library: Library) -> Mapping[str, StoredPlaylist]:
    """Return all playlists by their names, sorted."""
    catalog = library.catalog
    kept = _KEPT.get(library)
    if kept is None or kept[0] is not catalog:
        kept = _KEPT[library] = catalog, name_playlists(catalog)
    return kept[1]


def name_playlists(catalog: Catalog) -> dict[str, StoredPlaylist]:
    """Return all playlists by their names, sorted.

    A name that several playlists have gets `` (Locker title)`` appended, and a number where that is not enough.
    """
    wanted = [
        (_safe(playlist.label), playlist) for locker in catalog.locker_ids for playlist in catalog.playlists(locker)
    ]
    lockers: dict[str, set[str]] = {}
    for name, playlist in wanted:
        lockers.setdefault(name, set()).add(playlist.locker)
    found: dict[str, StoredPlaylist] = {}
    for name, playlist in wanted:
        full = name
        if len(lockers[name]) > 1:
            full = f"{name} ({_safe(catalog.locker_title(playlist.locker))})"
        full = _unused(full, found)
        found[full] = StoredPlaylist(full, playlist)
    return {name: found[name] for name in sorted(found, key=collation_key)}


def _safe(title: str) -> str:
    """Return a title as one name: MPD allows no ``/`` in it, and the protocol no line break."""
    return re.sub(r"\s+", " ", clean(title).replace("/", "-")).strip() or _UNNAMED


def _unused(name: str, used: dict[str, StoredPlaylist]) -> str:
    number, candidate = 1, name
    while candidate in used:
        number += 1
        candidate = f"{name} ({number})"
    return candidate
