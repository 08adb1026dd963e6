"""What all clients of one server share (MPD's own word for it)."""

import time
from collections.abc import Callable

__all__ = ["Instance"]


class Instance:
    """Hold what belongs to a server and not to one of its clients.

    ``kill`` ends the program, or is None where a client may not do that. ``started`` is a monotonic time in seconds.
    """

    __slots__ = ("kill", "started")

    def __init__(self, *, kill: Callable[[], object] | None = None) -> None:
        """Begin now."""
        self.kill = kill
        self.started = time.monotonic()
