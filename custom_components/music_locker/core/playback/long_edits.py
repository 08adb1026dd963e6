"""Edits of very many items of a queue: prepared in pieces, while others have their turn, and then made in one step.

Everybody sees the queue before or after such an edit, and never half of it. What was prepared for a queue that has
changed meanwhile is prepared anew: an edit is what it would have been if it had come a little later.
"""

from collections.abc import Callable, Sequence
from random import SystemRandom

from ..models import Track
from ..pieces import Turns, in_pieces
from .player import Player
from .queue import LONGEST, Additions, NewItems, Queue, QueueFull, QueueItem, Replacement, Rest, is_decorated, new_items
from .shuffling import mixing

MANY = 1000
"""Items; fewer are edited at once."""
MANY_TO_SHUFFLE = 16 * 1024
"""Items; fewer are shuffled at once."""
_TRIES = 4  # of preparing an edit, before it is made in one go


async def prepare(queue: Queue, things: Sequence[Track | str], *, replacing: bool = False) -> Additions:
    """Make items of many tracks and URLs, to be added wherever that shall be, or ``replacing`` all that there is.

    Few are made when they are added. Raise QueueFull.
    """
    if len(things) <= MANY:
        return things
    if len(things) > (LONGEST if replacing else queue.room):
        raise QueueFull
    ids = queue.reserve(len(things))
    new, at = NewItems([], list(ids), {}), 0
    start = 0 if replacing else len(queue)
    async for some in in_pieces(things):
        some_ids = new.ids[at : at + len(some)]
        new.items.extend(new_items(some_ids, some))
        new.positions.update(zip(some_ids, range(start + at, start + at + len(some)), strict=True))
        at += len(some)
    return new


async def delete(player: Player, chosen: Callable[[], range]) -> None:
    """Take positions out; raise what ``chosen`` raises, which is asked for them."""
    for _ in range(_TRIES):
        positions, version = chosen(), player.queue.version
        items = player.queue[: positions.start] + player.queue[positions.stop :]
        rest = Rest(items)
        async for some in in_pieces(items):
            ids = [item.id for item in some]
            rest.positions.update(zip(ids, range(len(rest.ids), len(rest.ids) + len(ids)), strict=True))
            rest.ids += ids
            rest.decorated += sum(map(is_decorated, some)) if player.queue.decorated else 0
        if player.queue.version == version:
            player.delete(positions.start, positions.stop, rest)
            return
    positions = chosen()
    player.delete(positions.start, positions.stop)


async def shuffle(player: Player, chosen: Callable[[], range]) -> None:
    """Put positions into random order; raise what ``chosen`` raises, which is asked for them."""
    for _try in range(_TRIES):
        positions, version = chosen(), player.queue.version
        items = player.queue[positions.start : positions.stop]
        turns = Turns()
        for _ in mixing(items, SystemRandom()):
            await turns.give()
        ids: list[int] = []
        async for some in in_pieces(items):
            ids += [item.id for item in some]
        if player.queue.version == version:
            player.shuffle(positions.start, positions.stop, (items, ids))
            return
    positions = chosen()
    player.shuffle(positions.start, positions.stop)


async def set_priority(player: Player, chosen: Callable[[], range], priority: int) -> None:
    """Give positions a priority, 0 to 255; raise what ``chosen`` raises, which is asked for them."""
    for _ in range(_TRIES):
        positions, version = chosen(), player.queue.version
        items = player.queue[positions.start : positions.stop]
        replacement = Replacement(positions.start, [], [], 0)
        async for some in in_pieces(items):
            _prioritize(some, priority, replacement)
        if player.queue.version == version:
            player.set_priority(positions.start, positions.stop, priority, replacement)
            return
    positions = chosen()
    player.set_priority(positions.start, positions.stop, priority)


def _prioritize(items: Sequence[QueueItem], priority: int, replacement: Replacement) -> None:
    """Prepare another priority for some items more."""
    at = replacement.start + len(replacement.items)
    for position, item in enumerate(items, at):
        if item.priority != priority:
            new = item._replace(priority=priority)
            replacement.changed.append(position)
            replacement.decorated += is_decorated(new) - is_decorated(item)
            replacement.items.append(new)
        else:
            replacement.items.append(item)
