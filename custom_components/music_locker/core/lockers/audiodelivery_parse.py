"""The Audio Delivery Network's answers as the models.

Every ``parse_*`` takes the body of an answer and, where it matters, the HTTP status and headers, and raises errors of
core/errors.py only. Unknown fields do no harm, and an object without its id is left out.

Sources: seed 003, "Upload Sessions"; for collections, tracks, variants and play sessions the service's own interface
description.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from types import MappingProxyType

import orjson

from ..errors import ServiceError
from ..models import Account, Playlist, Track
from . import audiodelivery_items as items
from . import convert
from .audiodelivery_errors import api_error
from .audiodelivery_items import Playing, State, Variant

_LONGEST_TTL = 366 * 24 * 3600.0
_METHOD = re.compile(r"[A-Z]{3,10}")

type Fields = Mapping[str, object]
type Headers = Mapping[str, str]
NO_HEADERS: Headers = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Page[Item]:
    """Hold one page of a list: ``read`` objects came, some of which may be left out of ``items``; ``count`` as told."""

    items: Sequence[Item]
    read: int
    count: int | None


@dataclass(frozen=True, slots=True)
class Session:
    """Hold a session: its id is what lets one in (secret); ``until`` is when it ends, None where not told."""

    id: str = field(repr=False)
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Hold where and how a file is sent: the address is a secret; ``until`` as in :class:`Session`."""

    method: str
    url: str = field(repr=False)
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Announced:
    """Hold a track that was announced to an upload session, and where its file and its cover go."""

    track_id: str
    file: Target
    cover: Target | None


def check(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS, *, upload: bool = False) -> Fields:
    """Return an answer's fields; raise the error that it tells: a bad HTTP status, or ``ok`` that is not true."""
    fields: Fields = {}
    try:
        fields = convert.mapping(orjson.loads(body))
    except orjson.JSONDecodeError:
        if status < HTTPStatus.MULTIPLE_CHOICES:
            raise ServiceError("The service's answer is not readable JSON") from None
    if status >= HTTPStatus.MULTIPLE_CHOICES or not convert.boolean(fields.get("ok")):
        if status < HTTPStatus.MULTIPLE_CHOICES and "ok" not in fields:
            raise ServiceError("The service's answer is not the Audio Delivery Network's")
        raise api_error(status, fields, headers, upload=upload)
    return fields


def parse_organization(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Account:
    """Return whose key it is; raise ServiceError where the answer does not tell."""
    fields = check(body, status, headers)
    organization = convert.mapping(fields.get("organization"))
    organization_id = convert.text(fields.get("organization_id")) or convert.text(organization.get("id"))
    if organization_id is None:
        raise ServiceError("The service's answer names no organization")
    return Account(organization_id.casefold(), convert.text(organization.get("name")) or organization_id)


def parse_creators(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> str | None:
    """Return the organization that the creators belong to, or None where there are none."""
    creators = convert.objects(check(body, status, headers).get("creators"))
    found = (items.id_text(creator.get("organization_id")) for creator in creators)
    return next((organization_id for organization_id in found if organization_id), None)


def parse_collections(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Page[Playlist]:
    """Return one page of collections."""
    return _page(check(body, status, headers), "collections", items.collection)


def parse_collection(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> str:
    """Return the id of the collection that was made or asked for."""
    return _id_of(check(body, status, headers), "collection")


def parse_tracks(
    body: bytes,
    status: int = HTTPStatus.OK,
    headers: Headers = NO_HEADERS,
    *,
    collection: Playlist,
    best: Variant | None = None,
) -> Page[Track]:
    """Return one page of a collection's tracks, without those whose file never came.

    Only what is ready plays. A track is of the type and bit rate of ``best``, the variant that will be played, or of
    its own file where that is the original.
    """
    return _page(check(body, status, headers), "tracks", lambda fields: items.track(fields, collection, best))


def parse_states(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Page[State]:
    """Return how far each track of one page is."""
    return _page(check(body, status, headers), "tracks", items.state)


def parse_state(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> State:
    """Return how far one track is."""
    fields = check(body, status, headers)
    state = items.state({"id": fields.get("track_id"), **convert.mapping(fields.get("track"))})
    if state is None:
        raise ServiceError("The service's answer holds no track")
    return state


def parse_variants(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Page[Variant]:
    """Return one page of the variants that can be heard whole: no previews, pictures or analyses."""
    return _page(check(body, status, headers), "variants", items.variant)


def parse_play_session(
    body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS
) -> tuple[Session, Playing | None]:
    """Return a new play session, and its first track where the answer has it."""
    fields = check(body, status, headers)
    session = Session(_id_of(fields, "play_session"), _until(fields, "play_session"))
    first = fields.get("first_track")
    return session, items.playing(convert.mapping(first)) if isinstance(first, Mapping) else None


def parse_playing(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Playing:
    """Return what a play session gives of a track."""
    return items.playing(check(body, status, headers))


def parse_download(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> str:
    """Return the address (secret) of a file to keep."""
    url = convert.text(convert.mapping(check(body, status, headers).get("download")).get("url"))
    if url is None:
        raise ServiceError("The service's answer holds no download")
    return url


def parse_upload_session(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Session:
    """Return an upload session (seed 003, both "Response" of upload_session).

    Its id comes twice and is the same; of two times of its end the inner one counts.
    """
    fields = check(body, status, headers)
    return Session(_id_of(fields, "upload_session"), _until(fields, "upload_session"))


def parse_announced(
    body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS, *, now: datetime | None = None
) -> Announced:
    """Return the track that was announced (seed 003, "Response" of upload/:upload_session_id/track).

    ``ttl`` is seconds from ``now``; where ``expires_at`` tells another end the earlier one counts.
    """
    fields = check(body, status, headers, upload=True)
    moment = now or datetime.now(UTC)
    file = _target(fields.get("track_upload"), "PUT", moment)
    if file is None:
        raise ServiceError("The service's answer does not say where the file goes")
    return Announced(_id_of(fields, "track"), file, _target(fields.get("track_cover_upload"), "POST", moment))


def _page[Item](fields: Fields, key: str, convert_item: Callable[[Fields], Item | None]) -> Page[Item]:
    if key not in fields:
        raise ServiceError(f"The service's answer holds no {key}")
    objects = convert.objects(fields[key])
    converted = [item for item in map(convert_item, objects) if item is not None]
    return Page(converted, len(objects), convert.integer(fields.get("count")))


def _id_of(fields: Fields, kind: str) -> str:
    """Return an id that stands beside the object of its kind, or in it."""
    told = items.id_text(fields.get(f"{kind}_id")) or items.id_text(convert.mapping(fields.get(kind)).get("id"))
    if told is None:
        raise ServiceError(f"The service's answer has no {kind}_id")
    return told


def _until(fields: Fields, kind: str) -> datetime | None:
    inner = convert.moment(convert.mapping(fields.get(kind)).get("expires_at"))
    return inner or convert.moment(fields.get("expires_at"))


def _target(value: object, usual: str, now: datetime) -> Target | None:
    fields = convert.mapping(value)
    url = convert.text(fields.get("upload_url"))
    if url is None:
        return None
    method = (convert.text(fields.get("method")) or usual).upper()
    if not _METHOD.fullmatch(method):
        raise ServiceError("The service's answer names no way to send a file")
    ttl = convert.number(fields.get("ttl"))
    ends = [convert.moment(fields.get("expires_at"))]
    if ttl is not None and 0 <= ttl <= _LONGEST_TTL:
        ends.append(now + timedelta(seconds=ttl))
    return Target(method, url, min((end for end in ends if end is not None), default=None))
