"""Commands that change and print the queue (protocol, "The Queue")."""

from collections.abc import Iterable, Iterator, Sequence

from ...playback.player import Player
from ..adding import current_position, find_addition, insert_position, require_track_or_url
from ..arguments import ALL, Range, parse_range, parse_unsigned, parse_version
from ..errors import AckCode, AckError
from ..registry import Permission, command
from ..session import Session
from ..songs import queue_block, shown_url
from .playback import position_of

_SECTION = "queue"
_HIGHEST_PRIORITY = 255


@command("add", section=_SECTION, minimum=1, maximum=2, permission=Permission.ADD)
async def add(session: Session, arguments: Sequence[str]) -> None:
    """Add a track, every track below a folder, or a URL."""
    position = insert_position(session.player, arguments[1]) if len(arguments) > 1 else None
    session.player.add(await find_addition(session, arguments[0]), position)


@command("addid", section=_SECTION, minimum=1, maximum=2, permission=Permission.ADD)
def addid(session: Session, arguments: Sequence[str]) -> None:
    """Add one track or URL, and print its id."""
    position = insert_position(session.player, arguments[1]) if len(arguments) > 1 else None
    item_ids = session.player.add([require_track_or_url(session, arguments[0])], position)
    session.reply.raw(b"Id: %d\n" % item_ids[0])


@command("clear", section=_SECTION, permission=Permission.PLAYER)
def clear(session: Session, arguments: Sequence[str]) -> None:  # noqa: ARG001 - none are taken
    """Stop, and empty the queue."""
    session.player.clear()


@command("delete", section=_SECTION, minimum=1, maximum=1, permission=Permission.PLAYER)
def delete(session: Session, arguments: Sequence[str]) -> None:
    """Take out the songs at these positions."""
    positions = _positions(session.player, parse_range(arguments[0]))
    session.player.delete(positions.start, positions.stop)


@command("deleteid", section=_SECTION, minimum=1, maximum=1, permission=Permission.PLAYER)
def deleteid(session: Session, arguments: Sequence[str]) -> None:
    """Take out the song with an id."""
    position = position_of(session.player, parse_unsigned(arguments[0]))
    session.player.delete(position, position + 1)


@command("move", section=_SECTION, minimum=2, maximum=2, permission=Permission.PLAYER)
def move(session: Session, arguments: Sequence[str]) -> None:
    """Move songs to another position."""
    chosen = parse_range(arguments[0])
    if chosen.end is None:
        raise AckError(AckCode.ARG, "Open-ended range not supported")
    _move(session.player, range(chosen.start, chosen.end), arguments[1])


@command("moveid", section=_SECTION, minimum=2, maximum=2, permission=Permission.PLAYER)
def moveid(session: Session, arguments: Sequence[str]) -> None:
    """Move the song with an id to another position."""
    position = position_of(session.player, parse_unsigned(arguments[0]))
    _move(session.player, range(position, position + 1), arguments[1])


def _move(player: Player, positions: range, where: str) -> None:
    length = len(player.queue)
    if positions.start >= length or positions.stop > length:
        raise AckError(AckCode.ARG, "Bad song index")
    to = _destination(player, positions, where)
    if not positions and 0 in {positions.start, to}:  # MPD moves no songs to and from any place but the first
        raise AckError(AckCode.ARG, "Bad song index")
    player.move(positions.start, positions.stop, to)


def _destination(player: Player, positions: range, where: str) -> int:
    """Return where the first of the moved songs goes to, counted without them; ``+N`` ``-N`` from the current song."""
    rest = len(player.queue) - len(positions)
    if not where.startswith(("+", "-")):
        return parse_unsigned(where, rest)
    current = current_position(player)
    if current in positions:
        raise AckError(AckCode.ARG, "Cannot move current song relative to itself")
    if current >= positions.stop:
        current -= len(positions)
    if where[0] == "+":
        return current + 1 + parse_unsigned(where[1:], rest - current - 1)
    return current - parse_unsigned(where[1:], current)


@command("swap", section=_SECTION, minimum=2, maximum=2, permission=Permission.PLAYER)
def swap(session: Session, arguments: Sequence[str]) -> None:
    """Exchange the songs at two positions."""
    first, second = parse_unsigned(arguments[0]), parse_unsigned(arguments[1])
    if max(first, second) >= len(session.player.queue):
        raise AckError(AckCode.ARG, "Bad song index")
    session.player.swap(first, second)


