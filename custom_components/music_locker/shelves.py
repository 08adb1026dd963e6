"""What is in a locker's lists, cut into letters and pages where a list is too long to show."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from homeassistant.util import dt as dt_util

from .core.library import Catalog
from .core.models import Album, Artist, MediaKind, Playlist, PlaylistKind, Track
from .identifier import ItemNode, LockerNode, Shelf, ShelfNode

PAGE = 500  # what a browser shows without stuttering
RECENT = 100
RATED = 100
RANDOM = 50
KINDS = {
    Shelf.PLAYLISTS: PlaylistKind.PLAYLIST,
    Shelf.DYNAMIC: PlaylistKind.DYNAMIC,
    Shelf.RECOMMENDED: PlaylistKind.RECOMMENDED,
    Shelf.FRIENDS: PlaylistKind.FRIEND,
    Shelf.COLLECTIONS: PlaylistKind.COLLECTION,
}
PLAYABLE = frozenset(
    {
        Shelf.DYNAMIC,
        Shelf.RECOMMENDED,
        Shelf.FRIENDS,
        Shelf.COLLECTIONS,
        Shelf.PURCHASES,
        Shelf.RECENTLY_ADDED,
        Shelf.RECENTLY_PLAYED,
        Shelf.TOP_RATED,
        Shelf.RANDOM_ALBUMS,
    }
)
DIGITS = "0"
OTHER = "other"

type Entry = Artist | Album | Track | Playlist | str  # a str is a genre


@dataclass(frozen=True, slots=True)
class Part:
    """Name a part of a long list: a letter, or with ``page`` the entries ``first`` to ``last`` of it."""

    node: ShelfNode | ItemNode
    letter: str | None = None
    first: int = 0
    last: int = 0


class Shelves:
    """Read lists out of a catalog. Sorting and cutting is done once per list; safe to use from any thread."""

    def __init__(
        self,
        catalog: Catalog,
        recently_played: Callable[[str, int], Sequence[Track]],
        sells: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """Read this catalog, which never changes, and what was played last of a locker.

        ``sells`` tells whether the tracks of a locker were bought on the day on which they were added.
        """
        self.catalog = catalog
        self._recently_played = recently_played
        self._sells = sells
        self._letters: dict[tuple[str, Shelf], dict[str, list[Entry]]] = {}

    def present(self, node: LockerNode) -> list[Shelf]:
        """Return the lists that the locker has something for."""
        has_albums = bool(self.catalog.albums(node.locker))
        return [
            shelf
            for shelf in Shelf
            if (has_albums if shelf is Shelf.RANDOM_ALBUMS else self.entries(node.locker, shelf))
        ]

    def entries(self, locker: str, shelf: Shelf) -> Sequence[Entry]:
        """Return a whole list, in its order."""
        readers: dict[Shelf, Callable[[], Sequence[Entry]]] = {
            Shelf.ARTISTS: lambda: self.catalog.artists(locker),
            Shelf.ALBUMS: lambda: self.catalog.albums(locker),
            Shelf.TRACKS: lambda: self.catalog.tracks_by_title(locker),
            Shelf.GENRES: lambda: self.catalog.genres(locker),
            Shelf.FRIENDS: lambda: sorted(self.catalog.playlists(locker, PlaylistKind.FRIEND), key=_owner),
            Shelf.PURCHASES: lambda: self._purchases(locker),
            Shelf.RECENTLY_ADDED: lambda: self.catalog.recently_added(locker, limit=RECENT),
            Shelf.RECENTLY_PLAYED: lambda: self._recently_played(locker, RECENT),
            Shelf.TOP_RATED: lambda: self.catalog.top_rated(locker, limit=RATED),
            Shelf.RANDOM_ALBUMS: lambda: self.catalog.random_albums(locker, limit=RANDOM),
        }
        if shelf in readers:
            return readers[shelf]()
        return self.catalog.playlists(locker, KINDS[shelf])

    def _purchases(self, locker: str) -> Sequence[Track]:
        contents = self.catalog.contents.get(locker)
        return contents.recently_added if contents is not None and self._sells(locker) else ()

    def whole(self, node: ShelfNode) -> Sequence[Entry]:
        """Return all of a list, or of a letter of it; nothing where there is no such letter."""
        if node.letter is None:
            return self.entries(node.locker, node.shelf)
        return self._by_letter(node.locker, node.shelf).get(node.letter, ())

    def plays(self, locker: str, entry: Entry) -> bool:
        """Tell whether a locker gives anything of an entry."""
        return any(track.available for track in self._sounds(locker, entry))

    def _sounds(self, locker: str, entry: Entry) -> Iterable[Track]:
        match entry:
            case Track():
                return (entry,)
            case Artist():
                return self.catalog.artist_tracks(locker, entry.id)
            case Album():
                return self.catalog.album_tracks(locker, entry.id)
            case Playlist():
                return self.catalog.iter_playlist(locker, entry.id)
            case _:
                return self.catalog.genre_tracks(locker, entry)

    def shelf(self, node: ShelfNode) -> Sequence[Entry | Part] | None:
        """Return what to show for a list, a letter or a page; None where there is no such letter or page."""
        if node.letter is None:
            entries = self.entries(node.locker, node.shelf)
            if len(entries) <= PAGE and node.shelf is not Shelf.PURCHASES:
                return entries
            letters = self._by_letter(node.locker, node.shelf)
            return [Part(ShelfNode(node.locker, node.shelf, letter), letter=letter) for letter in letters]
        of_letter = self._by_letter(node.locker, node.shelf).get(node.letter)
        if of_letter is None:
            return None
        return _page(of_letter, node.page, lambda page: ShelfNode(node.locker, node.shelf, node.letter, page))

    def item(self, node: ItemNode) -> Sequence[Entry | Part] | None:
        """Return what to show inside an artist, album, genre or playlist; None where there is none."""
        entries = self.inside(node)
        if entries is None:
            return None
        return _page(entries, node.page, lambda page: ItemNode(node.locker, node.kind, node.id, page))

    def inside(self, node: ItemNode) -> Sequence[Entry] | None:
        """Return all that is inside an artist, album, genre or playlist; None where there is none."""
        catalog = self.catalog
        match node.kind:
            case MediaKind.ARTIST if catalog.artist(node.locker, node.id) is not None:
                return self._artist(node)
            case MediaKind.ALBUM if catalog.album(node.locker, node.id) is not None:
                return catalog.album_tracks(node.locker, node.id)
            case MediaKind.PLAYLIST if catalog.playlist(node.locker, node.id) is not None:
                return catalog.playlist_tracks(node.locker, node.id)
            case MediaKind.GENRE:
                return catalog.genre_tracks(node.locker, node.id) or None
            case _:
                return None

    def _artist(self, node: ItemNode) -> Sequence[Entry]:
        """Return an artist's albums, then the tracks that are on none of them."""
        albums = self.catalog.artist_albums(node.locker, node.id)
        on_albums = {album.id for album in albums}
        tracks = self.catalog.artist_tracks(node.locker, node.id)
        return [*albums, *(track for track in tracks if track.album_id not in on_albums)]

    def _by_letter(self, locker: str, shelf: Shelf) -> dict[str, list[Entry]]:
        if (locker, shelf) not in self._letters:
            found: dict[str, list[Entry]] = {}
            for entry in self.entries(locker, shelf):
                found.setdefault(_heading(shelf, entry), []).append(entry)
            self._letters[locker, shelf] = dict(sorted(found.items(), reverse=shelf is Shelf.PURCHASES))
        return self._letters[locker, shelf]


