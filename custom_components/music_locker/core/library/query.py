"""Read what somebody says or types, and find what is meant: "some Björk", "my Party playlist", "25 by Adele".

A name may hold any of these words itself ("Some Girls", "My Way", "By the Way"), so the words as they are come first,
and every other reading only counts where it fits better.
"""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice

from ..models import Album, Artist, MediaKind, Playlist, Track
from .folding import fold

type Entry = Artist | Album | Track | Playlist
type Search = Callable[[str, Collection[MediaKind]], Awaitable[Sequence[Entry]]]

_MAX_QUERY = 500  # characters
_MAX_READINGS = 10


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ARTICLES = _words("the a an der die das den les los")
_PARTITIVE = _words("some any bit little more etwas was bisschen wenig mehr")
_ENGLISH = _words("play please me us my our of")
_GERMAN = _words("spiel spiele bitte mir uns ein eine einen mein meine meinen unser unsere unseren")
_LEADING = _ARTICLES | _PARTITIVE | _ENGLISH | _GERMAN
_SOUND = _words("music songs tracks tunes stuff something anything musik lieder titel")
_BETWEEN = _words("by from of von vom de")
_NAMES_OF_KINDS = {
    MediaKind.ARTIST: "artist band group singer kunstler kunstlerin sanger sangerin gruppe",
    MediaKind.ALBUM: "album albums record lp platte",
    MediaKind.TRACK: "song track tune lied nummer",
    MediaKind.PLAYLIST: "playlist wiedergabeliste",
    MediaKind.GENRE: "genre",
}
_KINDS = {word: kind for kind, words in _NAMES_OF_KINDS.items() for word in _words(words)}
_POSSESSIVE = re.compile(r"(?P<artist>.+?)(?:['\u2019]s|(?<=s)['\u2019])\s+(?P<title>\S.*)", re.IGNORECASE)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_TWO_LETTERS = re.compile(r"([aou])e")


