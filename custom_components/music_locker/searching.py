"""Search, for the media source and for the players."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace

from homeassistant.components.media_player import BrowseError, MediaClass, SearchError, SearchMediaQuery
from homeassistant.core import HomeAssistant

from .browse import BrowseTree, Node, UnknownNodeError, entry_node
from .const import DOMAIN
from .core.hub import Core
from .core.library import LIBRARY, LibraryError
from .core.library.query import Genre, is_anything
from .core.models import MediaKind
from .identifier import Identifier, ItemNode, LiveNode, LockerNode, RootNode, Shelf, ShelfNode
from .runtime import open_core
from .shelves import name_of

MAX_RESULTS = 100
MAX_QUERY = 1_000  # characters

_KINDS = {
    MediaClass.ARTIST: MediaKind.ARTIST,
    MediaClass.ALBUM: MediaKind.ALBUM,
    MediaClass.TRACK: MediaKind.TRACK,
    MediaClass.PLAYLIST: MediaKind.PLAYLIST,
    MediaClass.GENRE: MediaKind.GENRE,
}
SEARCH_CLASSES = list(_KINDS)


class SearchRefusedError(SearchError, BrowseError):
    """Tell why there is no result: media players expect the one, media sources the other."""


async def search(hass: HomeAssistant, tree: BrowseTree, where: Identifier, query: SearchMediaQuery) -> list[Node]:
    """Return what is found in ``where``, best first; raise UnknownNodeError, SearchRefusedError."""
    core = open_core(hass)
    text = query.search_query.strip()
    if core is None or not text:
        return []
    if len(text) > MAX_QUERY:
        raise SearchRefusedError(
            translation_domain=DOMAIN,
            translation_key="query_too_long",
            translation_placeholders={"limit": str(MAX_QUERY)},
        )
    try:
        return await _search(hass, core, tree, where, text, _wanted(query.media_filter_classes))
    except LibraryError as error:
        raise SearchRefusedError(
            translation_domain=DOMAIN, translation_key="search_failed", translation_placeholders={"error": str(error)}
        ) from error


async def _search(  # noqa: PLR0913, PLR0917 - what a search is made of
    hass: HomeAssistant, core: Core, tree: BrowseTree, where: Identifier, text: str, kinds: set[MediaKind]
) -> list[Node]:
    match where:
        case RootNode():
            return await _search_lockers(core, tree, text, None, kinds)
        case LockerNode(locker) | ShelfNode(locker) | ItemNode(locker) if locker not in {*core.locker_ids, LIBRARY}:
            raise UnknownNodeError(locker)
        case LockerNode(locker) | ShelfNode(locker):
            return await _search_lockers(core, tree, text, locker, kinds)
        case ItemNode():
            return await hass.async_add_executor_job(_search_inside, tree, where, text, kinds)
        case LiveNode():
            return []


def _wanted(classes: Collection[MediaClass | str] | None) -> set[MediaKind]:
    """Return the kinds to look for. ``music`` is what language models say for any sound."""
    kinds = {_KINDS[MediaClass(name)] for name in classes or () if name in _KINDS}
    return set(MediaKind) if MediaClass.MUSIC in (classes or ()) or not classes else kinds


async def _search_lockers(
    core: Core, tree: BrowseTree, text: str, locker: str | None, kinds: set[MediaKind]
) -> list[Node]:
    found = await core.library.find(text, locker=locker, kinds=kinds, limit=MAX_RESULTS)
    shelves = tree.shelves()
    nodes = [
        entry_node(shelves, entry.locker, entry.name if isinstance(entry, Genre) else entry)
        for entry in found
        if entry.locker in {*core.locker_ids, LIBRARY}
    ]
    if kinds == set(MediaKind) and is_anything(text):
        lockers = core.locker_ids if locker is None else [locker]
        nodes = [*await _random_albums(tree, lockers), *nodes]
    return nodes[:MAX_RESULTS]


async def _random_albums(tree: BrowseTree, lockers: Iterable[str]) -> list[Node]:
    """Return what plays when somebody asks for music and names none."""
    nodes = []
    for locker in lockers:
        with suppress(UnknownNodeError):  # a locker without albums, or one whose entry is not loaded
            nodes.append(replace(await tree.node(ShelfNode(locker, Shelf.RANDOM_ALBUMS)), children=None))
    return nodes


def _search_inside(tree: BrowseTree, where: ItemNode, text: str, kinds: set[MediaKind]) -> list[Node]:
    """Search the entries of an artist, album, playlist or genre by their names."""
    words = text.casefold().split()
    shelves = tree.shelves()
    entries = shelves.inside(where) or ()
    found = []
    for entry in entries:
        name = name_of(entry).casefold()
        if all(word in name for word in words):
            node = entry_node(shelves, where.locker, entry)
            if isinstance(node.identifier, ItemNode) and node.identifier.kind in kinds:
                found.append(node)
    return found[:MAX_RESULTS]
