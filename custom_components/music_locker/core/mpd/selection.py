"""What a command selects: a filter, and behind it ``sort``, ``window`` and ``position``, ``group`` or ``playlists``."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from .arguments import ALL, Range, parse_range
from .calculating import AT_ONCE, calculate
from .errors import AckCode, AckError
from .filter_parser import parse_filter
from .filters import AllFilter, BaseFilter, Filter, has_pattern
from .index import Index, Rows
from .selecting import cost, select, sort_rows
from .tags import CANONICAL

_TIMES = frozenset({"last-modified", "added"})
_PRIORITY = "prio"
_SORT_COST = 8  # rows that are looked at in the time in which one is sorted


@dataclass(frozen=True, slots=True)
class Selection:
    """Hold a command's filter, order and window; ``position`` is left as text, only the queue can read it."""

    filter: AllFilter
    sort: str | None = None
    descending: bool = False
    window: Range = ALL
    position: str | None = None

    async def rows(self, index: Index) -> Rows:
        """Return the rows of the index that are meant; raise AckError for a directory that is not there."""
        rows = await find_rows(index, self.filter) if self.sort is None else await self._sorted(index)
        return rows if self.window is ALL else rows[self.window.start : self.window.end]

    async def _sorted(self, index: Index) -> Rows:
        tag = self.sort
        assert tag is not None  # noqa: S101 - rows() asks only then
        key = self.filter, tag, self.descending
        rows = index.answers.rows.get(key)
        if rows is None:
            found = await find_rows(index, self.filter)
            rows = await calculate(
                lambda: sort_rows(index, found, tag, descending=self.descending), rows=len(found) * _SORT_COST
            )
            index.answers.rows.keep(key, rows)
        return rows


async def find_rows(index: Index, chosen: Filter) -> Rows:
    """Return the rows that a filter takes; raise AckError for a directory that is not there."""
    check_base(chosen, index)
    rows, patterns = cost(index, chosen), has_pattern(chosen)
    if rows <= AT_ONCE and not patterns:
        return select(index, chosen)
    found = index.answers.rows.get(chosen)
    if found is None:
        if patterns:
            found = await index.turn.run(partial(select, index, chosen))
        else:
            found = await calculate(partial(select, index, chosen), rows=rows)
        index.answers.rows.keep(chosen, found)
    return found


def parse_selection(
    arguments: Sequence[str], *, folded: bool, stripped: bool, queue: bool = False, takes_position: bool = False
) -> Selection:
    """Read ``FILTER [sort TAG] [window START:END] [position POS]`` from the end, as MPD does; raise AckError."""
    rest = list(arguments)
    position = pop_option(rest, "position") if takes_position else None
    window = pop_window(rest)
    sort = pop_option(rest, "sort")
    descending = sort is not None and sort.startswith("-")
    tag = None if sort is None else _sort_tag(sort.removeprefix("-"), queue=queue)
    return Selection(parse_filter(rest, folded=folded, stripped=stripped), tag, descending, window, position)


def parse_window(text: str) -> Range:
    """Return a range whose end is not before its start; raise AckError."""
    window = parse_range(text)
    if window.end is not None and window.end < window.start:
        raise AckError(AckCode.ARG, f"Malformed range: {text}")
    return window


def pop_window(arguments: list[str]) -> Range:
    """Take ``window START:END`` from the end; raise AckError."""
    text = pop_option(arguments, "window")
    return ALL if text is None else parse_window(text)


def parse_tag(text: str) -> str:
    """Return a tag's lower-case name; raise AckError."""
    tag = text.lower()
    if tag not in CANONICAL:
        raise AckError(AckCode.ARG, f"Unknown tag type: {text}")
    return tag


def pop_group(arguments: list[str]) -> str | None:
    """Take ``group TAG`` from the end and return the tag's lower-case name, or None; raise AckError."""
    text = pop_option(arguments, "group")
    return None if text is None else parse_tag(text)


def check_base(chosen: Filter, index: Index) -> None:
    """Raise AckError if a filter is bound to a directory that is not there; the first ``base`` counts, as in MPD."""
    base = _base(chosen)
    if base is None or base.path == "/":  # the second holds nothing, and MPD does not look for it
        return
    if base.path not in index.directories and index.row(base.path) is None:
        raise AckError(AckCode.NO_EXIST, "No such directory")


def _base(chosen: Filter) -> BaseFilter | None:
    match chosen:
        case BaseFilter():
            return chosen
        case AllFilter(inner):
            return next(filter(None, map(_base, inner)), None)
        case _:
            return None


def pop_option(arguments: list[str], name: str) -> str | None:
    """Take an option and its value from the end, and return the value; None if it is not there."""
    if len(arguments) < 2 or arguments[-2] != name:  # noqa: PLR2004 - the name and its value
        return None
    value = arguments.pop()
    arguments.pop()
    return value


def _sort_tag(text: str, *, queue: bool) -> str:
    tag = text.lower()
    if tag in CANONICAL or tag in _TIMES or (queue and tag == _PRIORITY):
        return tag
    raise AckError(AckCode.ARG, "Unknown sort tag")
