"""Range requests: what a client asks for, and which bytes that is (RFC 9110, sections 14.1 and 14.2)."""

import re
from dataclasses import dataclass

_RANGE = re.compile(r"([0-9]*)[ \t]*-[ \t]*([0-9]*)", re.ASCII)
_MOST_DIGITS = 18
_BEYOND = 10**_MOST_DIGITS


class RangeNotSatisfiable(Exception):  # noqa: N818 - HTTP's term
    """The range is malformed, or begins after the end."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Hold one asked range: ``first`` to ``last`` (inclusive; None: to the end), or the last ``suffix`` bytes."""

    first: int | None
    last: int | None = None
    suffix: int | None = None

    def resolve(self, length: int) -> tuple[int, int]:
        """Return the first byte and the one after the last; raise RangeNotSatisfiable."""
        if self.first is None:
            if not self.suffix or not length:
                raise RangeNotSatisfiable
            return max(0, length - self.suffix), length
        if self.first >= length:
            raise RangeNotSatisfiable
        return self.first, length if self.last is None else min(length, self.last + 1)


def parse_range(header: str | None) -> ByteRange | None:
    """Return the one range that is asked for, or None where the whole is the answer.

    The whole answers also several ranges and units other than bytes, as the RFC allows and demands; a malformed range
    raises RangeNotSatisfiable.
    """
    if header is None:
        return None
    unit, equals, ranges = header.partition("=")
    if not equals or unit.strip().lower() != "bytes":
        return None
    if "," in ranges:
        return None
    found = _RANGE.fullmatch(ranges.strip())
    if found is None or not any(found.groups()):
        raise RangeNotSatisfiable
    first, last = (_number(digits) for digits in found.groups())
    if first is None:
        return ByteRange(None, suffix=last)
    if last is not None and last < first:
        raise RangeNotSatisfiable
    return ByteRange(first, last)


def _number(digits: str) -> int | None:
    """Read a number; what no file can have becomes one number beyond all files, however long it is written."""
    if not digits:
        return None
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) <= _MOST_DIGITS else _BEYOND
