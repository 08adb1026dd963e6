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

        async def once() -> Answer:
            async with asyncio.timeout(seconds), self._request("GET", url, {}) as response:
                return Answer(response.status, response.headers, await _body(response, limit))

        return await self._tried(once, url)

    async def open(self, url: URL, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        """GET an answer whose headers have come: the caller reads it through :func:`chunks` and closes it.

        The beginning is tried again as in :meth:`read`. Raise LockerConnectionError.
        """

        async def once() -> aiohttp.ClientResponse:
            return await self._request("GET", url, headers)

        return await self._tried(once, url)

    async def put(
        self, url: URL, headers: Mapping[str, str], body: AsyncIterator[bytes], *, limit: int, seconds: float
    ) -> Answer:
        """PUT a body, once, and return the answer of at most ``limit`` bytes; raise LockerConnectionError."""
        try:
            async with asyncio.timeout(seconds), self._request("PUT", url, headers, body) as response:
                return Answer(response.status, response.headers, await _body(response, limit))
        except _FAILURES as error:
            raise _connection_error(error, url) from None

    def _request(
        self, method: str, url: URL, headers: Mapping[str, str], body: AsyncIterator[bytes] | None = None
    ) -> aiohttp.client._RequestContextManager:
        """Begin a request; redirects are not followed, they could carry the secrets of a URL to another host."""
        if self._session.closed:
            raise LockerConnectionError("The HTTP session is closed")
        return self._session.request(
            method,
            url,
            data=body,
            headers={"User-Agent": USER_AGENT, **headers},
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS, sock_read=_SILENCE_SECONDS),
        )

    async def _tried[Got: (Answer, aiohttp.ClientResponse)](self, once: Callable[[], Awaitable[Got]], url: URL) -> Got:
        """Return the first answer that needs no other try, or the last one; raise the last try's error."""
        for attempt in range(self._retry.attempts - 1):
            try:
                got = await once()
            except _FAILURES:
                await asyncio.sleep(self._backoff(attempt))
                continue
            wait = self._wait(got.status, got.headers, attempt)
            if wait is None:
                return got
            if isinstance(got, aiohttp.ClientResponse):
                got.close()
            await asyncio.sleep(wait)
        try:
            return await once()
        except _FAILURES as error:
            raise _connection_error(error, url) from None

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
