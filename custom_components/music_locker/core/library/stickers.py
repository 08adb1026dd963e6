"""Stickers: what clients write on songs, playlists, tags and filters, and what the library itself knows of songs.

A song that a client has not written on shows the service's rating, and how often and when it was played here.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Final, Protocol

from ..lockers.base import Capability
from ..models import TrackKey
from ..waiting import to_the_end
from .catalog import Catalog
from .history import Plays, forget_play
from .known_stickers import KNOWN, Facts
from .sticker_rows import (
    LAST_PLAYED,
    PLAY_COUNT,
    PLAYLIST,
    RATING,
    SONG,
    Row,
    Sticker,
    StickerKey,
    add_up,
    delete_stickers,
    put_sticker,
)

__all__ = ["LAST_PLAYED", "PLAYLIST", "PLAY_COUNT", "RATING", "SONG", "Ratings", "StickerKey", "Stickers"]

_RATINGS: Final = {str(rating): rating for rating in range(11)}
_SHORT: Final = 4  # letters: ratings and counts, which many songs have in common

type _Held = dict[str, dict[str, Sticker]]  # of one type and locker, by name, then by item


class Ratings(Protocol):
    """Rate tracks at their services; :class:`...outbox.Outbox` does."""

    def can(self, locker_id: str, capability: Capability) -> bool:
        """Tell whether a locker is open and its service can do this."""

    async def rate(self, key: TrackKey, rating: int) -> None:
        """Rate a track 0 (not rated) to 10; raise LockerError."""


class Stickers:
    """Show and change stickers. Reading never waits; a change is shown once it is written.

    ``ratings`` is what the ratings of songs go to; without it they are stickers like others.
    """

    def __init__(
        self,
        rows: Iterable[Row],
        facts: Callable[[], tuple[Catalog, dict[str, Plays]]],
        write: Callable[..., Awaitable[None]],
        read: Callable[..., Awaitable[str]],
        changed: Callable[[], None],
    ) -> None:
        """Begin with what the file holds.

        ``write`` and ``read`` run work with the file and raise LibraryError; ``changed`` is called after each change.
        """
        self.ratings: Ratings | None = None
        self._facts = facts
        self._write = write
        self._read = read
        self._changed = changed
        self._changing = asyncio.Lock()
        self._held: dict[tuple[str, str], _Held] = {}
        self._shared: dict[Sticker, Sticker] = {}
        for key, name, sticker in rows:
            self._show(key, name, sticker)

    # Reading

    def get(self, key: StickerKey, name: str) -> str | None:
        """Return the value of a sticker, None where there is none."""
        return _shown(self._own(key, name), self._known(key, name))

    def all(self, key: StickerKey) -> Mapping[str, str]:
        """Return the values of all stickers by name, in order."""
        names = {*self._held.get((key.type, key.locker), ()), *KNOWN}
        found = ((name, self.get(key, name)) for name in sorted(names))
        return {name: value for name, value in found if value is not None}

    def named(self, kind: str, name: str) -> Callable[[], Mapping[str, Mapping[str, str]]]:
        """Return what gives, in any thread, all values of a name that a type has: by locker and item."""
        facts = Facts(*self._facts())
        known = KNOWN.get(name) if kind == SONG else None
        own = {locker: held[name].copy() for (of, locker), held in self._held.items() if of == kind and name in held}
        every = {} if known is None else {locker: known.every(facts, locker) for locker in facts.catalog.contents}

        def values_of(locker: str) -> Mapping[str, str]:
            values = {item: str(value) for item, value in every.get(locker, ()) if value}
            for item, sticker in own.get(locker, {}).items():
                value = _shown(sticker, 0 if known is None else known.one(facts, TrackKey(locker, item)))
                if value is not None:
                    values[item] = value
            return values

        return lambda: {locker: values_of(locker) for locker in own.keys() | every.keys()}

    def names(self) -> list[tuple[str, str]]:
        """Return the names of all stickers, each with each type that has it, in order."""
        facts = Facts(*self._facts())
        found = {(name, kind) for (kind, _), held in self._held.items() for name in held}
        for name, known in KNOWN.items():
            if any(value for locker in facts.catalog.contents for _, value in known.every(facts, locker)):
                found.add((name, SONG))
        return sorted(found)

    def _known(self, key: StickerKey, name: str) -> int:
        known = KNOWN.get(name) if key.type == SONG else None
        return 0 if known is None else known.one(Facts(*self._facts()), TrackKey(key.locker, key.item))

    # Changing

    async def set(self, key: StickerKey, name: str, value: str) -> None:
        """Write a value; a song's rating goes to its service. Raise LockerError."""
        async with self._changing:
            await to_the_end(self._set(key, name, value))

    async def add(self, key: StickerKey, name: str, amount: str, *, sign: int = 1) -> None:
        """Add an amount to a value or subtract it; what has no value gets the amount. Raise LockerError."""
        async with self._changing:
            value = self.get(key, name)
            total = amount if value is None else await self._read(add_up, value, amount, sign)
            await to_the_end(self._set(key, name, total))

    async def delete(self, key: StickerKey, name: str | None = None) -> bool:
        """Take one sticker off, or all, and tell whether there was one; raise LockerError.

        What the library knows of the song under these names is forgotten with them.
        """
        async with self._changing:
            found = self.all(key).keys() if name is None else self.all(key).keys() & {name}
            names = [each for each in found if each != RATING or self._own(key, each) or self._rates(key)]
            if names:
                await to_the_end(self._delete(key, names))
        return bool(names)

    async def _set(self, key: StickerKey, name: str, value: str) -> None:
        sticker, rates = Sticker(value), False
        if key.type == SONG and name == RATING:
            known = self._known(key, RATING)
            rates = self._rates(key) and _RATINGS.get(value, known) != known
            sticker = Sticker(value, _RATINGS[value] if rates else known)
        await self._write(put_sticker, key, name, sticker)
        self._show(key, name, sticker)
        if rates:
            await self._rate(key, _RATINGS[value])  # which shows the sticker, and tells of it
        else:
            self._changed()

    async def _delete(self, key: StickerKey, names: Collection[str]) -> None:
        await self._write(delete_stickers, key, names)
        for name in names:
            self._hide(key, name)
        if key.type == SONG:
            forget_play(self._facts()[1].get(key.locker, {}), key.item, names)
        if RATING in names and self._rates(key) and self._known(key, RATING):
            await self._rate(key, 0)
        else:
            self._changed()

    def _rates(self, key: StickerKey) -> bool:
        return key.type == SONG and self.ratings is not None and self.ratings.can(key.locker, Capability.RATE)

    async def _rate(self, key: StickerKey, rating: int) -> None:
        assert self.ratings is not None  # noqa: S101 - whoever calls has asked it
        await self.ratings.rate(TrackKey(key.locker, key.item), rating)

    # What is held

    def played(self, key: TrackKey) -> None:
        """Show that a song was played now, and no longer when a client said that it was."""
        self._hide(StickerKey(SONG, *key), LAST_PLAYED)
        self._changed()

    def moved(self, key: StickerKey, item: str) -> None:
        """Show stickers on what is the same thing under another id."""
        for items in self._held.get((key.type, key.locker), {}).values():
            if (sticker := items.pop(key.item, None)) is not None:
                items[item] = sticker

    def drop_with(self, key: StickerKey, gone: asyncio.Future[None]) -> None:
        """Show nothing any more of what was written on something, unless it cannot go."""
        held = self._held.get((key.type, key.locker), {})
        dropped = {name: items[key.item] for name, items in held.items() if key.item in items}
        if not dropped:
            return
        for name in dropped:
            self._hide(key, name)
        self._changed()

        def put_back(_: object) -> None:
            if not gone.cancelled() and gone.exception() is not None:
                for name, sticker in dropped.items():
                    self._show(key, name, sticker)
                self._changed()

        gone.add_done_callback(put_back)

    def forget_locker(self, locker: str) -> None:
        """Show nothing any more of what was written on the songs and playlists of a locker."""
        self._held = {of: held for of, held in self._held.items() if of[1] != locker}

    def _own(self, key: StickerKey, name: str) -> Sticker | None:
        return self._held.get((key.type, key.locker), {}).get(name, {}).get(key.item)

    def _show(self, key: StickerKey, name: str, sticker: Sticker) -> None:
        held = self._held.setdefault((key.type, key.locker), {})
        if len(sticker.value) <= _SHORT:
            sticker = self._shared.setdefault(sticker, sticker)
        held.setdefault(name, {})[key.item] = sticker

    def _hide(self, key: StickerKey, name: str) -> None:
        held = self._held.get((key.type, key.locker), {})
        if name in held:
            held[name].pop(key.item, None)
            if not held[name]:
                del held[name]


def _shown(own: Sticker | None, known: int) -> str | None:
    """Return the value that counts: a client's own, unless it stands for a rating that is another one now."""
    if own is not None and own.rating in {None, known}:
        return own.value
    return str(known) if known else None
