"""A client that sends raw lines and shows raw answers."""

import asyncio
import contextlib
from typing import Self


class Answer(list[str]):
    """Hold the lines of an answer, the last one (OK or ACK ...) included."""

    @property
    def pairs(self) -> dict[str, str]:
        return dict(line.split(": ", 1) for line in self if ": " in line and not line.startswith("ACK"))

    def values(self, key: str) -> list[str]:
        return [line.removeprefix(f"{key}: ") for line in self if line.startswith(f"{key}: ")]


class RawClient:
    """Speak to an MPD server byte by byte; ``patience`` is how many seconds a line may take."""

    patience = 10.0

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.greeting = ""

    @classmethod
    async def connect(cls, port: int) -> Self:
        client = cls(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 24))
        client.greeting = await client.line()
        return client

    async def line(self) -> str:
        async with asyncio.timeout(self.patience):
            return (await self.reader.readline()).decode().rstrip("\n")

    def send(self, data: str | bytes) -> None:
        self.writer.write(data.encode() if isinstance(data, str) else data)

    async def answer(self) -> Answer:
        """Read to OK, ACK or the end of the connection."""
        lines = Answer()
        while True:
            line = await self.line()
            if not line and self.reader.at_eof():
                return lines
            lines.append(line)
            if line == "OK" or line.startswith("ACK ["):
                return lines

    async def ask(self, line: str) -> Answer:
        self.send(line + "\n")
        return await self.answer()

    async def closed(self) -> bytes:
        """Wait until the server has closed, and return what it sent before."""
        async with asyncio.timeout(10):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""

    async def updated(self) -> None:
        """Wait until the server has read its music, which MPD does when the machine has nothing else to do."""
        self.patience = 60.0
        while "updating_db" in (await self.ask("status")).pairs:
            await self.ask("idle update")
        self.patience = RawClient.patience

    async def silent(self) -> bool:
        """Tell whether nothing is on its way: the next answer is that of ping."""
        return await self.ask("ping") == ["OK"]

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()
