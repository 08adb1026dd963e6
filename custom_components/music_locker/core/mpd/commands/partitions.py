"""Commands about partitions (protocol, "Partition commands"); each player is one."""

import re

from ...partitions import NameTaken, TooManyPartitions
from ...playback.outputs import UnknownOutput
from ...playback.player import Player
from ...waiting import to_the_end
from ..errors import AckCode, AckError
from ..idle import OF_A_PARTITION
from ..registry import Permission, command
from ..session import Session
from .playback import taken

_SECTION = "partitions"
_NAME = re.compile(r"[A-Za-z0-9_-]+")


def _parse_name(text: str) -> str:
    """Return what a partition may be called; raise AckError."""
    if _NAME.fullmatch(text) is None:
        raise AckError(AckCode.ARG, "bad name")
    return text


@command("partition", str, section=_SECTION, permission=Permission.READ, since="0.21")
def partition(session: Session, name: str) -> None:
    """Go to another partition."""
    player = session.core.players.get(name)
    if player is None:
        raise AckError(AckCode.NO_EXIST, "partition does not exist")
    if player is not session.player:
        session.player = player
        session.idle.add(OF_A_PARTITION)


@command("listpartitions", section=_SECTION, permission=Permission.READ, since="0.21")
def listpartitions(session: Session) -> None:
    """Print the name of every partition."""
    for player_id in session.core.players:
        session.reply.pair("partition", player_id)


@command("newpartition", _parse_name, section=_SECTION, permission=Permission.ADMIN, since="0.21")
async def newpartition(session: Session, name: str) -> None:
    """Make a partition, which is kept until it is deleted."""
    try:
        await to_the_end(session.core.partitions.create(name, session.instance.default_player))
    except NameTaken:
        raise AckError(AckCode.EXIST, "name already exists") from None
    except TooManyPartitions:
        raise AckError(AckCode.UNKNOWN, "too many partitions") from None


@command("delpartition", _parse_name, section=_SECTION, permission=Permission.ADMIN, since="0.22")
async def delpartition(session: Session, name: str) -> None:
    """Delete a partition that was made by ``newpartition``, with its queue; it must have no clients."""
    player = session.core.players.get(name)
    if player is None:
        raise AckError(AckCode.NO_EXIST, "no such partition")
    _require_deletable(session, player)
    await to_the_end(session.core.partitions.delete(name))


def _require_deletable(session: Session, player: Player) -> None:
    """Raise AckError where a partition has to stay."""
    if player.id == session.instance.default_player:
        raise AckError(AckCode.UNKNOWN, "cannot delete the default partition")
    if player.id not in session.core.partitions.names:
        raise AckError(AckCode.UNKNOWN, "cannot delete a partition that is configured")
    if any(True for _ in session.instance.partition(player)):
        raise AckError(AckCode.UNKNOWN, "partition still has clients")
    if session.core.outputs.has_taken(player.id):
        raise AckError(AckCode.UNKNOWN, "partition still has outputs")


@command("moveoutput", str, section=_SECTION, permission=Permission.ADMIN, since="0.22")
async def moveoutput(session: Session, name: str) -> None:
    """Take an output from another partition; what plays to it there is paused."""
    try:
        await taken(session.core.outputs.take(name, session.player.id))
    except UnknownOutput:
        raise AckError(AckCode.NO_EXIST, "No such output") from None
