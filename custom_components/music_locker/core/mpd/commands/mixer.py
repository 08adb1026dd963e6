"""Commands about the volume (protocol, "Playback options"); it is absent where the output has none."""

from ..arguments import parse_int, parse_unsigned
from ..errors import AckCode, AckError
from ..registry import Permission, command
from ..session import Session
from .playback import taken

_SECTION = "mixer"
_FULL = 100


@command("getvol", section=_SECTION, permission=Permission.READ, since="0.23")
def getvol(session: Session) -> None:
    """Print the volume, 0 to 100."""
    if session.player.volume is not None:
        session.reply.pair("volume", session.player.volume)


def _parse_volume(text: str) -> int:
    return parse_unsigned(text, _FULL)


def _parse_change(text: str) -> int:
    return parse_int(text, -_FULL, _FULL)


@command("setvol", _parse_volume, section=_SECTION, permission=Permission.PLAYER, since="0.10")
async def setvol(session: Session, volume: int) -> None:
    """Set the volume, 0 to 100."""
    if session.player.volume is None:
        raise AckError(AckCode.UNKNOWN, "No mixer")
    await taken(session.player.set_volume(volume))


@command("volume", _parse_change, section=_SECTION, permission=Permission.PLAYER, since="0.10")
async def change_volume(session: Session, change: int) -> None:
    """Change the volume by -100 to 100."""
    present = session.player.volume
    if present is None:
        raise AckError(AckCode.SYSTEM, "No mixer")
    await taken(session.player.set_volume(min(max(present + change, 0), _FULL)))
