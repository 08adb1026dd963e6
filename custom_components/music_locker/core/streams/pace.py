"""The pace of a live stream: a clock, and waiting by it."""

import asyncio
import time
from collections.abc import Awaitable, Callable


class Pace:
    """Tell the time in seconds and wait for it; tests give a clock of their own."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Keep what tells the time and what waits for it."""
        self.now = clock
        self._sleep = sleep

    async def wait(self, news: asyncio.Event, seconds: float) -> None:
        """Wait for so many seconds or for news, whichever is first."""
        waits = [asyncio.ensure_future(self._sleep(seconds)), asyncio.ensure_future(news.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
