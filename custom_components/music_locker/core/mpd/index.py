"""What makes the database fast: per version of the catalog, columns, exact matches and rendered songs."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from itertools import batched, chain, compress, repeat
from operator import contains
from weakref import WeakKeyDictionary

from ..library import Catalog, Library
from ..models import Track
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
from .songs import Mask, song_blocks
from .tags import ALL_TAGS, CANONICAL, FALLBACKS, SHOWN, clean, fold, own_value

_FEW = 256  # rows: fewer are tested one by one
_MOST_MASKS = 4
_PIECE = 1000  # lines
_BETWEEN = "\0"  # between the values of one song; no value and no argument holds it
_NUMERIC = frozenset({"track", "disc"})
_MANY_VALUES = "title"  # nearly each song has another one: they are looked through

type Rows = Sequence[int]


class Index:
    """Answer the database commands for one version of the catalog. A row is a song's place in MPD's order."""

    def __init__(self, catalog: Catalog) -> None:
        """Read everything; takes some 10 microseconds per song, so call it in a thread."""
        root = catalog.directory("")
        listing = make_listing(catalog.tracks, () if root is None else root.directories)
        self.catalog = catalog
        self.tracks = listing.tracks
        self.directories = listing.directories
        self.uris = [clean(track.uri) for track in self.tracks]
        self.durations = [track.duration or 0.0 for track in self.tracks]
        self._entries = listing.entries
        self._numbers = list(range(len(self.tracks)))  # one object for each row
        self._rows_by_uri = dict(zip(self.uris, self._numbers, strict=True))
        self._headings = {path: f"directory: {clean(path)}\n".encode(errors="replace") for path in self.directories}
        self._columns: dict[str, list[str]] = {
            tag: [own_value(track, tag) for track in self.tracks] for tag in ALL_TAGS
        }
        self._with_fallback: dict[str, list[str]] = {}
        self._texts: dict[tuple[str, bool], list[str]] = {}
        self._groups: dict[tuple[str, bool], dict[str, list[int]]] = {}
        self._blocks: OrderedDict[Mask, list[bytes]] = OrderedDict()
        self._unique: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        self._files: list[bytes] | None = None
        self._listed: tuple[str, list[bytes]] = "\0", []
        self._warm()

    def _warm(self) -> None:
        for tag in ALL_TAGS - {_MANY_VALUES}:
            self._groups_of(tag, folded=False)
        self._text(ANY, folded=True)
        self._text(_MANY_VALUES, folded=True)
        song_blocks(ALL_TAGS).keep_only(self.tracks)
        self.blocks(ALL_TAGS)

    # What answers are made of

    def has_blocks(self, mask: Mask) -> bool:
        """Tell whether :meth:`blocks` answers at once."""
        return mask & ALL_TAGS in self._blocks

    def blocks(self, mask: Mask) -> list[bytes]:
        """Return every song as its lines, by row; the first time takes some microseconds per song."""
        shown = mask & ALL_TAGS
        found = self._blocks.get(shown)
        if found is None:
            block = song_blocks(shown).block
            found = [block(track) for track in self.tracks]
            self._blocks[shown] = found
            if len(self._blocks) > _MOST_MASKS:
                self._blocks.popitem(last=False)
        return found

    def heading(self, path: str) -> bytes:
        """Return the line of one directory."""
        return self._headings[path]

    def files(self) -> list[bytes]:
        """Return every song as its ``file:`` line, by row."""
        if self._files is None:
            self._files = [f"file: {uri}\n".encode(errors="replace") for uri in self.uris]
        return self._files

    def recursive(self, directory: Directory, songs: Sequence[bytes]) -> list[bytes]:
        """Return a directory and all below it; ``songs`` are blocks by row."""
        entries = self._entries[directory.entry : directory.entries_end]
        headings = self._headings
        return [headings[entry] if isinstance(entry, str) else songs[entry] for entry in entries]

    def listed(self, directory: Directory) -> list[bytes]:
        """Return the paths of a directory and of all below it in large pieces; the last answer is kept."""
        path, pieces = self._listed
        if path != directory.path:
            parts = self.recursive(directory, self.files())
            pieces = [b"".join(piece) for piece in batched(parts, _PIECE, strict=False)]
            self._listed = directory.path, pieces
        return pieces

    def row(self, uri: str) -> int | None:
        """Return the row of a song."""
        return self._rows_by_uri.get(uri)

    def playtime(self, rows: Iterable[int]) -> int:
        """Return how many whole seconds these songs last."""
        durations = self.durations
        return int(sum([durations[row] for row in rows]))

    # Columns

    def column(self, tag: str) -> Sequence[str]:
        """Return the values of a tag by row, from the tags that stand in for it where a song has not got it."""
        found = self._with_fallback.get(tag)
        if found is None:
            found = self._columns.get(tag) or [""] * len(self.tracks)
            for other in FALLBACKS.get(tag, ()):
                if other in self._columns:
                    found = [own or instead for own, instead in zip(found, self._columns[other], strict=True)]
            self._with_fallback[tag] = found
        return found

    def _text(self, name: str, *, folded: bool) -> Sequence[str]:
        """Return what a filter compares, by row; of ``any`` all values, each between separators."""
        if name not in {ANY, FILE} and not folded:
            return self.column(name)
        found = self._texts.get((name, folded))
        if found is None:
            if name == FILE:
                texts: Sequence[str] = self.uris
            elif name == ANY:
                texts = list(map(_joined, zip(*[self._columns[each.lower()] for each in SHOWN], strict=True)))
            else:
                texts = self.column(name)
            found = self._texts[name, folded] = _folded(texts) if folded else list(texts)
        return found

    def _groups_of(self, tag: str, *, folded: bool) -> dict[str, list[int]]:
        found = self._groups.get((tag, folded))
        if found is None:
            found = {}
            for row, value in zip(self._numbers, self._text(tag, folded=folded), strict=True):
                if value in found:
                    found[value].append(row)
                else:
                    found[value] = [row]
            self._groups[tag, folded] = found
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
                rows = [row for row in rows if matches(Song(self.uris[row], self.tracks[row]))]
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
        row = self._rows_by_uri.get(path)
        return () if row is None else (row,)

    def _by_tag(self, tag: str, test: TextTest) -> Rows:
        if tag == FILE:
            return self._by_file(test)
        if tag == ANY:
            return self._by_any(test)
        if test.operator is Operator.EQUAL:
            return self._groups_of(tag, folded=test.folded).get(test.value, ())
        if tag == _MANY_VALUES:
            return _matching(self._text(tag, folded=test.folded), test)
        matches = test.function()
        groups = self._groups_of(tag, folded=test.folded)
        return sorted(chain.from_iterable([rows for value, rows in groups.items() if matches(value)]))

    def _by_file(self, test: TextTest) -> Rows:
        if test.operator is Operator.EQUAL and not test.folded:
            row = self._rows_by_uri.get(test.value)
            return () if row is None else (row,)
        return _matching(self._text(FILE, folded=test.folded), test)

    def _by_any(self, test: TextTest) -> Rows:
        texts = self._text(ANY, folded=test.folded)
        if _BETWEEN in test.value:
            return ()
        if not test.value:
            return [] if test.operator is Operator.EQUAL else [row for row, text in enumerate(texts) if text]
        before = "" if test.operator is Operator.CONTAINS else _BETWEEN
        after = _BETWEEN if test.operator is Operator.EQUAL else ""
        return _containing(texts, before + test.value + after)

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
        if rows is None:
            return sorted(self._groups_of(tag, folded=False).items())
        column = self.column(tag)
        found: dict[str, list[int]] = {}
        for row in rows:
            found.setdefault(column[row], []).append(row)
        return sorted(found.items())


def _joined(values: Iterable[str]) -> str:
    text = _BETWEEN.join(filter(None, values))
    return f"{_BETWEEN}{text}{_BETWEEN}" if text else ""


def _folded(texts: Sequence[str]) -> list[str]:
    known = {text: fold(text) for text in set(texts)}
    return [known[text] for text in texts]


def _matching(texts: Sequence[str], test: TextTest) -> Rows:
    if test.operator is Operator.CONTAINS:
        return _containing(texts, test.value)
    matches = test.function()
    return [row for row, text in enumerate(texts) if matches(text)]


def _containing(texts: Sequence[str], value: str) -> Rows:
    return list(compress(range(len(texts)), map(contains, texts, repeat(value))))


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
        self.index = Index(catalog)


_KEPT: WeakKeyDictionary[Library, _Kept] = WeakKeyDictionary()


async def index_of(library: Library, mask: Mask = ALL_TAGS) -> Index:
    """Return the index of the present catalog, with the songs for ``mask`` rendered.

    What is missing is made in a thread.
    """
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
    if not index.has_blocks(mask):
        await asyncio.to_thread(index.blocks, mask)
    return index
