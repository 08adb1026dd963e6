"""What makes the database fast: per version of the catalog, songs rendered once and columns of values."""

import asyncio
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress, islice, repeat
from operator import contains
from typing import Self
from weakref import WeakKeyDictionary

from ..library import Catalog, Library
from ..models import Track
from .blocks import SongBlocks
from .columns import Column, Rows
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
)
from .listing import Directory, make_listing
from .songs import Mask
from .tags import ALL_TAGS, CANONICAL, FALLBACKS, fold, own_value

__all__ = ["Index", "Rows", "index_of"]

_FEW = 256  # rows: fewer are tested one by one
_NUMERIC = frozenset({"track", "disc"})


class Index:
    """Answer the database commands for one version of the catalog. A row is a song's place in MPD's order."""

    def __init__(self, catalog: Catalog, before: Self | None = None) -> None:
        """Read everything; takes some 10 microseconds per song, so call it in a thread.

        What has not changed since ``before`` is taken from there.
        """
        root = catalog.directory("")
        listing = make_listing(catalog.tracks, () if root is None else root.directories)
        self.catalog = catalog
        self.tracks = listing.tracks
        self.directories = listing.directories
        self._in_order = listing.in_order
        self._durations = array("d", (track.duration or 0.0 for track in self.tracks))
        self.blocks: SongBlocks = SongBlocks(
            self.tracks,
            (range(each.start, each.songs_end) for each in self._in_order),
            None if before is None else before.blocks,
        )
        self._columns = {tag: Column(own_value(track, tag) for track in self.tracks) for tag in ALL_TAGS}
        self._with_fallback: dict[str, Column] = {}
        self._files: Sequence[str] | None = None
        self._unique: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for column in self._columns.values():
            column.warm()
            column.texts(True, fold)  # noqa: FBT003 - the form's name

    # What answers are made of

    def heading(self, path: str) -> bytes:
        """Return the line of one directory."""
        return f"directory: {path}\n".encode(errors="replace")

    def songs(self, rows: Rows, mask: Mask) -> Iterator[bytes]:
        """Yield songs, with the tags of ``mask``."""
        return self.blocks.songs(rows, mask)

    def songs_in(self, directory: Directory, mask: Mask) -> Iterator[bytes]:
        """Yield the songs in a directory and not below it, some at once."""
        return self.blocks.span(range(directory.start, directory.songs_end), mask)

    def files(self, rows: Rows) -> Iterator[bytes]:
        """Yield songs as their ``file:`` lines."""
        return (f"file: {self.tracks[row].uri}\n".encode(errors="replace") for row in rows)

    def below(self, directory: Directory, mask: Mask) -> Iterator[bytes]:
        """Yield a directory and all below it, with the songs, some at once."""
        for each in self._all_below(directory):
            if each.path:
                yield self.heading(each.path)
            yield from self.songs_in(each, mask)

    def paths_below(self, directory: Directory) -> Iterator[bytes]:
        """Yield the paths of a directory and of all below it, some at once."""
        for each in self._all_below(directory):
            paths = [self.heading(each.path)] if each.path else []
            paths += self.files(range(each.start, each.songs_end))
            yield b"".join(paths)

    def _all_below(self, directory: Directory) -> Iterator[Directory]:
        return islice(self._in_order, directory.number, directory.last + 1)

    def row(self, uri: str) -> int | None:
        """Return the row of a song."""
        track = self.catalog.track_by_uri(uri)
        directory = self.directories.get(uri.rpartition("/")[0])
        if track is None or directory is None or not track.listed:
            return None
        return self.tracks.index(track, directory.start, directory.songs_end)

    def playtime(self, rows: Iterable[int]) -> int:
        """Return how many whole seconds these songs last."""
        durations = self._durations
        return int(sum([durations[row] for row in rows]))

    # Columns

    def column(self, tag: str) -> Column:
        """Return the values of a tag by row, from the tags that stand in for it where a song has not got it."""
        found = self._with_fallback.get(tag)
        if found is None:
            columns = [self._columns[each] for each in (tag, *FALLBACKS.get(tag, ())) if each in self._columns]
            if not columns:
                found = Column([""] * len(self.tracks))
            elif len(columns) == 1:
                found = columns[0]
            else:
                found = Column(next(filter(None, values), "") for values in zip(*columns, strict=True))
            self._with_fallback[tag] = found
        return found

    # Selecting

    def select(self, chosen: Filter) -> Rows:  # noqa: PLR0911 - one answer for each kind of filter
        """Return the rows that a filter takes, in MPD's order."""
        match chosen:
            case AllFilter(inner):
                return self._all(inner)
            case NotFilter(inner):
                return self._others(self.select(inner))
            case TagFilter():
                rows = self._by_tag(chosen.tag, chosen.test)
                return self._others(rows) if chosen.test.negated else rows
            case BaseFilter(path):
                return self._below(path)
            case SinceFilter(added, moment):
                return [row for row, track in enumerate(self.tracks) if is_since(track, moment, added=added)]
            case PriorityFilter(least):
                return () if least else range(len(self.tracks))
            case _:
                return ()

    def _all(self, inner: Iterable[Filter]) -> Rows:
        first, *rest = sorted(inner, key=_cost)
        rows = self.select(first)
        for each in rest:
            if not rows:
                break
            if len(rows) <= _FEW:
                matches = compile_filter(each)
                rows = [row for row in rows if matches(Song(self.tracks[row].uri, self.tracks[row]))]
            else:
                others = set(self.select(each))
                rows = [row for row in rows if row in others]
        return rows

    def _others(self, rows: Rows) -> Rows:
        taken = set(rows)
        return [row for row in range(len(self.tracks)) if row not in taken]

    def _below(self, path: str) -> Rows:
        directory = self.directories.get(path)
        if directory is not None:
            return range(directory.start, directory.end)
        row = self.row(path)
        return () if row is None else (row,)

    def _by_tag(self, tag: str, test: TextTest) -> Rows:
        if tag == FILE:
            return self._by_file(test)
        if tag == ANY:
            return self._by_any(test)
        return _matching(self.column(tag), test)

    def _by_file(self, test: TextTest) -> Rows:
        if test.operator is Operator.EQUAL and not test.folded:
            return self._below(test.value) if test.value not in self.directories else ()
        if not test.folded:
            return _numbers([track.uri for track in self.tracks], test)
        if self._files is None:
            self._files = [fold(track.uri) for track in self.tracks]
        return _numbers(self._files, test)

    def _by_any(self, test: TextTest) -> Rows:
        found: set[int] = set()
        for column in self._columns.values():
            found.update(_matching(column, test, without_empty=True))
        return sorted(found)

    # Sorting and counting

    def sort(self, rows: Rows, tag: str, *, descending: bool) -> list[int]:
        """Return rows by a tag (lower-case name, or "last-modified", or "added"); equal ones stay in order."""
        return sorted(rows, key=self._sort_key(tag), reverse=descending)

    def _sort_key(self, tag: str) -> Callable[[int], str | int | float]:
        if tag in {"last-modified", "added"}:
            tracks = self.tracks
            return lambda row: _seconds(tracks[row], added=tag == "added")
        column = self.column(tag)
        if tag in _NUMERIC:
            return lambda row: int(column[row] or 0)
        return column.__getitem__

    def unique(self, tags: tuple[str, ...], rows: Rows | None) -> list[tuple[str, ...]]:
        """Return the different combinations of values of these tags, sorted; of all songs where ``rows`` is None."""
        if rows is not None:
            columns = [self.column(tag) for tag in tags]
            return sorted({tuple([column[row] for column in columns]) for row in rows})
        found = self._unique.get(tags)
        if found is None:
            found = self._unique[tags] = sorted(set(zip(*[self.column(tag) for tag in tags], strict=True)))
        return found

    def groups(self, tag: str, rows: Rows | None) -> list[tuple[str, Sequence[int]]]:
        """Return the values of a tag, sorted, each with its rows; of all songs where ``rows`` is None."""
        column = self.column(tag)
        if rows is None:
            return column.groups()
        found: dict[str, list[int]] = {}
        for row in rows:
            found.setdefault(column[row], []).append(row)
        return sorted(found.items())


