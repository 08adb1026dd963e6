"""What plays when: a queue, the order of playing, and the modes that change it. No I/O, no clock."""

import random
from dataclasses import dataclass, field
from enum import StrEnum

from ..streams.mixing import Mixing
from .freeing import free_later
from .order import Order
from .queue import Additions, NewItems, Queue, QueueItem, Replacement, Rest, fitting

type Mixed = tuple[list[QueueItem], list[int]]
"""Items of a queue in another order, and their ids."""


class Mode(StrEnum):
    """Tell how a mode stands; the values are MPD's. ONESHOT goes off by itself once it has had its effect."""

    OFF = "0"
    ON = "1"
    ONESHOT = "oneshot"


@dataclass(slots=True)
class Modes:
    """Hold the modes of playing."""

    repeat: bool = False
    single: Mode = Mode.OFF
    consume: Mode = Mode.OFF
    mixing: Mixing = field(default_factory=Mixing)


class Programme:
    """Know what plays now, what comes before and after it, and what every edit of the queue does to that."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.queue = Queue()
        self.modes = Modes()
        self.current_id: int | None = None
        self._order = Order(self.queue, chance)

    @property
    def random(self) -> bool:
        """Tell whether the order is random."""
        return self._order.random

    @property
    def current(self) -> QueueItem | None:
        """Return the item that plays, or that would go on."""
        return None if self.current_id is None else self.queue.item(self.current_id)

    def set_random(self, *, on: bool) -> None:
        """Play in random order, or in that of the queue."""
        self._order.set_random(on=on, current=self.current_id)

    # What comes

    def first(self) -> int | None:
        """Return the id to begin with."""
        return self._order.first()

    def following(self) -> int | None:
        """Return the id that MPD's ``next`` goes to and ``nextsong`` shows; None at the end."""
        if self.current_id is None:
            return None
        if self._repeats_one:
            return self.current_id
        return self.skipping()

    def skipping(self) -> int | None:
        """Return the id behind the current one whatever ``single`` says: for a track that cannot be played."""
        if self.current_id is None:
            return None
        following = self._order.after(self.current_id)
        if following is None and self.modes.repeat and self._wraps:
            return self._order.first()
        return following

    def by_itself(self) -> int | None:
        """Return the id that goes on at the end of the current one without a pause, None if playing ends there."""
        return None if self.ends_after_one else self.following()

    def preceding(self) -> int | None:
        """Return the id that MPD's ``previous`` goes to; before the first that is the last, and what is random anew."""
        if self.current_id is None:
            return None
        preceding = self._order.before(self.current_id)
        if preceding is not None or not self.modes.repeat:
            return self.current_id if preceding is None else preceding
        last = self._order.last()
        self._order.begin_again(first=last)
        return last

    @property
    def ends_after_one(self) -> bool:
        """Tell whether playing pauses at the end of the current item: ``single`` without ``repeat``."""
        return self.modes.single is not Mode.OFF and not self.modes.repeat

    @property
    def _repeats_one(self) -> bool:
        return self.modes.single is not Mode.OFF and self.modes.repeat and self.modes.consume is Mode.OFF

    @property
    def _wraps(self) -> bool:
        """With ``consume`` an only item is gone before it could come again."""
        return self.modes.consume is Mode.OFF or len(self.queue) > 1

    # What happened

    def choose(self, item_id: int) -> None:
        """Make an item current that was asked for out of turn."""
        self._order.exchange(item_id, self.current_id)
        self.arrive(item_id)

    def arrive(self, item_id: int | None) -> None:
        """Make an item current; at the end of a random round that repeats, draw the next round."""
        self.current_id = item_id
        if item_id is not None and self.modes.repeat and self._order.after(item_id) is None:
            self._order.begin_again(first=item_id)

    def stopped(self) -> None:
        """Draw a new random order for the next time, which begins with the current item."""
        self._order.begin_again(first=self.current_id)

    def played(self, item_id: int) -> bool:
        """Heed ``consume`` after an item that has played or was skipped; tell whether it went out of the queue."""
        mode = self.modes.consume
        if mode is Mode.OFF or item_id not in self.queue:
            return False
        if mode is Mode.ONESHOT:
            self.modes.consume = Mode.OFF
        position = self.queue.position_of(item_id)
        self.queue.delete(position, position + 1)
        self._order.deleted([item_id])
        if self.current_id == item_id:
            self.current_id = None
        return True

    def spend_priority(self) -> bool:
        """Take its priority from the current item, whose turn has come; tell whether it had one."""
        item = self.current
        if item is None or not item.priority:
            return False
        position = self.queue.position_of(item.id)
        self.queue.set_priority(position, position + 1, 0)
        return True

    # Edits

    def add(self, things: Additions, position: int | None) -> list[int]:
        """Put tracks and URLs into the queue, and return their ids; raise QueueFull."""
        ids = self.queue.insert(things, position) if isinstance(things, NewItems) else self.queue.add(things, position)
        self._order.added(ids)
        return ids

    def replace(self, things: Additions) -> list[int]:
        """Put tracks and URLs in the place of all that there is, and return their ids; raise QueueFull."""
        new = things if isinstance(things, NewItems) else fitting(things)
        self.delete(0, len(self.queue))
        self.current_id = None
        self.queue.last_loaded_playlist = ""
        return self.add(new, None)

    def delete(self, start: int, stop: int, rest: Rest | None = None) -> bool:
        """Take positions out; tell whether the current item was among them. What came after it is current then.

        ``rest`` is what was prepared of the positions that stay.
        """
        current, ids = self.current_id, self.queue.ids
        gone_ids = ids[start:stop] if self.random else ()
        went = current is not None and start <= self.queue.position_of(current) < stop
        behind = ids[stop] if stop < len(ids) else ids[0] if self.modes.repeat and start > 0 else None
        free_later(*(self.queue.delete(start, stop) if rest is None else self.queue.keep(rest, start)))
        if went and current is not None:
            self.current_id = self._heir(current, behind)
        self._order.deleted(gone_ids)
        if went and self.current_id is None and self._goes_on and self._order.random:
            self.current_id = self._order.first()
        return went

    def _heir(self, gone: int, behind: int | None) -> int | None:
        """Return what is current instead of an item that went: what comes next of those that stay."""
        if self._repeats_one or not self.queue:
            return None
        return self._order.after(gone) if self._order.random else behind

    @property
    def _goes_on(self) -> bool:
        """Tell whether something is current behind the end."""
        return self.modes.repeat and not self._repeats_one

    def shuffle(self, start: int, stop: int, mixed: Mixed | None, *, playing: bool) -> None:
        """Put positions into random order, or that of what was mixed already; what plays comes first."""
        first = self.current_id if playing else None
        if mixed is None:
            self.queue.shuffle(start, stop, self._chance, first)
        else:
            self.queue.reorder(start, *mixed, first)

    def set_priority(self, start: int, stop: int, priority: int, new: Replacement | None = None) -> None:
        """Give positions a priority, for which ``new`` may have been prepared, and order what is random anew."""
        if new is None:
            self.queue.set_priority(start, stop, priority)
        else:
            free_later(self.queue.replace(new))
        self._order.prioritized(self.queue.ids[start:stop], priority, self.current_id)
