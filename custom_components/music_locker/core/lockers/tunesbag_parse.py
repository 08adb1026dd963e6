"""tunesBag's answers as its own objects: users, friends, items, sets, and what leads to a file.

Every ``parse_*`` takes the body of an answer in XML or JSON, and where it matters the HTTP status and headers, and
raises errors of core/errors.py only. Fields that are missing or unknown do no harm ("still in beta", seed 002); an
object without its key is left out, because nothing could be asked about it.

Sources: seed 002 "Available default fields" and the examples of each function.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from ..errors import LockerError, ServiceError
from . import convert
from .tunesbag_errors import ALREADY_THERE
from .tunesbag_values import NO_HEADERS, Fields, Headers, check

KEY = re.compile(r"[0-9A-Za-z-]{1,64}")
"""Keys are ColdFusion's UUIDs, 8-4-4-16, and words for the playlists that the service makes itself."""

_SEPARATORS = re.compile(r"[\s,]+")


@dataclass(frozen=True, slots=True)
class User:
    """Describe a user: ``library`` is the key of the default library; quotas are bytes; ``picture`` is a path."""

    key: str | None
    library: str | None
    first_name: str | None = None
    surname: str | None = None
    language: str | None = None
    picture: str | None = None
    homepage: str | None = None
    city: str | None = None
    country: str | None = None
    female: bool | None = None
    online: bool = False
    item_count: int | None = None
    quota_used: int | None = None
    quota: int | None = None


@dataclass(frozen=True, slots=True)
class Friend:
    """Describe a friend or follower; ``readable`` tells whether the friend's library may be loaded."""

    user: str
    name: str
    library: str | None
    readable: bool
    reads_ours: bool
    key: str | None = None
    first_name: str | None = None
    surname: str | None = None
    city: str | None = None
    about: str | None = None
    preferences: str | None = None
    taste: str | None = None
    facebook: str | None = None
    picture: str | None = None
    online: bool = False
    item_count: int | None = None
    playlist_count: int | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """Describe a track: ``duration`` seconds, ``size`` bytes, ``rating`` 0 to 100 in steps of 20, hashes SHA-1."""

    key: str
    name: str | None = None
    artist: str | None = None
    album: str | None = None
    genre: str | None = None
    library: str | None = None
    user: str | None = None
    year: int | None = None
    number: int | None = None
    duration: float | None = None
    size: int | None = None
    rating: int | None = None
    times: int | None = None
    heard: datetime | None = None
    created: datetime | None = None
    comments: str | None = None
    source: str | None = None
    hash: str | None = None
    original_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """Hold the items of one answer; ``last_key`` differs when something has changed."""

    items: Sequence[Item]
    last_key: str | None = None


@dataclass(frozen=True, slots=True)
class Set:
    """Describe a playlist; ``items`` are the keys of its items in their order, where the answer has them."""

    key: str
    name: str
    description: str = ""
    tags: Sequence[str] = ()
    public: bool = False
    dynamic: bool = False
    temporary: bool = False
    criteria: str | None = None
    has_image: bool = False
    library: str | None = None
    user: str | None = None
    user_name: str | None = None
    item_count: int | None = None
    weight: int | None = None
    created: datetime | None = None
    modified: datetime | None = None
    items: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class SetItems:
    """Hold a playlist and its items; ``set`` is None where the answer does not describe it."""

    set: Set | None
    items: Sequence[Item]

    def keys(self) -> Sequence[str]:
        """Return the keys in the playlist's order, which is that of its list of keys and not of the items."""
        return self.set.items if self.set is not None and self.set.items else [item.key for item in self.items]


@dataclass(frozen=True, slots=True)
class Delivery:
    """Hold where a file is to be had for a short while (a secret); ``length`` is bytes, None where it is made then."""

    location: str = field(repr=False)
    mime_type: str | None = None
    length: int | None = None


