"""items/get, items/library/lastkey, items/rate, item/log/playstatus."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .catalog import folded
from .tunesbag_call import Call, Fields
from .tunesbag_columns import COLUMNS, IMPORTANT, Item, items_of, table
from .tunesbag_errors import CallError, Fault, invalid
from .tunesbag_filter import matcher
from .tunesbag_libraries import Libraries, Library
from .tunesbag_method import Method
from .tunesbag_news import News
from .tunesbag_site import Site
from .tunesbag_social_store import SocialStore
from .tunesbag_store import Mark, Store
from .tunesbag_writer import Scalar, Table

_ORDERS: Mapping[str, Callable[[Item], Any]] = {
    "album": lambda item: (folded(item.track.album or ""), item.track.disc or 0, item.track.number or 0),
    "artist": lambda item: folded(item.track.artist),
    "rating": lambda item: -(item.mark.rating or 0),
    "name": lambda item: folded(item.track.title),
    "created": lambda item: -item.track.added,
    "recentlyplayed": lambda item: -(item.mark.lasttime or 0),
}
_RATINGS = frozenset({0, 20, 40, 60, 80, 100})
_LONGEST_COMMENT = 250


class Items:
    """The methods that read and judge items."""

    def __init__(self, site: Site, libraries: Libraries, news: News) -> None:
        """Keep what the methods work on."""
        self._site = site
        self._libraries = libraries
        self._news = news

    def methods(self) -> Mapping[str, Method]:
        """Return the methods by their names."""
        return {
            "items/get": Method(self._get),
            "items/library/lastkey": Method(self._last_key),
            "items/rate": Method(self._rate, changes=True),
            "item/log/playstatus": Method(self._log),
        }

    async def _get(self, call: Call) -> Fields:
        libraries = await self._libraries.wanted(call.user, call.keys("librarykeys"))
        marks = await self._site.remember(Store.marks, call.user)
        items, more = await asyncio.to_thread(_select, call, libraries, marks)
        return {"items": items, **more, "lastkey": await self._libraries.last_key(call.user, libraries)}

    async def _last_key(self, call: Call) -> Fields:
        libraries = await self._libraries.wanted(call.user, call.keys("librarykeys"))
        items = [
            {"lastkey": await self._libraries.last_key(call.user, [library]), "librarykey": library.key}
            for library in libraries
        ]
        return {"items": items}

    async def _rate(self, call: Call) -> Fields:
        if call.number("type") != 0:
            raise invalid("type")
        library, track = await self._libraries.item(call.user, call.required("entrykey"))
        comment = call.short("comment", _LONGEST_COMMENT)
        rating = call.number("rating") if call.text("rating") else None
        if rating is not None and rating not in _RATINGS:
            raise invalid("rating")
        if rating is None and not comment:
            raise invalid("rating")
        if rating is not None:
            await self._site.remember(Store.rate, call.user, track.id, rating)
            await self._news.rated(call.user, library.item_key(track), track, rating)
        if comment:
            await self._news.commented(call.user, library.item_key(track), track, comment)
        return {}

    async def _log(self, call: Call) -> Fields:
        _library, track = await self._libraries.item(call.user, call.required("entrykey"))
        call.required("seconds")
        seconds = call.number("seconds")
        if seconds == 0:
            return {}
        await self._site.remember(SocialStore.viewed, call.user, track.key)
        if await self._site.remember(Store.played, call.user, track.id, track.length / 1000, seconds=seconds):
            await self._site.locker.played(track)
        return {}


def _select(
    call: Call, libraries: Sequence[Library], marks: Mapping[int, Mark]
) -> tuple[Table, Mapping[str, Mapping[str, Table]]]:
    """Return the items that are asked for, and the table of what is unique in them; raise CallError."""
    items = _wanted(call, [item for library in libraries for item in items_of(library, library.tracks, marks)])
    names = _fields(call)
    if "uniquetable" not in call.options():
        return table(items, names), {}
    return _with_unique_values(items, names)


def _wanted(call: Call, items: list[Item]) -> list[Item]:
    if call.text("filter_entrykeys"):
        keys = set(call.keys("filter_entrykeys"))
        items = [item for item in items if item.library.item_key(item.track) in keys]
    if expression := call.text("filter_expression"):
        matches = matcher(expression)
        items = [item for item in items if matches(item)]
    if order := call.text("orderby").lower():
        if order not in _ORDERS:
            raise invalid("orderBy")
        items.sort(key=_ORDERS[order])
    most = call.number("maxrows")
    return items[:most] if most else items


def _fields(call: Call) -> Sequence[str]:
    """Return the fields that are asked for, in the order of their names; the key is always among them."""
    asked = {word.lower() for word in call.words("fields")}
    if not asked:
        return IMPORTANT
    if not asked & COLUMNS.keys():
        raise CallError(Fault.GENERAL, "The parameter fields names no field")
    return sorted((asked & COLUMNS.keys()) | {"entrykey"})


def _with_unique_values(items: Sequence[Item], names: Sequence[str]) -> tuple[Table, Mapping[str, Mapping[str, Table]]]:
    """Return items with numbers in place of genre and library, and the table of what the numbers stand for."""
    genres: dict[str, int] = {}
    libraries: dict[str, int] = {}
    artists = {item.track.artist: item.track.artist_id for item in items}
    albums = {(item.track.album_id, item.track.album): item.track.album_id for item in items if item.track.album}
    kept = [name for name in names if name not in {"genre", "librarykey"}]
    shown = sorted([*kept, "genreindex", "librarykeyindex"])
    rows: list[list[Scalar]] = []
    for item in items:
        values: dict[str, Scalar] = {name: COLUMNS[name](item) for name in kept}
        values["genreindex"] = genres.setdefault(item.track.genre or "", len(genres) + 1)
        values["librarykeyindex"] = libraries.setdefault(item.library.key, len(libraries) + 1)
        rows.append([values[name] for name in shown])
    unique = {
        "genres": Table(("genre", "idx"), list(genres.items())),
        "librarykeys": Table(("librarykey", "idx"), list(libraries.items())),
        "artists": Table(("artist", "mb_artistid"), list(artists.items())),
        "albums": Table(("album", "mb_albumid"), [(title, number) for (_id, title), number in albums.items()]),
    }
    return Table(shown, rows), {"uniquedata": unique}
