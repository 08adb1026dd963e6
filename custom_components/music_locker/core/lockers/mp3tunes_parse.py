"""MP3tunes' answers, XML and JSON, versions 0 and 1, as the models.

Every ``parse_*`` takes the body of an answer, and where it matters the HTTP status and headers, and raises errors of
core/errors.py only. Fields that are missing or unknown do no harm ("the API is still evolving", seed 001, "Response
formats"); an object without its id is left out, because nothing could be asked about it.

Sources: seed 001 examples 1.2 to 3.8; for version 1 the fields that surviving clients read.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import PurePosixPath
from types import MappingProxyType

import orjson
from yarl import URL

from ..errors import AuthenticationError, LockerError, ServiceError, SessionExpired
from ..models import UNKNOWN_ALBUM, UNKNOWN_ARTIST, Account, Album, Artist, Playlist, Track
from . import convert
from .media import mime_type
from .mp3tunes_errors import api_error
from .xml_values import parse_xml

FILE_KEY = re.compile(r"[0-9A-Za-z]{1,64}")

_ROOT = "mp3tunes"
_JSONP = re.compile(r"\s*[A-Za-z_$][\w$.]*\s*\(", re.ASCII)
_DECODER = json.JSONDecoder()

type Fields = Mapping[str, object]
type Headers = Mapping[str, str]
NO_HEADERS: Headers = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Listing[Item]:
    """Hold one answer's items; ``sets`` is how many such pages there are, or None where the answer does not tell."""

    items: Sequence[Item]
    sets: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Hold the lists of one lockerSearch answer."""

    artists: Sequence[Artist]
    albums: Sequence[Album]
    tracks: Sequence[Track]


@dataclass(frozen=True, slots=True)
class Login:
    """Hold a new session; its id is a secret."""

    session_id: str = field(repr=False)
    username: str | None


def decode(body: bytes) -> object:
    """Return the plain values of an answer, whichever format it has.

    JSON may be wrapped in a callback, and followed by the dump of ``debug=1`` (example 1.3): its first value counts.
    Raise ServiceError for anything else.
    """
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"<":
        return parse_xml(start, _ROOT)
    try:
        return _container(orjson.loads(start))
    except orjson.JSONDecodeError:
        pass
    document = start.decode("utf-8", "replace")
    wrapped = _JSONP.match(document)
    try:
        value, _ = _DECODER.raw_decode(document, wrapped.end() if wrapped else 0)
    except ValueError, RecursionError:
        raise ServiceError("The service's answer is not readable") from None
    return _container(value)


def check(
    body: bytes,
    status: int = HTTPStatus.OK,
    headers: Headers = NO_HEADERS,
    refusal: type[LockerError] = ServiceError,
) -> object:
    """Return an answer's plain values; raise the error that it tells, ``refusal`` where it tells only that it refuses.

    An answer that is neither XML nor JSON raises by its HTTP status, or ServiceError with a good one.
    """
    try:
        value = decode(body)
    except ServiceError:
        if error := api_error(status, {}, headers, refusal):
            raise error from None
        raise
    if error := api_error(status, convert.mapping(value), headers, refusal):
        raise error
    return value


def parse_login(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Login:
    """Return the new session (examples 2.1, 2.2); raise AuthenticationError where the account is refused."""
    try:
        fields = convert.mapping(check(body, status, headers, AuthenticationError))
    except SessionExpired as error:
        raise AuthenticationError(str(error), code=error.code, request_id=error.request_id) from None
    session_id = convert.text(fields.get("session_id"))
    if session_id is None:
        raise ServiceError("The service's login answer has no session id")
    return Login(session_id, convert.text(fields.get("username")))


def parse_account(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Account:
    """Return whose locker it is (examples 2.5, 2.6): its e-mail, and the nickname, full name or e-mail as name."""
    user = convert.mapping(convert.mapping(check(body, status, headers)).get("user"))
    email = convert.text(user.get("email"))
    if email is None:
        raise ServiceError("The service's account answer has no user")
    parts = (convert.text(user.get("firstName")), convert.text(user.get("lastName")))
    name = convert.text(user.get("nickName")) or " ".join(part for part in parts if part) or email
    return Account(email.casefold(), name)


def parse_artists(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Listing[Artist]:
    """Return the artists of ``lockerData?type=artist``."""
    return _listing(check(body, status, headers), "artistList", _artist)


def parse_albums(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Listing[Album]:
    """Return the albums of ``lockerData?type=album`` (examples 2.9, 2.10)."""
    return _listing(check(body, status, headers), "albumList", _album)


def parse_tracks(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Listing[Track]:
    """Return the tracks of ``lockerData?type=track`` (examples 2.11, 2.12).

    A track's id is its file key: the key is what streams, it stays when the service renumbers, and one file is one
    track. Durations come in milliseconds. What a track lacks is taken from the answer's ``albumData``.
    """
    answer = check(body, status, headers)
    album = convert.mapping(convert.mapping(answer).get("albumData"))
    return _listing(answer, "trackList", lambda fields: _track(fields, album))


def parse_playlists(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Listing[Playlist]:
    """Return the playlists of ``lockerData?type=playlist`` (example 2.13)."""
    return _listing(check(body, status, headers), "playlistList", _playlist)


def parse_search(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> Found:
    """Return what ``lockerSearch`` of version 1 found."""
    fields = convert.mapping(check(body, status, headers))
    return Found(
        artists=_read(fields.get("artistList"), _artist),
        albums=_read(fields.get("albumList"), _album),
        tracks=_read(fields.get("trackList"), lambda item: _track(item, {})),
    )


def parse_last_update(body: bytes, status: int = HTTPStatus.OK, headers: Headers = NO_HEADERS) -> str | None:
    """Return the timestamp of ``lastUpdate`` of version 1 as text, or None where there is none."""
    return convert.text(convert.mapping(check(body, status, headers)).get("timestamp"))


def media_error(body: bytes, status: int, headers: Headers) -> LockerError:
    """Return the error behind an answer that should have been a file or a picture and is a page."""
    try:
        check(body, status, headers)
    except LockerError as refusal:
        if not isinstance(refusal, ServiceError):
            return refusal
    return ServiceError("The service answered with a page in place of the file", code=status)


def upload_refusal(body: bytes, status: int, headers: Headers) -> LockerError | None:
    """Return the error that the body of an answer to an upload tells though its headers tell none, or None.

    A good answer has no body that matters; a page is another server's, and a refusal may be written as the API's are.
    """
    if body.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html")):
        return ServiceError("The service answered with a page in place of a receipt", code=status)
    try:
        value = decode(body)
    except ServiceError:
        return None
    return api_error(status, convert.mapping(value), headers)


def _container(value: object) -> object:
    """Return a decoded value that can be an answer: an object, a list or null."""
    if value is None or isinstance(value, dict | list):
        return value
    raise ServiceError("The service's answer is not an object or a list")


def _listing[Item](answer: object, key: str, convert_item: Callable[[Fields], Item | None]) -> Listing[Item]:
    """Return the items of a list answer: a bare list (version 0), or an object with ``key`` and ``summary``."""
    if answer is None or isinstance(answer, list):
        return Listing(_read(answer, convert_item))
    fields = convert.mapping(answer)
    if fields and not fields.keys() & {key, "item", "summary"}:
        raise ServiceError(f"The service's answer holds no {key}")
    summary = convert.mapping(fields.get("summary"))
    return Listing(
        _read(fields.get(key, fields.get("item")), convert_item), convert.integer(summary.get("totalResultSets"))
    )


def _read[Item](value: object, convert_item: Callable[[Fields], Item | None]) -> list[Item]:
    converted = (convert_item(fields) for fields in convert.objects(value))
    return [item for item in converted if item is not None]


def _artist(fields: Fields) -> Artist | None:
    artist_id = convert.text(fields.get("artistId"))
    if artist_id is None:
        return None
    return Artist(
        id=artist_id,
        name=convert.text(fields.get("artistName")) or UNKNOWN_ARTIST,
        album_count=convert.integer(fields.get("albumCount")),
        track_count=convert.integer(fields.get("trackCount")),
    )


def _album(fields: Fields) -> Album | None:
    album_id = convert.text(fields.get("albumId"))
    if album_id is None:
        return None
    return Album(
        id=album_id,
        title=convert.text(fields.get("albumTitle")) or UNKNOWN_ALBUM,
        artist=convert.text(fields.get("artistName")) or UNKNOWN_ARTIST,
        artist_id=convert.text(fields.get("artistId")),
        year=convert.year(fields.get("albumYear")) or convert.year(fields.get("releaseDate")),
        artwork=f"album-{album_id}" if convert.boolean(fields.get("hasArt")) else None,
        track_count=convert.integer(fields.get("trackCount")),
        added=convert.moment(fields.get("purchaseDate")),
    )


def _track(fields: Fields, album: Fields) -> Track | None:
    key = convert.text(fields.get("trackFileKey")) or _key_of(convert.text(fields.get("downloadURL")))
    if key is None or not FILE_KEY.fullmatch(key):
        return None
    file_name = convert.text(fields.get("trackFileName"))
    artist = convert.text(fields.get("artistName")) or convert.text(album.get("artistName")) or UNKNOWN_ARTIST
    album_artist = convert.text(album.get("artistName"))
    album_id = convert.text(fields.get("albumId")) or convert.text(album.get("albumId"))
    has_art = convert.text(fields.get("albumArtURL")) is not None
    return Track(
        id=key,
        title=convert.text(fields.get("trackTitle")) or PurePosixPath(file_name or key).stem,
        artist=artist,
        artist_id=convert.text(fields.get("artistId"))
        or (convert.text(album.get("artistId")) if artist == album_artist else None),
        album=convert.text(fields.get("albumTitle")) or convert.text(album.get("albumTitle")),
        album_id=album_id,
        album_artist=album_artist,
        number=convert.positive(fields.get("trackNumber")),
        disc=convert.positive(fields.get("discNumber")),
        year=convert.year(fields.get("albumYear")),
        genre=convert.text(fields.get("genre")),
        duration=convert.seconds_of_milliseconds(fields.get("trackLength")),
        size=convert.positive(fields.get("trackFileSize")),
        mime_type=mime_type(file_name, convert.text(fields.get("trackFileMimeType"))),
        file_name=file_name,
        artwork=(f"album-{album_id}" if album_id else f"track-{key}") if has_art else None,
    )


def _playlist(fields: Fields) -> Playlist | None:
    playlist_id = convert.text(fields.get("playlistId"))
    if playlist_id is None:
        return None
    file_name = convert.text(fields.get("fileName"))
    title = convert.text(fields.get("playlistTitle")) or convert.text(fields.get("title"))
    return Playlist(
        id=playlist_id,
        title=title or PurePosixPath(file_name or playlist_id).stem,
        track_count=convert.integer(fields.get("fileCount")),
        modified=convert.moment(fields.get("dateModified")),
    )


def _key_of(download_url: str | None) -> str | None:
    """Return the file key in a download URL, whose other parts die with their session."""
    try:
        return URL(download_url or "").name or None
    except ValueError, UnicodeError:
        return None
