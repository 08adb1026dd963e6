"""What the index itself can fail with."""

from ..errors import LockerError


class LibraryError(LockerError):
    """The index cannot be read or written, or is closed."""
