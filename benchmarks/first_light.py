"""From a folder of music to a listener: how fast a locker is read, browsed, searched and heard, and what it costs.

A real locker server serves the folder, core and the daemon read it; Debian's MPD reads the same folder and is the
peer. Times are medians; a ratio is ours divided by MPD's.
"""

import asyncio
import re
import shutil
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import av
import click
import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks import folder as music_folder
from benchmarks.mpd.client import Client, connected, expression
from mpd_bridge.http_server import HttpServer
from music_locker_core.hub import Core
from music_locker_core.lockers import create_adapter
from script.demo_parts.processes import LOOPBACK, Process, answers, free_port, running

_LOCKER = "Bench"
_SETTINGS = {"username": "bench@example.com", "password": "bench", "partner_token": "bench"}
_LIMIT = 600.0  # seconds
_REPEATS = 9
_SETTLE = 5.0  # seconds until a process that has nothing to do is called idle
_MILLISECOND = 1e-3
_LOUD = 0.02  # of 1: what is no silence

_BRIDGE = """\
[state]
directory = "{state}"
[mpd]
port = {mpd_port}
[http]
port = {http_port}
[[locker]]
name = "{locker}"
service = "mp3tunes"
url = "{url}"
username = "{username}"
password = "{password}"
partner_token = "{partner_token}"
"""
# Without the larger buffer MPD would end a connection that asks for everything.
_PEER = """\
bind_to_address "127.0.0.1"
port "{port}"
music_directory "{music}"
db_file "{state}/database"
pid_file "{state}/pid"
auto_update "no"
max_output_buffer_size "65536"
audio_output {{
    type "null"
    name "null"
}}
"""


class Report:
    """Collect the rows of the tables, and print them."""

    def __init__(self, tracks: int) -> None:
        self._console = Console(soft_wrap=True)
        self._own = Table("measured", "value", title=f"One locker of {tracks} tracks", title_justify="left")
        self._compared = Table("MPD command", "ms", "MPD's ms", "ratio", "KiB", title_justify="left")

    def say(self, what: str) -> None:
        self._console.print(f"{what} ...", style="dim")

    def add(self, measured: str, value: str) -> None:
        self._own.add_row(measured, value)

    def compare(self, command: str, ours: float, peers: float, size: int) -> None:
        self._compared.add_row(
            command, f"{ours * 1e3:.2f}", f"{peers * 1e3:.2f}", f"{ours / peers:.2f}", f"{size / 1024:.0f}"
        )

    def print(self) -> None:
        self._console.print(self._own)
        self._console.print(self._compared)


@click.command()
@click.option("--tracks", default=20_000, show_default=True, type=click.IntRange(min=100), help="How many to make.")
@click.option("--cache", required=True, type=click.Path(path_type=Path), help="Where the made music is kept.")
def main(tracks: int, cache: Path) -> None:
    """Measure the way from a locker to a listener."""
    with TemporaryDirectory(prefix="music-locker-bench-") as state:
        asyncio.run(_measure(tracks, cache, Path(state)))


