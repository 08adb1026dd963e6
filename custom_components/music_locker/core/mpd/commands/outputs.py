"""Commands about where sound goes (protocol, "Audio output devices").

A player plays to one of its outputs at a time: enabling one takes the sound from the other.
"""

from collections.abc import Sequence

from ...playback.output import Output
from ..arguments import parse_unsigned
from ..errors import AckCode, AckError
from ..registry import Permission, command
from ..session import Session
from .playback import taken

_SECTION = "outputs"


@command("outputs", section=_SECTION, permission=Permission.READ, since="0.12")
def outputs(session: Session) -> None:
    """Print the outputs of the partition, and which of them it plays to."""
    for number, output in enumerate(_outputs(session)):
        session.reply.pair("outputid", number)
        session.reply.pair("outputname", output.name)
        session.reply.pair("plugin", output.plugin)
        session.reply.pair("outputenabled", int(output is session.player.output))


@command("enableoutput", parse_unsigned, section=_SECTION, permission=Permission.ADMIN, since="0.12")
async def enableoutput(session: Session, number: int) -> None:
    """Play to this output, and no longer to the other."""
    await _play_to(session, _find(session, number))


@command("disableoutput", parse_unsigned, section=_SECTION, permission=Permission.ADMIN, since="0.12")
async def disableoutput(session: Session, number: int) -> None:
    """Play no longer to this output, but to the other."""
    output = _find(session, number)
    if output is session.player.output:
        await _play_to(session, _other(session, output))


@command("toggleoutput", parse_unsigned, section=_SECTION, permission=Permission.ADMIN, since="0.18")
async def toggleoutput(session: Session, number: int) -> None:
    """Enable this output if it is disabled, and the other way round."""
    output = _find(session, number)
    await _play_to(session, _other(session, output) if output is session.player.output else output)


def _outputs(session: Session) -> Sequence[Output]:
    return session.core.outputs(session.player.id)


def _find(session: Session, number: int) -> Output:
    found = _outputs(session)
    if number >= len(found):
        raise AckError(AckCode.NO_EXIST, "No such audio output")
    return found[number]


def _other(session: Session, output: Output) -> Output:
    for other in _outputs(session):
        if other is not output:
            return other
    raise AckError(AckCode.SYSTEM, "The only output of a player stays enabled")


async def _play_to(session: Session, output: Output) -> None:
    if output is not session.player.output:
        await taken(session.player.set_output(output))
