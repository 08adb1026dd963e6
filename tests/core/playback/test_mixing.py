"""Crossfade, MixRamp and replay gain, heard in the live stream."""

import numpy as np
import pytest

from mpd_bridge.demo_music.catalogue import Encoding
from music_locker_core.playback.output import Ended, Media, OutputEvent, OutputState, Started, StateChanged
from music_locker_core.streams.mixing import Mixing, ReplayGain
from tests.core.playback.live_listener import Ear, HandPace
from tests.core.playback.stage import Stage, clock, make_site, quiet_stage, stage
from tests.core.playback.tones import WINDOW, levels, samples_of, tagged, tone_file
from tests.core.streams.sound import MIME_TYPES, sound_file

__all__ = ["clock", "make_site", "quiet_stage", "stage"]  # fixtures
pytestmark = pytest.mark.slow

LOW, HIGH = 440.0, 1500.0
LENGTH = 21.0  # seconds; what is shorter than 20 is not mixed
HEARD = 0.1  # level above which a tone is there
RAMPS = (("MIXRAMP_START", "-20 0.5;0 2;6 5;"), ("mixramp_end", "-20 0.5;0 3;6 9;"))


def tones(stage: Stage, *, seconds: float = LENGTH, tags: tuple[tuple[str, str], ...] = ()) -> list[Media]:
    return [
        stage.media(number, content=tone_file(frequency, seconds, tags=tags))
        for number, frequency in ((1, LOW), (2, HIGH))
    ]


async def border(stage: Stage, ear: Ear, mixing: Mixing, media: list[Media], *, position: float = 16.0) -> float:
    """Listen to the end of one track and the beginning of the next; return where that is when it is current."""
    stage.output.set_mixing(mixing)
    await stage.output.load(media[0], position=position)
    await stage.output.set_next(media[1])
    await stage.events.wait_for(Started(media[0].item_id))
    await stage.events.wait_for(Started(media[1].item_id))
    told = await stage.events.wait_for(is_playing)
    await ear.listen(1.0)
    assert isinstance(told, StateChanged)
    assert told.position is not None
    return told.position


def is_playing(event: OutputEvent) -> bool:
    return isinstance(event, StateChanged) and event.state is OutputState.PLAYING


def both(ear: Ear) -> tuple[list[float], list[float]]:
    """Return the levels of both tones where both are heard."""
    samples = samples_of(bytes(ear.heard))
    low, high = levels(samples, LOW), levels(samples, HIGH)
    at_once = (low > HEARD) & (high > HEARD)
    return low[at_once].tolist(), high[at_once].tolist()


async def test_two_tracks_fade_into_each_other(stage: Stage) -> None:
    async with stage.listening() as ear:
        assert await border(stage, ear, Mixing(crossfade=2), tones(stage)) == pytest.approx(2.0, abs=0.01)
        low, high = both(ear)
        assert len(low) * WINDOW == pytest.approx(1.2, abs=0.2)  # the ends are too quiet to count
        assert low == pytest.approx(sorted(low, reverse=True), abs=0.02)
        assert high == pytest.approx(sorted(high), abs=0.02)
        assert np.add(low, high) == pytest.approx(np.ones(len(low)), abs=0.15)


async def test_playing_takes_less_time_by_the_crossfade(stage: Stage) -> None:
    codes = {}
    for crossfade in (0, 2):
        async with stage.listening() as ear:
            await border(stage, ear, Mixing(crossfade), [stage.media(5, LENGTH), stage.media(6, LENGTH)])
            await ear.listen(5.0)
            codes[crossfade] = {(code.number, code.block): code.time for code in ear.codes()}
            await stage.output.stop()
    between = [codes[crossfade][6, 1] - codes[crossfade][5, 4] for crossfade in (0, 2)]
    assert between == [pytest.approx(9.0, abs=0.05), pytest.approx(7.0, abs=0.05)]


@pytest.mark.parametrize(
    ("mixing", "seconds"), [(Mixing(), LENGTH), (Mixing(crossfade=2), 19.0), (Mixing(crossfade=21), LENGTH)]
)
async def test_tracks_are_not_mixed(stage: Stage, mixing: Mixing, seconds: float) -> None:
    async with stage.listening() as ear:
        assert await border(stage, ear, mixing, tones(stage, seconds=seconds)) == 0.0
        assert len(both(ear)[0]) <= 1


async def test_the_files_ramps_say_how_long_they_overlap(stage: Stage) -> None:
    async with stage.listening() as ear:
        mixing = Mixing(crossfade=1, mixramp_db=0.0, mixramp_delay=2.0)
        assert await border(stage, ear, mixing, tones(stage, tags=RAMPS)) == pytest.approx(3.0, abs=0.01)
        low, high = both(ear)
        assert len(low) * WINDOW == pytest.approx(3.0, abs=0.2)
        assert low[2:-2] + high[2:-2] == pytest.approx([1.0] * 2 * len(low[2:-2]), abs=0.1)  # nothing is faded


async def test_a_seek_into_the_overlap_makes_it_shorter(stage: Stage) -> None:
    async with stage.listening() as ear:
        position = await border(stage, ear, Mixing(crossfade=5), tones(stage), position=19.0)
        assert position == pytest.approx(2.0, abs=0.15)


