"""The relay: HTTP's side of a track's stream (RFC 9110: GET, HEAD, ranges, conditions)."""

import asyncio
import logging
import re
from contextlib import aclosing
from http import HTTPStatus

from aiohttp import web

from ..errors import LockerError, NotFound, RateLimited, Unavailable, UnavailableReason
from .feed import Feed
from .ranges import ByteRange, RangeNotSatisfiable, parse_range

_LOGGER = logging.getLogger(__name__)

# A paused speaker stops reading and keeps the connection; only one that has been forgotten is cut.
CLIENT_TIMEOUT = 3600.0
_RETRY_AFTER = 10
_ENTITY_TAG = re.compile(r'(W/)?("[^"]*")')


async def respond(request: web.Request, feed: Feed, tag: str) -> web.StreamResponse:
    """Answer a GET or HEAD for a feed; ``tag`` names the version of its file. Raise LockerError before any header."""
    await feed.opened()
    etag = _entity_tag(feed, tag)
    headers = {"Content-Type": feed.track.mime_type, "Accept-Ranges": "bytes", "Cache-Control": "private, no-transform"}
    if etag is not None:
        headers["ETag"] = etag
        if _matches(request.headers.get("If-None-Match"), etag):
            return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    try:
        wanted = parse_range(_range_header(request, etag))
        if wanted is None or request.method == "HEAD":
            return await _send(request, feed, headers, 0, feed.length)
        start, end = await _resolve(feed, wanted)
    except RangeNotSatisfiable:
        total = "*" if feed.length is None else str(feed.length)
        return refusal(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "There is no such range", total_length=total)
    total = "*" if feed.length is None else str(feed.length)
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{total}"
    return await _send(request, feed, headers, start, end, status=HTTPStatus.PARTIAL_CONTENT)


def refusal(status: HTTPStatus, reason: str, *, total_length: str | None = None, retry_after: int = 0) -> web.Response:
    """Return a short answer in place of a stream."""
    response = web.Response(status=status, text=reason + "\n", headers={"Cache-Control": "no-store"})
    if total_length is not None:
        response.headers["Content-Range"] = f"bytes */{total_length}"
        response.headers["Accept-Ranges"] = "bytes"
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def refusal_of(error: LockerError) -> web.Response:
    """Return the answer that tells an adapter's error, without its words: a speaker is not to see them."""
    match error:
        case Unavailable(reason=UnavailableReason.DOWNLOADS_USED_UP):
            return refusal(HTTPStatus.GONE, "The downloads of this track are used up")
        case NotFound() | Unavailable():
            return refusal(HTTPStatus.GONE, "The locker does not give this track any more")
        case RateLimited(retry_after=float() | int() as seconds):
            return refusal(
                HTTPStatus.SERVICE_UNAVAILABLE, "The locker is busy", retry_after=max(_RETRY_AFTER, round(seconds))
            )
    return refusal(HTTPStatus.SERVICE_UNAVAILABLE, "The locker does not answer now", retry_after=_RETRY_AFTER)


def _entity_tag(feed: Feed, tag: str) -> str | None:
    """Return the strong validator: version and length. None while the length is unknown, because either may change."""
    return None if feed.length is None else f'"{tag}-{feed.length:x}"'


def _matches(header: str | None, etag: str) -> bool:
    if header is None:
        return False
    return header.strip() == "*" or any(found[2] == etag for found in _ENTITY_TAG.finditer(header))


def _range_header(request: web.Request, etag: str | None) -> str | None:
    """Return the Range header where it counts: If-Range must hold the present strong validator."""
    condition = request.headers.get("If-Range")
    if condition is not None and condition.strip() != etag:
        return None
    return request.headers.get("Range")


async def _resolve(feed: Feed, wanted: ByteRange) -> tuple[int, int]:
    """Return the asked bytes; where the service tells no length, wait until they, or all, have arrived."""
    if feed.length is None and wanted.first is not None and wanted.last is not None:
        await feed.arrived(wanted.last + 1)
        if feed.length is None:
            return wanted.first, wanted.last + 1
    if feed.length is None:
        await feed.completed()
    return wanted.resolve(feed.received if feed.length is None else feed.length)


async def _send(  # noqa: PLR0913 - one response is made of these
    request: web.Request,
    feed: Feed,
    headers: dict[str, str],
    start: int,
    end: int | None,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> web.StreamResponse:
    response = web.StreamResponse(status=status, headers=headers)
    if end is not None:
        response.content_length = end - start
    if request.method == "HEAD":
        await response.prepare(request)
        return response
    async with aclosing(feed.read(start, end)) as chunks:
        # The first bytes before the headers: what cannot be read at all is told by a status.
        first = await anext(chunks, b"")
        await response.prepare(request)
        try:
            if first:
                await _write(response, first)
            async for chunk in chunks:
                await _write(response, chunk)
            await response.write_eof()
        except LockerError as error:
            _cut(request, response)
            _LOGGER.debug("A stream of locker %s was cut: %s", feed.track.locker, error)
        except ConnectionError, TimeoutError:
            # The client went away, or has not read for an hour.
            _cut(request, response)
    return response


async def _write(response: web.StreamResponse, data: bytes) -> None:
    """Write, and wait until the client has room for more: this is what bounds the memory it can take."""
    async with asyncio.timeout(CLIENT_TIMEOUT):
        await response.write(data)


def _cut(request: web.Request, response: web.StreamResponse) -> None:
    """Close the connection, so that the client sees that bytes are missing."""
    response.force_close()
    if request.transport is not None:
        request.transport.close()
