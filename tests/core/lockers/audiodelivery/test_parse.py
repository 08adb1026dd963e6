"""The examples of the page "Upload Sessions" as they are printed, and what the parsers make of odd answers."""

import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from music_locker_core.errors import (
    AuthenticationError,
    LockerError,
    NotFound,
    QuotaExceeded,
    RateLimited,
    ServiceError,
    Unavailable,
    UploadReason,
    UploadRejected,
)
from music_locker_core.lockers import audiodelivery_items as items
from music_locker_core.lockers import audiodelivery_parse as parse
from music_locker_core.lockers.audiodelivery_items import Progress
from music_locker_core.lockers.derived import named_id
from music_locker_core.models import UNKNOWN_ARTIST, Account, Playlist, PlaylistKind, Track

PRINTED = Path(__file__).parents[3] / "fixtures/seeds/audiodelivery"
EXAMPLES = tomllib.loads((PRINTED / "index.toml").read_text())["example"]
BODIES = [(PRINTED / example["file"]).read_bytes() for example in EXAMPLES]
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SHELF = Playlist("c0", "Summer 2024", kind=PlaylistKind.COLLECTION)
SUMMER = Track(
    id="t1",
    title="First Track",
    artist="Abba",
    artist_id=named_id("abba"),
    album="Summer 2024",
    album_id="c0",
    number=1,
    duration=12.5,
    size=99,
    mime_type="audio/mpeg",
    file_name="track-1.mp3",
    artwork="track-t1",
)


def printed(name: str) -> bytes:
    return (PRINTED / name).read_bytes()


def answer(**fields: Any) -> bytes:
    return json.dumps({"ok": True, **fields}).encode()


def only_track(*, best: items.Variant | None = None, **fields: Any) -> Track:
    (track,) = parse.parse_tracks(answer(tracks=[{"id": "t1", **fields}]), collection=SHELF, best=best).items
    return track


@pytest.mark.row("U6", side="adapter")
@pytest.mark.row("U9", side="adapter")
@pytest.mark.parametrize("name", ["create_session_response.json", "get_session_response.json"])
def test_the_printed_sessions_are_read(name: str) -> None:
    assert parse.parse_upload_session(printed(name)) == parse.Session("uuid", None)


@pytest.mark.row("U13", side="adapter")
@pytest.mark.row("U14", side="adapter")
@pytest.mark.row("U15", side="adapter")
def test_the_printed_track_is_read_with_both_of_its_addresses() -> None:
    read = parse.parse_announced(printed("create_track_response.json"), now=NOW)
    assert read == parse.Announced("uuid", parse.Target("PUT", "url"), parse.Target("POST", "url"))
    assert "url" not in repr(read)


@pytest.mark.row("U7")
def test_a_session_has_one_id_and_of_two_ends_the_inner_one_counts() -> None:
    inner, outer = "2026-11-21T13:00:00Z", "2026-11-21T14:00:00Z"
    both = answer(upload_session={"id": "s1", "expires_at": inner}, expires_at=outer, upload_session_id="s1")
    assert parse.parse_upload_session(both) == parse.Session("s1", NOW.replace(hour=13))
    one = parse.parse_upload_session(answer(upload_session={"id": "s1"}, expires_at=outer))
    assert one == parse.Session("s1", NOW.replace(hour=14))
    with pytest.raises(ServiceError, match="upload_session_id"):
        parse.parse_upload_session(answer())


@pytest.mark.row("U17")
@pytest.mark.parametrize(
    ("ttl", "expires_at", "until"),
    [
        (60, "2026-11-21T13:00:00Z", NOW.replace(minute=1)),
        (7200, "2026-11-21T13:00:00.25+01:00", NOW.replace(microsecond=250_000)),
        ("60.0", None, NOW.replace(minute=1)),
        (None, "2026-11-21T13:00:00Z", NOW.replace(hour=13)),
        (1e300, "soon", None),
        (-1, "", None),
    ],
)
def test_of_ttl_and_expires_at_the_earlier_counts(ttl: object, expires_at: object, until: datetime | None) -> None:
    upload = {"upload_url": "http://a/b", "ttl": ttl, "expires_at": expires_at}
    read = parse.parse_announced(answer(track_id="t", track_upload=upload), now=NOW)
    assert (read.file.until, read.cover) == (until, None)


