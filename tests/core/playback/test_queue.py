"""The queue: ids, positions and versions."""

import random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from music_locker_core.models import Track
from music_locker_core.playback.queue import LONGEST, Queue, QueueFull


def urls(queue: Queue) -> str:
    return "".join(item.url or "?" for item in queue)


@pytest.fixture
def queue() -> Queue:
    queue = Queue()
    queue.add("abcdef")
    return queue


def test_items_come_at_the_end_or_at_a_position(queue: Queue) -> None:
    ids = queue.add("xy", 2)

    assert urls(queue) == "abxycdef"
    assert [queue.position_of(item_id) for item_id in ids] == [2, 3]
    assert ids == [7, 8]


def test_an_id_is_never_used_again(queue: Queue) -> None:
    queue.delete(0, 6)

    assert queue.add("a") == [7]
    assert 1 not in queue
    with pytest.raises(KeyError):
        queue.item(1)


def test_what_does_not_fit_is_not_begun(queue: Queue) -> None:
    with pytest.raises(QueueFull):
        queue.add(["x"] * (LONGEST - 5), 2)

    assert urls(queue) == "abcdef"


@pytest.mark.parametrize(
    ("start", "stop", "to", "after"),
    [(0, 1, 3, "bcdaef"), (4, 6, 0, "efabcd"), (1, 3, 4, "adefbc"), (2, 3, 2, "abcdef")],
)
def test_a_moved_range_begins_at_its_new_place(queue: Queue, start: int, stop: int, to: int, after: str) -> None:
    queue.move(start, stop, to)

    assert urls(queue) == after


def test_only_what_changed_since_a_version_is_told(queue: Queue) -> None:
    before = queue.version
    queue.swap(1, 4)

    assert queue.version == before + 1
    assert queue.changes_since(before) == [1, 4]
    assert queue.changes_since(queue.version) == []
    assert list(queue.changes_since(queue.version + 5)) == [0, 1, 2, 3, 4, 5]


def test_changes_that_are_many_versions_old_are_told_as_well(queue: Queue) -> None:
    before = queue.version
    queue.swap(0, 1)
    for _ in range(100):
        queue.swap(3, 4)

    assert queue.changes_since(before) == [0, 1, 3, 4]
    assert queue.changes_since(before + 1) == [3, 4]


def test_what_comes_behind_a_deleted_position_has_changed(queue: Queue) -> None:
    before = queue.version
    queue.delete(3, 4)

    assert urls(queue) == "abcef"
    assert queue.changes_since(before) == [3, 4]


def test_a_shuffled_range_keeps_its_items_and_the_first(queue: Queue) -> None:
    queue.shuffle(1, 6, random.Random(1), first=4)  # noqa: S311 - the same order every time

    assert urls(queue).startswith("ad")
    assert sorted(urls(queue)) == list("abcdef")


def test_a_priority_changes_only_the_items_that_had_another(queue: Queue) -> None:
    queue.set_priority(0, 2, 9)
    before = queue.version
    queue.set_priority(0, 3, 9)

    assert queue.changes_since(before) == [2]
    assert [item.priority for item in queue] == [9, 9, 9, 0, 0, 0]


def test_a_track_is_looked_up_anew_in_its_place() -> None:
    queue = Queue()
    (item_id,) = queue.add([Track("1", "Old")])
    queue.replace_tracks([(0, Track("1", "New"))])

    track = queue.item(item_id).track
    assert track is not None
    assert track.title == "New"


class Edits(RuleBasedStateMachine):
    """Any edits leave positions, ids and changes in agreement with the items."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = Queue()
        self.seen: set[int] = set()
        self.kept = (self.queue.version, list(self.queue.items))

    @rule(count=st.integers(1, 4), data=st.data())
    def add(self, count: int, data: st.DataObject) -> None:
        ids = self.queue.add(["u"] * count, data.draw(st.integers(0, len(self.queue))))
        assert not self.seen & set(ids)
        self.seen |= set(ids)

    def _range(self, data: st.DataObject) -> tuple[int, int]:
        start = data.draw(st.integers(0, len(self.queue)))
        return start, data.draw(st.integers(start, len(self.queue)))

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        self.queue.delete(*self._range(data))

    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        start, stop = self._range(data)
        self.queue.move(start, stop, data.draw(st.integers(0, len(self.queue) - (stop - start))))

    @rule(data=st.data(), priority=st.integers(0, 255))
    def prioritize(self, data: st.DataObject, priority: int) -> None:
        self.queue.set_priority(*self._range(data), priority)

    @rule(data=st.data(), seed=st.integers(0, 9))
    def shuffle(self, data: st.DataObject, seed: int) -> None:
        self.queue.shuffle(*self._range(data), random.Random(seed))  # noqa: S311 - the same order every time

    @rule()
    def look(self) -> None:
        self.kept = (self.queue.version, list(self.queue.items))

    @invariant()
    def positions_lead_to_their_items(self) -> None:
        for position, item in enumerate(self.queue):
            assert self.queue.position_of(item.id) == position

    @invariant()
    def the_changes_make_the_new_queue_of_the_old_one(self) -> None:
        version, known = self.kept
        mirror: list[object] = list(known[: len(self.queue)])
        mirror.extend([None] * (len(self.queue) - len(mirror)))
        for position in self.queue.changes_since(version):
            mirror[position] = self.queue[position]
        now: list[object] = list(self.queue)
        assert mirror == now


TestEdits = Edits.TestCase
TestEdits.settings = settings(max_examples=25, stateful_step_count=20, deadline=None, database=None)
