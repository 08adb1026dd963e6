"""Files that services send: their types, where they begin, and pages that come in their place."""

import re
from http import HTTPStatus
from pathlib import PurePosixPath

import aiohttp

from ..errors import ServiceError
from .base import StreamInfo

PAGES = frozenset(
    {"text/html", "text/xml", "application/xml", "text/plain", "application/json", "application/javascript"}
)
"""The types of what is no file of music and no picture."""

_MIME_TYPES = {
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "mp4": "audio/mp4",
    "aac": "audio/aac",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "flv": "video/x-flv",
}
_MEDIA_TYPE = re.compile(r"(?:audio|video)/[a-z0-9.+-]+")
_CONTENT_RANGE = re.compile(r"bytes (?:([0-9]{1,18})-[0-9]{1,18}|\*)/([0-9]{1,18}|\*)")
_PICTURES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n": "image/png",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
    b"BM": "image/bmp",
}


def mime_type(file_name: str | None, told: str | None = None) -> str:
    """Return the type of a file as it is told, or by its name; MP3 is what lockers hold mostly."""
    if told is not None and _MEDIA_TYPE.fullmatch(told):
        return told
    return _MIME_TYPES.get(PurePosixPath(file_name or "").suffix.lstrip(".").casefold(), "audio/mpeg")


def picture_type(content: bytes) -> str | None:
    """Return the type of a picture by its first bytes, or None for what is none."""
    return next((mime_type for magic, mime_type in _PICTURES.items() if content.startswith(magic)), None)


def stream_info(response: aiohttp.ClientResponse, asked: int) -> tuple[StreamInfo, int | None]:
    """Return what an open answer sends, of which byte ``asked`` on was wanted, and how many bytes are to come.

    Raise ServiceError, with the status as its code, for an answer that is neither the file nor a fitting part of it.
    """
    mime_type = response.content_type
    left = response.content_length
    if response.status == HTTPStatus.OK:
        ranges = response.headers.get("Accept-Ranges", "").casefold() == "bytes"
        return StreamInfo(mime_type, left, 0, ranges), left
    found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
    start, total = (int(part) if part and part != "*" else None for part in found.groups()) if found else (None, None)
    if response.status == HTTPStatus.PARTIAL_CONTENT and start is not None and start <= asked:
        return StreamInfo(mime_type, total, start, ranges=True), left
    raise ServiceError("The service sent another part of the file than was asked for", code=response.status)
