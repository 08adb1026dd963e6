"""Start what is compared: the daemon over a synced locker, and the two MPDs over the same folder of music."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import folder as music_folder
from benchmarks.mpd.client import connected
from script.demo_parts.processes import LOOPBACK, answers, free_port, output_of, running, until

BRIDGE = "bridge"
_LIMIT = 900.0  # seconds
_SETTINGS = {"username": "bench@example.com", "password": "bench", "partner_token": "bench"}
_BRIDGE = """\
[state]
directory = "{state}"
[mpd]
port = {mpd_port}
[http]
port = {http_port}
[[locker]]
name = "Bench"
service = "mp3tunes"
url = "{url}"
username = "{username}"
password = "{password}"
partner_token = "{partner_token}"
"""
# Without the larger buffer MPD would end a connection that asks for everything, and take 100 clients at most.
_MPD = """\
bind_to_address "127.0.0.1"
port "{port}"
music_directory "{music}"
db_file "{state}/database"
pid_file "{state}/pid"
auto_update "no"
max_connections "600"
max_output_buffer_size "65536"
audio_output {{
    type "null"
    name "null"
}}
"""


@dataclass(frozen=True, slots=True)
class Contestant:
    """Say where one server listens, and which process it is."""

    label: str
    port: int
    pid: int


@asynccontextmanager
async def arena(cache: Path, tracks: int, state: Path) -> AsyncIterator[list[Contestant]]:
    """Run the bridge and both MPDs with the same music for the time of the block; ``state`` may be used again."""
    async with AsyncExitStack() as stack:
        music = await asyncio.to_thread(music_folder.make, cache, tracks)
        newest = (await output_of("script/mpd")).strip()
        starts = [_bridge(music, tracks, state), *(_mpd(each, music, tracks, state) for each in ("mpd", newest))]
        contestants = [await stack.enter_async_context(start) for start in starts]
        assert len({contestant.label for contestant in contestants}) == len(contestants), "twice the same MPD"
        yield contestants


@asynccontextmanager
async def _bridge(music: Path, tracks: int, state: Path) -> AsyncIterator[Contestant]:
    server_port, mpd_port, http_port = free_port(), free_port(), free_port()
    serve: list[str | Path] = [sys.executable, "-m", "mpd_bridge", "locker-server", music, "--port", str(server_port)]
    serve += ["--state", state / "server", "--rescan", "0", "--account", "{username}:{password}".format(**_SETTINGS)]
    configuration = state / "bridge.toml"
    configuration.parent.mkdir(parents=True, exist_ok=True)
    url = f"http://{LOOPBACK}:{server_port}"
    configuration.write_text(
        _BRIDGE.format(state=state / "bridge", mpd_port=mpd_port, http_port=http_port, url=url, **_SETTINGS)
    )
    run: list[str | Path] = [sys.executable, "-m", "mpd_bridge", "run", "--config", configuration]
    known = state / f"read-{tracks}"
    async with AsyncExitStack() as stack:
        # The locker is there only until it is read: what is measured is the bridge alone.
        async with AsyncExitStack() as reading:
            if not known.exists():
                server = await reading.enter_async_context(running("locker server", serve, state / "server.out"))
                await server.ready(lambda: answers(server_port), _LIMIT)
            bridge = await stack.enter_async_context(running("bridge", run, state / "bridge.out"))
            await bridge.ready(lambda: answers(mpd_port), _LIMIT)
            await until("Reading the locker", lambda: asyncio.to_thread(_knows, mpd_port, tracks), _LIMIT)
            known.touch()
        yield Contestant(BRIDGE, mpd_port, bridge.pid)


@asynccontextmanager
async def _mpd(program: str, music: Path, tracks: int, state: Path) -> AsyncIterator[Contestant]:
    version = re.search(r"Music Player Daemon (\d+\.\d+)", await output_of(program, "--version"))
    assert version is not None
    label = f"MPD {version[1]}"
    port, folder = free_port(), state / label.replace(" ", "-")
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / "mpd.conf"
    configuration.write_text(_MPD.format(port=port, music=music, state=folder))
    async with running(label, [program, "--no-daemon", "--stderr", configuration], folder / "out") as process:
        await process.ready(lambda: answers(port))
        await asyncio.to_thread(_update, port)
        await until(f"{label} reads the folder", lambda: asyncio.to_thread(_knows, port, tracks), _LIMIT)
        yield Contestant(label, port, process.pid)


def _update(port: int) -> None:
    with connected(port) as client:
        client("update")


def _knows(port: int, tracks: int) -> bool:
    with connected(port) as client:
        return "updating_db" not in client.fields("status") and int(client.fields("stats")["songs"]) >= tracks
