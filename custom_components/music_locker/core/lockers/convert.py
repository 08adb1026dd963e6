"""Converters from what services write to what the models hold.

Each takes any decoded value and never raises: what it cannot read is None or empty. So one odd field loses itself, not
the whole locker.
"""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

_LARGEST = 2**63 - 1  # what a database column holds
_LONGEST_NUMBER = 64
_LEADING_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_NAMED_MONTH = re.compile(
    r"([^\W\d_]{3,12})\.?,? +([0-9]{1,2}),? +([0-9]{4}) +([0-9]{1,2}):([0-9]{2}):([0-9]{2})"
    r"(?: *([+-][0-9]{2}):?([0-9]{2}))?"
)
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_GERMAN = {"jän": 1, "mär": 3, "mrz": 3, "mai": 5, "okt": 10, "dez": 12}
_MONTHS = {name: month for month, name in enumerate(_ENGLISH, 1)} | _GERMAN
_YEAR = re.compile(r"(?:^|[^0-9])([0-9]{4})(?:[^0-9]|$)")


def text(value: object) -> str | None:
    """Return a text without the space round it, or None for nothing; numbers become text.

    XML indents long values on lines of their own (seed 001, example 2.4), and a half of a UTF-16 pair, which JSON can
    carry, becomes a question mark, because nothing else could be written to a file or a socket.
    """
    if isinstance(value, str):
        if not value.isascii():
            value = value.encode("utf-8", "replace").decode("utf-8")
        return value.strip() or None
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        whole = integer(value)
        return str(value if whole is None else whole) if math.isfinite(value) else None
    return str(value) if isinstance(value, int) and abs(value) <= _LARGEST else None


def integer(value: object) -> int | None:
    """Return a whole number of at most 64 bits from 3, 3.0, "3", "3.0" or "3/12"."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        found = _LEADING_INTEGER.match(value.strip())
        value = int(found[0]) if found else None
    elif isinstance(value, float):
        value = int(value) if math.isfinite(value) and value.is_integer() else None
    return value if isinstance(value, int) and abs(value) <= _LARGEST else None


def positive(value: object) -> int | None:
    """Return a whole number above nought; services write 0 for what they do not know."""
    number_ = integer(value)
    return number_ if number_ is not None and number_ > 0 else None


def number(value: object) -> float | None:
    """Return a finite number from a number or its text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and len(value) > _LONGEST_NUMBER:
        return None
    try:
        result = float(value)
    except ValueError, OverflowError:
        return None
    return result if math.isfinite(result) else None


def seconds_of_milliseconds(value: object) -> float | None:
    """Return seconds, rounded to whole milliseconds, or None where nothing positive is given."""
    milliseconds = number(value)
    if milliseconds is None or milliseconds <= 0:
        return None
    return round(milliseconds) / 1000


def boolean(value: object) -> bool:
    """Return the truth of true, 1, "1", "true" and 1.0, whatever space is round it."""
    if isinstance(value, str):
        return value.strip().casefold() in {"1", "1.0", "true", "yes"}
    return value is True or (isinstance(value, int | float) and value == 1)


def year(value: object) -> int | None:
    """Return a year of four digits out of 1999, "1999" or a date."""
    found = _YEAR.search(text(value) or "")
    return positive(found[1]) if found else None


def moment(value: object) -> datetime | None:
    """Return a time from Unix seconds or an ISO 8601 text; a text without a zone is taken as UTC."""
    seconds = number(value)
    try:
        if seconds is not None:
            return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
        found = datetime.fromisoformat(text(value) or "")
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except ValueError, OverflowError, OSError:
        return None


def named_moment(value: object) -> datetime | None:
    """Return a time from "Juli, 07 2008 11:12:13", the month in English or German, or as :func:`moment`."""
    found = _NAMED_MONTH.fullmatch(text(value) or "")
    month = _MONTHS.get(found[1].casefold()[:3]) if found else None
    if found is None or month is None:
        return moment(value)
    day, year_, hour, minute, second = map(int, found.groups()[1:6])
    zone = f"{found[7]}:{found[8]}" if found[7] else ""
    return moment(f"{year_:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}")


def mapping(value: object) -> Mapping[str, object]:
    """Return an object's fields, or none of them."""
    return value if isinstance(value, Mapping) else {}


def objects(value: object) -> Sequence[Mapping[str, object]]:
    """Return the objects of a list, whether it came as a list, one object, ``{"item": ...}``, null or not at all."""
    while isinstance(value, Mapping) and set(value) == {"item"}:
        value = value["item"]
    if isinstance(value, Mapping):
        return [value]
    if isinstance(value, list):
        return [item for item in value if isinstance(item, Mapping)]
    return []
