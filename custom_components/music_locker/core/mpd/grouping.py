"""The values of tags, and songs by value: what ``list`` and ``count`` show."""

from collections.abc import Iterable, Sequence
from itertools import batched

from .arguments import ALL, Range
from .columns import Column
from .index import Index, Rows
from .selecting import sort_values
from .tags import CANONICAL

__all__ = ["render_count", "render_counts", "render_values"]

_PIECE = 4096  # rows: what is done with so many at once holds the interpreter some milliseconds


def render_values(index: Index, tags: Sequence[str], rows: Rows | None, window: Range = ALL) -> bytes:
    """Return the different combinations of values of these tags, sorted, each outer value once before those below it.

    Of all songs where ``rows`` is None. ``window`` is a range of the outermost values.
    """
    columns = [index.column(tag) for tag in tags]
    combinations = sort_values(_combinations(columns, rows))
    return _nested([CANONICAL[tag] for tag in tags], _in_window(combinations, window))


def _combinations(columns: Sequence[Column], rows: Rows | None) -> Iterable[tuple[str, ...]]:
    if rows is None and len(columns) == 1:
        return zip(columns[0].values, strict=True)
    found: set[tuple[int, ...]] = set()
    for piece in batched(zip(*[_numbers(column, rows) for column in columns], strict=True), _PIECE, strict=False):
        found.update(piece)
    values = [column.values for column in columns]
    return (tuple([each[number] for each, number in zip(values, numbers, strict=True)]) for numbers in found)


def _numbers(column: Column, rows: Rows | None) -> Iterable[int]:
    return column.numbers if rows is None else map(column.numbers.__getitem__, rows)


def _in_window(combinations: list[tuple[str, ...]], window: Range) -> list[tuple[str, ...]]:
    if window is ALL:
        return combinations
    outermost = list(dict.fromkeys([combination[0] for combination in combinations]))
    chosen = set(outermost[window.start : window.end])
    return [combination for combination in combinations if combination[0] in chosen]


def _nested(names: Sequence[str], combinations: Sequence[tuple[str, ...]]) -> bytes:
    if len(names) == 1:
        return "".join([f"{names[0]}: {value}\n" for (value,) in combinations]).encode(errors="replace")
    lines: list[str] = []
    last: tuple[str, ...] = ()
    for combination in combinations:
        depth = 0
        while depth < len(last) - 1 and last[depth] == combination[depth]:
            depth += 1
        lines += [f"{name}: {value}\n" for name, value in zip(names[depth:], combination[depth:], strict=True)]
        last = combination
    return "".join(lines).encode(errors="replace")


def render_counts(index: Index, tag: str, rows: Rows | None) -> bytes:
    """Return the values of a tag, sorted, each with its number of songs and how long they last; see render_values."""
    column, durations = index.column(tag), index.durations
    counts, seconds = [0] * len(column.values), [0.0] * len(column.values)
    for row in range(len(durations)) if rows is None else rows:
        number = column.numbers[row]
        counts[number] += 1
        seconds[number] += durations[row]
    name = CANONICAL[tag]
    known = {value: number for number, value in enumerate(column.values) if counts[number]}
    lines = [
        f"{name}: {value}\nsongs: {counts[known[value]]}\nplaytime: {int(seconds[known[value]])}\n"
        for value in sort_values(known)
    ]
    return "".join(lines).encode(errors="replace")


def render_count(index: Index, rows: Rows) -> bytes:
    """Return how many songs these are and how many whole seconds they last."""
    return b"songs: %d\nplaytime: %d\n" % (len(rows), index.playtime(rows))
