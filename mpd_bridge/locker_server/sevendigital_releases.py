"""The locker as 7digital sees it: releases with their tracks, in the orders that can be asked for."""

import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from .catalog import Catalog, Track, folded

_SINGLES = 1_000_000_000  # a track without an album is a release of this number and its own
_PURCHASES = 500_000_000  # a release is bought as this number and its own
_MOST = 0x7FFFFFFF


@dataclass(frozen=True)
class Release:
    """One album, or one track that is on none; ``kind`` is Album or Single."""

    id: int
    title: str
    kind: str
    artist_id: int
    artist: str
    tracks: tuple[Track, ...]

    @property
    def purchase_id(self) -> int:
        """Return the number of its purchase."""
        return _PURCHASES + self.id

    @cached_property
    def bought(self) -> float:
        """Return when its newest track was added, in Unix seconds."""
        return max(track.added for track in self.tracks)

    @property
    def has_cover(self) -> bool:
        """Tell whether there is a picture of it."""
        return self.cover_track is not None

    @property
    def cover_track(self) -> Track | None:
        """Return the first track that has a picture."""
        return next((track for track in self.tracks if track.has_cover), None)

    @property
    def label(self) -> str | None:
        """Return its label, where a track tells it."""
        return next((track.imprint.label for track in self.tracks if track.imprint.label), None)

    @property
    def barcode(self) -> str | None:
        """Return its barcode, where a track tells it."""
        return next((track.imprint.barcode for track in self.tracks if track.imprint.barcode), None)

    @property
    def released(self) -> datetime | None:
        """Return when it was released, where a track tells it."""
        return next((date for track in self.tracks if (date := _released(track))), None)


def _released(track: Track) -> datetime | None:
    text = track.imprint.released or ""
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        found = re.match(r"(\d{4})(?:-(\d\d))?", text)
        year, month = (int(found[1]), int(found[2] or 1)) if found else (track.year or 0, 1)
        return datetime(year, month, 1, tzinfo=UTC) if year > 0 and 0 < month <= 12 else None  # noqa: PLR2004 - months
    return date if date.tzinfo else date.replace(tzinfo=UTC)


_ORDERS: Mapping[str, Callable[[Release], tuple[str | float, ...]]] = {
    "releasetitle": lambda release: (folded(release.title), release.id),
    "purchasedate": lambda release: (release.bought, release.id),
    "artistname": lambda release: (folded(release.artist), folded(release.title), release.id),
}


class Releases:
    """Everything the locker holds at one moment, as releases."""

    def __init__(self, catalog: Catalog) -> None:
        """Make the releases of a catalogue."""
        albums = [
            Release(album.id, album.title, "Album", album.artist_id, album.artist, album.tracks)
            for album in catalog.albums
        ]
        singles = [
            Release(_SINGLES + track.id, track.title, "Single", track.artist_id, track.artist, (track,))
            for track in catalog.tracks
            if track.album_id is None
        ]
        self._by_id = {release.id: release for release in (*albums, *singles)}
        self._of_track = {track.id: release for release in self._by_id.values() for track in release.tracks}
        self._sorted: dict[str, Sequence[Release]] = {}

    def sorted(self, sort: str) -> Sequence[Release] | None:
        """Return all releases in an order ("releaseTitle asc", in any case); None for an order that there is not."""
        column, _blank, direction = sort.lower().partition(" ")
        if column not in _ORDERS or direction not in {"asc", "desc"}:
            return None
        if column not in self._sorted:
            self._sorted[column] = sorted(self._by_id.values(), key=_ORDERS[column])
        return self._sorted[column] if direction == "asc" else self._sorted[column][::-1]

    def get(self, release_id: int) -> Release | None:
        """Return a release."""
        return self._by_id.get(release_id)

    def of_track(self, track_id: int) -> Release | None:
        """Return the release that a track is on."""
        return self._of_track.get(track_id)

    def of_purchase(self, purchase_id: int) -> Release | None:
        """Return the release that a purchase was of."""
        return self._by_id.get(purchase_id - _PURCHASES)


def slug(name: str) -> str:
    """Return a name as it stands in addresses."""
    return re.sub(r"[^a-z0-9]+", "-", folded(name).replace("'", "")).strip("-")


def name_id(name: str) -> int:
    """Return a number for a name that has none of its own: the same each time."""
    return zlib.crc32(name.encode()) & _MOST
