"""The browse tree, for the media source and for the players: the same nodes, titles and pictures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from homeassistant.components.media_player import MediaClass, MediaType
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN, NAME
from .core.library import LIBRARY, Catalog
from .core.models import Album, Artist, MediaKind, Playlist, Track, TrackKey
from .identifier import Identifier, ItemNode, LiveNode, LockerNode, RootNode, Shelf, ShelfNode
from .live import LiveStream, live_streams
from .runtime import MusicLockerConfigEntry, shared_core
from .shelves import DIGITS, OTHER, PLAYABLE, Entry, Part, Shelves, name_of

_CLASSES = {
    MediaKind.ARTIST: (MediaClass.ARTIST, MediaType.ARTIST),
    MediaKind.ALBUM: (MediaClass.ALBUM, MediaType.ALBUM),
    MediaKind.PLAYLIST: (MediaClass.PLAYLIST, MediaType.PLAYLIST),
    MediaKind.GENRE: (MediaClass.GENRE, MediaType.GENRE),
}

_CHILDREN_CLASSES = {
    Shelf.ARTISTS: MediaClass.ARTIST,
    Shelf.ALBUMS: MediaClass.ALBUM,
    Shelf.TRACKS: MediaClass.TRACK,
    Shelf.GENRES: MediaClass.GENRE,
    Shelf.PLAYLISTS: MediaClass.PLAYLIST,
    Shelf.DYNAMIC: MediaClass.PLAYLIST,
    Shelf.RECOMMENDED: MediaClass.PLAYLIST,
    Shelf.FRIENDS: MediaClass.PLAYLIST,
    Shelf.COLLECTIONS: MediaClass.PLAYLIST,
    Shelf.PURCHASES: MediaClass.DIRECTORY,
    Shelf.RECENTLY_ADDED: MediaClass.TRACK,
    Shelf.RECENTLY_PLAYED: MediaClass.TRACK,
    Shelf.TOP_RATED: MediaClass.TRACK,
    Shelf.RANDOM_ALBUMS: MediaClass.ALBUM,
}


class UnknownNodeError(LookupError):
    """Tell that no locker that is open has what an identifier names."""


@dataclass(frozen=True, slots=True)
class Node:
    """Describe one node; ``playable`` says that our own players can play it, ``children`` is None where not read."""

    identifier: Identifier
    title: str
    media_class: MediaClass
    media_type: str
    playable: bool = False
    expandable: bool = True
    searchable: bool = False
    artwork: tuple[str, str] | None = None  # a locker and its id of a cover
    children_class: MediaClass | None = None  # which pages show as the icon of a list
    children: Sequence[Node] | None = None


class BrowseTree:
    """Build nodes out of the library; what is slow runs in the executor."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Browse the core of this Home Assistant."""
        self._hass = hass

    async def node(self, identifier: Identifier) -> Node:
        """Return a node with its children; raise UnknownNodeError."""
        titles = await _titles(self._hass)
        match identifier:
            case RootNode():
                return self._root(titles)
            case LiveNode(player=None):
                return _live_list(titles, live_streams(self._hass))
            case LiveNode():
                raise UnknownNodeError(str(identifier))
            case ShelfNode(locker=locker) | ItemNode(locker=locker) if locker == LIBRARY:
                return await self._hass.async_add_executor_job(_locker_part, self.shelves(), titles, "", identifier)
            case _:
                shelves, locker = self.shelves(), _locker_title(self._hass, identifier.locker)
                return await self._hass.async_add_executor_job(_locker_part, shelves, titles, locker, identifier)

    @callback
    def shelves(self) -> Shelves:
        """Return the lists of the present catalog; raise UnknownNodeError while no entry is set up."""
        shelves = shared_core(self._hass).shelves
        if shelves is None:
            raise UnknownNodeError(DOMAIN)
        return shelves

    def _root(self, titles: dict[str, str]) -> Node:
        entries = _entries(self._hass)
        children = [locker_node(entry) for entry in entries if entry.runtime_data.locker_id is not None]
        shelves = shared_core(self._hass).shelves
        if shelves is not None and shelves.catalog.playlists(LIBRARY):
            children.append(_shelf_node(titles, ShelfNode(LIBRARY, Shelf.PLAYLISTS)))
        if entries:
            children.append(replace(_live_list(titles, ()), children=None))
        return Node(RootNode(), NAME, MediaClass.APP, MediaType.APP, searchable=True, children=children)


def locker_node(entry: MusicLockerConfigEntry) -> Node:
    """Return the node of a locker, without its children."""
    return Node(LockerNode(entry.entry_id), entry.title, MediaClass.DIRECTORY, MediaType.MUSIC, searchable=True)


def entry_node(shelves: Shelves, locker: str, entry: Entry, by: str | None = None) -> Node:
    """Return the node of something in a list, which may be ``by`` one artist, without its children."""
    if isinstance(entry, Track):
        return _track_node(entry, by)
    kind = _kind(entry)
    media_class, media_type = _CLASSES[kind]
    return Node(
        ItemNode(locker, kind, entry if isinstance(entry, str) else entry.id),
        entry.label if isinstance(entry, Playlist) else name_of(entry),
        media_class,
        media_type,
        playable=shelves.plays(locker, entry),
        searchable=True,
        artwork=_artwork(locker, entry.artwork) if isinstance(entry, Album) else None,
    )


