"""Edits of very many items: others have their turn meanwhile, and see the queue before or after, never half of it."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine

import pytest

from music_locker_core import pieces
from music_locker_core.playback import long_edits
from music_locker_core.playback.player import Player, PlayerState
from music_locker_core.playback.queue import LONGEST, QueueFull
from tests.core.playback.room import TRACKS, Room, room

COUNT = 3000
THINGS = list(TRACKS.values()) * (COUNT // len(TRACKS))


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give others their turn after every piece."""
    monkeypatch.setattr(pieces, "_PATIENCE", 0.0)


@pytest.fixture
async def kitchen() -> AsyncIterator[Room]:
    async with room() as kitchen:
        kitchen.player.add(THINGS)
        yield kitchen


@pytest.fixture
def player(kitchen: Room) -> Player:
    return kitchen.player


async def states_during(player: Player, edit: Coroutine[None, None, None]) -> list[tuple[int, ...]]:
    """Return the different orders that the queue has, turn by turn of the loop, while an edit is made."""
    task = asyncio.create_task(edit)
    seen = [tuple(player.queue.ids)]
    turns = 0
    while not task.done():
        await asyncio.sleep(0)
        turns += 1
        if (now := tuple(player.queue.ids)) != seen[-1]:
            seen.append(now)
    await task
    assert turns > 2
    return seen


def everything(player: Player) -> Callable[[], range]:
    return lambda: range(len(player.queue))


async def test_a_shuffle_is_one_step_and_begins_with_what_plays(player: Player) -> None:
    await player.play(77)
    playing = player.queue[77].id

    before, after = await states_during(player, long_edits.shuffle(player, everything(player)))

    assert sorted(after) == sorted(before)
    assert after[0] == playing
    assert [item.id for item in player.queue] == list(after)


async def test_a_deletion_is_one_step(player: Player) -> None:
    before, after = await states_during(player, long_edits.delete(player, lambda: range(10, 2500)))

    assert after == before[:10] + before[2500:]
    assert [player.queue.position_of(item_id) for item_id in after] == list(range(len(after)))
    assert before[10] not in player.queue


async def test_priorities_are_set_in_one_step(player: Player) -> None:
    version = player.queue.version
    player.set_priority(5, 6, 9)
    edit = asyncio.create_task(long_edits.set_priority(player, everything(player), 9))
    while not edit.done():
        await asyncio.sleep(0)
        assert {item.priority for item in player.queue} in ({0, 9}, {9})

    assert player.queue.version == version + 2
    assert list(player.queue.changes_since(version + 1)) == [at for at in range(len(player.queue)) if at != 5]
    assert player.queue.decorated


async def test_items_that_were_prepared_are_added_in_one_step(player: Player) -> None:
    before = tuple(player.queue.ids)
    new = await long_edits.prepare(player.queue, [*THINGS, "http://radio.example/"])
    (meanwhile,) = player.add(THINGS[:1])
    ids = player.add(new, 3)

    assert tuple(player.queue.ids) == (*before[:3], *ids, *before[3:], meanwhile)
    assert len(set(player.queue.ids)) == len(player.queue)
    assert [player.queue.position_of(item_id) for item_id in (ids[0], ids[-1])] == [3, 2 + len(ids)]
    assert player.queue[2 + len(ids)].url == "http://radio.example/"


async def test_an_edit_heeds_what_others_did_while_it_was_prepared(player: Player) -> None:
    edit = asyncio.create_task(long_edits.delete(player, lambda: range(len(player.queue) - 1)))
    await asyncio.sleep(0)
    (last,) = player.add(["http://radio.example/"])
    await edit

    assert list(player.queue.ids) == [last]


async def test_an_edit_comes_to_its_end_however_often_others_edit(player: Player) -> None:
    edits = [
        asyncio.create_task(long_edits.delete(player, lambda: range(1000))),
        asyncio.create_task(long_edits.shuffle(player, everything(player))),
        asyncio.create_task(long_edits.set_priority(player, everything(player), 3)),
    ]
    async with asyncio.timeout(30):
        while not all(edit.done() for edit in edits):
            player.swap(0, 1)
            await asyncio.sleep(0)

    assert len(player.queue) == COUNT + 3 - 1000
    assert {item.priority for item in player.queue} == {3}


async def test_a_range_that_is_gone_when_its_turn_comes_is_refused(player: Player) -> None:
    def chosen() -> range:
        if len(player.queue) < 2000:
            raise LookupError
        return range(2000)

    edit = asyncio.create_task(long_edits.delete(player, chosen))
    await asyncio.sleep(0)
    player.delete(0, 2500)
    with pytest.raises(LookupError):
        await edit


async def test_edits_at_once_leave_a_queue_that_clients_can_follow(player: Player) -> None:
    for seed in range(2):
        chance = random.Random(seed)  # noqa: S311 - the same edits in every run
        player.set_random(on=True)
        await player.play(chance.randrange(len(player.queue)))
        mirror, version = list(player.queue.ids), player.queue.version
        tasks = [asyncio.create_task(edit) for edit in long_ones(player, chance)]
        while not all(task.done() for task in tasks):
            if chance.random() < 0.2:
                player.add(THINGS[:3], chance.randrange(len(player.queue)))
            elif chance.random() < 0.2:
                start = chance.randrange(len(player.queue) - 20)
                player.move(start, start + 9, chance.randrange(len(player.queue) - 9))
            await asyncio.sleep(0)
            changed = player.queue.changes_since(version)
            mirror = mirror[: len(player.queue)] + [0] * (len(player.queue) - len(mirror))
            for position in changed:
                mirror[position] = player.queue.ids[position]
            version = player.queue.version
            assert mirror == list(player.queue.ids) == [item.id for item in player.queue]
        await asyncio.gather(*tasks)
        assert player.current is not None
        assert {player.queue.position_of(item_id) for item_id in player.queue.ids} == set(range(len(player.queue)))
        player.add(THINGS)


def long_ones(player: Player, chance: random.Random) -> list[Coroutine[None, None, None]]:
    def some() -> range:
        start = chance.randrange(len(player.queue) // 2)
        return range(start, start + len(player.queue) // 3)

    async def add() -> None:
        player.add(await long_edits.prepare(player.queue, THINGS), chance.randrange(len(player.queue)))

    return [
        add(),
        long_edits.delete(player, some),
        long_edits.shuffle(player, some),
        long_edits.set_priority(player, some, chance.randrange(4)),
    ]


@pytest.mark.parametrize("random_order", [False, True])
async def test_another_queue_takes_the_place_of_one_in_one_step_and_plays(player: Player, random_order: bool) -> None:
    async def replace() -> None:
        await player.replace(await long_edits.prepare(player.queue, THINGS, replacing=True))

    await player.play(2000)
    player.set_random(random_order)

    before, after = await states_during(player, replace())

    assert not set(before) & set(after)
    assert [item.track for item in player.queue] == THINGS
    assert [player.queue.position_of(item_id) for item_id in after] == list(range(COUNT))
    assert player.current is not None
    assert player.current.id == after[0]
    assert player.state is PlayerState.PLAYING


async def test_more_than_fits_is_refused_before_anything_is_made(player: Player) -> None:
    last_id = player.queue.last_id
    for count, replacing in (LONGEST - COUNT, False), (LONGEST + 1, True):
        with pytest.raises(QueueFull):
            await long_edits.prepare(player.queue, ["http://radio.example/"] * count, replacing=replacing)
    assert player.queue.last_id == last_id
