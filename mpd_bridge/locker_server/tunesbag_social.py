"""social/share, social/share/list, social/recommendations/list, social/explore/newitems, social/artist/info."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from .accounts_file import account_key
from .catalog import Track, folded
from .tunesbag_call import Call, Fields
from .tunesbag_errors import CallError, Fault, invalid
from .tunesbag_keys import new_key
from .tunesbag_libraries import Libraries, Library
from .tunesbag_method import Method
from .tunesbag_news import News, titled
from .tunesbag_pictures import profile_path
from .tunesbag_set import Set
from .tunesbag_sets import Sets
from .tunesbag_site import Site, user_key
from .tunesbag_social_store import Share, SocialStore
from .tunesbag_store import Mark, Store
from .tunesbag_users import find_user
from .tunesbag_writer import Date, Scalar, Table

_SHARED = (
    "entrykey",
    "type",
    "direction",
    "createdbyuserkey",
    "createdbyusername",
    "objecttitle",
    "linked_objectkey",
    "dt_created",
    "comment",
    "unread",
    "recipients",
)
_RECOMMENDED = (
    "dt_created",
    "entrykey",
    "mediaitemkey",
    "mediaitemtype",
    "recipient",
    "recipient_type",
    "userkey",
    "viewed",
    "comment",
)
_UPDATED = (
    "artists",
    "avgrating",
    "description",
    "dt_created",
    "entrykey",
    "hits",
    "itemscount",
    "name",
    "privacy_playlists",
    "tags",
    "totaltime",
    "track_names",
    "userkey",
    "username",
)
_PLAYLIST = ("description", "entrykey", "name", "tags", "userkey", "username")
_EVENT = ("address", "artist", "city", "country", "description", "entrykey", "name", "source", "start", "venue_name")
_NEW_ITEMS = ("errormessage", "error", "result", "requestkey", "qnewupdatedplaylists", "qnewtracksartists")
_FROM_USER, _TO_USER = 0, 1
_LONGEST = 1000
_MOST = 100
_NEW = 30 * 86_400.0
_FAN = 80  # the lowest rating that a fan gives


class ItemType(IntEnum):
    """What can be shared."""

    TRACK = 1
    PLAYLIST = 2
    ALBUM = 3
    ARTIST = 4
    USER = 5
    EVENT = 6


@dataclass(frozen=True, slots=True)
class _Shared:
    key: str
    title: str
    md5: str | None = None


class Social:
    """The methods by which users show each other music."""

    def __init__(self, site: Site, libraries: Libraries, sets: Sets, news: News) -> None:
        """Keep what the methods work on."""
        self._site = site
        self._libraries = libraries
        self._sets = sets
        self._news = news

    def methods(self) -> Mapping[str, Method]:
        """Return the methods by their names."""
        return {
            "social/share": Method(self._share, changes=True),
            "social/share/list": Method(self._list),
            "social/recommendations/list": Method(self._recommendations),
            "social/explore/newitems": Method(self._new_items, order=_NEW_ITEMS),
            "social/artist/info": Method(self._artist),
        }

    async def _share(self, call: Call) -> Fields:
        kind = _item_type(call.required("itemtype"))
        shared = await self._identified(call, kind)
        recipients = call.required("recipients")
        users = [user for word in call.words("recipients") if (user := self._recipient(word)) is not None]
        comment = call.short("comment", _LONGEST)
        key = new_key()
        share = Share(
            key, kind, shared.key, shared.md5, shared.title, call.user, recipients, comment, self._site.clock()
        )
        await self._site.remember(SocialStore.share, share, users)
        for user in users:
            await self._news.recommended(call.user, user, shared.key, shared.title)
        return {"entrykey": key}

    async def _identified(self, call: Call, kind: ItemType) -> _Shared:
        """Return what is shared; raise CallError for what the caller may not see."""
        identifier = call.required("identifier")
        match kind:
            case ItemType.TRACK:
                library, track = await self._libraries.item(call.user, identifier)
                return _Shared(library.item_key(track), titled(track), track.key)
            case ItemType.PLAYLIST:
                found = await self._sets.find(call.user, identifier)
                return _Shared(found.key, found.name)
            case ItemType.USER:
                account = self._site.accounts.get(identifier)
                user = account_key(account.user) if account else find_user(self._site, identifier)
                return _Shared(user_key(user), self._name(user))
            case _:
                return _Shared(identifier, identifier)

    def _recipient(self, word: str) -> str | None:
        """Return the account that a recipient is, None for an address that has none; raise CallError."""
        prefix, colon, name = word.partition(":")
        if not colon or prefix.lower() not in {"mailto", "user"} or not name.strip():
            raise invalid("recipients")
        account = self._site.accounts.get(name.strip())
        if account is None and prefix.lower() == "user":
            raise CallError(Fault.NO_USER)
        return account_key(account.user) if account else None

    def _name(self, user: str) -> str:
        account = self._site.accounts.get(user)
        return account.user if account else user

    async def _list(self, call: Call) -> Fields:
        types = {_item_type(word) for word in call.words("filter_type")}
        direction = call.number("direction") if call.text("direction") else None
        if direction not in {None, _FROM_USER, _TO_USER}:
            raise invalid("direction")
        rows = {
            (share.key, way): self._shared_row(share, way, unread=way == _TO_USER and not viewed)
            for share, recipient, viewed in await self._site.remember(SocialStore.shares, call.user)
            for way in _directions(share, recipient, call.user)
            if (not types or share.type in types) and direction in {None, way}
        }
        return {"items": Table(_SHARED, list(rows.values()))}

    def _shared_row(self, share: Share, direction: int, *, unread: bool) -> Sequence[Scalar]:
        return (
            share.key,
            share.type,
            direction,
            user_key(share.user),
            self._name(share.user),
            share.title,
            share.object_key,
            Date(share.created),
            share.comment,
            int(unread),
            share.recipients,
        )

    async def _recommendations(self, call: Call) -> Fields:
        """Return what was recommended to the user and he has not heard yet."""
        rows = [
            (
                Date(share.created),
                share.key,
                share.object_key,
                share.type - 1,  # the example has 0 for a track
                user_key(call.user),
                0,
                user_key(share.user),
                0,
                share.comment,
            )
            for share, recipient, viewed in await self._site.remember(SocialStore.shares, call.user)
            if recipient == call.user and not viewed
        ]
        return {"items": Table(_RECOMMENDED, rows)}

    async def _new_items(self, call: Call) -> Fields:
        since = self._site.clock() - _NEW
        sets: list[Set] = []
        artists: Counter[tuple[str, int]] = Counter()
        for friend in self._site.book.friends(call.user):
            readable = self._libraries.may_read(call.user, friend)
            theirs = await self._sets.of(friend)
            sets += [one for one in theirs if (readable or one.is_public) and _modified(one) >= since]
            if readable:
                library = await self._libraries.default(friend)
                artists.update(await asyncio.to_thread(_new_artists, library, since))
        marks = await self._site.remember(Store.marks, call.user)
        sets.sort(key=_modified, reverse=True)
        return {
            "qnewupdatedplaylists": Table(_UPDATED, [self._updated(one, marks) for one in sets[:_MOST]]),
            "qnewtracksartists": Table(
                ("artist", "counter", "mb_artistid"),
                [(artist, number, artist_id) for (artist, artist_id), number in artists.most_common(_MOST)],
            ),
        }

    def _updated(self, one: Set, marks: Mapping[int, Mark]) -> Sequence[Scalar]:
        tracks = one.playlist.tracks if one.playlist else ()
        ratings = [rating for track in tracks if (rating := marks.get(track.id, Mark()).rating)]
        return (
            ", ".join(dict.fromkeys(track.artist for track in tracks)),
            round(sum(ratings) / len(ratings)) if ratings else 0,
            one.said.description if one.said else "",
            Date(one.said.created if one.said else _modified(one)),
            one.key,
            0,
            len(tracks),
            one.name,
            0,
            one.said.tags if one.said else "",
            round(sum(track.length for track in tracks) / 1000),
            ", ".join(track.title for track in tracks),
            user_key(one.user),
            self._name(one.user),
        )

    async def _artist(self, call: Call) -> Fields:
        """Return what is known of an artist; there is no source of events here."""
        wanted = folded(call.required("artist"))
        tracks = (await self._site.locker.catalog()).tracks
        numbers = await asyncio.to_thread(_numbers_of, tracks, wanted)
        fans = await self._site.remember(SocialStore.fans, numbers, _FAN)
        near = {call.user, *self._site.book.friends(call.user)}
        sets = [
            one
            for one in await self._sets.visible(call.user)
            if one.playlist and any(folded(track.artist) == wanted for track in one.playlist.tracks)
        ]
        return {
            "events": Table(_EVENT, []),
            "playlists": Table(_PLAYLIST, [self._playlist(one) for one in sets]),
            "fans": Table(
                ("about_me", "pic", "userkey", "username"),
                [("", profile_path(self._name(fan)), user_key(fan), self._name(fan)) for fan in fans if fan in near],
            ),
        }

    def _playlist(self, one: Set) -> Sequence[Scalar]:
        description, tags = (one.said.description, one.said.tags) if one.said else ("", "")
        return (description, one.key, one.name, tags, user_key(one.user), self._name(one.user))


def _item_type(word: str) -> ItemType:
    try:
        return ItemType(int(word)) if word.isascii() and word.isdigit() else ItemType(0)
    except ValueError:
        raise invalid("itemtype") from None


def _directions(share: Share, recipient: str, user: str) -> Sequence[int]:
    """Return in which directions a recommendation went for a user: from him, to him, or both."""
    return [*([_FROM_USER] if share.user == user else []), *([_TO_USER] if recipient == user else [])]


def _modified(one: Set) -> float:
    return one.playlist.modified if one.playlist else 0.0


def _new_artists(library: Library, since: float) -> Counter[tuple[str, int]]:
    """Return how many tracks of each artist are new in a library."""
    return Counter((track.artist, track.artist_id) for track in library.tracks if track.added >= since)


def _numbers_of(tracks: Sequence[Track], wanted: str) -> Sequence[int]:
    return [track.id for track in tracks if folded(track.artist) == wanted]
