"""The players: how they are worked, and what their states say."""

import pytest
from homeassistant.components.media_player import (
    MediaPlayerEntityFeature,
    MediaPlayerState,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.music_locker.core.models import MediaKind
from custom_components.music_locker.runtime import MusicLockerConfigEntry

from .conftest import SetUp
from .players import HARBOUR_SONGS, KITCHEN, Play, act, media_id, queue, shown, until
from .speakers import SimpleSpeaker


class TestTransport:
    async def test_play_with_an_empty_queue_stays_silent(
        self, hass: HomeAssistant, player: MusicLockerConfigEntry, speaker: SimpleSpeaker
    ) -> None:
        await act(hass, "media_play")

        assert shown(hass).state == MediaPlayerState.IDLE
        assert not speaker.played

    async def test_pause_and_play(self, hass: HomeAssistant, play: Play, speaker: SimpleSpeaker) -> None:
        await play(MediaKind.ALBUM, "Harbour Songs")

        await act(hass, "media_pause")
        assert shown(hass).state == MediaPlayerState.PAUSED
        assert shown(hass, speaker.entity_id).state == MediaPlayerState.PAUSED

        await act(hass, "media_play")
        assert shown(hass).state == MediaPlayerState.PLAYING
        assert shown(hass, speaker.entity_id).state == MediaPlayerState.PLAYING

    async def test_stop_keeps_the_queue_and_play_begins_again(
        self, hass: HomeAssistant, play: Play, player: MusicLockerConfigEntry, speaker: SimpleSpeaker
    ) -> None:
        await play(MediaKind.ALBUM, "Harbour Songs")

        await act(hass, "media_stop")
        assert shown(hass).state == MediaPlayerState.IDLE
        assert speaker.stops == 1
        assert queue(player) == HARBOUR_SONGS

        await act(hass, "media_play")
        assert shown(hass).state == MediaPlayerState.PLAYING
        assert len(speaker.played) == 2

    async def test_next_and_previous(self, hass: HomeAssistant, play: Play) -> None:
        await play(MediaKind.ALBUM, "Harbour Songs")

        await act(hass, "media_next_track")
        assert shown(hass).attributes["media_title"] == "Quiet Window"

        await act(hass, "media_previous_track")
        assert shown(hass).attributes["media_title"] == "Wooden Orchard"

    async def test_the_next_track_follows_when_one_ends(
        self, hass: HomeAssistant, play: Play, speaker: SimpleSpeaker
    ) -> None:
        await play(MediaKind.ALBUM, "Harbour Songs")
        speaker.at(8)

        speaker.finish()
        await until(lambda: len(speaker.played) == 2, hass)

        assert shown(hass).attributes["media_title"] == "Quiet Window"

    async def test_seek_goes_to_a_position(self, hass: HomeAssistant, play: Play, speaker: SimpleSpeaker) -> None:
        await play(MediaKind.ALBUM, "Harbour Songs")

        await act(hass, "media_seek", seek_position=5)

        assert speaker.media_position == 5
        assert shown(hass).attributes["media_position"] == 5

    async def test_volume_and_mute(self, hass: HomeAssistant, play: Play, speaker: SimpleSpeaker) -> None:
        await play(MediaKind.ALBUM, "Harbour Songs")

        await act(hass, "volume_set", volume_level=0.25)
        assert speaker.volume_level == 0.25
        assert shown(hass).attributes["volume_level"] == 0.25

        await act(hass, "volume_mute", is_volume_muted=True)
        assert speaker.volume_level == 0
        assert shown(hass).attributes["is_volume_muted"] is True

        await act(hass, "volume_mute", is_volume_muted=False)
        assert speaker.volume_level == 0.25

        await act(hass, "volume_up")
        assert speaker.volume_level == 0.35
        await act(hass, "volume_down")
        assert speaker.volume_level == 0.25

    async def test_shuffle_and_repeat(self, hass: HomeAssistant, play: Play, player: MusicLockerConfigEntry) -> None:
        await act(hass, "shuffle_set", shuffle=True)
        assert shown(hass).attributes["shuffle"] is True
        assert player.runtime_data.player.random

        for repeat in ("all", "one", "off"):
            await act(hass, "repeat_set", repeat=repeat)
            assert shown(hass).attributes["repeat"] == repeat

    async def test_clearing_ends_the_music(
        self, hass: HomeAssistant, play: Play, player: MusicLockerConfigEntry
    ) -> None:
        await play(MediaKind.ALBUM, "Harbour Songs")

        await act(hass, "clear_playlist")
        await until(lambda: shown(hass).state == MediaPlayerState.IDLE, hass)

        assert queue(player) == []
        assert "media_title" not in shown(hass).attributes

    async def test_a_speaker_that_refuses_is_told_without_its_address(
        self, hass: HomeAssistant, play: Play, speaker: SimpleSpeaker
    ) -> None:
        speaker.fault = ValueError("cannot open http://home.example:8123/api/music_locker/stream/secret/1.mp3")

        with pytest.raises(HomeAssistantError) as caught:
            await play(MediaKind.TRACK, "Quiet Window")

        assert caught.value.translation_key == "player_failed"
        assert "/api/" not in str(caught.value.translation_placeholders)
        await until(lambda: shown(hass).state == MediaPlayerState.IDLE, hass)


class TestState:
    async def test_it_tells_what_plays_and_where_it_is(
        self, hass: HomeAssistant, play: Play, locker: MusicLockerConfigEntry
    ) -> None:
        await play(MediaKind.TRACK, "Quiet Window")

        attributes = shown(hass).attributes
        assert shown(hass).state == MediaPlayerState.PLAYING
        assert attributes["media_content_id"] == media_id(locker, MediaKind.TRACK, "Quiet Window")
        assert attributes["media_title"] == "Quiet Window"
        assert attributes["media_artist"] == "The Paper Lanterns"
        assert attributes["media_album_name"] == "Harbour Songs"
        assert attributes["media_track"] == 2
        assert attributes["media_duration"] == 8
        assert attributes["media_position"] == 0
        assert attributes["media_position_updated_at"] is not None
        assert (attributes["queue_length"], attributes["queue_position"]) == (1, 0)

    async def test_it_tells_where_the_queue_is(self, hass: HomeAssistant, play: Play) -> None:
        assert (shown(hass).attributes["queue_length"], shown(hass).attributes["queue_position"]) == (0, None)

        await play(MediaKind.ALBUM, "Harbour Songs")
        await act(hass, "media_next_track")

        assert (shown(hass).attributes["queue_length"], shown(hass).attributes["queue_position"]) == (3, 1)

    async def test_its_picture_is_the_cover(
        self, hass: HomeAssistant, play: Play, hass_client_no_auth: ClientSessionGenerator
    ) -> None:
        await play(MediaKind.TRACK, "Quiet Window")

        picture = shown(hass).attributes["entity_picture"]
        response = await (await hass_client_no_auth()).get(picture)

        assert picture.startswith(f"/api/media_player_proxy/{KITCHEN}?")
        assert response.status == 200
        assert response.content_type in {"image/jpeg", "image/png"}

    async def test_it_is_there_when_its_speaker_is(
        self, hass: HomeAssistant, player: MusicLockerConfigEntry, speaker: SimpleSpeaker
    ) -> None:
        speaker.go(available=False)
        await hass.async_block_till_done()
        assert shown(hass).state == "unavailable"

        speaker.go(available=True)
        await hass.async_block_till_done()
        assert shown(hass).state == MediaPlayerState.IDLE

    async def test_it_can_what_its_speaker_can(self, hass: HomeAssistant, locker: object, set_up: SetUp) -> None:
        plain = SimpleSpeaker("Plain", MediaPlayerEntityFeature.PLAY_MEDIA)
        await plain.add_to(hass)
        await set_up("Kitchen", target=plain.entity_id)

        features = MediaPlayerEntityFeature(shown(hass).attributes["supported_features"])

        assert MediaPlayerEntityFeature.PLAY_MEDIA in features
        assert not features & (
            MediaPlayerEntityFeature.PAUSE | MediaPlayerEntityFeature.SEEK | MediaPlayerEntityFeature.VOLUME_SET
        )

    async def test_a_lockers_own_player_plays_to_its_live_stream(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry
    ) -> None:
        mine = "media_player.mp3tunes"
        await act(
            hass,
            "play_media",
            mine,
            media_content_id=media_id(locker, MediaKind.ALBUM, "Harbour Songs"),
            media_content_type="album",
        )

        await until(lambda: shown(hass, mine).state == MediaPlayerState.PLAYING, hass)
        assert shown(hass, mine).attributes["media_title"] == "Wooden Orchard"
        await act(hass, "media_stop", mine)