async def fading(stage: Stage, ear: Ear) -> None:
    """Listen until two tracks are in the middle of their overlap."""
    stage.output.set_mixing(Mixing(crossfade=4))
    media = tones(stage)
    await stage.output.load(media[0], position=16.0)
    await stage.output.set_next(media[1])
    await stage.events.wait_for(Started(1))
    while stage.output.position < 19.0:
        await ear.listen(0.1)


async def test_a_pause_in_the_overlap_goes_on_where_it_was(stage: Stage) -> None:
    async with stage.listening() as ear:
        await fading(stage, ear)
        await stage.output.pause()
        await ear.listen(2.0)
        ear.forget()
        await ear.listen(1.0)
        assert ear.loudness() == 0.0
        await stage.output.play()
        await stage.events.wait_for(Started(2))
        told = await stage.events.wait_for(is_playing)
        assert isinstance(told, StateChanged)
        assert told.position == pytest.approx(4.0, abs=0.01)
        assert len(both(ear)[0]) * WINDOW == pytest.approx(1.2, abs=0.3)


async def test_a_seek_back_in_the_overlap_leaves_it(stage: Stage) -> None:
    async with stage.listening() as ear:
        await fading(stage, ear)
        await stage.output.seek(2.0)
        await ear.listen(2.0)
        ear.forget()
        await ear.listen(2.0)
        samples = samples_of(bytes(ear.heard))
        assert levels(samples, LOW)[2:].min() > 0.8
        assert levels(samples, HIGH)[2:].max() < HEARD
        assert Started(2) not in stage.events.all


async def test_what_follows_can_be_taken_back_in_the_overlap(stage: Stage) -> None:
    async with stage.listening() as ear:
        await fading(stage, ear)
        await stage.output.set_next(None)
        await stage.events.wait_for(Ended(1))
        assert Started(2) not in stage.events.all


async def test_another_crossfade_counts_from_the_next_overlap_on(stage: Stage) -> None:
    async with stage.listening() as ear:
        await fading(stage, ear)
        stage.output.set_mixing(Mixing())
        await stage.events.wait_for(Started(2))
        assert StateChanged(OutputState.PLAYING, 0.0) not in stage.events.all


async def test_time_goes_on_alike_while_nobody_listens(quiet_stage: Stage, clock: HandPace) -> None:
    stage = quiet_stage
    stage.output.set_mixing(Mixing(crossfade=5))
    await stage.output.load(stage.media(3, duration=200.0))
    await stage.output.set_next(stage.media(4, duration=100.0))
    await clock.advance(201.0)
    assert stage.events.all[2] == Started(4)
    assert stage.output.position == pytest.approx(6.0)


async def loudness(stage: Stage, content: bytes, mode: ReplayGain, encoding: Encoding = Encoding.MP3_CBR) -> float:
    """Return the highest sample that is heard of a track, 1 is full scale."""
    stage.output.set_mixing(Mixing(replay_gain=mode))
    async with stage.listening() as ear:
        await stage.output.load(stage.media(3, content=content, encoding=encoding))
        await stage.events.wait_for(Ended(3))
        await ear.listen(1.5)
        return ear.loudness()


@pytest.mark.parametrize("encoding", MIME_TYPES)
async def test_replay_gain_is_read_from_every_kind_of_file(stage: Stage, encoding: Encoding) -> None:
    content = tagged(sound_file(3, 1.5, encoding), {"REPLAYGAIN_TRACK_GAIN": "-12.0 dB"})
    plain = await loudness(stage, content, ReplayGain.OFF, encoding)
    assert 20 * np.log10(await loudness(stage, content, ReplayGain.TRACK, encoding) / plain) == pytest.approx(
        -12.0, abs=0.3
    )


@pytest.mark.parametrize(
    ("tags", "mode", "factor"),
    [
        ({"replaygain_track_gain": "+12 dB", "replaygain_track_peak": "0.4"}, ReplayGain.TRACK, 2.5),  # 1 / peak
        ({"replaygain_track_gain": "+6.02 dB"}, ReplayGain.ALBUM, 2.0),
        ({"replaygain_track_gain": "+6.02 dB", "replaygain_album_gain": "-6.02"}, ReplayGain.ALBUM, 0.5),
        ({"replaygain_track_gain": "loud"}, ReplayGain.TRACK, 1.0),
        ({}, ReplayGain.TRACK, 1.0),
    ],
)
async def test_peak_and_album_count(stage: Stage, tags: dict[str, str], mode: ReplayGain, factor: float) -> None:
    content = tone_file(LOW, 1.5, tags=tuple(tags.items()))
    plain = await loudness(stage, content, ReplayGain.OFF)
    assert await loudness(stage, content, mode) / plain == pytest.approx(factor, rel=0.05)


async def test_the_loudness_changes_while_a_track_plays(stage: Stage) -> None:
    async with stage.listening() as ear:
        content = tone_file(LOW, LENGTH, tags=(("replaygain_track_gain", "-12 dB"),))
        await stage.output.load(stage.media(3, content=content))
        await stage.events.wait_for(Started(3))
        await ear.listen(2.0)
        stage.output.set_mixing(Mixing(replay_gain=ReplayGain.TRACK))
        await ear.listen(4.0)
        heard = levels(samples_of(bytes(ear.heard)), LOW)
        assert heard.max() == pytest.approx(1.0, abs=0.1)
        assert heard[-5:] == pytest.approx([0.25] * 5, abs=0.03)
