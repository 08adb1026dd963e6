"""The forms of a player."""

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData

from custom_components.music_locker.runtime import MusicLockerConfigEntry

from .conftest import SetUp
from .flows import choose, fill_in, reconfigure, shown
from .speakers import SimpleSpeaker


class TestPlayer:
    async def test_a_player_has_a_name_and_a_speaker(self, hass: HomeAssistant, speaker: SimpleSpeaker) -> None:
        form = await choose(hass, "player")

        offer = await fill_in(hass, form, name="  Küche ", target=speaker.entity_id)
        assert offer["step_id"] == "assist"
        result = await fill_in(hass, offer, unexpose=False)

        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert result["title"] == "Küche"
        assert result["data"]["kind"] == "player"
        assert result["data"]["target"] == speaker.entity_id
        assert result["data"]["player_id"] == "kuche"

    async def test_a_player_without_a_speaker_plays_to_its_live_stream(self, hass: HomeAssistant) -> None:
        result = await fill_in(hass, await choose(hass, "player"), name="Radio")

        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert "target" not in result["data"]

    async def test_a_name_is_needed(self, hass: HomeAssistant) -> None:
        result = await fill_in(hass, await choose(hass, "player"), name=" ")

        assert result["errors"] == {"name": "name_empty"}

    async def test_a_speaker_belongs_to_one_player(self, hass: HomeAssistant, speaker: SimpleSpeaker) -> None:
        first = await fill_in(hass, await choose(hass, "player"), name="Kitchen", target=speaker.entity_id)
        await fill_in(hass, first, unexpose=True)

        result = await fill_in(hass, await choose(hass, "player"), name="Other", target=speaker.entity_id)

        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "already_configured"

    async def test_of_two_flows_for_one_speaker_one_makes_the_entry(
        self, hass: HomeAssistant, speaker: SimpleSpeaker
    ) -> None:
        offers = [
            await fill_in(hass, await choose(hass, "player"), name=name, target=speaker.entity_id)
            for name in ("Kitchen", "Other")
        ]

        results = [await fill_in(hass, offer, unexpose=True) for offer in offers]

        assert [result["type"] for result in results] == [FlowResultType.CREATE_ENTRY, FlowResultType.ABORT]
        assert results[1]["reason"] == "already_configured"

    async def test_a_player_is_no_speaker_of_another(self, hass: HomeAssistant) -> None:
        await fill_in(hass, await choose(hass, "player"), name="Radio")

        form = await choose(hass, "player")

        with pytest.raises(InvalidData):
            await fill_in(hass, form, name="Loop", target="media_player.radio")

    async def test_players_of_one_name_have_ids_of_their_own(self, hass: HomeAssistant) -> None:
        first = await fill_in(hass, await choose(hass, "player"), name="Radio")
        second = await fill_in(hass, await choose(hass, "player"), name="Radio")

        assert (first["data"]["player_id"], second["data"]["player_id"]) == ("radio", "radio_2")
        assert first["data"]["live_token"] != second["data"]["live_token"]

    async def test_the_name_of_the_mpd_servers_player_is_not_given_away(self, hass: HomeAssistant) -> None:
        result = await fill_in(hass, await choose(hass, "player"), name="Default")

        assert result["data"]["player_id"] == "default_2"


class TestReconfigure:
    async def test_a_player_gets_another_name_and_speaker(
        self, hass: HomeAssistant, player: MusicLockerConfigEntry
    ) -> None:
        other = SimpleSpeaker("Attic speaker")
        await other.add_to(hass)
        player.runtime_data.player.add(player.runtime_data.core.library.catalog.tracks[:3])
        form = await reconfigure(hass, player)
        assert shown(form) == {"name": "Kitchen", "target": "media_player.kitchen_speaker"}

        assert (await fill_in(hass, form, name=" ", target=other.entity_id))["errors"] == {"name": "name_empty"}
        offer = await fill_in(hass, form, name="Attic", target=other.entity_id)
        result = await fill_in(hass, offer, unexpose=False)

        assert result["reason"] == "reconfigure_successful"
        assert (player.title, player.data["target"]) == ("Attic", other.entity_id)
        assert player.state is ConfigEntryState.LOADED
        assert len(player.runtime_data.player.queue) == 3
        await player.runtime_data.player.play()
        await hass.async_block_till_done()
        assert len(other.played) == 1

    async def test_a_player_can_give_up_its_speaker(self, hass: HomeAssistant, player: MusicLockerConfigEntry) -> None:
        result = await fill_in(hass, await reconfigure(hass, player), name="Kitchen")

        assert result["reason"] == "reconfigure_successful"
        assert "target" not in player.data
        assert player.runtime_data.speaker is None

    async def test_the_speaker_of_another_player_is_not_taken(
        self, hass: HomeAssistant, player: MusicLockerConfigEntry, set_up: SetUp, speaker: SimpleSpeaker
    ) -> None:
        radio = await set_up("Radio")

        result = await fill_in(hass, await reconfigure(hass, radio), name="Radio", target=speaker.entity_id)

        assert result["reason"] == "already_configured"
        assert "target" not in radio.data
