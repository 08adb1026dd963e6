"""What can be sent to a developer: numbers and settings, no secret."""

import json

from homeassistant.components.diagnostics import DOMAIN as DIAGNOSTICS_DOMAIN
from homeassistant.components.system_health import DOMAIN as SYSTEM_HEALTH_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import get_system_health_info
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.music_locker.const import DOMAIN
from custom_components.music_locker.runtime import MusicLockerConfigEntry

from .conftest import PARTNER_TOKEN, PASSWORD, USER, SetUp
from .texts import COMPONENT, TEXTS

MANIFEST = json.loads((COMPONENT / "manifest.json").read_text(encoding="utf-8"))


async def diagnostics(
    hass: HomeAssistant, client: ClientSessionGenerator, entry: MusicLockerConfigEntry
) -> tuple[dict[str, object], str]:
    """Return an entry's diagnostics, and the same as text."""
    assert await async_setup_component(hass, DIAGNOSTICS_DOMAIN, {})
    found = await get_diagnostics_for_config_entry(hass, client, entry)
    return dict(found), json.dumps(found)


async def test_a_locker_tells_what_it_holds_and_no_secret(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, locker: MusicLockerConfigEntry
) -> None:
    found, text = await diagnostics(hass, hass_client, locker)
    for secret in (USER, PASSWORD, PARTNER_TOKEN, "127.0.0.1", "live-MP3tunes"):
        assert secret not in text
    told = found["locker"]
    assert isinstance(told, dict)
    assert (told["tracks"], told["albums"], told["reachable"]) == (6, 2, True)
    assert {"STREAM", "SEARCH"} <= set(told["capabilities"])


async def test_a_player_tells_its_state_and_speaker(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, player: MusicLockerConfigEntry
) -> None:
    track = player.runtime_data.core.library.catalog.tracks[0]
    player.runtime_data.player.add([track])
    found, text = await diagnostics(hass, hass_client, player)
    assert found["speaker"] == {"available": True}
    assert isinstance(found["player"], dict)
    assert (found["player"]["state"], found["player"]["queue_length"]) == ("stopped", 1)
    assert "live-Kitchen" not in text
    assert track.title not in text


async def test_an_mpd_server_keeps_its_password(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, set_up: SetUp
) -> None:
    entry = await set_up(
        "MPD server", kind="mpd_server", player_id="default", host="127.0.0.1", port=0, password="hush"
    )
    found, text = await diagnostics(hass, hass_client, entry)
    assert "hush" not in text
    assert found["locker"] is None


async def test_the_system_page_counts(hass: HomeAssistant, player: MusicLockerConfigEntry) -> None:
    assert await async_setup_component(hass, SYSTEM_HEALTH_DOMAIN, {})
    await hass.async_block_till_done()
    info = await get_system_health_info(hass, DOMAIN)
    assert info | {"cache": ""} == {
        "version": MANIFEST["version"],
        "lockers": 1,
        "lockers_reachable": 1,
        "tracks": 6,
        "players": 2,
        "cache": "",
    }
    assert set(info) == set(TEXTS["system_health"]["info"])


async def test_the_system_page_says_its_version_only_without_entries(
    hass: HomeAssistant, locker: MusicLockerConfigEntry
) -> None:
    assert await async_setup_component(hass, SYSTEM_HEALTH_DOMAIN, {})
    await hass.config_entries.async_unload(locker.entry_id)
    assert await get_system_health_info(hass, DOMAIN) == {"version": MANIFEST["version"]}
