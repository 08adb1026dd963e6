"""Tickets: addresses that deliver one item for a while, and that nobody can guess."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from .tunesbag_keys import new_key

_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a ticket delivers: a file of the music folder, as it is, or converted.

    ``encoding`` is None for the original; ``bit_rate`` is bit/s; ``seconds`` is where a preview ends.
    """

    user: str
    path: str
    encoding: str | None = None
    bit_rate: int = 0
    seconds: float | None = None


@dataclass(slots=True)
class _Ticket:
    delivery: Delivery
    until: float


class Tickets:
    """The tickets of one server; each lives so long after it was last used. They end with the server."""

    def __init__(self, lifetime: float, clock: Callable[[], float]) -> None:
        """Begin without tickets; ``clock`` gives seconds."""
        self._lifetime = lifetime
        self._clock = clock
        self._open: OrderedDict[str, _Ticket] = OrderedDict()

    def give(self, delivery: Delivery) -> str:
        """Return a new ticket."""
        self._sweep()
        key = new_key()
        self._open[key] = _Ticket(delivery, self._clock() + self._lifetime)
        return key

    def take(self, key: str) -> Delivery | None:
        """Return what a ticket delivers and prolong it, None for one that is over or never was."""
        self._sweep()
        ticket = self._open.get(key.upper())
        if ticket is None:
            return None
        ticket.until = self._clock() + self._lifetime
        self._open.move_to_end(key.upper())
        return ticket.delivery

    def expire_all(self) -> None:
        """End every ticket."""
        self._open.clear()

    def end_of(self, user: str) -> None:
        """End the tickets of a user."""
        for key in [key for key, ticket in self._open.items() if ticket.delivery.user == user]:
            del self._open[key]

    def _sweep(self) -> None:
        now = self._clock()
        while self._open and (len(self._open) > _REMEMBERED or next(iter(self._open.values())).until <= now):
            self._open.popitem(last=False)
