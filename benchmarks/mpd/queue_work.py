"""What clients do with a long queue."""

import time

from benchmarks.mpd.database_work import status
from benchmarks.mpd.server import Server
from benchmarks.mpd.work import Sample, Work, Workloads, chance, timed

QUEUE_WORK = Workloads()

_WINDOW = 50
_FAR = 10
_TAKEN_OUT = 100


@QUEUE_WORK.add("addid", "queue {queue} tracks, addid in lists of 500 (total)")
def addid(server: Server, work: Work) -> Sample:  # noqa: ARG001 - every workload is given both
    server.client("clear")
    before = time.perf_counter()
    taken = server.add(server.queue)
    return Sample([(time.perf_counter() - before) * 1e3], taken)


@QUEUE_WORK.add("status_queued", "status + currentsong, {queue} queued")
def status_queued(server: Server, work: Work) -> Sample:
    server.fill_queue()
    server.note_memory("with the queue")
    return status(server, work)


@QUEUE_WORK.add("playlistinfo", "playlistinfo of {queue} tracks")
def playlistinfo(server: Server, work: Work) -> Sample:
    server.fill_queue()
    return timed(range(work.times(5, 2)), lambda _: server.client("playlistinfo"), work)


@QUEUE_WORK.add("window", "playlistinfo of 50 of {queue}")
def window(server: Server, work: Work) -> Sample:
    server.fill_queue()
    pick, last = chance(5), max(1, len(server.queue) - _WINDOW)
    starts = [pick.randrange(last) for _ in range(work.times(200))]
    return timed(starts, lambda start: server.client(f"playlistinfo {start}:{start + _WINDOW}"), work)


@QUEUE_WORK.add("plchangesposid", "plchangesposid 0 of {queue}")
def plchangesposid(server: Server, work: Work) -> Sample:
    server.fill_queue()
    return timed(range(work.times(5, 2)), lambda _: server.client("plchangesposid 0"), work)


@QUEUE_WORK.add("plchanges", "plchanges after one move by 10")
def plchanges(server: Server, work: Work) -> Sample:
    """Do what a client does after a change: ask for all since the version that it knows."""
    server.fill_queue()
    pick, sample = chance(6), Sample([])
    for _ in range(work.times(30)):
        start = pick.randrange(len(server.queue) - 2 * _FAR)
        version = server.client.fields("status")["playlist"]
        server.client(f"move {start} {start + _FAR}")
        one = timed([version], lambda version: server.client(f"plchanges {version}"), work)
        sample.times += one.times
        sample.songs += one.songs
    return sample


@QUEUE_WORK.add("move", "move one of {queue}")
def move(server: Server, work: Work) -> Sample:
    server.fill_queue()
    pick, length = chance(7), len(server.queue)
    moves = [(pick.randrange(length), pick.randrange(length)) for _ in range(work.times(100))]
    return timed(moves, lambda pair: server.client(f"move {pair[0]} {pair[1]}"), work)


@QUEUE_WORK.add("shuffle", "shuffle {queue}")
def shuffle(server: Server, work: Work) -> Sample:
    server.fill_queue()
    return timed(range(work.times(5, 2)), lambda _: server.client("shuffle"), work)


@QUEUE_WORK.add("delete", "delete a range of 100 of {queue}")
def delete(server: Server, work: Work) -> Sample:
    server.fill_queue()
    pick, length = chance(8), len(server.queue)
    rounds = min(20, length // (2 * _TAKEN_OUT)) or 1
    starts = [pick.randrange(max(1, length - (number + 1) * _TAKEN_OUT)) for number in range(rounds)]
    return timed(starts, lambda start: server.client(f"delete {start}:{start + _TAKEN_OUT}"), work)


@QUEUE_WORK.add("clear", "clear {queue}")
def clear(server: Server, work: Work) -> Sample:
    server.fill_queue()
    return timed([0], lambda _: server.client("clear"), work)
