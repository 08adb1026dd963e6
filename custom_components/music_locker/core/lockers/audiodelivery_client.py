"""The calls of the Audio Delivery Network's API: addresses, the key, bounded requests.

The key goes to the API's own address only, and not with calls that a session's id authorises; addresses that the
service hands out for files may be on any host and get nothing but what is asked of them.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from functools import partial
from http import HTTPStatus

import aiohttp
import orjson
from yarl import URL

from ..errors import LockerError, ServiceError, SessionExpired
from ..models import Account, Playlist, Track
from . import audiodelivery_parse as parse
from .addresses import base_url
from .audiodelivery_errors import api_error
from .audiodelivery_items import Playing, State, Variant
from .hiding import hidden
from .media import PAGES
from .web import MEBIBYTE, Answer, Body, Request, Retry, Web

PAGE = 200
"""How many objects are asked for at once: as many as the service gives."""

_SHORT_ANSWER = 4 * MEBIBYTE
_LIST_ANSWER = 32 * MEBIBYTE
_PICTURE = 16 * MEBIBYTE
_SHORT_SECONDS = 30
_LONG_SECONDS = 120
_SENDING_SECONDS = 3600
_LONGEST_PARSED_IN_LOOP = 64 * 1024
_ENDED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.GONE})
_SESSION_REFUSED = frozenset({400, 401, 403, 404, 409, 410})
_USED = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT})
_REDIRECTS = range(300, 400)

type Parser[Result] = Callable[[bytes, int, Mapping[str, str]], Result]


class AudiodeliveryClient:
    """Call the Audio Delivery Network with one key; every method raises LockerError's classes only."""

    def __init__(self, settings: Mapping[str, str], session: aiohttp.ClientSession, retry: Retry | None = None) -> None:
        """Keep the settings: url and api_key."""
        self._settings = settings
        self._web = Web(session, retry)

    async def organization(self, organization_id: str | None = None) -> Account:
        """Return whose key it is, asked by the organization's id, or without one where a server knows it by the key."""
        path = ("organization",) if organization_id is None else ("organization", organization_id)
        return await self._read(parse.parse_organization, *path)

    async def organization_id(self) -> str | None:
        """Return the organization of the first creator, or None."""
        return await self._read(parse.parse_creators, "creator", limit=1)

    async def collections(self, offset: int = 0, limit: int = PAGE) -> parse.Page[Playlist]:
        """Return one page of the collections that the key may see."""
        return await self._read(parse.parse_collections, "collection", limit=limit, offset=offset)

    async def create_collection(self, title: str) -> str:
        """Make a collection and return its id."""
        return await self._post(parse.parse_collection, {"title": title}, "collection")

    async def tracks(self, collection: Playlist, offset: int, best: Variant | None) -> parse.Page[Track]:
        """Return one page of a collection's tracks, as they will be heard in the variant ``best``."""
        read = partial(parse.parse_tracks, collection=collection, best=best)
        return await self._read(read, "collection", collection.id, "track", limit=PAGE, offset=offset)

    async def states(self, collection_id: str, offset: int) -> parse.Page[State]:
        """Return how far the tracks of one page of a collection are."""
        return await self._read(parse.parse_states, "collection", collection_id, "track", limit=PAGE, offset=offset)

    async def state(self, track_id: str) -> State:
        """Return how far one track is."""
        return await self._read(parse.parse_state, "track", track_id)

    async def delete_track(self, track_id: str) -> None:
        """Delete a track."""
        await self._send(parse.check, Request("DELETE", self._url("track", track_id), self._authorised()))

    async def variants(self, offset: int = 0) -> parse.Page[Variant]:
        """Return one page of the variants in which the organization's tracks are delivered."""
        return await self._read(parse.parse_variants, "variant", limit=PAGE, offset=offset)

    async def play_session(
        self, track_id: str, variants: Sequence[str], *, downloadable: bool = False
    ) -> tuple[parse.Session, Playing | None]:
        """Make a session in which a track can be played in these variants; it changes nothing, so it is tried again."""
        fields: dict[str, object] = {"track_id": track_id, "variants": list(variants)}
        if downloadable:
            fields["is_downloadable"] = True
        request = self._json("POST", self._url("play_session", "track"), fields, self._authorised())
        return await self._ask(parse.parse_play_session, request)

    async def playing(self, session: parse.Session, track_id: str) -> Playing:
        """Return a track's addresses within a play session; raise SessionExpired where it has ended."""
        return await self._in_session(parse.parse_playing, session, "play", session.id, track_id)

    async def download(self, session: parse.Session, track_id: str, variant: str) -> str:
        """Return the address of a file to keep; the session must be downloadable."""
        return await self._ask(
            parse.parse_download,
            Request("GET", self._url("play", session.id, track_id, variant, "download")),
            session.id,
        )

    async def upload_session(
        self,
        collection_id: str,
        *,
        creator_id: str | None = None,
        organization_index: str | None = None,
        metadata: Mapping[str, object] | None = None,
    ) -> parse.Session:
        """Make a session for a batch of uploads (POST /v1/upload_session)."""
        optional = {"creator_id": creator_id, "organization_index": organization_index, "metadata": metadata}
        given = {name: value for name, value in optional.items() if value is not None}
        return await self._post(parse.parse_upload_session, {"collection_id": collection_id, **given}, "upload_session")

    async def upload_session_again(self, session: parse.Session) -> parse.Session:
        """Return what the service says of an upload session now (GET /v1/upload_session/:upload_session_id)."""
        return await self._in_session(parse.parse_upload_session, session, "upload_session", session.id)

    async def announce(self, session: parse.Session, fields: Mapping[str, object]) -> parse.Announced:
        """Announce a track to an upload session (POST /v1/upload/:upload_session_id/track).

        Raise SessionExpired where the session is refused.
        """
        request = self._json("POST", self._url("upload", session.id, "track"), fields, {})
        try:
            return await self._send(parse.parse_announced, request, session.id)
        except LockerError as error:
            raise _ended(error) from None

    async def send_file(self, target: parse.Target, body: Body, headers: Mapping[str, str]) -> None:
        """Send a file where the service wants it, in the way that it names; raise SessionExpired for a late one."""
        with self._hiding(target.url):
            request = Request(target.method, self._handed_out(target.url), headers, body)
            answer = await self._web.send(request, limit=_SHORT_ANSWER, seconds=_SENDING_SECONDS)
            try:
                _check_receipt(answer)
            except LockerError as error:
                if answer.status in _ENDED or answer.status in _USED:
                    raise SessionExpired(str(error), code=answer.status, request_id=error.request_id) from None
                raise

    @asynccontextmanager
    async def media(self, url: str, offset: int) -> AsyncGenerator[aiohttp.ClientResponse]:
        """Open a file at an address that the service has signed: 200, 206 or 416, every other status raises.

        Raise SessionExpired where the address has ended.
        """
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={offset}-"} if offset else {})
        with self._hiding(url):
            response = await self._web.open(self._handed_out(url), headers)
            try:
                _check_file(response)
                yield response
            finally:
                response.close()

    async def picture(self, url: str) -> bytes:
        """Return the bytes of a picture at an address that the service has signed."""
        with self._hiding(url):
            answer = await self._web.read(self._handed_out(url), limit=_PICTURE, seconds=_SHORT_SECONDS)
            if answer.status in _ENDED:
                raise SessionExpired("The address of the picture has ended", code=answer.status)
            if answer.status != HTTPStatus.OK:
                raise api_error(answer.status, {}, answer.headers)
            return answer.body

    def _url(self, *path: str) -> URL:
        base = base_url(self._settings.get("url", ""))
        url = base if base.name == "v1" else base / "v1"
        for segment in path:
            url /= segment
        return url

    def _handed_out(self, url: str) -> URL:
        """Return an address of the service's answers as it was signed; plain http only where the API has it too."""
        base = self._url()
        try:
            found = base.join(URL(url, encoded=True))
            fit = found.scheme in {base.scheme, "https"} and found.host is not None
        except ValueError, UnicodeError:
            fit = False
        if not fit or found.user is not None:
            raise ServiceError("The service gave an address that cannot be used")
        return found

    def _authorised(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._sent_key()}"}

    def _sent_key(self) -> str:
        """Return the key without what came into it on its way from a page or a letter."""
        key = "".join(self._settings.get("api_key", "").split())
        return key.encode("ascii", "replace").decode()

    def _hiding(self, *more: str) -> AbstractContextManager[None]:
        return hidden((self._settings.get("api_key", "").strip(), self._sent_key(), *more))

    @staticmethod
    def _json(verb: str, url: URL, fields: Mapping[str, object], headers: Mapping[str, str]) -> Request:
        return Request(verb, url, {"Content-Type": "application/json", **headers}, orjson.dumps(fields))

    async def _read[Result](self, read: Parser[Result], *path: str, **query: int) -> Result:
        """GET something with the key."""
        url = self._url(*path).with_query({name: str(value) for name, value in query.items()})
        return await self._ask(read, Request("GET", url, self._authorised()))

    async def _post[Result](self, read: Parser[Result], fields: Mapping[str, object], *path: str) -> Result:
        """POST something with the key, once: it makes something."""
        return await self._send(read, self._json("POST", self._url(*path), fields, self._authorised()))

    async def _in_session[Result](self, read: Parser[Result], session: parse.Session, *path: str) -> Result:
        """GET something for which a session's id in the path is enough; raise SessionExpired where it is refused."""
        try:
            return await self._ask(read, Request("GET", self._url(*path)), session.id)
        except LockerError as error:
            raise _ended(error) from None

    async def _ask[Result](self, read: Parser[Result], request: Request, *secrets: str) -> Result:
        """Send what changes nothing, again where that may help."""
        with self._hiding(*secrets):
            return await _parsed(read, await self._web.ask(lambda: request, limit=_LIST_ANSWER, seconds=_LONG_SECONDS))

    async def _send[Result](self, read: Parser[Result], request: Request, *secrets: str) -> Result:
        """Send what changes something, once."""
        with self._hiding(*secrets):
            return await _parsed(read, await self._web.send(request, limit=_SHORT_ANSWER, seconds=_SHORT_SECONDS))


