"""The registry of commands: what is here is in ``commands``, and nothing else is."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Concatenate

from .errors import AckCode, AckError
from .permissions import ALL_PERMISSIONS, Permission
from .session import Session

__all__ = ["ABSENT", "COMMANDS", "Command", "Permission", "absent", "command", "optional", "several"]

type Convert = Callable[[str], object]
"""Make a value of an argument; raise AckError with MPD's text if it is none."""
type Handler = Callable[Concatenate[Session, ...], Awaitable[None] | None]
type BulkArguments = Sequence[tuple[str, str]]
"""Of commands that follow each other: the first argument, and the second, a whole number, or an empty text."""
type Bulk = Callable[[Session, BulkArguments, bytes], int]
"""Do as many of such commands, from the first on, as are nothing unusual, and return how many that were.

Each is answered into ``session.reply``, with the bytes that are given at the end of its answer.
"""

COMMANDS: dict[str, Command] = {}
ABSENT: dict[str, str] = {}
"""Commands of the protocol that have no meaning here, each with the reason that the documentation and the ACK give."""


@dataclass(frozen=True, slots=True)
class Optional:
    """Mark an argument that may be left out."""

    convert: Convert


@dataclass(frozen=True, slots=True)
class Several:
    """Mark the last arguments, ``at_least`` so many."""

    convert: Convert
    at_least: int


def optional(convert: Convert) -> Optional:
    """Convert an argument that may be left out; the handler has a default for it."""
    return Optional(convert)


def several(convert: Convert = str, *, at_least: int = 1) -> Several:
    """Convert all arguments from here on; the handler takes them as ``*values``."""
    return Several(convert, at_least)


@dataclass(frozen=True, slots=True)
class Command:
    """Describe one command: ``converters`` by position, ``rest`` for all further arguments.

    ``maximum`` None means any number of arguments; ``since`` is the version of MPD that first had the command;
    ``only_if`` tells whether a server has it, None that each has.
    """

    name: str
    handler: Handler
    section: str
    minimum: int
    maximum: int | None
    permission: Permission
    since: str
    converters: tuple[Convert, ...]
    rest: Convert | None
    only_if: Callable[[Session], bool] | None = None
    bulk: Bulk | None = None

    def available(self, session: Session) -> bool:
        """Tell whether the server of this client has the command at all."""
        return self.only_if is None or self.only_if(session)

    def run(self, session: Session, arguments: Sequence[str]) -> Awaitable[None] | None:
        """Check permission and number of arguments, convert them, and begin; raise AckError with MPD's text."""
        self.check(session.permissions, arguments)
        if not arguments:
            return self.handler(session)
        values = [convert(text) for convert, text in zip(self.converters, arguments, strict=False)]
        if self.rest is not None:
            values += map(self.rest, arguments[len(self.converters) :])
        return self.handler(session, *values)

    def check(self, permissions: Permission, arguments: Sequence[str]) -> None:
        """Raise AckError with MPD's text if these permissions or this number of arguments do not do."""
        if permissions is not ALL_PERMISSIONS and self.permission not in permissions:  # the first is quick
            raise AckError(AckCode.PERMISSION, f'you don\'t have permission for "{self.name}"')
        count = len(arguments)
        if self.minimum == self.maximum and count != self.minimum:
            raise AckError(AckCode.ARG, f'wrong number of arguments for "{self.name}"')
        if count < self.minimum:
            raise AckError(AckCode.ARG, f'too few arguments for "{self.name}"')
        if self.maximum is not None and count > self.maximum:
            raise AckError(AckCode.ARG, f'too many arguments for "{self.name}"')


def command[H: Handler](  # noqa: PLR0913 - keywords, each a column of the table of commands
    name: str,
    *arguments: Convert | Optional | Several,
    section: str,
    since: str,
    permission: Permission = Permission.NONE,
    only_if: Callable[[Session], bool] | None = None,
    bulk: Bulk | None = None,
) -> Callable[[H], H]:
    """Register a handler under a command's name; it gets the session and what the converters made of its arguments.

    ``bulk`` does many of the command at once, for command lists.
    """
    required = [each for each in arguments if not isinstance(each, Optional | Several)]
    converters = tuple(
        each.convert if isinstance(each, Optional) else each for each in arguments if not isinstance(each, Several)
    )
    tail = next((each for each in arguments if isinstance(each, Several)), None)

    def register(handler: H) -> H:
        COMMANDS[name] = Command(
            name,
            handler,
            section,
            len(required) + (0 if tail is None else tail.at_least),
            len(converters) if tail is None else None,
            permission,
            since,
            converters,
            None if tail is None else tail.convert,
            only_if=only_if,
            bulk=bulk,
        )
        return handler

    return register


def absent(name: str, reason: str) -> None:
    """Say why a command of the protocol is not here; asking for it gets the reason."""
    ABSENT[name] = reason
