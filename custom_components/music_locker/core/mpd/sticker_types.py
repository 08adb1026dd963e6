"""The types of stickers: how each names what carries them, and what of it there is."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from ..library.contents import Contents
from ..library.stickers import PLAYLIST, SONG, StickerKey
from ..models import Track
from .core import Core
from .errors import AckCode, AckError, quoted
from .filter_parser import parse_filter
from .filter_text import filter_text
from .filters import Operator, TagFilter, TextTest
from .index import index_of
from .playlists import stored_playlists
from .selection import find_rows
from .sticker_search import Hit, Values, like
from .tags import CANONICAL

_FILTER: Final = "filter"
_MANY: Final = 8  # one of so many songs of a locker: then it is quicker to look at all of them in their order
_OF_TAGS: Final = (
    "Artist",
    "Album",
    "AlbumArtist",
    "Title",
    "Genre",
    "Composer",
    "Performer",
    "Conductor",
    "Work",
    "Ensemble",
    "Location",
    "Label",
    "MUSICBRAINZ_ARTISTID",
    "MUSICBRAINZ_ALBUMID",
    "MUSICBRAINZ_ALBUMARTISTID",
    "MUSICBRAINZ_RELEASETRACKID",
    "MUSICBRAINZ_WORKID",
)

TYPES: Final = (_FILTER, PLAYLIST, SONG, *_OF_TAGS)
"""Every type, in MPD's order; those of tags are the tags that MPD allows."""


class StickerType(ABC):
    """Name what carries stickers of one type; ``label`` is what an answer calls it."""

    def __init__(self, name: str) -> None:
        """Name the type as the library does."""
        self.name = name
        self.label = name

    @abstractmethod
    async def key(self, core: Core, uri: str) -> StickerKey:
        """Return what an argument names; raise AckError for what is not there."""

    async def hits(self, core: Core, base: str) -> Callable[[Values], Iterable[Hit]]:  # noqa: ARG002 - for those who override it
        """Return what orders, in any thread, the values of what ``sticker find`` looks through."""
        below = like(base)
        return lambda values: sorted(
            (item, value) for items in values.values() for item, value in items.items() if below(item)
        )


class SongType(StickerType):
    """Songs by their paths; ``sticker find`` looks below a directory."""

    def __init__(self) -> None:
        """Call a song a file."""
        super().__init__(SONG)
        self.label = "file"

    async def key(self, core: Core, uri: str) -> StickerKey:
        """Return the song at a path; raise AckError."""
        track = core.library.catalog.track_by_uri(uri)
        if track is None:
            raise AckError(AckCode.NO_EXIST, "No such song")
        return StickerKey(SONG, *track.key)

    async def hits(self, core: Core, base: str) -> Callable[[Values], Iterable[Hit]]:
        """Order the songs of the database below a directory; "" is all."""
        catalog = core.library.catalog
        prefix = f"{base}/" if base else ""

        def found(values: Values) -> Iterator[Hit]:
            uris: dict[str, str] = {}
            for locker, items in values.items():
                contents = catalog.contents.get(locker)
                for track in () if contents is None else _tracks(contents, items):
                    if (value := items.get(track.id)) is not None and track.uri.startswith(prefix):
                        uris[track.uri] = value
            return ((uri, uris[uri]) for uri in sorted(uris))  # texts, nearly in order: 10 ms for 100,000

        return found


def _tracks(contents: Contents, items: Mapping[str, str]) -> Iterable[Track]:
    """Return the listed tracks that have these ids, perhaps among others; many of them nearly in order."""
    if len(items) * _MANY > len(contents.tracks):
        return contents.tracks
    found = map(contents.listed.tracks.get, items)
    return (track for track in found if track is not None and track.listed)


class PlaylistType(StickerType):
    """Stored playlists by their names; their stickers stay with them when they are renamed."""

    async def key(self, core: Core, uri: str) -> StickerKey:
        """Return the playlist of a name; raise AckError."""
        stored = (await stored_playlists(core.library)).get(uri)
        if stored is None:
            raise AckError(AckCode.ARG, f"no such playlist: {quoted(uri)}")
        return StickerKey(PLAYLIST, stored.playlist.locker, stored.playlist.id)

    async def hits(self, core: Core, base: str) -> Callable[[Values], Iterable[Hit]]:
        """Order playlists by their names."""
        below = like(base)
        stored = await stored_playlists(core.library)
        names = {(each.playlist.locker, each.playlist.id): name for name, each in stored.items()}
        return lambda values: sorted(
            (name, values[locker][item])
            for (locker, item), name in names.items()
            if item in values.get(locker, {}) and below(name)
        )


class TagType(StickerType):
    """The values of a tag that songs have."""

    def __init__(self, tag: str) -> None:
        """Take the tag's lower-case name."""
        super().__init__(CANONICAL[tag])
        self._tag = tag

    async def key(self, core: Core, uri: str) -> StickerKey:
        """Return a value; raise AckError."""
        if self.name not in _OF_TAGS:
            raise AckError(AckCode.ARG, f"unsupported tag: {quoted(self.name)}")
        if not await find_rows(await index_of(core.library), TagFilter(self._tag, TextTest(Operator.EQUAL, uri))):
            raise AckError(AckCode.ARG, f"no such {self.name}: {quoted(uri)}")
        return StickerKey(self.name, "", uri)


class FilterType(StickerType):
    """Filters that take songs, each under the one text that means the same."""

    async def key(self, core: Core, uri: str) -> StickerKey:
        """Return a filter; raise AckError."""
        try:
            chosen = parse_filter([uri], folded=False)
        except AckError as error:
            raise AckError(AckCode.UNKNOWN, error.message) from error
        text = filter_text(chosen)
        if not await find_rows(await index_of(core.library), chosen):
            raise AckError(AckCode.ARG, f"no matches found: {quoted(text)}")
        return StickerKey(_FILTER, "", text)


def parse_type(text: str) -> StickerType:
    """Return a type by its name, tags in any case; raise AckError."""
    if text in _PLAIN:
        return _PLAIN[text]
    if text.lower() in CANONICAL:
        return TagType(text.lower())
    raise AckError(AckCode.ARG, f"unknown sticker domain {quoted(text)}")


def parse_type_name(text: str) -> str:
    """Return the name of a type, a tag written as MPD does; raise AckError."""
    if text in TYPES:
        return text
    if text in CANONICAL.values():
        raise AckError(AckCode.ARG, f"unsupported tag {quoted(text)}")
    raise AckError(AckCode.ARG, f"no such tag {quoted(text)}")


_PLAIN: Final[dict[str, StickerType]] = {
    SONG: SongType(),
    PLAYLIST: PlaylistType(PLAYLIST),
    _FILTER: FilterType(_FILTER),
}
