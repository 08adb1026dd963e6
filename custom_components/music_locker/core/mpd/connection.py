"""One client's connection: lines in, answers out (``src/client/Process.cxx`` of MPD)."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import ExitStack
from itertools import islice
from typing import cast, override

from .bulk import Runs
from .command_list import CommandList
from .execute import begin, keep, settle
from .limits import LONGEST_LINE, Limits
from .outlet import Outlet
from .parser import decode_line
from .reply import Reply
from .session import Session

_TURN = 0.01
"""Seconds for which one client's commands run before the loop has its turn."""
_END_OF_LIST = b"command_list_end"
_MANY = 16  # lines of a command list that are worth being taken together
_MADE_LATER = 256 * 1024
"""Bytes that a part of an answer counts which is made only when it is sent: until then it holds what it is made of."""
_LOOKS = 4  # times within the time-out that a reader is looked at

_LOGGER = logging.getLogger(__name__)


class Connection(asyncio.BufferedProtocol):
    """Read commands in order and answer each; be told of changes while waiting in ``idle``."""

    def __init__(
        self, session: Session, *, protocol_version: str, limits: Limits, closed: Callable[[Connection], None]
    ) -> None:
        """Serve ``session``; without a sign of life outside ``idle`` the connection ends after its time-out."""
        self.session = session
        self._instance = session.instance
        self._protocol_version = protocol_version
        self._limits = limits
        self._closed = closed
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._outlet: Outlet
        self._unread = b""  # the begin of a line
        self._lines: deque[bytes] = deque()  # complete, and not yet handled
        self._list: CommandList | None = None
        self._running: asyncio.Task[None] | None = None
        self._written: asyncio.Future[None] | None = None  # waited for by a list whose answer is long
        self._turn: asyncio.Handle | None = None
        self._held_back = False
        self._ended = False  # the client sends no more
        self._last_sign = self._loop.time()
        self._last_taken: int | None = None  # bytes, where the client had yet to take more
        self._timer: asyncio.TimerHandle

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet; asyncio has set TCP_NODELAY."""
        self._transport = transport = cast("asyncio.Transport", transport)  # uvloop's are no subclass
        self._outlet = Outlet(transport, limit=self._limits.max_output_buffer_size, free=self._written_all)
        self._timer = self._loop.call_later(self._limits.connection_timeout / _LOOKS, self._check_time)
        self._outlet.send([f"OK MPD {self._protocol_version}\n".encode()])

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Let a command that runs come to its end, unheard."""
        self._transport = None
        self._timer.cancel()
        if self._turn is not None:
            self._turn.cancel()
        self._lines.clear()
        self._outlet.stop()
        self._written_all()
        self._closed(self)

    @override
    def get_buffer(self, sizehint: int) -> memoryview:
        """Have little read at once: what cannot be handled yet waits as one object for each line."""
        return self._instance.buffer

    @override
    def buffer_updated(self, nbytes: int) -> None:
        """Take what arrived."""
        self._last_sign = self._loop.time()
        data = self._unread + self._instance.buffer[:nbytes]
        *lines, self._unread = data.split(b"\n")
        self._lines.extend(lines)
        self._process()

    @override
    def eof_received(self) -> bool:
        """Answer what was sent, then close."""
        self._ended = True
        return bool(self._lines) or self._is_busy

    @override
    def pause_writing(self) -> None:
        """Stop working for a client that does not read."""
        self._outlet.pause()

    @override
    def resume_writing(self) -> None:
        """Go on."""
        self._last_sign = self._loop.time()
        self._outlet.resume()

    def tell(self) -> None:
        """Say what changed, if the client waits for it."""
        if self._transport is None or self._transport.is_closing() or self._is_busy:
            return  # the first while the loop has yet to make the connection
        if (answer := self.session.idle.take()) is not None:
            self._last_sign = self._loop.time()
            self._outlet.send([answer])

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

    # Lines

    @property
    def _is_busy(self) -> bool:
        return self._running is not None or self._outlet.busy

    def _process(self) -> None:
        """Handle every complete line, until a command has to wait or others are to have their turn."""
        self._turn = None
        lines = self._lines
        deadline = self._loop.time() + _TURN
        while lines and self._is_ready():
            if self._list is not None and len(lines) >= _MANY and self._collect_many(self._list):
                continue
            line = lines.popleft()
            if len(line) < LONGEST_LINE:
                self._handle(decode_line(line))
            else:
                self._refuse("a line is too long")
            if lines and self._loop.time() >= deadline:
                self._turn = self._loop.call_soon(self._process)
                break
        if len(self._unread) >= LONGEST_LINE and not lines and self._is_ready():
            self._refuse("a line is too long")
        self._hold_back()
        if self._ended and not lines and not self._is_busy:
            self.close()

    def _is_ready(self) -> bool:
        transport = self._transport
        return (
            transport is not None
            and not self._is_busy
            and not transport.is_closing()
            and self._instance.is_free_for(self, self._process)
        )

    def _hold_back(self) -> None:
        """Read no more from a client that sends faster than it is served, be it lines or one that does not end."""
        behind = bool(self._lines) or len(self._unread) >= LONGEST_LINE
        if behind is self._held_back or self._transport is None or self._transport.is_closing():
            return
        self._held_back = not self._held_back
        if self._held_back:
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
            confirm = line == "command_list_ok_begin"
            self._list = CommandList(confirm=confirm, limit=self._largest_list())
        else:
            self._answer(line)

    def _largest_list(self) -> int:
        """Return the characters that a list may have: few from a client that has yet to give its password."""
        largest = self._limits.max_command_list_size
        return largest if self.session.permissions else min(largest, LONGEST_LINE)

    def _collect(self, commands: CommandList, line: str) -> None:
        if line == "command_list_end":
            self._list = None
            self._start(self._answer_list(commands))
        elif line in {"idle", "noidle"}:
            self._refuse("idle came in a command list")
        elif not commands.add(line):
            self._refuse("a command list is too large")

    def _collect_many(self, commands: CommandList) -> bool:
        """Take all lines up to the end of a list that are there, if there is nothing unusual about any of them."""
        lines = self._lines
        count = lines.index(_END_OF_LIST) if _END_OF_LIST in lines else len(lines)
        taken = commands.add_many(list(islice(lines, count)), longest=LONGEST_LINE) if count else 0
        if taken < 0:
            self._refuse("a command list is too large")
        for _ in range(taken):
            lines.popleft()
        return taken > 0

    def _end_idle(self) -> None:
        """End waiting; outside of it ``noidle`` has no answer at all, for the client was told already."""
        if self.session.idle.waiting and self._transport is not None:
            self.session.idle.cancel()
            self._outlet.send([b"OK\n"])

    # Commands

    def _answer(self, line: str) -> None:
        """Run one command: at once, or as a task if it has to wait."""
        self.session.reply = reply = Reply()
        outcome = begin(self.session, line)
        if outcome is None or isinstance(outcome, bytes):
            self._finish(reply, outcome)
        else:
            self._start(self._answer_later(reply, outcome, line))

    async def _answer_later(self, reply: Reply, waiting: Awaitable[None], line: str) -> None:
        failure = await settle(self.session, waiting, line)
        if self.session.keeping:
            failure = await keep(self.session, failure, line)
        self._finish(reply, failure)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        """Run something that may have to wait, now and up to there."""
        task = asyncio.Task(work, loop=self._loop, eager_start=True)
        if task.done():
            self._note(task)
        else:
            self._running = task
            task.add_done_callback(self._resume)

    def _resume(self, task: asyncio.Task[None]) -> None:
        self._running = None
        self._last_sign = self._loop.time()
        self._note(task)
        self.tell()
        self._process()

    def _note(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOGGER.error("MPD connection failed", exc_info=error)
            self.close()

    def _finish(self, reply: Reply, failure: bytes | None) -> None:
        """Send an answer, and whatever ``idle`` has to tell at once."""
        session = self.session
        parts, reply.parts = reply.parts, []  # an idle client is not to keep its last answer
        if failure is not None:
            parts.append(failure)
        elif not session.finished and not session.idle.waiting:
            parts.append(b"OK\n")
        if self._transport is None or self._transport.is_closing():
            return
        if parts:
            self._outlet.send(parts)
        if session.idle.waiting:
            self.tell()
        elif session.finished and not self._outlet.busy:
            self.close()

    def _written_all(self) -> None:
        """Go on after a long answer."""
        if self._written is not None:
            if not self._written.done():
                self._written.set_result(None)
        elif self.session.finished:
            self.close()
        else:
            self.tell()
            self._process()

    # Command lists

    async def _answer_list(self, commands: CommandList) -> None:
        """Run a list; other clients see it as one change, and nothing of it before it is complete."""
        session = self.session
        session.reply = reply = Reply()
        failure = None
        deadline = self._loop.time() + _TURN
        with ExitStack() as change:
            change.enter_context(session.player.batch())
            change.callback(self._instance.release, self)
            runs = Runs(session, commands.lines, confirm=commands.confirm)
            index = 0
            while (begun := runs.take(index)) < len(commands.lines):
                if begun == index:
                    line = commands.lines[index]
                    outcome = begin(session, line, index)
                    if outcome is not None and not isinstance(outcome, bytes):
                        outcome = await self._settle(outcome, line, index)
                    failure = outcome
                    if failure is not None or session.finished or session.idle.waiting:
                        break
                    if commands.confirm:
                        reply.raw(b"list_OK\n")
                    begun += 1
                index = begun
                if self._loop.time() >= deadline:
                    await self._give_turn(reply)
                    deadline = self._loop.time() + _TURN
        if session.keeping:
            last = min(index, len(commands.lines) - 1)
            failure = await keep(session, failure, commands.lines[last], last)
        self._finish(reply, failure)

    async def _settle(self, waiting: Awaitable[None], line: str, index: int) -> bytes | None:
        """Wait for a command of a list; meanwhile others go on if it does have to wait."""
        task = asyncio.Task(settle(self.session, waiting, line, index), loop=self._loop, eager_start=True)
        if not task.done():
            self._instance.release(self)
        return await task

    async def _give_turn(self, reply: Reply) -> None:
        """Let the loop go on but no other client, unless so much is to be sent that it is better sent now.

        Nobody waits for a client that has gone.
        """
        if self._transport is None:
            reply.parts.clear()
            self._instance.release(self)
            await asyncio.sleep(0)
        elif _size(reply.parts) > self._limits.max_output_buffer_size:
            self._instance.release(self)
            await self._write_out(reply)
        else:
            self._instance.hold(self)
            await asyncio.sleep(0)

    async def _write_out(self, reply: Reply) -> None:
        """Send what there is of an answer, at the pace of its reader."""
        parts, reply.parts = reply.parts, []
        self._outlet.send(parts)
        if self._outlet.busy:
            self._written = self._loop.create_future()
            try:
                await self._written
            finally:
                self._written = None

    # Ends

    def _refuse(self, reason: str) -> None:
        _LOGGER.info("Closing an MPD connection: %s", reason)
        self.close()

    def _check_time(self) -> None:
        """Close a connection that gave no sign of life: no command, and nothing taken of an answer.

        One that waits in ``idle`` may do so for ever.
        """
        now, timeout = self._loop.time(), self._limits.connection_timeout
        taken = self._outlet.taken
        works = self._running is not None and self._written is None
        if self.session.idle.waiting or works or self._last_taken not in {None, taken}:
            self._last_sign = now
        self._last_taken = taken if self._outlet.waiting else None
        rest = self._last_sign + timeout - now
        if rest <= 0:
            _LOGGER.info("Closing an MPD connection without a sign of life")
            if self._transport is not None:
                self._transport.abort()
        else:
            self._timer = self._loop.call_later(min(rest, timeout / _LOOKS), self._check_time)


def _size(parts: Iterable[object]) -> int:
    """Return about how many bytes an answer holds."""
    return sum(len(part) if isinstance(part, bytes) else _MADE_LATER for part in parts)
