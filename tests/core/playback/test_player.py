"""The player against a speaker that does as it is told, and otherwise."""

import pytest

from music_locker_core.playback.output import OutputError, OutputFeature, OutputState, Started
from music_locker_core.playback.player import PlayerState
from music_locker_core.playback.programme import Mode
from music_locker_core.playback.queue import LONGEST, QueueFull
from tests.core.playback.room import TRACKS, Room, Store, room
from tests.tools.fake_speaker import FakeSpeaker


async def test_play_begins_with_the_first_and_time_goes_on_with_the_clock() -> None:
    async with room() as kitchen:
        await kitchen.player.play()
        kitchen.clock.now += 12.5

        assert kitchen.player.state is PlayerState.PLAYING
        assert (kitchen.at, kitchen.player.elapsed, kitchen.player.duration) == (0, 12.5, 100.0)
        kitchen.clock.now += 500
        assert kitchen.player.elapsed == 100.0


async def test_the_speaker_knows_what_comes_next_and_goes_over_by_itself() -> None:
    async with room() as kitchen:
        await kitchen.player.play()
        await kitchen.settled()
        kitchen.speaker.end()
        await kitchen.settled()

        assert kitchen.speaker.commands == [("load", 1, 0.0), ("next", 2), ("next", 3)]
        assert kitchen.at == 1


async def test_an_edit_changes_what_the_speaker_plays_next() -> None:
    async with room() as kitchen:
        await kitchen.player.play()
        kitchen.player.move(2, 3, 1)
        await kitchen.settled()

        assert kitchen.speaker.commands[-1] == ("next", 3)


async def test_a_speaker_without_next_is_given_one_after_another_until_the_end() -> None:
    async with room(OutputFeature.PAUSE, count=2) as kitchen:
        await kitchen.player.play()
        kitchen.speaker.end()
        await kitchen.settled()
        assert kitchen.at == 1
        kitchen.speaker.end()
        await kitchen.settled()

        assert kitchen.player.state is PlayerState.STOPPED
        assert kitchen.player.current is None


async def test_repeat_begins_again() -> None:
    async with room(OutputFeature.PAUSE, count=2) as kitchen:
        kitchen.player.set_repeat(True)
        await kitchen.player.play(1)
        kitchen.speaker.end()
        await kitchen.settled()

        assert (kitchen.player.state, kitchen.at) == (PlayerState.PLAYING, 0)


async def test_single_oneshot_pauses_once_on_the_next() -> None:
    async with room() as kitchen:
        kitchen.player.set_single(Mode.ONESHOT)
        await kitchen.player.play()
        kitchen.speaker.end()

        assert (kitchen.player.state, kitchen.at) == (PlayerState.PAUSED, 1)
        assert kitchen.player.single is Mode.OFF


@pytest.mark.parametrize(("mode", "after"), [(Mode.ON, Mode.ON), (Mode.ONESHOT, Mode.OFF)])
async def test_consume_takes_out_what_has_played(mode: Mode, after: Mode) -> None:
    async with room() as kitchen:
        kitchen.player.set_consume(mode)
        await kitchen.player.play()
        await kitchen.player.next()

        assert [item.id for item in kitchen.player.queue] == [2, 3]
        assert kitchen.player.consume is after
        assert kitchen.at == 0


async def test_random_plays_everything_once_with_priorities_first() -> None:
    async with room(OutputFeature.PAUSE, count=5) as kitchen:
        await kitchen.player.play(0)
        kitchen.player.set_random(True)
        kitchen.player.set_priority(3, 4, 10)
        played = [kitchen.at]
        await kitchen.player.next()
        while kitchen.at is not None:
            played.append(kitchen.at)
            await kitchen.player.next()

        assert played[:2] == [0, 3]
        assert sorted(position for position in played if position is not None) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("features", [OutputFeature.PAUSE | OutputFeature.NEXT, OutputFeature(0)])
async def test_a_priority_is_spent_when_its_turn_has_come(features: OutputFeature) -> None:
    async with room(features) as kitchen:
        kitchen.player.set_priority(0, 3, 7)
        await kitchen.player.play(0)
        await kitchen.settled()
        assert [item.priority for item in kitchen.player.queue] == [0, 7, 7]
        kitchen.speaker.end()
        await kitchen.settled()
        assert [item.priority for item in kitchen.player.queue] == [0, 0, 7]
        assert kitchen.at == 1


async def test_stop_keeps_the_place_in_the_queue() -> None:
    async with room() as kitchen:
        await kitchen.player.play(1)
        await kitchen.player.stop()
        assert (kitchen.player.state, kitchen.at, kitchen.player.elapsed) == (PlayerState.STOPPED, 1, 0.0)
        await kitchen.player.play()

        assert kitchen.at == 1


