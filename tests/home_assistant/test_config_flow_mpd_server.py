"""The forms of the MPD server."""

import asyncio
import socket
from collections.abc import Iterator

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.music_locker.const import DOMAIN
from custom_components.music_locker.runtime import MusicLockerConfigEntry

from .conftest import SetUp, make_entry
from .flows import choose, fill_in, reconfigure, shown

ANYWHERE = "0.0.0.0"  # noqa: S104 - what is tested is what this address needs


@pytest.fixture
def used_port() -> Iterator[int]:
    """Listen on a port as another program does."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


class TestMpdServer:
    async def test_it_listens_to_this_machine_only_by_default(self, hass: HomeAssistant, free_port: int) -> None:
        form = await choose(hass, "mpd_server")
        schema = form["data_schema"]
        assert schema is not None
        assert {str(key): key.default() for key in schema.schema if key in {"host", "port"}} == {
            "host": "127.0.0.1",
            "port": 6600,
        }

        result = await fill_in(hass, form, host="127.0.0.1", port=free_port)

        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert result["title"].startswith("MPD")
        assert result["data"]["kind"] == "mpd_server"
        assert result["data"]["port"] == free_port
        assert result["data"]["player_id"] == "default"
        assert "password" not in result["data"]

    async def test_every_other_address_needs_a_password_and_one_is_proposed(
        self, hass: HomeAssistant, free_port: int
    ) -> None:
        refused = await fill_in(hass, await choose(hass, "mpd_server"), host=ANYWHERE, port=free_port)

        assert refused["errors"] == {"password": "password_required"}
        schema = refused["data_schema"]
        assert schema is not None
        (proposed,) = [key.description["suggested_value"] for key in schema.schema if key == "password"]
        result = await fill_in(hass, refused, host=ANYWHERE, port=free_port, password=proposed)
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert result["data"]["password"] == proposed

    async def test_localhost_needs_no_password(self, hass: HomeAssistant, free_port: int) -> None:
        result = await fill_in(hass, await choose(hass, "mpd_server"), host="localhost", port=free_port)

        assert result["type"] is FlowResultType.CREATE_ENTRY

    async def test_a_port_that_is_taken_is_told(self, hass: HomeAssistant, used_port: int) -> None:
        result = await fill_in(hass, await choose(hass, "mpd_server"), host="127.0.0.1", port=used_port)

        assert result["errors"] == {"base": "port_in_use"}

    async def test_an_address_of_another_machine_is_told(self, hass: HomeAssistant, free_port: int) -> None:
        result = await fill_in(
            hass, await choose(hass, "mpd_server"), host="192.0.2.1", port=free_port, password="long enough"
        )

        assert result["errors"] == {"base": "cannot_listen"}

    async def test_a_port_has_one_server(self, hass: HomeAssistant, free_port: int) -> None:
        make_entry("MPD server", kind="mpd_server", host="127.0.0.1", port=free_port).add_to_hass(hass)

        result = await fill_in(hass, await choose(hass, "mpd_server"), host="127.0.0.1", port=free_port)

        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "already_configured"

    async def test_of_two_flows_for_one_port_one_makes_the_entry(self, hass: HomeAssistant, free_port: int) -> None:
        forms = [await choose(hass, "mpd_server"), await choose(hass, "mpd_server")]

        results = await asyncio.gather(*(fill_in(hass, form, host="127.0.0.1", port=free_port) for form in forms))

        # Which error the second one gets depends on whether the first one's server listens by then.
        assert [result["type"] for result in results].count(FlowResultType.CREATE_ENTRY) == 1
        assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def greeting(port: int) -> bytes:
    """Return what the server says to a client that connects."""
    async with asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        line = await reader.readline()
        writer.close()
        await writer.wait_closed()
        return line


class TestReconfigure:
    @pytest.fixture
    async def server(self, set_up: SetUp, free_port: int) -> MusicLockerConfigEntry:
        return await set_up("MPD server", kind="mpd_server", player_id="default", host="127.0.0.1", port=free_port)

    async def test_its_own_port_is_not_taken_by_another_program(
        self, hass: HomeAssistant, server: MusicLockerConfigEntry, free_port: int
    ) -> None:
        form = await reconfigure(hass, server)
        assert shown(form) == {"host": "127.0.0.1", "port": free_port}

        refused = await fill_in(hass, form, host=ANYWHERE, port=free_port)
        assert refused["errors"] == {"password": "password_required"}
        result = await fill_in(hass, refused, host=ANYWHERE, port=free_port, password="for all")

        assert result["reason"] == "reconfigure_successful"
        assert server.state is ConfigEntryState.LOADED
        assert server.data["password"] == "for all"
        assert (await greeting(free_port)).startswith(b"OK MPD")

    async def test_it_moves_to_another_port_and_needs_no_password_there(
        self, hass: HomeAssistant, server: MusicLockerConfigEntry, free_port: int
    ) -> None:
        hass.config_entries.async_update_entry(server, data={**server.data, "password": "old"})
        with socket.create_server(("127.0.0.1", 0)) as listening:
            other = listening.getsockname()[1]
            taken = await fill_in(hass, await reconfigure(hass, server), host="127.0.0.1", port=other)
            assert taken["errors"] == {"base": "port_in_use"}

        result = await fill_in(hass, taken, host="127.0.0.1", port=other)

        assert result["reason"] == "reconfigure_successful"
        assert "password" not in server.data
        assert (await greeting(other)).startswith(b"OK MPD")
        with pytest.raises(ConnectionRefusedError):
            await greeting(free_port)
