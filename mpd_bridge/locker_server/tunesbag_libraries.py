"""Libraries: what of the locker is whose. An item is one track in one library, and has a key of its own there."""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from .catalog import Catalog, Track
from .tunesbag_errors import CallError, Fault
from .tunesbag_keys import key_of
from .tunesbag_site import Site
from .tunesbag_store import Store

DEFAULT = ""
"""The name of an account's default library."""


@dataclass(frozen=True, slots=True)
class Place:
    """One library: whose it is, its name, "" for the default one, and the folder that it is, None for everything."""

    user: str
    name: str
    folder: str | None

    @property
    def key(self) -> str:
        """Return its key."""
        return library_key(self.user, self.name)


def library_key(user: str, name: str = DEFAULT) -> str:
    """Return the key of a library, of the key of its owner's account and its name."""
    return key_of("library", user, name)


class Library:
    """What one library holds now."""

    def __init__(self, place: Place, tracks: Iterable[Track]) -> None:
        """Keep the tracks, in their order."""
        self.place = place
        self.key = place.key
        self.tracks: Sequence[Track] = tuple(tracks)

    @cached_property
    def by_key(self) -> Mapping[str, Track]:
        """Return the tracks by the keys of their items."""
        return {self._keys[track.id]: track for track in self.tracks}

    @cached_property
    def _keys(self) -> Mapping[int, str]:
        return {track.id: key_of("item", self.key, str(track.id)) for track in self.tracks}

    @cached_property
    def by_content(self) -> Mapping[str, Track]:
        """Return the tracks by the MD5 of their content: a file that is there twice has another number elsewhere."""
        return {track.key: track for track in self.tracks}

    @cached_property
    def sha1s(self) -> frozenset[str]:
        """Return the SHA-1 of every file, in upper case."""
        return frozenset(track.sha1.upper() for track in self.tracks)

    @cached_property
    def content(self) -> str:
        """Return what changes when anything in the library has changed."""
        digest = hashlib.sha256(self.key.encode())
        for track in self.tracks:
            told = (track.id, track.key, track.title, track.artist, track.album, track.number, track.year, track.genre)
            digest.update(repr(told).encode())
        return digest.hexdigest()

    @cached_property
    def size(self) -> int:
        """Return the bytes of all its files."""
        return sum(track.size for track in self.tracks)

    def item_key(self, track: Track) -> str:
        """Return the key of a track's item here."""
        return self._keys[track.id]

    def prepare(self) -> Library:
        """Work out what the loop should not wait for."""
        _ready = self.by_key, self.by_content, self.sha1s, self.content
        return self


@dataclass(frozen=True, slots=True)
class _Kept:
    catalog: Catalog
    until: float
    library: Library


class Libraries:
    """The libraries of all accounts, made anew when the locker has changed."""

    def __init__(self, site: Site) -> None:
        """Keep what they are made of."""
        self._site = site
        self._kept: dict[str, _Kept] = {}
        self._pending: dict[str, float] = {}

    def added(self, md5: str) -> None:
        """Note that an upload is listed soon, not yet."""
        if self._site.options.listed_after > 0:
            self._pending[md5] = self._site.clock() + self._site.options.listed_after

    def is_pending(self, md5: str) -> bool:
        """Tell whether an upload will be listed soon."""
        return self._pending.get(md5, 0.0) > self._site.clock()

    def of(self, user: str) -> Sequence[Place]:
        """Return the libraries of a user, the default one first."""
        account = self._site.accounts.get(user)
        more = [Place(user, name, folder) for name, folder in self._site.book.libraries(user).items()]
        return [Place(user, DEFAULT, account.folder if account else None), *more]

    def readable(self, user: str) -> Sequence[Place]:
        """Return the libraries that a user may load: his own, and those of friends who let him."""
        friends = [friend for friend in self._site.book.friends(user) if self.may_read(user, friend)]
        return [place for one in (user, *friends) for place in self.of(one)]

    def may_read(self, user: str, other: str) -> bool:
        """Tell whether a user may load the libraries of another one."""
        if user == other:
            return True
        shown = self._site.book.friends(other).get(user)
        return shown is not None and shown.library and other in self._site.accounts.names()

    async def load(self, place: Place) -> Library:
        """Return what a library holds now."""
        catalog = await self._site.locker.catalog(place.folder)
        now = self._site.clock()
        kept = self._kept.get(place.key)
        if kept and kept.catalog is catalog and now < kept.until:
            return kept.library
        pending = {md5: listed for md5, listed in self._pending.items() if listed > now}
        tracks = [track for track in catalog.tracks if track.key not in pending]
        library = await asyncio.to_thread(Library(place, tracks).prepare)
        self._kept[place.key] = _Kept(catalog, min(pending.values(), default=float("inf")), library)
        return library

    async def default(self, user: str) -> Library:
        """Return a user's default library."""
        return await self.load(self.of(user)[0])

    async def wanted(self, user: str, keys: Sequence[str]) -> Sequence[Library]:
        """Return the libraries with these keys, the default one for none; raise CallError for what may not be read."""
        if not keys:
            return [await self.default(user)]
        places = {place.key: place for place in self.readable(user)}
        if any(key not in places for key in keys):
            raise CallError(Fault.NOT_FOUND)
        return [await self.load(places[key]) for key in dict.fromkeys(keys)]

    async def own(self, user: str, key: str) -> Library:
        """Return one of a user's own libraries, the default one for no key; raise CallError."""
        places = {place.key: place for place in self.of(user)}
        if key and key not in places:
            raise CallError(Fault.NOT_FOUND)
        return await self.load(places[key] if key else self.of(user)[0])

    async def item(self, user: str, key: str) -> tuple[Library, Track]:
        """Return an item that a user may read; raise CallError."""
        for place in self.readable(user):
            library = await self.load(place)
            if (track := library.by_key.get(key.upper())) is not None:
                return library, track
        raise CallError(Fault.NOT_FOUND)

    async def locate(self, user: str, md5: str) -> tuple[Library, Track] | None:
        """Return a file in the first library that a user may read and that has it, None where there is none."""
        for place in self.readable(user):
            library = await self.load(place)
            if (track := library.by_content.get(md5)) is not None:
                return library, track
        return None

    async def last_key(self, user: str, libraries: Sequence[Library]) -> str:
        """Return the key that is another one when anything in the libraries, or the user's ratings, have changed."""
        revision = await self._site.remember(Store.revision, user)
        return key_of("lastkey", user, str(revision), *(library.content for library in libraries))
