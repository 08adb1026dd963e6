"""Outputs that hang, break, change, or can do little; and orders of the queue that follow from modes."""

import asyncio
from itertools import pairwise

import pytest

from music_locker_core.models import Track
from music_locker_core.playback import driver
from music_locker_core.playback.output import Media, OutputError, OutputFeature, OutputState, Started
from music_locker_core.playback.player import PlayerState
from music_locker_core.playback.programme import Mode
from tests.core.playback.room import TRACKS, room
from tests.tools.fake_speaker import FakeSpeaker


class HangingSpeaker(FakeSpeaker):
    """Take a load for ever."""

    async def load(self, media: Media, *, position: float = 0.0, paused: bool = False) -> None:
        await asyncio.Event().wait()


class BrokenSpeaker(FakeSpeaker):
    """Fail in a way that no output may."""

    async def load(self, media: Media, *, position: float = 0.0, paused: bool = False) -> None:
        raise RuntimeError("a fault of the output")


async def test_an_output_that_does_not_answer_is_an_error_and_not_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "_TIMEOUT", 0.01)
    async with room() as kitchen:
        await kitchen.player.set_output(HangingSpeaker("hanging"))
        with pytest.raises(OutputError, match="does not answer"):
            await kitchen.player.play()
        assert (kitchen.player.state, kitchen.player.error) == (PlayerState.STOPPED, "The output does not answer")
        await kitchen.player.set_output(kitchen.speaker)
        await kitchen.player.play()
        assert kitchen.player.state is PlayerState.PLAYING
        assert kitchen.player.error is None


async def test_an_output_that_breaks_is_an_error_and_not_the_end(caplog: pytest.LogCaptureFixture) -> None:
    async with room() as kitchen:
        await kitchen.player.set_output(BrokenSpeaker("broken"))
        with pytest.raises(OutputError, match="the log tells more"):
            await kitchen.player.play()
        assert "a fault of the output" in caplog.text
        await kitchen.player.set_output(kitchen.speaker)
        await kitchen.player.play()
        assert kitchen.player.state is PlayerState.PLAYING


async def test_whoever_stops_to_wait_does_not_stop_the_command() -> None:
    async with room() as kitchen:
        waiting = asyncio.create_task(kitchen.player.play())
        await asyncio.sleep(0)
        waiting.cancel()
        await kitchen.settled()
        assert kitchen.speaker.names() == ["load", "next"]
        assert kitchen.player.state is PlayerState.PLAYING


async def test_many_quick_steps_make_few_loads() -> None:
    async with room(OutputFeature.PAUSE, count=5) as kitchen:
        await asyncio.gather(*(kitchen.player.play(position) for position in range(5)))
        assert kitchen.speaker.commands == [("load", 5, 0.0)]


async def test_another_output_begins_where_a_paused_player_was_when_it_goes_on() -> None:
    async with room() as kitchen:
        await kitchen.player.play()
        kitchen.clock.now += 30
        await kitchen.player.pause()
        other = FakeSpeaker("other")
        await kitchen.player.set_output(other)
        assert other.commands == []
        await kitchen.player.pause()
        assert other.commands[0] == ("load", 1, 30.0)


async def test_the_same_output_again_changes_nothing() -> None:
    async with room() as kitchen:
        kitchen.heard.clear()
        await kitchen.player.set_output(kitchen.speaker)
        assert kitchen.heard == []


async def test_seeking_while_paused_needs_no_output_that_can_seek() -> None:
    async with room(OutputFeature.PAUSE) as kitchen:
        await kitchen.player.play()
        await kitchen.player.pause()
        await kitchen.player.seek_current(40)
        assert (kitchen.player.state, kitchen.player.elapsed) == (PlayerState.PAUSED, 40.0)
        await kitchen.player.pause(paused=False)
        assert kitchen.speaker.commands[-1] == ("load", 1, 40.0)


async def test_after_a_stop_transport_commands_do_nothing() -> None:
    async with room() as kitchen:
        for command in (
            kitchen.player.next,
            kitchen.player.previous,
            kitchen.player.pause,
            kitchen.player.stop,
        ):
            await command()
        await kitchen.player.seek_current(10)
        assert kitchen.speaker.commands == []
        assert kitchen.player.state is PlayerState.STOPPED


async def test_an_empty_queue_stays_silent() -> None:
    async with room(count=0) as kitchen:
        await kitchen.player.play()
        assert await kitchen.player.replace([]) == []
        assert kitchen.speaker.commands == []


async def test_an_empty_replacement_stops() -> None:
    async with room() as kitchen:
        await kitchen.player.play()
        await kitchen.player.replace([])
        assert kitchen.player.state is PlayerState.STOPPED
        assert kitchen.speaker.names()[-1] == "stop"


