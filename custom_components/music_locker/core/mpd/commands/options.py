"""Commands that set how the queue is played (protocol, "Playback options")."""

from ...playback.programme import Mode
from ..arguments import parse_bool
from ..errors import AckCode, AckError
from ..registry import Permission, command
from ..session import Session

_SECTION = "options"
_MODES = {"0": Mode.OFF, "1": Mode.ON, "oneshot": Mode.ONESHOT}


def _single_mode(text: str) -> Mode:
    return _mode("single", text)


def _consume_mode(text: str) -> Mode:
    return _mode("consume", text)


def _mode(name: str, text: str) -> Mode:
    try:
        return _MODES[text]
    except KeyError:
        raise AckError(AckCode.ARG, f"Unrecognized {name} mode, expected 0, 1, or oneshot") from None


@command("random", parse_bool, section=_SECTION, permission=Permission.PLAYER, since="0.10")
def random(session: Session, on: bool) -> None:  # noqa: FBT001 - an argument of the command
    """Play in random order, or not."""
    session.player.set_random(on)


@command("repeat", parse_bool, section=_SECTION, permission=Permission.PLAYER, since="0.10")
def repeat(session: Session, on: bool) -> None:  # noqa: FBT001 - an argument of the command
    """Begin again after the last song, or not."""
    session.player.set_repeat(on)


@command("single", _single_mode, section=_SECTION, permission=Permission.PLAYER, since="0.15")
def single(session: Session, mode: Mode) -> None:
    """Stop after (with repeat: repeat) each song, never, or once."""
    session.player.set_single(mode)


@command("consume", _consume_mode, section=_SECTION, permission=Permission.PLAYER, since="0.15")
def consume(session: Session, mode: Mode) -> None:
    """Take each song out of the queue once it is played, none, or one."""
    session.player.set_consume(mode)


@command("replay_gain_status", section=_SECTION, permission=Permission.READ, since="0.16")
def replay_gain_status(session: Session) -> None:
    """Print that loudness is left as it is."""
    session.reply.pair("replay_gain_mode", "off")
