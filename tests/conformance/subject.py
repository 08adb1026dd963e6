"""What a service gives to be judged: its server over a folder of music, and what only it knows of itself.

A new service is a :class:`Subject` in ``subjects.py``; one that our own locker server speaks is a
:class:`LockerServerSubject`, which is smaller still. docs/development/conformance.md tells how.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any, ClassVar

from multidict import CIMultiDict
from yarl import URL

from mpd_bridge.locker_server import Fault, LockerServer
from music_locker_core.errors import LockerError
from music_locker_core.lockers.base import Capability
from tests.conformance.folder import PLAYLIST, PLAYLIST_TITLES


class Call(Enum):
    """Name what an adapter asks a service for, whatever the service calls it."""

    LOGIN = auto()
    MARKER = auto()
    LIST = auto()
    STREAM = auto()
    ART = auto()
    SEARCH = auto()
    UPLOAD = auto()
    EDIT = auto()
    RATE = auto()
    REPORT = auto()


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why a service does not take a file.

    ``make`` writes the file into a folder. ``state`` names the state of the server, or the account, that refuses; the
    subject brings it about. ``sent`` tells whether the service is asked at all. None for ``code`` is any.
    """

    name: str
    error: type[LockerError]
    make: Callable[[Path], Path]
    reason: str | None = None
    code: int | str | None = None
    state: str = ""
    sent: bool = True


class Subject(ABC):
    """One service before one server. All but the class attributes runs in the server's own event loop."""

    name: ClassVar[str]
    service: ClassVar[str]
    capabilities: ClassVar[Capability]
    wrong_logins: ClassVar[Mapping[str, Mapping[str, str]]]
    """Settings that replace good ones, and must end in AuthenticationError."""
    refusals: ClassVar[Sequence[Refusal]]
    sessions: ClassVar[bool] = True
    """Whether the service hands out sessions, which end."""
    lists: ClassVar[int] = 3
    """With how many requests at least a first sync reads the lists."""
    tells_types: ClassVar[bool] = True
    """Whether the service tells of what type a file is before it is played."""
    lists_artists: ClassVar[bool] = True
    """Whether the service has lists of artists and albums; else the library makes them of the tracks."""
    no_album: ClassVar[str | None] = None
    """What the service says in place of the album of a file that has none."""
    playlists: ClassVar[Mapping[str, Sequence[str]]] = {PLAYLIST: PLAYLIST_TITLES}
    """Playlists that the service makes of the folder, and the titles of their tracks in order."""

    @abstractmethod
    async def start(self, music: Path, state: Path) -> None:
        """Serve the folder; ``state`` is an empty folder for whatever the server keeps."""

    @abstractmethod
    async def close(self) -> None:
        """End the server."""

    @abstractmethod
    def settings(self) -> dict[str, str]:
        """Return the settings of a good account."""

    @abstractmethod
    def at(self, url: str) -> dict[str, str]:
        """Return the same settings for a service at another address."""

    @abstractmethod
    def secrets(self) -> frozenset[str]:
        """Return the secrets among the settings, and those that the service hands out in every session."""

    @abstractmethod
    def secrets_sent(self, url: URL, headers: CIMultiDict[str]) -> frozenset[str]:
        """Return the secrets in a request of the adapter, for example its session."""

    async def forget_uploads(self) -> None:  # noqa: B027 - most uploads are files in the folder, and nothing else
        """Take back what was uploaded, where that is more than files in the folder."""

    @abstractmethod
    async def look(self) -> None:
        """See what has changed in the folder."""

    @abstractmethod
    def break_next(self, call: Call, **fault: Any) -> None:
        """Let a fault happen to the next requests of this kind, if the service has it: the fields of ``Fault``."""

    @abstractmethod
    def mend(self) -> None:
        """Take back all faults."""

    @abstractmethod
    def expire_sessions(self) -> None:
        """End every session, as if its time had run out."""

    @abstractmethod
    def asked(self, call: Call) -> int:
        """Return how many requests of this kind have come."""

    @abstractmethod
    def refusing(self, state: str) -> AbstractAsyncContextManager[dict[str, str]]:
        """Bring about a state of :class:`Refusal`; give the settings of an account that meets it."""


class LockerServerSubject(Subject):
    """A service that our own locker server speaks: ``server`` is started by the service's own :meth:`start`."""

    methods: ClassVar[Mapping[Call, str]]
    """The service's names of the calls, as the locker server counts them; those that it has."""
    server: LockerServer

    async def close(self) -> None:
        await self.server.close()

    def at(self, url: str) -> dict[str, str]:
        return {**self.settings(), "url": url}

    async def look(self) -> None:
        await self.server.scan()

    def break_next(self, call: Call, **fault: Any) -> None:
        if call in self.methods:
            self.server.faults.add(Fault(self.methods[call], **fault))

    def mend(self) -> None:
        self.server.faults.clear()

    def expire_sessions(self) -> None:
        self.server.expire_sessions()

    def asked(self, call: Call) -> int:
        return self.server.calls[self.methods[call].lower()] if call in self.methods else 0
