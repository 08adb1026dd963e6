"""The errors of lockers: few classes, each with a meaning that a user can act on.

The service's own ``code`` and ``request_id`` are kept for the log. No message holds a secret.
"""


def on_one_line(text: str) -> str:
    """Return what a service has sent as it may stand in a log: with nothing that begins a line or moves a cursor."""
    return text if text.isprintable() else "".join(each if each.isprintable() else " " for each in text)


class LockerError(Exception):
    """Tell that a locker could not do what was asked; every error of an adapter is one of these."""

    def __init__(self, message: str = "", *, code: int | str | None = None, request_id: str | None = None) -> None:
        """Keep the message, and the service's code and request id where there are any."""
        super().__init__(on_one_line(message) or (self.__doc__ or "").partition("\n")[0])
        self.code = code
        self.request_id = request_id


class LockerConnectionError(LockerError):
    """The service cannot be reached, or did not answer in time."""


class AuthenticationError(LockerError):
    """The service refuses the user name, password, token or key; the user must give new ones.

    ``setting`` is the key of the one that it refuses, where the service tells that.
    """

    def __init__(
        self,
        message: str = "",
        *,
        setting: str | None = None,
        code: int | str | None = None,
        request_id: str | None = None,
    ) -> None:
        """Keep which setting is refused."""
        super().__init__(message, code=code, request_id=request_id)
        self.setting = setting


class SessionExpired(LockerError):  # noqa: N818 - an event of every session, and the name that DESIGN gives it
    """The session is over; one new login renews it."""


class NotFound(LockerError):  # noqa: N818 - HTTP's term
    """The locker has no such track, album, playlist or picture."""


class UnavailableReason:
    """Name why a track is not given."""

    WITHDRAWN = "withdrawn"
    DOWNLOADS_USED_UP = "downloads_used_up"


class Unavailable(LockerError):  # noqa: N818 - HTTP's term
    """The locker lists it but does not give it now; ``reason`` is one of :class:`UnavailableReason`, or None."""

    def __init__(
        self,
        message: str = "",
        *,
        reason: str | None = None,
        code: int | str | None = None,
        request_id: str | None = None,
    ) -> None:
        """Keep the reason."""
        super().__init__(message or "The locker lists it but does not give it now", code=code, request_id=request_id)
        self.reason = reason


class RateLimited(LockerError):  # noqa: N818 - HTTP's term
    """The service asks for fewer requests, or is read-only for a while; ``retry_after`` is seconds or None."""

    def __init__(
        self,
        message: str = "",
        *,
        retry_after: float | None = None,
        code: int | str | None = None,
        request_id: str | None = None,
    ) -> None:
        """Keep how many seconds to wait."""
        super().__init__(message, code=code, request_id=request_id)
        self.retry_after = retry_after


class QuotaExceeded(LockerError):  # noqa: N818 - the services' own term
    """The locker is full."""


class UploadReason:
    """Name why a file is not taken."""

    EMPTY = "empty"
    FORMAT = "format"
    TOO_LARGE = "too_large"
    DAMAGED = "damaged"
    HASH_MISMATCH = "hash_mismatch"


class UploadRejected(LockerError):  # noqa: N818 - a verdict, not a fault
    """The service does not take this file; ``reason`` is one of :class:`UploadReason`."""

    def __init__(
        self, message: str = "", *, reason: str, code: int | str | None = None, request_id: str | None = None
    ) -> None:
        """Keep the reason."""
        super().__init__(message, code=code, request_id=request_id)
        self.reason = reason


class ServiceError(LockerError):
    """The service failed, or answered what its documents do not allow."""
