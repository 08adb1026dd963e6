"""The HTTP side of a live stream: one endless MP3 for any number of listeners, none of whom can hold up another."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from aiohttp import web

from .pieces import Piece, joined
from .sound import BIT_RATE, Encoder, make_encoder

STUCK_FOR = 60.0  # seconds that a listener may take nothing before it is let go
_BYTES = 1000 // 8  # of a second of 1 kbit/s
_BURST = 1  # seconds of sound with which a listener begins
_MOST_WAITING = 240_000  # bytes: ten seconds of 192 kbit/s


class Listener:
    """Hold what one listener has still to be sent: bounded, the oldest goes first."""

    def __init__(self, burst: bytes) -> None:
        """Begin with sound that the others have had, so that playing begins at once."""
        self._chunks = deque([burst] if burst else [])
        self._waiting = len(burst)
        self._news = asyncio.Event()
        self._ended = False

    def put(self, chunk: bytes) -> None:
        """Add whole MP3 frames."""
        self._chunks.append(chunk)
        self._waiting += len(chunk)
        while self._waiting > _MOST_WAITING:
            self._waiting -= len(self._chunks.popleft())
        self._news.set()

    def end(self) -> None:
        """Send no more."""
        self._ended = True
        self._news.set()

    async def take(self) -> bytes:
        """Wait for sound; none once the stream has ended."""
        while not self._chunks and not self._ended:
            self._news.clear()
            await self._news.wait()
        if self._ended:
            return b""
        data = b"".join(self._chunks)
        self._chunks.clear()
        self._waiting = 0
        return data


class Broadcast:
    """Send what is encoded to all listeners."""

    def __init__(self, name: str, changed: Callable[[], None]) -> None:
        """Keep the stream's name for listeners; ``changed`` is called when the first comes and when the last goes.

        ``bit_rate``, in kbit/s, is that of the next encoder: it is changed when nobody listens.
        """
        self._name = "".join(character for character in name if character.isprintable())
        self._changed = changed
        self._listeners: set[Listener] = set()
        self._recent: deque[bytes] = deque()
        self._recent_size = 0
        self._closed = False
        self.bit_rate = BIT_RATE
        self._encoder: Encoder | None = None

    @property
    def listening(self) -> bool:
        """Tell whether anybody listens."""
        return bool(self._listeners)

    async def send(self, sound: Sequence[Piece], volume: int) -> None:
        """Encode pieces that make whole frames at a volume of 0 to 100, and send them."""
        encoder = self._encoder
        if encoder is None:
            self._encoder = encoder = await asyncio.to_thread(make_encoder, self.bit_rate)
        chunk = await asyncio.to_thread(_encode, encoder, sound, volume)
        if encoder is self._encoder:  # those who came meanwhile were told another bit rate
            self._put(chunk, encoder.bit_rate * _BYTES * _BURST)

    def _put(self, chunk: bytes, burst: int) -> None:
        """Give whole MP3 frames to all listeners, and keep ``burst`` bytes for those who come."""
        self._recent.append(chunk)
        self._recent_size += len(chunk)
        while self._recent_size - len(self._recent[0]) >= burst:
            self._recent_size -= len(self._recent.popleft())
        for listener in self._listeners:
            listener.put(chunk)

    def close(self) -> None:
        """End the stream of every listener."""
        self._closed = True
        for listener in self._listeners:
            listener.end()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Send sound until the listener goes, or the stream is closed."""
        if request.method == "HEAD" or self._closed:
            response = web.StreamResponse(headers=self._headers())
            await response.prepare(request)
            return response
        listener = self._enter()
        response = web.StreamResponse(headers=self._headers())
        try:
            await response.prepare(request)
            while chunk := await listener.take():
                async with asyncio.timeout(STUCK_FOR):
                    await response.write(chunk)
            await response.write_eof()
        except ConnectionError, TimeoutError:
            response.force_close()
            if request.transport is not None:
                request.transport.abort()
        finally:
            self._leave(listener)
        return response

    def _headers(self) -> dict[str, str]:
        return {
            "Content-Type": "audio/mpeg",
            "Cache-Control": "no-cache, no-store",
            "Accept-Ranges": "none",
            "icy-name": self._name,
            "icy-br": str(self.bit_rate if self._encoder is None else self._encoder.bit_rate),
            "icy-pub": "0",
        }

    def _enter(self) -> Listener:
        if not self._listeners:
            self._begin()
        listener = Listener(b"".join(self._recent))
        self._listeners.add(listener)
        if len(self._listeners) == 1:
            self._changed()
        return listener

    def _begin(self) -> None:
        """Forget what was on its way when the last listener went, and take a bit rate that was chosen since."""
        self._recent.clear()
        self._recent_size = 0
        if self._encoder is not None and self._encoder.bit_rate != self.bit_rate:
            self._encoder = None

    def _leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        if not self._listeners:
            self._changed()


def _encode(encoder: Encoder, sound: Sequence[Piece], volume: int) -> bytes:
    pcm, factor = joined(sound)
    return encoder.encode(pcm, volume, factor)
