"""Which songs of an index a filter takes, by the shortest way, and in which order."""

from collections.abc import Callable, Iterable, Sequence
from heapq import merge
from itertools import batched

from ..models import Track
from .columns import Column, containing, union
from .filters import (
    ANY,
    FILE,
    AllFilter,
    BaseFilter,
    Filter,
    NotFilter,
    Operator,
    PriorityFilter,
    SinceFilter,
    Song,
    TagFilter,
    TextTest,
    compile_filter,
    is_since,
    leaves,
)
from .forms import Form
from .index import Index, Rows
from .patterns import Patience
from .tags import CANONICAL

__all__ = ["NOT_SORTED", "cost", "select", "sort_rows", "sort_values"]

_FEW = 256  # rows: fewer are tested one by one
_PIECE = 4096  # rows: what is done with so many at once holds the interpreter some milliseconds
_FORMING = 8  # rows that are looked at in the time in which one text is brought into another form
NOT_SORTED = "titlesort"
"""The tag for which another one stands in where songs are found, but not where they are sorted, as in MPD."""
_NUMERIC = frozenset({"track", "disc"})


def cost(index: Index, chosen: Filter) -> int:
    """Return how many rows are looked at, about, to answer a filter."""
    return sum(_looks(index, leaf) for leaf in leaves(chosen))


def _looks(index: Index, leaf: Filter) -> int:
    songs = len(index.tracks)
    match leaf:
        case TagFilter(tag, test) if tag == FILE:
            return songs if index.has_paths(test.text_form) else songs * _FORMING
        case TagFilter(tag, test) if tag == ANY:
            return songs + sum(_tests(column, test) for column in index.own_columns)
        case TagFilter(tag, test):
            return _tests(index.column(tag), test) + (songs if test.negated else 0)
        case BaseFilter():
            return 0
        case _:
            return songs


def _tests(column: Column, test: TextTest) -> int:
    made = column.has_haystack if test.operator is Operator.CONTAINS else column.has_texts
    return len(column.values) * (1 if made(test.text_form) else _FORMING)


def select(index: Index, chosen: Filter, patience: Patience | None = None) -> Rows:
    """Return the rows that a filter takes, in MPD's order; raise AckError if regular expressions take too long."""
    return _Selector(index, patience or Patience()).select(chosen)


class _Selector:
    def __init__(self, index: Index, patience: Patience) -> None:
        self._index = index
        self._patience = patience

    def select(self, chosen: Filter) -> Rows:  # noqa: PLR0911 - one answer for each kind of filter
        index = self._index
        match chosen:
            case AllFilter(inner):
                return self._all(inner)
            case NotFilter(inner):
                return self._others(self.select(inner))
            case TagFilter():
                rows = self._by_tag(chosen.tag, chosen.test)
                return self._others(rows) if chosen.test.negated else rows
            case BaseFilter(path):
                return _below(index, path)
            case SinceFilter(added, moment):
                return [row for row, track in enumerate(index.tracks) if is_since(track, moment, added=added)]
            case PriorityFilter(least):
                return () if least else range(len(index.tracks))
            case _:
                return ()

    def _all(self, inner: Iterable[Filter]) -> Rows:
        index = self._index
        first, *rest = sorted(inner, key=_rank)
        rows = self.select(first)
        for each in rest:
            if not rows:
                break
            if len(rows) <= _FEW:
                matches = compile_filter(each, self._patience)
                rows = [row for row in rows if matches(Song(index.tracks[row].uri, index.tracks[row]))]
            else:
                others = set(self.select(each))
                rows = [row for row in rows if row in others]
        return rows

    def _others(self, rows: Rows) -> Rows:
        taken = set(rows)
        return [row for row in range(len(self._index.tracks)) if row not in taken]

    def _by_tag(self, tag: str, test: TextTest) -> Rows:
        if tag == FILE:
            return self._by_file(test)
        if tag == ANY:
            return self._by_any(test)
        column = self._index.column(tag)
        if test.operator is Operator.EQUAL and test.form is Form.EXACT:
            return column.rows_of(test.value)
        return column.rows_of_numbers(self._values(column, test))

    def _by_file(self, test: TextTest) -> Rows:
        if test.operator is Operator.EQUAL and test.form is Form.EXACT:
            row = self._index.row(test.value)
            return () if row is None else (row,)
        paths = self._index.paths(test.text_form)
        return containing(paths, test.needle) if test.operator is Operator.CONTAINS else self._numbers(paths, test)

    def _by_any(self, test: TextTest) -> Rows:
        found: list[Rows] = []
        for column in self._index.own_columns:
            numbers = self._values(column, test)
            if not test.value:  # a song without a tag has no empty value of it here
                numbers = [number for number in numbers if column.values[number]]
            if numbers:
                found.append(column.rows_of_numbers(numbers))
        return found[0] if len(found) == 1 else union(found, len(self._index.tracks))

    def _values(self, column: Column, test: TextTest) -> list[int]:
        """Return the numbers of the values that pass a test."""
        if test.operator is Operator.CONTAINS:
            return column.containing(test.needle, test.text_form)
        return self._numbers(column.texts(test.text_form), test)

    def _numbers(self, texts: Sequence[str], test: TextTest) -> list[int]:
        """Return the places of the texts that pass a test; an empty one is that of songs without the tag."""
        matches = test.function(self._patience)
        missing = test.takes_missing
        return [number for number, text in enumerate(texts) if (matches(text) if text else missing)]


