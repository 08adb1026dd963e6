"""Answers that are asked for again and again, kept for one version of the library."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence, Sized

__all__ = ["Answers"]

_MOST_BYTES = 8_000_000
_MOST_ROWS = 500_000


class _Bounded[T: Sized]:
    """Keep the values used last, as long as all together are no longer than ``most``."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._length = 0
        self._kept: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable) -> T | None:
        """Return a value, or None if it is not kept."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: Hashable, value: T) -> None:
        """Keep a value, and forget others for it; one that takes a great part of the room is not kept."""
        if len(value) * 2 > self._most or key in self._kept:
            return
        self._kept[key] = value
        self._length += len(value) + 1
        while self._length > self._most:
            _, lost = self._kept.popitem(last=False)
            self._length -= len(lost) + 1


class Answers:
    """Keep rendered answers, and the rows of selections that took some work. Belongs to the loop's thread."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.rendered: _Bounded[bytes] = _Bounded(_MOST_BYTES)
        self.rows: _Bounded[Sequence[int]] = _Bounded(_MOST_ROWS)
