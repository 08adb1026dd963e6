"""The order in which a queue plays: its own, or a random one that heeds priorities (protocol, ``random``, ``prio``)."""

import random
from collections.abc import Iterable, Sequence

from .queue import Queue

_FEW = 16  # items that are looked for one by one


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
            self._drawn = None
            self._waiting = {}

    def begin_again(self, first: int | None = None) -> None:
        """Draw a new random order, which begins with ``first`` if that is given."""
        if self._drawn is not None:
            self._begin(first)

    def _begin(self, first: int | None) -> None:
        self._drawn = []
        self._waiting = self._by_priority()
        if first is not None and first in self._queue:
            self._take_out(first)
            self._drawn.append(first)

    def _by_priority(self) -> dict[int, list[int]]:
        queue = self._queue
        waiting: dict[int, list[int]] = {}
        if not queue.decorated:
            return {0: list(queue.ids)} if queue else {}
        for item in queue:
            waiting.setdefault(item.priority, []).append(item.id)
        return waiting

    # What happened to the queue

    def added(self, ids: Sequence[int]) -> None:
        """Let new items come somewhere behind what was drawn."""
        if self._drawn is not None and ids:
            self._waiting.setdefault(0, []).extend(ids)

    def deleted(self, ids: Sequence[int]) -> None:
        """Forget items."""
        if self._drawn is None:
            return
        if len(ids) > _FEW:
            self._forget(set(ids))
            return
        for item_id in ids:
            if not self._take_out(item_id) and item_id in self._drawn:
                self._drawn.remove(item_id)

    def _forget(self, gone: set[int]) -> None:
        assert self._drawn is not None  # noqa: S101 - as its callers know
        self._drawn = [item_id for item_id in self._drawn if item_id not in gone]
        staying = {
            priority: [item_id for item_id in ids if item_id not in gone] for priority, ids in self._waiting.items()
        }
        self._waiting = {priority: ids for priority, ids in staying.items() if ids}

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
        self._put_back(self._drawn[begin:])
        del self._drawn[begin:]
        played = set(self._drawn[: begin - 1] if priority > least else ())
        staying = set(self._drawn) - played
        concerned = [item_id for item_id in ids if item_id not in staying]
        self.deleted(concerned)
        if concerned:
            self._waiting.setdefault(priority, []).extend(concerned)

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
        if self._waiting:
            return self._chance.choice(self._waiting[min(self._waiting)])
        return self._drawn[-1] if self._drawn else None

    def after(self, item_id: int) -> int | None:
        """Return the id that plays after another, None after the last."""
        if self._drawn is None:
            return self._neighbour(item_id, 1)
        index = self._index_of(item_id) + 1
        return self._drawn[index] if index < len(self._drawn) else self._draw()

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
        if not self._waiting:
            return None
        priority = max(self._waiting)
        ids = self._waiting[priority]
        at = self._chance.randrange(len(ids))
        ids[at], ids[-1] = ids[-1], ids[at]
        self._drawn.append(ids.pop())
        if not ids:
            del self._waiting[priority]
        return self._drawn[-1]

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
