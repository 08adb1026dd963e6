"""The demo, running: a locker server, the newest Home Assistant, a speaker, and real MPD clients."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from script.demo_parts.home_assistant import HomeAssistantClient
from tests.end_to_end.running import Frontend, Mpc, end_demo, free_ports, new_home_assistant, ready_line, start_demo


@pytest.fixture(autouse=True)
def _loopback_sockets(socket_enabled: None) -> None:
    """Take back the test plugin's ban on sockets."""


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The demo with Home Assistant; the ``ready`` line that it printed."""
    process = start_demo("--state", str(tmp_path_factory.mktemp("demo")), *free_ports())
    try:
        yield ready_line(process)
    finally:
        end_demo(process)


@pytest.fixture
async def home_assistant(demo: dict[str, Any]) -> AsyncIterator[HomeAssistantClient]:
    async with aiohttp.ClientSession() as session:
        client = await HomeAssistantClient.log_in(
            demo["home_assistant"], session, demo["home_assistant_user"], demo["home_assistant_password"]
        )
        yield client
        await client.close()


@pytest.fixture
def mpc(demo: dict[str, Any]) -> Mpc:
    client = Mpc(demo["mpd_port"])
    client("clear")
    return client


@pytest.fixture
async def frontend(tmp_path: Path) -> AsyncIterator[Frontend]:
    """The frontend of a new Home Assistant with a copy of the component, in whose log there is no error of ours."""
    async with new_home_assistant(tmp_path) as frontend:
        yield frontend
