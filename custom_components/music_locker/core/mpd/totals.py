"""How much a catalog holds, counted once for each version of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from ..library.catalog import Catalog
from ..models import Track
from .tags import own_value

__all__ = ["Totals", "totals_of"]


@dataclass(frozen=True, slots=True)
class Totals:
    """Count songs, different artists and albums, and all seconds of music."""

    songs: int
    artists: int
    albums: int
    seconds: int


_KNOWN: WeakKeyDictionary[Catalog, Totals] = WeakKeyDictionary()


async def totals_of(catalog: Catalog) -> Totals:
    """Return how much a catalog holds; the first call for it counts in a thread."""
    totals = _KNOWN.get(catalog)
    if totals is None:
        totals = _KNOWN[catalog] = await asyncio.to_thread(_count, catalog.tracks)
    return totals


def _count(tracks: Sequence[Track]) -> Totals:
    return Totals(
        len(tracks),
        len({own_value(track, "artist") for track in tracks} - {""}),
        len({own_value(track, "album") for track in tracks} - {""}),
        int(sum(track.duration or 0 for track in tracks)),
    )
