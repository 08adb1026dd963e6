"""Commands about the connection itself (protocol, "Connection settings")."""

import hmac
from collections.abc import Sequence

from ..arguments import parse_unsigned
from ..errors import AckCode, AckError
from ..permissions import ALL_PERMISSIONS
from ..registry import command
from ..session import Session
from ..tags import ALL_TAGS, CANONICAL, SHOWN

_SECTION = "connection"
_SMALLEST_LIMIT = 64  # bytes, ``src/command/ClientCommands.cxx``
_LARGEST_LIMIT = 8 * 1024 * 1024  # bytes; MPD's limit is its output buffer


@command("ping", section=_SECTION)
def ping(session: Session, arguments: Sequence[str]) -> None:
    """Answer OK."""


@command("close", section=_SECTION, maximum=None)
def close(session: Session, arguments: Sequence[str]) -> None:  # noqa: ARG001 - any are taken
    """Close the connection without an answer."""
    session.finished = True


@command("password", section=_SECTION, minimum=1, maximum=1)
def password(session: Session, arguments: Sequence[str]) -> None:
    """Give every permission to a client that knows the password."""
    expected = session.password
    if expected is None or not hmac.compare_digest(expected.encode(), arguments[0].encode(errors="replace")):
        raise AckError(AckCode.PASSWORD, "incorrect password")
    session.permissions = ALL_PERMISSIONS


@command("binarylimit", section=_SECTION, minimum=1, maximum=1)
def binarylimit(session: Session, arguments: Sequence[str]) -> None:
    """Set how many bytes one chunk of a picture may have."""
    limit = parse_unsigned(arguments[0], _LARGEST_LIMIT)
    if limit < _SMALLEST_LIMIT:
        raise AckError(AckCode.ARG, "Value too small")
    session.binary_limit = limit


@command("tagtypes", section=_SECTION, maximum=None)
def tagtypes(session: Session, arguments: Sequence[str]) -> None:
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
