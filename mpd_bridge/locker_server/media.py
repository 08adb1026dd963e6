"""Send media: byte ranges (RFC 9110 section 14), HEAD, and whatever fault waits for the request."""

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from aiohttp import hdrs, web

from .faults import DROP_AFTER, hang_up

_CHUNK = 262_144
_MOST_DIGITS = 18


class RangeError(Exception):
    """No byte of the range is in the file."""


@dataclass(frozen=True, slots=True)
class Media:
    """What is sent: ``size`` bytes of this type; ``etag`` names the content, quoted."""

    size: int
    mime_type: str
    etag: str


@dataclass(frozen=True, slots=True)
class ByteRange:
    """The bytes from ``first`` to ``last``, both sent."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """Return how many bytes these are."""
        return self.last - self.first + 1


def parse_range(header: str | None, size: int) -> ByteRange | None:
    """Return the one range that is asked for, or None for the whole file; raise RangeError.

    A header that is not understood, or that asks for several ranges, is ignored, as the RFC allows.
    """
    match = re.fullmatch(r"bytes\s*=\s*([0-9]*)\s*-\s*([0-9]*)", header or "", re.IGNORECASE)
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        wanted = _position(match[2])
        if wanted == 0 or size == 0:
            raise RangeError
        return ByteRange(max(0, size - wanted), size - 1)
    first = _position(match[1])
    last = _position(match[2]) if match[2] else size - 1
    if match[2] and last < first:
        return None
    if first >= size:
        raise RangeError
    return ByteRange(first, min(last, size - 1))


def _position(digits: str) -> int:
    """Return a number of a range; one of more digits than any file has bytes for is behind every end."""
    return int(digits) if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS


def wanted_range(request: web.Request, media: Media) -> ByteRange | None:
    """Return the range a request asks for, or None when it gets the whole file; raise RangeError."""
    condition = request.headers.get(hdrs.IF_RANGE)
    if condition is not None and condition != media.etag:
        return None
    return parse_range(request.headers.get(hdrs.RANGE), media.size)


async def send_file(request: web.Request, path: Path, media: Media, headers: Mapping[str, str]) -> web.StreamResponse:
    """Send a file or a range of it; raise RangeError, and OSError before the first byte."""
    part = wanted_range(request, media)
    first, length = (0, media.size) if part is None else (part.first, part.length)
    response = web.StreamResponse(status=200 if part is None else 206, headers=headers)
    response.content_type = media.mime_type
    response.content_length = length
    response.headers[hdrs.ACCEPT_RANGES] = "bytes"
    response.headers[hdrs.ETAG] = media.etag
    if part is not None:
        response.headers[hdrs.CONTENT_RANGE] = f"bytes {part.first}-{part.last}/{media.size}"
    file = await asyncio.to_thread(path.open, "rb")
    try:
        await asyncio.to_thread(file.seek, first)

        async def chunks() -> AsyncGenerator[bytes]:
            left = length
            while left > 0 and (chunk := await asyncio.to_thread(file.read, min(_CHUNK, left))):
                left -= len(chunk)
                yield chunk

        return await _send(request, response, chunks())
    finally:
        await asyncio.to_thread(file.close)


async def send_stream(
    request: web.Request, chunks: AsyncGenerator[bytes], mime_type: str, headers: Mapping[str, str]
) -> web.StreamResponse:
    """Send what is being made while it is sent: its length is not known, and it has no ranges."""
    response = web.StreamResponse(headers=headers)
    response.content_type = mime_type
    response.headers[hdrs.ACCEPT_RANGES] = "none"
    return await _send(request, response, chunks)


async def _send(
    request: web.Request, response: web.StreamResponse, chunks: AsyncGenerator[bytes]
) -> web.StreamResponse:
    await response.prepare(request)
    if request.method == hdrs.METH_HEAD:
        return response
    left = request.get(DROP_AFTER)
    async with aclosing(chunks):
        async for chunk in chunks:
            if left is not None and len(chunk) >= left:
                await response.write(chunk[:left])
                return hang_up(request, response)
            await response.write(chunk)
            left = None if left is None else left - len(chunk)
    await response.write_eof()
    return response
