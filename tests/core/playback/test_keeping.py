"""What a player keeps over a restart, and what it makes of a library that has changed."""

import asyncio
import math
from dataclasses import replace
from typing import override

import orjson
import pytest

from music_locker_core.library import NewerVersionError, StorageFullError
from music_locker_core.models import TrackKey
from music_locker_core.playback.player import PlayerState
from music_locker_core.streams.mixing import Mixing, ReplayGain
from tests.core.playback.room import TRACKS, Room, Store, room


async def restarted(store: Store, *, gone: TrackKey | None = None) -> Room:
    again = Room(store=store)
    if gone is not None:
        del again.library[gone]
    await again.player.restore()
    return again


async def test_the_playlist_that_was_loaded_is_known_after_a_restart_until_the_queue_is_cleared() -> None:
    store = Store()
    async with room(store=store) as kitchen:
        kitchen.player.loaded("Evening")
        kitchen.player.delete(0, 3)
    again = await restarted(store)
    assert again.player.queue.last_loaded_playlist == "Evening"
    again.player.clear()
    await again.player.close()
    once_more = await restarted(store)
    assert once_more.player.queue.last_loaded_playlist == ""
    await once_more.player.close()


async def test_a_place_that_was_kept_without_a_loaded_playlist_is_read() -> None:
    store = Store()
    async with room(store=store) as kitchen:
        await kitchen.player.play(1)
    place = orjson.loads(store.values["player.kitchen.place"])
    del place["last_loaded_playlist"]
    store.values["player.kitchen.place"] = orjson.dumps(place)
    again = await restarted(store)
    assert (again.at, again.player.queue.last_loaded_playlist) == (1, "")
    await again.player.close()


async def test_a_track_that_the_library_lost_is_gone_after_a_restart() -> None:
    store = Store()
    async with room(store=store) as kitchen:
        await kitchen.player.play(1)
    again = await restarted(store, gone=TrackKey("home", "2"))
    assert [item.track.title for item in again.player.queue if item.track] == ["Song 1", "Song 3"]
    assert (again.player.state, again.player.current) == (PlayerState.STOPPED, None)
    await again.player.close()


async def test_ids_are_not_used_again_after_a_restart() -> None:
    store = Store()
    async with room(store=store) as kitchen:
        kitchen.player.delete(2, 3)
    again = await restarted(store)
    assert again.player.add([TRACKS["home", "4"]]) == [4]  # type: ignore[index] # a TrackKey is a tuple
    await again.player.close()


async def test_an_address_and_a_priority_are_kept() -> None:
    store = Store()
    async with room(store=store, count=1) as kitchen:
        kitchen.player.add(["http://radio.example.com/stream"])
        kitchen.player.set_priority(1, 2, 7)
    again = await restarted(store)
    item = again.player.queue[1]
    assert (item.track, item.url, item.priority) == (None, "http://radio.example.com/stream", 7)
    await again.player.close()


async def test_a_random_order_goes_on_with_what_was_current() -> None:
    store = Store()
    async with room(store=store, count=5) as kitchen:
        await kitchen.player.play(3)
        kitchen.player.set_random(on=True)
    again = await restarted(store)
    assert again.player.random
    assert again.at == 3
    assert again.player.next_item is not None
    await again.player.close()


async def test_the_place_is_kept_beside_the_queue() -> None:
    store = Store()
    async with room(store=store) as kitchen:
        await kitchen.player.play()
        kitchen.clock.now += 5
    place = orjson.loads(store.values["player.kitchen.place"])
    assert (place["current"], place["elapsed"], place["paused"]) == (1, 5.0, True)
    assert b"elapsed" not in store.values["player.kitchen"]


async def test_what_a_newer_version_kept_is_refused_and_left_alone() -> None:
    store = Store()
    newer = store.values["player.kitchen"] = orjson.dumps({"format": 99})
    with pytest.raises(NewerVersionError):
        await restarted(store)
    assert store.values == {"player.kitchen": newer}


async def test_a_full_disk_is_said_and_what_plays_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    class FullStore(Store):
        @override
        async def save_state(self, key: str, value: bytes) -> None:
            raise StorageFullError

    async with room(store=FullStore()) as kitchen:
        await kitchen.player.play()
        assert kitchen.player.state is PlayerState.PLAYING
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "disk is full" in caplog.text


async def test_a_new_title_shows_and_a_lost_track_stays_as_it_was() -> None:
    async with room() as kitchen:
        version = kitchen.player.queue.version
        kitchen.heard.clear()
        first = TrackKey("home", "1")
        kitchen.library[first] = replace(kitchen.library[first], title="A new title")
        del kitchen.library[TrackKey("home", "2")]
        kitchen.player.library_changed()
        assert [item.track.title for item in kitchen.player.queue if item.track] == ["A new title", "Song 2", "Song 3"]
        assert kitchen.player.queue.changes_since(version) == [0]
        assert kitchen.heard == [frozenset({"playlist", "player"})]
        kitchen.player.library_changed()
        assert len(kitchen.heard) == 1


async def test_the_volume_is_kept_for_an_output_that_keeps_none_itself() -> None:
    store = Store()
    async with room(store=store) as kitchen:
        await kitchen.player.set_volume(40)
    again = await restarted(store)
    assert again.player.volume == 40
    await again.player.close()


async def test_what_an_output_tells_while_its_player_closes_begins_nothing() -> None:
    class Telling(Store):
        """A store during whose writing the speaker comes to the end of its track."""

        @override
        async def save_state(self, key: str, value: bytes) -> None:
            await super().save_state(key, value)
            kitchen.speaker.end()

    kitchen = Room(store=Telling())
    kitchen.player.add(list(TRACKS.values())[:3])
    await kitchen.player.play()
    await kitchen.player.close()
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("music locker")]


@pytest.mark.parametrize("decibels", [-17.25, math.inf])
async def test_how_tracks_are_mixed_is_kept(decibels: float) -> None:
    store = Store()
    mixing = Mixing(5, decibels, 1.5, ReplayGain.AUTO)
    async with room(store=store) as kitchen:
        kitchen.player.set_mixing(mixing)
    again = await restarted(store)
    assert again.player.mixing == mixing
    await again.player.close()


async def test_what_takes_the_place_of_a_loaded_playlist_is_not_that_playlist() -> None:
    async with room() as kitchen:
        kitchen.player.loaded("Evening")
        await kitchen.player.replace(list(TRACKS.values())[3:], play=False)
        assert kitchen.player.queue.last_loaded_playlist == ""
