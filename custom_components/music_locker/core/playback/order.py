"""The order in which a queue plays: its own, or a random one that heeds priorities (protocol, ``random``, ``prio``)."""

import random
from collections.abc import Iterable, Sequence
from operator import attrgetter

from .queue import Queue

_FEW = 16  # items that are looked for one by one
_PRIORITY = attrgetter("priority")


class Order:
    """Follow a queue. In random order every item comes once before any comes again.

    What comes next is drawn when somebody asks, out of what has not come yet: a long queue is never mixed as a whole.
    """

    def __init__(self, queue: Queue, chance: random.Random) -> None:
        self._queue = queue
        self._chance = chance
        # Ids in the order in which they play, as far as it was asked for; None while that is the order of the queue.
        self._drawn: list[int] | None = None
        # The other ids, by their priority. No list is empty.
        self._waiting: dict[int, list[int]] = {}
        self._stale = 0  # how many of those may have left the queue
        self._found = 0

    @property
    def random(self) -> bool:
        """Tell whether the order is random."""
        return self._drawn is not None

    def set_random(self, *, on: bool, current: int | None) -> None:
        """Begin a random order with the current item, or go back to the order of the queue."""
        if on:
            self._begin(current)
        else:
            self._drawn, self._waiting, self._stale = None, {}, 0

    def begin_again(self, first: int | None = None) -> None:
        """Draw a new random order, which begins with ``first`` if that is given."""
        if self._drawn is not None:
            self._begin(first)

    def _begin(self, first: int | None) -> None:
        self._drawn = []
        self._gather()
        if first is not None and first in self._queue:
            self._take_out(first)
            self._drawn.append(first)

    def _gather(self) -> None:
        """Let all items wait that were not drawn."""
        drawn = self._drawn or []
        self._stale = 0
        self._waiting = self._by_priority()
        if len(drawn) <= _FEW:
            for item_id in drawn:
                self._take_out(item_id)
            return
        known = set(drawn)
        for priority, ids in list(self._waiting.items()):
            self._waiting[priority] = [item_id for item_id in ids if item_id not in known]
            if not self._waiting[priority]:
                del self._waiting[priority]

    def _by_priority(self) -> dict[int, list[int]]:
        queue = self._queue
        if not queue:
            return {}
        if not queue.decorated:
            return {0: list(queue.ids)}
        priorities = list(map(_PRIORITY, queue))
        if len(set(priorities)) == 1:
            return {priorities[0]: list(queue.ids)}
        waiting: dict[int, list[int]] = {}
        for item_id, priority in zip(queue.ids, priorities, strict=True):
            waiting.setdefault(priority, []).append(item_id)
        return waiting

    # What happened to the queue

    def added(self, ids: Sequence[int]) -> None:
        """Let new items come somewhere behind what was drawn."""
        if self._drawn is not None and ids:
            self._waiting.setdefault(0, []).extend(ids)

    def deleted(self, ids: Sequence[int]) -> None:
        """Forget items that have left the queue; of many that wait most are passed over when they are drawn."""
        if self._drawn is None or not ids:
            return
        if len(ids) <= _FEW:
            for item_id in ids:
                if not self._take_out(item_id) and item_id in self._drawn:
                    self._drawn.remove(item_id)
            return
        self._drawn = [item_id for item_id in self._drawn if item_id in self._queue]
        self._stale += len(ids)
        if 2 * self._stale > sum(map(len, self._waiting.values())):
            self._gather()

    def _take_out(self, item_id: int) -> bool:
        """Take an item out of those that wait, and tell whether it was there."""
        for priority, ids in self._waiting.items():
            if item_id in ids:
                at = ids.index(item_id)
                ids[at] = ids[-1]
                ids.pop()
                if not ids:
                    del self._waiting[priority]
                return True
        return False

    def prioritized(self, ids: Sequence[int], priority: int, current: int | None) -> None:
        """Heed a new priority: what has played comes again if it now ranks above the current item."""
        if self._drawn is None:
            return
        begin = 0 if current is None else self._index_of(current) + 1
        least = -1 if current is None else self._queue.item(current).priority
        ahead = self._drawn[begin:]
        del self._drawn[begin:]
        if priority > least and begin > 1:
            concerned = set(ids)
            self._drawn = [item_id for item_id in self._drawn[: begin - 1] if item_id not in concerned]
            if current is not None:
                self._drawn.append(current)
        if len(ids) > _FEW:
            self._gather()
            return
        self._put_back(ahead)
        staying = set(self._drawn)
        for item_id in ids:
            if item_id not in staying:
                self._take_out(item_id)
                self._waiting.setdefault(priority, []).append(item_id)

    def _put_back(self, ids: Iterable[int]) -> None:
        for item_id in ids:
            self._waiting.setdefault(self._queue.item(item_id).priority, []).append(item_id)

    def exchange(self, item_id: int, current: int | None) -> None:
        """Let an item that is played out of turn take the place of the current one, which comes in its turn instead."""
        drawn = self._drawn
        if drawn is None or item_id == current:
            return
        place = None if current is None and not drawn else 0 if current is None else self._index_of(current)
        if self._take_out(item_id):
            if place is None:
                drawn.append(item_id)
            else:
                before, drawn[place] = drawn[place], item_id
                self._put_back([before])
        elif place is not None:
            index = self._index_of(item_id)
            drawn[index], drawn[place] = drawn[place], drawn[index]

    # The neighbours of an item

    def first(self) -> int | None:
        """Return the id that plays first, None in an empty queue."""
        if self._drawn is None:
            return self._queue[0].id if self._queue else None
        return self._drawn[0] if self._drawn else self._draw()

    def last(self) -> int | None:
        """Return the id that plays last, None in an empty queue; one that has yet to be drawn is any of the last."""
        if self._drawn is None:
            return self._queue[-1].id if self._queue else None
        if self._stale:
            self._gather()
        if self._waiting:
            return self._chance.choice(self._waiting[min(self._waiting)])
        return self._drawn[-1] if self._drawn else None

    def after(self, item_id: int) -> int | None:
        """Return the id that plays after another, None after the last."""
        if self._drawn is None:
            return self._neighbour(item_id, 1)
        for later in self._drawn[self._index_of(item_id) + 1 :]:
            if later in self._queue:
                return later
        return self._draw()

    def before(self, item_id: int) -> int | None:
        """Return the id that plays before another, None before the first."""
        if self._drawn is None:
            return self._neighbour(item_id, -1)
        index = self._index_of(item_id)
        return self._drawn[index - 1] if index else None

    def _neighbour(self, item_id: int, step: int) -> int | None:
        position = self._queue.position_of(item_id) + step
        return self._queue[position].id if 0 <= position < len(self._queue) else None

    def _draw(self) -> int | None:
        """Draw what comes next out of what ranks highest; None if everything has come."""
        assert self._drawn is not None  # noqa: S101 - as its callers know
        while self._waiting:
            priority = max(self._waiting)
            ids = self._waiting[priority]
            at = self._chance.randrange(len(ids))
            ids[at], ids[-1] = ids[-1], ids[at]
            drawn = ids.pop()
            if not ids:
                del self._waiting[priority]
            if drawn in self._queue:
                self._drawn.append(drawn)
                return drawn
            self._stale -= 1
        return None

    def _index_of(self, item_id: int) -> int:
        """Return an item's place in a random order; the same is asked for again and again."""
        drawn = [] if self._drawn is None else self._drawn
        for near in self._found, self._found + 1:
            if near < len(drawn) and drawn[near] == item_id:
                self._found = near
                return near
        if self._take_out(item_id):  # it is played and was not drawn
            drawn.append(item_id)
        self._found = drawn.index(item_id)
        return self._found
