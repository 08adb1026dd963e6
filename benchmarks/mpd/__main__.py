"""Measure the bridge beside both MPDs, and print the table of ``docs/performance.md``.

Every workload runs in turns on all of them, so that what else the machine does meets all; a ratio is the median of the
paired rounds, to the MPD that is faster.
"""

import asyncio
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from benchmarks.mpd.arena import Contestant, arena
from benchmarks.mpd.comparison import compare
from benchmarks.mpd.crowd_work import CROWD_WORK
from benchmarks.mpd.database_work import DATABASE_WORK
from benchmarks.mpd.queue_work import QUEUE_WORK
from benchmarks.mpd.report import markdown, write
from benchmarks.mpd.server import Server
from benchmarks.mpd.work import Work

WORKLOADS = [*DATABASE_WORK, *QUEUE_WORK, *CROWD_WORK]
_ITEMS = 200
_PATH = click.Path(path_type=Path)
_KEYS = click.Choice([workload.key for workload in WORKLOADS])


@click.command()
@click.option("--tracks", default=20_000, show_default=True, type=click.IntRange(min=1000), help="How many there are.")
@click.option("--queue", default=10_000, show_default=True, type=click.IntRange(min=1000), help="How many are queued.")
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(min=1), help="Paired rounds.")
@click.option("--clients", default=200, show_default=True, help="How many read at once.")
@click.option("--share", default=1.0, show_default=True, help="How much of the work is done in each round, 0 to 1.")
@click.option("--only", multiple=True, type=_KEYS, help="A workload; may be given again.")
@click.option("--plain", is_flag=True, help="Acknowledge late, as plain clients do.")
@click.option("--spread", is_flag=True, help="Let the system choose the processors, for one client's work too.")
@click.option("--seed", default=1, show_default=True, help="Of what is asked for.")
@click.option("--cache", required=True, type=_PATH, help="Where the made music is kept.")
@click.option("--state", type=_PATH, help="Keep what the servers know here, for the next time.")
@click.option("--write", "writes", is_flag=True, help="Put the table into docs/performance.md.")
@click.option("--serve", is_flag=True, help="Only start the servers, say where they are, and wait.")
def main(cache: Path, state: Path | None, tracks: int, *, serve: bool, writes: bool, **options: Any) -> None:
    """Measure the bridge beside two MPDs."""
    with TemporaryDirectory(prefix="music-locker-bench-") as folder:
        asyncio.run(_main(cache, tracks, state or Path(folder), serve, writes, options))


async def _main(  # noqa: PLR0913, PLR0917 - the command's options
    cache: Path,
    tracks: int,
    state: Path,
    serve: bool,  # noqa: FBT001 - same
    writes: bool,  # noqa: FBT001 - same
    options: dict[str, Any],
) -> None:
    async with AsyncExitStack() as stack:
        _say("Starting the servers ...")
        contestants = await stack.enter_async_context(arena(cache, tracks, state))
        for contestant in contestants:
            _say(f"{contestant.label}: port {contestant.port}, process {contestant.pid}")
        if serve:
            await asyncio.Event().wait()
        text = await asyncio.to_thread(_measure, contestants, tracks, **options)
    print(text)
    if writes:
        write(text)


def _measure(  # noqa: PLR0913 - the command's options
    contestants: Sequence[Contestant],
    tracks: int,
    *,
    queue: int,
    rounds: int,
    clients: int,
    share: float,
    only: Sequence[str],
    plain: bool,
    spread: bool,
    seed: int,
) -> str:
    servers = [Server(each.label, each.port, each.pid, at_once=not plain) for each in contestants]
    for server in servers:
        server.discover(seed, queue)
        _say(
            f"{server.label}: {server.client.greeting.decode().strip()}, {len(server.artists)} artists, "
            f"{len(server.tracks)} tracks seen, {len(server.folders)} folders, {len(server.words)} words"
        )
    work = _common_work(servers, seed, queue)
    work.share, work.clients, work.spread = share, clients, spread
    wanted = [workload for workload in WORKLOADS if not only or workload.key in only]
    rows = compare(wanted, servers, work, rounds, _say)
    for server in servers:
        server.reconnect()
        server.client("clear")
        server.note_memory("at the end")
    load = os.getloadavg()[0]
    when = time.strftime("%Y-%m-%d", time.gmtime())
    return markdown(
        rows,
        servers,
        f"Measured on {when}: {tracks:,} tracks, {rounds} paired rounds, {os.cpu_count()} cores, load {load:.1f}.",
    )


def _common_work(servers: Sequence[Server], seed: int, queue: int) -> Work:
    """Choose work that every server has, the same in every run; the tracks to queue are noted on each server."""
    pick = random.Random(seed)  # noqa: S311 - the same choice in every run

    def common[T](get: Callable[[Server], Sequence[T] | dict[T, str]]) -> list[T]:
        known = {item: number for number, item in enumerate(get(servers[0]))}
        shared = set(known).intersection(*(get(server) for server in servers[1:]))
        assert shared, "the servers have nothing in common"
        return sorted(shared, key=known.__getitem__)

    def some[T](items: Sequence[T], count: int) -> list[T]:
        if len(items) >= count:
            return pick.sample(items, count)
        return [items[number % len(items)] for number in range(count)]

    chosen = some(sorted(common(lambda server: server.tracks)), queue)
    for server in servers:
        server.queue = [server.tracks[tags] for tags in chosen]
    return Work(
        artists=some(common(lambda server: server.artists), _ITEMS),
        album_artists=some(common(lambda server: server.album_artists), _ITEMS),
        words=some(common(lambda server: server.words), _ITEMS),
    )


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
