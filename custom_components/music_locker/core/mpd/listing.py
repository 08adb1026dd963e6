"""The order in which MPD shows its database: a directory's songs, then its directories with all that is in them."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..models import Track
from .tags import value_or_fallback

# In the order of the Unicode Collation Algorithm, which MPD has from ICU; there is room for 47 before the digits.
_FIRST = " _-\u2013\u2014,;:!?.'\u2018\u2019\"\u201c\u201d«»()[]{}@*/\\&#%`^°©+<=>|~$£€"
_PRIMARY = str.maketrans(
    {character: chr(order) for order, character in enumerate(_FIRST, 1)}
    | {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ł": "l", "ŧ": "t\uffff", "\u0131": "i\uffff"}
    | {"\u2044": chr(_FIRST.index("/") + 1)}
    | {code: chr(code - 0x60) for code in range(0x30A1, 0x30F7)}  # katakana as hiragana
)


@dataclass(slots=True)
class Directory:
    """Describe one directory.

    Its own songs are the rows ``start`` to ``songs_end``; with all below it they are ``start`` to ``end``. It is the
    directory ``number``, and ``last`` is the last one below it.
    """

    path: str
    directories: list[str] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)
    start: int = 0
    songs_end: int = 0
    end: int = 0
    number: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """Hold all songs in MPD's order, and the directories by their paths and in the order in which they are shown."""

    tracks: list[Track]
    in_order: list[Directory]
    directories: dict[str, Directory]


def collation_key(text: str) -> tuple[str, str, str]:
    """Return a key that sorts names as ICU does: by letters, then by accents, then small letters before capitals."""
    if text.isascii():
        return text.lower().translate(_PRIMARY), "", text.swapcase()
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join([character for character in decomposed if not unicodedata.combining(character)])
    return bare.casefold().translate(_PRIMARY), decomposed.casefold(), text.swapcase()


def make_listing(tracks: Iterable[Track], roots: Iterable[str]) -> Listing:
    """Return the songs in MPD's order; ``roots`` are shown even where they are empty."""
    directories: dict[str, Directory] = {"": Directory("")}
    for path in roots:
        _directory(directories, path)
    for track in tracks:
        _directory(directories, track.uri.rpartition("/")[0]).tracks.append(track)
    listing = Listing([], [], directories)
    _walk(listing, directories[""])
    return listing


def _directory(directories: dict[str, Directory], path: str) -> Directory:
    found = directories.get(path)
    if found is None:
        found = directories[path] = Directory(path)
        _directory(directories, path.rpartition("/")[0]).directories.append(path)
    return found


def _walk(listing: Listing, directory: Directory) -> None:
    directory.number = len(listing.in_order)
    listing.in_order.append(directory)
    directory.start = len(listing.tracks)
    directory.tracks.sort(key=_song_key)
    listing.tracks.extend(directory.tracks)
    directory.songs_end = len(listing.tracks)
    directory.tracks = []
    directory.directories.sort(key=lambda path: collation_key(path.rpartition("/")[2]))
    for path in directory.directories:
        _walk(listing, listing.directories[path])
    directory.end = len(listing.tracks)
    directory.last = len(listing.in_order) - 1


def _song_key(track: Track) -> tuple[tuple[str, str, str], int, int, tuple[str, str, str]]:
    """Sort as ``src/db/plugins/simple/SongSort.cxx``: album, disc, number, file name."""
    album = collation_key(value_or_fallback(track, "album"))
    return album, track.disc or 0, track.number or 0, collation_key(track.uri.rpartition("/")[2])
