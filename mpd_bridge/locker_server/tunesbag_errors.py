"""The errors of tunesBag: "List of error codes" is not in the document, the numbers are those of the service itself."""

from enum import IntEnum
from typing import Self

RETRY_AFTER = 900  # seconds


class Fault(IntEnum):
    """A value of ``error``."""

    text: str

    def __new__(cls, number: int, text: str) -> Self:
        """Make a member of its number and its message."""
        member = int.__new__(cls, number)
        member._value_ = number
        member.text = text
        return member

    UNKNOWN_REQUEST = 404, "Unknown request"
    SERVER = 500, "Internal error"
    GENERAL = 999, "The request cannot be carried out"
    DENIED = 1001, "Permission denied"
    NOT_FOUND = 1002, "Item not found or access forbidden"
    NO_USER = 1005, "No such user"
    TOO_OLD = 1300, "This program is too old"
    FILE_MISSING = 4000, "The file is missing"
    FILE_EMPTY = 4001, "The file is invalid"
    EXISTS = 4005, "File already exists in user library"
    QUOTA = 4100, "Quota exceeded"
    INVALID_FILE = 4101, "Invalid file"
    FORMAT = 4800, "Unsupported format"
    BIT_RATE = 4801, "Unsupported bit rate"
    APP_KEY = 20001, "Unknown or invalid appkey"
    FORBIDDEN = 20010, "Access forbidden: username or remotekey is wrong"


SHORT_NUMBERS = {Fault.EXISTS: 204, Fault.QUOTA: 420, Fault.INVALID_FILE: 430}
"""The other numbers that the document gives for the same errors of items/add."""


class CallError(Exception):
    """A call fails; ``status`` is the HTTP status."""

    def __init__(self, fault: Fault, message: str | None = None, status: int = 200) -> None:
        """Keep the fault, and what to say instead of its own text."""
        super().__init__(message or fault.text)
        self.fault = fault
        self.message = message or fault.text
        self.status = status


def invalid(name: str) -> CallError:
    """Return the error of a parameter that is missing or wrong."""
    return CallError(Fault.GENERAL, f"The parameter {name} is missing or invalid")


def unavailable() -> CallError:
    """Return the error of a change while the locker is read-only."""
    return CallError(Fault.GENERAL, "The service is read-only for a while", status=503)
