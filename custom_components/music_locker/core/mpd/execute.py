"""Running one line: from its text to the lines of its answer."""

import logging

from ..errors import LockerError, Unavailable
from ..playback.output import OutputError
from .errors import AckCode, AckError
from .parser import NotMpdError, split_arguments, split_name
from .registry import ABSENT, COMMANDS, Command
from .session import Session

_LOGGER = logging.getLogger(__name__)


async def execute(session: Session, line: str, index: int = 0) -> bytes | None:
    """Run a line, answer into ``session.reply``, and return None, or the ACK line if it failed.

    ``index`` is the line's place in its command list. ``session.finished`` tells whether to close the connection.
    """
    known = ""
    try:
        name, rest = split_name(line)
        arguments = split_arguments(rest)
        command = _find(session, name)
        known = name
        waiting = command.run(session, arguments)
        if waiting is not None:
            await waiting
    except NotMpdError as error:
        session.finished = True
        return error.line(index, known)
    except AckError as error:
        return error.line(index, known)
    except Unavailable as error:
        return AckError(AckCode.NO_EXIST, str(error)).line(index, known)
    except (OutputError, LockerError) as error:
        return AckError(AckCode.SYSTEM, str(error)).line(index, known)
    except Exception:
        _LOGGER.exception("MPD command %s failed", known)
        return AckError(AckCode.SYSTEM, "Internal error").line(index, known)
    return None


def _find(session: Session, name: str) -> Command:
    command = COMMANDS.get(name)
    if command is None or not command.available(session):
        reason = f": {ABSENT[name]}" if name in ABSENT else ""
        raise AckError(AckCode.UNKNOWN, f'unknown command "{name}"{reason}')
    return command
