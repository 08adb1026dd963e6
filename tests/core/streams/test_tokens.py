"""What a token is good for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_locker_core.models import Track, TrackKey
from music_locker_core.streams.tokens import Tokens

KEY = b"k" * 32
TRACK = Track("17/a b", "Title", locker="lock", mime_type="audio/mp4")


def made(output_id: str = "kitchen", generation: int = 0, key: bytes = KEY) -> Tokens:
    tokens = Tokens(key)
    tokens.register(output_id, generation)
    return tokens


def test_a_path_of_ours_becomes_its_track_again() -> None:
    path = made().path("kitchen", TRACK)
    assert path.startswith("/api/music_locker/stream/")
    assert path.endswith(".m4a")
    for url in (path, f"http://192.168.1.2:8123{path}", f"https://example.org{path}?x=1#y"):
        assert made().key_of_url(url) == TRACK.key


def test_a_token_is_the_first_16_bytes_of_an_hmac_and_stays_over_restarts() -> None:
    token = made().path("kitchen", TRACK).split("/")[4]
    assert len(token) == 22
    assert made().path("kitchen", TRACK).split("/")[4] == token


@pytest.mark.parametrize(
    "other",
    [made("bathroom"), made(generation=1), made(key=b"K" * 32)],
    ids=["another output", "a later generation", "another installation"],
)
def test_a_token_is_good_for_one_output_and_generation_and_installation(other: Tokens) -> None:
    assert other.key_of_url(made().path("kitchen", TRACK)) is None


def test_a_token_is_good_for_one_track() -> None:
    tokens = made()
    mine, other = tokens.path("kitchen", TRACK), tokens.path("kitchen", Track("18", "Title", locker="lock"))
    assert tokens.key_of_url(mine.rpartition("/")[0] + "/" + other.rpartition("/")[2]) is None


def test_an_output_that_is_gone_has_no_paths() -> None:
    tokens = made()
    path = tokens.path("kitchen", TRACK)
    tokens.unregister("kitchen")
    assert tokens.key_of_url(path) is None
    with pytest.raises(LookupError):
        tokens.path("kitchen", TRACK)


def test_a_short_installation_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Tokens(b"short")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://[broken",
        "http://example.org/song.mp3",
        "/api/music_locker/stream/",
        "/api/music_locker/stream/token",
        "/api/music_locker/stream/token/bG9jaw.MTc.mp3",
        "/api/music_locker/stream/tökén/bG9jaw.MTc.mp3",
        "/api/music_locker/stream/token/!.?.mp3",
        "/elsewhere/api/music_locker/stream/token/bG9jaw.MTc.mp3",
    ],
)
def test_any_other_url_is_not_ours(url: str) -> None:
    assert made().key_of_url(url) is None


@given(locker=st.text(st.characters(codec="utf-8")), track_id=st.text(st.characters(codec="utf-8")))
def test_every_id_survives_the_path(locker: str, track_id: str) -> None:
    path = made().path("kitchen", Track(track_id, "Title", locker=locker))
    assert path.isascii()
    assert made().key_of_url(path) == TrackKey(locker, track_id)


@given(st.text(), st.text())
def test_no_text_makes_the_check_fail(token: str, file: str) -> None:
    assert made().key_of(token, file) is None


@pytest.mark.parametrize(
    ("mime_type", "name", "extension"),
    [
        ("audio/mpeg", None, "mp3"),
        ("Audio/FLAC; x=y", None, "flac"),
        ("application/octet-stream", "song.OGG", "ogg"),
        ("application/octet-stream", "song.what/ever", "mp3"),
        ("application/octet-stream", None, "mp3"),
    ],
)
def test_the_extension_tells_the_kind_of_file(mime_type: str, name: str | None, extension: str) -> None:
    track = Track("1", "Title", locker="lock", mime_type=mime_type, file_name=name)
    assert made().path("kitchen", track).endswith(f".{extension}")
