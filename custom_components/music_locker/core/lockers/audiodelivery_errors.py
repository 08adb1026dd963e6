"""What the Audio Delivery Network's refusals mean: HTTP statuses and ``ok`` false to the classes of errors.

The page "Upload Sessions" prints good answers only. The service's other documents have ``ok`` false, ``message`` and
``api_request_id`` with 400, 401, 403, 404, 409, 422, 429 and 500.
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
    Unavailable,
    UploadReason,
    UploadRejected,
)
from . import convert
from .web import retry_after

type _Maker = Callable[..., LockerError]

_refused_key = partial(AuthenticationError, setting="api_key")

_BY_STATUS: Mapping[int, _Maker] = {
    HTTPStatus.UNAUTHORIZED: _refused_key,
    HTTPStatus.FORBIDDEN: _refused_key,  # a key of another kind, or one that is shut into one collection
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.GONE: NotFound,
    HTTPStatus.UNPROCESSABLE_ENTITY: Unavailable,  # a track without its file
}
_OF_UPLOADS: Mapping[int, _Maker] = {
    HTTPStatus.PAYMENT_REQUIRED: QuotaExceeded,
    HTTPStatus.CONTENT_TOO_LARGE: partial(UploadRejected, reason=UploadReason.TOO_LARGE),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: partial(UploadRejected, reason=UploadReason.FORMAT),
    HTTPStatus.UNPROCESSABLE_ENTITY: partial(UploadRejected, reason=UploadReason.FORMAT),
    HTTPStatus.INSUFFICIENT_STORAGE: QuotaExceeded,
}
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


def api_error(
    status: int, fields: Mapping[str, object], headers: Mapping[str, str], *, upload: bool = False
) -> LockerError:
    """Return the error of a refusal: its class by the HTTP status, its code and ``api_request_id`` kept.

    With a good status, where only ``ok`` refuses, a status in the body counts. ``upload`` tells that a file was sent.
    """
    if status < HTTPStatus.MULTIPLE_CHOICES:
        told = convert.integer(fields.get("status")) or convert.integer(fields.get("code"))
        status = told if told is not None and HTTPStatus.BAD_REQUEST <= told <= 599 else status  # noqa: PLR2004 - HTTP's
    message = " ".join((convert.text(fields.get("message")) or convert.text(fields.get("error")) or "").split())
    request_id = convert.text(fields.get("api_request_id")) or convert.text(headers.get("X-Request-Id"))
    message = message or f"The service answered with status {status}"
    code = status if status >= HTTPStatus.MULTIPLE_CHOICES else None
    if status in _BUSY:
        return RateLimited(message, retry_after=retry_after(headers), code=code, request_id=request_id)
    make = (_OF_UPLOADS.get(status) if upload else None) or _BY_STATUS.get(status, ServiceError)
    return make(message, code=code, request_id=request_id)
