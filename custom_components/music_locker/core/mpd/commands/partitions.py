"""Commands about partitions (protocol, "Partition commands"); each player is one."""

from collections.abc import Sequence

from ..errors import AckCode, AckError
from ..registry import Permission, command
from ..session import Session

_SECTION = "partitions"


@command("partition", section=_SECTION, minimum=1, maximum=1, permission=Permission.READ)
def partition(session: Session, arguments: Sequence[str]) -> None:
    """Go to another partition."""
    try:
        session.player = session.core.players[arguments[0]]
    except KeyError:
        raise AckError(AckCode.NO_EXIST, "partition does not exist") from None


@command("listpartitions", section=_SECTION, permission=Permission.READ)
def listpartitions(session: Session, arguments: Sequence[str]) -> None:  # noqa: ARG001 - none are taken
    """Print the name of every partition."""
    for player_id in session.core.players:
        session.reply.pair("partition", player_id)
