"""What all clients of one server share (MPD's own word for it)."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from ..playback.player import Player
from .idle import IdleEvents
from .mailbox import Mailbox

__all__ = ["Instance", "Member"]


_READ_AT_ONCE = 32 * 1024  # bytes


class Member(Protocol):
    """Be one client, as the others see it: a session is one."""

    player: Player
    idle: IdleEvents
    mailbox: Mailbox


class Instance:
    """Hold what belongs to a server and not to one of its clients.

    ``default_player`` is the id of the partition in which clients begin, which owns those that they make.
    ``kill`` ends the program, or is None where a client may not do that. ``started`` is a monotonic time in seconds.
    ``buffer`` is what the present read of any client goes into.
    """

    __slots__ = ("_holder", "_members", "_tell", "_waiting", "buffer", "default_player", "kill", "started")

    def __init__(
        self, tell: Callable[[], None], *, default_player: str, kill: Callable[[], object] | None = None
    ) -> None:
        """Begin now, without clients; ``tell`` is called when some of them may have something to be told."""
        self.buffer = memoryview(bytearray(_READ_AT_ONCE))
        self.default_player = default_player
        self.kill = kill
        self.started = time.monotonic()
        self._members: set[Member] = set()
        self._tell = tell
        self._holder: object = None
        self._waiting: set[Callable[[], None]] = set()

    def join(self, member: Member) -> None:
        """Take a client in."""
        self._members.add(member)

    def leave(self, member: Member) -> None:
        """Let a client go, with its channels and messages."""
        self._members.discard(member)

    def hold(self, holder: object) -> None:
        """Let one client alone run commands: it is in the middle of a list, and others are to see all or nothing."""
        self._holder = holder

    def release(self, holder: object) -> None:
        """Let all clients go on, if this one held them up."""
        if self._holder is holder:
            self._holder = None
            waiting, self._waiting = self._waiting, set()
            for go_on in waiting:
                asyncio.get_running_loop().call_soon(go_on)

    def is_free_for(self, client: object, go_on: Callable[[], None]) -> bool:
        """Tell whether a client may run commands; if not, ``go_on`` is called once it may."""
        if self._holder is None or self._holder is client:
            return True
        self._waiting.add(go_on)
        return False

    def partition(self, player: Player) -> Iterator[Member]:
        """Return the clients that are in the partition of a player."""
        return (member for member in self._members if member.player is player)

    def notify(self, members: Iterable[Member], *subsystems: str) -> None:
        """Tell clients what changed, at once if they wait for it and else with their next ``idle``."""
        for member in members:
            member.idle.add(subsystems)
        self._tell()

    def notify_all(self, *subsystems: str) -> None:
        """Tell every client what changed."""
        self.notify(self._members, *subsystems)
