"""The contract of adapters, and the registry of services."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from enum import Enum, Flag, auto
from pathlib import Path
from typing import ClassVar

import aiohttp
from yarl import URL

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


class AuthorisationKind(Enum):
    """Tell how the account's owner lets us in at the service's own pages."""

    COPIED_KEY = auto()  # a page shows a key, which is copied into the form
    REDIRECT = auto()  # a page leads back to us; without an address of ours it shows a PIN to copy


class SettingKind(Enum):
    """Tell how a setting is asked for and kept."""

    TEXT = auto()
    URL = auto()
    PASSWORD = auto()


@dataclass(frozen=True, slots=True)
class Setting:
    """Describe one value that a user gives for a locker; forms and TOML checks are made from these.

    ``granted`` is what an authorisation fills in: no form asks for it, a TOML file may give it.
    """

    key: str
    kind: SettingKind = SettingKind.TEXT
    required: bool = True
    default: str | None = None
    granted: bool = False

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
class Uploaded:
    """Tell what became of a file that was sent.

    ``track_id`` is None where the service tells it only with the next listing. ``already_there`` is True where the
    locker had the file before, so that nothing was added.
    """

    track_id: str | None
    already_there: bool = False


@dataclass(frozen=True, slots=True)
class UploadRules:
    """Describe which files a service takes: name endings without a dot, and ``largest`` bytes, None for no limit."""

    suffixes: frozenset[str]
    largest: int | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hold what a service found, best first."""

    artists: Sequence[Artist] = ()
    albums: Sequence[Album] = ()
    tracks: Sequence[Track] = ()


@dataclass(frozen=True, slots=True)
class Authorisation:
    """Describe the step at the service's own pages, which fills the settings that are ``granted``.

    It is left out where the setting called ``unless`` is given.
    """

    kind: AuthorisationKind
    unless: str | None = None


