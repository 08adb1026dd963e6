"""What the API knows of each of its methods."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from aiohttp import web

from .tunesbag_call import Call, Fields

type Handler = Callable[[Call], Awaitable[Fields | web.StreamResponse]]

PLAIN = ("requestkey", "errormessage", "error", "result")
"""The default items, in the order in which most examples print them."""


class Access(StrEnum):
    """Who may call a method."""

    USER = "user"
    APPLICATION = "application"
    PUBLIC_FEED = "public feed"


@dataclass(frozen=True, slots=True)
class Method:
    """One method: ``order`` is how its example prints the first fields; what is not in it comes behind.

    A method that ``changes`` the locker is not for read-only accounts. ``file`` is the form's field that takes a
    file, of ``limit`` bytes at most.
    """

    handler: Handler
    access: Access = Access.USER
    changes: bool = False
    order: tuple[str, ...] = PLAIN
    file: str | None = None
    limit: int = 0
    rss: bool = False
