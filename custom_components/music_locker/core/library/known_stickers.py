"""What the library knows of songs by itself, under the names that clients give it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ..models import TrackKey
from .catalog import Catalog
from .history import Play, Plays
from .sticker_rows import LAST_PLAYED, PLAY_COUNT, RATING


@dataclass(frozen=True, slots=True)
class Facts:
    """Hold what the library knows; the catalog is that of one moment, the plays go on changing."""

    catalog: Catalog
    plays: Mapping[str, Plays]


@dataclass(frozen=True, slots=True)
class Known:
    """Describe one sticker: of one song, and of all songs of a locker that have it. 0 is none.

    What ``every`` returns may be read in any thread.
    """

    one: Callable[[Facts, TrackKey], int]
    every: Callable[[Facts, str], Iterable[tuple[str, int]]]


def _rating(facts: Facts, key: TrackKey) -> int:
    track = facts.catalog.track(key)
    return 0 if track is None else track.rating or 0


def _ratings(facts: Facts, locker: str) -> Iterable[tuple[str, int]]:
    return ((track.id, track.rating or 0) for track in facts.catalog.contents[locker].by_rating)


def _play(facts: Facts, key: TrackKey) -> Play:
    return facts.plays.get(key.locker, {}).get(key.id, Play())


def _plays(facts: Facts, locker: str) -> Iterable[tuple[str, Play]]:
    return list(facts.plays.get(locker, {}).items())


def _counts(facts: Facts, locker: str) -> Iterable[tuple[str, int]]:
    return ((track_id, play.times) for track_id, play in _plays(facts, locker))


def _times(facts: Facts, locker: str) -> Iterable[tuple[str, int]]:
    return ((track_id, int(play.last)) for track_id, play in _plays(facts, locker))


KNOWN: Final[Mapping[str, Known]] = {
    RATING: Known(_rating, _ratings),
    PLAY_COUNT: Known(lambda facts, key: _play(facts, key).times, _counts),
    LAST_PLAYED: Known(lambda facts, key: int(_play(facts, key).last), _times),
}
"""By name: the rating of the service, how often a song was played here, and when last, in seconds since 1970."""
