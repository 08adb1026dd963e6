"""The calls of MP3tunes' API, versions 0 and 1: addresses, sessions, bounded requests.

The service has three kinds of servers (seed 001, "Servers"): authentication, general and storage. A self-hosted server
is all three at one address. Password, session id and partner token travel in queries, so no address leaves this module.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import aiohttp
from yarl import URL

from ..errors import NotFound, ServiceError
from ..models import Account, Album, Artist, Artwork, Playlist, Track
from . import mp3tunes_parse as parse
from .addresses import base_url, place
from .hiding import hidden
from .media import PAGES, picture_type
from .mp3tunes_errors import storage_error
from .sessions import SessionKeeper
from .web import MEBIBYTE, Answer, Retry, Web, beginning

OWN_HOSTS: Final = frozenset({"mp3tunes.com", "www.mp3tunes.com"})

_VERSIONS = (1, 0)
_SHORT_ANSWER = 4 * MEBIBYTE
_LIST_ANSWER = 96 * MEBIBYTE  # version 0 answers a whole locker at once
_PICTURE = 16 * MEBIBYTE
_SHORT_SECONDS = 30
_LONG_SECONDS = 300
_LONGEST_PARSED_IN_LOOP = 64 * 1024
_NO_SUCH_METHOD = frozenset(
    {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE, HTTPStatus.NOT_IMPLEMENTED}
)

type Parser[Result] = Callable[[bytes, int, Mapping[str, str]], Result]


@dataclass(frozen=True, slots=True)
class Hosts:
    """Hold the base addresses of the three kinds of servers."""

    login: URL
    data: URL
    content: URL


@dataclass(frozen=True, slots=True)
class LockerSession:
    """Hold one session: its id, which is a secret, and the version of the API that the server speaks."""

    sid: str = field(repr=False)
    version: int


def hosts(settings: Mapping[str, str]) -> Hosts:
    """Return where the servers are: ``url`` for all, or the service's own three, each replaced by its own setting.

    Raise LockerConnectionError for what is not a web address.
    """
    base = base_url(settings.get("url", ""))
    found = {"login": base, "data": base, "content": base}
    if base.host in OWN_HOSTS:
        found = {
            "login": base.with_scheme("https").with_host("shop.mp3tunes.com"),
            "data": base.with_host("ws.mp3tunes.com"),
            "content": base.with_host("content.mp3tunes.com"),
        }
    for kind in found:
        if own := settings.get(f"{kind}_url", "").strip():
            found[kind] = base_url(own)
    return Hosts(**found)


class Mp3tunesClient:
    """Call MP3tunes for one account; every method logs in where it must, and raises LockerError's classes only."""

    def __init__(self, settings: Mapping[str, str], session: aiohttp.ClientSession, retry: Retry | None = None) -> None:
        """Keep the settings: url, username, password, partner_token; login_url, data_url, content_url are optional."""
        self._settings = settings
        self._web = Web(session, retry)
        self._sessions = SessionKeeper(self._log_in)
        self._version: int | None = None
        self._version_is_open = True

    @property
    def version(self) -> int | None:
        """Return the version of the API that the server speaks, or None before the first login."""
        return self._version

    async def log_in(self) -> int:
        """Make a new session, find the API version anew and return it; raise AuthenticationError for a refusal."""
        self._version_is_open = True
        return (await self._sessions.renew()).version

    async def ready(self) -> int:
        """Return the API version, after a login where there was none."""
        return self._version if self._version is not None else await self.log_in()

    async def account(self) -> Account:
        """Call accountData: whose locker it is."""
        return await self._call("accountData", parse.parse_account)

    async def artists(self, **page: int) -> parse.Listing[Artist]:
        """Call lockerData for artists; ``count`` and ``set`` choose a page in version 1."""
        return await self._call("lockerData", parse.parse_artists, type="artist", **page)

    async def albums(self, **page: int) -> parse.Listing[Album]:
        """Call lockerData for albums; ``count`` and ``set`` choose a page in version 1."""
        return await self._call("lockerData", parse.parse_albums, type="album", **page)

    async def tracks(
        self, *, album_id: str | None = None, artist_id: str | None = None, playlist_id: str | None = None, **page: int
    ) -> parse.Listing[Track]:
        """Call lockerData for tracks: all, or of an album, an artist, both, or (version 1) a playlist."""
        chosen = {"album_id": album_id, "artist_id": artist_id, "playlist_id": playlist_id}
        given = {name: value for name, value in chosen.items() if value is not None}
        return await self._call("lockerData", parse.parse_tracks, type="track", **given, **page)

    async def playlists(self, **page: int) -> parse.Listing[Playlist]:
        """Call lockerData for playlists; ``count`` and ``set`` choose a page in version 1."""
        return await self._call("lockerData", parse.parse_playlists, type="playlist", **page)

    async def last_update(self, kind: str) -> str | None:
        """Call lastUpdate (version 1) for ``locker``, ``playlist`` or ``preferences``: when it changed last."""
        return await self._call("lastUpdate", parse.parse_last_update, type=kind)

    async def search(self, words: str, count: int) -> parse.Found:
        """Call lockerSearch (version 1): at most ``count`` artists, albums and tracks each."""
        return await self._call(
            "lockerSearch", parse.parse_search, type="artist,album,track", s=words, count=count, set=0
        )

    @asynccontextmanager
    async def get(self, key: str, offset: int, file_format: str | None) -> AsyncGenerator[aiohttp.ClientResponse]:
        """Call lockerGet: an open answer with the file's bytes; ``file_format`` mp3 converts.

        The answer is 200 or 206, or 416 where ``offset`` is not inside the file; every other one raises.
        """
        headers = {"Accept-Encoding": "identity"}
        if offset:
            headers["Range"] = f"bytes={offset}-"

        async def begin(session: LockerSession) -> aiohttp.ClientResponse:
            query = {} if file_format is None else {"fileformat": file_format}
            response = await self._web.open(self._storage("lockerGet", key, session, query), headers)
            try:
                await _check_file(response)
            except BaseException:
                response.close()
                raise
            return response

        response = await self._use(begin)
        try:
            yield response
        finally:
            response.close()

    async def put(self, key: str, headers: Mapping[str, str], body: Callable[[], AsyncIterator[bytes]]) -> None:
        """Call lockerPut once: send a file; ``body`` is called anew where the session must be renewed."""

        async def attempt(session: LockerSession) -> None:
            url = self._storage("lockerPut", key, session, {"output": "xml"})
            answer = await self._web.put(url, headers, body(), limit=_SHORT_ANSWER, seconds=_LONG_SECONDS)
            error = storage_error(answer.status, answer.headers)
            if error := error or parse.upload_refusal(answer.body, answer.status, answer.headers):
                raise error

        await self._use(attempt)

    async def artwork(self, key: str, *, of_album: bool) -> Artwork:
        """Call albumArtGet (version 1): the picture of a file key or, as the alternative, of an album id."""

        async def attempt(session: LockerSession) -> Artwork:
            query = {"alternative": "1"} if of_album else {}
            url = self._storage("albumArtGet", key, session, query)
            answer = await self._web.read(url, limit=_PICTURE, seconds=_SHORT_SECONDS)
            if error := storage_error(answer.status, answer.headers):
                raise error
            return _picture(answer)

        return await self._use(attempt)

    async def close(self) -> None:
        """End a login that is under way."""
        await self._sessions.close()

    async def _log_in(self) -> LockerSession:
        """Log in with version 1 of the API, or with version 0 where the server has only that; later with the same."""
        url = hosts(self._settings).login
        known = None if self._version_is_open else self._version
        for version in _VERSIONS if known is None else (known,):
            query = {name: self._settings.get(name, "") for name in ("username", "password", "partner_token")}
            request = (url / "api" / f"v{version}" / "login").with_query(query | {"output": "json"})
            answer = await self._web.read(request, limit=_SHORT_ANSWER, seconds=_SHORT_SECONDS)
            if answer.status in _NO_SUCH_METHOD:
                continue
            with self._hiding():
                login = parse.parse_login(answer.body, answer.status, answer.headers)
            self._version, self._version_is_open = version, False
            return LockerSession(login.session_id, version)
        raise ServiceError(f"{place(url)} is not an MP3tunes server", code=answer.status)

    async def _call[Result](self, method: str, read: Parser[Result], **query: str | int) -> Result:
        """Call a method of the general servers."""
        limit, seconds = (_LIST_ANSWER, _LONG_SECONDS) if method == "lockerData" else (_SHORT_ANSWER, _SHORT_SECONDS)

        async def attempt(session: LockerSession) -> Result:
            url = hosts(self._settings).data / "api" / f"v{session.version}" / method
            request = url.with_query({**query, "output": "json", **self._secrets(session)})
            answer = await self._web.read(request, limit=limit, seconds=seconds)
            if len(answer.body) <= _LONGEST_PARSED_IN_LOOP:
                return read(answer.body, answer.status, answer.headers)
            return await asyncio.to_thread(read, answer.body, answer.status, answer.headers)

        return await self._use(attempt)

    async def _use[Result](self, attempt: Callable[[LockerSession], Awaitable[Result]]) -> Result:
        """Do something with a session, renewed once where it has expired; no error tells a secret."""

        async def hidden(session: LockerSession) -> Result:
            with self._hiding(session.sid):
                return await attempt(session)

        return await self._sessions.use(hidden)

    def _storage(self, method: str, key: str, session: LockerSession, query: Mapping[str, str]) -> URL:
        """Return the address of a storage call; file keys stand in the path (seed 001, "lockerGet")."""
        url = hosts(self._settings).content / "storage" / method / key
        return url.with_query({**query, **self._secrets(session)})

    def _secrets(self, session: LockerSession) -> dict[str, str]:
        return {"sid": session.sid, "partner_token": self._settings.get("partner_token", "")}

    def _hiding(self, *more: str) -> AbstractContextManager[None]:
        """Take every secret out of the texts of errors."""
        return hidden((self._settings.get("password"), self._settings.get("partner_token"), *more))


async def _check_file(response: aiohttp.ClientResponse) -> None:
    """Raise the error that an answer to lockerGet tells, if it is not a file."""
    if response.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return
    if error := storage_error(response.status, response.headers):
        raise error
    if response.content_type in PAGES:
        page = await beginning(response, _LONGEST_PARSED_IN_LOOP)
        raise parse.media_error(page, response.status, response.headers)


def _picture(answer: Answer) -> Artwork:
    """Return the picture of an answer, its type by its first bytes; raise NotFound for an empty one."""
    if (mime_type := picture_type(answer.body)) is not None:
        return Artwork(answer.body, mime_type)
    if not answer.body:
        raise NotFound("The locker has no such picture")
    raise parse.media_error(answer.body, answer.status, answer.headers)
