"""Commands that tell what the server can do (protocol, "Reflection")."""

from collections.abc import Sequence

from ..registry import COMMANDS, Permission, command
from ..session import Session

_SECTION = "reflection"
_DECODERS = (
    ("mp3", "audio/mpeg"),
    ("m4a", "audio/mp4"),
    ("aac", "audio/aac"),
    ("ogg", "audio/ogg"),
    ("flac", "audio/flac"),
    ("wav", "audio/wav"),
)


@command("commands", section=_SECTION)
def commands(session: Session, arguments: Sequence[str]) -> None:  # noqa: ARG001 - none are taken
    """Print what the client may do."""
    for name in sorted(COMMANDS):
        if COMMANDS[name].permission in session.permissions:
            session.reply.pair("command", name)


@command("notcommands", section=_SECTION)
def notcommands(session: Session, arguments: Sequence[str]) -> None:  # noqa: ARG001 - none are taken
    """Print what the client might do if it gave the password."""
    for name in sorted(COMMANDS):
        if COMMANDS[name].permission not in session.permissions:
            session.reply.pair("command", name)


@command("urlhandlers", section=_SECTION, permission=Permission.READ)
def urlhandlers(session: Session, arguments: Sequence[str]) -> None:  # noqa: ARG001 - none are taken
    """Print which URLs ``add`` takes."""
    session.reply.pair("handler", "http://")
    session.reply.pair("handler", "https://")


@command("decoders", section=_SECTION, permission=Permission.READ)
def decoders(session: Session, arguments: Sequence[str]) -> None:  # noqa: ARG001 - none are taken
    """Print which formats the live stream decodes."""
    session.reply.pair("plugin", "ffmpeg")
    for suffix, mime_type in _DECODERS:
        session.reply.pair("suffix", suffix)
        session.reply.pair("mime_type", mime_type)
