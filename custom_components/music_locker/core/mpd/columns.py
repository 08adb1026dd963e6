"""Columns: the values of one tag by row, each different value held once."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, chain, compress, repeat
from operator import contains
from typing import overload, override

from .forms import Form, in_form
from .haystack import Haystack

type Rows = Sequence[int]
"""Songs by their places in MPD's order, in ascending order."""

_SONGS_OF_A_VALUE = 4  # at least, on the average, where a value is looked up
_FEW = 8  # of so many songs one: so few are quickly sorted
_PIECE = 4096  # texts: what is done with so many at once holds the interpreter some milliseconds


class Column(Sequence[str]):
    """Hold the values of all songs for one tag; it reads as a sequence of texts by row.

    ``values`` holds the different ones, ``numbers`` by row where in it a song's value is.
    """

    def __init__(self, values: Iterable[str]) -> None:
        """Number the different values; takes some 100 nanoseconds per song."""
        numbers: dict[str, int] = {}
        self.numbers = array("I", (numbers.setdefault(value, len(numbers)) for value in values))
        self.values: Sequence[str] = list(numbers)
        self._texts: dict[Form, Sequence[str]] = {}
        self._haystacks: dict[Form, Haystack] = {}

    @override
    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    @override
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [self.values[number] for number in self.numbers[index]]
        return self.values[self.numbers[index]]

    @override
    def __iter__(self) -> Iterator[str]:
        return map(self.values.__getitem__, self.numbers)

    def texts(self, form: Form) -> Sequence[str]:
        """Return the values in the form in which they are compared."""
        if form is Form.EXACT:
            return self.values
        found = self._texts.get(form)
        if found is None:
            found = [value if value == (text := in_form(value, form)) else text for value in self.values]
            self._texts[form] = found
        return found

    def has_texts(self, form: Form) -> bool:
        """Tell whether :meth:`texts` answers at once."""
        return form is Form.EXACT or form in self._texts

    def containing(self, needle: str, form: Form) -> list[int]:
        """Return the numbers of the values that contain a text, both being in that form."""
        places = self.haystack(form).containing(needle)
        return containing(self.texts(form), needle) if places is None else places

    def haystack(self, form: Form) -> Haystack:
        """Return the values for :meth:`containing`."""
        found = self._haystacks.get(form)
        if found is None:
            found = self._haystacks[form] = Haystack(self.texts(form))
        return found

    def has_haystack(self, form: Form) -> bool:
        """Tell whether :meth:`containing` answers at once."""
        return form in self._haystacks

    @cached_property
    def _by_value(self) -> tuple[Rows, Sequence[int]]:
        """All songs, those of a value together, and by the value's number where they begin."""
        if len(self.values) == 1:  # such a tag is mostly one that no song has
            return range(len(self.numbers)), (0, len(self.numbers))
        counts = array("I", [0]) * len(self.values)
        for number in self.numbers:
            counts[number] += 1
        begins = array("I", accumulate(counts, initial=0))
        places, rows = begins[:], array("I", self.numbers)
        for row, number in enumerate(self.numbers):
            place = places[number]
            rows[place] = row
            places[number] = place + 1
        return rows, begins

    @cached_property
    def _number_of(self) -> dict[str, int] | None:
        """The numbers of values; None where most values are one song's, and it would be large."""
        if len(self.values) * _SONGS_OF_A_VALUE > len(self.numbers):
            return None
        return {value: number for number, value in enumerate(self.values)}

    def warm(self) -> None:
        """Make what the usual questions look up, case being of no significance in searches."""
        _ = self._by_value, self._number_of
        self.haystack(Form.FOLDED)

    def rows_of(self, value: str) -> Rows:
        """Return the songs that have this value."""
        try:
            number = self.values.index(value) if self._number_of is None else self._number_of[value]
        except LookupError, ValueError:
            return ()
        return self.rows_of_numbers((number,))

    def rows_of_numbers(self, numbers: Sequence[int]) -> Rows:
        """Return the songs that have one of these values."""
        rows, begins = self._by_value
        if len(numbers) == 1:
            return rows[begins[numbers[0]] : begins[numbers[0] + 1]]
        if sum([begins[number + 1] - begins[number] for number in numbers]) * _FEW < len(rows):
            return sorted(chain.from_iterable([rows[begins[number] : begins[number + 1]] for number in numbers]))
        wanted = bytearray(len(self.values))
        for number in numbers:
            wanted[number] = 1
        return list(compress(range(len(rows)), map(wanted.__getitem__, self.numbers)))


def union(some: Sequence[Rows], songs: int) -> Rows:
    """Return the songs that are in any of some selections from so many songs."""
    if sum(map(len, some)) * _FEW < songs:
        return sorted(set(chain.from_iterable(some)))
    wanted = bytearray(songs)
    for row in chain.from_iterable(some):
        wanted[row] = 1
    return list(compress(range(songs), wanted))


def containing(texts: Sequence[str], needle: str) -> list[int]:
    """Return the places of the texts that contain another one."""
    places: list[int] = []
    for start in range(0, len(texts), _PIECE):
        piece = texts[start : start + _PIECE]
        places += compress(range(start, start + len(piece)), map(contains, piece, repeat(needle)))
    return places