def parse_nothing(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> None:
    """Read an answer that tells only whether it went well."""
    check(body, status, headers)


def parse_key(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> str:
    """Return the key of what was made (set/save, social/share)."""
    key = convert.text(check(body, status, headers).get("entrykey"))
    if key is None:
        raise ServiceError("The service does not tell the key of what it has made")
    return key


def parse_user_key(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> str | None:
    """Return the user's key that user/checkaccess of later servers answers, or None."""
    return convert.text(check(body, status, headers).get("userkey"))


def parse_user(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> User:
    """Return what user/info tells of a user."""
    fields = check(body, status, headers)
    if not fields.keys() & {"entrykey", "librarykey"}:
        raise ServiceError("The service's answer has no user")
    sex = convert.integer(fields.get("sex"))
    return User(
        key=convert.text(fields.get("entrykey")),
        library=_key(fields.get("librarykey")),
        first_name=convert.text(fields.get("firstname")),
        surname=convert.text(fields.get("surname")),
        language=convert.text(fields.get("lang_id")),
        picture=convert.text(fields.get("pic")),
        homepage=convert.text(fields.get("homepage")),
        city=convert.text(fields.get("city")),
        country=convert.text(fields.get("countryisocode")),
        female=None if sex is None else sex == 1,
        online=convert.boolean(fields.get("online")),
        item_count=convert.integer(fields.get("libraryitemscount")),
        quota_used=convert.integer(fields.get("quota_currentsize")),
        quota=convert.integer(fields.get("quota_maxsize")),
    )


def parse_friends(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Sequence[Friend]:
    """Return the friends and followers of user/friends."""
    return _read(check(body, status, headers).get("items"), _friend)


def parse_items(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Items:
    """Return the items of items/get, with or without ``options=uniquetable``."""
    fields = check(body, status, headers)
    unique = convert.mapping(fields.get("uniquedata"))
    genres = _indexed(unique.get("genres"), "genre")
    libraries = _indexed(unique.get("librarykeys"), "librarykey")

    def full(item: Fields) -> Item | None:
        if not unique:
            return _item(item)
        genre = genres.get(convert.integer(item.get("genreindex")))
        library = libraries.get(convert.integer(item.get("librarykeyindex")))
        return _item({"genre": genre, "librarykey": library, **item})

    return Items(_read(fields.get("items"), full), convert.text(fields.get("lastkey")))


def parse_last_keys(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Mapping[str, str]:
    """Return the last key of each library of items/library/lastkey.

    The text puts the items below ``libraries``, the example does not.
    """
    fields = check(body, status, headers)
    listed = fields.get("items", convert.mapping(fields.get("libraries")).get("items"))
    found = ((_key(item.get("librarykey")), convert.text(item.get("lastkey"))) for item in convert.objects(listed))
    return {library: last_key for library, last_key in found if library is not None and last_key is not None}


def parse_sets(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Sequence[Set]:
    """Return the playlists of sets/get, sets/get/allaccessible or sets/search."""
    return _read(check(body, status, headers).get("items"), _set)


def parse_set_items(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> SetItems:
    """Return the playlist and the items of sets/set/getitems."""
    fields = check(body, status, headers)
    described = _read(fields.get("set", fields.get("plist")), _set)
    return SetItems(described[0] if described else None, _read(fields.get("items"), _item))


def parse_delivery(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Delivery:
    """Return where items/get/deliver says that the file is.

    ``&`` is ``&amp;`` in XML, which the parser decodes; what was encoded twice is decoded once more ("Important
    notes"). With FORWARDTOPLAYURL the answer is a redirect, and its header tells the place.
    """
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST and (forward := headers.get("Location")):
        return Delivery(forward.strip())
    fields = check(body, status, headers)
    location = convert.text(fields.get("location"))
    if location is None:
        raise ServiceError("The service does not tell where the file is")
    return Delivery(
        location.replace("&amp;", "&"),
        convert.text(fields.get("contenttype")),
        convert.positive(fields.get("contentlength")),
    )


def parse_hash_states(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Mapping[str, int]:
    """Return the status code of each hash value, in upper case, of items/checkhashvalues."""
    listed = convert.objects(check(body, status, headers).get("items"))
    found = ((convert.text(item.get("hashvalue")), convert.integer(item.get("statuscode"))) for item in listed)
    return {value.upper(): code for value, code in found if value is not None and code is not None}


def parse_added(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> bool:
    """Return whether items/add has added a file: False where the user's library has it already.

    Later servers answer the address that wants the file, which the document does not know: that is no success.
    """
    try:
        fields = check(body, status, headers)
    except LockerError as error:
        if error.code in ALREADY_THERE:
            return False
        raise
    if convert.text(fields.get("location")) is not None:
        raise ServiceError(
            "The service wants the file in a way of its own", request_id=convert.text(fields.get("requestkey"))
        )
    return True


def parse_covers(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> frozenset[str]:
    """Return the lines "artist|album" of misc/check/albumcovers: the albums that have a cover."""
    lines = (convert.text(check(body, status, headers).get("data")) or "").splitlines()
    return frozenset(line.strip() for line in lines if "|" in line)


def split_keys(value: object) -> Sequence[str]:
    """Return the keys of a list of keys: commas with line ends and tabs round them (example of getitems)."""
    found = _SEPARATORS.split(convert.text(value) or "")
    return tuple(key for key in found if KEY.fullmatch(key))


def _key(value: object) -> str | None:
    key = convert.text(value)
    return key if key is not None and KEY.fullmatch(key) else None


def _read[Object](value: object, convert_fields: Callable[[Fields], Object | None]) -> list[Object]:
    converted = (convert_fields(fields) for fields in convert.objects(value))
    return [one for one in converted if one is not None]


def _indexed(value: object, name: str) -> Mapping[int | None, object]:
    """Return the values of one of uniquetable's tables by their numbers."""
    return {convert.integer(row.get("idx")): row.get(name) for row in convert.objects(value)}


def _friend(fields: Fields) -> Friend | None:
    user = _key(fields.get("otheruserkey"))
    if user is None:
        return None
    return Friend(
        user=user,
        name=convert.text(fields.get("displayname")) or user,
        library=_key(fields.get("librarykey")),
        readable=convert.boolean(fields.get("accesslibrary")),
        reads_ours=convert.boolean(fields.get("accesslibrary_seen_from_friend")),
        key=_key(fields.get("entrykey")),
        first_name=convert.text(fields.get("firstname")),
        surname=convert.text(fields.get("surname")),
        city=convert.text(fields.get("city")),
        about=convert.text(fields.get("about_me")),
        preferences=convert.text(fields.get("music_preferences")),
        taste=convert.text(fields.get("taste")),
        facebook=convert.text(fields.get("fb_uid")),
        picture=convert.text(fields.get("photourl")),
        online=convert.boolean(fields.get("online")),
        item_count=convert.integer(fields.get("libraryitemscount")),
        playlist_count=convert.integer(fields.get("playlistscount")),
        since=convert.named_moment(fields.get("dt_created")),
    )


def _item(fields: Fields) -> Item | None:
    key = _key(fields.get("entrykey"))
    if key is None:
        return None
    seconds = convert.number(fields.get("totaltime"))
    rating = convert.integer(fields.get("rating"))
    return Item(
        key=key,
        name=convert.text(fields.get("name")),
        artist=convert.text(fields.get("artist")),
        album=convert.text(fields.get("album")),
        genre=convert.text(fields.get("genre")),
        library=_key(fields.get("librarykey")),
        user=_key(fields.get("userkey")),
        year=convert.year(fields.get("yr")) or convert.year(fields.get("year")),
        number=convert.positive(fields.get("tracknumber")),
        duration=seconds if seconds is not None and seconds > 0 else None,
        size=convert.positive(fields.get("size")),
        rating=None if rating is None else min(max(rating, 0), 100),
        times=convert.integer(fields.get("times")),
        heard=convert.named_moment(fields.get("lasttime")),
        created=convert.named_moment(fields.get("dt_created")),
        comments=convert.text(fields.get("comments")),
        source=convert.text(fields.get("source")),
        hash=convert.text(fields.get("hashvalue")),
        original_hash=convert.text(fields.get("originalfilehashvalue")),
    )


def _set(fields: Fields) -> Set | None:
    key = _key(fields.get("entrykey"))
    if key is None:
        return None
    return Set(
        key=key,
        name=convert.text(fields.get("name")) or key,
        description=convert.text(fields.get("description")) or "",
        tags=_words(fields.get("tags")),
        public=convert.boolean(fields.get("public")),
        dynamic=convert.boolean(fields.get("dynamic")),
        temporary=convert.boolean(fields.get("istemporary")),
        criteria=convert.text(fields.get("dynamic_criteria")),
        has_image=convert.boolean(fields.get("imageset")),
        library=_key(fields.get("librarykey")),
        user=_key(fields.get("userkey")),
        user_name=convert.text(fields.get("username")),
        item_count=_first(convert.integer, (fields.get(name) for name in ("itemscount", "itemcount"))),
        weight=convert.integer(fields.get("weight")),
        created=convert.named_moment(fields.get("dt_created")),
        modified=convert.named_moment(fields.get("dt_lastmodified")),
        items=split_keys(fields.get("items")),
    )


def _words(value: object) -> Sequence[str]:
    """Return tags: the text separates them by commas or by spaces, the example of sets/get by more of these."""
    return tuple(tag for tag in _SEPARATORS.split(convert.text(value) or "") if tag)


def _first[Value](converter: Callable[[object], Value | None], values: Iterable[object]) -> Value | None:
    return next((found for value in values if (found := converter(value)) is not None), None)
