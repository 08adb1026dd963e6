"""tunesBag's answers about people: news, shares, recommendations, artists and messages.

Sources: seed 002 "Info Feed", "Social features" and "Various features and functions".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from http import HTTPStatus

from . import convert
from .tunesbag_values import NO_HEADERS, Fields, Headers, check


class Action(IntEnum):
    """Name what an item of the feed tells ("Info Feed")."""

    PLAYLIST_SAVED = 100
    RECOMMENDED = 500
    ITEM_COMMENTED = 600
    PLAYLIST_COMMENTED = 601
    RATED = 610
    FAN_OF_ARTIST = 620
    FRIENDS = 802
    FOLLOWS = 804


class ItemType(IntEnum):
    """Name what can be shared ("Item types")."""

    TRACK = 1
    PLAYLIST = 2
    ALBUM = 3
    ARTIST = 4
    USER = 5
    EVENT = 6


@dataclass(frozen=True, slots=True)
class News:
    """Describe one item of the feed; ``action`` is a number where it is none of :class:`Action`."""

    key: str | None
    action: Action | int | None
    content: str | None = None
    link: str | None = None
    created: datetime | None = None
    title: str | None = None
    object_key: str | None = None
    user_key: str | None = None
    user_name: str | None = None
    affected_user_key: str | None = None
    parameter: str | None = None
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """Describe what was shared with the user or by the user."""

    key: str | None
    type: ItemType | int | None
    direction: int | None = None
    title: str | None = None
    object_key: str | None = None
    user_key: str | None = None
    user_name: str | None = None
    comment: str | None = None
    unread: bool = False
    recipients: Sequence[str] = ()
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Describe one open recommendation of a track."""

    key: str | None
    item_key: str | None
    item_type: int | None = None
    user_key: str | None = None
    recipient: str | None = None
    recipient_type: int | None = None
    viewed: bool = False
    comment: str | None = None
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class FriendsPlaylist:
    """Describe a friend's playlist: ``duration`` is seconds, ``rating`` 0 to 100."""

    key: str | None
    name: str | None
    user_key: str | None = None
    user_name: str | None = None
    description: str | None = None
    tags: str | None = None
    artists: str | None = None
    track_names: str | None = None
    item_count: int | None = None
    duration: float | None = None
    rating: float | None = None
    hits: int | None = None
    private: bool = False
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class ArtistCount:
    """Tell how many new tracks there are of an artist."""

    artist: str | None
    count: int | None = None
    musicbrainz: str | None = None


@dataclass(frozen=True, slots=True)
class NewItems:
    """Hold what is new with friends."""

    playlists: Sequence[FriendsPlaylist]
    artists: Sequence[ArtistCount]


@dataclass(frozen=True, slots=True)
class Event:
    """Describe a concert."""

    key: str | None
    name: str | None
    artist: str | None = None
    description: str | None = None
    venue: str | None = None
    address: str | None = None
    zip_code: str | None = None
    city: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    source: str | None = None
    link: str | None = None
    start: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fan:
    """Describe one who likes an artist."""

    user_key: str | None
    user_name: str | None
    about: str | None = None
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class ArtistInfo:
    """Hold what is known round an artist."""

    events: Sequence[Event]
    playlists: Sequence[FriendsPlaylist]
    fans: Sequence[Fan]


@dataclass(frozen=True, slots=True)
class Message:
    """Describe one message."""

    key: str | None
    subject: str | None
    body: str | None
    sender_key: str | None = None
    sender: str | None = None
    recipient_key: str | None = None
    recipient: str | None = None
    object_key: str | None = None
    read: bool = False
    created: datetime | None = None


