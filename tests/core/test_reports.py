"""What is heard is told to a service that wants to know."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from mpd_bridge.locker_server import Fault, LockerServer
from music_locker_core.hub import Core
from music_locker_core.lockers import create_adapter
from music_locker_core.lockers.web import Retry
from tests.mpd_bridge.locker_server import audio
from tests.tools.fake_speaker import FakeSpeaker

USER, APP = "ann@example.com", "app"
REPORT = "item/log/playstatus"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[LockerServer]:
    audio.make(tmp_path / "music/1.mp3", seconds=1.0, title="Eins", artist="Ann", album="Zahlen")
    server = LockerServer(tmp_path / "music", tmp_path / "server", password_cost=2)
    server.add_account(USER, "password")
    await server.start()
    yield server
    await server.close()


@pytest.fixture
async def core(server: LockerServer, tmp_path: Path) -> AsyncIterator[Core]:
    """A core with a tunesBag locker that was read."""
    settings = {
        "url": server.url,
        "username": USER,
        "app_key": APP,
        "remote_key": await asyncio.to_thread(server.tunesbag.remote_key, USER, APP),
    }
    async with aiohttp.ClientSession() as session:
        core = await Core.open(tmp_path / "core")
        await core.add_locker("bag", "Bag", create_adapter("tunesbag", settings, session, Retry(attempts=1)))
        await core.sync("bag")
        yield core
        await core.close()


async def hear(core: Core) -> None:
    """Play the track to its end."""
    speaker = FakeSpeaker("speaker")
    player = await core.add_player("kitchen", "Kitchen", speaker)
    player.add(core.library.catalog.tracks)
    await player.play()
    speaker.end()


async def asked(server: LockerServer) -> None:
    async with asyncio.timeout(10):
        while not server.calls[REPORT]:  # noqa: ASYNC110 - the server sets no event of ours
            await asyncio.sleep(0)


async def test_a_track_that_was_heard_is_reported(core: Core, server: LockerServer) -> None:
    await hear(core)
    await asked(server)
    (track,) = core.library.catalog.tracks
    async with asyncio.timeout(10):
        while not (played := await core.adapter("bag").playlist_tracks("recentlyplayed")):  # noqa: ASYNC110 - same
            await asyncio.sleep(0)
    assert played == [track.id]


async def test_a_report_that_fails_disturbs_nobody(
    core: Core, server: LockerServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "music_locker_core")
    server.faults.add(Fault(REPORT, status=500))
    await hear(core)
    await asked(server)
    async with asyncio.timeout(10):
        told = "A play was not reported"
        while told not in caplog.text or not core.library.recently_played("bag"):  # noqa: ASYNC110 - same
            await asyncio.sleep(0)


async def test_a_report_ends_with_its_locker(core: Core, server: LockerServer) -> None:
    server.faults.add(Fault(REPORT, latency=60.0))
    await hear(core)
    await asked(server)
    await core.close_locker("bag")
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "music locker report"]
