"""Commands about where sound goes (protocol, "Audio output devices")."""

from collections.abc import Sequence

from ..registry import Permission, command
from ..session import Session


@command("outputs", section="outputs", permission=Permission.READ)
def outputs(session: Session, arguments: Sequence[str]) -> None:  # noqa: ARG001 - none are taken
    """Print the output of the partition; a player has one at a time."""
    output = session.player.output
    session.reply.pair("outputid", 0)
    session.reply.pair("outputname", output.name)
    session.reply.pair("plugin", output.plugin)
    session.reply.pair("outputenabled", 1)
