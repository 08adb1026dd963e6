"""On which processors a server and its client run (Linux).

Where a process that waits is woken on another processor than its client's, the time until that processor has left its
sleep is longer than the work of a short command, and the system chooses anew from time to time. On one processor, which
never sleeps meanwhile, what is measured is the work of both.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def on_one_processor(pid: int) -> Iterator[None]:
    """Keep a process and the calling thread on one processor for the time of the block."""
    free = os.sched_getaffinity(0)
    _place(pid, {max(free)})
    try:
        yield
    finally:
        _place(pid, free)


def _place(pid: int, processors: Iterable[int]) -> None:
    os.sched_setaffinity(0, processors)
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(ProcessLookupError):  # it has ended meanwhile
            os.sched_setaffinity(int(thread.name), processors)
