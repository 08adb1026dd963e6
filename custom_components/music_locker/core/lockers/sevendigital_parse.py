"""7digital's answers, XML and JSON, as the models.

Every ``parse_*`` takes the body of an answer, its HTTP status and headers, and raises errors of core/errors.py only.
JSON may be born from XML: numbers and truths are texts, and a list of one is an object. Fields that are missing or
unknown do no harm; a release or track without its id is left out, because nothing could be asked about it.

Sources: seed 004, its four printed examples; for older answers the public schema of the service's own client.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import parse_qsl

import orjson

from ..errors import LockerError, ServiceError
from ..models import UNKNOWN_ALBUM, UNKNOWN_ARTIST, Album, Artist, Downloads, Track
from . import convert
from .sevendigital_errors import text_error, told_error
from .sevendigital_formats import Format, best
from .xml_values import parse_xml

TRACK_ID = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")

_ROOT = "response"
_ID = re.compile(r"[0-9]{1,18}")
_LONGEST_TEXT = 4096

type Fields = Mapping[str, object]
type Headers = Mapping[str, str]
NO_HEADERS: Headers = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Download:
    """Hold one way to download a track: where, which may be cut or already signed, and in which format."""

    url: str | None = field(repr=False)
    format: Format


@dataclass(frozen=True, slots=True)
class LockerTrack:
    """Hold one bought track, and how it may be downloaded; how often is not kept."""

    track: Track
    downloads: Sequence[Download] = ()


@dataclass(frozen=True, slots=True)
class LockerRelease:
    """Hold one release of the locker with the tracks of it that were bought, and every artist who is named in it."""

    album: Album
    artists: Sequence[Artist]
    tracks: Sequence[LockerTrack]


@dataclass(frozen=True, slots=True)
class LockerPage:
    """Hold one page: ``total`` counts the releases of all pages, ``size`` those of a full page; None is not told."""

    releases: Sequence[LockerRelease]
    size: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """Hold a request token or an access token, and the user's id where the service tells it."""

    key: str = field(repr=False)
    secret: str = field(repr=False)
    user: str | None = None


def decode(body: bytes) -> Fields:
    """Return the fields of an answer, whichever format it has; raise ServiceError for anything else."""
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    value = parse_xml(start, _ROOT) if start[:1] == b"<" else _json(start)
    if not isinstance(value, dict):
        raise ServiceError("The service's answer is not an object")
    return convert.mapping(value[_ROOT]) if set(value) == {_ROOT} else value


