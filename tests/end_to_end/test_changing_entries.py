"""Reconfiguration, options and repairs on the newest Home Assistant, through what its frontend speaks."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from script.demo_parts.home_assistant import HomeAssistantClient, configure, home_assistant
from script.demo_parts.processes import free_port, until
from tests.end_to_end.test_component import COMPONENT


class Frontend:
    """Go through forms, each checked to be one that a browser can be sent."""

    def __init__(self, client: HomeAssistantClient, session: aiohttp.ClientSession) -> None:
        self.client = client
        self._session = session
        self._headers = {"Authorization": f"Bearer {client.tokens['access_token']}"}

    async def flow(self, path: str, start: dict[str, Any], *steps: dict[str, Any]) -> dict[str, Any]:
        """Walk through a flow, and return how it ends."""
        result = await self._post(path, start)
        for step in steps:
            assert result["type"] in {"form", "menu"}
            result = await self._post(f"{path}/{result['flow_id']}", step)
        return result

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self._session.post(self.client.url + path, json=body, headers=self._headers) as response:
            assert response.ok, await response.text()
            result: dict[str, Any] = await response.json()
            return result

    async def issues(self) -> list[dict[str, Any]]:
        told = (await self.client.call("repairs/list_issues"))["issues"]
        return [issue for issue in told if issue["domain"] == "music_locker"]


@pytest.fixture
async def frontend(tmp_path: Path) -> AsyncIterator[Frontend]:
    port = free_port()
    shutil.copytree(
        COMPONENT, tmp_path / "custom_components" / "music_locker", ignore=shutil.ignore_patterns("__pycache__")
    )
    configure(tmp_path, port)
    async with home_assistant(tmp_path, port), aiohttp.ClientSession() as session:
        client = await HomeAssistantClient.log_in(f"http://127.0.0.1:{port}", session, "demo", "demo")
        yield Frontend(client, session)
        await client.close()
    log = (tmp_path / "home-assistant.log").read_text()
    assert not [line for line in log.splitlines() if "music_locker" in line and ("ERROR" in line or "blocking" in line)]


async def until_served(port: int) -> None:
    """Wait for the MPD server: a change of an entry is loaded behind the answer."""

    async def greets() -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            return False
        line = await reader.readline()
        writer.close()
        await writer.wait_closed()
        return line.startswith(b"OK MPD")

    await until(f"Waiting for the MPD server on port {port}", greets)


async def test_an_mpd_server_is_changed_and_mended(frontend: Frontend) -> None:
    first, second, third = free_port(), free_port(), free_port()
    where = {"host": "127.0.0.1", "port": first}
    entry = await frontend.client.add_entry("music_locker", {"next_step_id": "mpd_server"}, where)
    entry_id = entry["entry_id"]

    start = {"handler": "music_locker", "entry_id": entry_id}
    changed = await frontend.flow("/api/config/config_entries/flow", start, where | {"port": second})
    assert changed["reason"] == "reconfigure_successful"
    await until_served(second)

    limits = {"maximum_connections": 8, "timeout": 600}
    kept = await frontend.flow("/api/config/config_entries/options/flow", {"handler": entry_id}, limits)
    assert kept["type"] == "create_entry"

    await frontend.client.call("config_entries/disable", entry_id=entry_id, disabled_by="user")
    with socket.create_server(("127.0.0.1", second)):
        await frontend.client.call("config_entries/disable", entry_id=entry_id, disabled_by=None)
        (issue,) = await frontend.issues()
        assert issue["translation_key"] == "port_taken"
        fix = {"handler": "music_locker", "issue_id": issue["issue_id"]}
        mended = await frontend.flow("/api/repairs/issues/fix", fix, {"port": third})
        assert mended["type"] == "create_entry"
        await until_served(third)
    assert not await frontend.issues()
