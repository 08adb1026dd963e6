"""The contract of adapters, and the registry of services."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import Enum, Flag, auto
from pathlib import Path
from typing import ClassVar

import aiohttp

from ..errors import Unavailable
from ..models import Account, Album, Artist, Artwork, Playlist, Track
from .web import Retry


class Capability(Flag):
    """Tell what a locker can do; what it cannot is absent from every face."""

    SEARCH = auto()
    STREAM = auto()
    TRANSCODE = auto()
    DOWNLOAD = auto()
    UPLOAD = auto()
    ARTWORK = auto()
    PLAYLISTS = auto()
    PLAYLIST_EDIT = auto()
    RATE = auto()
    REPORT_PLAY = auto()
    SOCIAL = auto()
    CHANGE_MARKER = auto()


class SettingKind(Enum):
    """Tell how a setting is asked for and kept."""

    TEXT = auto()
    URL = auto()
    PASSWORD = auto()


@dataclass(frozen=True, slots=True)
class Setting:
    """Describe one value that a user gives for a locker; forms and TOML checks are made from these."""

    key: str
    kind: SettingKind = SettingKind.TEXT
    required: bool = True
    default: str | None = None

    @property
    def secret(self) -> bool:
        """Tell whether the value must never be shown."""
        return self.kind is SettingKind.PASSWORD


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """Describe what a service sends: ``length`` bytes of the whole file or None, ``offset`` of the first byte sent."""

    mime_type: str
    length: int | None
    offset: int
    ranges: bool


@dataclass(slots=True)
class StreamReader:
    """Hold an open stream: what it is, and its bytes from ``info.offset`` on.

    Iterating ``chunks`` raises LockerConnectionError where the service breaks off before ``info.length``.
    """

    info: StreamInfo
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class UploadMetadata:
    """Give what overrides the tags of an uploaded file; None leaves the tag."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None
    number: int | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hold what a service found, best first."""

    artists: Sequence[Artist] = ()
    albums: Sequence[Album] = ()
    tracks: Sequence[Track] = ()


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """Describe a service to forms, tables and documents."""

    service: str
    title: str
    settings: tuple[Setting, ...] = field(default=())


class Adapter(ABC):
    """Speak one service's API for one account.

    Every method raises LockerError's classes only (and CancelledError). A method whose capability is absent is never
    called. An adapter logs in by itself when it must: an expired session is renewed once, unseen; a refusal is
    AuthenticationError. Nothing here keeps a list of the locker: reading is the library's task.
    """

    info: ClassVar[ServiceInfo]

    def __init__(self, settings: Mapping[str, str], session: aiohttp.ClientSession, retry: Retry | None = None) -> None:
        """Keep the settings (keys of ``info.settings``) and the HTTP session, which the caller owns and closes.

        ``retry`` says how often reads are tried again; None is the usual.
        """
        self._settings = settings
        self._session = session
        self._retry = retry or Retry()

    def __repr__(self) -> str:
        """Name the service only: settings hold secrets."""
        return f"<{type(self).__name__} {self.info.service}>"

    @property
    @abstractmethod
    def capabilities(self) -> Capability:
        """Return what this locker can do; final after :meth:`login`."""

    @abstractmethod
    async def login(self) -> Account:
        """Log in anew and tell whose locker it is; raise AuthenticationError or LockerConnectionError."""

    async def change_marker(self) -> str | None:
        """Return a text that differs whenever the locker has changed, or None where the service has none."""
        return None

    @abstractmethod
    def artists(self) -> AsyncIterator[Sequence[Artist]]:
        """Read all artists, page by page."""

    @abstractmethod
    def albums(self) -> AsyncIterator[Sequence[Album]]:
        """Read all albums, page by page."""

    @abstractmethod
    def tracks(self) -> AsyncIterator[Sequence[Track]]:
        """Read all tracks, page by page."""

    async def playlists(self) -> Sequence[Playlist]:
        """Read all playlists, without their tracks."""
        return ()

    async def playlist_tracks(self, playlist_id: str) -> Sequence[str]:  # noqa: ARG002 - for those who override it
        """Return the track ids of a playlist, in its order; raise NotFound."""
        raise Unavailable

    async def search(self, query: str, limit: int = 100) -> SearchResult:  # noqa: ARG002 - for those who override it
        """Search the locker at the service."""
        raise Unavailable

    @abstractmethod
    def stream(self, track_id: str, *, offset: int = 0, mp3: bool = False) -> AbstractAsyncContextManager[StreamReader]:
        """Open a track's bytes from ``offset`` on, as uploaded, or converted to MP3 (TRANSCODE).

        The reader's ``info.offset`` is smaller than asked where the service ignores ranges. Raise NotFound,
        Unavailable.
        """

    async def artwork(self, artwork_id: str) -> Artwork:  # noqa: ARG002 - for those who override it
        """Read one picture; raise NotFound where there is none."""
        raise Unavailable

    async def upload(
        self,
        path: Path,  # noqa: ARG002 - for those who override it
        metadata: UploadMetadata | None = None,  # noqa: ARG002 - for those who override it
        progress: Callable[[int, int], None] | None = None,  # noqa: ARG002 - for those who override it
    ) -> str:
        """Send a file and return its track id or file key; ``progress`` is told (bytes sent, bytes in all).

        Raise UploadRejected before sending what the service is known to refuse, QuotaExceeded, RateLimited.
        """
        raise Unavailable

    async def close(self) -> None:  # noqa: B027 - most adapters start nothing
        """End what the adapter itself started; the HTTP session is its owner's."""