def check(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Fields:
    """Return an answer's fields; raise the error that it tells, in XML, JSON or plain text, or by its HTTP status."""
    try:
        fields = decode(body)
    except ServiceError:
        if status >= HTTPStatus.MULTIPLE_CHOICES or _speaks_of_oauth(body):
            raise text_error(status, _text(body), headers) from None
        raise
    if error := told_error(status, fields, headers):
        raise error
    return fields


def parse_locker(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> LockerPage:
    """Return one page of the locker (seed 004, "Example Response")."""
    fields = check(body, status, headers)
    if "locker" not in fields:
        raise ServiceError("The service's answer holds no locker")
    locker = convert.mapping(fields["locker"])
    if locker and "lockerReleases" not in locker:
        raise ServiceError("The service's answer holds no releases")
    listing = convert.mapping(locker.get("lockerReleases"))
    releases = (_release(item) for item in convert.objects(listing.get("lockerRelease")))
    return LockerPage(
        releases=[release for release in releases if release is not None],
        size=convert.positive(listing.get("pageSize")),
        total=convert.integer(listing.get("totalItems")),
    )


def parse_token(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Token:
    """Return the token of a form-encoded answer (RFC 5849, 2.1 and 2.3)."""
    text = _text(body)
    fields = dict(parse_qsl(text.strip(), max_num_fields=32)) if text.count("&") < 32 else {}  # noqa: PLR2004
    key, secret = fields.get("oauth_token"), fields.get("oauth_token_secret")
    if status < HTTPStatus.MULTIPLE_CHOICES and key and secret is not None:
        users = (value for name, value in fields.items() if name.casefold().replace("_", "") == "userid")
        return Token(key, secret, next(users, None))
    check(body, status, headers)
    raise ServiceError("The service's answer holds no token")


def media_error(body: bytes, status: int, headers: Headers) -> LockerError:
    """Return the error behind an answer that should have been a file or a picture and is a page (seed 004)."""
    try:
        check(body, status, headers)
    except LockerError as refusal:
        if not isinstance(refusal, ServiceError) or isinstance(refusal.code, int):
            return refusal
    return ServiceError("The service answered with a page in place of the file", code=status)


def _json(body: bytes) -> object:
    """Return a JSON value; half a UTF-16 pair in one title must not cost the whole locker, as it does with orjson."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(body.decode("utf-8", "replace"))
    except ValueError, RecursionError:
        raise ServiceError("The service's answer is not readable") from None


def _release(fields: Fields) -> LockerRelease | None:
    release = convert.mapping(fields.get("release"))
    release_id = _id(release)
    if release_id is None:
        return None
    artist = _artist(release)
    tracks = convert.objects(convert.mapping(fields.get("lockerTracks")).get("lockerTrack"))
    title = _titled(release) or UNKNOWN_ALBUM
    released = convert.mapping(release.get("download")).get("releaseDate") or release.get("releaseDate")
    album = Album(
        id=release_id,
        title=title,
        artist=artist.name if artist else UNKNOWN_ARTIST,
        artist_id=artist.id if artist else None,
        year=convert.year(released) or convert.year(release.get("year")),
        artwork=convert.text(release.get("image")),
    )
    available = _flag(fields.get("available"), absent=True)
    read = [track for item in tracks if (track := _track(item, album, available=available)) is not None]
    dates = [bought.track.added for bought in read if bought.track.added is not None]
    return LockerRelease(
        album=replace(album, track_count=len(read), added=max(dates, default=None)),
        artists=_artists(artist, tracks),
        tracks=read,
    )


def _track(fields: Fields, album: Album, *, available: bool) -> LockerTrack | None:
    """Return one bought track; its id names the release too, because a stream and a download ask for both."""
    track = convert.mapping(fields.get("track"))
    track_id = _id(track)
    if track_id is None:
        return None
    artist = _artist(track)
    downloads = _downloads(fields) if available else []
    chosen = best([download.format for download in downloads])
    return LockerTrack(
        Track(
            id=f"{album.id}-{track_id}",
            title=_titled(track) or f"Track {track_id}",
            artist=artist.name if artist else album.artist,
            artist_id=artist.id if artist else album.artist_id,
            album=album.title,
            album_id=album.id,
            album_artist=album.artist,
            number=convert.positive(track.get("number")) or convert.positive(track.get("trackNumber")),
            disc=convert.positive(track.get("disc")) or convert.positive(track.get("discNumber")),
            year=album.year,
            duration=_seconds(track.get("duration")),
            mime_type=(chosen and chosen.mime_type) or "audio/mpeg",
            bit_rate=chosen.bit_rate if chosen else None,
            artwork=album.artwork,
            added=convert.moment(fields.get("purchaseDate")),
            available=available,
            downloads=_allowed(fields, downloads, available=available),
        ),
        downloads,
    )


def _allowed(fields: Fields, downloads: Sequence[Download], *, available: bool) -> Downloads:
    """Return whether a track may be downloaded; the number that tells it goes no further (seed 004)."""
    if not available:
        return Downloads.NONE
    match convert.integer(fields.get("remainingDownloads")):
        case 0:
            return Downloads.USED_UP
        case 1:
            return Downloads.LAST
    return Downloads.ALLOWED if downloads else Downloads.NONE


def _downloads(fields: Fields) -> list[Download]:
    urls = convert.objects(convert.mapping(fields.get("downloadUrls")).get("downloadUrl"))
    return [Download(convert.text(url.get("url")), Format.of(convert.mapping(url.get("format")))) for url in urls]


def _artists(of_release: Artist | None, tracks: Sequence[Fields]) -> list[Artist]:
    """Return the artists of a release and of its tracks, each once."""
    found = {} if of_release is None else {of_release.id: of_release}
    for fields in tracks:
        artist = _artist(convert.mapping(fields.get("track")))
        if artist is not None:
            found.setdefault(artist.id, artist)
    return list(found.values())


def _artist(of: Fields) -> Artist | None:
    """Return the artist under one name wherever they appear; ``appearsAs`` differs from release to release."""
    fields = convert.mapping(of.get("artist"))
    artist_id = _id(fields)
    if artist_id is None:
        return None
    return Artist(
        artist_id, convert.text(fields.get("name")) or convert.text(fields.get("appearsAs")) or UNKNOWN_ARTIST
    )


def _titled(fields: Fields) -> str | None:
    """Return a title with its version behind it, unless the title says it already."""
    title, version = convert.text(fields.get("title")), convert.text(fields.get("version"))
    if title is None or version is None or version.casefold() in title.casefold():
        return title
    return f"{title} ({version})"


def _id(fields: Fields) -> str | None:
    found = convert.text(fields.get("id"))
    return found if found is not None and _ID.fullmatch(found) else None


def _seconds(value: object) -> float | None:
    seconds = convert.number(value)
    return seconds if seconds is not None and seconds > 0 else None


def _flag(value: object, *, absent: bool) -> bool:
    """Return a truth that may be left out."""
    return convert.boolean(value) if isinstance(value, bool | int | str) and value != "" else absent


def _text(body: bytes) -> str:
    return body[:_LONGEST_TEXT].decode("utf-8", "replace")


def _speaks_of_oauth(body: bytes) -> bool:
    """Tell whether a plain text with a good status is OAuth's refusal all the same."""
    start = body[:_LONGEST_TEXT].lstrip()
    return not start.startswith((b"<", b"{", b"[")) and b"oauth" in start.lower()
