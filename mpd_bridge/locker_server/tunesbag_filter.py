"""``filter_expression`` of items/get, which the document mentions and does not explain.

Ours: ``artist = Abba AND year >= 1976``. Fields are those of items, ``~`` is "contains", values may be in quotes.
"""

import re
from collections.abc import Callable, Mapping
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from .catalog import folded
from .tunesbag_columns import COLUMNS, Item
from .tunesbag_errors import CallError, Fault
from .tunesbag_writer import Date, Scalar

_LONGEST = 2000
_CONDITION = re.compile(
    r"""\s*(?P<field>\w+)\s*(?P<operator><=|>=|!=|=|<|>|~)\s*(?:"(?P<quoted>[^"]*)"|(?P<plain>[^"]*?))\s*""", re.ASCII
)
_AND = re.compile(r"""\s+AND\s+(?=(?:[^"]*"[^"]*")*[^"]*$)""", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,15}", re.ASCII)
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": eq,
    "!=": ne,
    "<": lt,
    ">": gt,
    "<=": le,
    ">=": ge,
    "~": lambda value, part: part in value,
}


def matcher(expression: str) -> Callable[[Item], bool]:
    """Return what tells whether an item fits an expression; raise CallError for one that cannot be understood."""
    if len(expression) > _LONGEST:
        raise _refused()
    conditions = [_condition(text) for text in _AND.split(expression)]
    return lambda item: all(condition(item) for condition in conditions)


def _condition(text: str) -> Callable[[Item], bool]:
    found = _CONDITION.fullmatch(text)
    column = COLUMNS.get(found["field"].lower()) if found else None
    if found is None or column is None:
        raise _refused()
    operator = found["operator"]
    wanted = found["plain"] if found["quoted"] is None else found["quoted"]
    compare = _OPERATORS[operator]
    if _NUMBER.fullmatch(wanted) and operator != "~":
        number = int(wanted)
        return lambda item: _is_so(compare, column(item), number)
    part = folded(wanted)
    return lambda item: compare(_text(column(item)), part)


def _is_so(compare: Callable[[Any, Any], bool], value: Scalar, number: int) -> bool:
    if isinstance(value, int):
        return compare(value, number)
    return value is not None and compare(_text(value), str(number))


def _text(value: Scalar) -> str:
    return value.xml() if isinstance(value, Date) else "" if value is None else folded(str(value))


def _refused() -> CallError:
    return CallError(Fault.GENERAL, "The filter_expression cannot be understood")
