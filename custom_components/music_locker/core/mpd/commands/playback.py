"""Commands that control playing (protocol, "Controlling playback"); they return once the player has taken them."""

from collections.abc import Sequence

from ...playback.player import Player, PlayerState
from ..arguments import parse_bool, parse_float, parse_int, parse_time, parse_unsigned
from ..errors import AckCode, AckError
from ..registry import Permission, command
from ..session import Session

_SECTION = "playback"
_WHERE_IT_WAS = -1  # the old way to leave out a position or an id


@command("play", section=_SECTION, maximum=1, permission=Permission.PLAYER)
async def play(session: Session, arguments: Sequence[str]) -> None:
    """Play the song at a position, or go on."""
    position = parse_int(arguments[0]) if arguments else _WHERE_IT_WAS
    if position == _WHERE_IT_WAS:
        await session.player.play()
    else:
        await session.player.play(_checked(session.player, position))


@command("playid", section=_SECTION, maximum=1, permission=Permission.PLAYER)
async def playid(session: Session, arguments: Sequence[str]) -> None:
    """Play the song with an id, or go on."""
    item_id = parse_int(arguments[0]) if arguments else _WHERE_IT_WAS
    if item_id == _WHERE_IT_WAS:
        await session.player.play()
    else:
        await session.player.play(position_of(session.player, item_id))


@command("pause", section=_SECTION, maximum=1, permission=Permission.PLAYER)
async def pause(session: Session, arguments: Sequence[str]) -> None:
    """Pause, go on, or without an argument the other of the two."""
    await session.player.pause(parse_bool(arguments[0]) if arguments else None)


@command("stop", section=_SECTION, permission=Permission.PLAYER)
async def stop(session: Session, arguments: Sequence[str]) -> None:  # noqa: ARG001 - none are taken
    """Stop."""
    await session.player.stop()


@command("next", section=_SECTION, permission=Permission.PLAYER)
async def next_song(session: Session, arguments: Sequence[str]) -> None:  # noqa: ARG001 - none are taken
    """Play the next song."""
    _require_playing(session.player)
    await session.player.next()


@command("previous", section=_SECTION, permission=Permission.PLAYER)
async def previous(session: Session, arguments: Sequence[str]) -> None:  # noqa: ARG001 - none are taken
    """Play the song before."""
    _require_playing(session.player)
    await session.player.previous()


@command("seek", section=_SECTION, minimum=2, maximum=2, permission=Permission.PLAYER)
async def seek(session: Session, arguments: Sequence[str]) -> None:
    """Play the song at a position from a time in seconds on."""
    position = parse_unsigned(arguments[0])
    elapsed = parse_time(arguments[1])
    await session.player.seek(_checked(session.player, position), elapsed)


@command("seekid", section=_SECTION, minimum=2, maximum=2, permission=Permission.PLAYER)
async def seekid(session: Session, arguments: Sequence[str]) -> None:
    """Play the song with an id from a time in seconds on."""
    item_id = parse_unsigned(arguments[0])
    elapsed = parse_time(arguments[1])
    await session.player.seek(position_of(session.player, item_id), elapsed)


@command("seekcur", section=_SECTION, minimum=1, maximum=1, permission=Permission.PLAYER)
async def seekcur(session: Session, arguments: Sequence[str]) -> None:
    """Go to a time of the present song in seconds; with a sign, by so much."""
    elapsed = parse_float(arguments[0])
    _require_playing(session.player)
    if arguments[0].startswith(("+", "-")):
        elapsed += session.player.elapsed
    await session.player.seek_current(max(elapsed, 0.0))


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
