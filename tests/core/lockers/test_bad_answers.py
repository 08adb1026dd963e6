"""Whatever a service answers, the parsers give a value or an error of the one family, and no answer grows in memory."""

import asyncio
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given, settings
from hypothesis import strategies as st
from yarl import URL

from mpd_bridge.locker_server import Fault
from music_locker_core.errors import LockerConnectionError, LockerError, ServiceError
from music_locker_core.lockers import convert
from music_locker_core.lockers import mp3tunes_parse as parse
from music_locker_core.lockers.derived import named_id
from music_locker_core.lockers.media import mime_type, picture_type
from music_locker_core.lockers.mp3tunes_errors import storage_error
from music_locker_core.lockers.web import Retry, Web, retry_after
from music_locker_core.lockers.xml_values import parse_xml
from music_locker_core.models import Track
from tests.core.lockers.conftest import Locker

PRINTED = Path(__file__).parents[2] / "fixtures/seeds/mp3tunes"
BODIES = [path.read_bytes() for path in sorted(PRINTED.glob("example_*"))]
PARSERS: list[Callable[..., object]] = [
    parse.parse_login,
    parse.parse_account,
    parse.parse_artists,
    parse.parse_albums,
    parse.parse_tracks,
    parse.parse_playlists,
    parse.parse_search,
    parse.parse_last_update,
]
FIELDS = st.sampled_from(
    [
        "status",
        "session_id",
        "errorMessage",
        "errorCode",
        "user",
        "email",
        "nickName",
        "summary",
        "totalResultSets",
        "albumData",
        "albumList",
        "artistList",
        "trackList",
        "playlistList",
        "item",
        "albumId",
        "artistId",
        "playlistId",
        "trackFileKey",
        "trackLength",
        "trackNumber",
        "trackFileName",
        "trackFileMimeType",
        "downloadURL",
        "albumYear",
        "fileCount",
        "dateModified",
        "purchaseDate",
        "hasArt",
        "timestamp",
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["0" * 32, "1e999"])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS, inner, max_size=6), max_leaves=20
)
STATUSES = st.sampled_from([200, 206, 302, 400, 401, 403, 404, 409, 413, 415, 418, 429, 500, 503, 599])
FAST = settings(max_examples=50, deadline=None)


def all_read(body: bytes, status: int = 200) -> None:
    """Read a body as every kind of answer; anything raised but LockerError fails the test."""
    for read in PARSERS:
        try:
            read(body, status)
        except LockerError as error:
            str(error).encode("utf-8", "replace")
    assert isinstance(parse.media_error(body, status, {}), LockerError)


@FAST
@given(st.binary(max_size=300), STATUSES)
def test_any_bytes(body: bytes, status: int) -> None:
    all_read(body, status)


@FAST
@given(VALUES, STATUSES)
def test_any_json_with_the_fields_of_the_service(value: Any, status: int) -> None:
    all_read(json.dumps(value).encode(), status)


@FAST
@given(st.sampled_from(BODIES), st.data())
def test_mutated_documents(body: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(len(body), start + 40)))
    all_read(body[:start] + data.draw(st.binary(max_size=20)) + body[end:])


@FAST
@given(st.sampled_from(BODIES), st.data())
def test_truncated_documents(body: bytes, data: st.DataObject) -> None:
    all_read(body[: data.draw(st.integers(0, len(body)))])


@FAST
@given(STATUSES, st.dictionaries(st.sampled_from(["X-MP3tunes-ErrorNo", "Retry-After"]), st.text(max_size=30)))
def test_any_error_headers(status: int, headers: dict[str, str]) -> None:
    assert isinstance(storage_error(status, headers), LockerError | None)
    assert (retry_after(headers) or 0) >= 0


@FAST
@given(VALUES)
def test_converters_never_raise(value: Any) -> None:
    for read in (convert.text, convert.integer, convert.positive, convert.number, convert.boolean, convert.year):
        read(value)
    convert.seconds_of_milliseconds(value)
    convert.moment(value)
    convert.objects(value)
    convert.mapping(value)


