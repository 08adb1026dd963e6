"""Commands that set how the queue is played (protocol, "Playback options")."""

from dataclasses import replace

from ...playback.programme import Mode
from ...streams.mixing import ReplayGain
from ..arguments import parse_bool, parse_single, parse_unsigned
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


def _replay_gain(text: str) -> ReplayGain:
    try:
        return ReplayGain(text)
    except ValueError:
        raise AckError(AckCode.ARG, "Unrecognized replay gain mode") from None


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


@command("crossfade", parse_unsigned, section=_SECTION, permission=Permission.PLAYER, since="0.10")
def crossfade(session: Session, seconds: int) -> None:
    """Let the end of a song be heard with the beginning of the next one, where the output can mix."""
    player = session.player
    player.set_mixing(replace(player.mixing, crossfade=seconds))


@command("mixrampdb", parse_single, section=_SECTION, permission=Permission.PLAYER, since="0.16")
def mixrampdb(session: Session, decibels: float) -> None:
    """Set how loud songs are where they overlap by their MixRamp tags."""
    player = session.player
    player.set_mixing(replace(player.mixing, mixramp_db=decibels))


@command("mixrampdelay", parse_single, section=_SECTION, permission=Permission.PLAYER, since="0.16")
def mixrampdelay(session: Session, seconds: float) -> None:
    """Set by how much less songs overlap than their MixRamp tags say; without a positive number they do not count."""
    player = session.player
    player.set_mixing(replace(player.mixing, mixramp_delay=seconds if seconds > 0 else 0.0))


@command("replay_gain_mode", _replay_gain, section=_SECTION, permission=Permission.PLAYER, since="0.16")
def replay_gain_mode(session: Session, mode: ReplayGain) -> None:
    """Even out the loudness of songs, or of albums, by the tags of the files, where the output can."""
    player = session.player
    player.set_mixing(replace(player.mixing, replay_gain=mode))


@command("replay_gain_status", section=_SECTION, permission=Permission.READ, since="0.16")
def replay_gain_status(session: Session) -> None:
    """Print whose loudness is evened out."""
    session.reply.pair("replay_gain_mode", session.player.mixing.replay_gain.value)
