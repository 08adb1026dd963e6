"""How long Home Assistant's loop stands still while MPD clients read a large library in it.

A real Home Assistant runs the component with a made-up locker and the MPD server; another process is the client. A
task of the loop looks at the clock all the time. A gap between two looks is a stall; on a machine that has other work
it may be that work's, so the processor time that this process took in the gap is shown beside: the smaller of the two
is what nobody else can have caused.
"""

import asyncio
import importlib
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from itertools import batched
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, Self

import click
from homeassistant import bootstrap, runner
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from rich.console import Console
from rich.table import Table

from script.demo_parts.home_assistant import configure
from script.demo_parts.processes import LOOPBACK, free_port

_COMPONENT = "custom_components.music_locker.core"
_TICK = 0.001  # seconds
_LIMIT = 600.0
_REPEATS = 3
_PAGE = 1000
_CLIENT = """\
import sys
from benchmarks.mpd.client import connected
with connected(int(sys.argv[1])) as mpd:
    for line in sys.stdin:
        print("OK" if mpd(line.rstrip()).endswith(b"OK\\n") else "ACK", flush=True)
"""
_COMMANDS = (
    "listallinfo",
    "listall",
    "lsinfo Bench",
    "list artist",
    "list title",
    "list album group albumartist",
    "count group artist",
    "find genre Jazz",
    'find "(genre == \\"Jazz\\")" sort title',
    "search any lan",
    "search any a",
    'search "(title contains \\"mo\\")" window 0:50',
)


class Watch:
    """Look at the clock in every turn of the loop, and remember the longest gap."""

    def __init__(self) -> None:
        self.gap = 0.0
        self.own = 0.0

    async def run(self) -> None:
        last, last_own = time.perf_counter(), time.process_time()
        while True:
            await asyncio.sleep(_TICK)
            now, own = time.perf_counter(), time.process_time()
            if min(now - last, own - last_own) > min(self.gap, self.own):
                self.gap, self.own = now - last, own - last_own
            last, last_own = now, own

    def reset(self) -> None:
        self.gap = self.own = 0.0


@click.command()
@click.option("--tracks", default=100_000, show_default=True, type=click.IntRange(min=1000), help="How many to make.")
def main(tracks: int) -> None:
    """Print the longest stall of the loop during each command, and while the locker is read again."""
    with TemporaryDirectory(prefix="music-locker-bench-", ignore_cleanup_errors=True) as folder:
        asyncio.run(_measure(tracks, Path(folder)))


async def _measure(tracks: int, folder: Path) -> None:
    table = Table("what", "longest gap", "own processor time in it", "seconds", title=f"{tracks:,} tracks")
    port = free_port()
    async with _home_assistant(folder) as hass, _watching() as watch:
        locker = _generated(tracks)
        await _add(hass, "locker", "Bench", {"service": "generated", "settings": {}})

        async def row(what: str, work: Callable[[], Awaitable[object]]) -> None:
            watch.reset()
            before = time.perf_counter()
            await work()
            await asyncio.sleep(10 * _TICK)
            taken = time.perf_counter() - before
            table.add_row(what, f"{watch.gap * 1e3:.1f} ms", f"{watch.own * 1e3:.1f} ms", f"{taken:.2f}")

        await row("first sync", lambda: _synced(hass))
        mpd = {"host": LOOPBACK, "port": port, "player_id": "default"}
        await row("the MPD server starts", lambda: _add(hass, "mpd_server", "MPD", mpd))
        client = await _Client.start(port)
        await client.ask("ping")
        await row("the first command: the index is made", lambda: client.ask("lsinfo"))
        for command in _COMMANDS:
            await row(command, lambda command=command: client.ask(*[command] * _REPEATS))  # type: ignore[misc]
        await client.ask("tagtypes clear", "tagtypes enable Title")
        await row("listallinfo of titles only", lambda: client.ask(*["listallinfo"] * _REPEATS))
        locker.change()
        await row("a sync that changes one track", lambda: _sync(hass))
        await row("the first command after it", lambda: client.ask("lsinfo"))
        await row("a sync that changes nothing", lambda: _sync(hass))
        await client.close()
    Console(soft_wrap=True, width=120).print(table)


@asynccontextmanager
async def _home_assistant(folder: Path) -> AsyncIterator[HomeAssistant]:
    configure(folder, free_port())
    hass = await bootstrap.async_setup_hass(runner.RuntimeConfig(config_dir=str(folder), skip_pip=True))
    assert hass is not None
    await hass.async_start()
    try:
        yield hass
    finally:
        await hass.async_stop(force=True)


@asynccontextmanager
async def _watching() -> AsyncIterator[Watch]:
    watch = Watch()
    task = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _add(hass: HomeAssistant, kind: str, title: str, data: Mapping[str, Any]) -> None:
    entry: ConfigEntry[Any] = ConfigEntry(
        data=MappingProxyType({"kind": kind, "player_id": title.lower(), **data}),
        discovery_keys=MappingProxyType({}),
        domain="music_locker",
        minor_version=1,
        options=None,
        source="user",
        subentries_data=(),
        title=title,
        unique_id=None,
        version=1,
    )
    await hass.config_entries.async_add(entry)
    assert entry.state.recoverable is False or entry.state.name == "LOADED", entry.reason


def _core(hass: HomeAssistant) -> Any:
    entry, *_ = hass.config_entries.async_entries("music_locker")
    return entry.runtime_data.core


async def _synced(hass: HomeAssistant) -> None:
    async with asyncio.timeout(_LIMIT):
        while not _core(hass).library.catalog.tracks:  # noqa: ASYNC110 - the sync began before anybody could listen
            await asyncio.sleep(0.05)


async def _sync(hass: HomeAssistant) -> None:
    core = _core(hass)
    for locker in core.locker_ids:
        await core.sync(locker, force=True)
    await asyncio.sleep(1.0)  # what follows a sync


class _Client:
    """Send commands from another process, which reads their answers to the end."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, port: int) -> Self:
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable, "-c", _CLIENT, str(port), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
            )
        )

    async def ask(self, *commands: str) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(_LIMIT):
            for command in commands:
                self._process.stdin.write(command.encode() + b"\n")
                assert await self._process.stdout.readline() == b"OK\n", command

    async def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()


def _generated(tracks: int) -> Any:
    """Give the component one service more; its classes are the component's own, not those of the daemon's core."""
    for name in ("errors", "models", "lockers", "lockers.base", "lockers.web"):
        sys.modules[f"music_locker_core.{name}"] = importlib.import_module(f"{_COMPONENT}.{name}")
    from benchmarks.generated_locker import GeneratedLocker, make_tracks  # noqa: PLC0415 - with the classes that it finds

    made = list(make_tracks(tracks))

    class Changing(GeneratedLocker):
        """Change one track when it is told to."""

        changed = False

        def __init__(self, settings: object, session: Any, retry: object = None) -> None:  # noqa: ARG002 - the contract's
            super().__init__(session, tracks)

        @classmethod
        def change(cls) -> None:
            cls.changed = True

        async def tracks(self) -> AsyncIterator[Sequence[Any]]:
            yield [replace(made[0], title="Changed") if self.changed else made[0]]
            for page in batched(made[1:], _PAGE, strict=False):
                yield page

    lockers: Any = importlib.import_module(f"{_COMPONENT}.lockers")
    lockers.ADAPTERS = MappingProxyType({**lockers.ADAPTERS, "generated": Changing})
    return Changing


if __name__ == "__main__":
    main()
