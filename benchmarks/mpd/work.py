"""What a workload is: its name, what it does, and on what."""

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks.mpd.server import Server


@dataclass(slots=True)
class Work:
    """Hold the work that is the same on every server, and how much of it is done."""

    artists: Sequence[str]
    album_artists: Sequence[str]
    words: Sequence[str]
    share: float = 1.0
    budget: float = 30.0  # seconds for one round of one workload on one server
    clients: int = 200
    spread: bool = False
    """Whether the system chooses the processors, for the work of one client as well."""

    def times(self, count: int, least: int = 1) -> int:
        """Return how often to do something that is done ``count`` times in a whole run."""
        return max(least, int(count * self.share))


@dataclass(slots=True)
class Sample:
    """Hold one round of one workload on one server: ``times`` are milliseconds."""

    times: list[float]
    songs: int = 0
    note: str = ""
    p99: float | None = None


type Run = Callable[[Server, Work], Sample]


@dataclass(frozen=True, slots=True)
class Workload:
    """Hold a workload; its title may name the length of the queue (``{queue}``) and the ``{clients}``.

    ``crowd`` tells that many clients ask at once, from other processes.
    """

    key: str
    title: str
    run: Run
    crowd: bool


class Workloads(list[Workload]):
    """Hold workloads in the order in which they are done; those of a ``crowd`` or of one client."""

    def __init__(self, *, crowd: bool = False) -> None:
        super().__init__()
        self._crowd = crowd

    def add(self, key: str, title: str) -> Callable[[Run], Run]:
        """Register a workload."""

        def register(run: Run) -> Run:
            self.append(Workload(key, title, run, self._crowd))
            return run

        return register


def timed[T](items: Iterable[T], act: Callable[[T], bytes], work: Work) -> Sample:
    """Time an act for each item, as far as the budget goes."""
    wanted = list(items)
    sample = Sample([])
    end = time.perf_counter() + work.budget
    for item in wanted:
        before = time.perf_counter()
        answer = act(item)
        after = time.perf_counter()
        sample.times.append((after - before) * 1e3)
        sample.songs += answer.count(b"\nfile: ") + answer.startswith(b"file: ")
        if after > end:
            sample.note = f"stopped after {len(sample.times)} of {len(wanted)}"
            break
    return sample


def chance(seed: int) -> random.Random:
    """Return the same random numbers in every round, on every server."""
    return random.Random(seed)  # noqa: S311 - the same work every time