def parse_feed(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Sequence[News]:
    """Return the news of user/feed."""
    return _read(check(body, status, headers).get("items"), _news)


def parse_shared(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Sequence[Shared]:
    """Return what social/share/list holds."""
    return _read(check(body, status, headers).get("items"), _shared)


def parse_recommendations(
    body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS
) -> Sequence[Recommendation]:
    """Return what social/recommendations/list holds."""
    return _read(check(body, status, headers).get("items"), _recommendation)


def parse_new_items(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> NewItems:
    """Return what social/explore/newitems holds."""
    fields = check(body, status, headers)
    return NewItems(
        _read(fields.get("qnewupdatedplaylists"), _playlist), _read(fields.get("qnewtracksartists"), _artist_count)
    )


def parse_artist(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> ArtistInfo:
    """Return what social/artist/info holds."""
    fields = check(body, status, headers)
    return ArtistInfo(
        _read(fields.get("events"), _event),
        _read(fields.get("playlists"), _playlist),
        _read(fields.get("fans"), _fan),
    )


def parse_messages(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Sequence[Message]:
    """Return the messages of messages/get."""
    return _read(check(body, status, headers).get("data"), _message)


def _read[Object](value: object, convert_fields: Callable[[Fields], Object]) -> list[Object]:
    return [convert_fields(fields) for fields in convert.objects(value)]


def _named[Name: IntEnum](names: type[Name], value: object) -> Name | int | None:
    """Return the name of a number, or the number that has none."""
    number = convert.integer(value)
    return names(number) if number in set(names) else number


def _news(fields: Fields) -> News:
    return News(
        key=convert.text(fields.get("entrykey")),
        action=_named(Action, fields.get("action")),
        content=convert.text(fields.get("content")),
        link=convert.text(fields.get("content_link")),
        created=convert.named_moment(fields.get("dt_created")),
        title=convert.text(fields.get("objecttitle")),
        object_key=convert.text(fields.get("linked_objectkey")),
        user_key=convert.text(fields.get("createdbyuserkey")),
        user_name=convert.text(fields.get("createdbyusername")),
        affected_user_key=convert.text(fields.get("affecteduserkey")),
        parameter=convert.text(fields.get("param")),
        picture=convert.text(fields.get("pic")),
    )


def _shared(fields: Fields) -> Shared:
    recipients = (convert.text(fields.get("recipients")) or "").split(",")
    return Shared(
        key=convert.text(fields.get("entrykey")),
        type=_named(ItemType, fields.get("type")),
        direction=convert.integer(fields.get("direction")),
        title=convert.text(fields.get("objecttitle")),
        object_key=convert.text(fields.get("linked_objectkey")),
        user_key=convert.text(fields.get("createdbyuserkey")),
        user_name=convert.text(fields.get("createdbyusername")),
        comment=convert.text(fields.get("comment")),
        unread=convert.boolean(fields.get("unread")),
        recipients=[recipient.strip() for recipient in recipients if recipient.strip()],
        created=convert.named_moment(fields.get("dt_created")),
    )


def _recommendation(fields: Fields) -> Recommendation:
    return Recommendation(
        key=convert.text(fields.get("entrykey")),
        item_key=convert.text(fields.get("mediaitemkey")),
        item_type=convert.integer(fields.get("mediaitemtype")),
        user_key=convert.text(fields.get("userkey")),
        recipient=convert.text(fields.get("recipient")),
        recipient_type=convert.integer(fields.get("recipient_type")),
        viewed=convert.boolean(fields.get("viewed")),
        comment=convert.text(fields.get("comment")),
        created=convert.named_moment(fields.get("dt_created")),
    )


def _playlist(fields: Fields) -> FriendsPlaylist:
    return FriendsPlaylist(
        key=convert.text(fields.get("entrykey")),
        name=convert.text(fields.get("name")),
        user_key=convert.text(fields.get("userkey")),
        user_name=convert.text(fields.get("username")),
        description=convert.text(fields.get("description")),
        tags=convert.text(fields.get("tags")),
        artists=convert.text(fields.get("artists")),
        track_names=convert.text(fields.get("track_names")),
        item_count=convert.integer(fields.get("itemscount")),
        duration=convert.number(fields.get("totaltime")),
        rating=convert.number(fields.get("avgrating")),
        hits=convert.integer(fields.get("hits")),
        private=convert.boolean(fields.get("privacy_playlists")),
        created=convert.named_moment(fields.get("dt_created")),
    )


def _artist_count(fields: Fields) -> ArtistCount:
    return ArtistCount(
        convert.text(fields.get("artist")),
        convert.integer(fields.get("counter")),
        convert.text(fields.get("mb_artistid")),
    )


def _event(fields: Fields) -> Event:
    return Event(
        key=convert.text(fields.get("entrykey")),
        name=convert.text(fields.get("name")),
        artist=convert.text(fields.get("artist")),
        description=convert.text(fields.get("description")),
        venue=convert.text(fields.get("venue_name")),
        address=convert.text(fields.get("address")),
        zip_code=convert.text(fields.get("zipcode")),
        city=convert.text(fields.get("city")),
        country=convert.text(fields.get("country")),
        latitude=convert.number(fields.get("latitude")),
        longitude=convert.number(fields.get("longitude")),
        source=convert.text(fields.get("source")),
        link=convert.text(fields.get("url")),
        start=convert.named_moment(fields.get("start")),
    )


def _fan(fields: Fields) -> Fan:
    return Fan(
        convert.text(fields.get("userkey")),
        convert.text(fields.get("username")),
        convert.text(fields.get("about_me")),
        convert.text(fields.get("pic")),
    )


def _message(fields: Fields) -> Message:
    return Message(
        key=convert.text(fields.get("entrykey")),
        subject=convert.text(fields.get("subject")),
        body=convert.text(fields.get("body")),
        sender_key=convert.text(fields.get("userkey_from")),
        sender=convert.text(fields.get("username_from")),
        recipient_key=convert.text(fields.get("userkey_to")),
        recipient=convert.text(fields.get("username_to")),
        object_key=convert.text(fields.get("linked_objectkey")),
        read=convert.boolean(fields.get("status_read")),
        created=convert.named_moment(fields.get("dt_created")),
    )
