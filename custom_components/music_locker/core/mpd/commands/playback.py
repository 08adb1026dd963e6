"""Commands that control playing (protocol, "Controlling playback"); they return once the player has taken them."""

import asyncio
from collections.abc import Coroutine, Sequence

from ...playback.player import Player, PlayerState
from ..arguments import parse_bool, parse_float, parse_int, parse_time, parse_unsigned
from ..errors import AckCode, AckError
from ..registry import Permission, command
from ..session import Session

_SECTION = "playback"
_PATIENCE = 1.0  # seconds
_WHERE_IT_WAS = -1  # the old way to leave out a position or an id


@command("play", section=_SECTION, maximum=1, permission=Permission.PLAYER)
async def play(session: Session, arguments: Sequence[str]) -> None:
    """Play the song at a position, or go on."""
    position = parse_int(arguments[0]) if arguments else _WHERE_IT_WAS
    if position == _WHERE_IT_WAS:
        await taken(session.player.play())
    else:
        await taken(session.player.play(_checked(session.player, position)))


@command("playid", section=_SECTION, maximum=1, permission=Permission.PLAYER)
async def playid(session: Session, arguments: Sequence[str]) -> None:
    """Play the song with an id, or go on."""
    item_id = parse_int(arguments[0]) if arguments else _WHERE_IT_WAS
    if item_id == _WHERE_IT_WAS:
        await taken(session.player.play())
    else:
        await taken(session.player.play(position_of(session.player, item_id)))


@command("pause", section=_SECTION, maximum=1, permission=Permission.PLAYER)
async def pause(session: Session, arguments: Sequence[str]) -> None:
    """Pause, go on, or without an argument the other of the two."""
    await taken(session.player.pause(parse_bool(arguments[0]) if arguments else None))


@command("stop", section=_SECTION, permission=Permission.PLAYER)
async def stop(session: Session, arguments: Sequence[str]) -> None:  # noqa: ARG001 - none are taken
    """Stop."""
    await taken(session.player.stop())


@command("next", section=_SECTION, permission=Permission.PLAYER)
async def next_song(session: Session, arguments: Sequence[str]) -> None:  # noqa: ARG001 - none are taken
    """Play the next song."""
    _require_playing(session.player)
    await taken(session.player.next())


@command("previous", section=_SECTION, permission=Permission.PLAYER)
async def previous(session: Session, arguments: Sequence[str]) -> None:  # noqa: ARG001 - none are taken
    """Play the song before."""
    _require_playing(session.player)
    await taken(session.player.previous())


@command("seek", section=_SECTION, minimum=2, maximum=2, permission=Permission.PLAYER)
async def seek(session: Session, arguments: Sequence[str]) -> None:
    """Play the song at a position from a time in seconds on."""
    position = parse_unsigned(arguments[0])
    elapsed = parse_time(arguments[1])
    await taken(session.player.seek(_checked(session.player, position), elapsed))


@command("seekid", section=_SECTION, minimum=2, maximum=2, permission=Permission.PLAYER)
async def seekid(session: Session, arguments: Sequence[str]) -> None:
    """Play the song with an id from a time in seconds on."""
    item_id = parse_unsigned(arguments[0])
    elapsed = parse_time(arguments[1])
    await taken(session.player.seek(position_of(session.player, item_id), elapsed))


@command("seekcur", section=_SECTION, minimum=1, maximum=1, permission=Permission.PLAYER)
async def seekcur(session: Session, arguments: Sequence[str]) -> None:
    """Go to a time of the present song in seconds; with a sign, by so much."""
    elapsed = parse_float(arguments[0])
    _require_playing(session.player)
    if arguments[0].startswith(("+", "-")):
        elapsed += session.player.elapsed
    await taken(session.player.seek_current(max(elapsed, 0.0)))


async def taken(work: Coroutine[None, None, None]) -> None:
    """Give an order to the player, and wait a moment for its output; raise OutputError.

    An output that takes longer shows in ``status`` what came of it: clients would take a late answer for a lost one.
    """
    order = asyncio.Task(work, loop=asyncio.get_running_loop(), eager_start=True)
    order.add_done_callback(lambda done: done.cancelled() or done.exception())  # told by the player as well
    if order.done() or (await asyncio.wait([order], timeout=_PATIENCE))[0]:
        if order.cancelled():
            raise AckError(AckCode.SYSTEM, "The player was closed")
        order.result()


def position_of(player: Player, item_id: int) -> int:
    """Return where the item with an id is in the queue; raise AckError."""
    position = player.queue.position_of(item_id) if item_id in player.queue else None
    if position is None:
        raise AckError(AckCode.NO_EXIST, "No such song")
    return position


def _checked(player: Player, position: int) -> int:
    if not 0 <= position < len(player.queue):
        raise AckError(AckCode.ARG, "Bad song index")
    return position


def _require_playing(player: Player) -> None:
    if player.state is PlayerState.STOPPED:
        raise AckError(AckCode.PLAYER_SYNC, "Not playing")
