"""The queue as clients see it: songs with their positions and ids, rendered many at a time."""

from collections.abc import Callable, Iterable, Sequence
from weakref import WeakKeyDictionary

from ..playback.player import Player
from ..playback.queue import Queue
from .arguments import Range
from .errors import AckCode, AckError
from .session import Session
from .songs import Mask, masked, queue_block, song_blocks

_PIECE = 256  # songs: some 64 KiB
_KEPT_POSITIONS = 16384
"""Positions whose lines are kept; the longest queue that MPD allows by itself."""


class _IdLines:
    """Keep the ``Id:`` line of every position of one queue; a change of the queue makes those anew that it changed."""

    __slots__ = ("_lines", "_version")

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._version = 0

    def of(self, queue: Queue) -> list[bytes]:
        """Return the lines by position."""
        if self._version == queue.version:
            return self._lines
        lines, ids = self._lines, queue.ids
        changes = queue.changes_since(self._version)
        if len(changes) == len(ids):
            lines = self._lines = _id_lines(ids)
        else:
            del lines[len(ids) :]
            lines += [b""] * (len(ids) - len(lines))
            for position in changes:
                lines[position] = b"Id: %d\n" % ids[position]
        self._version = queue.version
        return lines


_LINES: WeakKeyDictionary[Queue, _IdLines] = WeakKeyDictionary()
_KEPT_LINES: dict[str, list[bytes]] = {"Pos": [], "cpos": []}


def _id_lines(ids: Sequence[int]) -> list[bytes]:
    """Return one line for each id: formatting them in one go takes half as long as one by one."""
    return (("Id: %d\n\0" * len(ids)) % tuple(ids)).encode().split(b"\0")[:-1]


def _lines(key: str, positions: Sequence[int]) -> list[bytes]:
    """Return one line for each position."""
    kept = _KEPT_LINES[key]
    if positions[-1] >= _KEPT_POSITIONS:
        return [b"%s: %d\n" % (key.encode(), position) for position in positions]
    if positions[-1] >= len(kept):
        kept += [f"{key}: {position}\n".encode() for position in range(len(kept), positions[-1] + 1)]
    if isinstance(positions, range):
        return kept[positions.start : positions.stop]
    return [kept[position] for position in positions]


def position_of(player: Player, item_id: int) -> int:
    """Return where the item with an id is in the queue; raise AckError."""
    if item_id not in player.queue:
        raise AckError(AckCode.NO_EXIST, "No such song")
    return player.queue.position_of(item_id)


def positions_of(player: Player, chosen: Range) -> range:
    """Return the positions of a range that the queue has; raise AckError if it begins behind the end."""
    length = len(player.queue)
    if chosen.start > length:
        raise AckError(AckCode.ARG, "Bad song index")
    return chosen.clip(length)


def changed_positions(player: Player, version: int, wanted: Range) -> Sequence[int]:
    """Return the positions that changed since a version; all for a version that never was."""
    changes = player.queue.changes_since(version)
    within = wanted.clip(len(player.queue))
    if len(within) == len(player.queue):
        return changes
    return [position for position in changes if position in within]


def print_songs(session: Session, positions: Sequence[int]) -> None:
    """Print the songs at these positions; many are rendered as the client takes them."""
    queue, mask, own = session.player.queue, session.tag_mask, session.tag_types
    if len(positions) <= _PIECE:
        session.reply.raw(b"".join([queue_block(queue[position], position, mask, own) for position in positions]))
    else:
        session.reply.stream(_pieces(queue, positions, mask, own))


def _pieces(queue: Queue, positions: Sequence[int], mask: Mask, own: Mask) -> Iterable[bytes]:
    """Render songs; what the queue holds now is shown, whatever happens to it before the last piece is asked for."""
    items = list(queue) if len(positions) == len(queue) else [queue[position] for position in positions]
    lines_of = _id_lines_of(queue, positions)
    plain = not queue.decorated

    def piece(begin: int) -> bytes:
        end = begin + _PIECE
        some, places = items[begin:end], positions[begin:end]
        tracks = [item.track for item in some if item.track is not None]
        if not plain or len(tracks) < len(some):
            return b"".join([queue_block(item, at, mask, own) for item, at in zip(some, places, strict=True)])
        parts = [b""] * (3 * len(some))
        parts[0::3] = song_blocks(tracks)
        parts[1::3] = _lines("Pos", places)
        parts[2::3] = lines_of(begin, end)
        return masked(b"".join(parts), mask)

    return map(piece, range(0, len(items), _PIECE))


def _id_lines_of(queue: Queue, positions: Sequence[int]) -> Callable[[int, int], list[bytes]]:
    """Return what gives the ``Id:`` lines of a part of some positions, as they are now."""
    every = len(positions) == len(queue)
    if len(queue) > _KEPT_POSITIONS:
        ids = list(queue.ids) if every else [queue.ids[position] for position in positions]
        return lambda begin, end: _id_lines(ids[begin:end])
    kept = _LINES.setdefault(queue, _IdLines()).of(queue)
    lines = list(kept) if every else [kept[position] for position in positions]
    return lambda begin, end: lines[begin:end]


def print_positions(session: Session, positions: Sequence[int]) -> None:
    """Print where songs are, and their ids; of very many as the client takes them."""
    lines_of = _id_lines_of(session.player.queue, positions)

    def piece(begin: int) -> bytes:
        some = positions[begin : begin + _KEPT_POSITIONS]
        parts = [b""] * (2 * len(some))
        parts[0::2] = _lines("cpos", some)
        parts[1::2] = lines_of(begin, begin + len(some))
        return b"".join(parts)

    if len(positions) <= _KEPT_POSITIONS:
        session.reply.raw(piece(0))
    else:
        session.reply.stream(map(piece, range(0, len(positions), _KEPT_POSITIONS)))
