"""sets/get, sets/get/allaccessible, sets/search, sets/set/getitems, set/save, set/additems."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from .catalog import Playlist, folded
from .tunesbag_call import Call, Fields
from .tunesbag_columns import OF_SET, Item, items_of, table
from .tunesbag_dynamic import DYNAMIC, Dynamic
from .tunesbag_errors import CallError, Fault, invalid
from .tunesbag_keys import key_of
from .tunesbag_libraries import Libraries
from .tunesbag_method import Method
from .tunesbag_news import News
from .tunesbag_set import Set, set_table
from .tunesbag_site import Site
from .tunesbag_social_store import SocialStore
from .tunesbag_store import Particulars, Store
from .tunesbag_writer import Table

_LONGEST_NAME = 200
_LONGEST_TEXT = 2000
_PLAYLIST = 2  # of the types of items that are shared
_LIST = ("requestkey", "errormessage", "error", "items")
_ITEMS = ("requestkey", "errormessage", "error", "result", "set", "items")


class Sets:
    """The methods about playlists: files of the locker, and what tunesBag knows of them beyond that."""

    def __init__(self, site: Site, libraries: Libraries, dynamic: Dynamic, news: News) -> None:
        """Keep what the methods work on."""
        self._site = site
        self._libraries = libraries
        self._dynamic = dynamic
        self._news = news

    def methods(self) -> Mapping[str, Method]:
        """Return the methods by their names."""
        return {
            "sets/get": Method(self._get, order=_LIST),
            "sets/get/allaccessible": Method(self._get_all, order=_LIST),
            "sets/search": Method(self._search, order=_LIST),
            "sets/set/getitems": Method(self._get_items, order=_ITEMS),
            "set/save": Method(self._save, changes=True),
            "set/additems": Method(self._add_items, changes=True),
        }

    async def count(self, user: str) -> int:
        """Return how many playlists a user has."""
        return len(await self.of(user))

    async def of(self, user: str) -> Sequence[Set]:
        """Return a user's playlists: those he made, and those that lie in his libraries and nobody made here."""
        catalog = await self._site.locker.catalog()
        known = await self._site.remember(Store.particulars)
        folders = [f"{place.folder}/" if place.folder else "" for place in self._libraries.of(user)]
        return [
            Set(_set_key(user, playlist), user, playlist, said)
            for playlist in catalog.playlists
            if _is_his(user, playlist, said := known.get(playlist.id), folders)
        ]

    async def accessible(self, user: str) -> Sequence[Set]:
        """Return a user's playlists, those of friends who show their library, and the public ones of other friends."""
        found = list(await self.of(user))
        for friend in self._site.book.friends(user):
            everything = self._libraries.may_read(user, friend)
            found += [one for one in await self.of(friend) if everything or one.is_public]
        return found

    async def visible(self, user: str) -> Sequence[Set]:
        """Return every playlist that a user may see: the accessible ones and whatever is public."""
        found = {one.key: one for one in await self.accessible(user)}
        for other in self._site.accounts.names():
            found |= {one.key: one for one in await self.of(other) if one.is_public and one.key not in found}
        return list(found.values())

    async def _get(self, call: Call) -> Fields:
        options = call.options()
        sets = list(await self.of(call.user))
        if "ownonly" not in options:
            sets += await self._shared_with(call.user)
        if "notemporary" in options:
            sets = [one for one in sets if not one.is_temporary]
        dynamic = [] if "nodynamic" in options else self._dynamic.sets(call.user)
        return {"items": set_table([*dynamic, *sets])}

    async def _shared_with(self, user: str) -> Sequence[Set]:
        shares = await self._site.remember(SocialStore.shares, user)
        keys = {
            share.object_key for share, recipient, _viewed in shares if share.type == _PLAYLIST and recipient == user
        }
        return [one for one in await self.visible(user) if one.key in keys and one.user != user] if keys else []

    async def _get_all(self, call: Call) -> Fields:
        return {"items": set_table(await self.accessible(call.user))}

    async def _search(self, call: Call) -> Fields:
        wanted = folded(call.required("search"))
        visible = await self.visible(call.user)
        return {"items": set_table(await asyncio.to_thread(lambda: [one for one in visible if one.matches(wanted)]))}

    async def _get_items(self, call: Call) -> Fields:
        key = call.required("setkey")
        options = call.options()
        if key.lower() in DYNAMIC:
            found = self._dynamic.set(call.user, key.lower())
            items = await self._dynamic.items(call.user, key.lower())
        else:
            found = await self.find(call.user, key)
            items = await self.items(call.user, found)
        if "ownitemsonly" in options:
            items = [item for item in items if item.library.place.user == call.user]
        keys = ",".join(item.library.item_key(item.track) for item in items)
        name = "plist" if "actionscriptfix" in options else "set"
        answer: dict[str, Table] = {name: set_table([found], [keys])}
        if "simplelist" not in options:
            answer["items"] = await asyncio.to_thread(table, items, OF_SET)
        return answer

    async def find(self, user: str, key: str) -> Set:
        """Return a playlist that a user may see; raise CallError."""
        for one in await self.visible(user):
            if one.key == key.upper():
                return one
        raise CallError(Fault.NOT_FOUND)

    async def items(self, user: str, one: Set) -> list[Item]:
        """Return the items of a playlist, each in the first library that has it and that its owner may read."""
        marks = await self._site.remember(Store.marks, user)
        found: list[Item] = []
        for track in one.playlist.tracks if one.playlist else ():
            if (home := await self._libraries.locate(one.user, track.key)) is not None:
                found += items_of(home[0], [home[1]], marks)
        return found

    async def _own(self, call: Call) -> Set:
        key = call.required("setkey")
        if key.lower() in DYNAMIC:
            raise CallError(Fault.DENIED)
        found = await self.find(call.user, key)
        if found.user != call.user:
            raise CallError(Fault.DENIED)
        return found

    async def _save(self, call: Call) -> Fields:
        name = call.short("name", _LONGEST_NAME)
        if call.number("public") not in {0, 1}:
            raise invalid("public")
        async with self._site.editing:
            if call.text("setkey"):
                found = await self._own(call)
                playlist = found.playlist
                if playlist is not None and name and name != playlist.title:
                    await self._site.locker.write_playlist(playlist, name, playlist.entries)
            else:
                found = Set("", call.user, None, None)
                playlist = await self._site.locker.add_playlist(call.required("name"), (), call.account.folder)
            if playlist is None:
                raise CallError(Fault.DENIED)
            await self._site.remember(Store.describe, playlist.id, self._said(call, found))
        key = _set_key(call.user, playlist)
        await self._news.saved(call.user, key, name or playlist.title)
        return {"entrykey": key}

    def _said(self, call: Call, found: Set) -> Particulars:
        before = found.said or Particulars(call.user, "", "", public=False, temporary=False, created=self._site.clock())
        given = call.form.parameters
        if "description" in given:
            before = replace(before, description=call.short("description", _LONGEST_TEXT))
        if "tags" in given:
            before = replace(before, tags=call.short("tags", _LONGEST_TEXT))
        if "public" in given:
            before = replace(before, public=bool(call.number("public")))
        if "istemporary" in given:
            before = replace(before, temporary=bool(call.number("istemporary")))
        return before

    async def _add_items(self, call: Call) -> Fields:
        async with self._site.editing:
            found = await self._own(call)
            playlist = found.playlist
            if playlist is None:
                raise CallError(Fault.DENIED)
            tracks = [(await self._libraries.item(call.user, key))[1] for key in call.keys("itemkeys")]
            clear = "clearplaylist" in call.options()
            if not tracks and not clear:
                raise invalid("itemkeys")
            before = () if clear else playlist.entries
            entries = [*before, *(track.path for track in tracks)]
            await self._site.locker.write_playlist(playlist, playlist.title, entries)
        await self._news.saved(call.user, found.key, playlist.title)
        return {}


def _set_key(user: str, playlist: Playlist) -> str:
    return key_of("set", user, str(playlist.id))


def _is_his(user: str, playlist: Playlist, said: Particulars | None, folders: Iterable[str]) -> bool:
    if said is not None:
        return said.user == user
    return any(playlist.path.startswith(folder) for folder in folders)
