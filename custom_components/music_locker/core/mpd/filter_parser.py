"""Filters as clients write them: ``TYPE VALUE`` pairs, and the expressions of protocol 0.21 and later.

The texts of errors are those of MPD 0.24 (``src/song/Filter.cxx``).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from .errors import AckCode, AckError
from .filter_values import check_audio_format, parse_time_stamp
from .filters import (
    ANY,
    FILE,
    NO_PRIORITY,
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
from .forms import Form
from .patterns import compile_pattern
from .tags import CANONICAL

_DEEPEST = 64
_LONGEST_VALUE = 4095  # bytes
_HIGHEST_PRIORITY = 255
_AUDIO_FORMAT = "audioformat"
_PRIORITY = "prio"
_WORD = re.compile(r"[A-Za-z_-]+")
_CONTROL = re.compile(r"[\x00-\x1f]")
_SPACE = re.compile(r"[\x00-\x20]*")
_OPERATOR = re.compile(r"(!?)(?:(contains|starts_with)(_cs|_ci)?|(eq)(_cs|_ci)) ", re.IGNORECASE)
_NUMBER = re.compile(r"[ \t-\r]*([+-]?\d+)", re.ASCII)
_SYMBOLS = {"==": Operator.EQUAL, "!=": Operator.EQUAL, "=~": Operator.MATCHES, "!~": Operator.MATCHES}
_FORMS: Mapping[str, Callable[[Form], Form]] = {
    "": lambda form: form,
    "_cs": lambda form: form & ~Form.FOLDED,
    "_ci": lambda form: form | Form.FOLDED,
}
_SINCE = {"modified-since": False, "added-since": True}


def _bad(text: str) -> AckError:
    return AckError(AckCode.ARG, _CONTROL.sub(" ", text).rstrip())


def parse_filter(arguments: Sequence[str], *, folded: bool, stripped: bool = False) -> AllFilter:
    """Return what the arguments of a command say; raise AckError.

    ``folded`` makes comparisons blind for case, and pairs look for a part of the value (``search``). ``stripped`` makes
    those that are blind for case blind for diacritics as well; ``find`` sees them whatever the client has enabled.
    """
    form = (Form.FOLDED | (Form.STRIPPED if stripped else Form.EXACT)) if folded else Form.EXACT
    return _parse_cached(tuple(arguments), form)


@lru_cache(maxsize=128)
def _parse_cached(arguments: tuple[str, ...], form: Form) -> AllFilter:
    rest = list(arguments)
    found: list[Filter] = []
    while rest or not found:
        if rest and rest[0].startswith("("):
            found.append(_ExpressionParser(rest.pop(0), form).parse())
        elif len(rest) >= 2:  # noqa: PLR2004 - a pair
            found.append(_parse_pair(rest.pop(0), rest.pop(0), form))
        else:
            raise _bad("Incorrect number of filter arguments")
    return AllFilter(tuple(found))


def _parse_pair(name: str, value: str, form: Form) -> Filter:
    if name == "base":
        if not _is_safe(value):
            raise _bad("Bad URI")
        return BaseFilter(value)
    if name in _SINCE:
        return SinceFilter(_SINCE[name], parse_time_stamp(value))
    if name.lower() == _AUDIO_FORMAT:  # no song has that, with MPD either
        return FormatFilter(value)
    if name.lower() == _PRIORITY:
        return PriorityFilter(NO_PRIORITY)
    tag = _tag(name)
    if tag is None:
        raise _bad("Unknown filter type")
    return TagFilter(tag, TextTest(Operator.CONTAINS if Form.FOLDED in form else Operator.EQUAL, value, form))


def _tag(name: str) -> str | None:
    name = name.lower()
    if name in {FILE, "filename"}:
        return FILE
    return name if name == ANY or name in CANONICAL else None


def _is_safe(path: str) -> bool:
    return all(segment not in {"", ".", ".."} for segment in path.split("/"))


class _ExpressionParser:
    """Read one expression from its first ``(`` to its end."""

    def __init__(self, text: str, form: Form) -> None:
        self._text = text
        self._at = 0
        self._form = form

    def parse(self) -> Filter:
        found = self._expression(0)
        if self._at != len(self._text):
            raise _bad("Unparsed garbage after expression")
        return found

    def _expression(self, depth: int) -> Filter:
        if depth > _DEEPEST:
            raise _bad("Expression is nested too deeply")
        self._skip(1)  # whoever comes here has seen the parenthesis; behind AND nobody looks, as in MPD
        if self._sees("("):
            return self._conjunction(depth)
        if self._sees("!"):
            self._expect("!")
            if not self._sees("("):
                raise _bad("'(' expected")
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
            value = self._quoted()
            if not self._sees(")"):
                raise _bad("')' expected")
            return SinceFilter(_SINCE[name], parse_time_stamp(value))
        if name == "base":
            return BaseFilter(self._quoted())
        if name.lower() == _AUDIO_FORMAT:
            return self._format()
        if name.lower() == _PRIORITY:
            return self._priority()
        tag = _tag(name)
        if tag is None:
            raise _bad(f"Unknown filter type: {name}")
        return TagFilter(tag, self._test())

    def _format(self) -> FormatFilter:
        mask = self._sees("=~")
        if not mask and not self._sees("=="):
            raise _bad("'==' or '=~' expected")
        self._skip(2)
        value = self._quoted()
        check_audio_format(value, mask=mask)
        return FormatFilter(value, mask)

    def _priority(self) -> PriorityFilter:
        if not self._sees(">="):
            raise _bad("'>=' expected")
        self._skip(2)
        match = _NUMBER.match(self._text, self._at)
        if match is None:
            raise _bad("Number expected")
        value = int(match[1][:32])
        if not 0 <= value <= _HIGHEST_PRIORITY:
            raise _bad("Invalid priority value")
        self._at = match.end()
        return PriorityFilter(value)

    def _test(self) -> TextTest:
        operator, negated, form = self._operator()
        value = self._quoted()
        if operator is Operator.MATCHES:
            compile_pattern(value, folded=Form.FOLDED in form)
        return TextTest(operator, value, form, negated)

    def _operator(self) -> tuple[Operator, bool, Form]:
        match = _OPERATOR.match(self._text, self._at)
        if match is not None:
            self._skip(len(match[0]))
            suffix = (match[3] or match[5] or "").lower()
            return Operator((match[2] or match[4]).lower()), bool(match[1]), _FORMS[suffix](self._form)
        symbol = self._text[self._at : self._at + 2]
        if symbol not in _SYMBOLS:
            raise _bad(f"Unknown filter operator: {self._text[self._at :]}")
        self._skip(2)
        return _SYMBOLS[symbol], symbol[0] == "!", self._form

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
