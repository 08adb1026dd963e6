"""What many clients do at once; the crowds are processes of their own, so that they do not wait for each other."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.mpd.client import AckError
from benchmarks.mpd.server import Server
from benchmarks.mpd.work import Sample, Work, Workloads

CROWD_WORK = Workloads(crowd=True)

_UNTIL_IT_WAITS = 0.012  # seconds
_END = 20.0  # seconds
_MOST_PROCESSES = 4


@CROWD_WORK.add("idle_1", "idle wake-up, 1 other idle client")
def idle_1(server: Server, work: Work) -> Sample:
    return _wake(server, work, others=1)


@CROWD_WORK.add("idle_100", "idle wake-up, 100 other idle clients")
def idle_100(server: Server, work: Work) -> Sample:
    return _wake(server, work, others=100)


def _wake(server: Server, work: Work, *, others: int) -> Sample:
    """Change an option, and time until a client that waits for that is told; ``others`` wait as well."""
    waiting = server.connect()
    was = server.client.fields("status")["repeat"]
    told, last_told = [], []
    try:
        with _idlers(server, others) as idlers:
            for number in range(work.times(60, 10)):
                waiting.send("idle options")
                server.client("ping")
                time.sleep(_UNTIL_IT_WAITS)
                before = time.perf_counter()
                server.client.send(f"repeat {1 - int(was) if number % 2 == 0 else was}")
                answer = waiting.read()
                after = time.perf_counter()
                server.client.read()
                if b"changed: options" in answer:
                    told.append((after - before) * 1e3)
                last_told.append((float(next(idlers)) - before) * 1e3)
    finally:
        server.client(f"repeat {was}")
        waiting.close()
    return Sample(told, note=f"last of the {others} others told after {statistics.median(last_told):.2f} ms")


@contextmanager
def _idlers(server: Server, count: int) -> Iterator[Iterator[str]]:
    """Have clients wait, and return the times at which all had been told."""
    command = [sys.executable, "-m", "benchmarks.mpd.idlers", "--port", str(server.port), "--count", str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise AckError("the idle clients could not connect")
        try:
            yield iter(process.stdout.readline, "")
        finally:
            process.stdin.close()
            process.wait(_END)


@CROWD_WORK.add("mixed", "mixed reads, {clients} clients (per request)")
def mixed(server: Server, work: Work) -> Sample:
    server.client("clear")
    server.add(server.queue[:1000])
    processes = max(1, min(_MOST_PROCESSES, (os.cpu_count() or 2) - 1))
    job = {
        "port": server.port,
        "clients": work.clients // processes,
        "seconds": work.times(10, 3),
        "artists": list(work.artists),
        "words": list(work.words),
        "folders": server.folders[:200],
        "at_once": server.at_once,
    }
    loads = [_load(job | {"seed": seed}) for seed in range(processes)]
    answers = [json.loads(load.communicate()[0]) for load in loads]
    taken = sorted(each for answer in answers for each in answer["taken"])
    if not taken:
        raise AckError("no request was answered")
    own = sum(answer["own"] for answer in answers) / len(answers)
    refused, lost = (sum(answer[what] for answer in answers) for what in ("refused", "lost"))
    note = f"{len(taken):,} requests, longest {taken[-1]:.0f} ms, the generator took {own:.0%} of {processes} core(s)"
    note += f", {refused} refused" if refused else ""
    note += f", {lost} clients lost" if lost else ""
    return Sample([statistics.median(taken)], note=note, p99=taken[int(len(taken) * 0.99)])


def _load(job: dict[str, object]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.mpd.load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(job))
    process.stdin.close()
    process.stdin = None  # communicate() would flush it
    return process
