"""Equal values as one object: an artist's name is in all of its tracks, and is to be in memory once."""

from collections.abc import Hashable
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..models import Track

_FIELDS = (
    "artist",
    "artist_id",
    "album",
    "album_id",
    "album_artist",
    "year",
    "genre",
    "mime_type",
    "artwork",
    "locker",
)
_DATES = ("added", "modified")


class Sharing:
    """Know the values that were met; one is made for each reading, and goes after it."""

    def __init__(self) -> None:
        """Begin with none."""
        self._values: dict[Hashable, Any] = {}
        self._dates: dict[str, datetime] = {}

    def track(self, track: Track) -> Track:
        """Return a track with values that others have too."""
        share = self._values.setdefault
        shared = {}
        for field in (*_FIELDS, *_DATES):
            value = getattr(track, field)
            shared[field] = share(value, value)
        return replace(track, **shared)

    def share(self, fields: dict[str, Any], *more: str) -> None:
        """Put values that others have too into the fields of an item; ``more`` are fields that only its kind shares."""
        share = self._values.setdefault
        for field in (*_FIELDS, *more):
            value = fields.get(field)
            if value is not None:
                fields[field] = share(value, value)

    def date(self, text: str) -> datetime:
        """Return a time that is written as ISO 8601."""
        found = self._dates.get(text)
        if found is None:
            found = self._dates[text] = datetime.fromisoformat(text)
        return found
