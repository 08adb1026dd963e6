"""The faults that the MP3tunes documents name.

Texts and numbers: "Appendix A. Response Headers" of the Oboe API Documentation, and the page of lockerPut where the
appendix has no such number.
"""

from enum import IntEnum
from typing import Self

SUCCESS = 200001
SUCCESS_TEXT = "Request Successful"
RETRY_AFTER = 900  # seconds; the sample of the later documents


class StorageFault(IntEnum):
    """A value of X-MP3tunes-ErrorNo; its first three digits are the HTTP status."""

    text: str

    def __new__(cls, number: int, text: str) -> Self:
        """Make a member of its number and its X-MP3tunes-ErrorString."""
        member = int.__new__(cls, number)
        member._value_ = number
        member.text = text
        return member

    MD5_MISMATCH = 400002, "File identification error"
    SESSION_OVER = 401001, "Authentication Error"
    INVALID_SESSION = 401002, "Invalid Session"
    NOT_AUTHORIZED = 401003, "Not Authorized"
    PARTNER_TOKEN = 401005, "Invalid Partner Token"
    EMPTY_FILE = 403001, "Empty File Error"
    FORMAT_UNSUPPORTED = 403002, "File Format Unsupported"
    NOT_FOUND = 404001, "File Not Found Error"
    NOTHING_TO_DELETE = 404002, "File Not Found Error"
    CRC_MISMATCH = 409001, "CRC Error"
    TOO_LARGE = 413001, "File Too Large Error"
    LOCKER_FULL = 413002, "Locker Full"
    FORMAT_UNKNOWN = 415001, "File Format Not Supported Error"
    STORAGE = 500001, "Storage Subsystem Error"
    UNAVAILABLE = 503001, "Service Unavailable"

    @property
    def status(self) -> int:
        """Return the HTTP status."""
        return self.value // 1000


class StorageError(Exception):
    """A storage call fails with one of the documented faults."""

    def __init__(self, fault: StorageFault) -> None:
        """Keep the fault."""
        super().__init__(fault.text)
        self.fault = fault


class CallError(Exception):
    """An API call fails: status 0, an errorMessage, and in v1 an errorCode."""

    def __init__(self, message: str, code: int | None = None, status: int = 200) -> None:
        """Keep the message, the code, and the HTTP status where it is not 200."""
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status


def invalid_parameter(name: str) -> CallError:
    """Return the fault of a parameter that is missing or wrong, in the words of Example 2.3."""
    return CallError(f"The {name} input parameter failed validation.")


def not_logged_in() -> CallError:
    """Return the fault of a call without a good session (Example 2.7)."""
    return CallError("Not logged in", StorageFault.SESSION_OVER)
