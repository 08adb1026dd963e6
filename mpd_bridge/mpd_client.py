"""Asking the bridge that runs: as little of an MPD client as that needs."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Final

_SECONDS: Final = 10.0  # for an answer
NO_EXIST: Final = 50  # the code of an ACK


class MpdError(Exception):
    """Tell, in one line, what the server refuses, or that it does not answer; ``code`` is that of an ACK."""

    def __init__(self, message: str, code: int | None = None) -> None:
        """Keep the code."""
        super().__init__(message)
        self.code = code


class MpdClient:
    """Send one command after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Use :func:`connected`."""
        self._reader = reader
        self._writer = writer

    async def ask(self, *words: str, wait: float = _SECONDS) -> Mapping[str, str]:
        """Send a command, and return its answer's pairs; raise MpdError, also after ``wait`` seconds."""
        line = " ".join([words[0], *map(_quoted, words[1:])])
        try:
            async with asyncio.timeout(wait):
                self._writer.write(f"{line}\n".encode())
                await self._writer.drain()
                return await self._answer()
        except TimeoutError as error:
            raise MpdError("The bridge that runs does not answer") from error
        except (OSError, ValueError) as error:
            raise MpdError("The connection to the bridge that runs is lost") from error

    async def idle(self, subsystem: str, *, wait: float) -> None:
        """Wait for a change for at most ``wait`` seconds; raise MpdError."""
        asked = asyncio.ensure_future(self.ask("idle", subsystem, wait=wait + _SECONDS))
        done, _ = await asyncio.wait([asked], timeout=wait)
        if not done:
            self._writer.write(b"noidle\n")
        await asked

    async def _answer(self) -> Mapping[str, str]:
        pairs: dict[str, str] = {}
        while (line := await self._line()) != "OK":
            if line.startswith("ACK ["):
                place, _, message = line.removeprefix("ACK [").partition("} ")
                raise MpdError(f"The bridge that runs refuses: {message}", int(place.partition("@")[0]))
            name, _, value = line.partition(": ")
            pairs[name] = value
        return pairs

    async def _line(self) -> str:
        if not (line := await self._reader.readline()).endswith(b"\n"):
            raise ConnectionResetError
        return line.decode().removesuffix("\n")

    async def greet(self) -> None:
        """Read what the server says first; raise MpdError."""
        try:
            async with asyncio.timeout(_SECONDS):
                greeting = await self._line()
        except (TimeoutError, OSError, ValueError) as error:
            raise MpdError("The bridge that runs does not answer") from error
        if not greeting.startswith("OK MPD "):
            raise MpdError("What listens there is no MPD server")


@asynccontextmanager
async def connected(host: str, port: int, password: str | None) -> AsyncIterator[MpdClient]:
    """Connect for the time of the block; raise MpdError."""
    try:
        async with asyncio.timeout(_SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
    except (TimeoutError, OSError) as error:
        raise MpdError(f"The bridge that runs cannot be reached at {host} port {port}") from error
    try:
        client = MpdClient(reader, writer)
        await client.greet()
        if password is not None:
            await client.ask("password", password)
        yield client
    finally:
        writer.close()
        with suppress(OSError, TimeoutError):
            await asyncio.wait_for(writer.wait_closed(), _SECONDS)


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
