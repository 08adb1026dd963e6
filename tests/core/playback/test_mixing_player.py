"""A player whose live output mixes: which song is current, and what users do meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from music_locker_core.playback import live_output
from music_locker_core.playback.output import Media, OutputState, Started
from music_locker_core.playback.player import Player, PlayerState
from music_locker_core.playback.programme import Mode
from music_locker_core.streams.mixing import Mixing
from tests.core.playback.live_listener import PATIENCE, Ear
from tests.core.playback.room import Store
from tests.core.playback.stage import Stage, make_site, stage
from tests.core.playback.tones import levels, samples_of, tone_file

__all__ = ["make_site", "stage"]  # fixtures
pytestmark = pytest.mark.slow

FREQUENCIES = (440.0, 1500.0, 3100.0)
LENGTH = 21.0


def media(stage: Stage) -> list[Media]:
    return [
        stage.media(number, content=tone_file(frequency, LENGTH), duration=LENGTH)
        for number, frequency in enumerate(FREQUENCIES, 1)
    ]


@pytest.fixture
async def player(stage: Stage) -> AsyncIterator[Player]:
    """A player with three tracks, whose own clock stands still: its position is what the output says."""
    player = Player("kitchen", "Kitchen", stage.output, store=Store(), resolve=stage.site.tracks.get, clock=lambda: 0.0)
    player.add(each.track for each in media(stage) if each.track is not None)
    player.set_mixing(Mixing(crossfade=4))
    yield player
    await player.close()


async def until(player: Player, reached: Callable[[], bool]) -> None:
    news = asyncio.Event()
    leave = player.subscribe(lambda _: news.set())
    async with asyncio.timeout(PATIENCE):
        while not reached():
            news.clear()
            await news.wait()
    leave()


async def in_the_overlap(stage: Stage, player: Player, ear: Ear) -> None:
    await player.seek(0, 16.0)
    while stage.output.position < 19.0:
        await ear.listen(0.1)
    assert player.queue.position_of(player.current.id if player.current else 0) == 0


def position(player: Player) -> int | None:
    return None if player.current is None else player.queue.position_of(player.current.id)


async def test_the_song_changes_when_the_old_one_has_faded_out(stage: Stage, player: Player) -> None:
    async with stage.listening() as ear:
        await in_the_overlap(stage, player, ear)
        await until(player, lambda: position(player) == 1 and player.elapsed > 0)
        assert player.elapsed == pytest.approx(4.0, abs=0.01)


async def test_next_in_the_overlap_begins_the_new_song_anew(stage: Stage, player: Player) -> None:
    async with stage.listening() as ear:
        await in_the_overlap(stage, player, ear)
        await player.next()
        assert (position(player), player.elapsed) == (1, 0.0)
        await ear.listen(2.0)
        ear.forget()
        await ear.listen(2.0)
        samples = samples_of(bytes(ear.heard))
        assert levels(samples, FREQUENCIES[0])[2:].max() < 0.05
        assert levels(samples, FREQUENCIES[1])[2:].min() > 0.9


async def test_a_song_that_is_deleted_in_the_overlap_makes_way_for_another(stage: Stage, player: Player) -> None:
    async with stage.listening() as ear:
        await in_the_overlap(stage, player, ear)
        player.delete(1, 2)
        await until(player, lambda: position(player) == 1 and player.elapsed > 0)
        assert 0.5 < player.elapsed < 2.5  # what was left of the old song
        await ear.listen(2.0)
        assert levels(samples_of(bytes(ear.heard)), FREQUENCIES[2])[-5:].min() > 0.9


async def test_with_single_there_is_no_overlap(stage: Stage, player: Player) -> None:
    player.set_single(Mode.ON)
    async with stage.listening() as ear:
        await player.seek(0, 17.0)
        await until(player, lambda: player.state is PlayerState.PAUSED)
        await ear.listen(1.0)
        assert (position(player), player.elapsed) == (1, 0.0)
        assert levels(samples_of(bytes(ear.heard)), FREQUENCIES[1]).max() < 0.05


async def test_a_song_that_comes_late_does_not_silence_the_old_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_output, "_PATIENCE", 0.05)
    first, second, _ = media(stage)
    stage.output.set_mixing(Mixing(crossfade=4))
    async with stage.listening() as ear:
        await stage.output.load(first, position=2.0)
        await stage.events.wait_for(Started(1))
        await ear.listen(2.0)
        stage.site.locker.hold_at = 10_000
        await stage.output.seek(16.0)
        await stage.output.set_next(second)
        ear.forget()
        await stage.events.wait_for(lambda event: getattr(event, "state", None) is OutputState.BUFFERING)
        stage.site.locker.released.set()
        await stage.events.wait_for(Started(2))
        await ear.listen(2.0)
        samples = samples_of(bytes(ear.heard))
        assert (levels(samples, FREQUENCIES[0]) > 0.9).sum() * 0.1 == pytest.approx(5.0, abs=0.5)
        assert levels(samples, FREQUENCIES[1])[-5:].min() > 0.9
