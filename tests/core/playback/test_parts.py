"""Playing a part of a track only."""

import asyncio

from music_locker_core.playback.output import OutputFeature, OutputState
from music_locker_core.playback.player import PlayerState
from music_locker_core.playback.programme import Mode
from tests.core.playback.room import TRACKS, Room, Store, room


async def reached(kitchen: Room, at: int | None) -> None:
    """Wait until the loop has heard that the end of the part was reached."""
    async with asyncio.timeout(10):
        while kitchen.at != at:  # noqa: ASYNC110 - nothing but the loop has to have its turn
            await asyncio.sleep(0)
    await kitchen.settled()


async def test_a_part_begins_and_ends_where_it_shall() -> None:
    async with room() as kitchen:
        kitchen.player.set_part(0, 10.0, 30.0)
        await kitchen.player.play()
        await kitchen.settled()
        assert kitchen.speaker.commands == [("load", 1, 10.0)]
        assert kitchen.player.duration == 20.0

        kitchen.speaker.report(OutputState.PLAYING, 15.0)
        assert kitchen.player.elapsed == 5.0
        await kitchen.player.seek_current(19.0)
        assert kitchen.speaker.commands[-1] == ("seek", 29.0)

        kitchen.speaker.report(OutputState.PLAYING, 30.0)
        await reached(kitchen, 1)
        assert kitchen.speaker.commands[-2:] == [("load", 2, 0.0), ("next", 3)]
        assert kitchen.played == []


async def test_the_speaker_is_not_told_before_of_a_part_that_begins_later() -> None:
    async with room() as kitchen:
        await kitchen.player.play()
        kitchen.player.set_part(1, 50.0, None)
        await kitchen.settled()
        assert kitchen.speaker.commands[-1] == ("next", None)

        kitchen.speaker.end()
        await kitchen.settled()
        assert ("load", 2, 50.0) in kitchen.speaker.commands
        assert kitchen.player.duration == 50.0


async def test_a_part_that_the_speaker_goes_over_to_by_itself_ends_as_well() -> None:
    async with room() as kitchen:
        kitchen.player.set_part(1, 0.0, 5.0)
        await kitchen.player.play()
        await kitchen.settled()
        kitchen.speaker.end()
        kitchen.speaker.report(OutputState.PLAYING, 6.0)

        await reached(kitchen, 2)
        assert kitchen.speaker.commands[-1] == ("load", 3, 0.0)


async def test_single_stops_the_speaker_at_the_end_of_a_part() -> None:
    async with room(OutputFeature.SEEK) as kitchen:
        kitchen.player.set_single(Mode.ON)
        kitchen.player.set_part(0, 0.0, 5.0)
        await kitchen.player.play()
        kitchen.speaker.report(OutputState.PLAYING, 5.0)

        await reached(kitchen, 1)
        assert kitchen.player.state is PlayerState.PAUSED
        assert kitchen.speaker.commands[-1] == ("stop",)


async def test_parts_and_tags_are_kept() -> None:
    store = Store()
    async with room(store=store) as kitchen:
        kitchen.player.add(["http://radio.example.com/stream"])
        kitchen.player.set_part(0, 1.5, 2.5)
        kitchen.player.set_tags(3, (("Title", "News"), ("Name", "Radio")))
    again = Room(store=store)
    await again.player.restore()

    assert (again.player.queue[0].start, again.player.queue[0].end) == (1.5, 2.5)
    assert again.player.queue[3].tags == (("Title", "News"), ("Name", "Radio"))
    assert again.player.queue[1].track == TRACKS["home", "2"]  # type: ignore[index] # a TrackKey is a tuple
    await again.player.close()