def _track_node(track: Track, by: str | None) -> Node:
    """Return the node of a track: its type is what speakers filter by, the MIME type."""
    return Node(
        ItemNode(track.locker, MediaKind.TRACK, track.id),
        track.title if track.artist == by else f"{track.artist} \N{EN DASH} {track.title}",
        MediaClass.TRACK,
        track.mime_type,
        playable=track.available,
        expandable=False,
        artwork=_artwork(track.locker, track.artwork),
    )


def _kind(entry: Artist | Album | Playlist | str) -> MediaKind:
    match entry:
        case Artist():
            return MediaKind.ARTIST
        case Album():
            return MediaKind.ALBUM
        case Playlist():
            return MediaKind.PLAYLIST
        case _:
            return MediaKind.GENRE


def _artwork(locker: str, artwork_id: str | None) -> tuple[str, str] | None:
    return None if artwork_id is None else (locker, artwork_id)


def _locker_part(
    shelves: Shelves, titles: dict[str, str], locker_title: str, identifier: LockerNode | ShelfNode | ItemNode
) -> Node:
    """Return a node inside a locker with its children; raise UnknownNodeError."""
    match identifier:
        case LockerNode():
            shelf_nodes = [
                _shelf_node(titles, ShelfNode(identifier.locker, shelf)) for shelf in shelves.present(identifier)
            ]
            return Node(
                identifier, locker_title, MediaClass.DIRECTORY, MediaType.MUSIC, searchable=True, children=shelf_nodes
            )
        case ShelfNode():
            found, by = shelves.shelf(identifier), None
            node = _shelf_node(titles, identifier)
        case ItemNode():
            found = shelves.item(identifier)
            entry = find(shelves.catalog, identifier)
            if entry is None:
                raise UnknownNodeError(str(identifier))
            node = replace(entry_node(shelves, identifier.locker, entry), identifier=identifier)
            by = _artist_name(entry)
    if found is None:
        raise UnknownNodeError(str(identifier))
    children = [
        _part_node(titles, entry) if isinstance(entry, Part) else entry_node(shelves, identifier.locker, entry, by)
        for entry in found
    ]
    return replace(node, children=children)


def _artist_name(entry: Entry) -> str | None:
    match entry:
        case Artist():
            return entry.name
        case Album():
            return entry.artist
        case _:
            return None


def find(catalog: Catalog, identifier: ItemNode) -> Entry | None:
    """Return what an identifier names, or None."""
    locker, item_id = identifier.locker, identifier.id
    match identifier.kind:
        case MediaKind.ARTIST:
            return catalog.artist(locker, item_id)
        case MediaKind.ALBUM:
            return catalog.album(locker, item_id)
        case MediaKind.TRACK:
            return catalog.track(TrackKey(locker, item_id))
        case MediaKind.PLAYLIST:
            return catalog.playlist(locker, item_id)
        case MediaKind.GENRE:
            return item_id


def _shelf_node(titles: dict[str, str], identifier: ShelfNode) -> Node:
    title = titles[identifier.shelf] if identifier.letter is None else _letter_title(titles, identifier.letter)
    return Node(
        identifier,
        title,
        MediaClass.DIRECTORY,
        MediaType.MUSIC,
        playable=identifier.shelf in PLAYABLE,
        searchable=identifier.letter is None,
        children_class=_CHILDREN_CLASSES[identifier.shelf],
    )


def _part_node(titles: dict[str, str], part: Part) -> Node:
    title = f"{part.first} \N{EN DASH} {part.last}" if part.letter is None else _letter_title(titles, part.letter)
    month = isinstance(part.node, ShelfNode) and part.node.shelf is Shelf.PURCHASES and part.letter is not None
    return Node(part.node, title, MediaClass.DIRECTORY, MediaType.MUSIC, playable=month)


def _letter_title(titles: dict[str, str], letter: str) -> str:
    return {DIGITS: titles["letter_digits"], OTHER: titles["letter_other"]}.get(letter, letter)


def _live_list(titles: dict[str, str], streams: Iterable[LiveStream]) -> Node:
    """Return the list of live streams. Our own players do not play them: one could play itself."""
    children = [
        Node(
            LiveNode(stream.player_id),
            stream.title,
            MediaClass.MUSIC,
            "audio/mpeg",
            expandable=False,
        )
        for stream in streams
    ]
    return Node(LiveNode(), titles["live"], MediaClass.DIRECTORY, MediaType.MUSIC, children=children)


def _entries(hass: HomeAssistant) -> list[MusicLockerConfigEntry]:
    return hass.config_entries.async_loaded_entries(DOMAIN)


def _locker_title(hass: HomeAssistant, locker_id: str) -> str:
    """Return the title of a locker that is open; raise UnknownNodeError."""
    for entry in _entries(hass):
        if entry.entry_id == locker_id and entry.runtime_data.locker_id == locker_id:
            return entry.title
    raise UnknownNodeError(locker_id)


async def _titles(hass: HomeAssistant) -> dict[str, str]:
    """Return the words of the tree in the language of this Home Assistant, English where it has none."""
    prefix = f"component.{DOMAIN}.common."
    found = await async_get_translations(hass, hass.config.language, "common", [DOMAIN])
    return {key.removeprefix(prefix): text for key, text in found.items()}
