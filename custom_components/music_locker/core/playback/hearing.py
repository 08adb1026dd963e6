"""Tell which tracks were played: to their end, or at least half of them or four minutes.

That is the rule by which scrobblers count (last.fm, "Scrobbling 2.0", "When is a scrobble a scrobble?").
"""

from collections.abc import Callable
from typing import Final

from ..models import Track
from .queue import QueueItem

_LONG_ENOUGH: Final = 240.0  # seconds

type Played = Callable[[Track, float], None]
"""Take a track and how many seconds of it were heard."""


class Hearing:
    """Follow one output's track at a time."""

    def __init__(self, played: Played) -> None:
        """Call ``played`` once for every track that was played."""
        self._played = played
        self._track: Track | None = None

    def begin(self, item: QueueItem, elapsed: float) -> None:
        """Follow an item from ``elapsed`` seconds on; one that goes on behind that mark has been counted before."""
        self._track = None if item.track is None or _is_enough(item.track, elapsed) else item.track

    def leave(self, elapsed: float, *, ended: bool = False) -> None:
        """Let go of the item after ``elapsed`` seconds, or at its end."""
        track, self._track = self._track, None
        if track is not None and (ended or _is_enough(track, elapsed)):
            self._played(track, track.duration if ended and track.duration is not None else elapsed)


def _is_enough(track: Track, elapsed: float) -> bool:
    enough = _LONG_ENOUGH if track.duration is None else min(_LONG_ENOUGH, track.duration / 2)
    return elapsed >= enough > 0
