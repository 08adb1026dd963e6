"""The registry of commands: what is here is in ``commands``, and nothing else is."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from .errors import AckCode, AckError
from .permissions import ALL_PERMISSIONS, Permission
from .session import Session

__all__ = ["COMMANDS", "Command", "Permission", "command"]

type Handler = Callable[[Session, Sequence[str]], Awaitable[None] | None]

COMMANDS: dict[str, Command] = {}


@dataclass(frozen=True, slots=True)
class Command:
    """Describe one command; ``maximum`` None means any number of arguments."""

    name: str
    handler: Handler
    section: str
    minimum: int
    maximum: int | None
    permission: Permission

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


def command[H: Handler](
    name: str,
    *,
    section: str,
    minimum: int = 0,
    maximum: int | None = 0,
    permission: Permission = Permission.NONE,
) -> Callable[[H], H]:
    """Register a handler under a command's name."""

    def register(handler: H) -> H:
        COMMANDS[name] = Command(name, handler, section, minimum, maximum, permission)
        return handler

    return register
