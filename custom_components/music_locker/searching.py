"""Search, for the media source and for the players."""

from collections.abc import Collection

from homeassistant.components.media_player import MediaClass, SearchMediaQuery
from homeassistant.core import HomeAssistant

from .browse import BrowseTree, Node, entry_node
from .core.hub import Core
from .core.models import MediaKind
from .identifier import Identifier, ItemNode, LiveNode, LockerNode, RootNode, ShelfNode
from .runtime import open_core
from .shelves import name_of

MAX_RESULTS = 100

_KINDS = {
    MediaClass.ARTIST: MediaKind.ARTIST,
    MediaClass.ALBUM: MediaKind.ALBUM,
    MediaClass.TRACK: MediaKind.TRACK,
    MediaClass.PLAYLIST: MediaKind.PLAYLIST,
    MediaClass.GENRE: MediaKind.GENRE,
}
SEARCH_CLASSES = list(_KINDS)


async def search(hass: HomeAssistant, tree: BrowseTree, where: Identifier, query: SearchMediaQuery) -> list[Node]:
    """Return what is found in ``where``, best first; raise UnknownNodeError."""
    core = open_core(hass)
    text = query.search_query.strip()
    if core is None or not text:
        return []
    kinds = _wanted(query.media_filter_classes)
    match where:
        case RootNode():
            return await _search_lockers(core, text, None, kinds)
        case LockerNode(locker) | ShelfNode(locker):
            return await _search_lockers(core, text, locker, kinds)
        case ItemNode():
            return await hass.async_add_executor_job(_search_inside, tree, where, text, kinds)
        case LiveNode():
            return []


def _wanted(classes: Collection[MediaClass | str] | None) -> set[MediaKind]:
    """Return the kinds to look for. ``music`` is what language models say for any sound."""
    kinds = {_KINDS[MediaClass(name)] for name in classes or () if name in _KINDS}
    return set(MediaKind) if MediaClass.MUSIC in (classes or ()) or not classes else kinds


async def _search_lockers(core: Core, text: str, locker: str | None, kinds: set[MediaKind]) -> list[Node]:
    catalog = core.library.catalog
    indexed = kinds - {MediaKind.GENRE}
    found = await core.library.search(text, locker=locker, kinds=indexed, limit=MAX_RESULTS) if indexed else []
    nodes = [entry_node(entry.locker, entry) for entry in found]
    if MediaKind.GENRE in kinds:
        folded = text.casefold()
        lockers = catalog.locker_ids if locker is None else [locker]
        nodes += [
            entry_node(locker_id, genre)
            for locker_id in lockers
            for genre in catalog.genres(locker_id)
            if folded in genre.casefold()
        ]
    return nodes[:MAX_RESULTS]


def _search_inside(tree: BrowseTree, where: ItemNode, text: str, kinds: set[MediaKind]) -> list[Node]:
    """Search the entries of an artist, album, playlist or genre by their names."""
    words = text.casefold().split()
    entries = tree.shelves().inside(where) or ()
    found = []
    for entry in entries:
        name = name_of(entry).casefold()
        if all(word in name for word in words):
            node = entry_node(where.locker, entry)
            if isinstance(node.identifier, ItemNode) and node.identifier.kind in kinds:
                found.append(node)
    return found[:MAX_RESULTS]