@pytest.mark.row("U16")
def test_a_file_goes_the_way_that_the_answer_names() -> None:
    def method(told: object) -> str:
        upload = {"upload_url": "http://a/b", "method": told}
        return parse.parse_announced(answer(track_id="t", track_upload=upload)).file.method

    assert [method(told) for told in ("POST", "patch", None)] == ["POST", "PATCH", "PUT"]
    with pytest.raises(ServiceError, match="no way to send"):
        method("PUT /x HTTP/1.1\r\nHost: elsewhere")
    with pytest.raises(ServiceError, match="where the file goes"):
        parse.parse_announced(answer(track_id="t"))


@pytest.mark.row("U20", side="adapter")
@pytest.mark.row("U22", side="adapter")
@pytest.mark.row("U24")
@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (200, ServiceError, None),
        (400, ServiceError, 400),
        (401, AuthenticationError, 401),
        (403, AuthenticationError, 403),
        (404, NotFound, 404),
        (409, ServiceError, 409),
        (410, NotFound, 410),
        (422, Unavailable, 422),
        (429, RateLimited, 429),
        (500, ServiceError, 500),
        (503, RateLimited, 503),
    ],
)
def test_a_refusal_is_one_error_with_its_code_and_request_id(
    status: int, error: type[LockerError], code: int | None
) -> None:
    body = json.dumps({"ok": False, "message": " No\n such ", "api_request_id": "r-1"}).encode()
    with pytest.raises(LockerError) as refusal:
        parse.check(body, status, {"Retry-After": "7"})
    assert type(refusal.value) is error
    assert (str(refusal.value), refusal.value.code, refusal.value.request_id) == ("No such", code, "r-1")
    assert getattr(refusal.value, "retry_after", 7) == 7
    with pytest.raises(error):
        parse.check(b"<html>", status if status != 200 else 500)


def test_a_refusal_of_a_file_says_why() -> None:
    def refused(status: int) -> LockerError:
        with pytest.raises(LockerError) as refusal:
            parse.check(b"", status, upload=True)
        return refusal.value

    assert [type(refused(status)) for status in (402, 507)] == [QuotaExceeded, QuotaExceeded]
    for status, reason in ((413, UploadReason.TOO_LARGE), (415, UploadReason.FORMAT), (422, UploadReason.FORMAT)):
        error = refused(status)
        assert isinstance(error, UploadRejected)
        assert error.reason == reason


@pytest.mark.row("U22", side="adapter")
@pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b"<html></html>", b"", b'{"ok":"no"}', b"[" * 10**6, b"\xff"])
def test_an_answer_that_does_not_say_ok_is_an_error(body: bytes) -> None:
    with pytest.raises(ServiceError):
        parse.check(body)


def test_a_refusal_with_a_good_status_may_name_another() -> None:
    with pytest.raises(NotFound) as refusal:
        parse.check(b'{"ok": false, "status": 404}')
    assert refusal.value.code == 404


def test_a_track_has_what_its_metadata_say_or_its_collection() -> None:
    plain: dict[str, Any] = {"file_name": "track-1.mp3", "duration": 12.5, "file_size": 99, "status": "ready"}
    assert only_track(**plain, metadata={"title": "First Track", "artist": "Abba", "track_number": 1}) == SUMMER
    odd = {"Title": ["First Track"], "ARTIST": "Abba", "trackNumber": "1/12", "album": "summer 2024 "}
    assert only_track(**plain, metadata=odd) == replace(SUMMER, album="summer 2024")
    shown = only_track(**plain, player_title="Shown", player_subtitle="Somebody", cover_image=None, metadata=[])
    assert (shown.title, shown.artist, shown.artwork) == ("Shown", "Somebody", None)
    bare = only_track()
    assert (bare.title, bare.artist, bare.album) == ("t1", UNKNOWN_ARTIST, SHELF.title)
    assert (bare.size, bare.duration) == (None, None)


