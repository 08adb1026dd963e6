"""What 7digital's refusals mean: error codes, plain texts and HTTP statuses to the classes of errors.

Sources: seed 004 "Download limits" and "Availability"; for the codes and the signing the service's public pages "API
Basics" and "Error Responses". A refusal may come with HTTP 200 or 4xx, so its body is what counts.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus

from ..errors import AuthenticationError, LockerError, NotFound, RateLimited, ServiceError, Unavailable
from . import convert
from .web import retry_after

MISSING = 1001
INVALID = 1002
OUT_OF_RANGE = 1003
NOT_IN_ENUM = 1006
NOT_FOUND = 2001
NOT_HERE = 2002
SIMULTANEOUS_STREAMS = 3201

_INPUT = frozenset({MISSING, INVALID, OUT_OF_RANGE, NOT_IN_ENUM})
_UNIX_SECONDS = 1_000_000_000  # a larger X-RateLimit-Reset is a time, a smaller one a wait
# What a service may repeat of a signed request: its parameters, and any signature (SHA-1 in base64).
_SIGNED = re.compile(r"""(oauth_[a-z_]+["']*\s*(?:=|:|%3D)\s*["']?)[^\s"'&,;]+""", re.IGNORECASE)
_SIGNATURE = re.compile(r"(?:[A-Za-z0-9+/]|%2[BbFf]){27}(?:=|%3[Dd])")
_CONFLICTING_CLOCKS = re.compile(r"timestamp|clock|time[ _]?skew")

type _Maker = Callable[..., LockerError]

# A message about an input says which of ours it refuses: what the user typed, or the id of something that went.
_INPUTS: Mapping[str, _Maker] = {
    "country": partial(AuthenticationError, setting="country"),
    "userid": partial(AuthenticationError, setting="user_id"),
    "consumer": partial(AuthenticationError, setting="consumer_key"),
    "oauth": AuthenticationError,
    "trackid": NotFound,
    "releaseid": NotFound,
}
_BY_CODE: Mapping[int, _Maker] = {
    NOT_FOUND: NotFound,
    NOT_HERE: Unavailable,
    SIMULTANEOUS_STREAMS: RateLimited,
}
_BY_STATUS: Mapping[int, _Maker] = {
    HTTPStatus.UNAUTHORIZED: AuthenticationError,
    HTTPStatus.FORBIDDEN: Unavailable,
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.GONE: Unavailable,
    HTTPStatus.TOO_MANY_REQUESTS: RateLimited,
    HTTPStatus.SERVICE_UNAVAILABLE: RateLimited,
}
# The words of a plain-text refusal of the signing, and the setting that they are about.
_SIGNING: Mapping[str, str | None] = {
    "signature": "consumer_secret",
    "consumer": "consumer_key",
    "token": None,
    "verifier": None,
    "oauth": None,
    "unauthori": None,
}


class NonceRefusedError(AuthenticationError):
    """The service has seen this very request before: a connection that broke was tried again below us."""


def told_error(status: int, fields: Mapping[str, object], headers: Mapping[str, str]) -> LockerError | None:
    """Return the error that a readable answer tells, or None for a good one.

    The code of a batch (1008) is the batch's own; the first of its errors gives the message.
    """
    failed = (convert.text(fields.get("status")) or "").casefold() == "error"
    if not failed and status < HTTPStatus.BAD_REQUEST and "error" not in fields:
        return None if status < HTTPStatus.MULTIPLE_CHOICES else status_error(status, headers)
    error = convert.mapping(fields.get("error"))
    first = next(iter(convert.objects(convert.mapping(fields.get("errors")).get("error", fields.get("errors")))), {})
    code = convert.positive(error.get("code")) or convert.positive(first.get("code"))
    message = next((words for words in map(_message, (error, first, fields)) if words is not None), None)
    if code is None:
        return text_error(status, message or "", headers)
    return _by_code(code, message or f"The service answered with error {code}", status, headers)


def text_error(status: int, text: str, headers: Mapping[str, str], now: datetime | None = None) -> LockerError:
    """Return the error behind an answer that is neither XML nor JSON: OAuth's refusals are plain text, with 401.

    ``now`` is for comparing the clocks, where the service says that they differ.
    """
    words = one_line(text)
    folded = words.casefold()
    if "rate limit" in folded or _used_up(status, headers):
        return RateLimited(words or "The service asks for fewer requests", retry_after=_wait(headers), code=status)
    if words.startswith("<") or status not in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return status_error(status, headers)
    if _CONFLICTING_CLOCKS.search(folded):
        return AuthenticationError(_clocks(headers, now or datetime.now(UTC)), code=status)
    if "nonce" in folded:
        return NonceRefusedError(words, code=status)
    for word, setting in _SIGNING.items():
        if word in folded:
            return AuthenticationError(words, setting=setting, code=status)
    return status_error(status, headers, words)


def status_error(status: int, headers: Mapping[str, str], message: str = "") -> LockerError:
    """Return the error that an HTTP status alone tells; a good one comes with what is not an answer."""
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return ServiceError("The service's answer is not readable")
    make = RateLimited if _used_up(status, headers) else _BY_STATUS.get(status, ServiceError)
    return _made(make, message or f"The service answered with status {status}", status, headers)


def one_line(message: str | None) -> str:
    """Return a service's message on one line, without what was signed; it is cut when the secrets are out of it."""
    return _SIGNATURE.sub("***", _SIGNED.sub(r"\1***", " ".join((message or "").split())))


def _message(error: Mapping[str, object]) -> str | None:
    return convert.text(error.get("errorMessage")) or convert.text(error.get("message"))


def _by_code(code: int, message: str, status: int, headers: Mapping[str, str]) -> LockerError:
    make = RateLimited if _used_up(status, headers) else _BY_CODE.get(code, ServiceError)
    if code in _INPUT:
        folded = message.casefold().replace("_", "").replace(" ", "")
        make = next((maker for word, maker in _INPUTS.items() if word in folded), make)
    if make is ServiceError and status == HTTPStatus.UNAUTHORIZED:
        make = AuthenticationError
    return _made(make, one_line(message), code, headers)


def _made(make: _Maker, message: str, code: int, headers: Mapping[str, str]) -> LockerError:
    if make is RateLimited:
        return RateLimited(message, retry_after=_wait(headers), code=code)
    return make(message, code=code)


def _used_up(status: int, headers: Mapping[str, str]) -> bool:
    """Tell whether a refusal comes with as many requests as the key may send (X-RateLimit-Limit and -Current)."""
    limit, current = (convert.integer(headers.get(f"X-RateLimit-{name}")) for name in ("Limit", "Current"))
    return status >= HTTPStatus.BAD_REQUEST and limit is not None and current is not None and current >= limit > 0


def _wait(headers: Mapping[str, str]) -> float | None:
    """Return how many seconds to wait: Retry-After, or X-RateLimit-Reset, which is seconds or a Unix time."""
    told = retry_after(headers)
    reset = convert.number(headers.get("X-RateLimit-Reset"))
    if told is not None or reset is None:
        return told
    return max(0.0, reset - datetime.now(UTC).timestamp() if reset >= _UNIX_SECONDS else reset)


def _clocks(headers: Mapping[str, str], now: datetime) -> str:
    """Return what to say of clocks that differ, with the two times."""
    here = f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    try:
        date = parsedate_to_datetime(headers.get("Date", ""))
        there = f"{date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    except ValueError, TypeError, OverflowError:
        there = "another time"
    return f"The service refuses the time of the request: the clock here shows {here}, the service's {there}"
