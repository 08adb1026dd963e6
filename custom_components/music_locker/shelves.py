"""What is in a locker's lists, cut into letters and pages where a list is too long to show."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .core.library import Catalog
from .core.models import Album, Artist, MediaKind, Playlist, Track
from .identifier import ItemNode, LockerNode, Shelf, ShelfNode

PAGE = 500  # what a browser shows without stuttering
RECENT = 100
RATED = 100
RANDOM = 50
PLAYABLE = frozenset({Shelf.RECENTLY_ADDED, Shelf.RECENTLY_PLAYED, Shelf.TOP_RATED, Shelf.RANDOM_ALBUMS})
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

    def __init__(self, catalog: Catalog, recently_played: Callable[[str, int], Sequence[Track]]) -> None:
        """Read this catalog, which never changes, and what was played last of a locker."""
        self.catalog = catalog
        self._recently_played = recently_played
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
            Shelf.PLAYLISTS: lambda: self.catalog.playlists(locker),
            Shelf.RECENTLY_ADDED: lambda: self.catalog.recently_added(locker, limit=RECENT),
            Shelf.RECENTLY_PLAYED: lambda: self._recently_played(locker, RECENT),
            Shelf.TOP_RATED: lambda: self.catalog.top_rated(locker, limit=RATED),
            Shelf.RANDOM_ALBUMS: lambda: self.catalog.random_albums(locker, limit=RANDOM),
        }
        return readers[shelf]()

    def shelf(self, node: ShelfNode) -> Sequence[Entry | Part] | None:
        """Return what to show for a list, a letter or a page; None where there is no such letter or page."""
        entries = self.entries(node.locker, node.shelf)
        if node.letter is None:
            if len(entries) <= PAGE:
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
                found.setdefault(letter_of(name_of(entry)), []).append(entry)
            self._letters[locker, shelf] = dict(sorted(found.items()))
        return self._letters[locker, shelf]


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
