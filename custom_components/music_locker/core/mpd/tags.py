"""MPD's tags, and what a track has of them."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache

from ..models import UNKNOWN_ALBUM, UNKNOWN_ARTIST, Track

NAMES = (
    "Artist",
    "ArtistSort",
    "Album",
    "AlbumSort",
    "AlbumArtist",
    "AlbumArtistSort",
    "Title",
    "TitleSort",
    "Track",
    "Name",
    "Genre",
    "Mood",
    "Date",
    "OriginalDate",
    "Composer",
    "ComposerSort",
    "Performer",
    "Conductor",
    "Work",
    "Movement",
    "MovementNumber",
    "ShowMovement",
    "Ensemble",
    "Location",
    "Grouping",
    "Comment",
    "Disc",
    "Label",
    "MUSICBRAINZ_ARTISTID",
    "MUSICBRAINZ_ALBUMID",
    "MUSICBRAINZ_ALBUMARTISTID",
    "MUSICBRAINZ_TRACKID",
    "MUSICBRAINZ_RELEASETRACKID",
    "MUSICBRAINZ_WORKID",
    "MUSICBRAINZ_RELEASEGROUPID",
)
"""Every tag that filters, sort and group take, in MPD's order (``src/tag/Names.cxx``)."""

SHOWN = ("Artist", "AlbumArtist", "Title", "Album", "Track", "Date", "Genre", "Disc")
"""The tags that tracks of a locker have, in the order in which songs show them."""

CANONICAL: Mapping[str, str] = {name.lower(): name for name in NAMES}
"""A tag's name by its lower-case name."""

ALL_TAGS = frozenset(name.lower() for name in SHOWN)
"""The lower-case names of all tags that songs show: the mask of a new client."""

HIDDEN_TAGS = frozenset({"comment"})
"""Tags that MPD, too, does not show unless it is told to in its configuration."""

DEFAULT_TAGS = frozenset(CANONICAL) - HIDDEN_TAGS
"""The lower-case names of the tags that a new client is shown: ``metadata_to_use`` of MPD, where nothing is set."""

FALLBACKS: Mapping[str, tuple[str, ...]] = {
    "albumartistsort": ("albumartist", "artist"),
    "albumartist": ("artist",),
    "artistsort": ("artist",),
    "albumsort": ("album",),
    "titlesort": ("title",),
}
"""Which tags stand in, in this order, for one that a track has not (``src/tag/Fallback.hxx``)."""

_LONGEST = 3500  # bytes of a value; libmpdclient drops a connection that sends a line over 4095
_BREAKING = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")


def clean(text: str) -> str:
    """Return ``text`` without what would break the protocol: control characters, lone surrogates, over-long values."""
    if not text.isprintable():
        text = _BREAKING.sub(" ", text)
    if len(text) * 4 > _LONGEST and len(content := text.encode()) > _LONGEST:
        return content[:_LONGEST].decode(errors="ignore")
    return text


def own_value(track: Track, tag: str) -> str:
    """Return a track's own value of a tag (lower-case name), empty where it has none."""
    read = _READERS.get(tag)
    return "" if read is None else read(track)


def _text(value: str | None, unknown: str = "") -> str:
    return "" if value is None or value == unknown else clean(value)


@lru_cache(maxsize=4096)
def _number(value: int | None) -> str:
    return "" if value is None else str(value)


_READERS: Mapping[str, Callable[[Track], str]] = {
    "artist": lambda track: _text(track.artist, UNKNOWN_ARTIST),
    "albumartist": lambda track: _text(track.album_artist, UNKNOWN_ARTIST),
    "title": lambda track: clean(track.title),
    "album": lambda track: _text(track.album, UNKNOWN_ALBUM),
    "track": lambda track: _number(track.number),
    "date": lambda track: _number(track.year),
    "genre": lambda track: _text(track.genre),
    "disc": lambda track: _number(track.disc),
}


def value_or_fallback(track: Track, tag: str) -> str:
    """Return a track's value of a tag, or of the tag that stands in for it, or an empty text."""
    value = own_value(track, tag)
    if value:
        return value
    return next(filter(None, (own_value(track, other) for other in FALLBACKS.get(tag, ()))), "")


def fold(text: str) -> str:
    """Return ``text`` with differences of case and compatibility taken out, as MPD's ICU does (NFKC_Casefold)."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def time_text(moment: datetime) -> str:
    """Return a time as the protocol writes it, for example ``2008-09-28T20:04:57Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
