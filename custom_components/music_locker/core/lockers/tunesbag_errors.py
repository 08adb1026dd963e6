"""What tunesBag's refusals mean: error numbers and HTTP statuses to the classes of errors.

Sources: seed 002 "Add an item" for the numbers of uploads, "Response elements" for the rest of an answer; the other
numbers are those of the service's own server, because the document's list of error codes is lost.
"""

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
from .web import retry_after

ALREADY_THERE = frozenset({204, 4005})
"""What items/add answers for a file that the user's library has."""

type _Maker = Callable[..., LockerError]


def _rejected(reason: str) -> _Maker:
    return partial(UploadRejected, reason=reason)


# SessionExpired: the log-in is checked once more before the user is asked for another key.
_BY_NUMBER: Mapping[int, _Maker] = {
    403: SessionExpired,
    420: QuotaExceeded,
    430: _rejected(UploadReason.FORMAT),
    1001: Unavailable,
    1002: NotFound,
    1005: NotFound,
    4000: _rejected(UploadReason.EMPTY),
    4001: _rejected(UploadReason.FORMAT),
    4100: QuotaExceeded,
    4101: _rejected(UploadReason.FORMAT),
    4800: Unavailable,
    4801: Unavailable,
    20001: partial(AuthenticationError, setting="app_key"),
    20010: SessionExpired,
}

_BY_STATUS: Mapping[int, _Maker] = {
    HTTPStatus.UNAUTHORIZED: SessionExpired,
    HTTPStatus.FORBIDDEN: Unavailable,
    HTTPStatus.CONTENT_TOO_LARGE: _rejected(UploadReason.TOO_LARGE),
    HTTPStatus.TOO_MANY_REQUESTS: RateLimited,
    HTTPStatus.SERVICE_UNAVAILABLE: RateLimited,
}


def numbered_error(
    number: int, message: str | None, request_key: str | None, status: int, headers: Mapping[str, str]
) -> LockerError:
    """Return the error behind an answer's error number; the class of one that the table lacks is that of the status."""
    told = _told(message, f"The service answered with error {number}")
    make = _BY_NUMBER.get(number) or _BY_STATUS.get(status, ServiceError)
    if make is RateLimited:
        return RateLimited(told, retry_after=retry_after(headers), code=number, request_id=request_key)
    return make(told, code=number, request_id=request_key)


def status_error(status: int, headers: Mapping[str, str]) -> LockerError:
    """Return the error behind an HTTP status that is not good, where the body does not tell it."""
    make = _BY_STATUS.get(status, ServiceError)
    message = f"The service answered with status {status}"
    if make is RateLimited:
        return RateLimited(message, retry_after=retry_after(headers), code=status)
    return make(message, code=status)


def _told(message: str | None, otherwise: str) -> str:
    """Return a service's message on one line; it is cut only when the secrets are out of it."""
    return " ".join((message or "").split()) or otherwise
