"""Those who listen to a live stream, and the clocks that set its pace in tests."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import aiohttp
import av
import numpy as np

from music_locker_core.playback.output import OutputEvent
from music_locker_core.streams.pace import Pace
from tests.tools.tone_code import Code, Mp3StreamDecoder

PATIENCE = 10.0  # real seconds that a test waits for what must come
SPEED = 20
_TURN = 0.001  # real seconds in which decoders and listeners get on
BYTES_PER_SECOND = 24_000


class FastPace(Pace):
    """A clock that goes SPEED times as fast as the world's."""

    def __init__(self) -> None:
        super().__init__(lambda: time.monotonic() * SPEED, lambda seconds: asyncio.sleep(seconds / SPEED))


class EagerPace(Pace):
    """A clock that goes on as soon as everything is done: whatever waits for its time waits for the others only."""

    def __init__(self) -> None:
        self._now = 1000.0
        super().__init__(lambda: self._now, self._go_on)

    async def _go_on(self, seconds: float) -> None:
        await asyncio.sleep(_TURN)
        self._now += seconds


class HandPace(Pace):
    """A clock that goes on by hand, from one moment that somebody waits for to the next."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []
        super().__init__(lambda: self._now, self._sleep_until)

    async def _sleep_until(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._now + seconds, woken))
        await woken

    async def advance(self, seconds: float) -> None:
        """Let so much time pass, and all that falls due in it happen."""
        end = self._now + seconds
        await _settle()
        while due := [sleeper for sleeper in self._sleepers if not sleeper[1].done() and sleeper[0] <= end]:
            first = min(due, key=lambda sleeper: sleeper[0])
            self._now = max(self._now, first[0])
            self._sleepers.remove(first)
            first[1].set_result(None)
            await _settle()
        self._now = end


async def _settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


class Events:
    """What an output tells."""

    def __init__(self) -> None:
        self.all: list[OutputEvent] = []
        self._news = asyncio.Event()

    def __call__(self, event: OutputEvent) -> None:
        self.all.append(event)
        self._news.set()

    async def wait_for(self, wanted: Callable[[OutputEvent], bool] | OutputEvent) -> OutputEvent:
        """Wait until an event was told, and forget those up to it."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for index, event in enumerate(self.all):
                    if wanted(event) if callable(wanted) else wanted == event:
                        del self.all[: index + 1]
                        return event
                self._news.clear()
                await self._news.wait()


class Ear:
    """One listener, who keeps all that comes."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response
        self.heard = bytearray()
        self.ended = asyncio.Event()
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._listen())

    async def listen(self, seconds: float) -> None:
        """Wait until so much more sound has come."""
        wanted = len(self.heard) + seconds * BYTES_PER_SECOND
        async with asyncio.timeout(PATIENCE):
            while len(self.heard) < wanted:
                self._news.clear()
                await self._news.wait()

    def forget(self) -> None:
        self.heard.clear()

    def codes(self) -> list[Code]:
        """Return the tone codes in what was heard."""
        return Mp3StreamDecoder().feed(bytes(self.heard))

    def numbers(self) -> list[int]:
        return [code.number for code in self.codes()]

    def loudness(self) -> float:
        """Return the highest sample, 0 to 1, in what was heard."""
        codec = av.CodecContext.create("mp3float", "r")
        assert isinstance(codec, av.AudioCodecContext)
        frames = [frame for packet in codec.parse(bytes(self.heard)) for frame in codec.decode(packet)]
        return max((float(np.abs(frame.to_ndarray()).max()) for frame in frames), default=0.0)

    async def leave(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        self.response.close()

    async def _listen(self) -> None:
        try:
            async for chunk in self.response.content.iter_any():
                self.heard += chunk
                self._news.set()
        finally:
            self.ended.set()


@asynccontextmanager
async def listening(http: aiohttp.ClientSession, url: str) -> AsyncGenerator[Ear]:
    async with http.get(url, timeout=aiohttp.ClientTimeout(total=60)) as response:
        assert response.status == 200
        ear = Ear(response)
        try:
            yield ear
        finally:
            await ear.leave()
