"""One player, two faces: what is done in Home Assistant is seen by MPD clients, and the other way round."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from script.demo_parts.home_assistant import HomeAssistantClient
from tests.end_to_end.running import Mpc, eventually

_SOON = 0.5  # seconds: the promise


@pytest.fixture
async def idle_client(demo: dict[str, Any]) -> AsyncIterator[asyncio.StreamReader]:
    """A connection that waits in ``idle options``."""
    reader, writer = await asyncio.open_connection("127.0.0.1", demo["mpd_port"])
    assert (await reader.readline()).startswith(b"OK MPD ")
    writer.write(b"idle options\n")
    yield reader
    writer.close()
    await writer.wait_closed()


@pytest.fixture
async def default_player(home_assistant: HomeAssistantClient) -> str:
    """The media player of the MPD server's own partition."""
    entry = next(entry for entry in await home_assistant.entries() if entry["title"].startswith("MPD"))
    return await home_assistant.entity_of(entry["entry_id"])


async def test_a_change_in_home_assistant_reaches_an_idle_mpd_client(
    home_assistant: HomeAssistantClient, default_player: str, idle_client: asyncio.StreamReader, mpc: Mpc
) -> None:
    async with asyncio.timeout(_SOON):
        await home_assistant.action("media_player.shuffle_set", default_player, shuffle=True)
        assert await idle_client.readline() == b"changed: options\n"
    assert mpc("status", "%random%") == ["on"]
    await home_assistant.action("media_player.shuffle_set", default_player, shuffle=False)


async def test_a_change_by_an_mpd_client_reaches_home_assistant(
    home_assistant: HomeAssistantClient, default_player: str, mpc: Mpc
) -> None:
    mpc("findadd", "title", "Mesečina nad Tinom")
    mpc("play")

    async def shown() -> bool:
        state = await home_assistant.state(default_player)
        return state is not None and state["attributes"].get("media_title") == "Mesečina nad Tinom"

    await eventually("Home Assistant shows the track", shown, _SOON)
    mpc("stop")