async def test_previous_goes_back() -> None:
    async with room() as kitchen:
        await kitchen.player.play(2)
        await kitchen.player.previous()

        assert kitchen.at == 1


async def test_a_speaker_that_cannot_pause_is_stopped_and_loaded_again_where_it_was() -> None:
    async with room(OutputFeature(0)) as kitchen:
        await kitchen.player.play()
        kitchen.clock.now += 30
        await kitchen.player.pause()
        kitchen.clock.now += 30
        assert kitchen.player.elapsed == 30.0
        await kitchen.player.pause(False)

        assert kitchen.speaker.commands == [("load", 1, 0.0), ("stop",), ("load", 1, 30.0)]


async def test_pause_and_going_on() -> None:
    async with room(OutputFeature.PAUSE) as kitchen:
        await kitchen.player.play()
        await kitchen.player.pause()
        assert kitchen.player.state is PlayerState.PAUSED
        await kitchen.player.play()

        assert kitchen.speaker.names() == ["load", "pause", "play"]


@pytest.mark.parametrize(
    ("features", "command"), [(OutputFeature.SEEK, ("seek", 100.0)), (OutputFeature(0), ("load", 1, 100.0))]
)
async def test_seeking_beyond_the_end_goes_to_the_end(features: OutputFeature, command: tuple[object, ...]) -> None:
    async with room(features) as kitchen:
        await kitchen.player.play()
        await kitchen.player.seek_current(5000)

        assert kitchen.speaker.commands[-1] == command
        assert kitchen.player.elapsed == 100.0


async def test_seek_plays_another_item_from_the_middle() -> None:
    async with room(OutputFeature.SEEK) as kitchen:
        await kitchen.player.seek(2, 40)

        assert kitchen.speaker.commands[-1] == ("load", 3, 40)
        assert kitchen.player.elapsed == 40.0


async def test_seek_to_another_item_waits_for_the_end_of_a_pause() -> None:
    async with room(OutputFeature.SEEK | OutputFeature.PAUSE) as kitchen:
        await kitchen.player.play()
        await kitchen.player.pause()
        await kitchen.player.seek(2, 40)

        assert kitchen.player.state is PlayerState.PAUSED
        assert (kitchen.player.elapsed, kitchen.speaker.loaded) == (40.0, None)
        await kitchen.player.pause(paused=False)
        assert kitchen.speaker.commands[-1] == ("load", 3, 40)


async def test_deleting_what_plays_goes_on_with_what_came_after_it() -> None:
    async with room() as kitchen:
        await kitchen.player.play(0)
        kitchen.player.delete(0, 2)
        await kitchen.settled()

        assert kitchen.speaker.loaded is not None
        assert kitchen.speaker.loaded.item_id == 3
        kitchen.player.clear()
        await kitchen.settled()
        assert kitchen.player.state is PlayerState.STOPPED
        assert kitchen.speaker.loaded is None


async def test_a_track_that_fails_is_skipped_with_an_error() -> None:
    async with room() as kitchen:
        await kitchen.player.play()
        kitchen.speaker.fail("No such codec")
        await kitchen.settled()

        assert (kitchen.at, kitchen.player.error) == (1, "No such codec")
        kitchen.player.clear_error()
        assert kitchen.player.error is None


async def test_a_whole_round_of_failures_stops() -> None:
    async with room() as kitchen:
        kitchen.player.set_repeat(True)
        await kitchen.player.play()
        for _ in range(3):
            kitchen.speaker.fail()
            await kitchen.settled()

        assert kitchen.player.state is PlayerState.STOPPED
        assert kitchen.player.error is not None


async def test_a_refused_command_stops_with_an_error_and_is_raised() -> None:
    async with room() as kitchen:
        kitchen.speaker.refuses = "Switched off"
        with pytest.raises(OutputError, match="Switched off"):
            await kitchen.player.play()

        assert (kitchen.player.state, kitchen.player.error) == (PlayerState.STOPPED, "Switched off")


async def test_events_about_an_earlier_item_count_for_nothing() -> None:
    async with room(OutputFeature.PAUSE) as kitchen:
        await kitchen.player.play(0)
        old = kitchen.speaker.loaded
        await kitchen.player.play(2)
        kitchen.speaker.loaded = old
        kitchen.speaker.end()
        kitchen.speaker.emit(Started(1))

        assert (kitchen.player.state, kitchen.at) == (PlayerState.PLAYING, 2)


async def test_a_speaker_that_goes_away_pauses_and_plays_on_when_it_is_back() -> None:
    async with room() as kitchen:
        await kitchen.player.play()
        kitchen.clock.now += 20
        kitchen.speaker.report(OutputState.UNAVAILABLE)
        assert (kitchen.player.state, kitchen.player.elapsed) == (PlayerState.PAUSED, 20.0)
        kitchen.speaker.report(OutputState.IDLE)
        await kitchen.player.play()

        assert kitchen.player.state is PlayerState.PLAYING
        assert ("load", 1, 20.0) in kitchen.speaker.commands


