"""Numbers, ranges and switches in arguments, read as MPD's C library does, with MPD's texts of errors."""

import math
import re
from ctypes import c_float
from dataclasses import dataclass

from .errors import AckCode, AckError

INT_MAX = 2**31 - 1
UNSIGNED_MAX = 2**32 - 1
_FEW_DIGITS = 10
_WRAP = 2**64  # strtoul takes "-1" for the largest number

_INTEGER = re.compile(r"[ \t-\r]*([+-]?[0-9]+)", re.ASCII)
_FLOAT = re.compile(r"[ \t-\r]*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\Z", re.ASCII)
_SINGLE = re.compile(_FLOAT.pattern.replace(r")\Z", r"|[+-]?(?:nan|inf(?:inity)?))\Z"), re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Range:
    """Hold positions from ``start`` up to and without ``end``; None is an open end."""

    start: int
    end: int | None = None

    def clip(self, length: int) -> range:
        """Return the positions that a list of ``length`` items has."""
        return range(min(self.start, length), length if self.end is None else min(self.end, length))


ALL = Range(0)


def _bad(reason: str, text: str) -> AckError:
    return AckError(AckCode.ARG, f"{reason}: {text.strip()}".rstrip())


def _integer(text: str) -> int | None:
    if len(text) < _FEW_DIGITS and text.isdecimal() and text.isascii():  # as nearly all are
        return int(text)
    match = _INTEGER.fullmatch(text)
    return None if match is None else int(match[1][:32])


def parse_int(text: str, minimum: int = -INT_MAX - 1, maximum: int = INT_MAX) -> int:
    """Return a whole number; raise AckError."""
    value = _integer(text)
    if value is None:
        raise _bad("Integer expected", text)
    if not minimum <= value <= maximum:
        raise _bad("Number too large", text)
    return value


def parse_unsigned(text: str, maximum: int = UNSIGNED_MAX) -> int:
    """Return a whole number from 0 on; raise AckError."""
    value = _integer(text)
    if value is None:
        raise _bad("Integer expected", text)
    if value < 0:
        value += _WRAP
    if not 0 <= value <= maximum:
        raise _bad("Number too large", text)
    return value


def parse_version(text: str) -> int:
    """Return a queue's version, taken modulo 2**32 as MPD does; raise AckError."""
    value = _integer(text)
    if value is None:
        raise _bad("Integer expected", text)
    return value % (UNSIGNED_MAX + 1)


def parse_bool(text: str) -> bool:
    """Return a switch, "0" or "1"; raise AckError."""
    value = _integer(text)
    if value not in {0, 1}:
        raise _bad("Boolean (0/1) expected", text)
    return bool(value)


def parse_float(text: str) -> float:
    """Return a number; raise AckError."""
    match = _FLOAT.match(text)
    value = math.nan if match is None else float(match[1])
    if not math.isfinite(value):
        raise _bad("Float expected", text)
    return value


def parse_single(text: str) -> float:
    """Return a number of single precision, which need be neither finite nor a number; raise AckError."""
    match = _SINGLE.match(text)
    if match is None:
        raise _bad("Float expected", text)
    value = float(match[1])
    return value if not math.isfinite(value) else c_float(value).value


def parse_time(text: str) -> float:
    """Return a time in seconds, not negative; raise AckError."""
    value = parse_float(text)
    if value < 0:
        raise _bad("Negative value not allowed", text)
    return value


def parse_range(text: str) -> Range:
    """Return ``N`` or ``START:END`` or ``START:`` as a range; "-1" is everything (old clients); raise AckError."""
    first, colon, last = text.partition(":")
    start = _integer(first)
    if start is None:
        raise _bad("Integer or range expected", text)
    if start == -1 and not colon:
        return ALL
    _check_bound(start, text)
    if not colon:
        return Range(start, start + 1)
    if not last:
        return Range(start)
    end = _integer(last)
    if end is None:
        raise _bad("Integer or range expected", text)
    _check_bound(end, text)
    if end < start:
        raise _bad("Malformed range", text)
    return Range(start, end)


def _check_bound(value: int, text: str) -> None:
    if value < 0:
        raise _bad("Number is negative", text)
    if value > INT_MAX:
        raise _bad("Number too large", text)


def parse_position(text: str, length: int, current: int | None) -> int:
    """Return where to insert in a queue of ``length`` items.

    ``+N`` counts from behind the item at ``current``, ``-N`` from before it (protocol 0.23.3). Raise AckError.
    """
    if not text.startswith(("+", "-")):
        return parse_unsigned(text, length)
    if current is None:
        raise AckError(AckCode.PLAYER_SYNC, "No current song")
    if text[0] == "+":
        return current + 1 + parse_unsigned(text[1:], length - current - 1)
    return current - parse_unsigned(text[1:], current)
