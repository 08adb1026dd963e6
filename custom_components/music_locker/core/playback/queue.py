"""The queue: what will play, with MPD's ids and versions (protocol, "The Queue"). No I/O, no clock."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..models import Track

_HIGHEST_VERSION = 0x7FFFFFFF
"""MPD clients read the version as 31 bits."""


@dataclass(frozen=True, slots=True)
class QueueItem:
    """Hold one place of the queue: a library track, or a foreign ``url``; ``priority`` is 0 to 255."""

    id: int
    track: Track | None = None
    url: str | None = None
    priority: int = 0


class Queue:
    """Hold items in their order. Ids are never used again; every change of order or content makes a new version."""

    def __init__(self) -> None:
        self._items: list[QueueItem] = []
        # The version in which each position was last changed; MPD's plchanges compares with it.
        self._changed: list[int] = []
        self._positions: dict[int, int] = {}
        self._version = 1
        self._last_id = 0

    # Reading

    @property
    def items(self) -> Sequence[QueueItem]:
        """Return the items in their order."""
        return tuple(self._items)

    @property
    def version(self) -> int:
        """Return the number of the present version."""
        return self._version

    @property
    def last_id(self) -> int:
        """Return the highest id that was ever given."""
        return self._last_id

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[QueueItem]:
        return iter(self._items)

    def __getitem__(self, position: int) -> QueueItem:
        return self._items[position]

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._positions

    def position_of(self, item_id: int) -> int:
        """Return where an item is; raise KeyError."""
        return self._positions[item_id]

    def item(self, item_id: int) -> QueueItem:
        """Return the item with an id; raise KeyError."""
        return self._items[self._positions[item_id]]

    def changes_since(self, version: int) -> list[int]:
        """Return the positions that hold something else than in ``version``; all for a version that never was."""
        if version > self._version:
            return list(range(len(self._items)))
        return [position for position, changed in enumerate(self._changed) if changed >= version]

    # Changing

    def add(self, things: Iterable[Track | str], position: int | None = None) -> list[int]:
        """Put tracks and URLs at a position, or at the end, and return their ids."""
        new = [self._new_item(thing) for thing in things]
        start = len(self._items) if position is None else position
        self._items[start:start] = new
        self._changed[start:start] = [self._version] * len(new)
        self._renumber(start)
        return [item.id for item in new]

    def _new_item(self, thing: Track | str) -> QueueItem:
        self._last_id += 1
        if isinstance(thing, Track):
            return QueueItem(self._last_id, track=thing)
        return QueueItem(self._last_id, url=thing)

    def delete(self, start: int, stop: int) -> list[QueueItem]:
        """Take out the positions from ``start`` to before ``stop``, and return what was there."""
        gone = self._items[start:stop]
        del self._items[start:stop], self._changed[start:stop]
        for item in gone:
            del self._positions[item.id]
        self._renumber(start)
        return gone

    def move(self, start: int, stop: int, to: int) -> None:
        """Move positions so that the first is at ``to``, counted without them."""
        if start == to:
            return
        moved = self._items[start:stop]
        del self._items[start:stop]
        self._items[to:to] = moved
        self._touch(min(start, to), max(stop, to + len(moved)))

    def swap(self, first: int, second: int) -> None:
        """Exchange two positions."""
        self._items[first], self._items[second] = self._items[second], self._items[first]
        self._changed[first] = self._changed[second] = self._version
        self._positions[self._items[first].id] = first
        self._positions[self._items[second].id] = second
        self._next_version()

    def shuffle(self, start: int, stop: int, chance: random.Random, first: int | None = None) -> None:
        """Put positions into random order; the item with the id ``first``, if it is among them, comes first."""
        part = self._items[start:stop]
        chance.shuffle(part)
        part.sort(key=lambda item: item.id != first)
        self._items[start:stop] = part
        self._touch(start, stop)

    def set_priority(self, start: int, stop: int, priority: int) -> None:
        """Give positions a priority."""
        for position in range(start, stop):
            if self._items[position].priority != priority:
                self._items[position] = replace(self._items[position], priority=priority)
                self._changed[position] = self._version
        self._next_version()

    def replace_tracks(self, tracks: Iterable[tuple[int, Track]]) -> None:
        """Give positions what the library now knows of their tracks."""
        for position, track in tracks:
            self._items[position] = replace(self._items[position], track=track)
            self._changed[position] = self._version
        self._next_version()

    def restore(self, items: Sequence[QueueItem], version: int, last_id: int) -> None:
        """Take what was kept, with its ids; the version goes on from the one that was kept."""
        self._items = list(items)
        self._version = version
        self._last_id = last_id
        self._changed = [version] * len(self._items)
        self._renumber(0)

    def _touch(self, start: int, stop: int) -> None:
        """Note that all positions of a range may have changed."""
        for position in range(start, stop):
            self._changed[position] = self._version
            self._positions[self._items[position].id] = position
        self._next_version()

    def _renumber(self, start: int) -> None:
        """Note that everything from ``start`` on has another place."""
        self._touch(start, len(self._items))

    def _next_version(self) -> None:
        self._version = self._version % _HIGHEST_VERSION + 1
        if self._version == 1:
            self._changed = [0] * len(self._items)
