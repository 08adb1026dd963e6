"""Where work for an answer is done: at once if it is little, else in a thread, so that nobody waits for it."""

import asyncio
from collections.abc import Callable

from .patterns import Patience

__all__ = ["AT_ONCE", "Turn", "calculate"]

AT_ONCE = 50_000
"""Rows that are looked at without a thread; some 100 ns each."""


class Turn:
    """Let one search for regular expressions run at a time: a client that asks for many keeps one thread busy."""

    __slots__ = ("_lock", "_seconds")

    def __init__(self, *, seconds: float = 1.0) -> None:
        """Begin free; each search may take so many seconds."""
        self._lock = asyncio.Lock()
        self._seconds = seconds

    async def run[T](self, function: Callable[[Patience], T]) -> T:
        """Call the function in a thread and return its result; raise what it raises."""
        await self._lock.acquire()
        patience = Patience(self._seconds)
        work = asyncio.ensure_future(asyncio.to_thread(_outcome, function, patience))
        work.add_done_callback(lambda _: self._lock.release())  # when the thread has ended, not when nobody waits
        try:
            result, error = await asyncio.shield(work)
        except asyncio.CancelledError:
            patience.lose()
            raise
        if error is not None:
            raise error
        assert result is not None  # noqa: S101 - there is a result or an error
        return result


def _outcome[T](function: Callable[[Patience], T], patience: Patience) -> tuple[T | None, Exception | None]:
    try:
        return function(patience), None
    except Exception as error:  # noqa: BLE001 - raised again where it is waited for
        return None, error


async def calculate[T](function: Callable[[], T], *, rows: int) -> T:
    """Return the function's result; ``rows`` is how many it looks at."""
    return await asyncio.to_thread(function) if rows > AT_ONCE else function()
