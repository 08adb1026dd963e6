"""What the server's part of each service has in common: its routes, and what it remembers."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from aiohttp import web

from .accounts import Account, Accounts
from .locker import Locker

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
type Serve = Callable[[str, web.Request, Handler], Awaitable[web.StreamResponse]]
"""Serve one request of a method: count it, take over changed accounts, let a waiting fault happen, then answer."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What the parts of all services work on; ``clock`` gives Unix seconds.

    A part keeps what only its service knows in files of its own in the ``state`` folder.
    """

    locker: Locker
    accounts: Accounts
    state: Path
    clock: Callable[[], float]


class Part(Protocol):
    """One service's part of the locker server.

    Each route answers through :data:`Serve`, under the name by which faults and counters know the method: the
    service's own name of it, such as ``items/get`` or ``user/locker``, without what names a single thing.
    """

    @property
    def maintenance(self) -> bool:
        """Tell whether changing is answered with 503 for a while; the server sets it."""

    @maintenance.setter
    def maintenance(self, value: bool) -> None: ...

    def routes(self, serve: Serve) -> Iterable[web.RouteDef]:
        """Return the routes of the service."""

    async def open(self) -> None:
        """Open what the part remembers, after the locker is open; raise OSError, sqlite3.Error."""

    async def close(self) -> None:
        """Close it, before the locker closes."""

    def accounts_changed(self, before: Mapping[str, Account], now: Mapping[str, Account]) -> None:
        """Take over that accounts came, went or have other passwords."""

    def expire_sessions(self) -> None:
        """End what the service hands out for a time, as if that had run out: sessions, tickets, upload addresses."""
