"""Filters as clients write them: ``TYPE VALUE`` pairs, and the expressions of protocol 0.21 and later.

Regular expressions (``=~``, ``!~``) are answered as by an MPD built without PCRE: Python's engine cannot be stopped,
and one expression of a client could hold up every player. The texts of errors are those of ``src/song/Filter.cxx``.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from .errors import AckCode, AckError
from .filters import (
    ANY,
    FILE,
    AllFilter,
    BaseFilter,
    Filter,
    FormatFilter,
    NotFilter,
    Operator,
    PriorityFilter,
    SinceFilter,
    TagFilter,
    TextTest,
)
from .tags import CANONICAL, fold

_DEEPEST = 64
_LONGEST_VALUE = 4095  # bytes
_HIGHEST_PRIORITY = 255
_WORD = re.compile(r"[A-Za-z_-]+")
_SPACE = re.compile(r"[\x00-\x20]*")
_OPERATOR = re.compile(r"(!?)(contains|starts_with|eq)(_cs|_ci)? ", re.IGNORECASE)
_NAMES = {
    "contains": Operator.CONTAINS,
    "starts_with": Operator.STARTS_WITH,
    "eq": Operator.EQUAL,
}
_SINCE = {"modified-since": False, "added-since": True}
_FORMAT = re.compile(r"(\d+|\*):(8|16|24|32|f|dsd|\*):(\d+|\*)|dsd\d+:(\d+|\*)")


def _bad(text: str) -> AckError:
    return AckError(AckCode.ARG, text)


def parse_filter(arguments: Sequence[str], *, folded: bool, queue: bool = False) -> AllFilter:
    """Return what the arguments of a command say; raise AckError.

    ``folded`` makes comparisons blind for case, and pairs look for a part of the value (``search``). ``queue`` allows
    what only songs of a queue have: a priority.
    """
    return _parse_cached(tuple(arguments), folded, queue)


@lru_cache(maxsize=128)
def _parse_cached(arguments: tuple[str, ...], folded: bool, queue: bool) -> AllFilter:  # noqa: FBT001 - a key of the cache
    rest = list(arguments)
    found: list[Filter] = []
    while rest or not found:
        if rest and rest[0].startswith("("):
            found.append(_ExpressionParser(rest.pop(0), folded=folded, queue=queue).parse())
        elif len(rest) >= 2:  # noqa: PLR2004 - a pair
            found.append(_parse_pair(rest.pop(0), rest.pop(0), folded=folded))
        else:
            raise _bad("Incorrect number of filter arguments")
    return AllFilter(tuple(found))


def _parse_pair(name: str, value: str, *, folded: bool) -> Filter:
    if name == "base":
        if not _is_safe(value):
            raise _bad("Bad URI")
        return BaseFilter(value)
    if name in _SINCE:
        return SinceFilter(_SINCE[name], parse_time_stamp(value))
    if name.lower() == "audioformat":
        return FormatFilter()
    tag = _tag(name)
    if tag is None:
        raise _bad("Unknown filter type")
    operator = Operator.CONTAINS if folded else Operator.EQUAL
    return TagFilter(tag, TextTest(operator, fold(value) if folded else value, folded))


def _tag(name: str) -> str | None:
    name = name.lower()
    if name in {FILE, "filename"}:
        return FILE
    return name if name == ANY or name in CANONICAL else None


def _is_safe(path: str) -> bool:
    return not path or all(segment not in {"", ".", ".."} for segment in path.split("/"))


def parse_time_stamp(text: str) -> datetime:
    """Return a time given as ISO 8601 (UTC where it names no zone) or in seconds since 1970; raise AckError."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except ValueError, OverflowError:
        pass
    if re.fullmatch(r"\s*\d{1,12}", text, re.ASCII) is None:
        raise _bad("Failed to parse date")
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except ValueError, OverflowError, OSError:
        return datetime.max.replace(tzinfo=UTC)