async def test_a_replacement_may_wait_to_be_played() -> None:
    async with room() as kitchen:
        await kitchen.player.replace(list(TRACKS.values()), play=False)
        assert len(kitchen.player.queue) == 5
        assert kitchen.player.state is PlayerState.STOPPED
        assert kitchen.speaker.commands == []


async def test_a_track_of_unknown_length_is_played_on_and_on() -> None:
    async with room(count=0) as kitchen:
        kitchen.player.add([Track("9", "Endless", locker="home")])
        await kitchen.player.play()
        kitchen.clock.now += 10_000
        assert (kitchen.player.elapsed, kitchen.player.duration) == (10_000, None)
        await kitchen.player.seek_current(20_000)
        assert kitchen.speaker.commands[-1] == ("seek", 20_000)


async def test_buffering_stops_the_clock() -> None:
    async with room() as kitchen:
        await kitchen.player.play()
        kitchen.clock.now += 10
        kitchen.speaker.report(OutputState.BUFFERING)
        kitchen.clock.now += 10
        assert kitchen.player.elapsed == 10
        kitchen.speaker.report(OutputState.PLAYING, 10.0)
        kitchen.clock.now += 1
        assert kitchen.player.elapsed == 11


async def test_a_speaker_that_comes_back_without_its_track_waits_to_be_told() -> None:
    async with room() as kitchen:
        await kitchen.player.play()
        kitchen.clock.now += 20
        kitchen.speaker.report(OutputState.UNAVAILABLE)
        kitchen.speaker.report(OutputState.IDLE)
        paused = kitchen.player.state
        await kitchen.player.pause(paused=False)
        await kitchen.settled()
        assert ("load", 1, 20.0) in kitchen.speaker.commands
        assert (paused, kitchen.player.state) == (PlayerState.PAUSED, PlayerState.PLAYING)


async def test_a_pause_before_the_speaker_has_begun_is_kept() -> None:
    async with room() as kitchen:
        kitchen.speaker._prompt = False
        await kitchen.player.play()
        await kitchen.player.pause()
        kitchen.speaker.emit(Started(1))
        kitchen.clock.now += 5
        assert (kitchen.player.state, kitchen.player.elapsed) == (PlayerState.PAUSED, 0.0)


async def test_shuffling_leaves_what_plays_first() -> None:
    async with room(count=5) as kitchen:
        await kitchen.player.play(3)
        kitchen.player.shuffle()
        assert kitchen.at == 0
        assert {item.id for item in kitchen.player.queue} == {1, 2, 3, 4, 5}


async def test_random_and_repeat_play_round_after_round() -> None:
    async with room(OutputFeature(0), count=4) as kitchen:
        kitchen.player.set_random(on=True)
        kitchen.player.set_repeat(on=True)
        await kitchen.player.play()
        played = []
        for _ in range(8):
            assert kitchen.player.current is not None
            played.append(kitchen.player.current.id)
            kitchen.speaker.end()
            await kitchen.settled()
        assert sorted(played[:4]) == [1, 2, 3, 4]
        assert all(before != after for before, after in pairwise(played))


async def test_items_added_in_random_order_play_after_the_current_one() -> None:
    async with room(OutputFeature(0), count=2) as kitchen:
        kitchen.player.set_random(on=True)
        await kitchen.player.play(0)
        kitchen.player.add(list(TRACKS.values())[2:])
        played = set()
        while kitchen.player.current is not None:
            played.add(kitchen.player.current.id)
            await kitchen.player.next()
        assert played == {1, 2, 3, 4, 5}


async def test_consume_with_repeat_ends_when_nothing_is_left() -> None:
    async with room(OutputFeature(0), count=2) as kitchen:
        kitchen.player.set_consume(Mode.ON)
        kitchen.player.set_repeat(on=True)
        await kitchen.player.play()
        for _ in range(2):
            kitchen.speaker.end()
            await kitchen.settled()
        assert len(kitchen.player.queue) == 0
        assert kitchen.player.state is PlayerState.STOPPED


async def test_setting_a_mode_as_it_is_tells_nothing() -> None:
    async with room() as kitchen:
        kitchen.heard.clear()
        kitchen.player.set_random(on=False)
        kitchen.player.set_repeat(on=False)
        kitchen.player.set_single(Mode.OFF)
        kitchen.player.set_consume(Mode.OFF)
        kitchen.player.clear_error()
        assert kitchen.heard == []


async def test_an_output_without_volume_refuses_one() -> None:
    async with room(OutputFeature.PAUSE) as kitchen:
        assert kitchen.player.volume is None
        with pytest.raises(OutputError, match="has no volume"):
            await kitchen.player.set_volume(10)
