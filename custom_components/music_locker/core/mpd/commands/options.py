"""Commands that set how the queue is played (protocol, "Playback options")."""

from collections.abc import Sequence

from ...playback.programme import Mode
from ..arguments import parse_bool
from ..errors import AckCode, AckError
from ..registry import Permission, command
from ..session import Session

_SECTION = "options"
_MODES = {"0": Mode.OFF, "1": Mode.ON, "oneshot": Mode.ONESHOT}


@command("random", section=_SECTION, minimum=1, maximum=1, permission=Permission.PLAYER)
def random(session: Session, arguments: Sequence[str]) -> None:
    """Play in random order, or not."""
    session.player.set_random(parse_bool(arguments[0]))


@command("repeat", section=_SECTION, minimum=1, maximum=1, permission=Permission.PLAYER)
def repeat(session: Session, arguments: Sequence[str]) -> None:
    """Begin again after the last song, or not."""
    session.player.set_repeat(parse_bool(arguments[0]))


@command("single", section=_SECTION, minimum=1, maximum=1, permission=Permission.PLAYER)
def single(session: Session, arguments: Sequence[str]) -> None:
    """Stop after (with repeat: repeat) each song, never, or once."""
    session.player.set_single(_mode("single", arguments[0]))


@command("consume", section=_SECTION, minimum=1, maximum=1, permission=Permission.PLAYER)
def consume(session: Session, arguments: Sequence[str]) -> None:
    """Take each song out of the queue once it is played, none, or one."""
    session.player.set_consume(_mode("consume", arguments[0]))


def _mode(name: str, text: str) -> Mode:
    try:
        return _MODES[text]
    except KeyError:
        raise AckError(AckCode.ARG, f"Unrecognized {name} mode, expected 0, 1, or oneshot") from None


@command("replay_gain_status", section=_SECTION, permission=Permission.READ)
def replay_gain_status(session: Session, arguments: Sequence[str]) -> None:  # noqa: ARG001 - none are taken
    """Print that loudness is left as it is."""
    session.reply.pair("replay_gain_mode", "off")
