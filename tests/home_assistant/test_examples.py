"""The automations of the documentation, run as they stand there."""

from datetime import timedelta
from typing import Any, override

import pytest
import yaml
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components import tts
from homeassistant.components.automation import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.const import CONF_TARGET, STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from yarl import URL

from custom_components.music_locker.core.playback.player import Player, PlayerState
from custom_components.music_locker.runtime import MusicLockerConfigEntry
from tests.documents.pages import ROOT, blocks
from tests.mpd_bridge.locker_server import audio

from .conftest import SetUp
from .speakers import SimpleSpeaker

EXAMPLES = {
    str(example["alias"]): example
    for block in blocks("yaml")
    if block.page == ROOT / "docs" / "automations.md"
    for example in [yaml.safe_load(block.text)]
}
OCCUPANCY = "binary_sensor.living_room_occupancy"


class HouseVoice(tts.TextToSpeechEntity):
    """A voice; what it is to say can be read from what the speaker is told to play."""

    _attr_name = "House voice"
    _attr_default_language = "en"
    _attr_supported_languages = ["en"]  # noqa: RUF012 - as Home Assistant's own entities have it

    @override
    async def async_get_tts_audio(self, message: str, language: str, options: dict[str, Any]) -> tts.TtsAudioType:
        return "mp3", audio.encoded("mp3")


@pytest.fixture
async def kitchen(hass: HomeAssistant, locker: MusicLockerConfigEntry, set_up: SetUp) -> Player:
    return await room(hass, set_up, "Kitchen")


@pytest.fixture
async def living_room(hass: HomeAssistant, locker: MusicLockerConfigEntry, set_up: SetUp) -> Player:
    return await room(hass, set_up, "Living room")


async def room(hass: HomeAssistant, set_up: SetUp, name: str) -> Player:
    """Set up a player with a speaker."""
    speaker = SimpleSpeaker(f"{name} speaker")
    await speaker.add_to(hass)
    return (await set_up(name, **{CONF_TARGET: speaker.entity_id})).runtime_data.player


async def automate(hass: HomeAssistant, alias: str) -> None:
    """Set up an automation of the documentation."""
    assert await async_setup_component(hass, AUTOMATION_DOMAIN, {AUTOMATION_DOMAIN: [EXAMPLES[alias]]})
    await hass.async_block_till_done()
    state = hass.states.get(f"automation.{alias.lower().replace(' ', '_')}")
    assert state is not None
    assert state.state == STATE_ON


def titles(player: Player) -> list[str]:
    return [item.track.title for item in player.queue if item.track is not None]


async def test_wake_up_plays_the_playlist_shuffled(
    hass: HomeAssistant, kitchen: Player, freezer: FrozenDateTimeFactory, locker: MusicLockerConfigEntry
) -> None:
    catalog = locker.runtime_data.core.library.catalog
    (playlist,) = catalog.playlists(locker.entry_id)
    await automate(hass, "Wake up")
    now = dt_util.now()
    morning = now.replace(hour=6, minute=30, second=0, microsecond=0) + timedelta(days=1)
    freezer.move_to(morning)
    async_fire_time_changed(hass, morning)
    await hass.async_block_till_done()
    expected = [track.title for track in catalog.playlist_tracks(locker.entry_id, playlist.id)]
    assert sorted(titles(kitchen)) == sorted(expected)
    assert kitchen.state is PlayerState.PLAYING
    assert (kitchen.random, kitchen.volume) == (True, 20)
    await hass.services.async_call(AUTOMATION_DOMAIN, "turn_off", {"entity_id": "automation.wake_up"}, blocking=True)


async def test_every_track_is_announced_once(
    hass: HomeAssistant, kitchen: Player, locker: MusicLockerConfigEntry
) -> None:
    tracks = locker.runtime_data.core.library.catalog.tracks
    hall = SimpleSpeaker("Hall speaker")
    await hall.add_to(hass)
    assert await async_setup_component(hass, "tts", {})
    await hass.data[tts.DATA_COMPONENT].async_add_entities([HouseVoice()])
    await automate(hass, "Announce the track")
    await kitchen.replace(tracks, start=0, play=True)
    await hass.async_block_till_done()
    await kitchen.pause(paused=True)
    await kitchen.pause(paused=False)
    await kitchen.next()
    await hass.async_block_till_done()
    said = [URL(media_id).query["message"] for media_id in hall.played]
    assert said == [f"{track.title} by {track.artist}" for track in tracks[:2]]


async def test_the_queue_follows_to_another_room(
    hass: HomeAssistant, kitchen: Player, living_room: Player, locker: MusicLockerConfigEntry
) -> None:
    tracks = locker.runtime_data.core.library.catalog.tracks
    await kitchen.replace(tracks, start=2, play=True)
    await kitchen.seek_current(5)
    await hass.async_block_till_done()
    hass.states.async_set(OCCUPANCY, STATE_OFF)
    await automate(hass, "Follow to the living room")
    hass.states.async_set(OCCUPANCY, STATE_ON)
    await hass.async_block_till_done()
    assert titles(living_room) == [track.title for track in tracks[2:]]
    assert (living_room.state, kitchen.state) == (PlayerState.PLAYING, PlayerState.STOPPED)
    assert 5 <= living_room.elapsed < 8
