"""Entries: set up, reloaded, refused, removed, and all on one core."""

import asyncio
from pathlib import Path

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.music_locker.const import DOMAIN
from custom_components.music_locker.core.errors import LockerError
from custom_components.music_locker.runtime import MusicLockerConfigEntry, open_core
from mpd_bridge.locker_server import Fault, LockerServer

from .conftest import PASSWORD, USER, SetUp, make_entry
from .speakers import SimpleSpeaker


def locker_entry(settings: dict[str, str]) -> MockConfigEntry:
    return make_entry("MP3tunes", kind="locker", service="mp3tunes", settings=settings)


async def set_up_entry(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


class TestLocker:
    async def test_its_player_is_there_before_the_locker_is_read(
        self, hass: HomeAssistant, settings: dict[str, str], locker_server: LockerServer
    ) -> None:
        locker_server.faults.add(Fault(method="lockerData", latency=30.0, count=None))
        entry = locker_entry(settings)

        async with asyncio.timeout(10):
            await set_up_entry(hass, entry)

        assert entry.state is ConfigEntryState.LOADED
        assert (state := hass.states.get("media_player.mp3tunes")) is not None
        assert state.state == "idle"

    async def test_it_is_read_by_itself(self, hass: HomeAssistant, settings: dict[str, str]) -> None:
        entry = locker_entry(settings)
        await set_up_entry(hass, entry)

        core = open_core(hass)
        assert core is not None
        async with asyncio.timeout(10):
            await core.sync(entry.entry_id)  # joins the one that runs
        assert len(core.library.catalog.tracks) == 6

    async def test_a_wrong_password_asks_for_a_new_one(self, hass: HomeAssistant, settings: dict[str, str]) -> None:
        entry = locker_entry(settings | {"password": "nonsense"})

        await set_up_entry(hass, entry)

        assert entry.state is ConfigEntryState.SETUP_ERROR
        assert entry.error_reason_translation_key == "login_refused"
        (flow,) = hass.config_entries.flow.async_progress()
        assert flow["step_id"] == "reauth_mp3tunes"
        assert open_core(hass) is None

    async def test_a_service_that_is_away_is_tried_again_later(
        self, hass: HomeAssistant, settings: dict[str, str], locker_server: LockerServer
    ) -> None:
        await locker_server.close()
        entry = locker_entry(settings)

        await set_up_entry(hass, entry)

        assert entry.state is ConfigEntryState.SETUP_RETRY
        assert entry.error_reason_translation_key == "locker_unreachable"
        assert open_core(hass) is None

    async def test_what_was_read_before_is_there_while_the_service_is_away(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, locker_server: LockerServer
    ) -> None:
        await locker_server.close()

        assert await hass.config_entries.async_reload(locker.entry_id)

        core = open_core(hass)
        assert core is not None
        assert len(core.library.catalog.tracks) == 6

    @pytest.mark.row("X7")
    async def test_a_password_that_is_changed_later_asks_for_the_new_one(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, locker_server: LockerServer
    ) -> None:
        locker_server.add_account(USER, "new password")
        locker_server.sessions.expire_all()

        with pytest.raises(LockerError):
            await locker.runtime_data.core.sync(locker.entry_id)
        await hass.async_block_till_done()

        (flow,) = hass.config_entries.flow.async_progress()
        assert flow["step_id"] == "reauth_mp3tunes"

    async def test_a_locker_that_is_removed_is_forgotten(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, set_up: SetUp
    ) -> None:
        radio = await set_up("Radio")

        await hass.config_entries.async_remove(locker.entry_id)

        catalog = radio.runtime_data.core.library.catalog
        assert not catalog.tracks
        assert not catalog.locker_ids

    async def test_a_player_that_is_removed_leaves_no_queue_to_the_next_of_its_name(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, set_up: SetUp
    ) -> None:
        radio = await set_up("Radio")
        radio.runtime_data.player.add(locker.runtime_data.core.library.catalog.tracks)

        await hass.config_entries.async_remove(radio.entry_id)

        assert len((await set_up("Radio")).runtime_data.player.queue) == 0

    async def test_a_locker_that_was_never_set_up_can_be_removed(
        self, hass: HomeAssistant, settings: dict[str, str], locker_server: LockerServer
    ) -> None:
        await locker_server.close()
        entry = locker_entry(settings)
        await set_up_entry(hass, entry)

        await hass.config_entries.async_remove(entry.entry_id)

        assert open_core(hass) is None


class TestCore:
    async def test_all_entries_share_one(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, set_up: SetUp
    ) -> None:
        radio = await set_up("Radio")

        assert radio.runtime_data.core is locker.runtime_data.core
        assert set(radio.runtime_data.core.players) == {"mp3tunes", "radio"}

    async def test_it_is_closed_with_the_last_entry(self, hass: HomeAssistant, set_up: SetUp) -> None:
        first, second = await set_up("One"), await set_up("Two")

        assert await hass.config_entries.async_unload(first.entry_id)
        core = open_core(hass)
        assert core is not None
        assert set(core.players) == {"two"}

        assert await hass.config_entries.async_unload(second.entry_id)
        assert open_core(hass) is None

    async def test_an_entry_can_be_reloaded(self, hass: HomeAssistant, set_up: SetUp) -> None:
        entry = await set_up("Radio")

        assert await hass.config_entries.async_reload(entry.entry_id)

        assert entry.state is ConfigEntryState.LOADED
        assert (state := hass.states.get("media_player.radio")) is not None
        assert state.state == "idle"

    async def test_everything_is_closed_when_home_assistant_stops(self, hass: HomeAssistant, set_up: SetUp) -> None:
        await set_up("Radio")

        hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
        await hass.async_block_till_done()

        assert open_core(hass) is None

    async def test_a_queue_is_there_again_after_a_restart(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry
    ) -> None:
        player = locker.runtime_data.player
        player.add(locker.runtime_data.core.library.catalog.tracks[:3])

        assert await hass.config_entries.async_reload(locker.entry_id)

        assert len(locker.runtime_data.player.queue) == 3

    async def test_a_folder_that_cannot_be_written_is_told(self, hass: HomeAssistant, hass_config_dir: str) -> None:
        storage = Path(hass_config_dir) / ".storage"
        storage.mkdir(exist_ok=True)
        (storage / DOMAIN).write_text("not a folder")
        entry = make_entry("Radio")

        await set_up_entry(hass, entry)

        assert entry.state is ConfigEntryState.SETUP_RETRY
        assert entry.error_reason_translation_key == "storage_failed"


async def test_an_entry_of_a_newer_version_is_left_as_it_is(hass: HomeAssistant) -> None:
    entry = make_entry("Radio", future=True)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, version=2)
    before = dict(entry.data)

    assert not await hass.config_entries.async_setup(entry.entry_id)

    assert entry.state is ConfigEntryState.MIGRATION_ERROR
    assert entry.data == before


