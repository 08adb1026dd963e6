"""Columns: the values of one tag by row, each different value held once."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, compress
from typing import overload, override

from .forms import Form, in_form

type Rows = Sequence[int]
"""Songs by their places in MPD's order, in ascending order."""

_SONGS_OF_A_VALUE = 4  # at least, on the average, where the songs of each value are kept


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

    @cached_property
    def _rows(self) -> Sequence[Rows] | None:
        """The songs of each value, by its number; None where most values are one song's."""
        if len(self.values) * _SONGS_OF_A_VALUE > len(self.numbers):
            return None
        rows = [array("I") for _ in self.values]
        for row, number in enumerate(self.numbers):
            rows[number].append(row)
        return rows

    @cached_property
    def _number_of(self) -> dict[str, int]:
        return {value: number for number, value in enumerate(self.values)}

    def warm(self) -> None:
        """Make what :meth:`rows_of` looks up."""
        if self._rows is not None:
            _ = self._number_of

    def rows_of(self, value: str) -> Rows:
        """Return the songs that have this value."""
        try:
            number = self.values.index(value) if self._rows is None else self._number_of[value]
        except LookupError, ValueError:
            return ()
        return self.rows_of_numbers((number,))

    def rows_of_numbers(self, numbers: Sequence[int]) -> Rows:
        """Return the songs that have one of these values."""
        rows = self._rows
        if not numbers:
            return ()
        if rows is not None:
            return (
                rows[numbers[0]] if len(numbers) == 1 else sorted(chain.from_iterable([rows[each] for each in numbers]))
            )
        wanted = bytearray(len(self.values))
        for number in numbers:
            wanted[number] = 1
        return list(compress(range(len(self.numbers)), map(wanted.__getitem__, self.numbers)))