class Fit(IntEnum):
    """Tell how well a title fits, the best first."""

    EXACT = 0
    BEGINS = 1
    HAS = 2
    WORDS = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold one meaning of a query: what is called ``title``, of ``artist`` if that is said, of one kind if it is.

    ``partitive`` is "some" and the like, said of artists and genres rather than of albums and tracks.
    """

    title: str
    artist: str = ""
    kind: MediaKind | None = None
    partitive: bool = False


@dataclass(frozen=True, slots=True)
class Genre:
    """Name a genre of a locker."""

    locker: str
    name: str


def is_anything(query: str) -> bool:
    """Tell whether a query names nothing, but asks for music: "music", "some songs", "etwas Musik"."""
    words = fold(query[:_MAX_QUERY]).split()
    return any(word in _SOUND for word in words) and all(word in _SOUND | _LEADING for word in words)


def readings(query: str) -> Sequence[Reading]:
    """Return the meanings of a query, the most literal first."""
    query = query[:_MAX_QUERY]
    text = fold(query)
    found = dict.fromkeys([Reading(text), *_with_possessive(query), *_with_artist(text.split()), *_bare(text.split())])
    return [reading for reading in islice(found, _MAX_READINGS) if reading.title or reading.artist]


def _with_possessive(query: str) -> Iterator[Reading]:
    """Read "Adele's 25"."""
    if (match := _POSSESSIVE.fullmatch(query.strip())) is not None:
        yield from _joined(fold(match["title"]).split(), fold(match["artist"]).split())


def _with_artist(words: list[str]) -> Iterator[Reading]:
    """Read "25 by Adele"; the last such word first, for titles have them too."""
    for place in range(len(words) - 2, 0, -1):
        if words[place] in _BETWEEN:
            yield from _joined(words[:place], words[place + 1 :])


def _joined(title: list[str], artist: list[str]) -> Iterator[Reading]:
    """Read a title and an artist; a title of fillers only means whatever there is of the artist."""
    names = [" ".join(_without_type(artist)), " ".join(artist)]
    if all(word in _SOUND | _LEADING for word in title):
        yield from (Reading(name, kind=MediaKind.ARTIST) for name in names)
        return
    for bare in _bare(title):
        for name in names:
            yield Reading(bare.title, name, bare.kind)


def _without_type(words: list[str]) -> list[str]:
    """Take "the band" away from "the band Queen"."""
    for place, word in enumerate(words[:-1]):
        if word in _KINDS:
            return words[place + 1 :]
        if word not in _LEADING:
            break
    return words


def _bare(words: list[str]) -> Iterator[Reading]:
    """Take away one filler after the other from the beginning, and what says of which kind it is at either end."""
    kind: MediaKind | None = None
    partitive = False
    untyped: list[Reading] = []  # "the album My Way" may be said of a track
    while words:
        if len(words) > 1 and words[-1] in _KINDS:
            yield Reading(" ".join(words[:-1]), "", _KINDS[words[-1]], partitive)
        elif len(words) > 1 and words[-1] in _SOUND:
            yield Reading(" ".join(words[:-1]), "", kind, partitive=True)
        yield Reading(" ".join(words), "", kind, partitive)
        if kind is not None:
            untyped.append(Reading(" ".join(words), "", None, partitive))
        first = words[0]
        if first in _KINDS and kind is None:
            kind = _KINDS[first]
        elif first not in _LEADING:
            break
        partitive = partitive or first in _PARTITIVE
        words = words[1:]
    yield from untyped


async def find(
    query: str, kinds: Collection[MediaKind], search: Search, genres: Sequence[Genre]
) -> list[Entry | Genre]:
    """Return what a query may mean, the best first; ``search`` gives what holds all of some words."""
    search = _each_once(search)
    ranked = await _ranked(query, kinds, search, genres)
    for spelling in _other_spellings(query):
        if not ranked:
            ranked = await _ranked(spelling, kinds, search, genres)
    return sorted(ranked, key=ranked.__getitem__)


def _other_spellings(query: str) -> Iterator[str]:
    """Write German umlauts as two letters, and two letters as umlauts."""
    query = unicodedata.normalize("NFC", query[:_MAX_QUERY]).lower()
    for spelling in (query.translate(_UMLAUTS), _TWO_LETTERS.sub(r"\1", query)):
        if spelling != query:
            yield spelling


def _each_once(search: Search) -> Search:
    """Search for the same words once only, however many meanings have them."""
    known: dict[tuple[str, frozenset[MediaKind]], Sequence[Entry]] = {}

    async def search_once(words: str, kinds: Collection[MediaKind]) -> Sequence[Entry]:
        key = words, frozenset(kinds)
        if key not in known:
            known[key] = await search(words, kinds)
        return known[key]

    return search_once


async def _ranked(
    query: str, kinds: Collection[MediaKind], search: Search, genres: Sequence[Genre]
) -> dict[Entry | Genre, tuple[int, int, int, int]]:
    ranked: dict[Entry | Genre, tuple[int, int, int, int]] = {}
    for order, reading in enumerate(readings(query)):
        wanted = {kind for kind in kinds if kind is reading.kind} or set(kinds)
        fits = [(_fit(entry, reading), entry) for entry in await _candidates(reading, wanted, search, genres)]
        for place, (fit, entry) in enumerate(fits):
            if fit is not None:
                rank = (fit, order, _order_of_kind(entry, reading), place)
                ranked[entry] = min(rank, ranked.get(entry, rank))
        if any(fit is Fit.EXACT for fit, _ in fits):
            break
    return ranked


async def _candidates(
    reading: Reading, kinds: set[MediaKind], search: Search, genres: Sequence[Genre]
) -> list[Entry | Genre]:
    words = reading.title
    if reading.artist:  # in one order, for what has all of them is the same in any
        words = " ".join(sorted({*words.split(), *_without_article(reading.artist).split()}))
    found: list[Entry | Genre] = list(await search(words, kinds - {MediaKind.GENRE}))
    if MediaKind.GENRE in kinds and not reading.artist:
        found += [genre for genre in genres if reading.title in fold(genre.name)]
    return found


def _fit(entry: Entry | Genre, reading: Reading) -> Fit | None:
    """Tell how well an entry fits a reading; None where it is of somebody else."""
    if reading.artist:
        if not isinstance(entry, Album | Track):
            return None
        names = [entry.artist, entry.album_artist] if isinstance(entry, Track) else [entry.artist]
        if not any(_without_article(reading.artist) in fold(name) for name in names if name):
            return None
    name = fold(entry.name if isinstance(entry, Artist | Genre) else entry.title)
    if reading.title in {name, _without_article(name)}:
        return Fit.EXACT
    if name.startswith(f"{reading.title} "):
        return Fit.BEGINS
    return Fit.HAS if reading.title in name else Fit.WORDS


def _order_of_kind(entry: Entry | Genre, reading: Reading) -> int:
    order: tuple[type, ...] = (Artist, Album, Playlist, Track, Genre)
    if reading.partitive:
        order = (Artist, Genre, Playlist, Album, Track)
    return next(place for place, kind in enumerate(order) if isinstance(entry, kind))


def _without_article(name: str) -> str:
    first, _, rest = name.partition(" ")
    return rest if rest and first in _ARTICLES else name