class _ExpressionParser:
    """Read one expression from its first ``(`` to its end."""

    def __init__(self, text: str, *, folded: bool, queue: bool) -> None:
        self._text = text
        self._at = 0
        self._folded = folded
        self._queue = queue

    def parse(self) -> Filter:
        found = self._expression(0)
        if self._at != len(self._text):
            raise _bad("Unparsed garbage after expression")
        return found

    def _expression(self, depth: int) -> Filter:
        if depth > _DEEPEST:
            raise _bad("Expression is nested too deeply")
        self._expect("(")
        if self._sees("("):
            return self._conjunction(depth)
        if self._sees("!"):
            self._expect("!")
            inner = self._expression(depth + 1)
            self._expect(")")
            return NotFilter(inner)
        found = self._comparison()
        self._expect(")")
        return found

    def _conjunction(self, depth: int) -> Filter:
        found = [self._expression(depth + 1)]
        while not self._sees(")"):
            if self._word() != "AND":
                raise _bad("'AND' expected")
            found.append(self._expression(depth + 1))
        self._expect(")")
        return found[0] if len(found) == 1 else AllFilter(tuple(found))

    def _comparison(self) -> Filter:
        name = self._word()
        if name in _SINCE:
            return SinceFilter(_SINCE[name], parse_time_stamp(self._quoted()))
        if name == "base":
            return BaseFilter(self._quoted())
        if name.lower() == "audioformat":
            return self._format()
        if self._queue and name == "prio":
            return self._priority()
        tag = _tag(name)
        if tag is None:
            raise _bad(f"Unknown filter type: {name}")
        return TagFilter(tag, self._test())

    def _format(self) -> FormatFilter:
        operator = self._text[self._at : self._at + 2]
        if operator not in {"==", "=~"}:
            raise _bad("'==' or '=~' expected")
        self._skip(2)
        value = self._quoted()
        if _FORMAT.fullmatch(value) is None or (operator == "==" and "*" in value):
            raise _bad("Failed to parse the sample rate")
        return FormatFilter()

    def _priority(self) -> PriorityFilter:
        if not self._sees(">="):
            raise _bad("'>=' expected")
        self._skip(2)
        value = self._quoted()
        if re.fullmatch(r"\d{1,3}", value, re.ASCII) is None or int(value) > _HIGHEST_PRIORITY:
            raise _bad(f"Invalid priority: {value}")
        return PriorityFilter(int(value))

    def _test(self) -> TextTest:
        operator, folded, negated = Operator.EQUAL, self._folded, self._sees("!")
        match = _OPERATOR.match(self._text, self._at)
        if match is not None:
            operator = _NAMES[match[2].lower()]
            suffix = (match[3] or "").lower()
            if operator is Operator.EQUAL and not suffix:
                raise _bad("'==' or '!=' expected")
            folded = suffix == "_ci" if suffix else folded
            self._skip(len(match[0]))
        elif self._sees("==") or self._sees("!="):
            self._skip(2)
        else:
            raise _bad("'==' or '!=' expected")
        value = self._quoted()
        return TextTest(operator, fold(value) if folded else value, folded, negated)

    def _quoted(self) -> str:
        quote = self._text[self._at : self._at + 1]
        if quote not in {'"', "'"}:
            raise _bad("Quoted string expected")
        self._at += 1
        value: list[str] = []
        while not self._sees(quote):
            if self._sees("\\"):
                self._at += 1
            if self._at >= len(self._text):
                raise _bad("Closing quote not found")
            value.append(self._text[self._at])
            self._at += 1
        self._skip(1)
        text = "".join(value)
        if len(text.encode(errors="replace")) > _LONGEST_VALUE:
            raise _bad("Quoted value is too long")
        return text

    def _word(self) -> str:
        match = _WORD.match(self._text, self._at)
        if match is None:
            raise _bad("Word expected")
        self._skip(len(match[0]))
        return match[0]

    def _sees(self, token: str) -> bool:
        return self._text.startswith(token, self._at)

    def _expect(self, token: str) -> None:
        if not self._sees(token):
            raise _bad(f"'{token}' expected")
        self._skip(len(token))

    def _skip(self, count: int) -> None:
        match = _SPACE.match(self._text, self._at + count)
        self._at = match.end() if match is not None else self._at + count
