"""Commands that control playing (protocol, "Controlling playback"); they return once the player has taken them."""

import asyncio
from collections.abc import Coroutine

from ...playback.player import Player, PlayerState
from ..arguments import parse_bool, parse_float, parse_int, parse_time, parse_unsigned
from ..errors import AckCode, AckError
from ..queue_listing import position_of
from ..registry import Permission, command, optional
from ..session import Session

_SECTION = "playback"
_PATIENCE = 1.0  # seconds
_WHERE_IT_WAS = -1  # the old way to leave out a position or an id


@command("play", optional(parse_int), section=_SECTION, permission=Permission.PLAYER, since="0.10")
async def play(session: Session, position: int = _WHERE_IT_WAS) -> None:
    """Play the song at a position, or go on."""
    if position == _WHERE_IT_WAS:
        await taken(session.player.play())
    else:
        await taken(session.player.play(_checked(session.player, position)))


@command("playid", optional(parse_int), section=_SECTION, permission=Permission.PLAYER, since="0.11")
async def playid(session: Session, item_id: int = _WHERE_IT_WAS) -> None:
    """Play the song with an id, or go on."""
    if item_id == _WHERE_IT_WAS:
        await taken(session.player.play())
    else:
        await taken(session.player.play(position_of(session.player, item_id)))


@command("pause", optional(parse_bool), section=_SECTION, permission=Permission.PLAYER, since="0.10")
async def pause(session: Session, paused: bool | None = None) -> None:  # noqa: FBT001 - MPD's own argument
    """Pause, go on, or without an argument the other of the two."""
    await taken(session.player.pause(paused))


@command("stop", section=_SECTION, permission=Permission.PLAYER, since="0.10")
async def stop(session: Session) -> None:
    """Stop."""
    await taken(session.player.stop())


@command("next", section=_SECTION, permission=Permission.PLAYER, since="0.10")
async def next_song(session: Session) -> None:
    """Play the next song."""
    _require_playing(session.player)
    await taken(session.player.next())


@command("previous", section=_SECTION, permission=Permission.PLAYER, since="0.10")
async def previous(session: Session) -> None:
    """Play the song before."""
    _require_playing(session.player)
    await taken(session.player.previous())


@command("seek", parse_unsigned, parse_time, section=_SECTION, permission=Permission.PLAYER, since="0.10")
async def seek(session: Session, position: int, elapsed: float) -> None:
    """Play the song at a position from a time in seconds on."""
    await taken(session.player.seek(_checked(session.player, position), elapsed))


@command("seekid", parse_unsigned, parse_time, section=_SECTION, permission=Permission.PLAYER, since="0.11")
async def seekid(session: Session, item_id: int, elapsed: float) -> None:
    """Play the song with an id from a time in seconds on."""
    await taken(session.player.seek(position_of(session.player, item_id), elapsed))


@command("seekcur", str, section=_SECTION, permission=Permission.PLAYER, since="0.17")
async def seekcur(session: Session, target: str) -> None:
    """Go to a time of the present song in seconds; with a sign, by so much."""
    elapsed = parse_float(target)
    _require_playing(session.player)
    if target.startswith(("+", "-")):
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


def _checked(player: Player, position: int) -> int:
    if not 0 <= position < len(player.queue):
        raise AckError(AckCode.ARG, "Bad song index")
    return position


def _require_playing(player: Player) -> None:
    if player.state is PlayerState.STOPPED:
        raise AckError(AckCode.PLAYER_SYNC, "Not playing")
