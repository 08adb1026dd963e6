"""The calls of 7digital's API: addresses, signed requests, bounded answers.

The service has hosts of its own for the API, for streams, for downloads and for the user's account; a self-hosted
server is all of them at one address. Nothing is signed for another host, and no address leaves this module: those of
media carry a token and a signature.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import aiohttp
from yarl import URL

from ..errors import AuthenticationError, NotFound, ServiceError
from ..models import Artwork
from . import sevendigital_parse as parse
from .addresses import base_url, place
from .hiding import hidden
from .media import PAGES, picture_type
from .sevendigital_errors import NOT_FOUND, NonceRefusedError
from .sevendigital_oauth import Credentials, signed, signed_post
from .web import MEBIBYTE, Request, Retry, Web, beginning

API_HOST: Final = "api.7digital.com"
PAGE = 50
"""How many releases are asked for at once: the most that the service gives."""

NEWEST_FIRST = "purchaseDate desc"
OLDEST_FIRST = "purchaseDate asc"

_OWN_HOSTS: Mapping[str, str] = {
    "stream": "stream.svc.7digital.net",
    "media": "media.geo.7digital.com",
    "account": "account.7digital.com",
}
_PICTURE_DOMAINS = ("7static.com", "7digital.com", "7digital.net")
_JSON, _XML = "application/json", "application/xml"
_ANSWER = 32 * MEBIBYTE
_PICTURE = 16 * MEBIBYTE
_SECONDS = 60
_LONGEST_PARSED_IN_LOOP = 64 * 1024
_DOWNLOAD_PATH = "media/user/downloadtrack"


@dataclass(frozen=True, slots=True)
class Hosts:
    """Hold the base addresses of the service."""

    api: URL
    stream: URL
    media: URL
    account: URL


def hosts(settings: Mapping[str, str]) -> Hosts:
    """Return where the service is: ``url`` for all, or its own other hosts, each replaced by its own setting.

    Raise LockerConnectionError for what is not a web address.
    """
    base = base_url(settings.get("url", ""))
    if base.path.endswith("/1.2"):
        base = base.with_path(base.path.removesuffix("/1.2"))
    found = dict.fromkeys(_OWN_HOSTS, base)
    if base.host == API_HOST:
        found = {kind: URL.build(scheme="https", host=host) for kind, host in _OWN_HOSTS.items()}
    for kind in found:
        if own := settings.get(f"{kind}_url", "").strip():
            found[kind] = base_url(own)
    return Hosts(base, **found)


def is_the_service(settings: Mapping[str, str]) -> bool:
    """Tell whether the address is the service's own, and not that of a server that speaks its API."""
    return hosts(settings).api.host == API_HOST


def credentials(settings: Mapping[str, str]) -> Credentials:
    """Return who signs: the application, for a user it manages (``user_id``) or with the user's token."""
    key, secret = settings.get("consumer_key", ""), settings.get("consumer_secret", "")
    if settings.get("user_id"):
        return Credentials(key, secret)
    return Credentials(key, secret, settings.get("token") or None, settings.get("token_secret") or None)


async def exchange(
    settings: Mapping[str, str],
    session: aiohttp.ClientSession,
    method: str,
    who: Credentials,
    **given: str | None,
) -> parse.Token:
    """Call oauth/requesttoken or oauth/accesstoken, once; no error tells a secret."""
    with hidden((who.consumer_secret, who.token, who.token_secret, given.get("verifier"))):
        request = signed_post(who, hosts(settings).api / "1.2" / "oauth" / method, **given)
        answer = await Web(session).send(request, limit=MEBIBYTE, seconds=_SECONDS)
        try:
            return parse.parse_token(answer.body, answer.status, answer.headers)
        except NotFound as error:
            raise ServiceError(f"{place(request.url)} gives no tokens", code=error.code) from None


