"""The queue: what will play, with MPD's ids and versions (protocol, "The Queue"). No I/O, no clock."""

import random
from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import NamedTuple, overload

from ..models import Track
from .shuffling import shuffled

LONGEST = 131_072
"""Items that a queue takes: all songs of a large library, in some 40 MB."""
_HIGHEST_VERSION = 0x7FFFFFFF
"""MPD clients read the version as 31 bits."""
_REMEMBERED = 64  # changes
_NEAR = 128  # positions around the place where an item was
_PATIENCE = 4  # searches of the whole queue before every item's place is noted anew


class QueueFull(Exception):  # noqa: N818 - says what it is
    """There would be more in the queue than it takes."""

    def __init__(self) -> None:
        """Say how much that is."""
        super().__init__(f"The queue takes {LONGEST:,} songs")


class QueueItem(NamedTuple):
    """Hold one place of the queue: a library track, or a foreign ``url``; ``priority`` is 0 to 255.

    ``tags`` are names and values that clients have given it; of the track, what lies between the seconds ``start`` and
    ``end`` is played. A tuple, because ten thousand of them are made at once.
    """

    id: int
    track: Track | None = None
    url: str | None = None
    priority: int = 0
    tags: tuple[tuple[str, str], ...] = ()
    start: float = 0.0
    end: float | None = None

    @property
    def duration(self) -> float | None:
        """Return the seconds of what is played, where they are known."""
        if self.end is not None:
            return self.end - self.start
        if self.track is None or self.track.duration is None:
            return None
        return max(self.track.duration - self.start, 0.0)


_PLAIN = QueueItem(0)[3:]
type Gone = tuple[list[QueueItem], list[int], dict[int, int]]
"""What a queue lets go of, or what it consisted of: items, their ids, and where each was."""


@dataclass(slots=True)
class NewItems:
    """Hold items that are to be added; ``positions`` tell where they may be then."""

    items: list[QueueItem]
    ids: list[int]
    positions: dict[int, int]


type Additions = Iterable[Track | str] | NewItems
"""Tracks and URLs, or the items that were prepared of them."""


@dataclass(slots=True)
class Rest:
    """Hold the items of a queue that stay when others go."""

    items: list[QueueItem] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    positions: dict[int, int] = field(default_factory=dict)
    decorated: int = 0


@dataclass(slots=True)
class Replacement:
    """Hold what stands from ``start`` on instead of items of the same ids, and which positions that changes."""

    start: int
    items: list[QueueItem]
    changed: list[int]
    decorated: int


def fitting[T](things: Iterable[T], room: int = LONGEST) -> list[T]:
    """Return things of which there are not too many; raise QueueFull."""
    found = list(things)
    if len(found) > room:
        raise QueueFull
    return found


