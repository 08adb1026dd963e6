"""Sessions: who is logged in, and until when."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

_REMEMBERED = 10_000


@dataclass(slots=True)
class _Session:
    user: str
    until: float


class SessionOverError(Exception):
    """The session was good once, and has ended."""


class UnknownSessionError(Exception):
    """There never was such a session."""


class Sessions:
    """The sessions of one server; each lives ``lifetime`` seconds after it was last used. They end with the server."""

    def __init__(self, lifetime: float, clock: Callable[[], float]) -> None:
        """Begin without sessions; ``clock`` gives seconds."""
        self.lifetime = lifetime
        self._clock = clock
        self._open: OrderedDict[str, _Session] = OrderedDict()
        self._over: OrderedDict[str, None] = OrderedDict()

    def open(self, user: str) -> str:
        """Begin a session and return its id: 32 hex digits."""
        self._sweep()
        sid = secrets.token_hex(16)
        self._open[sid] = _Session(user, self._clock() + self.lifetime)
        return sid

    def user(self, sid: str) -> str:
        """Return whose session it is and prolong it; raise SessionOverError or UnknownSessionError."""
        self._sweep()
        session = self._open.get(sid)
        if session is None:
            raise SessionOverError if sid in self._over else UnknownSessionError
        session.until = self._clock() + self.lifetime
        self._open.move_to_end(sid)
        return session.user

    def close(self, sid: str) -> None:
        """End a session."""
        if self._open.pop(sid, None) is not None:
            self._remember(sid)

    def close_all_of(self, user: str) -> None:
        """End every session of an account."""
        for sid in [sid for sid, session in self._open.items() if session.user == user]:
            self.close(sid)

    def expire_all(self) -> None:
        """End every session, as if its time had run out."""
        for sid in list(self._open):
            self.close(sid)

    def _sweep(self) -> None:
        """End what has run out; the one that was not used for longest is first."""
        now = self._clock()
        while self._open:
            sid, session = next(iter(self._open.items()))
            if session.until > now and len(self._open) <= _REMEMBERED:
                return
            self.close(sid)

    def _remember(self, sid: str) -> None:
        self._over[sid] = None
        while len(self._over) > _REMEMBERED:
            self._over.popitem(last=False)
