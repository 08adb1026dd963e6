"""A player, its speaker and Assist: who is known, and where."""

import pytest
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity, async_should_expose
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component

from custom_components.music_locker.runtime import MusicLockerConfigEntry

from .conftest import SetUp
from .flows import choose, fill_in, reconfigure
from .repairs import Repair, issues
from .speakers import SimpleSpeaker

PLAYER = "media_player.kitchen"


@pytest.fixture(autouse=True)
async def _assist(hass: HomeAssistant) -> None:
    for component in ("http", "homeassistant", "repairs"):
        assert await async_setup_component(hass, component, {})


def known(hass: HomeAssistant, entity_id: str) -> bool:
    return async_should_expose(hass, "conversation", entity_id)


async def add_player(hass: HomeAssistant, speaker: SimpleSpeaker, *, unexpose: bool) -> MusicLockerConfigEntry:
    offer = await fill_in(hass, await choose(hass, "player"), name="Kitchen", target=speaker.entity_id)
    assert offer["step_id"] == "assist"
    assert offer["description_placeholders"] is not None
    assert "Kitchen speaker" in offer["description_placeholders"]["speaker"]
    result = await fill_in(hass, offer, unexpose=unexpose)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry: MusicLockerConfigEntry = result["result"]
    return entry


@pytest.fixture
def kitchen(area_registry: ar.AreaRegistry, entity_registry: er.EntityRegistry, speaker: SimpleSpeaker) -> str:
    """Put the speaker into the kitchen."""
    area = area_registry.async_create("Kitchen").id
    entity_registry.async_update_entity(speaker.entity_id, area_id=area)
    return area


