"""Bounded HTTP for adapters: time-outs, size limits, retries of reads, and errors that hold no address in full.

Services carry passwords and session ids in their URLs, so nothing here logs a URL, and no message names more than host
and port.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import aiohttp
from yarl import URL

from ..errors import LockerConnectionError, LockerError, ServiceError
from . import convert
from .addresses import place

USER_AGENT = "MusicLocker/1"
MEBIBYTE = 1 << 20
CHUNK = 64 * 1024

_CONNECT_SECONDS = 10
_SILENCE_SECONDS = 30
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_FAULTY = frozenset({HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT})
_FAILURES = (aiohttp.ClientError, TimeoutError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Retry:
    """Say how often a read is tried, and how many seconds lie between: ``delay``, doubled each time.

    A service that asks for a longer wait than ``longest`` gets no second try.
    """

    attempts: int = 3
    delay: float = 0.2
    longest: float = 3.0


type Body = bytes | AsyncIterator[bytes] | aiohttp.FormData | aiohttp.MultipartWriter


@dataclass(frozen=True, slots=True)
class Request:
    """Hold one request as it is sent; its address is sent as it stands, so that a signature over it stays true."""

    method: str
    url: URL = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Body | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold a whole answer of a service."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Web:
    """Send requests over a session that somebody else owns."""

    def __init__(self, session: aiohttp.ClientSession, retry: Retry | None = None) -> None:
        """Keep the session and how reads are tried again."""
        self._session = session
        self._retry = retry or Retry()

    async def read(self, url: URL, *, limit: int, seconds: float) -> Answer:
        """GET a whole answer of at most ``limit`` bytes within ``seconds`` a try, whatever its status.

        Lost connections, time-outs, 429, 500 and 502 to 504 are tried again. Raise LockerConnectionError, or
        ServiceError for an answer over the limit.
        """
        return await self.ask(lambda: Request("GET", url), limit=limit, seconds=seconds)

    async def ask(self, make: Callable[[], Request], *, limit: int, seconds: float) -> Answer:
        """Send a request that changes nothing, made anew for every try, and return its answer as :meth:`read` does.

        A signed request has another nonce and time in each try.
        """

        async def once(request: Request) -> Answer:
            return await self._answered(request, limit, seconds)

        return await self._tried(once, make)

    async def send(self, request: Request, *, limit: int, seconds: float) -> Answer:
        """Send a request once, because it changes something; return and raise what :meth:`read` does."""
        try:
            return await self._answered(request, limit, seconds)
        except _FAILURES as error:
            raise _connection_error(error, request.url) from None

    async def open(self, url: URL, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        """GET an answer whose headers have come: the caller reads it through :func:`chunks` and closes it.

        The beginning is tried again as in :meth:`read`. Raise LockerConnectionError.
        """
        return await self.begin(lambda: Request("GET", url, headers))

    async def begin(self, make: Callable[[], Request]) -> aiohttp.ClientResponse:
        """Do what :meth:`open` does with a request that is made anew for every try."""

        async def once(request: Request) -> aiohttp.ClientResponse:
            return await self._request(request)

        return await self._tried(once, make)

    async def put(
        self, url: URL, headers: Mapping[str, str], body: AsyncIterator[bytes], *, limit: int, seconds: float
    ) -> Answer:
        """PUT a body, once, within ``seconds``; raise LockerConnectionError, and what ``body`` raises."""
        return await self.send(Request("PUT", url, headers, body), limit=limit, seconds=seconds)

    async def _answered(self, request: Request, limit: int, seconds: float) -> Answer:
        async with asyncio.timeout(seconds), self._request(request) as response:
            return Answer(response.status, response.headers, await _body(response, limit))

    def _request(self, request: Request) -> aiohttp.client._RequestContextManager:
        """Begin a request; redirects are not followed, they could carry the secrets of a URL to another host."""
        if self._session.closed:
            raise LockerConnectionError("The HTTP session is closed")
        return self._session.request(
            request.method,
            request.url,
            data=request.body,
            headers={"User-Agent": USER_AGENT, **request.headers},
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS, sock_read=_SILENCE_SECONDS),
        )

    async def _tried[Got: (Answer, aiohttp.ClientResponse)](
        self, once: Callable[[Request], Awaitable[Got]], make: Callable[[], Request]
    ) -> Got:
        """Return the first answer that needs no other try, or the last one; raise the last try's error."""
        for attempt in range(self._retry.attempts - 1):
            try:
                got = await once(make())
            except _FAILURES:
                await asyncio.sleep(self._backoff(attempt))
                continue
            wait = self._wait(got.status, got.headers, attempt)
            if wait is None:
                return got
            if isinstance(got, aiohttp.ClientResponse):
                got.close()
            await asyncio.sleep(wait)
        last = make()
        try:
            return await once(last)
        except _FAILURES as error:
            raise _connection_error(error, last.url) from None

    def _wait(self, status: int, headers: Mapping[str, str], attempt: int) -> float | None:
        """Return how many seconds to wait before the next try, or None where another try is of no use."""
        if status in _BUSY:
            asked = retry_after(headers)
            if asked is None:
                return self._backoff(attempt)
            return asked if asked <= self._retry.longest else None
        return self._backoff(attempt) if status in _FAULTY else None

    def _backoff(self, attempt: int) -> float:
        return self._retry.delay * float(2**attempt)


async def chunks(response: aiohttp.ClientResponse, length: int | None) -> AsyncGenerator[bytes]:
    """Yield a body; raise LockerConnectionError where it breaks off or ends before ``length`` bytes."""
    received = 0
    try:
        async for chunk in response.content.iter_chunked(CHUNK):
            received += len(chunk)
            yield chunk
    except _FAILURES as error:
        raise _connection_error(error, response.url) from None
    if length is not None and received < length:
        raise LockerConnectionError(f"{place(response.url)} broke off its answer")


async def beginning(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """Return the first bytes of a body, about ``limit`` of them, or what came before it broke off."""
    body = bytearray()
    try:
        async for chunk in chunks(response, None):
            body += chunk
            if len(body) >= limit:
                break
    except LockerConnectionError:
        pass
    return bytes(body)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that Retry-After asks for, given as seconds or as a date (RFC 9110, 10.2.3)."""
    given = headers.get("Retry-After", "")
    seconds = convert.number(given)
    if seconds is None:
        try:
            until = parsedate_to_datetime(given)
        except ValueError, TypeError, OverflowError:
            return None
        seconds = (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return max(0.0, seconds)


async def _body(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """Read a whole body, and no more than ``limit`` bytes even of one that is compressed."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > limit:
            raise ServiceError(f"{place(response.url)} answered more than {limit} bytes")
    return bytes(body)


def _connection_error(error: Exception, url: URL) -> LockerError:
    """Return the error to raise for a failed request; the text of aiohttp's own errors can hold the whole URL."""
    host = place(url)
    match error:
        case TimeoutError():
            return LockerConnectionError(f"{host} did not answer in time")
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientConnectorSSLError():
            return LockerConnectionError(f"{host} gave no trusted certificate")
        case aiohttp.ClientConnectorError():
            return LockerConnectionError(f"{host} cannot be reached")
        case aiohttp.ClientPayloadError() | aiohttp.ServerDisconnectedError() | ConnectionError():
            return LockerConnectionError(f"{host} broke off its answer")
        case aiohttp.ClientResponseError():
            return LockerConnectionError(f"{host} did not answer in HTTP")
        case _:
            return LockerConnectionError(f"The connection to {host} failed")
