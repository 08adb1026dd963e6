"""How fast each service's locker is read, what that costs, and how an unchanged one is seen to be unchanged.

One locker server serves the folder as all services. Each service is read by a process of its own, so that its memory is
its own.
"""

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import click
from rich.console import Console
from rich.table import Table

from benchmarks import folder as music_folder
from music_locker_core.hub import Core
from music_locker_core.lockers import create_adapter
from script.demo_parts.lockers import DemoLocker, make_lockers
from script.demo_parts.processes import LOOPBACK, answers, free_port, running

_LIMIT = 600.0  # seconds
_LOCKER = "bench"


@click.command()
@click.option("--tracks", default=20_000, show_default=True, type=click.IntRange(min=100), help="How many to make.")
@click.option("--cache", type=click.Path(path_type=Path), help="Where the made music is kept.")
@click.option("--one", hidden=True, nargs=3, help="Read one locker: its service, its settings as JSON, a folder.")
def main(tracks: int, cache: Path | None, one: tuple[str, str, str] | None) -> None:
    """Measure the reading of a locker of each service."""
    if one is not None:
        print(json.dumps(asyncio.run(_read(one[0], json.loads(one[1]), Path(one[2])))))
        return
    if cache is None:
        raise click.UsageError("--cache is missing")
    with TemporaryDirectory(prefix="music-locker-bench-") as state:
        asyncio.run(_measure(tracks, cache, Path(state)))


async def _measure(tracks: int, cache: Path, state: Path) -> None:
    console = Console(width=110)
    columns = ("service", "tracks/s", "seconds", "requests", "peak MB", "of it new", "unchanged ms", "requests")
    table = Table(
        *columns, title=f"First sync of {tracks} tracks, and one of the unchanged locker", title_justify="left"
    )
    console.print("Making the music ...", style="dim")
    music = await asyncio.to_thread(music_folder.make, cache, tracks)
    port = free_port()
    lockers = await asyncio.to_thread(make_lockers, music, state / "server", f"http://{LOOPBACK}:{port}")
    command: list[str | Path] = [sys.executable, "-m", "mpd_bridge", "locker-server", music, "--port", str(port)]
    command += ["--state", state / "server", "--rescan", "0"]
    console.print("The locker server reads it ...", style="dim")
    async with running("locker server", command, state / "server.out") as server:
        await server.ready(lambda: answers(port), _LIMIT)
        for locker in lockers:
            console.print(f"{locker.title} ...", style="dim")
            table.add_row(locker.title, *_row(await _apart(locker, state / locker.service)))
    console.print(table)


def _row(measured: Mapping[str, Any]) -> list[str]:
    return [
        f"{measured['tracks'] / measured['seconds']:.0f}",
        f"{measured['seconds']:.1f}",
        str(measured["requests"]),
        f"{measured['memory']:.0f}",
        f"{measured['memory'] - measured['before']:.0f}",
        f"{measured['unchanged_seconds'] * 1e3:.1f}",
        str(measured["unchanged_requests"]),
    ]


async def _apart(locker: DemoLocker, state: Path) -> Mapping[str, Any]:
    """Read a locker in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.services"]
    one = ["--one", locker.service, json.dumps(dict(locker.settings)), str(state)]
    process = await asyncio.create_subprocess_exec(*command, *one, stdout=asyncio.subprocess.PIPE)
    told, _ = await asyncio.wait_for(process.communicate(), _LIMIT)
    if process.returncode:
        raise click.ClickException(f"{locker.title} cannot be read")
    measured: Mapping[str, Any] = json.loads(told)
    return measured


async def _read(service: str, settings: Mapping[str, str], state: Path) -> Mapping[str, float]:
    """Read a locker twice; memory is in MB, times are seconds."""
    async with AsyncExitStack() as stack:
        session, requests = await stack.enter_async_context(_counting())
        core = await Core.open(state)
        stack.push_async_callback(core.close)
        adapter = create_adapter(service, settings, session)
        await adapter.login()
        await core.add_locker(_LOCKER, _LOCKER, adapter)
        before = _peak()
        requests.clear()
        seconds, tracks = await _sync(core)
        first = len(requests)
        requests.clear()
        # Covers are fetched behind; they are no part of reading, and of an unchanged locker there are none to fetch.
        unchanged, _ = await _sync(core)
        return {
            "tracks": tracks,
            "seconds": seconds,
            "requests": first,
            "before": before,
            "memory": _peak(),
            "unchanged_seconds": unchanged,
            "unchanged_requests": len(requests),
        }


async def _sync(core: Core) -> tuple[float, int]:
    begun = time.perf_counter()
    result = await core.sync(_LOCKER)
    return time.perf_counter() - begun, result.tracks


def _peak() -> float:
    # getrusage would count what the parent held when it forked.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


@asynccontextmanager
async def _counting() -> Any:
    """Open an HTTP session, and note the path of each of its requests."""
    requests: list[str] = []

    async def note(_session: object, _context: object, sent: aiohttp.TraceRequestStartParams) -> None:
        requests.append(sent.url.path)

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(note)
    async with aiohttp.ClientSession(trace_configs=[trace]) as session:
        yield session, requests


if __name__ == "__main__":
    main()
