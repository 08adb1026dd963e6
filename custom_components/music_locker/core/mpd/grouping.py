"""The values of tags, and songs by value: what ``list`` and ``count`` show."""

from collections.abc import Iterable, Sequence

from .arguments import ALL, Range
from .columns import Column
from .index import Index, Rows
from .selecting import sort_values
from .tags import CANONICAL

__all__ = ["render_count", "render_counts", "render_values"]


def render_values(index: Index, tags: Sequence[str], rows: Rows | None, window: Range = ALL) -> bytes:
    """Return the different combinations of values of these tags, sorted, each outer value once before those below it.

    Of all songs where ``rows`` is None. ``window`` is a range of the outermost values.
    """
    columns = [index.column(tag) for tag in tags]
    orders = [_order(column, rows) for column in columns]
    orders[0] = orders[0][window.start : window.end]
    values = [[column.values[number] for number in order] for column, order in zip(columns, orders, strict=True)]
    names = [CANONICAL[tag] for tag in tags]
    if len(tags) == 1:
        lines = [f"{names[0]}: {value}\n" for value in values[0]]
    else:
        lines = _nested(names, values, _combinations(columns, orders, rows))
    return "".join(lines).encode(errors="replace")


def _order(column: Column, rows: Rows | None) -> list[int]:
    """Return the numbers of the values of these songs, the values being sorted."""
    numbers = range(len(column.values)) if rows is None else set(_numbers(column, rows))
    known = {column.values[number]: number for number in numbers}
    return [known[value] for value in sort_values(known)]


def _combinations(columns: Sequence[Column], orders: Sequence[Sequence[int]], rows: Rows | None) -> list[int]:
    """Return the combinations that songs have, sorted, each as one number: the places of the values, outermost first.

    A tuple for each would keep the garbage collection busy, and everybody waiting.
    """
    places = {number: place for place, number in enumerate(orders[0])}
    found = [places.get(number, -1) for number in _numbers(columns[0], rows)]
    for column, order in zip(columns[1:], orders[1:], strict=True):
        places, count = {number: place for place, number in enumerate(order)}, len(order)
        found = [
            -1 if outer < 0 else outer * count + places[number]
            for outer, number in zip(found, _numbers(column, rows), strict=True)
        ]
    return sort_values(set(found) - {-1})


def _numbers(column: Column, rows: Rows | None) -> Iterable[int]:
    return column.numbers if rows is None else map(column.numbers.__getitem__, rows)


def _nested(names: Sequence[str], values: Sequence[Sequence[str]], combinations: Iterable[int]) -> list[str]:
    lines: list[str] = []
    last = [-1] * len(names)
    for combination in combinations:
        rest, depth = combination, len(names) - 1
        changed: list[str] = []
        while depth >= 0 and last[depth] != rest:  # a number holds those of all outer ones
            last[depth] = rest
            outer, place = divmod(rest, len(values[depth])) if depth else (0, rest)
            changed.append(f"{names[depth]}: {values[depth][place]}\n")
            rest, depth = outer, depth - 1
        lines += reversed(changed)
    return lines


def render_counts(index: Index, tag: str, rows: Rows | None) -> bytes:
    """Return the values of a tag, sorted, each with its number of songs and how long they last; see render_values."""
    column, durations = index.column(tag), index.durations
    order = _order(column, rows)
    counts, seconds = dict.fromkeys(order, 0), dict.fromkeys(order, 0.0)
    for row in range(len(durations)) if rows is None else rows:
        number = column.numbers[row]
        counts[number] += 1
        seconds[number] += durations[row]
    name = CANONICAL[tag]
    lines = [
        f"{name}: {column.values[number]}\nsongs: {counts[number]}\nplaytime: {int(seconds[number])}\n"
        for number in order
    ]
    return "".join(lines).encode(errors="replace")


def render_count(index: Index, rows: Rows) -> bytes:
    """Return how many songs these are and how many whole seconds they last."""
    return b"songs: %d\nplaytime: %d\n" % (len(rows), index.playtime(rows))
