"""Songs as MPD clients read them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_locker_core.models import UNKNOWN_ALBUM, UNKNOWN_ARTIST, Track
from music_locker_core.mpd.songs import queue_block, song_block
from music_locker_core.mpd.tags import ALL_TAGS, clean, fold, own_value, value_or_fallback
from music_locker_core.playback.queue import Queue

TRACK = Track(
    "1",
    "Title",
    artist="Artist",
    album="Album",
    album_artist="Various",
    number=2,
    disc=1,
    year=1999,
    genre="Rock",
    duration=61.5,
    modified=datetime(2020, 4, 1, 14, tzinfo=timezone(timedelta(hours=2))),
    locker="demo",
    uri="Demo/Various/Album/02 Title.mp3",
)


def lines(track: Track, mask: frozenset[str] = ALL_TAGS) -> list[str]:
    return song_block(track, mask).decode().splitlines()


def test_a_song_shows_its_path_its_time_its_tags_and_its_length() -> None:
    assert lines(TRACK) == [
        "file: Demo/Various/Album/02 Title.mp3",
        "Last-Modified: 2020-04-01T12:00:00Z",
        "Artist: Artist",
        "AlbumArtist: Various",
        "Title: Title",
        "Album: Album",
        "Track: 2",
        "Date: 1999",
        "Genre: Rock",
        "Disc: 1",
        "Time: 62",
        "duration: 61.500",
    ]


def test_what_is_not_known_is_not_shown() -> None:
    assert lines(Track("1", "Title", artist=UNKNOWN_ARTIST, album=UNKNOWN_ALBUM, uri="Demo/x.mp3")) == [
        "file: Demo/x.mp3",
        "Title: Title",
    ]


def test_only_the_tags_of_the_mask_are_shown() -> None:
    assert lines(TRACK, frozenset({"title", "album", "composer"})) == [
        "file: Demo/Various/Album/02 Title.mp3",
        "Last-Modified: 2020-04-01T12:00:00Z",
        "Title: Title",
        "Album: Album",
        "Time: 62",
        "duration: 61.500",
    ]


def test_a_song_is_rendered_once() -> None:
    assert song_block(TRACK, ALL_TAGS) is song_block(TRACK, ALL_TAGS)


def test_a_changed_track_is_another_song() -> None:
    assert "Title: Title" in lines(TRACK)
    assert "Title: Other" in lines(replace(TRACK, title="Other"))


def test_a_value_that_looks_like_a_hidden_tag_stays() -> None:
    track = replace(TRACK, title="Genre: Rock\nGenre: Pop", genre="Title: x")
    assert lines(track, ALL_TAGS - {"genre"}).count("Title: Genre: Rock Genre: Pop") == 1
    assert "Genre: Title: x" in lines(track, ALL_TAGS - {"title"})


@given(st.text())
def test_no_tag_can_break_the_protocol(text: str) -> None:
    block = song_block(Track("1", text, artist=text, album=text, genre=text, uri="Demo/x.mp3"), ALL_TAGS)
    for line in block.decode().split("\n")[:-1]:
        key, separator, _ = line.partition(": ")
        assert separator
        assert key in {"file", "Title", "Artist", "Album", "Genre"}


def test_an_over_long_value_is_cut_at_a_character() -> None:
    shown = clean("é" * 5000)
    assert len(shown.encode()) <= 4000
    assert set(shown) == {"é"}


def test_the_values_of_a_tag() -> None:
    assert own_value(TRACK, "artist") == "Artist"
    assert own_value(replace(TRACK, album_artist=None), "albumartist") == ""
    assert own_value(TRACK, "composer") == ""
    assert value_or_fallback(replace(TRACK, album_artist=None), "albumartist") == "Artist"
    assert value_or_fallback(TRACK, "albumartistsort") == "Various"
    assert value_or_fallback(TRACK, "composer") == ""


@pytest.mark.parametrize(("text", "folded"), [("ABC", "abc"), ("Straße", "strasse"), ("ÉTÉ", "été"), ("Ⅳ", "iv")])
def test_folding_takes_case_and_compatibility_out(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_queued_song_shows_its_place_and_its_id() -> None:
    queue = Queue()
    (item_id,) = queue.add([TRACK])
    (item,) = queue.items
    assert queue_block(item, 0, ALL_TAGS).decode().splitlines() == [*lines(TRACK), "Pos: 0", f"Id: {item_id}"]


def test_a_queued_song_shows_its_priority() -> None:
    queue = Queue()
    queue.add([TRACK])
    queue.set_priority(0, 1, 5)
    assert queue_block(queue.items[0], 0, ALL_TAGS).decode().splitlines()[-1] == "Prio: 5"


def test_a_queued_address_shows_itself() -> None:
    queue = Queue()
    (item_id,) = queue.add(["http://radio.example/live"])
    assert queue_block(queue.items[0], 3, ALL_TAGS).decode().splitlines() == [
        "file: http://radio.example/live",
        "Pos: 3",
        f"Id: {item_id}",
    ]


def test_times_are_shown_in_utc() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert lines(replace(TRACK, added=moment, modified=moment))[1:3] == [
        "Last-Modified: 2026-01-02T03:04:05Z",
        "Added: 2026-01-02T03:04:05Z",
    ]
