"""What a player keeps while it plays, also when the disk is full for a while."""

import asyncio
from typing import override

import orjson
import pytest

from music_locker_core.library import StorageFullError
from music_locker_core.playback import persistence
from music_locker_core.playback.changes import Changes
from tests.core.playback.room import Store, room


class TightStore(Store):
    """A store that is full until it has refused ``refusals`` values."""

    def __init__(self, refusals: int) -> None:
        super().__init__()
        self.refusals = refusals
        self.kept = asyncio.Event()

    @override
    async def save_state(self, key: str, value: bytes) -> None:
        if self.refusals > 0:
            self.refusals -= 1
            raise StorageFullError
        await super().save_state(key, value)
        if key.endswith(".place"):
            self.kept.set()


async def test_a_queue_is_kept_as_soon_as_there_is_room_and_the_want_of_it_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(persistence, "_DELAY", 0.0)
    monkeypatch.setattr(persistence, "_WHILE_PLAYING", 0.001)
    store = TightStore(3)
    async with room(store=store) as kitchen:
        await kitchen.player.play()
        async with asyncio.timeout(10):
            await store.kept.wait()
        assert len(orjson.loads(store.values["player.kitchen"])["items"]) == 3
        assert orjson.loads(store.values["player.kitchen.place"])["current"] == 1
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "cannot be kept now" in caplog.text


def test_changes_in_a_block_inside_a_block_are_told_once_at_the_end() -> None:
    told: list[frozenset[str]] = []
    changes = Changes(lambda: None)
    changes.subscribe(told.append)
    with changes.batch():
        changes.tell("player")
        with changes.batch():
            changes.tell("mixer")
        assert told == []
    with changes.batch():
        pass
    assert told == [frozenset({"player", "mixer"})]
