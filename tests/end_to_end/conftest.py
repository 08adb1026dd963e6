"""The demo, running: a locker server, the newest Home Assistant, a speaker, and real MPD clients."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest

from script.demo_parts.home_assistant import HomeAssistantClient
from tests.end_to_end.running import Mpc, end_demo, free_ports, ready_line, start_demo


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
