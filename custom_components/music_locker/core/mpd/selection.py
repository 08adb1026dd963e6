"""What follows a filter in a command: ``sort``, ``window`` and ``position``."""

from collections.abc import Sequence
from dataclasses import dataclass

from .arguments import ALL, Range, parse_range
from .errors import AckCode, AckError
from .filter_parser import parse_filter
from .filters import AllFilter, BaseFilter
from .index import Index, Rows
from .tags import CANONICAL

_TIMES = frozenset({"last-modified", "added"})
_PRIORITY = "prio"


@dataclass(frozen=True, slots=True)
class Selection:
    """Hold a command's filter, order and window; ``position`` is left as text, only the queue can read it."""

    filter: AllFilter
    sort: str | None = None
    descending: bool = False
    window: Range = ALL
    position: str | None = None

    def rows(self, index: Index) -> Rows:
        """Return the rows of the index that are meant; raise AckError for a directory that is not there."""
        check_bases(self.filter, index)
        rows = index.select(self.filter)
        if self.sort is not None:
            rows = index.sort(rows, self.sort, descending=self.descending)
        if self.window is ALL:
            return rows
        return rows[self.window.start : self.window.end]


def parse_selection(
    arguments: Sequence[str], *, folded: bool, queue: bool = False, takes_position: bool = False
) -> Selection:
    """Read ``FILTER [sort TAG] [window START:END] [position POS]`` from the end, as MPD does; raise AckError."""
    rest = list(arguments)
    position = _pop_option(rest, "position") if takes_position else None
    window_text = _pop_option(rest, "window")
    window = ALL if window_text is None else parse_window(window_text)
    sort = _pop_option(rest, "sort")
    descending = sort is not None and sort.startswith("-")
    tag = None if sort is None else _sort_tag(sort.removeprefix("-"), queue=queue)
    return Selection(parse_filter(rest, folded=folded, queue=queue), tag, descending, window, position)


def parse_window(text: str) -> Range:
    """Return a range whose end is not before its start; raise AckError."""
    window = parse_range(text)
    if window.end is not None and window.end < window.start:
        raise AckError(AckCode.ARG, f"Malformed range: {text}")
    return window


def parse_tag(text: str) -> str:
    """Return a tag's lower-case name; raise AckError."""
    tag = text.lower()
    if tag not in CANONICAL:
        raise AckError(AckCode.ARG, f"Unknown tag type: {text}")
    return tag


def pop_group(arguments: list[str]) -> str | None:
    """Take ``group TAG`` from the end and return the tag's lower-case name, or None; raise AckError."""
    text = _pop_option(arguments, "group")
    return None if text is None else parse_tag(text)


def check_bases(chosen: AllFilter, index: Index) -> None:
    """Raise AckError if a filter is bound to a directory that is not there."""
    for each in chosen.inner:
        if isinstance(each, BaseFilter) and each.path not in index.directories and index.row(each.path) is None:
            raise AckError(AckCode.NO_EXIST, "No such directory")


def _pop_option(arguments: list[str], name: str) -> str | None:
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