@FAST
@given(VALUES)
def test_what_is_read_can_be_kept_and_sent(value: Any) -> None:
    body = json.dumps({"trackList": [{"trackFileKey": "00", "trackTitle": value, "trackLength": value}]}).encode()
    (track,) = parse.parse_tracks(body).items
    assert isinstance(track, Track)
    track.title.encode()
    assert track.duration is None or 0 <= track.duration < float("inf")


@FAST
@given(st.text(max_size=60), st.binary(max_size=20))
def test_types_of_files_are_told_of_any_name_and_any_bytes(name: str, content: bytes) -> None:
    assert "/" in mime_type(name, name)
    assert (picture_type(content) or "image/").startswith("image/")
    assert len(named_id(name)) == len(named_id(name, name)) > 9


XML_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="<&>"), max_size=9)
ELEMENTS = st.recursive(
    XML_TEXT,
    lambda inner: st.lists(st.tuples(FIELDS, inner), max_size=4).map(
        lambda pairs: "".join(f"<{name}>{text}</{name}>" for name, text in pairs)
    ),
    max_leaves=12,
)


@FAST
@given(ELEMENTS, STATUSES)
def test_any_xml_with_the_fields_of_the_service(inside: str, status: int) -> None:
    body = f"<mp3tunes>{inside}</mp3tunes>".encode()
    assert isinstance(parse_xml(body, "mp3tunes"), dict | list | str | None)
    all_read(body, status)
    assert isinstance(parse.upload_refusal(body, status, {}), LockerError | None)


@FAST
@given(st.binary(max_size=200), STATUSES)
def test_any_receipt_and_any_xml(body: bytes, status: int) -> None:
    assert isinstance(parse.upload_refusal(body, status, {}), LockerError | None)
    try:
        parse_xml(b"<" + body, "mp3tunes")
    except ServiceError:
        return


def test_lists_within_lists_are_read_however_deep_they_lie() -> None:
    value: object = {"a": 1}
    for _ in range(5000):
        value = {"item": value}
    assert list(convert.objects(value)) == [{"a": 1}]


@pytest.mark.row("X5")
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([{"a": 1}, {"a": 2}], 2),
        ({"a": 1}, 1),
        ({"item": [{"a": 1}, {"a": 2}]}, 2),
        ({"item": {"a": 1}}, 1),
        (None, 0),
        ("", 0),
        ([None, 3, {"a": 1}], 1),
    ],
)
def test_lists_in_every_shape_become_lists(value: object, expected: int) -> None:
    assert len(convert.objects(value)) == expected


BOMB = b"""<!DOCTYPE mp3tunes [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<mp3tunes><item><albumId>1</albumId><albumTitle>&b;</albumTitle></item></mp3tunes>"""
OUTSIDE = b"""<!DOCTYPE mp3tunes [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<mp3tunes><item><albumId>1</albumId><albumTitle>&a;</albumTitle></item></mp3tunes>"""
DTD = b'<!DOCTYPE mp3tunes SYSTEM "http://127.0.0.1:1/x.dtd"><mp3tunes><status>1</status></mp3tunes>'


@pytest.mark.row("X4")
@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        OUTSIDE,
        DTD,
        b"<mp3tunes>" + b"<a>" * 2000 + b"</a>" * 2000 + b"</mp3tunes>",
        b"<mp3tunes>&undefined;</mp3tunes>",
        b"<?xml version='1.0' encoding='no-such'?><mp3tunes/>",
        b"<other/>",
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b"9" * 100_000,
        b"\xff\xfe\x00",
    ],
)
def test_documents_that_would_grow_or_fetch_or_mean_something_else_are_refused(body: bytes) -> None:
    with pytest.raises(ServiceError):
        parse.parse_albums(body)


