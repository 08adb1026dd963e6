"""Filters as one text each, in MPD's own way of writing them (``ISongFilter::ToExpression``)."""

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
)
from .tags import CANONICAL, time_text

_OPERATORS = {
    (Operator.EQUAL, False): "==",
    (Operator.EQUAL, True): "!=",
    (Operator.CONTAINS, False): "contains",
    (Operator.CONTAINS, True): "!contains",
    (Operator.STARTS_WITH, False): "starts_with",
    (Operator.STARTS_WITH, True): "!starts_with",
    (Operator.MATCHES, False): "=~",
    (Operator.MATCHES, True): "!~",
}


def filter_text(chosen: Filter) -> str:  # noqa: PLR0911 - one for each kind of filter
    """Return a filter as an expression; as in MPD 0.24, it does not say whether case is of significance."""
    match chosen:
        case AllFilter((only,)):
            return filter_text(only)
        case AllFilter():
            return f"({' AND '.join(map(filter_text, _flattened(chosen)))})"
        case NotFilter(TagFilter() as inner):
            return _tag_text(inner, negated=not inner.test.negated)
        case NotFilter(inner):
            return f"(!{filter_text(inner)})"
        case TagFilter():
            return _tag_text(chosen, negated=chosen.test.negated)
        case BaseFilter(path):
            return f"(base {_quoted(path)})"
        case SinceFilter(added, moment):
            return f"({'added' if added else 'modified'}-since {_quoted(time_text(moment))})"
        case PriorityFilter(least):
            return f"(prio >= {least})"
        case FormatFilter(audio_format, mask):
            return f"(AudioFormat {'=~' if mask else '=='} {_quoted(audio_format)})"


def _flattened(chosen: AllFilter) -> list[Filter]:
    found: list[Filter] = []
    for each in chosen.inner:
        found += _flattened(each) if isinstance(each, AllFilter) else [each]
    return found


def _tag_text(chosen: TagFilter, *, negated: bool) -> str:
    name = chosen.tag if chosen.tag in {ANY, FILE} else CANONICAL[chosen.tag]
    return f"({name} {_OPERATORS[chosen.test.operator, negated]} {_quoted(chosen.test.value)})"


def _quoted(value: str) -> str:
    for character in "\\\"'":
        value = value.replace(character, f"\\{character}")
    return f'"{value}"'
