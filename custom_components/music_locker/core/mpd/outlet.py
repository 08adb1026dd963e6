"""The way out to one client: answers of any length, at the pace of its reader."""

import asyncio
import fcntl
import logging
import socket
import struct
import termios
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice

__all__ = ["ONE_WRITE", "Outlet"]

ONE_WRITE = 64 * 1024
"""Bytes of an answer that is written in one piece; a longer one waits for its reader."""
_PATIENCE = 0.005
"""Seconds for which one answer is written on before others have their turn."""
_KERNEL_HOLDS = 2 * ONE_WRITE
_FEW = 256  # parts that are joined to see how long they are
_AT_ONCE = 32  # parts of a long answer that are taken together
_SMALL = 512  # bytes of such a part

_LOGGER = logging.getLogger(__name__)


class Outlet:
    """Write answers to a transport; what a reader has not room for is kept as references to what was rendered."""

    def __init__(self, transport: asyncio.Transport, *, limit: int, free: Callable[[], None]) -> None:
        """Hand the transport at most ``limit`` bytes ahead of the reader; call ``free`` when an answer is written."""
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._free = free
        self._size = min(ONE_WRITE, limit)
        self._parts: Iterator[bytes] | None = None  # of the answer that is being written
        self._writable = True
        self._turn: asyncio.Handle | None = None
        self._written = 0  # bytes
        transport.set_write_buffer_limits(high=self._size)
        _bound_kernel(transport)

    @property
    def busy(self) -> bool:
        """Tell whether an answer is being written, or its reader has to catch up."""
        return self._parts is not None or not self._writable

    @property
    def taken(self) -> int:
        """Return how many bytes the client's machine has taken; what its program has read of them nothing can tell."""
        return self._written - self._transport.get_write_buffer_size() - _unsent(self._transport)

    @property
    def waiting(self) -> bool:
        """Tell whether the client has yet to take something."""
        return self.busy or self.taken < self._written

    def send(self, parts: Sequence[bytes | Iterable[bytes]]) -> None:
        """Write an answer: now, or if it is long in pieces; iterables in it are asked for their parts as needed."""
        if len(parts) == 1 and isinstance(parts[0], bytes):
            self._write(parts[0])
        elif len(parts) <= _FEW and (texts := [part for part in parts if isinstance(part, bytes)]) == parts:
            self._send_few(texts)
        else:
            self._parts = chain.from_iterable((part,) if isinstance(part, bytes) else part for part in parts)
            self._write_on()

    def _send_few(self, parts: list[bytes]) -> None:
        if sum(map(len, parts)) <= self._size:
            self._write(b"".join(parts))
        else:
            self._parts = iter(parts)
            self._write_on()

    def pause(self) -> None:
        """Write no more until the reader has caught up."""
        self._writable = False

    def resume(self) -> None:
        """Go on."""
        self._writable = True
        self._go_on()

    def stop(self) -> None:
        """Forget what was not written; there is nobody to read it."""
        self._parts = None
        self._writable = True
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None

    def _go_on(self) -> None:
        self._turn = None
        self._write_on()
        if not self.busy:
            self._free()

    def _write_on(self) -> None:
        """Write blocks until all is written, the reader is behind, or others are to have their turn."""
        deadline = self._loop.time() + _PATIENCE
        try:
            while self._parts is not None and self._writable:
                if self._loop.time() >= deadline:
                    self._turn = self._loop.call_soon(self._go_on)
                    return
                self._write_block(self._parts)
        except Exception:
            _LOGGER.exception("MPD answer failed")
            self._parts = None
            self._transport.abort()

    def _write_block(self, parts: Iterator[bytes]) -> None:
        block: list[bytes] = []
        size = 0
        count = 1
        while size < self._size and self._parts is not None:
            some = list(islice(parts, count))
            if len(some) < count:
                self._parts = None
            more = sum(map(len, some))
            count = _AT_ONCE if more < count * _SMALL else 1
            block += some
            size += more
        self._write(b"".join(block))

    def _write(self, data: bytes) -> None:
        if self._transport.is_closing():  # asyncio would warn of each write, before it tells that the client has gone
            self._parts = None
            return
        self._written += len(data)
        self._transport.write(data)


def _bound_kernel(transport: asyncio.Transport) -> None:
    """Let the kernel hold little that is not on its way; else it takes 4 MB for each client that does not read."""
    sock = transport.get_extra_info("socket")
    if sock is not None and hasattr(socket, "TCP_NOTSENT_LOWAT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _KERNEL_HOLDS)


def _unsent(transport: asyncio.Transport) -> int:
    """Return how many bytes the kernel holds that the other side has not acknowledged (Linux: SIOCOUTQ)."""
    try:
        answer = fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, b"\0" * 4)
    except OSError, ValueError:
        return 0
    return int(struct.unpack("i", answer)[0])
