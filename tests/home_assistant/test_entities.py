"""What a locker's and a player's entities show, press and tell."""

from pathlib import Path

import pytest
from homeassistant.components.button import DOMAIN as BUTTON_DOMAIN
from homeassistant.components.button import SERVICE_PRESS
from homeassistant.components.media_player import DOMAIN as MEDIA_PLAYER_DOMAIN
from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from custom_components.music_locker.const import DOMAIN
from custom_components.music_locker.core.errors import LockerError
from custom_components.music_locker.runtime import MusicLockerConfigEntry
from mpd_bridge.locker_server import LockerServer
from mpd_bridge.locker_server.faults import Fault
from tests.mpd_bridge.locker_server import audio

TRACK_EVENT = "event.kitchen_track"


def state(hass: HomeAssistant, entity_id: str) -> State:
    found = hass.states.get(entity_id)
    assert found is not None, entity_id
    return found


async def press(hass: HomeAssistant, entity_id: str) -> None:
    await hass.services.async_call(BUTTON_DOMAIN, SERVICE_PRESS, {ATTR_ENTITY_ID: entity_id}, blocking=True)


async def test_sensors_count_what_the_locker_holds(hass: HomeAssistant, locker: MusicLockerConfigEntry) -> None:
    assert state(hass, "sensor.mp3tunes_tracks").state == "6"
    assert state(hass, "sensor.mp3tunes_albums").state == "2"
    assert state(hass, "sensor.mp3tunes_tracks").attributes["unit_of_measurement"] == "tracks"
    last_sync = dt_util.parse_datetime(state(hass, "sensor.mp3tunes_last_sync").state)
    assert last_sync is not None
    assert last_sync <= dt_util.utcnow()


