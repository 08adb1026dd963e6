"""The order in which a queue plays: its own, or a random one that heeds priorities (protocol, ``random``, ``prio``)."""

import random
from collections.abc import Iterable, Sequence

from .queue import Queue, shuffled

_MANY = 16  # items: fewer are put in one by one


class Order:
    """Follow a queue. In random order every item comes once before any comes again."""

    def __init__(self, queue: Queue, chance: random.Random) -> None:
        self._queue = queue
        self._chance = chance
        # Ids in the order in which they play; None while that is the order of the queue.
        self._ids: list[int] | None = None
        self._found = 0

    @property
    def random(self) -> bool:
        """Tell whether the order is random."""
        return self._ids is not None

    def set_random(self, *, on: bool, current: int | None) -> None:
        """Begin a random order with the current item, or go back to the order of the queue."""
        self._ids = self._shuffled(first=current) if on else None

    def begin_again(self, first: int | None = None) -> None:
        """Draw a new random order, which begins with ``first`` if that is given."""
        if self._ids is not None:
            self._ids = self._shuffled(first=first)

    def _shuffled(self, first: int | None) -> list[int]:
        ids = shuffled(self._queue.ids, self._chance)
        if self._queue.decorated:
            ids.sort(key=self._rank)
        if first is not None and first in self._queue:
            ids.remove(first)
            ids.insert(0, first)
        return ids

    def _rank(self, item_id: int) -> int:
        return -self._queue.item(item_id).priority

    def added(self, ids: Sequence[int], current: int | None) -> None:
        """Put new items somewhere behind the current one."""
        if self._ids is None:
            return
        begin = self._behind(current)
        if len(ids) > _MANY:
            self._ids[begin:] = self._mixed(self._ids[begin:], ids)
        else:
            for item_id in ids:
                self._ids.insert(self._chance.randint(begin, len(self._ids)), item_id)
        self._sort_from(begin)

    def _mixed(self, present: Sequence[int], added: Sequence[int]) -> list[int]:
        """Put ids between others, which keep their order."""
        new, old = iter(shuffled(added, self._chance)), iter(present)
        places = shuffled([True] * len(added) + [False] * len(present), self._chance)
        return [next(new) if is_new else next(old) for is_new in places]

    def deleted(self, ids: Iterable[int]) -> None:
        """Forget items."""
        gone = set(ids)
        if self._ids is not None and gone:
            self._ids = [item_id for item_id in self._ids if item_id not in gone]

    def prioritized(self, ids: Iterable[int], current: int | None) -> None:
        """Heed new priorities: what has played comes again if it now ranks above the current item."""
        if self._ids is None:
            return
        begin = self._behind(current)
        least = -1 if current is None else self._queue.item(current).priority
        played = set(self._ids[: max(begin - 1, 0)])
        again = [item_id for item_id in ids if item_id in played and self._queue.item(item_id).priority > least]
        self.deleted(again)
        self._ids += again
        self._sort_from(self._behind(current))

    def _behind(self, current: int | None) -> int:
        return 0 if current is None or current not in self._queue else self._index_of(current) + 1

    def _index_of(self, item_id: int) -> int:
        """Return an item's place in a random order; the same is asked for again and again."""
        ids = self._ids or ()
        for near in self._found, self._found + 1:
            if near < len(ids) and ids[near] == item_id:
                self._found = near
                return near
        self._found = ids.index(item_id)
        return self._found

    def _sort_from(self, begin: int) -> None:
        if self._ids is not None and self._queue.decorated:
            self._ids[begin:] = sorted(self._ids[begin:], key=self._rank)

    def exchange(self, item_id: int, current: int | None) -> None:
        """Let an item that is played out of turn take the place of the current one, which comes in its turn instead."""
        if self._ids is None:
            return
        index = self._index_of(item_id)
        other = 0 if current is None else self._index_of(current)
        self._ids[index], self._ids[other] = self._ids[other], self._ids[index]

    # The neighbours of an item

    def first(self) -> int | None:
        """Return the id that plays first, None in an empty queue."""
        if not self._queue:
            return None
        return self._queue[0].id if self._ids is None else self._ids[0]

    def last(self) -> int | None:
        """Return the id that plays last, None in an empty queue."""
        if not self._queue:
            return None
        return self._queue[-1].id if self._ids is None else self._ids[-1]

    def after(self, item_id: int) -> int | None:
        """Return the id that plays after another, None after the last."""
        return self._neighbour(item_id, 1)

    def before(self, item_id: int) -> int | None:
        """Return the id that plays before another, None before the first."""
        return self._neighbour(item_id, -1)

    def _neighbour(self, item_id: int, step: int) -> int | None:
        if self._ids is None:
            position = self._queue.position_of(item_id) + step
            return self._queue[position].id if 0 <= position < len(self._queue) else None
        index = self._index_of(item_id) + step
        return self._ids[index] if 0 <= index < len(self._ids) else None
