"""Commands about the connection itself (protocol, "Connection settings")."""

from ..arguments import parse_unsigned
from ..errors import AckCode, AckError
from ..permissions import Permission
from ..registry import command, several
from ..session import Session

_SECTION = "connection"
_SMALLEST_LIMIT = 64  # bytes, ``src/command/ClientCommands.cxx``
_LARGEST_LIMIT = 8 * 1024 * 1024  # bytes; MPD's limit is its output buffer


@command("ping", section=_SECTION, since="0.10")
def ping(session: Session) -> None:
    """Answer OK."""


@command("close", several(at_least=0), section=_SECTION, since="0.10")
def close(session: Session, *_ignored: str) -> None:
    """Close the connection without an answer."""
    session.finished = True


@command("password", str, section=_SECTION, since="0.10")
def password(session: Session, given: str) -> None:
    """Give a client what its password permits, instead of what it was permitted before."""
    permissions = session.access.permissions(given)
    if permissions is None:
        raise AckError(AckCode.PASSWORD, "incorrect password")
    session.permissions = permissions


def _limit(text: str) -> int:
    """Return a number of bytes; raise AckError."""
    limit = parse_unsigned(text, _LARGEST_LIMIT)
    if limit < _SMALLEST_LIMIT:
        raise AckError(AckCode.ARG, "Value too small")
    return limit


@command("binarylimit", _limit, section=_SECTION, since="0.22.4")
def binarylimit(session: Session, limit: int) -> None:
    """Set how many bytes one chunk of a picture may have."""
    session.binary_limit = limit


def _may_kill(session: Session) -> bool:
    return session.instance.kill is not None


@command("kill", several(at_least=0), section=_SECTION, permission=Permission.ADMIN, since="0.10", only_if=_may_kill)
def kill(session: Session, *_ignored: str) -> None:
    """End the bridge, where it is a program of its own."""
    session.finished = True
    if session.instance.kill is not None:
        session.instance.kill()