@dataclass(frozen=True, slots=True)
class AuthorisationRequest:
    """Hold an authorisation that has begun: the page to open, and what is needed to finish it (secret)."""

    page: URL = field(repr=False)
    pending: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """Describe a service to forms, tables and documents.

    ``capabilities`` is all that a locker of the service can have; a single one may have less. ``purchases`` tells that
    ``Track.added`` is when the track was bought.
    """

    service: str
    title: str
    settings: tuple[Setting, ...] = field(default=())
    capabilities: Capability = field(default=Capability(0))
    authorisation: Authorisation | None = None
    uploads: UploadRules | None = None
    purchases: bool = False

    def authorisation_for(self, settings: Mapping[str, str]) -> Authorisation | None:
        """Return the authorisation that a locker with these settings needs, whether it has it or not."""
        needed = self.authorisation
        return None if needed is None or needed.unless in settings else needed

    def lacks_authorisation(self, settings: Mapping[str, str]) -> bool:
        """Tell whether a locker needs an authorisation that it does not have yet."""
        granted = all(setting.key in settings for setting in self.settings if setting.granted)
        return not granted and self.authorisation_for(settings) is not None


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

    @classmethod
    async def begin_authorisation(
        cls,
        settings: Mapping[str, str],  # noqa: ARG003 - for those who override it
        session: aiohttp.ClientSession,  # noqa: ARG003 - for those who override it
        callback: URL | None = None,  # noqa: ARG003 - for those who override it
    ) -> AuthorisationRequest:
        """Return the page at which the account's owner lets us in; ``callback`` is where it leads back to.

        Without a callback a redirecting service is to show a PIN. Raise LockerConnectionError, AuthenticationError for
        a refused application.
        """
        raise Unavailable

    @classmethod
    async def finish_authorisation(
        cls,
        settings: Mapping[str, str],  # noqa: ARG003 - for those who override it
        session: aiohttp.ClientSession,  # noqa: ARG003 - for those who override it
        request: AuthorisationRequest,  # noqa: ARG003 - for those who override it
        answer: str,  # noqa: ARG003 - for those who override it
    ) -> Mapping[str, str]:
        """Return the granted settings for the ``answer``, without blanks round it.

        It is the key or PIN that the owner copied, or the query of the address that the redirect led to, with its
        question mark and still quoted. Raise AuthenticationError where the owner or the service refused.
        """
        raise Unavailable

    @abstractmethod
    async def login(self) -> Account:
        """Log in anew and tell whose locker it is; raise AuthenticationError or LockerConnectionError."""

    async def change_marker(self) -> str | None:
        """Return a text that differs whenever the locker has changed, or None where the service has none."""
        return None

    def reading(self) -> AbstractAsyncContextManager[None]:
        """Frame one reading of the whole locker: inside, the lists may come out of the same answers."""
        return nullcontext()

    @abstractmethod
    def artists(self) -> AsyncIterator[Sequence[Artist]]:
        """Read all artists, page by page.

        A service that has no lists of artists or albums reads none: the library makes those that its tracks name by
        an id.
        """

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
    def stream(
        self, track_id: str, *, offset: int = 0, mp3: bool = False, bit_rate: int | None = None
    ) -> AbstractAsyncContextManager[StreamReader]:
        """Open a track's bytes from ``offset`` on, as uploaded, or converted to MP3 (TRANSCODE).

        ``bit_rate`` asks for at most so many kbit/s, for slow outputs; a service that cannot gives what it has. The
        reader's ``info.offset`` is smaller than asked where the service ignores ranges. Raise NotFound, Unavailable.
        """

    def download(self, track_id: str, *, offset: int = 0) -> AbstractAsyncContextManager[StreamReader]:
        """Open the file for keeping (DOWNLOAD), which services may limit and count; playing never uses it.

        Raise NotFound, and Unavailable with the reason where the downloads are used up.
        """
        return self.stream(track_id, offset=offset)

    async def artwork(self, artwork_id: str) -> Artwork:  # noqa: ARG002 - for those who override it
        """Read one picture; raise NotFound where there is none."""
        raise Unavailable

    async def upload(
        self,
        path: Path,  # noqa: ARG002 - for those who override it
        metadata: UploadMetadata | None = None,  # noqa: ARG002 - for those who override it
        progress: Callable[[int, int], None] | None = None,  # noqa: ARG002 - for those who override it
    ) -> Uploaded:
        """Send a file (UPLOAD), unless the locker has it; ``progress`` is told (bytes sent, bytes in all).

        Raise UploadRejected before sending what the service is known to refuse, QuotaExceeded, RateLimited.
        """
        raise Unavailable

    async def create_playlist(self, title: str) -> str:  # noqa: ARG002 - for those who override it
        """Make an empty playlist (PLAYLIST_EDIT) and return its id."""
        raise Unavailable

    async def rename_playlist(self, playlist_id: str, title: str) -> None:  # noqa: ARG002 - for those who override it
        """Give a playlist another title (PLAYLIST_EDIT); raise NotFound."""
        raise Unavailable

    async def add_to_playlist(
        self,
        playlist_id: str,  # noqa: ARG002 - for those who override it
        track_ids: Sequence[str],  # noqa: ARG002 - for those who override it
    ) -> None:
        """Put tracks behind those of a playlist (PLAYLIST_EDIT); raise NotFound."""
        raise Unavailable

    async def replace_playlist(
        self,
        playlist_id: str,  # noqa: ARG002 - for those who override it
        track_ids: Sequence[str],  # noqa: ARG002 - for those who override it
    ) -> None:
        """Put other tracks into a playlist, instead of all that it has (PLAYLIST_EDIT); raise NotFound."""
        raise Unavailable

    async def rate(self, track_id: str, rating: int) -> None:  # noqa: ARG002 - for those who override it
        """Rate a track 0 (not rated) to 10 (RATE), in the service's own steps; raise NotFound."""
        raise Unavailable

    async def report_play(self, track_id: str, seconds: float) -> None:  # noqa: ARG002 - for those who override it
        """Tell the service that so much of a track was heard (REPORT_PLAY); raise NotFound."""
        raise Unavailable

    async def close(self) -> None:  # noqa: B027 - most adapters start nothing
        """End what the adapter itself started; the HTTP session is its owner's."""
