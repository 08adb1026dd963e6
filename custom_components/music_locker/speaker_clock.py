"""Where a speaker is in its track, between the times when it tells."""

import time
from collections.abc import Callable

_TOLERANCE = 2.0  # seconds; speakers tell whole seconds, and tell them late


class SpeakerClock:
    """Estimate a position in seconds: it runs while the speaker plays, and is put right by what the speaker tells."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Stand at zero."""
        self._now = now
        self._position = 0.0
        self._since: float | None = None

    @property
    def position(self) -> float:
        """Return the position now."""
        return self._position if self._since is None else self._position + self._now() - self._since

    def set(self, position: float) -> None:
        """Put the clock to a position, running or not as before."""
        self._position = position
        if self._since is not None:
            self._since = self._now()

    def run(self) -> None:
        """Let the clock run."""
        if self._since is None:
            self._since = self._now()

    def hold(self) -> None:
        """Stop the clock where it is."""
        self._position = self.position
        self._since = None

    def correct(self, told: float) -> bool:
        """Take the speaker's own position if it is far from the estimate, and tell whether it was."""
        if abs(told - self.position) <= _TOLERANCE:
            return False
        self.set(told)
        return True
