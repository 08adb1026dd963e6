"""The component on its own: what an install of it brings."""

import shutil
from pathlib import Path

import aiohttp

from script.demo_parts.home_assistant import HomeAssistantClient, configure, home_assistant
from script.demo_parts.processes import free_port

COMPONENT = Path(__file__).parents[2] / "custom_components" / "music_locker"


async def test_the_folder_alone_sets_up_in_an_empty_configuration_of_the_newest_release(tmp_path: Path) -> None:
    port = free_port()
    shutil.copytree(
        COMPONENT, tmp_path / "custom_components" / "music_locker", ignore=shutil.ignore_patterns("__pycache__")
    )
    configure(tmp_path, port)
    async with home_assistant(tmp_path, port), aiohttp.ClientSession() as session:
        client = await HomeAssistantClient.log_in(f"http://127.0.0.1:{port}", session, "demo", "demo")
        entry = await client.add_entry(
            "music_locker", {"next_step_id": "mpd_server"}, {"host": "127.0.0.1", "port": free_port()}
        )
        player = await client.entity_of(entry["entry_id"])
        state = await client.state(player)
        await client.close()
    assert state is not None
    assert state["state"] == "idle"
    log = (tmp_path / "home-assistant.log").read_text()
    assert not [line for line in log.splitlines() if "music_locker" in line and ("ERROR" in line or "blocking" in line)]
