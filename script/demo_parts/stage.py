"""Set the stage: everything that the demo runs, until the block that uses it ends."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import aiohttp

from .home_assistant import HomeAssistantClient, Json, home_assistant
from .lockers import PARTNER_TOKEN, PASSWORD, DemoLocker, make_lockers
from .processes import LOOPBACK, DemoError, Process, answers, free_port, output_of, require_free, running
from .speaker import speaker

USER = "demo"
LOCKER = "MP3tunes"  # as Home Assistant calls it
PLAYER = "Kitchen"


@dataclass(frozen=True, slots=True)
class Options:
    """Say what to run and where; a port that is None is chosen.

    ``copy_music`` serves a copy of the music, for what adds to it.
    """

    state: Path
    music: Path
    make_music: bool
    bridge_only: bool
    mpd_port: int | None
    http_port: int | None
    stream_port: int | None
    home_assistant_port: int | None
    copy_music: bool = False


@dataclass(slots=True)
class Stage:
    """Say where everything is; printed as the ``ready`` line."""

    music: str
    locker_server: str
    lockers: list[DemoLocker]
    mpd_host: str
    mpd_port: int
    live_stream: str
    home_assistant: str | None = None
    home_assistant_user: str | None = None
    home_assistant_password: str | None = None
    player: str | None = None
    speaker_port: int | None = None
    state: str = ""
    demo_music: bool = True
    processes: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> Json:
        """Return the fields for the ``ready`` line."""
        return asdict(self)


class Ports:
    """Choose ports; those that were chosen are kept for the next run with the same state."""

    def __init__(self, state: Path) -> None:
        self._file = state / "ports.json"
        self._before: dict[str, int] = {}
        self._now: dict[str, int] = {}
        if self._file.exists():
            self._before = json.loads(self._file.read_text())

    def choose(self, purpose: str, wanted: int | None = None, option: str = "") -> int:
        """Return the wanted port, or the one of the last run, or a free one; raise DemoError if it is taken."""
        if wanted is not None:
            require_free(wanted, purpose, option)
        port = wanted or self._as_before(purpose) or free_port()
        self._now[purpose] = port
        return port

    def _as_before(self, purpose: str) -> int | None:
        port = self._before.get(purpose)
        if port is not None:
            try:
                require_free(port, purpose, "")
            except DemoError:
                return None
        return port

    @property
    def unchanged(self) -> bool:
        """Tell whether every port is that of the last run."""
        return self._before == self._now

    def keep(self) -> None:
        """Write the ports down for the next run."""
        self._file.write_text(json.dumps(self._now))


@asynccontextmanager
async def set_stage(options: Options) -> AsyncIterator[Stage]:
    """Start everything, wait until it is ready, and end it all after the block."""
    ports = Ports(options.state)
    mpd_port = ports.choose("MPD", options.mpd_port, "--mpd-port")
    http_port = ports.choose("locker server", options.http_port, "--http-port")
    if options.make_music:
        await make_music(options.music)
    if options.copy_music:
        music = await asyncio.to_thread(link_music, options.music, options.state / "music")
        options = replace(options, music=music)
    async with AsyncExitStack() as stack:
        url = f"http://{LOOPBACK}:{http_port}"
        lockers = await asyncio.to_thread(make_lockers, options.music, options.state / "locker-server", url)
        server = await stack.enter_async_context(locker_server(options, http_port))
        stage = Stage(
            music=str(options.music),
            locker_server=url,
            lockers=lockers,
            mpd_host=LOOPBACK,
            mpd_port=mpd_port,
            live_stream="",
            state=str(options.state),
            demo_music=options.make_music,
            processes={"demo": os.getpid(), "locker server": server.pid},
        )
        start = bridge_alone if options.bridge_only else with_home_assistant
        await stack.enter_async_context(start(options, stage, ports))
        ports.keep()
        yield stage


async def make_music(folder: Path) -> None:
    """Make the demo music where it is not there yet; the program shows its progress."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "mpd_bridge", "demo-music", folder)
    if await process.wait():
        raise DemoError(f"The demo music could not be made in {folder}.")


def link_music(music: Path, folder: Path) -> Path:
    """Return a copy of the music; files are linked where that can be: nothing writes into one that is there."""
    return Path(shutil.copytree(music, folder, copy_function=_link, dirs_exist_ok=True))


def _link(source: str, target: str) -> None:
    Path(target).unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@asynccontextmanager
async def locker_server(options: Options, port: int) -> AsyncIterator[Process]:
    """Run our locker server over the music for the time of the block."""
    command: list[str | Path] = [sys.executable, "-m", "mpd_bridge", "locker-server", options.music]
    command += ["--host", LOOPBACK, "--port", str(port), "--state", options.state / "locker-server"]
    command += ["--partner-token", PARTNER_TOKEN]
    async with running("locker server", command, options.state / "locker-server.out") as process:

        async def listening() -> bool:
            return await answers(port)

        await process.ready(listening)
        yield process


_DAEMON = """\
[state]
directory = "{state}/bridge"

[mpd]
host = "{host}"
port = {mpd_port}

[http]
host = "{host}"
port = {stream_port}

"""


