"""The random order: everything comes once, whatever happens to the queue meanwhile."""

import random

from music_locker_core.playback.programme import Programme


def test_what_is_in_the_queue_comes_once_whatever_was_edited() -> None:
    for seed in range(60):
        chance = random.Random(seed)  # noqa: S311 - the same edits in every run
        programme = Programme(chance)
        programme.add("a" * chance.choice([3, 30]), None)
        programme.set_random(on=True)
        programme.arrive(programme.first())
        played = {programme.current_id}
        while programme.current_id is not None:
            edit(programme, chance)
            programme.arrive(programme.following())
            assert programme.current_id not in played
            played.add(programme.current_id)
        assert played >= set(programme.queue.ids)


def edit(programme: Programme, chance: random.Random) -> None:
    """Take something out now and then, and put something in now and then."""
    queue = programme.queue
    start = chance.randrange(len(queue))
    current = queue.position_of(programme.current_id or 0)
    match chance.randrange(4):
        case 0 if len(queue) < 60:
            programme.add("b" * chance.randint(1, 2), start)
        case 1 if not start <= current < start + 3:
            programme.delete(start, min(start + 3, len(queue)))
        case 2:
            queue.move(start, start + 1, 0)
        case 3 if chance.random() < 0.1 and start > current:
            programme.set_priority(start, start + 1, 0)


def test_priorities_come_first_also_those_that_change() -> None:
    programme = Programme(random.Random(1))  # noqa: S311 - the same order in every run
    ids = programme.add("abcdefgh" * 5, None)
    programme.set_random(on=True)
    programme.arrive(ids[0])
    programme.set_priority(10, 40, 3)
    programme.set_priority(20, 21, 9)
    programme.set_priority(30, 40, 5)
    ranks = [0]
    while (following := programme.following()) is not None:
        programme.arrive(following)
        ranks.append(programme.queue.item(following).priority)
    assert ranks == [0, 9, *[5] * 10, *[3] * 19, *[0] * 9]


def test_what_has_played_comes_again_when_it_ranks_above_what_plays() -> None:
    programme = Programme(random.Random(1))  # noqa: S311 - as above
    first, second, third = programme.add("abc", None)
    programme.set_random(on=True)
    for item_id in (first, second):
        programme.choose(item_id)
    programme.arrive(third)
    programme.set_priority(0, 3, 1)
    assert programme.following() is None or programme.following() in {first, second}
    programme.delete(2, 3)
    assert programme.current_id in {None, first, second}


def test_what_goes_leaves_the_current_place_to_what_comes_next() -> None:
    for seed in range(20):
        programme = Programme(random.Random(seed))  # noqa: S311 - as above
        ids = programme.add("a" * 40, None)
        programme.set_random(on=True)
        programme.choose(ids[10])
        next_id = programme.following()
        programme.delete(5, 30)
        assert programme.current_id is not None
        assert programme.current_id == next_id or next_id not in programme.queue
