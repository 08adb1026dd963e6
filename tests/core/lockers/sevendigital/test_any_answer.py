"""Whatever 7digital answers, the parsers give a value or an error of the one family."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from music_locker_core.errors import LockerError, ServiceError
from music_locker_core.lockers import sevendigital_parse as parse
from music_locker_core.lockers.sevendigital_errors import text_error
from music_locker_core.lockers.sevendigital_formats import Format
from music_locker_core.models import Downloads
from tests.core.lockers.sevendigital.test_printed import PRINTED

BODIES = [path.read_bytes() for path in sorted(PRINTED.glob("locker.*"))]
NAMES = [
    "status",
    "response",
    "error",
    "errors",
    "code",
    "message",
    "errorMessage",
    "locker",
    "lockerReleases",
    "page",
    "pageSize",
    "totalItems",
    "lockerRelease",
    "release",
    "id",
    "title",
    "version",
    "artist",
    "name",
    "appearsAs",
    "image",
    "download",
    "releaseDate",
    "year",
    "lockerTracks",
    "lockerTrack",
    "track",
    "trackNumber",
    "number",
    "disc",
    "discNumber",
    "duration",
    "remainingDownloads",
    "purchaseDate",
    "downloadUrls",
    "downloadUrl",
    "url",
    "format",
    "description",
    "fileFormat",
    "bitRate",
    "drmFree",
    "available",
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["ok", "error", "1", "2009-07-22T11:41:41+01:00", "MP3 320", "0001-01-01T00:00:00+01:00", "\ud800"]
    )
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=20,
)
STATUSES = st.sampled_from([200, 206, 302, 400, 401, 403, 404, 410, 418, 429, 500, 503, 599])
HEADERS = st.dictionaries(
    st.sampled_from(["Retry-After", "Date", "X-RateLimit-Limit", "X-RateLimit-Current", "X-RateLimit-Reset"]),
    st.text(max_size=12) | st.sampled_from(["0", "4000", "1e300", "-5", "Sat, 21 Nov 2026 13:00:00 GMT"]),
)
FAST = settings(max_examples=30, deadline=None)
PARSERS: list[Callable[..., object]] = [parse.parse_locker, parse.parse_token]


def all_read(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
    """Read a body as every kind of answer; anything raised but LockerError fails the test."""
    for read in PARSERS:
        try:
            read(body, status, headers or {})
        except LockerError as error:
            str(error).encode("utf-8", "replace")
    assert isinstance(parse.media_error(body, status, headers or {}), LockerError)


@FAST
@given(st.binary(max_size=300), STATUSES, HEADERS)
def test_any_bytes(body: bytes, status: int, headers: dict[str, str]) -> None:
    all_read(body, status, headers)


@FAST
@given(VALUES, STATUSES, HEADERS)
def test_any_json_with_the_fields_of_the_service(value: Any, status: int, headers: dict[str, str]) -> None:
    all_read(json.dumps(value).encode(), status, headers)


@FAST
@given(st.sampled_from(BODIES), st.data())
def test_mutated_and_cut_documents(body: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(len(body), start + 40)))
    all_read(body[:start] + data.draw(st.binary(max_size=20)) + body[end:])
    all_read(body[:start])


@FAST
@given(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8), st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_any_track_can_be_kept_and_sent(track: dict[str, Any], bought: dict[str, Any]) -> None:
    item = {**bought, "track": {**track, "id": 2}}
    release = {"release": {"id": 1}, "lockerTracks": {"lockerTrack": item}, "available": bought.get("available")}
    body = json.dumps({"locker": {"lockerReleases": {"lockerRelease": release}}}).encode()
    (read,) = parse.parse_locker(body).releases
    found = read.tracks[0].track
    found.title.encode()
    assert found.id == "1-2"
    assert found.duration is None or 0 < found.duration < float("inf")
    assert found.added is None or found.added.tzinfo is not None
    assert found.available or found.downloads is Downloads.NONE


@FAST
@given(st.text(max_size=60), STATUSES, HEADERS)
def test_any_plain_text(text: str, status: int, headers: dict[str, str]) -> None:
    assert isinstance(text_error(status, text, headers), LockerError)


@FAST
@given(st.dictionaries(st.sampled_from(NAMES), SCALARS))
def test_any_format(fields: dict[str, Any]) -> None:
    assert Format.of(fields).rank[3] >= 0


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE response [<!ENTITY a "aaaa">]><response status="ok"><locker>&a;</locker></response>',
        b'<!DOCTYPE response SYSTEM "http://127.0.0.1:1/x.dtd"><response status="ok"><locker/></response>',
        b"<response>" + b"<locker>" * 2000 + b"</locker>" * 2000 + b"</response>",
        b'{"locker":' * 100_000,
        b"[" * 100_000,
    ],
)
def test_documents_that_would_grow_or_fetch_are_refused(body: bytes) -> None:
    with pytest.raises(ServiceError):
        parse.parse_locker(body)
