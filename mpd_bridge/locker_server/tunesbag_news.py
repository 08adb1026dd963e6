"""user/feed: what users did, and who gets to know it."""

import time
from calendar import timegm
from collections.abc import Mapping, Sequence
from enum import IntEnum

from .accounts_file import account_key
from .catalog import Track
from .tunesbag_call import Call, Fields
from .tunesbag_errors import CallError, Fault, invalid
from .tunesbag_keys import key_of, new_key
from .tunesbag_method import Access, Method
from .tunesbag_site import Site, user_key
from .tunesbag_social_store import Event, SocialStore
from .tunesbag_writer import Date, Scalar, Table

_DAY = 86_400.0
_DEFAULT_AGE = 30  # days
_COLUMNS = (
    "action",
    "affecteduserkey",
    "content",
    "content_link",
    "createdbyuserkey",
    "createdbyusername",
    "dt_created",
    "entrykey",
    "linked_objectkey",
    "objecttitle",
    "param",
    "pic",
)


class Action(IntEnum):
    """What a user did."""

    SAVED_SET = 100
    RECOMMENDED = 500
    COMMENTED_ITEM = 600
    COMMENTED_SET = 601
    RATED = 610
    FAN = 620
    FRIEND = 802
    FOLLOWER = 804


class News:
    """Keep what users do, and answer user/feed."""

    def __init__(self, site: Site) -> None:
        """Keep what it works on."""
        self._site = site

    def methods(self) -> Mapping[str, Method]:
        """Return the method by its name."""
        order = ("requestkey", "errormessage", "error", "items")
        return {"user/feed": Method(self._feed, Access.PUBLIC_FEED, order=order, rss=True)}

    async def rated(self, user: str, item: str, track: Track, rating: int) -> None:
        """Tell that a user has rated a track."""
        title = titled(track)
        content = f"{self._name(user)} rated {title}"
        await self._tell(Action.RATED, user, item, title, content, link=f"/item/{item}", param=str(rating))

    async def commented(self, user: str, item: str, track: Track, comment: str) -> None:
        """Tell that a user has said something about a track."""
        title = titled(track)
        content = f"{self._name(user)} commented {title}: {comment}"
        await self._tell(Action.COMMENTED_ITEM, user, item, title, content, link=f"/item/{item}", param=comment)

    async def saved(self, user: str, playlist: str, title: str) -> None:
        """Tell that a user has made or changed a playlist."""
        content = f"{self._name(user)} updated the playlist {title}"
        await self._tell(Action.SAVED_SET, user, playlist, title, content, link=f"/playlist/{playlist}")

    async def recommended(self, user: str, to: str, item: str, title: str) -> None:
        """Tell that a user has recommended something to another one."""
        content = f"{self._name(user)} recommended {title} to {self._name(to)}"
        await self._tell(
            Action.RECOMMENDED, user, item, title, content, link=f"/item/{item}", param=self._name(to), affected=to
        )

    def _name(self, user: str) -> str:
        account = self._site.accounts.get(user)
        return account.user if account else user

    async def _tell(  # noqa: PLR0913 - a piece of news has that many particulars
        self,
        action: Action,
        user: str,
        key: str,
        title: str,
        content: str,
        *,
        link: str,
        param: str = "",
        affected: str = "",
    ) -> None:
        event = Event(new_key(), int(action), user, affected, content, link, key, title, param, self._site.clock())
        await self._site.remember(SocialStore.tell, event)

    async def _feed(self, call: Call) -> Fields:
        of = self._whose(call)
        openly = call.caller is None or call.user != of
        age = call.number("maxagedays", _DEFAULT_AGE)
        since = max(self._site.clock() - age * _DAY, _since(call.text("sincedate")))
        actions = {int(word) for word in call.words("actions") if word.isascii() and word.isdigit()}
        friends = self._site.book.friends(of)
        makers = {*friends, *({of} if "includeownitems" in call.options() else ())}
        told = [*await self._site.remember(SocialStore.news, since), *self._friendships(makers, since)]
        events = [
            event
            for event in sorted(told, key=lambda event: -event.created)
            if (event.user in makers or (event.affected == of and event.user != of))
            and (not actions or event.action in actions)
            and self._is_for(event, of, openly=openly)
        ]
        return {"items": self._table(call, events)}

    def _is_for(self, event: Event, of: str, *, openly: bool) -> bool:
        """Tell whether a user gets to know of an event; ``openly`` anybody may be reading his news.

        A recommendation is between two users, and the title of a playlist is for those who may see it.
        """
        match event.action:
            case Action.RECOMMENDED:
                return not openly and of in {event.user, event.affected}
            case Action.SAVED_SET:
                shown = self._site.book.friends(event.user).get(of)
                return not openly and (event.user == of or (shown is not None and shown.library))
            case _:
                return True

    def _whose(self, call: Call) -> str:
        name = call.text("feedusername")
        if not name:
            return call.user
        account = self._site.accounts.get(name)
        if account is None:
            raise CallError(Fault.NO_USER)
        return account_key(account.user)

    def _friendships(self, users: set[str], since: float) -> Sequence[Event]:
        return [
            Event(
                key_of("friend", user, friend.friend),
                int(Action.FRIEND),
                user,
                friend.friend,
                f"{self._name(user)} is now a friend of {self._name(friend.friend)}",
                f"/user/{self._name(friend.friend)}",
                user_key(friend.friend),
                self._name(friend.friend),
                "",
                friend.since,
            )
            for user in users
            for friend in self._site.book.friends(user).values()
            if friend.since >= since
        ]

    def _table(self, call: Call, events: Sequence[Event]) -> Table:
        base = self._site.base(call.request)
        rows: list[Sequence[Scalar]] = [
            (
                event.action,
                user_key(event.affected) if event.affected else "",
                event.content,
                base + event.link,
                user_key(event.user),
                self._name(event.user),
                Date(event.created),
                event.key,
                event.object_key,
                event.title,
                event.param,
                "",
            )
            for event in events
        ]
        return Table(_COLUMNS, rows)


def titled(track: Track) -> str:
    """Return a track as news call it: artist, title, year."""
    year = f" ({track.year})" if track.year else ""
    return f"{track.artist} - {track.title}{year}"


def _since(text: str) -> float:
    """Return the time of yyyymmddhhnnss, or of the first parts of it; raise CallError."""
    if not text:
        return 0.0
    if not (text.isascii() and text.isdigit() and len(text) in {8, 10, 12, 14}):
        raise invalid("sincedate")
    try:
        return float(timegm(time.strptime(text.ljust(14, "0"), "%Y%m%d%H%M%S")))
    except ValueError:
        raise invalid("sincedate") from None