async def test_what_few_need_is_there_but_off(
    hass: HomeAssistant, locker: MusicLockerConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    for key in ("artists", "playlists"):
        entry = entity_registry.async_get(f"sensor.mp3tunes_{key}")
        assert entry is not None
        assert entry.disabled_by is er.RegistryEntryDisabler.INTEGRATION


async def test_all_entities_of_an_entry_belong_to_one_service_device(
    hass: HomeAssistant,
    player: MusicLockerConfigEntry,
    locker: MusicLockerConfigEntry,
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    for entry, domains in (
        (locker, {"binary_sensor", "button", "event", "media_player", "sensor"}),
        (player, {"event", "media_player"}),
    ):
        entities = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
        assert {entity.domain for entity in entities} == domains
        (device_id,) = {entity.device_id for entity in entities}
        assert device_id is not None
        device = device_registry.async_get(device_id)
        assert isinstance(device, dr.DeviceEntry)
        assert device.identifiers == {(DOMAIN, entry.entry_id)}
        assert device.entry_type is dr.DeviceEntryType.SERVICE


async def test_the_button_brings_the_index_up_to_date(
    hass: HomeAssistant, locker: MusicLockerConfigEntry, locker_server: LockerServer, tmp_path: Path
) -> None:
    folder = locker_server.locker.folder
    new = folder / "new.mp3"
    audio.make(new, title="Brand new", artist="Ann")
    try:
        await locker_server.scan()
        await press(hass, "button.mp3tunes_sync")
        assert state(hass, "sensor.mp3tunes_tracks").state == "7"
    finally:
        new.unlink()


async def test_a_service_that_is_away_is_shown_and_what_is_known_stays(
    hass: HomeAssistant, locker: MusicLockerConfigEntry, locker_server: LockerServer
) -> None:
    assert state(hass, "binary_sensor.mp3tunes_service").state == STATE_ON
    fault = locker_server.faults.add(Fault(drop_after=0, count=None))
    with pytest.raises(HomeAssistantError, match="MP3tunes cannot be read"):
        await press(hass, "button.mp3tunes_sync")
    assert state(hass, "binary_sensor.mp3tunes_service").state == STATE_OFF
    assert state(hass, "sensor.mp3tunes_tracks").state == "6"
    locker_server.faults.remove(fault)
    await press(hass, "button.mp3tunes_sync")
    assert state(hass, "binary_sensor.mp3tunes_service").state == STATE_ON


async def test_a_service_that_is_away_from_the_start_is_shown(
    hass: HomeAssistant, locker: MusicLockerConfigEntry, locker_server: LockerServer
) -> None:
    await locker_server.close()
    await hass.config_entries.async_reload(locker.entry_id)
    with pytest.raises(LockerError):
        await locker.runtime_data.core.sync(locker.entry_id)  # joins the one that runs
    await hass.async_block_till_done()
    assert state(hass, "binary_sensor.mp3tunes_service").state == STATE_OFF
    assert state(hass, "sensor.mp3tunes_tracks").state == "6"


async def test_entities_go_with_their_entry(hass: HomeAssistant, locker: MusicLockerConfigEntry) -> None:
    await hass.config_entries.async_unload(locker.entry_id)
    assert state(hass, "sensor.mp3tunes_tracks").state == STATE_UNAVAILABLE
    await hass.config_entries.async_remove(locker.entry_id)
    assert hass.states.get("sensor.mp3tunes_tracks") is None


class TestTrackEvent:
    """The event entity of a player."""

    @pytest.fixture
    def told(self, hass: HomeAssistant, player: MusicLockerConfigEntry) -> list[str]:
        """Return the titles that are told from now on."""
        titles: list[str] = []

        @callback
        def note(event: Event[EventStateChangedData]) -> None:
            new = event.data["new_state"]
            assert new is not None
            titles.append(new.attributes["title"])

        async_track_state_change_event(hass, TRACK_EVENT, note)
        return titles

    @pytest.fixture
    async def playing(self, hass: HomeAssistant, player: MusicLockerConfigEntry, told: list[str]) -> list[str]:
        """Play all tracks, and return their titles."""
        core = player.runtime_data.core
        tracks = core.library.catalog.tracks
        assert state(hass, TRACK_EVENT).state == STATE_UNKNOWN
        await player.runtime_data.player.replace(tracks, start=0, play=True)
        await hass.async_block_till_done()
        return [track.title for track in tracks]

    async def control(self, hass: HomeAssistant, service: str) -> None:
        await hass.services.async_call(
            MEDIA_PLAYER_DOMAIN, service, {ATTR_ENTITY_ID: "media_player.kitchen"}, blocking=True
        )
        await hass.async_block_till_done()

    async def test_every_track_that_begins_is_told_once(
        self, hass: HomeAssistant, playing: list[str], told: list[str]
    ) -> None:
        await self.control(hass, "media_next_track")
        await self.control(hass, "media_pause")
        await self.control(hass, "media_play")
        assert told == playing[:2]

    async def test_it_says_what_an_automation_can_play_elsewhere(
        self, hass: HomeAssistant, playing: list[str], locker: MusicLockerConfigEntry
    ) -> None:
        attributes = state(hass, TRACK_EVENT).attributes
        assert attributes["event_type"] == "track_changed"
        assert (attributes["title"], bool(attributes["artist"]), bool(attributes["album"])) == (playing[0], True, True)
        await hass.services.async_call(
            MEDIA_PLAYER_DOMAIN,
            "play_media",
            {
                ATTR_ENTITY_ID: "media_player.mp3tunes",
                "media_content_id": attributes["media_content_id"],
                "media_content_type": "music",
            },
            blocking=True,
        )
        assert state(hass, "media_player.mp3tunes").attributes["media_title"] == playing[0]

    async def test_the_same_track_is_told_again_after_a_stop(
        self, hass: HomeAssistant, playing: list[str], told: list[str]
    ) -> None:
        await self.control(hass, "media_stop")
        await self.control(hass, "media_play")
        assert told == [playing[0], playing[0]]

    async def test_a_reload_tells_nothing_again(
        self, hass: HomeAssistant, player: MusicLockerConfigEntry, locker: MusicLockerConfigEntry
    ) -> None:
        tracks = player.runtime_data.core.library.catalog.tracks
        await player.runtime_data.player.replace(tracks, start=0, play=True)
        await self.control(hass, "media_pause")
        before = state(hass, TRACK_EVENT)
        await hass.config_entries.async_reload(player.entry_id)
        await hass.async_block_till_done()
        assert state(hass, TRACK_EVENT).attributes["title"] == before.attributes["title"]
        assert state(hass, TRACK_EVENT).state == before.state