async def _parsed[Result](read: Parser[Result], answer: Answer) -> Result:
    if len(answer.body) <= _LONGEST_PARSED_IN_LOOP:
        return read(answer.body, answer.status, answer.headers)
    return await asyncio.to_thread(read, answer.body, answer.status, answer.headers)


def _ended(error: LockerError) -> LockerError:
    """Return what a refusal means where only the session could have been wrong: that it has ended.

    What the page does not tell is how; so any refusal of the request itself is taken for it, and one new session shows.
    """
    told = error.request_id is not None or error.code is not None
    if told and (error.code is None or error.code in _SESSION_REFUSED):
        return SessionExpired(str(error), code=error.code, request_id=error.request_id)
    return error


def _check_file(response: aiohttp.ClientResponse) -> None:
    """Raise the error that an answer tells which is no file."""
    if response.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return
    if response.status in _ENDED:
        raise SessionExpired("The address of the file has ended", code=response.status)
    if response.status in _REDIRECTS or response.status >= HTTPStatus.BAD_REQUEST:
        raise api_error(response.status, {}, response.headers)
    if response.content_type in PAGES:
        raise ServiceError("The service answered with a page in place of the file", code=response.status)


def _check_receipt(answer: Answer) -> None:
    """Raise the error that an answer to a file tells; storage answers with nothing, with XML or as the API does."""
    if answer.body.lstrip()[:1] == b"{" or answer.status >= HTTPStatus.MULTIPLE_CHOICES:
        parse.check(answer.body, answer.status, answer.headers, upload=True)
    if answer.body.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html")):
        raise ServiceError("The service answered with a page in place of a receipt", code=answer.status)