def _below(index: Index, path: str) -> Rows:
    directory = index.directories.get(path)
    if directory is not None:
        return range(directory.start, directory.end)
    row = index.row(path)
    return () if row is None else (row,)


def _rank(chosen: Filter) -> int:
    """Rank filters: the one that takes the fewest songs for the least work is asked first."""
    match chosen:
        case TagFilter(test=TextTest(operator=Operator.MATCHES)):
            return 5
        case TagFilter(tag, TextTest(Operator.EQUAL, _, _, False)) if tag != ANY:
            return 0
        case BaseFilter():
            return 1
        case TagFilter(tag, TextTest(negated=False)) if tag in CANONICAL:
            return 2
        case AllFilter() | TagFilter(test=TextTest(negated=False)):
            return 3
        case _:
            return 4


# Sorting


def sort_rows(index: Index, rows: Rows, tag: str, *, descending: bool) -> list[int]:
    """Return rows by a tag (lower-case name, or "last-modified", or "added"); equal ones stay in order."""
    key = _sort_key(index, tag)
    keys = [key(row) for row in rows]
    order = sort_values(set(keys))
    if descending:
        order.reverse()
    places = dict.fromkeys(order, 0)
    for each in keys:
        places[each] += 1
    begin = 0
    for each in order:
        places[each], begin = begin, begin + places[each]
    ordered = [0] * len(keys)
    for row, each in zip(rows, keys, strict=True):
        ordered[places[each]] = row
        places[each] += 1
    return ordered


def sort_values[T: (str, int, str | float)](values: Iterable[T]) -> list[T]:
    """Sort as ``sorted`` does, but let other threads run meanwhile, however many values there are."""
    pieces: list[list[T]] = [sorted(piece) for piece in batched(values, _PIECE, strict=False)]
    return pieces[0] if len(pieces) == 1 else list(merge(*pieces))


def _sort_key(index: Index, tag: str) -> Callable[[int], str | float]:
    if tag in {"last-modified", "added"}:
        tracks = index.tracks
        return lambda row: _seconds(tracks[row], added=tag == "added")
    if tag == NOT_SORTED:
        return lambda _row: ""
    column = index.column(tag)
    values, numbers = column.values, column.numbers
    if tag in _NUMERIC:
        return lambda row: int(values[numbers[row]] or 0)
    return lambda row: values[numbers[row]]


def _seconds(track: Track, *, added: bool) -> float:
    when = track.added if added else track.modified
    return 0.0 if when is None else when.timestamp()
