"""Running one line: from its text to the lines of its answer."""

import logging
from collections.abc import Awaitable, Sequence

from ..errors import LockerError, Unavailable
from ..playback.output import OutputError
from ..playback.queue import QueueFull
from ..waiting import outcome
from .errors import AckCode, AckError
from .parser import NotMpdError, is_plain, split_arguments, split_name
from .registry import ABSENT, COMMANDS, Command
from .session import Session

__all__ = ["begin", "keep", "settle"]

_LOGGER = logging.getLogger(__name__)


def begin(session: Session, line: str, index: int = 0) -> bytes | Awaitable[None] | None:
    """Run a line, answer into ``session.reply``, and return None, the ACK line, or what :func:`settle` waits for.

    ``index`` is the line's place in its command list. ``session.finished`` tells whether to close the connection.
    """
    name = ""
    try:
        command, arguments = _parse(session, line)
        name = command.name
        return command.run(session, arguments)
    except Exception as error:  # noqa: BLE001 - one command's failure is an answer to one client
        return _failure(session, error, index, name)


async def settle(session: Session, waiting: Awaitable[None], line: str, index: int = 0) -> bytes | None:
    """Wait for a line to have run, and return None, or the ACK line if it failed."""
    try:
        await waiting
    except Exception as error:  # noqa: BLE001 - as above
        return _failure(session, error, index, split_name(line)[0])
    return None


async def keep(session: Session, failure: bytes | None, line: str, index: int = 0) -> bytes | None:
    """Wait until what was changed up to a line is kept; return the ACK line of what failed."""
    waiting, session.keeping = session.keeping, []
    for written in dict.fromkeys(waiting):  # most are the same: they are written together
        try:
            await outcome(written)
        except LockerError as error:
            failure = failure or _failure(session, error, index, split_name(line)[0])
    return failure


def _parse(session: Session, line: str) -> tuple[Command, Sequence[str]]:
    """Return what a line asks for; raise AckError."""
    command = COMMANDS.get(line)
    if command is not None and command.available(session):
        return command, ()
    if is_plain(line):
        name, *arguments = line.split()
        return _find(session, name), arguments
    name, rest = split_name(line)
    arguments = split_arguments(rest)
    return _find(session, name), arguments


def _find(session: Session, name: str) -> Command:
    command = COMMANDS.get(name)
    if command is None or not command.available(session):
        reason = f": {ABSENT[name]}" if name in ABSENT else ""
        raise AckError(AckCode.UNKNOWN, f'unknown command "{name}"{reason}')
    return command


def _failure(session: Session, error: Exception, index: int, name: str) -> bytes:
    """Return the ACK line for what went wrong."""
    match error:
        case NotMpdError():
            session.finished = True
        case AckError():
            pass
        case QueueFull():
            error = AckError(AckCode.PLAYLIST_MAX, "Playlist is too large")
        case Unavailable():
            error = AckError(AckCode.NO_EXIST, str(error))
        case OutputError() | LockerError():
            error = AckError(AckCode.SYSTEM, str(error))
        case _:
            _LOGGER.error("MPD command %s failed", name, exc_info=error)
            error = AckError(AckCode.SYSTEM, "Internal error")
    return error.line(index, name)