@asynccontextmanager
async def bridge_alone(options: Options, stage: Stage, ports: Ports) -> AsyncIterator[None]:
    """Run the bridge's daemon for the time of the block."""
    stream_port = ports.choose("streams", options.stream_port, "--stream-port")
    configuration = _configuration(options.state)
    text = _DAEMON.format(
        state=options.state,
        host=LOOPBACK,
        mpd_port=stage.mpd_port,
        stream_port=stream_port,
    )
    text += "".join(map(_locker_table, stage.lockers))
    configuration.touch(mode=0o600)
    configuration.write_text(text)
    async with bridge(options.state, stage) as process:
        stage.live_stream = f"http://{LOOPBACK}:{stream_port}/live/default.mp3"
        stage.processes["bridge"] = process.pid
        yield


def _locker_table(locker: DemoLocker) -> str:
    """Return a locker as the daemon's configuration has it."""
    values = {"name": locker.title, "service": locker.service, **locker.settings}
    # A JSON text is a TOML text too.
    return "\n".join(["", "[[locker]]", *(f"{key} = {json.dumps(value)}" for key, value in values.items()), ""])


def _configuration(state: Path) -> Path:
    return state / "bridge.toml"


@asynccontextmanager
async def bridge(state: Path, stage: Stage) -> AsyncIterator[Process]:
    """Run the daemon with the configuration that is in the state folder; it has read the locker when the block begins.

    The end-to-end tests use it to start again what they have killed.
    """
    command: list[str | Path] = [sys.executable, "-m", "mpd_bridge", "run", "--config", _configuration(state)]
    async with running("bridge", command, state / "bridge.out") as process:
        await process.ready(lambda: _synced(stage))
        yield process


@asynccontextmanager
async def with_home_assistant(options: Options, stage: Stage, ports: Ports) -> AsyncIterator[None]:
    """Run a speaker and Home Assistant, with everything set up in it, for the time of the block."""
    port = ports.choose("Home Assistant", options.home_assistant_port, "--home-assistant-port")
    speaker_port = ports.choose("speaker")
    url = f"http://{LOOPBACK}:{port}"
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        loudspeaker = await stack.enter_async_context(speaker(options.state / "speaker", speaker_port))
        hass = await stack.enter_async_context(home_assistant(options.state / "home-assistant", port))
        client = await HomeAssistantClient.log_in(url, session, USER, PASSWORD)
        stack.push_async_callback(client.close)
        stage.home_assistant = url
        stage.home_assistant_user, stage.home_assistant_password = USER, PASSWORD
        stage.speaker_port = speaker_port
        stage.processes |= {"speaker": loudspeaker.pid, "Home Assistant": hass.pid}
        if not ports.unchanged:
            await _remove_entries(client)
        await _set_up(client, stage)
        await hass.ready(lambda: _synced(stage))
        stage.live_stream = await _live_stream(client)
        yield


async def _remove_entries(client: HomeAssistantClient) -> None:
    """Remove what an earlier run set up for other ports."""
    for entry in await client.entries():
        if entry["domain"] in ("mpd", "music_locker"):
            await client.remove_entry(entry["entry_id"])


async def _set_up(client: HomeAssistantClient, stage: Stage) -> None:
    """Walk through the config flows as a user does, but for what an earlier run has added."""
    entries = {entry["domain"] + " " + entry["title"]: entry["entry_id"] for entry in await client.entries()}
    if (player := entries.get(f"music_locker {PLAYER}")) is None:
        speaker_entry = await client.add_entry("mpd", {"host": LOOPBACK, "port": stage.speaker_port})
        for locker in stage.lockers:
            await client.add_locker(locker)
        mpd_server = {"host": LOOPBACK, "port": stage.mpd_port}
        await client.add_entry("music_locker", {"next_step_id": "mpd_server"}, mpd_server)
        form = {"name": PLAYER, "target": await client.entity_of(speaker_entry["entry_id"])}
        # Assist knows the player then, and not its speaker as well.
        steps = ({"next_step_id": "player"}, form, {"unexpose": True})
        player = (await client.add_entry("music_locker", *steps))["entry_id"]
        # An address of the loopback is good for a speaker of this machine only, so it has to be said.
        await client.set_options(player, {"base_url": client.url})
    stage.player = await client.entity_of(player)


async def _live_stream(client: HomeAssistantClient) -> str:
    """Return the address of the live stream that MPD clients start with."""
    live = await client.call("media_source/resolve_media", media_content_id="media-source://music_locker/live/default")
    # Home Assistant signs every path that it gives out; this one has a token of its own and needs no signature.
    return client.url + str(live["url"]).partition("?")[0]


async def _synced(stage: Stage) -> bool:
    """Tell whether the bridge answers and has read the locker to its end."""
    if not await answers(stage.mpd_port):
        return False
    mpc = ("mpc", "-p", str(stage.mpd_port))
    songs = next(line.split()[1] for line in (await output_of(*mpc, "stats")).splitlines() if line.startswith("Songs:"))
    return songs != "0" and "Updating" not in await output_of(*mpc, "status")
