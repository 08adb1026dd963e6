"""Options, each by its effect."""

import asyncio
import socket
from datetime import timedelta

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.music_locker.core.library import SyncEnded
from custom_components.music_locker.runtime import MusicLockerConfigEntry

from .conftest import SetUp
from .flows import fill_in_options, open_options, shown
from .speakers import SimpleSpeaker


async def syncs_within(hass: HomeAssistant, entry: MusicLockerConfigEntry, seconds: float) -> int:
    """Let time pass, and return how often the locker was read."""
    core = entry.runtime_data.core
    ended: list[SyncEnded] = []
    unsubscribe = core.subscribe(lambda event: ended.append(event) if isinstance(event, SyncEnded) else None)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    for _ in range(3):
        await asyncio.sleep(0)
    if core.update_job is not None:
        await core.sync(entry.entry_id)
    unsubscribe()
    return len(ended)


class TestLocker:
    async def test_the_service_is_asked_as_often_as_is_chosen(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry
    ) -> None:
        form = await open_options(hass, locker)
        assert shown(form) == {"sync_interval": 15}
        result = await fill_in_options(hass, form, sync_interval=60)
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await locker.runtime_data.core.sync(locker.entry_id)

        assert await syncs_within(hass, locker, 59 * 60) == 0
        assert await syncs_within(hass, locker, 61 * 60) == 1
        assert shown(await open_options(hass, locker)) == {"sync_interval": 60}


class TestPlayer:
    async def test_the_speaker_is_given_the_address_that_is_chosen(
        self, hass: HomeAssistant, player: MusicLockerConfigEntry, speaker: SimpleSpeaker
    ) -> None:
        form = await open_options(hass, player)
        refused = await fill_in_options(hass, form, base_url="ftp://music.example")
        assert refused["errors"] == {"base_url": "invalid_url"}
        await fill_in_options(hass, refused, base_url=" http://music.example:8000/ ")

        await self.play(hass, player)
        await fill_in_options(hass, await open_options(hass, player))
        await self.play(hass, player)

        chosen, default = (address.partition("/api/")[0] for address in speaker.played)
        assert chosen == "http://music.example:8000"
        assert default == "http://home.example:8123"

    @staticmethod
    async def play(hass: HomeAssistant, entry: MusicLockerConfigEntry) -> None:
        player = entry.runtime_data.player
        player.clear()
        player.add(entry.runtime_data.core.library.catalog.tracks[:1])
        await player.play()
        await hass.async_block_till_done()

    async def test_a_player_without_a_speaker_has_none(self, set_up: SetUp) -> None:
        assert not (await set_up("Radio")).supports_options


class TestMpdServer:
    @pytest.fixture
    async def server(self, set_up: SetUp) -> MusicLockerConfigEntry:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
        return await set_up("MPD server", kind="mpd_server", player_id="default", host="127.0.0.1", port=port)

    async def test_a_client_without_the_password_may_do_what_is_chosen(
        self, hass: HomeAssistant, set_up: SetUp
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
        given = {"kind": "mpd_server", "player_id": "default", "host": "127.0.0.1", "port": port, "password": "a word"}
        server = await set_up("MPD server", **given)
        form = await open_options(hass, server)
        await fill_in_options(hass, form, default_permissions=["read"], maximum_connections=8, timeout=600)

        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await reader.readline()
            writer.write(b"stats\nclear\n")
            lines = [(await reader.readline()).decode()]
            while not lines[-1].startswith("ACK"):
                lines.append((await reader.readline()).decode())
        assert "OK\n" in lines
        assert lines[-1] == 'ACK [4@0] {clear} you don\'t have permission for "clear"\n'
        writer.close()

    async def test_one_client_too_many_is_turned_away(
        self, hass: HomeAssistant, server: MusicLockerConfigEntry
    ) -> None:
        form = await open_options(hass, server)
        assert shown(form) == {
            "announce": True,
            "default_permissions": [],
            "maximum_connections": 512,
            "timeout": 60,
        }
        await fill_in_options(hass, form, maximum_connections=1, timeout=60)

        async with asyncio.timeout(5):
            first, writer = await asyncio.open_connection("127.0.0.1", server.data["port"])
            assert (await first.readline()).startswith(b"OK MPD")
            second, second_writer = await asyncio.open_connection("127.0.0.1", server.data["port"])
            assert not await second.read()
        writer.close()
        second_writer.close()

    async def test_a_silent_client_is_disconnected_after_the_time_that_is_chosen(
        self, hass: HomeAssistant, server: MusicLockerConfigEntry
    ) -> None:
        form = await open_options(hass, server)
        await fill_in_options(hass, form, announce=False, maximum_connections=8, timeout=600)
        assert server.options == {
            "announce": False,
            "default_permissions": [],
            "maximum_connections": 8,
            "timeout": 600,
        }

        hass.config_entries.async_update_entry(server, options={"timeout": 0.05})  # no form takes less than a second
        assert await hass.config_entries.async_reload(server.entry_id)

        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.data["port"])
            await reader.readline()
            assert not await reader.read()
        writer.close()
