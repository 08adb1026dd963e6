"""Partitions that MPD clients make are players of Home Assistant while they exist."""

import pytest
from homeassistant.components.media_player import ATTR_MEDIA_TITLE
from homeassistant.components.media_source import async_resolve_media
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.music_locker.const import DOMAIN
from custom_components.music_locker.runtime import MusicLockerConfigEntry

from .conftest import SetUp
from .flows import choose, fill_in
from .players import act, shown
from .test_mpd_server_entry import MPD, Client, mpd_server
from .test_mpd_server_entry import port as port  # noqa: PLC0414 - a fixture
from .test_mpd_server_entry import server as server  # noqa: PLC0414 - a fixture

BATH = "media_player.bath"
LIVE = f"media-source://{DOMAIN}/live/bath"


@pytest.fixture
async def client(hass: HomeAssistant, server: MusicLockerConfigEntry, port: int) -> Client:
    return await Client.connect(port)


async def make(hass: HomeAssistant, client: Client) -> None:
    """Make a partition with an album in its queue, and be in it."""
    assert await client.send("newpartition bath") == []
    assert await client.send("partition bath") == []
    assert await client.send('findadd album "Harbour Songs"') == []
    await hass.async_block_till_done()


async def delete(hass: HomeAssistant, client: Client) -> None:
    await client.send("partition default")
    assert await client.send("delpartition bath") == []
    await hass.async_block_till_done()


async def test_it_is_a_player_while_it_exists(
    hass: HomeAssistant, client: Client, server: MusicLockerConfigEntry
) -> None:
    await make(hass, client)
    entry = er.async_get(hass).async_get(BATH)
    assert entry is not None
    assert (entry.config_entry_id, entry.platform) == (server.entry_id, DOMAIN)
    devices = dr.async_get(hass)
    device = devices.async_get(entry.device_id or "")
    assert isinstance(device, dr.DeviceEntry)
    behind = devices.async_get(device.via_device_id or "")
    assert isinstance(behind, dr.DeviceEntry)
    assert behind.identifiers == {(DOMAIN, server.entry_id)}

    await act(hass, "media_play", BATH)
    assert shown(hass, BATH).attributes[ATTR_MEDIA_TITLE] == "Wooden Orchard"
    assert await client.value("status", "state") == "play"
    assert shown(hass, MPD).state == "idle"

    form = await choose(hass, "player")
    assert (await fill_in(hass, form, name="Bath"))["data"]["player_id"] == "bath_2"

    await delete(hass, client)
    assert hass.states.get(BATH) is None
    assert er.async_get(hass).async_get(BATH) is None
    assert devices.async_get(device.id) is None
    assert hass.states.get(MPD) is not None

    await make(hass, client)
    assert shown(hass, BATH).state == "idle"
    await client.close()


async def test_it_goes_with_the_server_s_entry(
    hass: HomeAssistant, client: Client, server: MusicLockerConfigEntry, set_up: SetUp, port: int
) -> None:
    await make(hass, client)
    await client.close()
    assert await hass.config_entries.async_remove(server.entry_id)
    await hass.async_block_till_done()
    assert er.async_get(hass).async_get(BATH) is None
    assert not dr.async_entries_for_config_entry(dr.async_get(hass), server.entry_id)
    again = await set_up("MPD server", **mpd_server(port))
    assert "bath" not in again.runtime_data.core.players
    await again.runtime_data.core.partitions.create("bath", "default")
    assert len(again.runtime_data.core.players["bath"].queue) == 0


async def test_a_configured_player_takes_its_place(
    hass: HomeAssistant, client: Client, server: MusicLockerConfigEntry, set_up: SetUp
) -> None:
    await make(hass, client)
    bath = await set_up("Bath", player_id="bath")
    assert len(bath.runtime_data.player.queue) == 3
    entries = er.async_entries_for_config_entry(er.async_get(hass), server.entry_id)
    assert {entry.entity_id for entry in entries if entry.domain == "media_player"} == {MPD}
    assert (await client.send("delpartition bath"))[0].startswith("ACK [5@0] {delpartition} cannot delete")
    await client.close()


async def test_its_queue_and_the_signed_address_of_its_live_stream_outlive_a_reload(
    hass: HomeAssistant, client: Client, server: MusicLockerConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await make(hass, client)
    address = (await async_resolve_media(hass, LIVE, None)).url
    assert server.data["live_token"] not in address
    http = await hass_client_no_auth()
    assert (await http.head(address)).status == 200
    for wrong in (server.data["live_token"], "x"):
        assert (await http.head(f"/api/music_locker/live/{wrong}/bath.mp3")).status == 403
    assert await hass.config_entries.async_unload(server.entry_id)
    assert shown(hass, BATH).state == "unavailable"
    assert await hass.config_entries.async_setup(server.entry_id)
    await hass.async_block_till_done()
    assert shown(hass, BATH).attributes["queue_length"] == 3
    assert (await async_resolve_media(hass, LIVE, None)).url == address
    again = await Client.connect(server.data["port"])
    await delete(hass, again)
    assert (await http.head(address)).status == 404
    await again.close()
    await client.close()


async def test_another_partition_takes_a_speaker(
    hass: HomeAssistant, player: MusicLockerConfigEntry, client: Client
) -> None:
    await make(hass, client)
    assert await client.send('moveoutput "Kitchen speaker"') == []
    with pytest.raises(HomeAssistantError, match="All audio outputs are disabled"):
        await act(hass, "media_play", "media_player.kitchen")
    await act(hass, "media_play", BATH)
    assert shown(hass, "media_player.kitchen_speaker").state == "playing"
    assert shown(hass, BATH).attributes[ATTR_MEDIA_TITLE] == "Wooden Orchard"
    await client.close()
