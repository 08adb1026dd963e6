"""What MP3tunes' refusals mean: error numbers, messages and HTTP statuses to the classes of errors.

Sources: seed 000 "Error Codes", seed 001 appendix A "Response Headers", and examples 2.3 and 2.7 for the API's own
messages.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus

from ..errors import (
    AuthenticationError,
    LockerError,
    NotFound,
    QuotaExceeded,
    RateLimited,
    ServiceError,
    SessionExpired,
    Unavailable,
    UploadReason,
    UploadRejected,
)
from . import convert
from .web import retry_after

ERROR_NUMBER = "X-MP3tunes-ErrorNo"
ERROR_TEXT = "X-MP3tunes-ErrorString"

_WRONG_ID = re.compile(r"the \w+_id input parameter failed validation", re.ASCII)

type _Maker = Callable[..., LockerError]


def _rejected(reason: str) -> _Maker:
    return partial(UploadRejected, reason=reason)


# The same fault has two numbers in places (401001 and 401002, 403002 and 415001): one class each.
_BY_NUMBER: Mapping[int, _Maker] = {
    400002: _rejected(UploadReason.HASH_MISMATCH),
    401001: SessionExpired,
    401002: SessionExpired,
    401003: AuthenticationError,
    401005: partial(AuthenticationError, setting="partner_token"),
    403001: _rejected(UploadReason.EMPTY),
    403002: _rejected(UploadReason.FORMAT),
    404001: NotFound,
    409001: _rejected(UploadReason.DAMAGED),
    413001: _rejected(UploadReason.TOO_LARGE),
    413002: QuotaExceeded,
    415001: _rejected(UploadReason.FORMAT),
    500001: ServiceError,
    503001: RateLimited,
}

_BY_STATUS: Mapping[int, _Maker] = {
    HTTPStatus.UNAUTHORIZED: SessionExpired,
    HTTPStatus.FORBIDDEN: Unavailable,
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.CONFLICT: _rejected(UploadReason.DAMAGED),
    HTTPStatus.GONE: Unavailable,
    HTTPStatus.CONTENT_TOO_LARGE: _rejected(UploadReason.TOO_LARGE),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: _rejected(UploadReason.FORMAT),
    HTTPStatus.TOO_MANY_REQUESTS: RateLimited,
    HTTPStatus.SERVICE_UNAVAILABLE: RateLimited,
}


def storage_error(status: int, headers: Mapping[str, str]) -> LockerError | None:
    """Return the error that a storage answer tells in its headers, or None where it tells success.

    A good answer carries number 200001 or none (appendix A). A number that the table lacks stays in ``code``,
    and its class comes from the HTTP status, or with a good status from the number's first three digits.
    """
    code = convert.integer(headers.get(ERROR_NUMBER))
    told = status if code is None or status >= HTTPStatus.BAD_REQUEST else code // 1000
    if HTTPStatus.OK <= told < HTTPStatus.MULTIPLE_CHOICES:
        return None
    return _error(told, code, headers.get(ERROR_TEXT), headers)


def api_error(
    status: int, fields: Mapping[str, object], headers: Mapping[str, str], refusal: type[LockerError] = ServiceError
) -> LockerError | None:
    """Return the error that an API answer tells, or None for a good one; ``refusal`` is what status 0 alone means.

    Some good answers have no ``status`` (example 2.5), and a refusal may come with HTTP 200 or 401.
    """
    told = convert.integer(fields.get("status"))
    message = convert.text(fields.get("errorMessage"))
    if status < HTTPStatus.BAD_REQUEST and (told == 1 or (told is None and message is None)):
        return None
    code = convert.integer(fields.get("errorCode")) or convert.integer(headers.get(ERROR_NUMBER))
    words = (message or "").casefold()
    if "partner_token" in words:
        return AuthenticationError(clean(message), setting="partner_token", code=code)
    if _WRONG_ID.match(words):
        return NotFound(clean(message), code=code)
    if "not logged in" in words:
        return SessionExpired(clean(message), code=code)
    if status < HTTPStatus.BAD_REQUEST:
        if code is None:
            return refusal(clean(message))
        status = code // 1000
    return _error(status, code, message, headers)


def clean(message: str | None) -> str:
    """Return a service's message on one line; it is cut only when the secrets are out of it."""
    return " ".join((message or "").split())


def _error(status: int, code: int | None, message: str | None, headers: Mapping[str, str]) -> LockerError:
    make = _BY_NUMBER.get(code or 0) or _BY_STATUS.get(status, ServiceError)
    if make is RateLimited:
        return RateLimited(clean(message), retry_after=retry_after(headers), code=code or status)
    return make(clean(message) or f"The service answered with status {status}", code=code or status)
