"""Commands about the connection itself (protocol, "Connection settings")."""

import hmac
from collections.abc import Sequence

from ..arguments import parse_unsigned
from ..errors import AckCode, AckError
from ..permissions import ALL_PERMISSIONS
from ..registry import command, several
from ..session import Session
from ..tags import ALL_TAGS, CANONICAL, SHOWN

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
    """Give every permission to a client that knows the password."""
    expected = session.password
    if expected is None or not hmac.compare_digest(expected.encode(), given.encode(errors="replace")):
        raise AckError(AckCode.PASSWORD, "incorrect password")
    session.permissions = ALL_PERMISSIONS


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


@command("tagtypes", several(at_least=0), section=_SECTION, since="0.13")
def tagtypes(session: Session, *arguments: str) -> None:
    """Print the tags that answers show, or change them: ``all clear enable disable reset available``."""
    match arguments:
        case []:
            _print_tags(session, session.tag_mask)
        case ["available"]:
            _print_tags(session, ALL_TAGS)
        case ["all"]:
            session.tag_mask = ALL_TAGS
        case ["clear"]:
            session.tag_mask = frozenset()
        case ["all" | "clear" | "available", *_]:
            raise AckError(AckCode.ARG, "Too many arguments")
        case ["enable" | "disable" | "reset"]:
            raise AckError(AckCode.ARG, "Not enough arguments")
        case ["enable", *names]:
            session.tag_mask |= _tags(names)
        case ["disable", *names]:
            session.tag_mask -= _tags(names)
        case ["reset", *names]:
            session.tag_mask = _tags(names)
        case _:
            raise AckError(AckCode.ARG, "Unknown sub command")


def _tags(names: Sequence[str]) -> frozenset[str]:
    """Return those of the named tags that songs here can have."""
    lower = {name.lower() for name in names}
    if not lower <= CANONICAL.keys():
        raise AckError(AckCode.ARG, "Unknown tag type")
    return ALL_TAGS & lower


def _print_tags(session: Session, mask: frozenset[str]) -> None:
    for name in SHOWN:
        if name.lower() in mask:
            session.reply.pair("tagtype", name)
