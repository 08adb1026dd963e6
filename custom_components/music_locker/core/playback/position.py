"""A place in a track that goes on with the clock, or stands still."""

from collections.abc import Callable


class Position:
    """Know how many seconds have played."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Read seconds from ``clock``; ``changed`` is called when the position is set, held or runs again."""
        self._clock = clock
        self._seconds = 0.0
        self._since: float | None = None
        self._before = 0.0  # seconds that went by in earlier runs
        self.changed: Callable[[], None] = lambda: None

    @property
    def running(self) -> bool:
        """Tell whether it goes on."""
        return self._since is not None

    @property
    def now(self) -> float:
        """Return the seconds."""
        return self._seconds if self._since is None else self._seconds + self._clock() - self._since

    @property
    def total(self) -> float:
        """Return for how many seconds it has gone on in all, wherever that was."""
        return self._before if self._since is None else self._before + self._clock() - self._since

    def set(self, seconds: float) -> None:
        """Be at ``seconds``, and go on or stand still as before."""
        running = self._since is not None
        self.hold()
        self._seconds = seconds
        if running:
            self.run()
        self.changed()

    def run(self) -> None:
        """Go on with the clock."""
        if self._since is None:
            self._since = self._clock()
            self.changed()

    def hold(self) -> None:
        """Stand still."""
        self._before = self.total
        self._seconds, self._since = self.now, None
        self.changed()
