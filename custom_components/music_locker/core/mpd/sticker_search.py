"""What ``sticker find`` compares and sorts, by the rules of SQLite, in whose language MPD asks."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from heapq import merge
from itertools import batched, islice
from operator import eq, gt, itemgetter, lt
from typing import Any, Final, NamedTuple

from .arguments import ALL, Range, parse_range
from .errors import AckCode, AckError, quoted

_INTEGER: Final = re.compile(r"[ \t-\r]*([+-]?[0-9]+)", re.ASCII)
_NUMBER: Final = re.compile(r"[ \t-\r]*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[ \t-\r]*", re.ASCII)
_LARGEST: Final = 2**63 - 1
_DIGITS: Final = 20  # more make no difference
_PIECE: Final = 10_000  # hits
_SAME: Final = 1000  # values that are compared once, however many songs have them

type Test = Callable[[str], bool]
"""Take a value or not."""


type Values = Mapping[str, Mapping[str, str]]
"""The values of one name by locker and item."""
type Hit = tuple[str, str]
"""What carries a sticker, as its type writes it, and the value."""


class Search(NamedTuple):
    """Describe what ``sticker find`` is to show."""

    name: str
    test: Test | None = None
    sort: str | None = None
    window: Range = ALL

    def wanted(self, values: Values) -> Values:
        """Return what is left of the values when they are compared."""
        if self.test is None:
            return values
        test = lru_cache(_SAME)(self.test)
        return {
            locker: {item: value for item, value in items.items() if test(value)} for locker, items in values.items()
        }

    def select(self, hits: Iterable[Hit]) -> Sequence[Hit]:
        """Return the hits in order, or a part; they come in that of what carries them, which counts among equals."""
        if self.sort is not None:
            hits = _sorted(hits, _SORTS[self.sort.removeprefix("-")], reverse=self.sort.startswith("-"))
        return list(islice(hits, self.window.start, self.window.end))


def _sorted(hits: Iterable[Hit], key: Callable[[Hit], Any], *, reverse: bool) -> Iterable[Hit]:
    """Sort in pieces, for nothing else runs while Python sorts one."""
    pieces = [sorted(piece, key=key, reverse=reverse) for piece in batched(hits, _PIECE, strict=False)]
    return pieces[0] if len(pieces) == 1 else merge(*pieces, key=key, reverse=reverse)


def parse_search(name: str, arguments: Sequence[str]) -> Search:
    """Read ``NAME [OPERATOR VALUE] [sort TYPE] [window START:END]`` from the end, as MPD does; raise AckError."""
    rest = list(arguments)
    window, sort = ALL, None
    if rest[-2:-1] == ["window"]:
        window = parse_range(rest[-1])
        del rest[-2:]
    if rest[-2:-1] == ["sort"]:
        sort = rest[-1]
        if (tag := sort.removeprefix("-")) not in _SORTS:
            raise AckError(AckCode.ARG, f"Unknown sort tag {quoted(tag)}")
        del rest[-2:]
    return Search(name, _test(rest), sort, window)


def _test(arguments: Sequence[str]) -> Test | None:
    """Return what ``OPERATOR VALUE`` takes; without a value MPD compares with nothing, and seeks in vain."""
    match arguments:
        case []:
            return None
        case [operator, *values] if operator in _COMPARING:
            return _COMPARING[operator](values[0] if values else "")
        case [operator, *values] if operator in _SEEKING:
            return _SEEKING[operator](values[0]) if values else lambda _: False
    raise AckError(AckCode.ARG, f"bad operator {quoted(arguments[0])}")


def like(pattern: str) -> Test:
    """Return what takes texts that begin like the pattern: ``%`` is any text, ``_`` a letter, the case of a-z is none.

    Each piece is sought once (an atomic group), so that no pattern takes long.
    """
    first, *others = (re.escape(piece).replace("_", ".") for piece in pattern.split("%"))
    compiled = re.compile(first + "".join(f"(?>.*?{piece})" for piece in others), re.ASCII | re.IGNORECASE | re.DOTALL)
    return lambda text: compiled.match(text) is not None


def integer(text: str) -> int:
    """Return the whole number that a text begins with, 0 where it begins with none (SQLite's CAST)."""
    match = _INTEGER.match(text)
    value = 0 if match is None else int(match[1][:_DIGITS])
    return max(-_LARGEST - 1, min(value, _LARGEST))


def _compared(compare: Callable[[str, str], bool], value: str) -> Test:
    return lambda text: compare(text, value)


def _counted(compare: Callable[[float, float], bool], value: str) -> Test:
    """Compare as numbers; any number is less than a text that is none."""
    match = _NUMBER.fullmatch(value)
    if match is None:
        return lambda _: compare is lt
    plain = match[1].lstrip("+-").isdigit()
    number: float = integer(value) if plain else float(match[1])
    return lambda text: compare(integer(text), number)


_COMPARING: Final[dict[str, Callable[[str], Test]]] = {
    "=": partial(_compared, eq),
    "<": partial(_compared, lt),
    ">": partial(_compared, gt),
    "eq": partial(_counted, eq),
    "lt": partial(_counted, lt),
    "gt": partial(_counted, gt),
}
_SEEKING: Final[dict[str, Callable[[str], Test]]] = {"contains": lambda value: like(f"%{value}"), "starts_with": like}
_SORTS: Final[dict[str, Callable[[Hit], str | int]]] = {
    "uri": itemgetter(0),
    "value": itemgetter(1),
    "value_int": lambda hit: integer(hit[1]),
}
