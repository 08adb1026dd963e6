"""One client's connection: lines in, answers out (``src/client/Process.cxx`` of MPD)."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Iterator
from typing import override

from .bulk import Runs
from .execute import execute
from .parser import decode_line
from .reply import Reply
from .session import Session

LONGEST_LINE = 8192
"""Bytes of a line with its end, as MPD's input buffer (``src/event/BufferedSocket.hxx``)."""
LARGEST_LIST = 2 * 1024 * 1024
"""Characters of a command list, as MPD's ``max_command_list_size``."""
ONE_WRITE = 64 * 1024
"""Bytes of an answer that is written in one piece; a longer one waits for its reader."""

_LOGGER = logging.getLogger(__name__)


class Connection(asyncio.Protocol):
    """Read commands in order and answer each; be told of changes while waiting in ``idle``."""

    def __init__(
        self, session: Session, *, protocol_version: str, timeout: float, closed: Callable[[Connection], None]
    ) -> None:
        """Serve ``session``; without a sign of life for ``timeout`` seconds outside ``idle`` the connection ends."""
        self.session = session
        self._protocol_version = protocol_version
        self._timeout = timeout
        self._closed = closed
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._unread = b""  # the begin of a line
        self._lines: deque[bytes] = deque()  # complete, and not yet handled
        self._list: _CommandList | None = None
        self._running: asyncio.Task[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._ended = False  # the client sends no more
        self._last_sign = self._loop.time()
        self._timer = self._loop.call_later(timeout, self._check_time)

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet; asyncio has set TCP_NODELAY."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what asyncio gives a TCP server
        self._transport = transport
        transport.set_write_buffer_limits(high=ONE_WRITE)
        transport.write(f"OK MPD {self._protocol_version}\n".encode())

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Let a command that runs come to its end, unheard."""
        self._transport = None
        self._timer.cancel()
        self._writable.set()
        self._closed(self)

    @override
    def data_received(self, data: bytes) -> None:
        """Take what arrived."""
        self._last_sign = self._loop.time()
        *lines, self._unread = (self._unread + data).split(b"\n")
        self._lines.extend(lines)
        self._process()

    @override
    def eof_received(self) -> bool:
        """Answer what was sent, then close."""
        self._ended = True
        return self._running is not None

    @override
    def pause_writing(self) -> None:
        """Stop working for a client that does not read."""
        self._writable.clear()

    @override
    def resume_writing(self) -> None:
        """Go on."""
        self._writable.set()
        self._last_sign = self._loop.time()
        self._process()

    def tell(self) -> None:
        """Say what changed, if the client waits for it."""
        if self._running is None and self._transport is not None and (answer := self.session.idle.take()) is not None:
            self._last_sign = self._loop.time()
            self._transport.write(answer)

    def close(self) -> None:
        """Close once what was written is sent."""
        if self._transport is not None:
            self._transport.close()

    async def abort(self) -> None:
        """Close at once, and end a command that runs."""
        if self._transport is not None:
            self._transport.abort()
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])

    def _process(self) -> None:
        """Handle every complete line, until a command has to wait."""
        lines = self._lines
        while lines and self._ready():
            line = lines.popleft()
            if len(line) < LONGEST_LINE:
                self._handle(decode_line(line))
            else:
                self._refuse("a line is too long")
        if len(self._unread) >= LONGEST_LINE and not lines and self._ready():
            self._refuse("a line is too long")
        self._hold_back()

    def _ready(self) -> bool:
        transport = self._transport
        return (
            transport is not None and not transport.is_closing() and self._running is None and self._writable.is_set()
        )

    def _hold_back(self) -> None:
        """Read no more from a client that sends faster than it is served."""
        if self._transport is None or self._transport.is_closing():
            return
        if self._lines:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _handle(self, line: str) -> None:
        if not "a" <= line[:1] <= "z":
            self._refuse("a line is no command")  # perhaps HTTP
        elif self._list is not None:
            self._collect(self._list, line)
        elif line == "noidle":
            self._end_idle()
        elif self.session.idle.waiting:
            self._refuse("a command came during idle")
        elif line in {"command_list_begin", "command_list_ok_begin"}:
            self._list = _CommandList(confirm=line == "command_list_ok_begin")
        else:
            self._start(self._answer(line))

    def _collect(self, commands: _CommandList, line: str) -> None:
        if line == "command_list_end":
            self._list = None
            self._start(self._answer_list(commands))
        elif line.startswith(("idle", "noidle")) and line.split(maxsplit=1)[0] in {"idle", "noidle"}:
            self._refuse("idle came in a command list")
        elif not commands.add(line):
            self._refuse("a command list is too large")

    def _end_idle(self) -> None:
        """End waiting; outside of it ``noidle`` has no answer at all, for the client was told already."""
        if self.session.idle.waiting and self._transport is not None:
            self.session.idle.cancel()
            self._transport.write(b"OK\n")

    def _start(self, work: Coroutine[None, None, None]) -> None:
        """Run a command now, up to where it has to wait."""
        task = asyncio.Task(work, loop=self._loop, eager_start=True)
        if task.done():
            self._finish(task)
        else:
            self._running = task
            task.add_done_callback(self._resume)

    def _resume(self, task: asyncio.Task[None]) -> None:
        self._running = None
        self._last_sign = self._loop.time()
        self._finish(task)
        self._process()
        if self._ended and self._running is None:
            self.close()

    def _finish(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOGGER.error("MPD connection failed", exc_info=error)
            self.close()
        elif self.session.finished:
            self.close()
        else:
            self.tell()

    async def _answer(self, line: str) -> None:
        self.session.reply = reply = Reply()
        failure = await execute(self.session, line)
        await self._send(reply, failure)

    async def _answer_list(self, commands: _CommandList) -> None:
        """Run a list; other clients see it as one change."""
        self.session.reply = reply = Reply()
        failure = None
        with self.session.player.batch():
            runs = Runs(self.session, commands.lines, confirm=commands.confirm)
            index = runs.take(0)
            while index < len(commands.lines):
                failure = await execute(self.session, commands.lines[index], index)
                if failure is not None or self.session.finished:
                    break
                if commands.confirm:
                    reply.raw(b"list_OK\n")
                index = runs.take(index + 1)
        await self._send(reply, failure)

    async def _send(self, reply: Reply, failure: bytes | None) -> None:
        """Write an answer: in one piece, or at the pace of its reader."""
        if failure is not None:
            reply.raw(failure)
        elif not self.session.finished and not self.session.idle.waiting:
            reply.raw(b"OK\n")
        for block in _blocks(reply.pieces()):
            if self._transport is None or self._transport.is_closing():
                return
            self._transport.write(block)
            if len(block) >= ONE_WRITE:
                await self._wait_for_reader()

    async def _wait_for_reader(self) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                await self._writable.wait()
        except TimeoutError:
            _LOGGER.info("MPD client does not read its answer; closing its connection")
            if self._transport is not None:
                self._transport.abort()
        else:
            await asyncio.sleep(0)  # others have their turn between two blocks

    def _refuse(self, reason: str) -> None:
        _LOGGER.info("Closing an MPD connection: %s", reason)
        self.close()

    def _check_time(self) -> None:
        """Close a connection that gave no sign of life; one that waits in ``idle`` may do so for ever."""
        now = self._loop.time()
        if self.session.idle.waiting or self._running is not None:
            self._last_sign = now
        rest = self._last_sign + self._timeout - now
        if rest <= 0:
            _LOGGER.debug("Closing an MPD connection without a sign of life")
            if self._transport is not None:
                self._transport.abort()
        else:
            self._timer = self._loop.call_later(rest, self._check_time)


class _CommandList:
    """Hold the lines of a command list until it ends; ``confirm`` asks for ``list_OK`` after each."""

    __slots__ = ("_size", "confirm", "lines")

    def __init__(self, *, confirm: bool) -> None:
        self.confirm = confirm
        self.lines: list[str] = []
        self._size = 0

    def add(self, line: str) -> bool:
        """Add a line, and tell whether the list is still of a bearable size."""
        self.lines.append(line)
        self._size += len(line) + 1
        return self._size <= LARGEST_LIST


def _blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Join pieces to blocks of at least ONE_WRITE bytes; the last may be shorter."""
    block: list[bytes] = []
    size = 0
    for piece in pieces:
        block.append(piece)
        size += len(piece)
        if size >= ONE_WRITE:
            yield b"".join(block)
            block.clear()
            size = 0
    if block:
        yield b"".join(block)