@pytest.mark.row("M4", side="adapter")
@pytest.mark.parametrize(
    "body", [b'cb({"timestamp": 5});', b'\xef\xbb\xbf {"timestamp":5}\nobject(x)#7 (1) {', b'{"timestamp":5.0}']
)
def test_the_first_value_of_an_answer_counts(body: bytes) -> None:
    assert parse.parse_last_update(body) == "5"


@pytest.fixture
async def odd_server() -> Any:
    """A server of big, compressed and endless answers."""

    async def big(_request: web.Request) -> web.Response:
        return web.Response(body=b"x" * 300_000)

    async def bomb(_request: web.Request) -> web.Response:
        packed = gzip.compress(bytes(30_000_000))
        return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65536)

    async def busy(_request: web.Request) -> web.Response:
        return web.Response(status=503, headers={"Retry-After": "0"})

    async def faulty(_request: web.Request) -> web.Response:
        return web.Response(status=502)

    async def unpacked(_request: web.Request) -> web.Response:
        return web.Response(body=b"no gzip", headers={"Content-Encoding": "gzip"})

    application = web.Application()
    for answer in (big, bomb, endless, busy, faulty, unpacked):
        application.router.add_get(f"/{answer.__name__}", answer)
    async with TestServer(application) as server:
        yield server


@pytest.mark.row("M44")
@pytest.mark.row("X4")
@pytest.mark.parametrize("path", ["big", "bomb", "endless"])
async def test_an_answer_over_its_limit_is_given_up(odd_server: TestServer, path: str) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ServiceError, match="answered more than 100000 bytes"):
            await Web(session).read(odd_server.make_url(f"/{path}"), limit=100_000, seconds=20)


@pytest.mark.row("X6")
async def test_an_answer_that_does_not_come_is_a_time_out(locker_v1: Locker) -> None:
    locker_v1.server.faults.add(Fault("lockerData", latency=0.5))
    url = URL(locker_v1.server.url) / "api/v1/lockerData"
    async with aiohttp.ClientSession() as session:
        with pytest.raises(LockerConnectionError, match="did not answer in time"):
            await Web(session, Retry(attempts=1)).read(url, limit=100, seconds=0.05)


@pytest.mark.row("X6")
async def test_a_service_that_is_busy_is_asked_as_often_as_is_said(odd_server: TestServer) -> None:
    async with aiohttp.ClientSession() as session:
        answer = await Web(session, Retry(attempts=4, delay=0)).read(odd_server.make_url("/busy"), limit=9, seconds=9)
    assert answer.status == 503


@pytest.mark.row("X6")
async def test_the_wait_before_another_try_doubles_each_time(
    odd_server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    sleep = asyncio.sleep

    async def wait(seconds: float) -> None:
        waits.extend([seconds] if seconds else [])
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", wait)
    async with aiohttp.ClientSession() as session:
        retry = Retry(attempts=4, delay=0.25)
        answer = await Web(session, retry).read(odd_server.make_url("/faulty"), limit=9, seconds=9)
    assert (answer.status, waits) == (502, [0.25, 0.5, 1.0])


async def test_a_body_that_cannot_be_unpacked_is_a_connection_error(odd_server: TestServer) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(LockerConnectionError):
            await Web(session, Retry(attempts=1)).read(odd_server.make_url("/unpacked"), limit=99, seconds=9)


async def test_a_closed_http_session_is_a_connection_error() -> None:
    session = aiohttp.ClientSession()
    await session.close()
    with pytest.raises(LockerConnectionError, match="session is closed"):
        await Web(session).read(URL("http://127.0.0.1:1/"), limit=1, seconds=1)


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [("7", 7), ("-3", 0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("soon", None), ("", None)],
)
def test_retry_after_is_seconds_or_a_date(given_value: str, expected: float | None) -> None:
    assert retry_after({"Retry-After": given_value}) == expected
