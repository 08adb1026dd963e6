"""Read what a client sends: JSON objects, their fields, uuids and pages."""

import json
import math
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from .audiodelivery_errors import CallError, bad_request

type Json = Any
"""A value as :mod:`json` reads it; metadata is given back as it came, whatever it holds."""
type Object = Mapping[str, Json]

BODY_LIMIT = 256 * 1024
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_TEXT_LETTERS = 4096
_DIGITS = 9
_DEFAULT_LIMIT, _MOST = 50, 200
DEFAULT_LIFETIME, SHORTEST_LIFETIME, LONGEST_LIFETIME = 3600, 60, 86_400


def is_uuid(value: object) -> bool:
    """Tell whether a value is a UUID as RFC 9562 writes it."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _TEXT_LETTERS


_KINDS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "uuid": (is_uuid, "a UUID"),
    "text": (_is_text, "a string"),
    "object": (lambda value: isinstance(value, dict), "an object"),
    "list": (lambda value: isinstance(value, list), "a list"),
    "truth": (lambda value: isinstance(value, bool), "true or false"),
    "color": (lambda value: isinstance(value, str) and _COLOR.fullmatch(value) is not None, "a colour like #1A2B3C"),
}
_FIELDS = {
    "collection_id": "uuid",
    "track_id": "uuid",
    "creator_id": "uuid",
    "organization_index": "text",
    "metadata": "object",
    "title": "text",
    "file_name": "text",
    "theme": "list",
    "is_cover_overridable": "truth",
    "is_theme_overridable": "truth",
    "player_title": "text",
    "player_subtitle": "text",
    "player_color": "color",
    "is_downloadable": "truth",
}


async def read_object(request: web.Request) -> Object:
    """Return the JSON object that a request brings; raise CallError."""
    try:
        body = await request.content.read(BODY_LIMIT + 1)
        while len(body) <= BODY_LIMIT and (more := await request.content.read(BODY_LIMIT + 1 - len(body))):
            body += more
        if len(body) > BODY_LIMIT:
            raise CallError(413, f"The body has more than {BODY_LIMIT} bytes.")
        value = json.loads(body or b"{}", parse_constant=_no_constant, parse_float=_number)
    except ValueError, RecursionError:
        raise bad_request("The body is not JSON.") from None
    if not isinstance(value, dict):
        raise bad_request("The body must be a JSON object.")
    return value


def _no_constant(name: str) -> Json:
    raise ValueError(name)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def take(
    body: Object, names: Iterable[str], required: Iterable[str] = (), *, clearing: bool = False
) -> dict[str, Json]:
    """Return those fields of a body that are there; null counts as absent, or is kept where it clears a field.

    Raise CallError for one that is of another kind, or that is required and missing or empty.
    """
    for name in required:
        if body.get(name) is None or body[name] == "":
            raise bad_request(f"{name} is required.")
    taken: dict[str, Json] = {}
    for name in names:
        if (value := body.get(name)) is None:
            if clearing and name in body:
                taken[name] = None
            continue
        fits, kind = _KINDS[_FIELDS[name]]
        if not fits(value):
            raise bad_request(f"{name} must be {kind}.")
        taken[name] = value.lower() if _FIELDS[name] == "uuid" else value
    return taken


def lifetime(body: Object) -> int:
    """Return ``expires_in``, seconds: 3600, or from 60 to 86400; raise CallError."""
    value = body.get("expires_in")
    if value is None:
        return DEFAULT_LIFETIME
    if type(value) is not int or not SHORTEST_LIFETIME <= value <= LONGEST_LIFETIME:
        raise bad_request(f"expires_in must be from {SHORTEST_LIFETIME} to {LONGEST_LIFETIME}.")
    return value


def size(body: Object) -> int | None:
    """Return ``file_size``, bytes, or None; raise CallError."""
    value = body.get("file_size")
    if value is None:
        return None
    if type(value) is not int or value < 0:
        raise bad_request("file_size must be a number of bytes.")
    return value


def path_uuid(request: web.Request, name: str) -> str:
    """Return a UUID out of the path in lower case; raise CallError."""
    value = request.match_info[name]
    if not is_uuid(value):
        raise bad_request(f"{name} must be a UUID.")
    return str(uuid.UUID(value))


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list."""

    limit: int
    offset: int

    def of[Entry](self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Return the entries of this part."""
        return entries[self.offset : self.offset + self.limit]


def page(request: web.Request) -> Page:
    """Return what ``limit`` (1 to 200, 50 where it is absent) and ``offset`` ask for; raise CallError."""
    limit, offset = _whole(request, "limit", _DEFAULT_LIMIT), _whole(request, "offset", 0)
    if not 1 <= limit <= _MOST:
        raise bad_request(f"limit must be from 1 to {_MOST}.")
    return Page(limit, offset)


def _whole(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise bad_request(f"{name} must be a whole number.")
    return int(text)
