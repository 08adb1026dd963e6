"""Long work in pieces: the loop goes on with other things in between."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from itertools import batched

_PATIENCE = 0.004
"""Seconds for which one piece of work goes on before others have their turn."""
_SIZE = 500  # things, after which somebody looks at the clock


class Turns:
    """Know when others are to have their turn."""

    __slots__ = ("_deadline", "_loop")

    def __init__(self) -> None:
        """Begin a turn."""
        self._loop = asyncio.get_running_loop()
        self._deadline = self._loop.time() + _PATIENCE

    async def give(self) -> None:
        """Let others have their turn, if this one was long enough."""
        if self._loop.time() >= self._deadline:
            await asyncio.sleep(0)
            self._deadline = self._loop.time() + _PATIENCE


async def in_pieces[T](things: Iterable[T], size: int = _SIZE) -> AsyncIterator[tuple[T, ...]]:
    """Yield things some at a time; between them others have their turn now and then."""
    turns = Turns()
    for some in batched(things, size, strict=False):
        await turns.give()
        yield some