def test_an_album_of_another_title_is_one_of_its_own_within_its_collection() -> None:
    def album_id(collection: Playlist = SHELF, **metadata: str) -> str | None:
        body = answer(tracks=[{"id": "t1", "metadata": metadata}])
        return parse.parse_tracks(body, collection=collection).items[0].album_id

    arrival = album_id(album="Arrival")
    assert arrival == album_id(album="ARRIVAL")
    elsewhere = album_id(replace(SHELF, id="c1"), album="Arrival")
    assert len({arrival, album_id(), album_id(album="Arrival", album_artist="Abba"), elsewhere}) == 4


@pytest.mark.parametrize("name", ["status", "track_status_id"])
def test_only_what_is_ready_plays(name: str) -> None:
    def available(status: str | None) -> bool:
        fields: dict[str, Any] = {name: status}
        return only_track(**fields).available

    assert all(map(available, ("ready", "READY", None)))
    assert not any(
        map(available, ("processing", "fallback", "fallback_processing", "incomplete", "error", "failed", "x"))
    )


@pytest.mark.parametrize("status", ["initialized", "initializing", "init_error"])
def test_a_track_whose_file_never_came_is_not_listed(status: str) -> None:
    assert not parse.parse_tracks(answer(tracks=[{"id": "t1", "status": status}]), collection=SHELF).items
    assert parse.parse_state(answer(track={"id": "t1", "track_status_id": status})).progress is Progress.ANNOUNCED


def test_a_track_is_of_the_type_that_will_be_played() -> None:
    small = items.Variant("lq", "audio/mp4", 64)
    track = only_track(best=small, file_name="a.flac", file_size=5)
    assert (track.mime_type, track.bit_rate, track.size) == ("audio/mp4", 64, None)
    track = only_track(best=items.Variant("original", original=True), file_name="a.flac", file_size=5)
    assert (track.mime_type, track.bit_rate, track.size) == ("audio/flac", None, 5)


def test_variants_that_cannot_be_heard_whole_are_left_out() -> None:
    told = [
        {"id": "1", "name": "HQ", "index": "hq", "variant_type_id": "transcode", "codec": "aac", "bitrate": 256},
        {"id": "2", "name": "mp3_128", "type": "transcode", "format": "mp3"},
        {"id": "3", "index": "teaser", "type": "preview"},
        {"id": "4", "index": "waveform", "variant_type_id": "waveform_image"},
        {"id": "5", "index": "source", "type": "original"},
        {"id": "6", "type": "transcode"},
    ]
    assert parse.parse_variants(answer(variants=told, count=6)).items == [
        items.Variant("hq", "audio/aac", 256),
        items.Variant("mp3_128", "audio/mpeg", 128),
        items.Variant("source", original=True),
    ]


@pytest.mark.parametrize(
    "variants",
    [
        [{"path": "org/t1_hq.mp3", "url": "https://a/org/t1_hq.mp3?verify=x"}],
        [{"url": "https://a/org/t1_hq.mp3?verify=x"}],
        {"url": "https://a/org/t1_hq.mp3?verify=x"},
        {"hq": "https://a/org/t1_hq.mp3?verify=x"},
        {"hq": {"url": "https://a/org/t1_hq.mp3?verify=x"}},
        [{"variant": {"index": "hq", "bitrate": 9}, "url": "https://a/t_1.mp3", "content_type": "audio/mpeg"}],
        [{"index": "hq", "format": "mp3", "url": "https://a/org/t1?verify=x"}, {"path": "no address"}],
    ],
)
def test_variants_come_in_many_shapes(variants: object) -> None:
    (delivery,) = parse.parse_playing(answer(variants=variants, cover_image={"url": "https://a/c"})).deliveries
    assert (delivery.index, delivery.mime_type) == ("hq", "audio/mpeg")
    assert "verify" not in repr(delivery)