def area_of_player(device_registry: dr.DeviceRegistry, entry: MusicLockerConfigEntry) -> str | None:
    (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    return device.area_id


class TestOffer:
    async def test_the_speaker_is_hidden_until_the_player_is_removed(
        self, hass: HomeAssistant, speaker: SimpleSpeaker
    ) -> None:
        entry = await add_player(hass, speaker, unexpose=True)
        assert not known(hass, speaker.entity_id)
        assert known(hass, PLAYER)

        await hass.config_entries.async_remove(entry.entry_id)

        assert known(hass, speaker.entity_id)

    async def test_a_speaker_is_left_as_it_is_where_the_user_says_so(
        self, hass: HomeAssistant, speaker: SimpleSpeaker
    ) -> None:
        entry = await add_player(hass, speaker, unexpose=False)
        assert known(hass, speaker.entity_id)

        async_expose_entity(hass, "conversation", speaker.entity_id, should_expose=False)
        await hass.config_entries.async_remove(entry.entry_id)

        assert not known(hass, speaker.entity_id)

    async def test_nothing_is_offered_for_a_speaker_that_assist_does_not_know(
        self, hass: HomeAssistant, speaker: SimpleSpeaker
    ) -> None:
        async_expose_entity(hass, "conversation", speaker.entity_id, should_expose=False)

        result = await fill_in(hass, await choose(hass, "player"), name="Kitchen", target=speaker.entity_id)

        assert result["type"] is FlowResultType.CREATE_ENTRY

    async def test_a_new_name_leaves_the_speaker_hidden(self, hass: HomeAssistant, speaker: SimpleSpeaker) -> None:
        entry = await add_player(hass, speaker, unexpose=True)

        await fill_in(hass, await reconfigure(hass, entry), name="Galley", target=speaker.entity_id)
        assert not known(hass, speaker.entity_id)
        await hass.config_entries.async_remove(entry.entry_id)

        assert known(hass, speaker.entity_id)

    async def test_another_speaker_is_hidden_in_place_of_the_first(
        self, hass: HomeAssistant, speaker: SimpleSpeaker
    ) -> None:
        entry = await add_player(hass, speaker, unexpose=True)
        other = SimpleSpeaker("Attic speaker")
        await other.add_to(hass)

        offer = await fill_in(hass, await reconfigure(hass, entry), name="Kitchen", target=other.entity_id)
        await fill_in(hass, offer, unexpose=True)

        assert known(hass, speaker.entity_id)
        assert not known(hass, other.entity_id)


class TestArea:
    async def test_a_player_takes_the_area_of_its_speaker(
        self, hass: HomeAssistant, speaker: SimpleSpeaker, kitchen: str, device_registry: dr.DeviceRegistry
    ) -> None:
        entry = await add_player(hass, speaker, unexpose=True)

        (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
        assert (device.area_id, device.name) == (kitchen, "Kitchen")

    async def test_where_the_user_puts_it_it_stays(
        self, hass: HomeAssistant, speaker: SimpleSpeaker, kitchen: str, device_registry: dr.DeviceRegistry
    ) -> None:
        entry = await add_player(hass, speaker, unexpose=True)
        (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
        device_registry.async_update_device(device.id, area_id=None)

        assert await hass.config_entries.async_reload(entry.entry_id)

        assert area_of_player(device_registry, entry) is None

    async def test_it_goes_with_another_speaker(
        self,
        hass: HomeAssistant,
        speaker: SimpleSpeaker,
        kitchen: str,
        area_registry: ar.AreaRegistry,
        entity_registry: er.EntityRegistry,
        device_registry: dr.DeviceRegistry,
    ) -> None:
        entry = await add_player(hass, speaker, unexpose=True)
        other = SimpleSpeaker("Attic speaker")
        await other.add_to(hass)
        attic = area_registry.async_create("Attic").id
        entity_registry.async_update_entity(other.entity_id, area_id=attic)

        offer = await fill_in(hass, await reconfigure(hass, entry), name="Attic", target=other.entity_id)
        await fill_in(hass, offer, unexpose=True)

        assert area_of_player(device_registry, entry) == attic

    async def test_the_area_of_the_speakers_device_counts_too(
        self,
        hass: HomeAssistant,
        speaker: SimpleSpeaker,
        set_up: SetUp,
        area_registry: ar.AreaRegistry,
        entity_registry: er.EntityRegistry,
        device_registry: dr.DeviceRegistry,
    ) -> None:
        owner = await set_up("Owner of a device")
        (device,) = dr.async_entries_for_config_entry(device_registry, owner.entry_id)
        attic = area_registry.async_create("Attic").id
        device_registry.async_update_device(device.id, area_id=attic)
        entity_registry.async_update_entity(speaker.entity_id, device_id=device.id)

        entry = await add_player(hass, speaker, unexpose=True)

        assert area_of_player(device_registry, entry) == attic


class TestRepair:
    async def test_two_that_assist_knows_in_one_area_are_told_and_hiding_the_speaker_mends_it(
        self, hass: HomeAssistant, speaker: SimpleSpeaker, kitchen: str
    ) -> None:
        entry = await add_player(hass, speaker, unexpose=False)
        assert "speaker_exposed" in issues(hass)

        repair = Repair(hass, "speaker_exposed")
        assert (await repair.fill_in(await repair.open()))["type"] is FlowResultType.CREATE_ENTRY

        assert not known(hass, speaker.entity_id)
        assert not issues(hass)
        await hass.config_entries.async_remove(entry.entry_id)
        assert known(hass, speaker.entity_id)

    async def test_it_comes_and_goes_with_what_assist_knows_and_where(
        self, hass: HomeAssistant, speaker: SimpleSpeaker, kitchen: str, entity_registry: er.EntityRegistry
    ) -> None:
        entry = await add_player(hass, speaker, unexpose=True)
        assert not issues(hass)

        async_expose_entity(hass, "conversation", speaker.entity_id, should_expose=True)
        assert "speaker_exposed" in issues(hass)
        entity_registry.async_update_entity(speaker.entity_id, area_id=None)
        await hass.async_block_till_done()
        assert not issues(hass)
        entity_registry.async_update_entity(speaker.entity_id, area_id=kitchen)
        await hass.async_block_till_done()
        assert "speaker_exposed" in issues(hass)

        await hass.config_entries.async_remove(entry.entry_id)
        assert not issues(hass)
