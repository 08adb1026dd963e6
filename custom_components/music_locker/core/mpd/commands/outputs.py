"""Commands about where sound goes (protocol, "Audio output devices").

A player plays to one of its outputs at a time: enabling one takes the sound from the other.
"""

import re

from ...playback.output import AttributeRefused, Output
from ...playback.outputs import Place
from ..arguments import parse_unsigned
from ..errors import AckCode, AckError
from ..registry import Permission, command
from ..session import Session
from .playback import taken

_SECTION = "outputs"
_EMPTY = "dummy"  # the plugin of a place whose output is in another partition
_ATTRIBUTE = re.compile(r"[A-Za-z0-9_]+")


@command("outputs", section=_SECTION, permission=Permission.READ, since="0.12")
def outputs(session: Session) -> None:
    """Print the outputs of the partition with their attributes, and which of them it plays to."""
    for number, place in enumerate(session.core.outputs.places(session.player.id)):
        session.reply.pair("outputid", number)
        session.reply.pair("outputname", place.name)
        session.reply.pair("plugin", place.output.plugin if place.here else _EMPTY)
        session.reply.pair("outputenabled", int(place.enabled))
        if place.here:
            for name, value in place.output.attributes.items():
                session.reply.pair("attribute", f"{name}={value}")


@command("enableoutput", parse_unsigned, section=_SECTION, permission=Permission.ADMIN, since="0.12")
async def enableoutput(session: Session, number: int) -> None:
    """Play to this output, and no longer to another."""
    place = _find(session, number)
    if not place.enabled:
        await _play_to(session, _present(place))


@command("disableoutput", parse_unsigned, section=_SECTION, permission=Permission.ADMIN, since="0.12")
async def disableoutput(session: Session, number: int) -> None:
    """Play no longer to this output; what plays is paused."""
    if _find(session, number).enabled:
        await _play_to(session, None)


@command("toggleoutput", parse_unsigned, section=_SECTION, permission=Permission.ADMIN, since="0.18")
async def toggleoutput(session: Session, number: int) -> None:
    """Enable this output if it is disabled, and the other way round."""
    place = _find(session, number)
    await _play_to(session, None if place.enabled else _present(place))


@command("outputset", parse_unsigned, str, str, section=_SECTION, permission=Permission.ADMIN, since="0.21")
async def outputset(session: Session, number: int, name: str, value: str) -> None:
    """Set an attribute of an output."""
    place = _find(session, number)
    if _ATTRIBUTE.fullmatch(name) is None:
        raise AckError(AckCode.ARG, "Illegal attribute name")
    if not place.here:
        raise AckError(AckCode.UNKNOWN, "Cannot set attribute on dummy output")
    try:
        await taken(session.core.outputs.set_attribute(place.output, name, value))
    except AttributeRefused as error:
        raise AckError(AckCode.ARG, str(error)) from None


def _find(session: Session, number: int) -> Place:
    places = session.core.outputs.places(session.player.id)
    if number >= len(places):
        raise AckError(AckCode.NO_EXIST, "No such audio output")
    return places[number]


def _present(place: Place) -> Output:
    """Return the output that is in a place; raise AckError."""
    if not place.here:
        raise AckError(AckCode.NO_EXIST, "This audio output is in another partition")
    return place.output


async def _play_to(session: Session, output: Output | None) -> None:
    await taken(session.core.outputs.enable(session.player.id, output))