async def test_the_speakers_own_buttons_are_followed() -> None:
    async with room() as kitchen:
        await kitchen.player.play()
        kitchen.speaker.report(OutputState.PAUSED, 7.0)
        assert (kitchen.player.state, kitchen.player.elapsed) == (PlayerState.PAUSED, 7.0)
        kitchen.speaker.report(OutputState.PLAYING, 8.0)
        kitchen.clock.now += 1
        assert kitchen.player.elapsed == 9.0
        kitchen.speaker.report(OutputState.IDLE)
        assert kitchen.player.state is PlayerState.STOPPED


async def test_another_speaker_takes_over_at_the_same_place() -> None:
    async with room() as kitchen:
        await kitchen.player.play(1)
        kitchen.clock.now += 33
        bath = FakeSpeaker("bath")
        await kitchen.player.set_output(bath)

        assert bath.commands[0] == ("load", 2, 33.0)
        assert kitchen.speaker.names()[-1] == "stop"
        assert kitchen.speaker.listener is None


async def test_volume() -> None:
    async with room() as kitchen:
        await kitchen.player.set_volume(30)
        assert kitchen.player.volume == 30
        assert kitchen.heard[-1] == {"mixer"}
    async with room(OutputFeature.PAUSE) as kitchen:
        assert kitchen.player.volume is None
        with pytest.raises(OutputError):
            await kitchen.player.set_volume(30)


async def test_a_batch_tells_of_everything_once() -> None:
    async with room() as kitchen:
        kitchen.heard.clear()
        with kitchen.player.batch():
            kitchen.player.set_random(True)
            kitchen.player.add(["http://radio.example/"])
            kitchen.player.shuffle()

        assert kitchen.heard == [{"options", "playlist"}]


async def test_a_new_queue_that_is_too_long_leaves_the_old_one() -> None:
    async with room() as kitchen:
        before = kitchen.player.queue.items
        with pytest.raises(QueueFull):
            await kitchen.player.replace(["http://radio.example/"] * (LONGEST + 1))

        assert kitchen.player.queue.items == before


async def test_replace_plays_from_the_place_that_was_chosen() -> None:
    async with room() as kitchen:
        ids = await kitchen.player.replace(list(TRACKS.values()), start=2)

        assert kitchen.speaker.commands[0] == ("load", ids[2], 0.0)
        assert len(kitchen.player.queue) == 5
        await kitchen.player.replace([], play=False)
        assert kitchen.player.state is PlayerState.STOPPED


async def test_a_restart_keeps_queue_modes_and_place_and_makes_no_sound() -> None:
    store = Store()
    async with room(store=store) as kitchen:
        kitchen.player.add(["http://radio.example/"])
        kitchen.player.set_repeat(True)
        kitchen.player.set_single(Mode.ONESHOT)
        kitchen.player.delete(0, 1)
        await kitchen.player.play(1)
        kitchen.clock.now += 42

    again = Room(store=store)
    await again.player.restore()
    assert [item.id for item in again.player.queue] == [2, 3, 4]
    assert (again.player.state, again.at, again.player.elapsed) == (PlayerState.PAUSED, 1, 42.0)
    assert (again.player.repeat, again.player.single) == (True, Mode.ONESHOT)
    assert again.speaker.commands == []
    assert again.player.add(["x"]) == [5]
    await again.player.play()
    assert again.speaker.commands[0] == ("load", 3, 42.0)
    await again.player.close()


@pytest.mark.parametrize("damaged", [b"{", b"[]", b'{"format": 0}'])
async def test_what_cannot_be_read_begins_empty(damaged: bytes, caplog: pytest.LogCaptureFixture) -> None:
    store = Store()
    store.values["player.kitchen"] = damaged
    kitchen = Room(store=store)
    await kitchen.player.restore()

    assert len(kitchen.player.queue) == 0
    assert len(caplog.records) == 1
    await kitchen.player.close()


async def test_what_has_played_in_all_is_counted_wherever_it_was() -> None:
    async with room() as kitchen:
        await kitchen.player.play(0)
        kitchen.clock.now += 10
        await kitchen.player.seek_current(50.0)
        kitchen.clock.now += 5
        await kitchen.player.pause(True)
        kitchen.clock.now += 100
        assert kitchen.player.playtime == 15.0


async def test_many_items_that_are_added_in_random_order_come_between_those_behind_the_current_one() -> None:
    async with room() as kitchen:
        player = kitchen.player
        await player.play(0)
        player.set_random(True)
        player.add([*TRACKS.values()] * 8)

        heard = {player.queue[0].id}
        while (following := player.next_item) is not None:
            heard.add(following.id)
            await player.next()
        assert len(heard) == len(player.queue) == 43
