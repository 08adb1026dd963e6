"""Many clients that read as real ones do, each its next as soon as it has its answer; run as a process of its own."""

import json
import random
import resource
import selectors
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.mpd.client import Client, expression, is_complete, quote

_PATIENCE = 60.0  # seconds
_SONGS_SHOWN = 20
_TAIL = 4096  # bytes


@dataclass(frozen=True, slots=True)
class Job:
    """Hold what to do."""

    port: int
    clients: int
    seconds: float
    seed: int
    artists: Sequence[str]
    words: Sequence[str]
    folders: Sequence[str]
    at_once: bool


class _Reader(Client):
    """Hold one client of the crowd: when it asked, and the end of what it got so far."""

    began = 0.0
    tail = b""


def _request(chance: random.Random, job: Job) -> str:
    """Choose what to ask next: mostly the state, then the queue, then the database."""
    kind = chance.random()
    start = chance.randrange(900)
    artist = chance.choice(job.artists)
    for share, line in (
        (0.30, "status"),
        (0.50, "currentsong"),
        (0.60, f"playlistinfo {start}:{start + _SONGS_SHOWN}"),
        (0.70, f"find {expression('artist', '==', artist)}"),
        (0.80, f"list album {expression('artist', '==', artist)}"),
        (0.90, f"search {expression('title', 'contains', chance.choice(job.words))} window 0:50"),
    ):
        if kind < share:
            return line
    return f"lsinfo {quote(chance.choice(job.folders))}"


class _Crowd:
    def __init__(self, job: Job) -> None:
        self._job = job
        self._chance = random.Random(job.seed)  # noqa: S311 - the same requests every time
        self._selector = selectors.DefaultSelector()
        self.taken: list[float] = []  # milliseconds
        self.refused = self.lost = self._open = 0
        self._readers = [self._reader() for _ in range(job.clients)]

    def _reader(self) -> _Reader:
        reader = _Reader(self._job.port, at_once=self._job.at_once)
        reader.socket.settimeout(0)
        self._selector.register(reader.socket, selectors.EVENT_READ, reader)
        return reader

    def run(self) -> None:
        end = time.perf_counter() + self._job.seconds
        self._open = len(self._readers)
        for reader in self._readers:
            self._ask(reader)
        while self._open and time.perf_counter() < end + _PATIENCE:
            for key, _ in self._selector.select(timeout=1):
                self._read(key.data, end)
        self.lost += self._open

    def _ask(self, reader: _Reader) -> None:
        line = _request(self._chance, self._job).encode() + b"\n"
        reader.tail = b""
        reader.began = time.perf_counter()
        reader.socket.send(line)

    def _read(self, reader: _Reader, end: float) -> None:
        try:
            part = reader.receive()
        except BlockingIOError:
            return
        except OSError:
            part = b""
        if not part:
            self.lost += 1
            self._leave(reader)
            return
        reader.tail = (reader.tail + part)[-_TAIL:]
        if not is_complete(reader.tail):
            return
        now = time.perf_counter()
        self.taken.append(round((now - reader.began) * 1e3, 3))
        self.refused += not reader.tail.endswith(b"OK\n")
        if now < end:
            self._ask(reader)
        else:
            self._leave(reader)

    def _leave(self, reader: _Reader) -> None:
        self._open -= 1
        self._selector.unregister(reader.socket)
        reader.close()


def _own_time() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Read a job from the standard input, do it, and print what came of it."""
    crowd = _Crowd(Job(**json.load(sys.stdin)))
    before, began = _own_time(), time.perf_counter()
    crowd.run()
    own = (_own_time() - before) / (time.perf_counter() - began)
    print(json.dumps({"taken": crowd.taken, "refused": crowd.refused, "lost": crowd.lost, "own": own}))


if __name__ == "__main__":
    main()