def _matching(column: Column, test: TextTest, *, without_empty: bool = False) -> Rows:
    if without_empty and not test.value:
        return [] if test.operator is Operator.EQUAL else [row for row, value in enumerate(column) if value]
    if test.operator is Operator.EQUAL and not test.folded:
        return column.rows_of(test.value)
    return column.rows_of_numbers(_numbers(column.texts(True, fold) if test.folded else column.values, test))  # noqa: FBT003 - the form's name


def _numbers(texts: Sequence[str], test: TextTest) -> Sequence[int]:
    """Return the places of the texts that pass a test."""
    if test.operator is Operator.CONTAINS:
        return list(compress(range(len(texts)), map(contains, texts, repeat(test.value))))
    matches = test.function()
    return [number for number, text in enumerate(texts) if matches(text)]


def _seconds(track: Track, *, added: bool) -> float:
    when = track.added if added else track.modified
    return 0.0 if when is None else when.timestamp()


def _cost(chosen: Filter) -> int:
    """Rank filters: the one that takes the fewest songs for the least work is asked first."""
    match chosen:
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


class _Kept:
    """Hold the newest index of one library, and what keeps two commands from building the same one."""

    def __init__(self) -> None:
        self.index: Index | None = None
        self.building = asyncio.Lock()

    def build(self, catalog: Catalog) -> None:
        self.index = Index(catalog, self.index)


_KEPT: WeakKeyDictionary[Library, _Kept] = WeakKeyDictionary()


async def index_of(library: Library) -> Index:
    """Return the index of the present catalog; it is made in a thread."""
    kept = _KEPT.get(library)
    if kept is None:
        kept = _KEPT[library] = _Kept()
    index = kept.index
    if index is None or index.catalog.songs is not library.catalog.songs:
        async with kept.building:
            catalog = library.catalog
            if kept.index is None or kept.index.catalog.songs is not catalog.songs:
                await asyncio.to_thread(kept.build, catalog)
            index = kept.index
    assert index is not None  # noqa: S101 - build has just made it
    return index
