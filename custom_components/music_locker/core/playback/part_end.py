"""Telling when the part of a track that is to be played has been played (MPD's ``rangeid``)."""

import asyncio
from collections.abc import Callable

from .position import Position

_CLOSE_ENOUGH = 0.005  # seconds


class PartEnd:
    """Wait for a place in the present track, wherever its position goes meanwhile."""

    def __init__(self, position: Position, reached: Callable[[], None]) -> None:
        """Call ``reached`` once when the position has come there by playing."""
        self._position = position
        self._reached = reached
        self._seconds: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        position.changed = self._look

    def wait_for(self, seconds: float | None) -> None:
        """Wait for ``seconds``, or for nothing any more."""
        self._seconds = seconds
        self._look()

    def _look(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._seconds is not None and self._position.running:
            rest = max(self._seconds - self._position.now, 0.0)
            self._timer = asyncio.get_running_loop().call_later(rest, self._ring)

    def _ring(self) -> None:
        if self._seconds is None or self._position.now < self._seconds - _CLOSE_ENOUGH:
            self._look()
        else:
            self._seconds = None
            self._reached()
