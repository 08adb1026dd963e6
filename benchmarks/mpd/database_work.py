"""What clients ask of a database, and the plain round trips."""

from benchmarks.mpd.client import expression, quote
from benchmarks.mpd.server import Server
from benchmarks.mpd.work import Sample, Work, Workloads, timed

DATABASE_WORK = Workloads()


@DATABASE_WORK.add("connect", "connect + greeting")
def connect(server: Server, work: Work) -> Sample:
    def connect_once(_: int) -> bytes:
        server.connect().close()
        return b""

    return timed(range(work.times(200)), connect_once, work)


@DATABASE_WORK.add("ping", "ping")
def ping(server: Server, work: Work) -> Sample:
    return timed(range(work.times(2000)), lambda _: server.client("ping"), work)


@DATABASE_WORK.add("status", "status + currentsong (two round trips)")
def status(server: Server, work: Work) -> Sample:
    def ask(_: int) -> bytes:
        server.client("status")
        return server.client("currentsong")

    return timed(range(work.times(500)), ask, work)


@DATABASE_WORK.add("listallinfo", "listallinfo, whole library")
def listallinfo(server: Server, work: Work) -> Sample:
    return timed(range(work.times(3)), lambda _: server.client("listallinfo"), work)


@DATABASE_WORK.add("lsinfo", "lsinfo of one album folder")
def lsinfo(server: Server, work: Work) -> Sample:
    return timed(server.folders[: work.times(500)], lambda path: server.client(f"lsinfo {quote(path)}"), work)


@DATABASE_WORK.add("list_group", "list album group albumartist")
def list_group(server: Server, work: Work) -> Sample:
    return timed(range(work.times(5, 2)), lambda _: server.client("list album group albumartist"), work)


@DATABASE_WORK.add("list_artist", "list artist")
def list_artist(server: Server, work: Work) -> Sample:
    return timed(range(work.times(20, 5)), lambda _: server.client("list artist"), work)


@DATABASE_WORK.add("find", "find (albumartist == X)")
def find(server: Server, work: Work) -> Sample:
    return timed(work.album_artists, lambda name: server.client(f"find {expression('albumartist', '==', name)}"), work)


@DATABASE_WORK.add("search_any", "search any word")
def search_any(server: Server, work: Work) -> Sample:
    return timed(work.words, lambda word: server.client(f"search any {quote(word)}"), work)


@DATABASE_WORK.add("search_window", "search (title contains w) window 0:50")
def search_window(server: Server, work: Work) -> Sample:
    return timed(
        work.words,
        lambda word: server.client(f"search {expression('title', 'contains', word)} window 0:50"),
        work,
    )


@DATABASE_WORK.add("count_group", "count group artist")
def count_group(server: Server, work: Work) -> Sample:
    return timed(range(work.times(5, 2)), lambda _: server.client("count group artist"), work)


@DATABASE_WORK.add("findadd", "findadd a whole artist")
def findadd(server: Server, work: Work) -> Sample:
    server.client("clear")
    sample = timed(
        work.artists[: work.times(30)],
        lambda name: server.client(f"findadd {expression('artist', '==', name)}"),
        work,
    )
    sample.songs = server.queue_length()
    server.client("clear")
    return sample
