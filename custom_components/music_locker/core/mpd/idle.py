"""What a client is told when something changes (protocol, "idle")."""

from collections.abc import Iterable
from functools import lru_cache

SUBSYSTEMS = (
    "database",
    "stored_playlist",
    "playlist",
    "player",
    "mixer",
    "output",
    "options",
    "sticker",
    "update",
    "subscription",
    "message",
    "neighbor",
    "mount",
    "partition",
)
"""Every name that ``idle`` takes, in the order in which MPD prints them."""
OF_A_PARTITION = frozenset({"playlist", "player", "mixer", "output", "options"})
"""What is different for a client that comes into another partition."""


class IdleEvents:
    """Remember what changed for one client until it asks."""

    __slots__ = ("_pending", "_wanted")

    def __init__(self) -> None:
        """Begin with nothing changed and not waiting."""
        self._pending: set[str] = set()
        self._wanted: frozenset[str] | None = None

    @property
    def waiting(self) -> bool:
        """Tell whether the client waits in ``idle``."""
        return self._wanted is not None

    def wait(self, wanted: Iterable[str]) -> None:
        """Begin to wait for these subsystems; for all where none are named."""
        self._wanted = frozenset(wanted) or frozenset(SUBSYSTEMS)

    def cancel(self) -> None:
        """End waiting; what changed is kept for the next ``idle``."""
        self._wanted = None

    def add(self, subsystems: Iterable[str]) -> None:
        """Note that these subsystems changed."""
        self._pending.update(subsystems)

    def take(self) -> bytes | None:
        """Return the answer to ``idle`` and end waiting, or None while there is nothing to tell.

        Only what was asked for is told and forgotten; the rest waits for a later ``idle``.
        """
        if self._wanted is None or self._wanted.isdisjoint(self._pending):
            return None
        told = self._wanted & self._pending
        self._pending -= told
        self._wanted = None
        return _answer(told)


@lru_cache(maxsize=256)
def _answer(told: frozenset[str]) -> bytes:
    """Return the same answer for the many clients that are told the same."""
    return b"".join(b"changed: %s\n" % name.encode() for name in SUBSYSTEMS if name in told) + b"OK\n"
