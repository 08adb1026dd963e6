"""An event loop in a thread of its own: for what lives longer than a test, or beside a test that has no loop."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

_SECONDS = 30
_THREADS = 4


class Background:
    """Run an event loop until it is closed."""

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name=name, daemon=True)
        self._thread.start()
        self._start_threads()

    def _start_threads(self) -> None:
        """Begin all threads that may ever be used, so that no test seems to leave one behind."""
        pool = ThreadPoolExecutor(_THREADS)
        meeting = threading.Barrier(_THREADS)
        list(pool.map(lambda _: meeting.wait(_SECONDS), range(_THREADS)))
        self.loop.set_default_executor(pool)

    def wait[R](self, work: Coroutine[Any, Any, R]) -> R:
        """Do this in the loop, and return what came of it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(_SECONDS)

    def close(self) -> None:
        self.wait(self.loop.shutdown_default_executor())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(_SECONDS)
        self.loop.close()