class Queue:
    """Hold items in their order. Ids are never used again; every change of order or content makes a new version."""

    def __init__(self) -> None:
        self.last_loaded_playlist = ""  # the stored playlist that was last put into it since it was cleared
        self._items: list[QueueItem] = []
        self._ids: list[int] = []
        # The version in which each position was last changed; MPD's plchanges compares with it.
        self._changed = array("i")
        # The last changes: version, first position, and the one behind the last. From _remembered on none is missing.
        self._journal: deque[tuple[int, int, int]] = deque(maxlen=_REMEMBERED)
        self._remembered = 1
        # Where each item was when it was last looked for. An edit moves many items, few of which are looked for.
        self._positions: dict[int, int] = {}
        self._searches = 0
        self._decorated = 0
        self._version = 1
        self._last_id = 0

    # Reading

    @property
    def items(self) -> Sequence[QueueItem]:
        """Return the items in their order."""
        return tuple(self._items)

    @property
    def ids(self) -> Sequence[int]:
        """Return the ids in the order of the queue, for reading at once."""
        return self._ids

    @property
    def version(self) -> int:
        """Return the number of the present version."""
        return self._version

    @property
    def last_id(self) -> int:
        """Return the highest id that was ever given."""
        return self._last_id

    @property
    def decorated(self) -> bool:
        """Tell whether any item has a priority, tags of its own, or plays a part of its track only."""
        return self._decorated > 0

    @property
    def room(self) -> int:
        """Return how many more items it takes."""
        return max(LONGEST - len(self._items), 0)

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[QueueItem]:
        return iter(self._items)

    @overload
    def __getitem__(self, position: int) -> QueueItem: ...
    @overload
    def __getitem__(self, position: slice) -> list[QueueItem]: ...
    def __getitem__(self, position: int | slice) -> QueueItem | list[QueueItem]:
        return self._items[position]

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._positions

    def position_of(self, item_id: int) -> int:
        """Return where an item is; raise KeyError."""
        ids, was = self._ids, self._positions[item_id]
        if was < len(ids) and ids[was] == item_id:
            return was
        try:
            position = ids.index(item_id, max(was - _NEAR, 0), was + _NEAR)
        except ValueError:
            position = self._search(item_id)
        self._positions[item_id] = position
        return position

    def _search(self, item_id: int) -> int:
        """Find an item that has gone far; when that happens again and again, note where all are."""
        self._searches += 1
        if self._searches <= _PATIENCE:
            return self._ids.index(item_id)
        self._searches = 0
        self._positions = dict(zip(self._ids, range(len(self._ids)), strict=True))
        return self._positions[item_id]

    def item(self, item_id: int) -> QueueItem:
        """Return the item with an id; raise KeyError."""
        return self._items[self.position_of(item_id)]

    def changes_since(self, version: int) -> Sequence[int]:
        """Return the positions that hold something else than in ``version``; all for a version that never was."""
        length = len(self._items)
        if version > self._version or version <= 0:
            return range(length)
        if version < self._remembered:
            return [position for position, changed in enumerate(self._changed) if changed >= version]
        found: list[int] = []
        looked_at = 0
        for first, behind in sorted((start, stop) for when, start, stop in self._journal if when >= version):
            start = max(first, looked_at)
            looked_at = max(looked_at, min(behind, length))
            changes = self._changed[start:looked_at]
            found += [position for position, changed in enumerate(changes, start) if changed >= version]
        return found

    # Changing

    def add(self, things: Iterable[Track | str], position: int | None = None) -> list[int]:
        """Put tracks and URLs at a position, or at the end, and return their ids; raise QueueFull."""
        added = fitting(things, self.room)
        start = len(self._items) if position is None else position
        ids = range(self._last_id + 1, self._last_id + 1 + len(added))
        self._last_id += len(added)
        self._items[start:start] = new_items(ids, added)
        self._ids[start:start] = ids
        self._changed[start:start] = self._versions(len(added))
        self._positions.update(zip(ids, range(start, start + len(added)), strict=True))
        self._touch(start, len(self._items))
        return list(ids)

    def reserve(self, count: int) -> range:
        """Return ids that are given to nothing else, for items that are added later."""
        self._last_id += count
        return range(self._last_id + 1 - count, self._last_id + 1)

    def insert(self, new: NewItems, position: int | None = None) -> list[int]:
        """Put items at a position, or at the end, and return their ids; raise QueueFull."""
        if len(new.ids) > self.room:
            raise QueueFull
        start = len(self._items) if position is None else position
        self._items[start:start] = new.items
        self._ids[start:start] = new.ids
        self._changed[start:start] = self._versions(len(new.ids))
        self._positions.update(new.positions)
        self._touch(start, len(self._items))
        return new.ids

    def keep(self, rest: Rest, start: int) -> Gone:
        """Keep a part of the items, which is what it was before position ``start``, and return all that there was."""
        before = self._items, self._ids, self._positions
        stop = start + len(self._items) - len(rest.items)
        del self._changed[start:stop]
        self._items, self._ids, self._positions = rest.items, rest.ids, rest.positions
        self._decorated = rest.decorated
        self._touch(start, len(self._items))
        return before

    def delete(self, start: int, stop: int) -> Gone:
        """Take out the positions from ``start`` to before ``stop``, and return what was there."""
        if len(self._items) == stop - start:
            return self.keep(Rest(), 0)
        gone, ids = self._items[start:stop], self._ids[start:stop]
        del self._items[start:stop], self._ids[start:stop], self._changed[start:stop]
        deque(map(self._positions.pop, ids), maxlen=0)
        if self._decorated:
            self._decorated -= sum(map(is_decorated, gone))
        self._touch(start, len(self._items))
        return gone, ids, {}

    def move(self, start: int, stop: int, to: int) -> None:
        """Move positions so that the first is at ``to``, counted without them."""
        if start == to:
            return
        moved, ids = self._items[start:stop], self._ids[start:stop]
        del self._items[start:stop], self._ids[start:stop]
        self._items[to:to] = moved
        self._ids[to:to] = ids
        self._touch(min(start, to), max(stop, to + len(moved)))

    def swap(self, first: int, second: int) -> None:
        """Exchange two positions."""
        self._items[first], self._items[second] = self._items[second], self._items[first]
        self._ids[first], self._ids[second] = self._ids[second], self._ids[first]
        self._changed[first] = self._changed[second] = self._version
        self._note((first, first + 1), (second, second + 1))

    def shuffle(self, start: int, stop: int, chance: random.Random, first: int | None = None) -> None:
        """Put positions into random order; the item with the id ``first``, if it is among them, comes first."""
        part = shuffled(self._items[start:stop], chance)
        self.reorder(start, part, [item.id for item in part], first)

    def reorder(self, start: int, items: list[QueueItem], ids: list[int], first: int | None = None) -> None:
        """Put items that are in the queue from ``start`` on into another order, ``first`` as above."""
        if first is not None and first in ids:
            at = ids.index(first)
            items.insert(0, items.pop(at))
            ids.insert(0, ids.pop(at))
        stop = start + len(items)
        self._items[start:stop] = items
        self._ids[start:stop] = ids
        self._touch(start, stop)

    def set_priority(self, start: int, stop: int, priority: int) -> None:
        """Give positions a priority."""
        self._replace(
            (position, item._replace(priority=priority))
            for position, item in enumerate(self._items[start:stop], start)
            if item.priority != priority
        )

    def replace(self, new: Replacement) -> list[QueueItem]:
        """Put other items, of the same ids, at positions, and return what was there."""
        stop = new.start + len(new.items)
        before = self._items[new.start : stop]
        self._items[new.start : stop] = new.items
        self._decorated += new.decorated
        for position in new.changed:
            self._changed[position] = self._version
        self._note(*((new.changed[0], new.changed[-1] + 1) for _ in new.changed[:1]))
        return before

    def replace_tracks(self, tracks: Iterable[tuple[int, Track]]) -> None:
        """Give positions what the library now knows of their tracks."""
        self._replace((position, self._items[position]._replace(track=track)) for position, track in tracks)

    def set_tags(self, position: int, tags: tuple[tuple[str, str], ...]) -> None:
        """Give an item the names and values of tags that clients have set."""
        self._replace([(position, self._items[position]._replace(tags=tags))])

    def set_part(self, position: int, start: float, end: float | None) -> None:
        """Play an item from one second to another only."""
        self._replace([(position, self._items[position]._replace(start=start, end=end))])

    def restore(self, items: Sequence[QueueItem], version: int, last_id: int) -> None:
        """Take what was kept, with its ids; the version goes on from the one that was kept."""
        self._items = list(items)
        self._ids = [item.id for item in items]
        self._positions = dict(zip(self._ids, range(len(self._ids)), strict=True))
        self._decorated = sum(map(is_decorated, items))
        self._version = version
        self._last_id = last_id
        self._changed = self._versions(len(self._items))
        self._journal.clear()
        self._remembered = version
        self._touch(0, len(self._items))

    def _replace(self, items: Iterable[tuple[int, QueueItem]]) -> None:
        """Put other items, of the same ids, at positions."""
        changed = list(items)
        for position, item in changed:
            self._decorated += is_decorated(item) - is_decorated(self._items[position])
            self._items[position] = item
            self._changed[position] = self._version
        if changed:
            positions = [position for position, _ in changed]
            self._note((min(positions), max(positions) + 1))
        else:
            self._note()

    def _touch(self, start: int, stop: int) -> None:
        """Note that all positions of a range may have changed."""
        if start < stop:
            self._changed[start:stop] = self._versions(stop - start)
        self._note((start, stop))

    def _versions(self, count: int) -> array[int]:
        """Return the present version so many times."""
        return array("i", [self._version]) * count

    def _note(self, *ranges: tuple[int, int]) -> None:
        """Remember what changed, and make a new version."""
        for start, stop in ranges:
            if len(self._journal) == _REMEMBERED:
                self._remembered = self._journal[0][0] + 1
            self._journal.append((self._version, start, stop))
        self._version = self._version % _HIGHEST_VERSION + 1
        if self._version == 1:
            self._changed = array("i", [0]) * len(self._items)
            self._journal.clear()
            self._remembered = 1


def is_decorated(item: QueueItem) -> bool:
    """Tell whether an item is more than its track or URL."""
    return item[3:] != _PLAIN


def new_items(ids: Sequence[int], things: Sequence[Track | str]) -> Iterable[QueueItem]:
    """Make items: of tracks alone, as is the rule, in one go."""
    if str in set(map(type, things)):
        return [
            QueueItem(item_id, None, thing) if isinstance(thing, str) else QueueItem(item_id, thing)
            for item_id, thing in zip(ids, things, strict=True)
        ]
    rest = map(repeat, QueueItem(0)[2:])
    return map(tuple.__new__, repeat(QueueItem), zip(ids, things, *rest, strict=False))
