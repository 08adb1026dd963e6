"""Drive an output: one command at a time, in the order in which they were given."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from ..waiting import outcome
from .output import OutputError

_LOGGER = logging.getLogger(__name__)
_TIMEOUT = 15.0  # seconds for an output to take a command
_CLOSE_TIMEOUT = 5.0

type Command = Callable[[], Awaitable[None]]


class Driver:
    """Run the commands for one player's output in a task of its own."""

    def __init__(self, failed: Callable[[OutputError], None]) -> None:
        """Call ``failed`` with every command that the output did not take, before whoever waits hears of it."""
        self._failed = failed
        self._commands: asyncio.Queue[tuple[Command, asyncio.Future[None]]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def give(self, command: Command) -> asyncio.Future[None]:
        """Put a command behind those that wait; the answer is done when the output has taken it."""
        taken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # Nobody has to wait: a failure is told by the callback as well.
        taken.add_done_callback(lambda future: future.cancelled() or future.exception())
        self._commands.put_nowait((command, taken))
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="music locker output commands")
        return taken

    async def wait(self, taken: asyncio.Future[None]) -> None:
        """Wait until a command is taken; raise OutputError. Whoever stops to wait does not stop the command."""
        await outcome(taken)

    async def settle(self) -> None:
        """Wait until every command that was given is taken or refused."""
        await self._commands.join()

    async def close(self) -> None:
        """End the task after the commands that were given."""
        if self._task is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_TIMEOUT):
                await self.settle()
        self._task.cancel()
        await asyncio.wait([self._task])
        self._task = None

    async def _run(self) -> None:
        while True:
            command, taken = await self._commands.get()
            try:
                await self._try(command)
            except OutputError as error:
                self._failed(error)
                if not taken.done():
                    taken.set_exception(error)
            else:
                if not taken.done():
                    taken.set_result(None)
            finally:
                taken.cancel()
                self._commands.task_done()

    @staticmethod
    async def _try(command: Command) -> None:
        try:
            async with asyncio.timeout(_TIMEOUT):
                await command()
        except TimeoutError:
            raise OutputError("The output does not answer") from None
        except OutputError:
            raise
        except Exception as error:
            # A fault in one command must not end the task that the next one needs.
            _LOGGER.exception("An output failed in a way that it does not tell")
            raise OutputError("The output failed; the log tells more") from error
