"""What makes the database fast: per version of the catalog, songs rendered once and columns of values."""

import asyncio
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, repeat
from typing import Self
from weakref import WeakKeyDictionary

from ..library import Catalog, Library
from .answers import Answers
from .blocks import SongBlocks
from .calculating import Turn
from .columns import Column, Rows
from .forms import Form, in_form
from .listing import Directory, make_listing
from .songs import Mask
from .tags import ALL_TAGS, CANONICAL, FALLBACKS, own_value

__all__ = ["Index", "Rows", "index_of"]


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
        self.durations = array("d", (track.duration or 0.0 for track in self.tracks))
        self.blocks: SongBlocks = SongBlocks(
            self.tracks,
            (range(each.start, each.songs_end) for each in self._in_order),
            None if before is None else before.blocks,
        )
        self._columns = {tag: Column(own_value(track, tag) for track in self.tracks) for tag in ALL_TAGS}
        self._with_fallback: dict[tuple[str, ...], Column] = {}
        self._paths: dict[Form, Sequence[str]] = {}
        self.answers = Answers()
        self.turn = Turn()
        for column in map(self.column, CANONICAL):
            column.warm()

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
        return int(sum([self.durations[row] for row in rows]))

    # Columns

    def column(self, tag: str) -> Column:
        """Return the values of a tag by row, from the tags that stand in for it where a song has not got it."""
        names = tuple([each for each in (tag, *FALLBACKS.get(tag, ())) if each in self._columns])
        if len(names) == 1:
            return self._columns[names[0]]
        found = self._with_fallback.get(names)
        if found is None:
            columns = [self._columns[each] for each in names]
            values = (next(filter(None, values), "") for values in zip(*columns, strict=True))
            found = self._with_fallback[names] = Column(values if names else repeat("", len(self.tracks)))
        return found

    @property
    def own_columns(self) -> Iterable[Column]:
        """Return the columns of all tags that songs have, without what stands in for a value."""
        return self._columns.values()

    def paths(self, form: Form) -> Sequence[str]:
        """Return the paths of all songs, by row, in the form in which they are compared."""
        if form is Form.EXACT:
            return [track.uri for track in self.tracks]
        found = self._paths.get(form)
        if found is None:
            found = self._paths[form] = [in_form(track.uri, form) for track in self.tracks]
        return found

    def has_paths(self, form: Form) -> bool:
        """Tell whether :meth:`paths` answers at once."""
        return form is Form.EXACT or form in self._paths


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
