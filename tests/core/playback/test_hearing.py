"""What counts as played."""

from collections.abc import AsyncIterator

import pytest

from music_locker_core.playback.output import OutputFeature
from tests.core.playback.room import Room, room
from tests.tools.fake_speaker import ALL


@pytest.fixture(params=[ALL, ALL & ~OutputFeature.NEXT, OutputFeature(0)], ids=["gapless", "by load", "plain"])
async def kitchen(request: pytest.FixtureRequest) -> AsyncIterator[Room]:
    """Give a room with three tracks of 100 seconds on a speaker that can much or little."""
    async with room(features=request.param) as one:
        await one.player.play()
        yield one


async def test_a_track_that_comes_to_its_end_was_played(kitchen: Room) -> None:
    kitchen.speaker.end()
    await kitchen.settled()
    assert (kitchen.played, kitchen.played_seconds) == (["Song 1"], [100.0])


async def test_half_of_a_track_is_enough(kitchen: Room) -> None:
    kitchen.clock.now += 49
    await kitchen.player.next()
    assert kitchen.played == []
    kitchen.clock.now += 50
    await kitchen.player.stop()
    assert (kitchen.played, kitchen.played_seconds) == (["Song 2"], [50.0])


async def test_a_pause_neither_counts_twice_nor_counts_its_own_time(kitchen: Room) -> None:
    kitchen.clock.now += 20
    await kitchen.player.pause(paused=True)
    kitchen.clock.now += 1000
    await kitchen.player.pause(paused=False)
    kitchen.clock.now += 10
    assert kitchen.played == []
    kitchen.clock.now += 30
    await kitchen.player.pause(paused=True)
    await kitchen.player.pause(paused=False)
    await kitchen.player.stop()
    assert kitchen.played == ["Song 1"]


async def test_a_track_that_is_played_again_counts_again(kitchen: Room) -> None:
    for _ in range(2):
        kitchen.clock.now += 60
        await kitchen.player.play(0)
    assert kitchen.played == ["Song 1", "Song 1"]


async def test_a_restart_in_its_second_half_counts_it_once() -> None:
    async with room() as kitchen:
        await kitchen.player.play()
        kitchen.clock.now += 60
    assert kitchen.played == ["Song 1"]
    again = Room(store=kitchen.store)
    await again.player.restore()
    await again.player.play()
    await again.player.next()
    assert again.played == []
    await again.player.close()


async def test_what_is_in_no_locker_is_not_counted(kitchen: Room) -> None:
    kitchen.player.add(["http://radio.example/one"], position=0)
    await kitchen.player.play(0)
    kitchen.clock.now += 1000
    await kitchen.player.stop()
    assert kitchen.played == []
