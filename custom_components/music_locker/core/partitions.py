"""The partitions that MPD clients make: players that the library keeps until a client deletes them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

import orjson

from .library import Library, NewerVersionError
from .players import Players

_LOGGER = logging.getLogger(__name__)
_NAME: Final = "partitions"
_VERSION: Final = 1
_MOST: Final = 16  # players of whatever kind, as in ``src/command/PartitionCommands.cxx`` of MPD


class NameTaken(ValueError):  # noqa: N818 - says what it is
    """There is a player, or a partition that is kept, of this name."""


class TooManyPartitions(Exception):  # noqa: N818 - says what it is
    """There are as many players as partitions may make of them."""


class Partitions:
    """Keep which partitions there are, and for which MPD server; while that runs, each is a player.

    A server is named by its default player. A player that is configured takes the place of a partition of its name.
    """

    def __init__(self, library: Library, players: Players) -> None:
        """Know none; :meth:`load` reads what was kept."""
        self._library = library
        self._players = players
        self._owners: dict[str, str] = {}
        self._open: set[str] = set()
        self._changing = asyncio.Lock()

    async def load(self) -> None:
        """Read what was kept; raise LibraryError, NewerVersionError among them."""
        kept = await self._library.load_state(_NAME)
        if kept is None:
            return
        try:
            self._owners = _decode(orjson.loads(kept))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            _LOGGER.warning("The partitions that were kept cannot be read (%s); they have to be made anew", error)

    @property
    def names(self) -> frozenset[str]:
        """Return every partition that is kept, open or not."""
        return frozenset(self._owners)

    def of(self, owner: str) -> list[str]:
        """Return the partitions of a server, in the order in which they were made."""
        return [name for name, owned_by in self._owners.items() if owned_by == owner]

    async def open(self, owner: str) -> None:
        """Let a server's partitions be players, with the queues that they had; raise LibraryError."""
        async with self._changing:
            for name in self.of(owner):
                if name not in self._players.present:
                    await self._players.add(name, name, None)
                    self._open.add(name)

    async def close(self, owner: str) -> None:
        """End a server's partitions; they are kept."""
        async with self._changing:
            for name in self.of(owner):
                await self._end(name)

    async def create(self, name: str, owner: str) -> None:
        """Make a partition of a server, and keep it; raise NameTaken, TooManyPartitions, LibraryError."""
        async with self._changing:
            if name in self._owners or name in self._players.present:
                raise NameTaken(name)
            if len(self._players.present) >= _MOST:
                raise TooManyPartitions
            self._owners[name] = owner
            self._open.add(name)
            try:
                await self._players.add(name, name, None)
                await self._save()
            except BaseException:
                del self._owners[name]
                await self._end(name)
                raise

    async def delete(self, name: str) -> None:
        """End a partition, and forget it with its queue; raise LibraryError."""
        async with self._changing:
            await self._give_up(name, self._players.forget)

    async def release(self, name: str) -> None:
        """Give up a name that a configured player has now; that one has the queue."""
        if name in self._owners:
            async with self._changing:
                await self._give_up(name)

    async def forget(self, owner: str) -> None:
        """Forget the partitions of a server that is removed; raise LibraryError."""
        async with self._changing:
            for name in self.of(owner):
                await self._give_up(name, self._players.forget)

    async def _give_up(self, name: str, forget: Callable[[str], Awaitable[None]] | None = None) -> None:
        if self._owners.pop(name, None) is None:
            return
        await self._save()
        await self._end(name)
        if forget is not None:
            await forget(name)

    async def _end(self, name: str) -> None:
        if name in self._open:
            self._open.discard(name)
            if name in self._players.present:
                await self._players.remove(name)

    async def _save(self) -> None:
        await self._library.save_state(_NAME, orjson.dumps({"format": _VERSION, "partitions": self._owners}))


def _decode(kept: dict[str, Any]) -> dict[str, str]:
    if kept["format"] > _VERSION:
        raise NewerVersionError("A newer version of Music Locker has kept the partitions: update this one")
    return {str(name): str(owner) for name, owner in kept["partitions"].items()}
