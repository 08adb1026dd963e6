"""Commands about the volume (protocol, "Playback options"); it is absent where the output has none."""

from collections.abc import Sequence

from ..arguments import parse_int, parse_unsigned
from ..errors import AckCode, AckError
from ..registry import Permission, command
from ..session import Session
from .playback import taken

_SECTION = "mixer"
_FULL = 100


@command("getvol", section=_SECTION, permission=Permission.READ)
def getvol(session: Session, arguments: Sequence[str]) -> None:  # noqa: ARG001 - none are taken
    """Print the volume, 0 to 100."""
    if session.player.volume is not None:
        session.reply.pair("volume", session.player.volume)


@command("setvol", section=_SECTION, minimum=1, maximum=1, permission=Permission.PLAYER)
async def setvol(session: Session, arguments: Sequence[str]) -> None:
    """Set the volume, 0 to 100."""
    volume = parse_unsigned(arguments[0], _FULL)
    if session.player.volume is None:
        raise AckError(AckCode.SYSTEM, "problems setting volume")
    await taken(session.player.set_volume(volume))


@command("volume", section=_SECTION, minimum=1, maximum=1, permission=Permission.PLAYER)
async def volume(session: Session, arguments: Sequence[str]) -> None:
    """Change the volume by -100 to 100."""
    change = parse_int(arguments[0], -_FULL, _FULL)
    present = session.player.volume
    if present is None:
        raise AckError(AckCode.SYSTEM, "No mixer")
    await taken(session.player.set_volume(min(max(present + change, 0), _FULL)))
