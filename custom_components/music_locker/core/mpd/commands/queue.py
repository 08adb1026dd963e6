"""Commands that change the queue (protocol, "The Queue")."""

from collections.abc import Awaitable
from functools import partial

from ...playback import long_edits
from ...playback.long_edits import MANY, MANY_TO_SHUFFLE
from ...playback.player import Player
from ..adding import add_run, current_position, find_addition, insert_position, queue_things, require_track_or_url
from ..arguments import ALL, UNSIGNED_MAX, Range, parse_range, parse_unsigned
from ..errors import AckCode, AckError
from ..queue_listing import position_of, positions_of
from ..registry import BulkArguments, Permission, command, optional, several
from ..session import Session

_SECTION = "queue"
_HIGHEST_PRIORITY = 255


def add_many(session: Session, commands: BulkArguments, ending: bytes) -> int:
    """Add the tracks of commands that follow each other."""
    added = len(add_run(session, commands))
    session.reply.raw(ending * added)
    return added


@command("add", str, optional(str), section=_SECTION, permission=Permission.ADD, since="0.10", bulk=add_many)
async def add(session: Session, uri: str, position: str | None = None) -> None:
    """Add a track, every track below a folder, or a URL."""
    if position is not None:  # it is wrong before anything else is
        insert_position(session.player, position)
    await queue_things(session, await find_addition(session, uri), position)


def addid_many(session: Session, commands: BulkArguments, ending: bytes) -> int:
    """Add the tracks of commands that follow each other, and print their ids."""
    ids = add_run(session, commands)
    session.reply.raw((b"Id: %d\n" + ending) * len(ids) % tuple(ids))
    return len(ids)


@command("addid", str, optional(str), section=_SECTION, permission=Permission.ADD, since="0.12", bulk=addid_many)
def addid(session: Session, uri: str, position: str | None = None) -> None:
    """Add one track or URL, and print its id."""
    where = None if position is None else insert_position(session.player, position)
    item_ids = session.player.add([require_track_or_url(session, uri)], where)
    session.reply.raw(b"Id: %d\n" % item_ids[0])


@command("clear", section=_SECTION, permission=Permission.PLAYER, since="0.10")
def clear(session: Session) -> None:
    """Stop, and empty the queue."""
    session.player.clear()


@command("delete", parse_range, section=_SECTION, permission=Permission.PLAYER, since="0.10")
def delete(session: Session, chosen: Range) -> Awaitable[None] | None:
    """Take out the songs at these positions."""
    player = session.player
    positions = positions_of(player, chosen)
    if MANY < len(positions) < len(player.queue):
        return long_edits.delete(player, lambda: positions_of(player, chosen))
    player.delete(positions.start, positions.stop)
    return None


@command("deleteid", parse_unsigned, section=_SECTION, permission=Permission.PLAYER, since="0.11")
def deleteid(session: Session, item_id: int) -> None:
    """Take out the song with an id."""
    position = position_of(session.player, item_id)
    session.player.delete(position, position + 1)


@command("move", parse_range, str, section=_SECTION, permission=Permission.PLAYER, since="0.10")
def move(session: Session, chosen: Range, where: str) -> None:
    """Move songs to another position."""
    if chosen.end is None:
        raise AckError(AckCode.ARG, "Open-ended range not supported")
    _move(session.player, range(chosen.start, chosen.end), where)


@command("moveid", parse_unsigned, str, section=_SECTION, permission=Permission.PLAYER, since="0.11")
def moveid(session: Session, item_id: int, where: str) -> None:
    """Move the song with an id to another position."""
    position = position_of(session.player, item_id)
    _move(session.player, range(position, position + 1), where)


def _move(player: Player, positions: range, where: str) -> None:
    length = len(player.queue)
    to = _destination(player, positions, where)
    if positions.start >= length or positions.stop > length:
        raise AckError(AckCode.ARG, "Bad song index")
    if not positions and 0 in {positions.start, to}:  # MPD moves no songs to and from any place but the first
        raise AckError(AckCode.ARG, "Bad song index")
    if positions.start != to:
        player.move(positions.start, positions.stop, to)


def _destination(player: Player, positions: range, where: str) -> int:
    """Return where the first of the moved songs goes to, counted without them; ``+N`` ``-N`` from the current song."""
    rest = len(player.queue) - len(positions)
    if not where.startswith(("+", "-")):
        return parse_unsigned(where, rest if rest >= 0 else UNSIGNED_MAX)
    current = current_position(player)
    if current in positions:
        raise AckError(AckCode.ARG, "Cannot move current song relative to itself")
    if current >= positions.stop:
        current -= len(positions)
    if where[0] == "+":
        return current + 1 + parse_unsigned(where[1:], rest - current - 1)
    return current - parse_unsigned(where[1:], current)


@command("swap", parse_unsigned, parse_unsigned, section=_SECTION, permission=Permission.PLAYER, since="0.10")
def swap(session: Session, first: int, second: int) -> None:
    """Exchange the songs at two positions."""
    if max(first, second) >= len(session.player.queue):
        raise AckError(AckCode.ARG, "Bad song index")
    session.player.swap(first, second)


@command("swapid", parse_unsigned, parse_unsigned, section=_SECTION, permission=Permission.PLAYER, since="0.11")
def swapid(session: Session, first_id: int, second_id: int) -> None:
    """Exchange the songs with two ids."""
    first, second = position_of(session.player, first_id), position_of(session.player, second_id)
    session.player.swap(first, second)


@command("shuffle", optional(parse_range), section=_SECTION, permission=Permission.PLAYER, since="0.10")
def shuffle(session: Session, chosen: Range = ALL) -> Awaitable[None] | None:
    """Put the songs at these positions, or all, in random order."""
    player = session.player
    positions = positions_of(player, chosen)
    if len(positions) > MANY_TO_SHUFFLE:
        return long_edits.shuffle(player, lambda: positions_of(player, chosen))
    player.shuffle(positions.start, positions.stop)
    return None


@command("prio", str, several(), section=_SECTION, permission=Permission.PLAYER, since="0.17")
async def prio(session: Session, priority: str, *ranges: str) -> None:
    """Set the priority, 0 to 255, of the songs at these positions; it counts in random order."""
    rank = parse_unsigned(priority, _HIGHEST_PRIORITY)
    player = session.player
    for text in ranges:  # those before one that is wrong are heeded
        chosen = partial(positions_of, player, parse_range(text))
        positions = chosen()
        if len(positions) > MANY:
            await long_edits.set_priority(player, chosen, rank)
        else:
            player.set_priority(positions.start, positions.stop, rank)


@command("prioid", str, several(), section=_SECTION, permission=Permission.PLAYER, since="0.17")
def prioid(session: Session, priority: str, *ids: str) -> None:
    """Set the priority, 0 to 255, of the songs with these ids."""
    rank = parse_unsigned(priority, _HIGHEST_PRIORITY)
    for text in ids:  # same
        position = position_of(session.player, parse_unsigned(text))
        session.player.set_priority(position, position + 1, rank)
