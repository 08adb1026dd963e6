"""What a call is refused with."""

from .accounts import Account

RETRY_AFTER = 900


class CallError(Exception):
    """A refusal: its HTTP status, its message, and after how many seconds to try again."""

    def __init__(self, status: int, message: str, retry_after: int | None = None) -> None:
        """Keep what is answered."""
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after = retry_after


def bad_request(message: str) -> CallError:
    """Return 400: a parameter is missing or is none."""
    return CallError(400, message)


def not_found(what: str) -> CallError:
    """Return 404."""
    return CallError(404, f"{what} not found.")


def expired(what: str) -> CallError:
    """Return 401: the id of a session is its credential, and this one has run out."""
    return CallError(401, f"The {what} has expired.")


def unavailable() -> CallError:
    """Return 503: the locker is read-only for a while."""
    return CallError(503, "The locker cannot be changed now.", RETRY_AFTER)


def check_right(account: Account | None, *, maintenance: bool) -> None:
    """Raise CallError where an account may not change the locker, or nobody may."""
    if account is not None and account.read_only:
        raise CallError(403, "This account may not change the locker.")
    if maintenance:
        raise unavailable()