def test_of_a_covers_sizes_the_largest_is_taken() -> None:
    def cover(image: object) -> str | None:
        return parse.parse_playing(answer(variants=[], cover_image=image)).cover

    sizes = {"icon": {"url": "i"}, "regular": {"url": "r"}, "large": {"url": "l"}}
    assert [cover(sizes), cover({"icon": {"url": "i"}, "large": None}), cover({"url": "u"}), cover("t")] == list("liut")
    assert [cover(None), cover({}), cover([]), cover({"icon": {}})] == [None] * 4


def test_what_the_service_found_in_a_file_fills_in_what_its_metadata_do_not_say() -> None:
    info = {"title": "In the file", "artist": "Abba", "size": 5, "bitrate": 64, "content_type": "audio/flac"}
    track = only_track(info=info, metadata={"title": "Given", "artist": None}, cover_image_prefix=None)
    assert (track.title, track.artist, track.size, track.bit_rate) == ("Given", "Abba", 5, 64)
    assert (track.mime_type, track.artwork) == ("audio/flac", None)


def test_a_play_session_brings_its_first_track() -> None:
    first = {"variants": [{"url": "http://a/x_lq.mp3"}], "cover_image": "http://a/c"}
    session, playing = parse.parse_play_session(answer(play_session_id="p1", first_track=first, expires_at="x"))
    assert session == parse.Session("p1")
    assert playing is not None
    assert (playing.cover, playing.deliveries[0].index) == ("http://a/c", "lq")
    assert parse.parse_play_session(answer(play_session={"id": "p1"}))[1] is None


def test_an_organization_is_whose_key_it_is() -> None:
    told = {"id": "O1", "name": "Our label"}
    assert parse.parse_organization(answer(organization=told)) == Account("o1", "Our label")
    assert parse.parse_organization(answer(organization_id="O1")) == Account("o1", "O1")
    assert parse.parse_creators(answer(creators=[{"id": "x"}, {"organization_id": "o1"}])) == "o1"
    assert parse.parse_creators(answer(creators=[])) is None
    with pytest.raises(ServiceError, match="no organization"):
        parse.parse_organization(answer())


PARSERS: list[Callable[..., object]] = [
    parse.parse_organization,
    parse.parse_creators,
    parse.parse_collections,
    parse.parse_collection,
    lambda body, status: parse.parse_tracks(body, status, collection=SHELF),
    parse.parse_states,
    parse.parse_state,
    parse.parse_variants,
    parse.parse_play_session,
    parse.parse_playing,
    parse.parse_download,
    parse.parse_upload_session,
    parse.parse_announced,
]
NAMES = """info variant large size
    ok status track_status_id message api_request_id code organization organization_id name creators count title
    collections collection collection_id id updated_at tracks track track_id metadata artist album track_number method
    file_name duration file_size cover_image variants index type codec format bitrate url path play_session first_track
    play_session_id download upload_session upload_session_id expires_at track_upload track_cover_upload upload_url
    ttl"""
FIELDS = st.sampled_from(NAMES.split())
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.sampled_from(["t1", "9e9"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=6), max_leaves=15
)
STATUSES = st.sampled_from([200, 201, 204, 302, 400, 401, 404, 418, 429, 500, 503, 599])
FAST = settings(max_examples=50, deadline=None)


def all_read(body: bytes, status: int) -> None:
    """Read a body as every kind of answer; anything raised but LockerError fails the test."""
    for read in PARSERS:
        try:
            repr(read(body, status))
        except LockerError as error:
            str(error).encode()


@FAST
@given(st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()), STATUSES)
def test_whatever_comes_is_read_or_is_an_error_of_the_one_family(body: bytes, status: int) -> None:
    all_read(body, status)


@FAST
@given(st.dictionaries(FIELDS, VALUES, max_size=12), STATUSES)
def test_good_answers_with_any_fields_are_read_or_an_error_of_the_one_family(fields: Any, status: int) -> None:
    all_read(json.dumps({**fields, "ok": True}).encode(), status)


@FAST
@given(st.sampled_from(BODIES), st.data())
def test_printed_answers_that_are_cut_or_changed(body: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(len(body), start + 40)))
    all_read(body[:start] + data.draw(st.binary(max_size=20)) + body[end:], 200)