async def _measure(tracks: int, cache: Path, state: Path) -> None:
    report = Report(tracks)
    report.say("Making the music")
    music = await asyncio.to_thread(music_folder.make, cache, tracks)
    report.say("The locker server reads it")
    async with _locker_server(music, state) as url:
        report.say("Core reads the locker")
        await _core(report, state, url)
        report.say("The daemon")
        async with _bridge(state, url) as (bridge, mpd_port, http_port):
            await asyncio.sleep(_SETTLE)
            report.add("memory of the idle daemon", f"{_memory(bridge):.0f} MB")
            await _first_sound(report, mpd_port, http_port)
            report.say("MPD reads the folder")
            async with _peer(report, music, state) as peer_port:
                await asyncio.to_thread(_compare, report, mpd_port, peer_port, music_folder.songs(tracks)[tracks // 2])
    report.print()


@asynccontextmanager
async def _locker_server(music: Path, state: Path) -> AsyncIterator[str]:
    port = free_port()
    command: list[str | Path] = [sys.executable, "-m", "mpd_bridge", "locker-server", music, "--port", str(port)]
    command += ["--state", state / "server", "--rescan", "0"]
    command += ["--account", "{username}:{password}".format(**_SETTINGS)]
    async with running("locker server", command, state / "server.out") as server:
        await server.ready(lambda: answers(port), _LIMIT)
        yield f"http://{LOOPBACK}:{port}"


async def _core(report: Report, state: Path, url: str) -> None:
    """Time what core does itself: sync, the index, and the stream of a track."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        core = await Core.open(state / "bridge")
        stack.push_async_callback(core.close)
        await core.add_locker(_LOCKER, _LOCKER, create_adapter("mp3tunes", {**_SETTINGS, "url": url}, session))
        before = time.perf_counter()
        result = await core.sync(_LOCKER)
        taken = time.perf_counter() - before
        report.add("first sync", f"{result.tracks / taken:.0f} tracks/s ({taken:.1f} s)")
        before = time.perf_counter()
        await core.sync(_LOCKER)
        report.add("sync when nothing has changed", _ms(time.perf_counter() - before))
        _browse(report, core)
        await _search(report, core)
        http = await HttpServer(core).start(LOOPBACK, 0)
        stack.push_async_callback(http.close)
        await _first_byte(report, core, session, f"http://{LOOPBACK}:{http.port}")


def _browse(report: Report, core: Core) -> None:
    catalog = core.library.catalog
    artists = cycle(catalog.artists(_LOCKER))
    albums = cycle(catalog.albums(_LOCKER))
    report.add("browse: a page of 500 artists", _ms(_median(lambda: list(catalog.artists(_LOCKER)[:500]))))
    report.add(
        "browse: an artist's albums", _ms(_median(lambda: list(catalog.artist_albums(_LOCKER, next(artists).id))))
    )
    report.add("browse: an album's tracks", _ms(_median(lambda: list(catalog.album_tracks(_LOCKER, next(albums).id)))))


async def _search(report: Report, core: Core) -> None:
    for query in ("lantern", "artist 0123", "café winter", "qu"):
        taken = []
        found = 0
        for _ in range(_REPEATS):
            before = time.perf_counter()
            found = len(await core.library.search(query))
            taken.append(time.perf_counter() - before)
        report.add(f"search: {query!r} ({found} shown)", _ms(statistics.median(taken)))


async def _first_byte(report: Report, core: Core, session: aiohttp.ClientSession, base: str) -> None:
    """Time the first byte of tracks that no cache holds, as a speaker asks for them."""
    core.streams.register_output("bench")
    taken = []
    for track in core.library.catalog.tracks[:_REPEATS]:
        before = time.perf_counter()
        async with session.get(base + core.streams.path("bench", track)) as response:
            response.raise_for_status()
            await response.content.readany()
        taken.append(time.perf_counter() - before)
    report.add("first byte of a track, not cached", _ms(statistics.median(taken)))


@asynccontextmanager
async def _bridge(state: Path, url: str) -> AsyncIterator[tuple[Process, int, int]]:
    """Run the daemon over the index that core has filled."""
    mpd_port, http_port = free_port(), free_port()
    configuration = state / "bridge.toml"
    configuration.write_text(
        _BRIDGE.format(
            state=state / "bridge", mpd_port=mpd_port, http_port=http_port, locker=_LOCKER, url=url, **_SETTINGS
        )
    )
    command: list[str | Path] = [sys.executable, "-m", "mpd_bridge", "run", "--config", configuration]
    async with running("bridge", command, state / "bridge.out") as bridge:
        await bridge.ready(lambda: answers(mpd_port), _LIMIT)
        yield bridge, mpd_port, http_port


def _memory(process: Process) -> float:
    """Return what a process holds in memory, in MB."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


async def _first_sound(report: Report, mpd_port: int, http_port: int) -> None:
    """Time from ``play`` to the first sound that is no silence in the live stream."""
    taken = []
    with connected(mpd_port) as mpd:
        songs = re.findall(rb"^file: (.*)$", await asyncio.to_thread(mpd, "listall"), re.MULTILINE)
        for song in songs[-_REPEATS:]:
            mpd("clear")
            mpd(f'add "{song.decode()}"')
            before = time.perf_counter()
            mpd("play")
            await _hear(f"http://{LOOPBACK}:{http_port}/live/default.mp3")
            taken.append(time.perf_counter() - before)
        mpd("clear")
    report.add("from play to sound in the live stream", _ms(statistics.median(taken)))


async def _hear(url: str) -> None:
    decoder = av.CodecContext.create("mp3", "r")
    async with asyncio.timeout(_LIMIT), aiohttp.ClientSession() as session, session.get(url) as response:
        async for chunk in response.content.iter_any():
            for packet in decoder.parse(chunk):
                for frame in decoder.decode(packet):
                    assert isinstance(frame, av.AudioFrame)
                    if np.abs(frame.to_ndarray()).max() > _LOUD:
                        return


@asynccontextmanager
async def _peer(report: Report, music: Path, state: Path) -> AsyncIterator[int]:
    """Run Debian's MPD over the same folder, and wait until it knows all of it."""
    port = free_port()
    folder = state / "peer"
    folder.mkdir()
    configuration = folder / "mpd.conf"
    configuration.write_text(_PEER.format(port=port, music=music, state=folder))
    mpd = shutil.which("mpd")
    assert mpd is not None, "the program mpd is missing: run script/setup debian"
    async with running("peer", [mpd, "--no-daemon", "--stderr", configuration], state / "peer.out") as process:
        await process.ready(lambda: answers(port))
        with connected(port) as client:
            before = time.perf_counter()
            client("update")
            async with asyncio.timeout(_LIMIT):
                while b"updating_db" in client("status"):  # noqa: ASYNC110 - another process sets no event of ours
                    await asyncio.sleep(0.1)
            report.add("for comparison, MPD's first update of the files", f"{time.perf_counter() - before:.1f} s")
        report.add("for comparison, memory of MPD", f"{_memory(process):.0f} MB")
        yield port


def _compare(report: Report, mpd_port: int, peer_port: int, song: music_folder.Song) -> None:
    commands = (
        "ping",
        "status",
        "listallinfo",
        "list artist",
        "list album group albumartist",
        "search any lantern",
        "search title lantern",
        f"find {expression('artist', '==', song.artist)}",
        "find genre Jazz",
        "count genre Jazz",
    )
    with connected(mpd_port) as ours, connected(peer_port) as peers:
        for command in commands:
            _compare_one(report, command, ours, peers)


def _compare_one(report: Report, command: str, ours: Client, peers: Client) -> None:
    """Time a command in turns, so that what else the machine does meets both."""
    size = len(ours(command))
    peers(command)
    pairs = [(_seconds(ours, command), _seconds(peers, command)) for _ in range(_REPEATS)]
    report.compare(
        command, statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs), size
    )


def _seconds(client: Client, command: str) -> float:
    """Return the seconds that a command took."""
    before = time.perf_counter()
    client(command)
    return time.perf_counter() - before


def _median(work: Callable[[], object]) -> float:
    """Return the median seconds of some runs."""
    taken = []
    for _ in range(_REPEATS):
        before = time.perf_counter()
        work()
        taken.append(time.perf_counter() - before)
    return statistics.median(taken)


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms" if seconds >= _MILLISECOND else f"{seconds * 1e6:.1f} µs"


if __name__ == "__main__":
    main()
