"""Reconfiguration, options and repairs on the newest Home Assistant, through what its frontend speaks."""

import asyncio
import socket

from script.demo_parts.processes import free_port, until
from tests.end_to_end.running import Frontend


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
