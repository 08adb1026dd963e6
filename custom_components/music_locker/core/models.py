"""What a locker holds, in one form for every service.

Ids are strings as the service gives them, durations are seconds, sizes bytes, bit rates kbit/s, dates timezone-aware.
An adapter leaves ``locker`` and ``uri`` empty; the library fills them in. Tracks that come out of the library have
both.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

UNKNOWN_ARTIST = "Unknown artist"
UNKNOWN_ALBUM = "Unknown album"


class TrackKey(NamedTuple):
    """Name one track among all lockers."""

    locker: str
    id: str


class MediaKind(StrEnum):
    """Tell what an id of a locker names."""

    ARTIST = "artist"
    ALBUM = "album"
    TRACK = "track"
    PLAYLIST = "playlist"
    GENRE = "genre"


class Downloads(StrEnum):
    """Tell whether a track may be downloaded; how often is nobody's to see (seed 004, Download limits)."""

    ALLOWED = "allowed"
    LAST = "last"
    USED_UP = "used_up"
    NONE = "none"


class PlaylistKind(StrEnum):
    """Tell where a playlist comes from; each kind but the first has a shelf of its own."""

    PLAYLIST = "playlist"  # somebody has put it together
    DYNAMIC = "dynamic"  # the service calculates it
    RECOMMENDED = "recommended"  # what others have recommended to the account's owner
    FRIEND = "friend"  # a friend's library
    COLLECTION = "collection"  # a service's own way of keeping tracks together


@dataclass(frozen=True, slots=True)
class Artist:
    """Describe one artist of a locker."""

    id: str
    name: str
    locker: str = ""
    album_count: int | None = None
    track_count: int | None = None


@dataclass(frozen=True, slots=True)
class Album:
    """Describe one album of a locker; ``artwork`` is an id for :meth:`Adapter.artwork`, or None."""

    id: str
    title: str
    artist: str = UNKNOWN_ARTIST
    artist_id: str | None = None
    locker: str = ""
    year: int | None = None
    artwork: str | None = None
    track_count: int | None = None
    added: datetime | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """Describe one track: ``duration`` seconds, ``size`` bytes, ``bit_rate`` kbit/s, ``rating`` 0 to 10.

    ``artwork`` is an id for :meth:`Adapter.artwork`, or None. ``available`` is False for what the service lists but
    does not play. ``listed`` is False for what is not the account's own, a friend's: playlists lead to it, the lists of
    artists, albums and tracks leave it out. ``uri`` is the readable path that MPD clients see; it is unique over all
    lockers and stable over syncs.
    """

    id: str
    title: str
    artist: str = UNKNOWN_ARTIST
    artist_id: str | None = None
    album: str | None = None
    album_id: str | None = None
    album_artist: str | None = None
    number: int | None = None
    disc: int | None = None
    year: int | None = None
    genre: str | None = None
    duration: float | None = None
    size: int | None = None
    mime_type: str = "audio/mpeg"
    bit_rate: int | None = None
    file_name: str | None = None
    artwork: str | None = None
    rating: int | None = None
    added: datetime | None = None
    modified: datetime | None = None
    available: bool = True
    listed: bool = True
    downloads: Downloads = Downloads.ALLOWED
    locker: str = ""
    uri: str = ""

    @property
    def key(self) -> TrackKey:
        """Return what names this track among all lockers."""
        return TrackKey(self.locker, self.id)


@dataclass(frozen=True, slots=True)
class Playlist:
    """Describe one playlist of a locker; its tracks are read apart, they may be many.

    ``owner`` is the name of another user whose playlist it is, None for the account's own.
    """

    id: str
    title: str
    locker: str = ""
    track_count: int | None = None
    modified: datetime | None = None
    editable: bool = False
    kind: PlaylistKind = PlaylistKind.PLAYLIST
    owner: str | None = None

    @property
    def label(self) -> str:
        """Return the title, with its owner where that is another user whom the title does not name."""
        if self.owner is None or self.owner.casefold() in self.title.casefold():
            return self.title
        return f"{self.title} ({self.owner})"


@dataclass(frozen=True, slots=True)
class Account:
    """Describe whose locker it is; ``unique_id`` is stable over changes of the password."""

    unique_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Artwork:
    """Hold one picture."""

    content: bytes
    mime_type: str