class SevendigitalClient:
    """Call 7digital for one account; every method signs each try anew and raises LockerError's classes only."""

    def __init__(
        self,
        settings: Mapping[str, str],
        session: aiohttp.ClientSession,
        retry: Retry | None = None,
        *,
        xml: bool = False,
    ) -> None:
        """Keep the settings; ``xml`` asks for XML, the service's own default, in place of JSON."""
        self._settings = settings
        self._web = Web(session, retry)
        self._accept = _XML if xml else _JSON
        self._who = credentials(settings)

    async def locker(  # noqa: PLR0913 - the service has that many parameters
        self,
        *,
        page: int = 1,
        page_size: int = PAGE,
        sort: str = OLDEST_FIRST,
        release_id: str | None = None,
        track_id: str | None = None,
        purchase_id: str | None = None,
    ) -> parse.LockerPage:
        """Call user/locker: one page of all releases, or what was bought of a release or with a purchase.

        Raise AuthenticationError for an unknown user, NotFound for a purchase without tracks.
        """
        query = {"pageSize": str(page_size), "page": str(page), "sort": sort}
        chosen = {"releaseId": release_id, "trackId": track_id, "purchaseId": purchase_id}
        query |= {name: value for name, value in chosen.items() if value is not None}

        def make() -> Request:
            url = hosts(self._settings).api / "1.2" / "user" / "locker"
            return signed(self._who, url, query | self._user(), headers={"Accept": self._accept})

        async def ask() -> parse.LockerPage:
            answer = await self._web.ask(make, limit=_ANSWER, seconds=_SECONDS)
            if len(answer.body) <= _LONGEST_PARSED_IN_LOOP:
                return parse.parse_locker(answer.body, answer.status, answer.headers)
            return await asyncio.to_thread(parse.parse_locker, answer.body, answer.status, answer.headers)

        with self._hiding():
            try:
                return await _with_another_nonce(ask)
            except NotFound as error:
                if error.code != NOT_FOUND:
                    raise ServiceError(f"{place(make().url)} has no lockers", code=error.code) from None
                if chosen.keys() & query.keys():
                    raise
                raise AuthenticationError(str(error), setting="user_id", code=error.code) from None

    @asynccontextmanager
    async def stream(
        self, release_id: str, track_id: str, offset: int, format_id: int | None
    ) -> AsyncGenerator[aiohttp.ClientResponse]:
        """Call stream/locker, which spends no download: an open answer, 200, 206 or 416.

        Without a format a server sends the file as it is; the service itself has to be told one.
        """
        url = hosts(self._settings).stream / "stream" / "locker"
        query = {"releaseId": release_id, "trackId": track_id}
        if format_id is not None:
            query["formatId"] = str(format_id)
        response = await self._open(url, query, offset)
        try:
            yield response
        finally:
            response.close()

    @asynccontextmanager
    async def download(
        self, release_id: str, track_id: str, offset: int, download: parse.Download
    ) -> AsyncGenerator[aiohttp.ClientResponse]:
        """Call media/user/downloadtrack, which spends a download: an open answer, 200, 206 or 416."""
        url, query = self._download_address(release_id, track_id, download)
        response = await self._open(url, query, offset)
        try:
            yield response
        finally:
            response.close()

    async def picture(self, url: URL) -> Artwork:
        """Read a picture, unsigned; raise NotFound for one that is elsewhere than at the service."""
        base = hosts(self._settings)
        own = {place(one) for one in (base.api, base.stream, base.media)}
        if place(url) not in own and not (url.host or "").endswith(tuple(f".{name}" for name in _PICTURE_DOMAINS)):
            raise NotFound("The locker has no such picture")
        with self._hiding():
            answer = await self._web.read(url, limit=_PICTURE, seconds=_SECONDS)
            mime_type = picture_type(answer.body) if answer.status == HTTPStatus.OK else None
            if mime_type is not None:
                return Artwork(answer.body, mime_type)
            raise parse.media_error(answer.body, answer.status, answer.headers)

    async def _open(self, url: URL, query: Mapping[str, str], offset: int) -> aiohttp.ClientResponse:
        """Open media from a byte on; every try has a signature of its own, in its query."""
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={offset}-"} if offset else {})

        def make() -> Request:
            return signed(self._who, url, {**query, **self._user()}, in_query=True, headers=headers)

        async def open_() -> aiohttp.ClientResponse:
            response = await self._web.begin(make)
            try:
                await _check_media(response)
            except BaseException:
                response.close()
                raise
            return response

        with self._hiding():
            return await _with_another_nonce(open_)

    def _download_address(
        self, release_id: str, track_id: str, download: parse.Download
    ) -> tuple[URL, Mapping[str, str]]:
        """Return what to sign for a download: at our own media host, whatever host the answer names.

        Of the address in the answer only the shop is taken, and only where it is whole and at that host: it may be cut
        ("downloadtrack...") or name anything.
        """
        media = hosts(self._settings).media
        query = {"formatid": download.format.id or "", "releaseid": release_id, "trackid": track_id}
        try:
            told = URL(download.url or "")
            if told.host == media.host and told.path.endswith(_DOWNLOAD_PATH) and "shopid" in told.query:
                query["shopid"] = told.query["shopid"]
        except ValueError, UnicodeError:
            pass
        return media.joinpath(*_DOWNLOAD_PATH.split("/")), query

    def _user(self) -> dict[str, str]:
        """Return the parameters that say whose locker is meant, and where they live."""
        user = self._settings.get("user_id")
        return {"country": self._settings.get("country") or "GB"} | ({"userId": user} if user else {})

    def _hiding(self) -> AbstractContextManager[None]:
        who = self._who
        return hidden((who.consumer_secret, who.token, who.token_secret))


async def _with_another_nonce[Result](ask: Callable[[], Awaitable[Result]]) -> Result:
    """Ask once more where the service has seen the request before.

    aiohttp sends a GET again by itself where a connection that it had kept open breaks: to the service, a replay.
    """
    try:
        return await ask()
    except NonceRefusedError:
        return await ask()


async def _check_media(response: aiohttp.ClientResponse) -> None:
    """Raise the error that an answer tells, if it is not media: the service sends pages in their place (seed 004)."""
    if response.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return
    if response.status >= HTTPStatus.MULTIPLE_CHOICES or response.content_type in PAGES:
        page = await beginning(response, _LONGEST_PARSED_IN_LOOP)
        raise parse.media_error(page, response.status, response.headers)
