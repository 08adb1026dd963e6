"""These tests speak real HTTP and MPD over the loopback."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from pytest_socket import enable_socket

from mpd_bridge.config import load
from mpd_bridge.logins import adapter_of
from music_locker_core.hub import Core
from tests.mpd_bridge.site import Bridge, Site


@pytest.fixture(autouse=True)
def _loopback_sockets(socket_enabled: None) -> None:
    """Take back the test plugin's ban on sockets."""


@pytest.fixture(autouse=True)
def disable_http_server() -> None:
    """Take back the test plugin's patch of a Home Assistant that is not here."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Run a locker server with three tracks."""
    enable_socket()
    site = Site(tmp_path_factory.mktemp("site"))
    yield site
    site.close()


@pytest.fixture
def bridge(site: Site, tmp_path: Path) -> Bridge:
    """Return a bridge that has never run."""
    return site.bridge(tmp_path / "bridge")


@pytest.fixture(scope="session")
def synced(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Bridge:
    """Return a bridge that has synced once and does not run; tests leave it so."""
    enable_socket()
    bridge = site.bridge(tmp_path_factory.mktemp("synced"))
    asyncio.run_coroutine_threadsafe(_sync(bridge), site.loop).result(30)
    return bridge


async def _sync(bridge: Bridge) -> None:
    config = load(bridge.configuration, {})
    config.state_directory.mkdir()
    async with aiohttp.ClientSession() as session:
        core = await Core.open(config.state_directory)
        for locker in config.lockers:
            await core.add_locker(locker.name, locker.name, adapter_of(locker, session))
            await core.sync(locker.name)
        await core.close()
