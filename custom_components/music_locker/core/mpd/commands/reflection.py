"""Commands that tell what the server can do (protocol, "Reflection")."""

from ..registry import COMMANDS, Permission, absent, command
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

absent("getfingerprint", "it takes decoding a whole file, and no command waits for a service")
absent("config", "MPD itself answers it to clients on a local socket only, and there is none here")


@command("commands", section=_SECTION, since="0.12")
def commands(session: Session) -> None:
    """Print what the client may do."""
    _print_commands(session, allowed=True)


@command("notcommands", section=_SECTION, since="0.12")
def notcommands(session: Session) -> None:
    """Print what the client might do if it gave the password."""
    _print_commands(session, allowed=False)


def _print_commands(session: Session, *, allowed: bool) -> None:
    for name, known in sorted(COMMANDS.items()):
        if (known.permission in session.permissions) is allowed and known.available(session):
            session.reply.pair("command", name)


@command("urlhandlers", section=_SECTION, permission=Permission.READ, since="0.11")
def urlhandlers(session: Session) -> None:
    """Print which URLs ``add`` takes."""
    session.reply.pair("handler", "http://")
    session.reply.pair("handler", "https://")


@command("decoders", section=_SECTION, permission=Permission.READ, since="0.16")
def decoders(session: Session) -> None:
    """Print which formats the live stream decodes."""
    session.reply.pair("plugin", "ffmpeg")
    for suffix, mime_type in _DECODERS:
        session.reply.pair("suffix", suffix)
        session.reply.pair("mime_type", mime_type)
