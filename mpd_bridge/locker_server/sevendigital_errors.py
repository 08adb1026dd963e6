"""The errors of 7digital: numbers in an envelope, OAuth faults in plain text."""

from enum import IntEnum


class ErrorCode(IntEnum):
    """Name the numbers that can happen here: 1xxx is the input, 2xxx the resource, 9xxx the server."""

    MISSING = 1001
    INVALID = 1002
    OUT_OF_RANGE = 1003
    NOT_A_CHOICE = 1006
    NOT_FOUND = 2001
    NOT_AVAILABLE = 2002
    INTERNAL = 9001


_STATUS = {ErrorCode.NOT_FOUND: 404, ErrorCode.NOT_AVAILABLE: 403, ErrorCode.INTERNAL: 500}


class CallError(Exception):
    """What was asked for cannot be answered."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        """Keep the number and the text of the answer."""
        super().__init__(message)
        self.code = code
        self.message = message

    @property
    def status(self) -> int:
        """Return the HTTP status that says the same."""
        return _STATUS.get(self.code, 400)


class OAuthFault(Exception):  # noqa: N818 - the service's own word
    """A request is not signed as it must be; the text is the answer."""


class RateLimitedError(Exception):
    """A consumer has made all its calls; ``retry_after`` is seconds."""

    def __init__(self, retry_after: int) -> None:
        """Keep when it may call again."""
        super().__init__()
        self.retry_after = retry_after
