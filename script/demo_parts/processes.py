"""Start programs, wait until they are ready, and end exactly those."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path

LOOPBACK = "127.0.0.1"
_START_TIMEOUT = 60.0
_STOP_TIMEOUT = 20.0
_POLL = 0.05


class DemoError(Exception):
    """Tell in one line why the demo cannot go on."""


def saw(what: str) -> None:
    """Say what a check has seen."""
    print(f"  {what}", flush=True)


def free_port() -> int:
    """Return a port of the loopback that is free now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def require_free(port: int, purpose: str, option: str) -> None:
    """Raise DemoError if ``port`` is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            raise DemoError(f"Port {port} ({purpose}) is taken. Choose another with {option}.") from None


async def until[T](what: str, probe: Callable[[], Awaitable[T | None]], limit: float = _START_TIMEOUT) -> T:
    """Ask ``probe`` again and again until its answer is true; raise DemoError after ``limit`` seconds."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(limit):
            while True:
                if answer := await probe():
                    return answer
                await asyncio.sleep(_POLL)
    raise DemoError(f"{what}: nothing after {limit:.0f} s.")


class Process:
    """Hold one program that runs, its name and the file that its output goes to."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.log = log
        self._process = process

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    def check(self) -> None:
        """Raise DemoError, with the last lines it wrote, if the program has ended."""
        if self._process.returncode is not None:
            lines = self.log.read_text(errors="replace").splitlines()[-5:]
            raise DemoError("\n  ".join([f"The {self.name} ended (exit code {self._process.returncode}):", *lines]))

    async def ready(self, probe: Callable[[], Awaitable[bool]], limit: float = _START_TIMEOUT) -> None:
        """Wait until ``probe`` says that the program answers."""

        async def alive() -> bool:
            self.check()
            return await probe()

        await until(f"Waiting for the {self.name} (see {self.log})", alive, limit)

    async def stop(self) -> None:
        """Ask the program to end, and end it after a while."""
        if self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._process.wait(), _STOP_TIMEOUT)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()


@contextlib.asynccontextmanager
async def running(
    name: str, command: Sequence[str | Path], log: Path, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Process]:
    """Run a program for the time of the block."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        started = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            start_new_session=True,  # Ctrl-C is for the demo, which ends the others in order
        )
    process = Process(name, started, log)
    try:
        yield process
    finally:
        await asyncio.shield(process.stop())


async def answers(port: int) -> bool:
    """Tell whether something listens on a port of the loopback."""
    try:
        _, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def output_of(*command: str | Path) -> str:
    """Run a program to its end and return what it printed; raise DemoError if it fails."""
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    text, _ = await asyncio.wait_for(process.communicate(), _START_TIMEOUT)
    if process.returncode:
        raise DemoError(f"{Path(command[0]).name} failed: {text.decode(errors='replace').strip()}")
    return text.decode()
