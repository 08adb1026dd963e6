"""Every printed example of the documents, read by the adapter's parsers as it is printed."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from music_locker_core.errors import AuthenticationError, LockerError, SessionExpired
from music_locker_core.lockers import mp3tunes_parse as parse
from music_locker_core.lockers.mp3tunes_errors import storage_error
from music_locker_core.models import Account, Playlist

PRINTED = Path(__file__).parents[2] / "fixtures/seeds/mp3tunes"
EXAMPLES = {example["number"]: example for example in tomllib.loads((PRINTED / "index.toml").read_text())["example"]}
SID = "ec08029c87e05b2c49b6ac0cd194b68b"


def printed(number: str) -> bytes:
    return (PRINTED / str(EXAMPLES[number]["file"])).read_bytes()


@pytest.mark.row("M2", side="adapter")
@pytest.mark.row("M11", side="adapter")
@pytest.mark.row("M16", side="adapter")
@pytest.mark.parametrize("number", ["2.1", "2.2", "3.1", "3.2"])
def test_a_login_gives_its_session(number: str) -> None:
    assert parse.parse_login(printed(number)) == parse.Login(SID, "apitest@example.com")


@pytest.mark.row("M9", side="adapter")
@pytest.mark.row("M10")
@pytest.mark.row("M17", side="adapter")
@pytest.mark.parametrize("number", ["2.3", "2.4", "3.3", "3.4"])
def test_a_refused_partner_token_is_told_without_the_white_space_round_it(number: str) -> None:
    with pytest.raises(AuthenticationError) as refusal:
        parse.parse_login(printed(number))
    assert str(refusal.value) == "The partner_token input parameter failed validation."


@pytest.mark.row("M4", side="adapter")
@pytest.mark.row("M18", side="adapter")
@pytest.mark.parametrize("number", ["1.2", "1.3"])
def test_a_user_name_that_is_no_address_is_refused_with_and_without_the_dump_of_debug(number: str) -> None:
    with pytest.raises(AuthenticationError, match=r"^The provided email address is not properly formatted$"):
        parse.parse_login(printed(number))


@pytest.mark.row("M21", side="adapter")
@pytest.mark.row("M22", side="adapter")
@pytest.mark.row("M23")
@pytest.mark.parametrize("number", ["2.5", "2.6", "3.5", "3.6"])
def test_an_account_is_named_after_its_user(number: str) -> None:
    assert parse.parse_account(printed(number)) == Account("apitest@example.com", "Robert Paulson")


@pytest.mark.row("M24", side="adapter")
@pytest.mark.parametrize("number", ["2.7", "2.8", "3.7", "3.8"])
@pytest.mark.parametrize("status", [200, 401])
def test_not_logged_in_is_an_expired_session_with_either_http_status(number: str, status: int) -> None:
    with pytest.raises(SessionExpired, match="Not logged in"):
        parse.parse_account(printed(number), status)


@pytest.mark.row("M28", side="adapter")
@pytest.mark.row("M29", side="adapter")
@pytest.mark.row("M40")
@pytest.mark.parametrize("number", ["2.9", "2.10"])
def test_albums_keep_their_titles_as_they_are(number: str) -> None:
    albums = parse.parse_albums(printed(number)).items
    assert [(album.id, album.title, album.artist_id, album.artist) for album in albums] == [
        ("160", "...In All Their Splendor", "130", "Li'l Cap'n Travis"),
        ("406", "..aspen it is", "301", "..aspenitis"),
        ("13", "10 Horse Johnson", "11", "10 Horse Johnson"),
        ("902", "Scenes From A Memory", "25", "Dream Theater"),
    ]


@pytest.mark.row("M31", side="adapter")
@pytest.mark.row("M32", side="adapter")
@pytest.mark.row("M34", side="adapter")
@pytest.mark.parametrize("number", ["2.11", "2.12"])
def test_the_tracks_of_an_album_have_all_that_is_printed(number: str) -> None:
    first, *_others = tracks = parse.parse_tracks(printed(number)).items
    assert len(tracks) == 12
    assert (first.id, first.title, first.number, first.year) == (
        "456e7d07e3857455eca4afdee8d8598e",
        "Scene One - Regression",
        1,
        1999,
    )
    assert (first.artist, first.artist_id, first.album_artist) == ("Dream Theater", "25", "Dream Theater")
    assert (first.album, first.album_id) == ("Scenes From A Memory", "902")
    assert (first.file_name, first.mime_type) == ("scene_one__regression.mp3", "audio/mpeg")


def test_json_and_xml_of_the_same_album_give_the_same_tracks() -> None:
    assert parse.parse_tracks(printed("2.11")) == parse.parse_tracks(printed("2.12"))


@pytest.mark.row("M35", side="adapter")
@pytest.mark.row("X1")
@pytest.mark.parametrize("number", ["2.11", "2.12"])
def test_milliseconds_with_a_fraction_become_seconds_rounded_to_milliseconds(number: str) -> None:
    lengths = {track.number: track.duration for track in parse.parse_tracks(printed(number)).items}
    assert (lengths[1], lengths[2], lengths[3]) == (126.754, 217.921, 312.458)


@pytest.mark.row("M36")
def test_a_track_without_its_album_title_takes_that_of_the_answers_album() -> None:
    body = printed("2.11")
    assert body.count(b'"albumTitle"') == 12  # the album's and eleven of twelve tracks'
    assert {track.album for track in parse.parse_tracks(body).items} == {"Scenes From A Memory"}


@pytest.mark.row("M12")
@pytest.mark.row("M37", side="adapter")
@pytest.mark.parametrize(
    ("number", "change"),
    [
        ("2.11", lambda body: re.sub(rb'"trackFileKey":"\w+",', b"", body)),
        ("2.12", lambda body: re.sub(rb"<trackFileKey>\w+</trackFileKey>", b"", body)),
    ],
)
def test_a_download_url_in_either_form_names_the_file_key(number: str, change: Callable[[bytes], bytes]) -> None:
    keys = [track.id for track in parse.parse_tracks(printed(number)).items]
    assert [track.id for track in parse.parse_tracks(change(printed(number))).items] == keys


@pytest.mark.row("M38")
@pytest.mark.parametrize("number", ["2.11", "2.12"])
def test_no_session_is_kept_in_a_track(number: str) -> None:
    tracks = parse.parse_tracks(printed(number)).items
    assert SID not in repr(tracks)
    assert "http" not in repr(tracks)


@pytest.mark.row("M39")
@pytest.mark.parametrize("number", ["2.11", "2.12"])
def test_the_order_of_an_album_is_that_of_its_track_numbers(number: str) -> None:
    tracks = parse.parse_tracks(printed(number)).items
    assert [track.number for track in tracks] == list(range(1, 13))
    track_ids = re.findall(rb"trackId\W+(\d+)", printed(number))
    assert track_ids[4:7] == [b"12028", b"12029", b"12023"]  # which are no order


@pytest.mark.row("M41", side="adapter")
@pytest.mark.row("M43")
def test_playlists_are_read_without_their_tracks() -> None:
    assert parse.parse_playlists(printed("2.13")).items == [
        Playlist("1676", "Work", track_count=12),
        Playlist("1337", "Programming music", track_count=65535),
        Playlist("1685", "Dave Matthews Hour", track_count=17),
    ]


@pytest.mark.row("M42", side="adapter")
def test_playlists_in_json_are_a_list_as_albums_are() -> None:
    body = b'[{"playlistId":"1676","title":"Work","fileName":"w.m3u","fileCount":"12","dateModified":null}]'
    assert parse.parse_playlists(body).items == [Playlist("1676", "Work", track_count=12)]


RESPONSES: list[dict[str, Any]] = tomllib.loads((PRINTED / "response_headers.toml").read_text())["response"]
PUT_ERRORS: list[dict[str, Any]] = tomllib.loads((PRINTED / "locker_put.toml").read_text())["error"]
CLASSES = {
    400002: "UploadRejected hash_mismatch",
    401001: "SessionExpired",
    401002: "SessionExpired",
    401003: "AuthenticationError",
    401005: "AuthenticationError",
    403001: "UploadRejected empty",
    403002: "UploadRejected format",
    404001: "NotFound",
    409001: "UploadRejected damaged",
    413001: "UploadRejected too_large",
    413002: "QuotaExceeded",
    415001: "UploadRejected format",
    500001: "ServiceError",
    503001: "RateLimited",
}


def described(error: LockerError | None) -> str | None:
    return None if error is None else " ".join([type(error).__name__, *filter(None, [getattr(error, "reason", None)])])


@pytest.mark.row("M49", side="adapter")
@pytest.mark.row("M61", side="adapter")
@pytest.mark.row("M63", side="adapter")
@pytest.mark.row("M66", side="adapter")
@pytest.mark.row("M82")
@pytest.mark.parametrize("answer", [*RESPONSES, *PUT_ERRORS], ids=lambda answer: str(answer["error_no"]))
def test_the_headers_of_the_tables_tell_success_or_one_error_each(answer: dict[str, Any]) -> None:
    number = answer["error_no"]
    headers = {"X-MP3tunes-ErrorNo": str(number), "X-MP3tunes-ErrorString": answer["error_string"]}
    error = storage_error(answer.get("status", number // 1000), headers)
    assert described(error) == CLASSES.get(number)
    if error is not None:
        assert (str(error), error.code) == (answer["error_string"], number)


@pytest.mark.row("M81")
@pytest.mark.parametrize(
    ("status", "number", "expected"),
    [
        (404, "404999", "NotFound"),
        (401, "401777", "SessionExpired"),
        (413, None, "UploadRejected too_large"),
        (429, "1", "RateLimited"),
        (200, "403002", "UploadRejected format"),
        (418, "abc", "ServiceError"),
        (302, None, "ServiceError"),
    ],
)
def test_an_unknown_number_is_classed_by_the_status_and_kept(status: int, number: str | None, expected: str) -> None:
    error = storage_error(status, {} if number is None else {"X-MP3tunes-ErrorNo": number})
    assert described(error) == expected
    assert error is not None
    assert error.code == (int(number) if number is not None and number.isdigit() else status)


@pytest.mark.row("M5")
def test_unknown_fields_are_ignored_and_missing_ones_are_tolerated() -> None:
    body = b'{"trackList":[{"trackFileKey":"00ff","future":{"a":[1]}},{"trackTitle":"no key"}],"also":"new"}'
    (track,) = parse.parse_tracks(body).items
    assert (track.id, track.title, track.artist, track.album) == ("00ff", "00ff", "Unknown artist", None)


def test_no_printed_example_is_left_out() -> None:
    here = Path(__file__).read_text()
    assert [number for number in EXAMPLES if "file" in EXAMPLES[number] and f'"{number}"' not in here] == []