async def test_a_speaker_with_a_new_entity_id_stays_the_players(
    hass: HomeAssistant,
    player: MusicLockerConfigEntry,
    speaker: SimpleSpeaker,
    entity_registry: er.EntityRegistry,
) -> None:
    entity_registry.async_update_entity(speaker.entity_id, new_entity_id="media_player.loud")
    await hass.async_block_till_done()

    assert player.data["target"] == "media_player.loud"
    assert player.state is ConfigEntryState.LOADED
    assert (state := hass.states.get("media_player.kitchen")) is not None
    assert state.state == "idle"


async def test_each_entry_has_a_device(hass: HomeAssistant, set_up: SetUp, device_registry: dr.DeviceRegistry) -> None:
    entry = await set_up("Radio")

    (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)

    assert device.name == "Radio"
    assert device.entry_type is dr.DeviceEntryType.SERVICE


async def test_no_secret_is_in_states_or_in_the_log(
    hass: HomeAssistant, settings: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    assert await async_setup_component(hass, "media_source", {})
    entry = locker_entry(settings)
    await set_up_entry(hass, entry)
    data = entry.runtime_data
    await data.core.sync(entry.entry_id)
    album = data.core.library.catalog.albums(entry.entry_id)[0]
    await hass.services.async_call(
        "media_player",
        "play_media",
        {
            "entity_id": "media_player.mp3tunes",
            "media_content_type": "album",
            "media_content_id": f"media-source://music_locker/{entry.entry_id}/album/{album.id}",
        },
        blocking=True,
    )
    await hass.async_block_till_done()

    shown = "\n".join(f"{state.state} {dict(state.attributes)}" for state in hass.states.async_all())
    logged = "\n".join(record.getMessage() for record in caplog.records if DOMAIN in record.name)
    for secret in (PASSWORD, settings["partner_token"], entry.data["live_token"], "/api/music_locker/stream/"):
        assert secret not in shown
        assert secret not in logged