@command("swapid", section=_SECTION, minimum=2, maximum=2, permission=Permission.PLAYER)
def swapid(session: Session, arguments: Sequence[str]) -> None:
    """Exchange the songs with two ids."""
    ids = parse_unsigned(arguments[0]), parse_unsigned(arguments[1])
    first, second = (position_of(session.player, item_id) for item_id in ids)
    session.player.swap(first, second)


@command("shuffle", section=_SECTION, maximum=1, permission=Permission.PLAYER)
def shuffle(session: Session, arguments: Sequence[str]) -> None:
    """Put the songs at these positions, or all, in random order."""
    positions = _positions(session.player, _optional_range(arguments))
    session.player.shuffle(positions.start, positions.stop)


@command("prio", section=_SECTION, minimum=2, maximum=None, permission=Permission.PLAYER)
def prio(session: Session, arguments: Sequence[str]) -> None:
    """Set the priority, 0 to 255, of the songs at these positions; it counts in random order."""
    priority = parse_unsigned(arguments[0], _HIGHEST_PRIORITY)
    for text in arguments[1:]:
        _prioritize(session.player, _positions(session.player, parse_range(text)), priority)


@command("prioid", section=_SECTION, minimum=2, maximum=None, permission=Permission.PLAYER)
def prioid(session: Session, arguments: Sequence[str]) -> None:
    """Set the priority, 0 to 255, of the songs with these ids."""
    priority = parse_unsigned(arguments[0], _HIGHEST_PRIORITY)
    for text in arguments[1:]:
        position = position_of(session.player, parse_unsigned(text))
        _prioritize(session.player, range(position, position + 1), priority)


@command("playlist", section=_SECTION, permission=Permission.READ)
def playlist(session: Session, arguments: Sequence[str]) -> None:  # noqa: ARG001 - none are taken
    """Print where each song is and what its file is; kept for old clients."""
    for position, item in enumerate(session.player.queue):
        session.reply.pair(f"{position}:file", item.track.uri if item.track is not None else shown_url(item.url or ""))


@command("playlistinfo", section=_SECTION, maximum=1, permission=Permission.READ)
def playlistinfo(session: Session, arguments: Sequence[str]) -> None:
    """Print the songs at these positions, or all."""
    _print(session, _positions(session.player, _optional_range(arguments)))


@command("playlistid", section=_SECTION, maximum=1, permission=Permission.READ)
def playlistid(session: Session, arguments: Sequence[str]) -> None:
    """Print the song with an id, or all songs."""
    if arguments:
        position = position_of(session.player, parse_unsigned(arguments[0]))
        _print(session, range(position, position + 1))
    else:
        _print(session, range(len(session.player.queue)))


@command("plchanges", section=_SECTION, minimum=1, maximum=2, permission=Permission.READ)
def plchanges(session: Session, arguments: Sequence[str]) -> None:
    """Print the songs that are at another position, or other songs, than in a version."""
    _print(session, _changes(session.player, arguments))


@command("plchangesposid", section=_SECTION, minimum=1, maximum=2, permission=Permission.READ)
def plchangesposid(session: Session, arguments: Sequence[str]) -> None:
    """Print the positions and ids of what ``plchanges`` prints."""
    queue = session.player.queue
    lines = (b"cpos: %d\nId: %d\n" % (position, queue[position].id) for position in _changes(session.player, arguments))
    session.reply.raw(lines)


def _changes(player: Player, arguments: Sequence[str]) -> Iterator[int]:
    """Return the positions that changed since a version; all for a version that never was."""
    version = parse_version(arguments[0])
    wanted = _optional_range(arguments[1:]).clip(len(player.queue))
    return (position for position in player.queue.changes_since(version) if position in wanted)


def _print(session: Session, positions: Iterable[int]) -> None:
    queue, mask = session.player.queue, session.tag_mask
    session.reply.raw(queue_block(queue[position], position, mask) for position in positions)


def _optional_range(arguments: Sequence[str]) -> Range:
    return parse_range(arguments[0]) if arguments else ALL


def _positions(player: Player, chosen: Range) -> range:
    """Return the positions of a range that the queue has; raise AckError if it begins behind the end."""
    length = len(player.queue)
    if chosen.start > length:
        raise AckError(AckCode.ARG, "Bad song index")
    return chosen.clip(length)


def _prioritize(player: Player, positions: range, priority: int) -> None:
    player.set_priority(positions.start, positions.stop, priority)
