"""Every song of the database, rendered once: in pieces of neighbours that answers send as they are."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from operator import is_
from typing import Self

from ..models import Track
from .songs import Mask, masked, render_song
from .tags import ALL_TAGS

_SONGS_OF_A_PIECE = 64


class SongBlocks:
    """Hold songs by row. A piece is some songs of one directory, and belongs to the very objects it was made of."""

    def __init__(self, tracks: Sequence[Track], directories: Iterable[range], before: Self | None = None) -> None:
        """Render the songs of all directories, in order; those pieces that ``before`` has are taken from there."""
        self._tracks = tracks
        self._pieces: list[bytes] = []
        self._firsts = array("I")  # the first row of each piece
        self._starts = array("I")  # where a song begins in its piece, by row
        known = {} if before is None else {id(before._tracks[first]): at for at, first in enumerate(before._firsts)}  # noqa: SLF001 - its own class
        for rows in directories:
            for first in range(rows.start, rows.stop, _SONGS_OF_A_PIECE):
                songs = range(first, min(first + _SONGS_OF_A_PIECE, rows.stop))
                at = known.get(id(tracks[first]))
                if before is None or at is None or not self._take(before, at, songs):
                    self._render(songs)
        self._starts.append(0)

    def _take(self, before: Self, at: int, songs: range) -> bool:
        """Take a piece from ``before`` if it has these songs."""
        old = before._rows_of(at)
        then, now = before._tracks[old.start : old.stop], self._tracks[songs.start : songs.stop]
        same = len(then) == len(now) and all(map(is_, then, now, strict=True))
        if same:
            self._firsts.append(songs.start)
            self._starts.extend(before._starts[old.start : old.stop])
            self._pieces.append(before._pieces[at])
        return same

    def _render(self, songs: range) -> None:
        self._firsts.append(songs.start)
        blocks = [render_song(track) for track in self._tracks[songs.start : songs.stop]]
        start = 0
        for block in blocks:
            self._starts.append(start)
            start += len(block)
        self._pieces.append(b"".join(blocks))

    def _rows_of(self, piece: int) -> range:
        following = piece + 1
        return range(
            self._firsts[piece], self._firsts[following] if following < len(self._firsts) else len(self._tracks)
        )

    def song(self, row: int) -> bytes:
        """Return one song with all its tags."""
        piece = self._pieces[bisect_right(self._firsts, row) - 1]
        return piece[self._starts[row] : self._starts[row + 1] or None]  # the next piece begins at 0 again

    def songs(self, rows: Iterable[int], mask: Mask) -> Iterator[bytes]:
        """Yield songs, with the tags of ``mask``."""
        for row in rows:
            yield self.song(row) if mask is ALL_TAGS else masked(self.song(row), mask)

    def span(self, rows: range, mask: Mask) -> Iterator[bytes]:
        """Yield the songs of whole directories, some at once, with the tags of ``mask``."""
        if rows:
            first, end = bisect_right(self._firsts, rows.start) - 1, bisect_right(self._firsts, rows.stop - 1)
            for piece in self._pieces[first:end]:
                yield piece if mask is ALL_TAGS else masked(piece, mask)
