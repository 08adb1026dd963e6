"""What the index itself can fail with."""

import errno
import sqlite3

from ..errors import LockerError


class LibraryError(LockerError):
    """The index cannot be read or written, or is closed."""


class NewerVersionError(LibraryError):
    """A newer version of Music Locker has written this; it is left as it is."""


class StorageFullError(LibraryError):
    """The disk is full."""


def library_error(what: str, error: sqlite3.Error | OSError) -> LibraryError:
    """Return the error to raise for one of SQLite or of the file system; ``what`` begins its message."""
    full = (
        error.errno == errno.ENOSPC
        if isinstance(error, OSError)
        else getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    )
    return StorageFullError(f"{what}: the disk is full") if full else LibraryError(f"{what}: {error}")
