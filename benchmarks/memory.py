"""What the daemon holds in memory with a locker of many tracks: fresh, idle, serving every read, and while it syncs.

The daemon is the real one; its only locker is made up on the spot. Figures are MB of resident memory (VmRSS), and in
brackets the highest that the process ever had (VmHWM).
"""

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import batched
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.table import Table

from benchmarks.mpd.client import Client, connected
from script.demo_parts.processes import Process, answers, free_port, running

_LIMIT = 900.0  # seconds
_SETTLE = 5.0  # seconds until a process that has nothing to do is called idle
_QUEUED = 10_000
_CLIENTS = 20
_DAEMON = "from benchmarks.generated_daemon import main; main()"
_CONFIGURATION = """\
[state]
directory = "{state}"
[mpd]
port = {mpd_port}
[http]
port = {http_port}
[[locker]]
name = "Bench"
service = "generated"
sync_interval = 86400
"""
_READS = (
    "listallinfo",
    "listall",
    "lsinfo",
    "lsinfo Bench",
    "list artist",
    "list album",
    "list album group albumartist",
    "list title",
    "list genre",
    "list date",
    "count group artist",
    "search any lan",
    'search "(title contains \\"mo\\")" window 0:50',
    'search "(artist contains \\"mo\\")" sort title window 0:50',
    'find "(genre == \\"Jazz\\")"',
    'find "(date == \\"1999\\")"',
    "find genre Jazz sort -Last-Modified window 0:100",
)


@click.command()
@click.option("--tracks", multiple=True, default=(20_000, 200_000), show_default=True, type=click.IntRange(min=20_000))
def main(tracks: Sequence[int]) -> None:
    """Print the table."""
    table = Table("tracks", "first sync", "idle", "warm", "after a sync", title="MB resident (highest)")
    for count in tracks:
        with TemporaryDirectory(prefix="music-locker-bench-") as state:
            table.add_row(f"{count:,}", *asyncio.run(_measure(count, Path(state))))
    Console(soft_wrap=True).print(table)


async def _measure(count: int, state: Path) -> Sequence[str]:
    """Return the figures: of a daemon that reads its locker, and of the next one, which finds it in its index."""
    async with _daemon(count, state) as (process, port):
        with connected(port) as mpd:
            await _synced(mpd, count)
            first = _memory(process)
    async with _daemon(count, state) as (process, port):
        with connected(port) as mpd:
            await _synced(mpd, count)
            await asyncio.sleep(_SETTLE)
            idle = _memory(process)
            await asyncio.to_thread(_read, mpd, port)
            warm = _memory(process)
        with connected(port) as mpd:
            mpd("update")
            await _synced(mpd, count)
            assert b"Title: Reading 2" in await asyncio.to_thread(mpd, "listallinfo")
            return first, idle, warm, _memory(process)


@asynccontextmanager
async def _daemon(count: int, state: Path) -> AsyncIterator[tuple[Process, int]]:
    mpd_port = free_port()
    configuration = state / "bridge.toml"
    configuration.write_text(
        _CONFIGURATION.format(state=state / "bridge", mpd_port=mpd_port, http_port=free_port()), encoding="utf-8"
    )
    command = [sys.executable, "-c", _DAEMON, str(count), "run", "--config", str(configuration)]
    async with running("bridge", command, state / "bridge.out") as bridge:
        await bridge.ready(lambda: answers(mpd_port), _LIMIT)
        yield bridge, mpd_port


async def _synced(mpd: Client, count: int) -> None:
    """Wait until the locker is read to its end."""
    async with asyncio.timeout(_LIMIT):
        while True:
            await asyncio.sleep(0.5)
            status, stats = await asyncio.to_thread(mpd, "status"), await asyncio.to_thread(mpd, "stats")
            if b"updating_db" not in status and f"songs: {count}\n".encode() in stats:
                return


def _read(mpd: Client, port: int) -> None:
    """Ask for everything that clients ask for; queue many songs; be many clients."""
    songs = re.findall(r"^file: (.*)$", mpd("listall").decode(), re.MULTILINE)
    for _ in range(2):
        for command in _READS:
            assert mpd(command).endswith(b"OK\n"), command
    artist = re.findall(r"^Artist: (.*)$", mpd("list artist").decode(), re.MULTILINE)[0]
    mpd(f'find "(albumartist == \\"{artist}\\")"')
    mpd("clear")
    for part in batched(songs[:: len(songs) // _QUEUED][:_QUEUED], 500, strict=False):
        mpd("\n".join(["command_list_begin", *(f'addid "{song}"' for song in part), "command_list_end"]))
    for command in ("playlistinfo", "plchanges 0", "plchangesposid 0", "shuffle", "playlistinfo"):
        mpd(command)
    for _ in range(_CLIENTS):
        with connected(port) as other:
            other("tagtypes clear")
            other('tagtypes enable "Artist" "Title"')
            other("listallinfo")
            other("search any lan")


def _memory(process: Process) -> str:
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    now, highest = (re.search(rf"{name}:\s+(\d+) kB", status) for name in ("VmRSS", "VmHWM"))
    assert now is not None
    assert highest is not None
    return f"{int(now[1]) / 1024:.0f} ({int(highest[1]) / 1024:.0f})"


if __name__ == "__main__":
    main()