def _owner(playlist: Playlist) -> str:
    """Return what a friend's library is listed under."""
    return (playlist.owner or playlist.title).casefold()


def _heading(shelf: Shelf, entry: Entry) -> str:
    """Return the letter of an entry; of what was bought, the month by this Home Assistant's clock."""
    if shelf is Shelf.PURCHASES and isinstance(entry, Track) and entry.added is not None:
        return f"{dt_util.as_local(entry.added):%Y-%m}"
    if shelf is Shelf.FRIENDS and isinstance(entry, Playlist):
        return letter_of(_owner(entry))
    return letter_of(name_of(entry))


def name_of(entry: Entry) -> str:
    """Return what an entry is listed under."""
    match entry:
        case str():
            return entry
        case Artist():
            return entry.name
        case _:
            return entry.title


def letter_of(name: str) -> str:
    """Return A to Z, or the letter of digits, or that of everything else; signs before the name do not count."""
    return next(filter(None, map(_letter_of_character, name)), OTHER)


@lru_cache(maxsize=4096)
def _letter_of_character(character: str) -> str | None:
    """Return the letter of one character, None for a sign."""
    base = next(filter(str.isalnum, unicodedata.normalize("NFKD", character)), None)
    if base is None:
        return None
    upper = base.upper()[0]
    if not upper.isascii():
        return OTHER
    return DIGITS if upper.isdigit() else upper


def _page(
    entries: Sequence[Entry], page: int | None, node: Callable[[int], ShelfNode | ItemNode]
) -> Sequence[Entry | Part] | None:
    """Return one page of a list, or if the list is short all of it, or the list of its pages."""
    if page is not None:
        return entries[(page - 1) * PAGE : page * PAGE] or None
    if len(entries) <= PAGE:
        return entries
    return [
        Part(node(start // PAGE + 1), first=start + 1, last=min(start + PAGE, len(entries)))
        for start in range(0, len(entries), PAGE)
    ]
