"""The rules by which tracks overlap and are scaled, and the arithmetic."""

import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_locker_core.streams.mixing import Gain, Mixing, ReplayGain, Side, SoundTags, overlap, read_sound_tags, share
from music_locker_core.streams.pieces import Piece, joined

START, END = "-20 0.5;0 2;6 5;", "-20 0.5;0 3;6 9"
RAMPS = SoundTags(mixramp_start=START, mixramp_end=END)


@pytest.mark.parametrize(
    ("mixing", "lengths", "seconds"),
    [
        (Mixing(), (100.0, 100.0), 0.0),
        (Mixing(5), (100.0, 100.0), 5.0),
        (Mixing(5), (100.0, 19.9), 0.0),
        (Mixing(5), (19.9, 100.0), 0.0),
        (Mixing(5), (None, 100.0), 0.0),
        (Mixing(4_294_967_295), (100.0, 100.0), 0.0),
        (Mixing(60), (100.0, 100.0), 20.0),
        (Mixing(30), (100.0, 30.0), 0.0),
        (Mixing(5, 0.0, 1.0), (100.0, 100.0), 5.0),  # they have no ramps
    ],
)
def test_how_long_tracks_overlap(mixing: Mixing, lengths: tuple[float | None, float], seconds: float) -> None:
    assert overlap(mixing, Side(lengths[0]), Side(lengths[1])) == seconds


@pytest.mark.parametrize(
    ("decibels", "delay", "seconds"),
    [
        (0.0, 1.0, 4.0),
        (0.0, 5.5, 0.0),  # less than nothing
        (3.0, 1.0, 8.5),  # half way between two points
        (-30.0, 0.25, 0.75),  # quieter than all
        (math.nan, 0.25, 0.75),
        (6.0, 1.0, 13.0),
        (7.0, 1.0, 0.0),  # never so loud
        (0.0, math.inf, 0.0),
    ],
)
def test_ramps_say_how_long_tracks_overlap(decibels: float, delay: float, seconds: float) -> None:
    side = Side(100.0, RAMPS)
    assert overlap(Mixing(1, decibels, delay), side, side) == pytest.approx(seconds)
    assert overlap(Mixing(0, decibels, delay), side, side) == 0.0


def test_a_ramp_is_measured_after_replay_gain() -> None:
    louder = SoundTags(track=Gain(6.0, 0.0), mixramp_start=START, mixramp_end=END)
    mixing = Mixing(1, 6.0, 1.0, ReplayGain.TRACK)
    assert overlap(mixing, Side(100.0, louder), Side(100.0, louder)) == pytest.approx(4.0)


@pytest.mark.parametrize("ramp", ["", ";", "x y;", "1;2", "3 4 5;", "1 nan;"])
def test_what_is_no_ramp_mixes_nothing(ramp: str) -> None:
    side = Side(100.0, SoundTags(mixramp_start=ramp, mixramp_end=ramp))
    assert overlap(Mixing(1, 0.0, 0.5), side, side) == 0.0


@pytest.mark.parametrize(
    ("tags", "mode", "factor"),
    [
        ({"REPLAYGAIN_TRACK_GAIN": "-6.0206 dB"}, ReplayGain.TRACK, 0.5),
        ({"replaygain_track_gain": "6.0206", "replaygain_track_peak": "0.8"}, ReplayGain.TRACK, 1.25),
        ({"replaygain_album_gain": "-6.0206 dB"}, ReplayGain.TRACK, 0.5),
        ({"replaygain_album_gain": "-6.0206 dB"}, ReplayGain.OFF, 1.0),
        ({"replaygain_track_gain": "99999999 dB"}, ReplayGain.TRACK, 15.0),
        ({"replaygain_track_gain": "-99999999 dB"}, ReplayGain.TRACK, 1.0),
        ({"replaygain_track_gain": "nan"}, ReplayGain.TRACK, 1.0),
        ({"replaygain_track_gain": ""}, ReplayGain.TRACK, 1.0),
        ({"R128_TRACK_GAIN": "-2821"}, ReplayGain.TRACK, 0.5),
    ],
)
def test_by_what_samples_are_multiplied(tags: dict[str, str], mode: ReplayGain, factor: float) -> None:
    assert read_sound_tags(tags).factor(mode) == pytest.approx(factor, rel=0.01)


_NUMBERS = st.one_of(
    st.sampled_from(["-1.7e308", "1.7e308", "-1e9", "-100", "0", "-0.5", "1", "x"]), st.floats(width=64).map(str)
)
_RAMP = st.lists(st.tuples(_NUMBERS, _NUMBERS).map(" ".join), max_size=3).map(";".join)
_TAGS = st.fixed_dictionaries(
    {
        **dict.fromkeys(("mixramp_start", "mixramp_end"), _RAMP),
        **dict.fromkeys(("r128_track_gain", "replaygain_album_gain", "replaygain_album_peak"), _NUMBERS),
    }
)


@given(_TAGS, _TAGS, st.sampled_from(ReplayGain), st.floats(width=32))
def test_whatever_a_file_says_tracks_overlap_for_some_seconds_and_keep_their_sound(
    leaving: dict[str, str], coming: dict[str, str], mode: ReplayGain, decibels: float
) -> None:
    mixing = Mixing(5, decibels, 0.5, mode)
    sides = [Side(100.0, read_sound_tags(tags)) for tags in (leaving, coming)]

    assert 0.0 <= overlap(mixing, *sides) <= 20.0
    assert all(0.0 < side.tags.factor(mode) <= 15.0 for side in sides)


def test_a_fade_takes_as_much_as_it_gives() -> None:
    assert [share(1.0), share(0.5), share(0.0)] == pytest.approx([1.0, 0.5, 0.0])
    assert all(share(left / 10) + share(1 - left / 10) == pytest.approx(1.0) for left in range(11))


def pcm(*samples: int) -> bytes:
    return array("h", samples).tobytes()


def test_what_has_one_gain_is_left_to_the_encoder() -> None:
    assert joined([Piece(pcm(1, 2), 0.5), Piece(pcm(3), 0.5)]) == (pcm(1, 2, 3), 0.5)


def test_other_pieces_are_scaled_and_mixed_and_never_overflow() -> None:
    pieces = [
        Piece(pcm(100, -100), 0.5),
        Piece(pcm(30_000, -30_000, 30_000, 7), 1.0, pcm(30_000, -30_000), 1.0),
        Piece(pcm(10), 1.0),
    ]
    assert joined(pieces) == (pcm(50, -50, 32_767, -32_768, 30_000, 7, 10), 1.0)
