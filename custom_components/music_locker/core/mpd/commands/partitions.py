"""Commands about partitions (protocol, "Partition commands"); each player is one."""

from ..errors import AckCode, AckError
from ..registry import Permission, command
from ..session import Session

_SECTION = "partitions"


@command("partition", str, section=_SECTION, permission=Permission.READ, since="0.21")
def partition(session: Session, name: str) -> None:
    """Go to another partition."""
    try:
        session.player = session.core.players[name]
    except KeyError:
        raise AckError(AckCode.NO_EXIST, "partition does not exist") from None


@command("listpartitions", section=_SECTION, permission=Permission.READ, since="0.21")
def listpartitions(session: Session) -> None:
    """Print the name of every partition."""
    for player_id in session.core.players:
        session.reply.pair("partition", player_id)
