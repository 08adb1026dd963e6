"""What is as before after an entry was reloaded, or Home Assistant was started again."""

from collections.abc import Awaitable, Callable

import pytest
from homeassistant.components import media_source
from homeassistant.components.media_player import MediaPlayerState
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.music_locker.const import DOMAIN
from custom_components.music_locker.core.models import MediaKind
from custom_components.music_locker.runtime import MusicLockerConfigEntry, open_core
from mpd_bridge.locker_server import LockerServer

from .players import act, media_id, queue, shown, until
from .speakers import SimpleSpeaker

MINE = "media_player.mp3tunes"

type Again = Callable[[], Awaitable[None]]


@pytest.fixture(params=["reload", "restart", "restart without the service"])
async def again(
    request: pytest.FixtureRequest,
    hass: HomeAssistant,
    locker: MusicLockerConfigEntry,
    player: MusicLockerConfigEntry,
    locker_server: LockerServer,
) -> Again:
    """Return what sets all entries up anew, from what is stored."""
    entries = (locker, player)

    async def reload() -> None:
        for entry in entries:
            assert await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()

    async def restart() -> None:
        hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
        await hass.async_block_till_done()
        assert open_core(hass) is None
        if request.param != "restart":
            await locker_server.close()
        for entry in entries:
            await hass.config_entries.async_unload(entry.entry_id)
        for entry in reversed(entries):  # a player may come before the lockers that its queue is of
            await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        assert all(entry.state is ConfigEntryState.LOADED for entry in entries)

    return reload if request.param == "reload" else restart


async def test_a_player_goes_on_where_it_was(
    hass: HomeAssistant,
    locker: MusicLockerConfigEntry,
    player: MusicLockerConfigEntry,
    speaker: SimpleSpeaker,
    again: Again,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    wanted = media_id(locker, MediaKind.ALBUM, "Harbour Songs")
    await act(hass, "play_media", media_content_id=wanted, media_content_type="album")
    await act(hass, "media_next_track")
    await act(hass, "media_seek", seek_position=5)
    await act(hass, "shuffle_set", shuffle=True)
    await act(hass, "repeat_set", repeat="one")
    await act(hass, "volume_set", volume_level=0.25)
    before, titles, address = shown(hass), queue(player), speaker.played[-1]
    client = await hass_client_no_auth()
    sound = await (await client.get(_path(address))).read()

    await again()

    after = shown(hass)
    assert queue(player) == titles
    assert after.state == MediaPlayerState.PAUSED  # no sound begins by itself
    for kept in (
        "media_content_id",
        "media_position",
        "media_title",
        "queue_length",
        "queue_position",
        "repeat",
        "shuffle",
        "source_list",
        "volume_level",
    ):
        assert after.attributes[kept] == before.attributes[kept], kept
    response = await client.get(_path(address))
    assert (response.status, await response.read()) == (200, sound)

    await act(hass, "media_play")
    await until(lambda: speaker.media_position == 5, hass)
    assert speaker.played[-1] == address
    assert shown(hass).state == MediaPlayerState.PLAYING


async def test_entities_and_the_addresses_that_others_have_stay(
    hass: HomeAssistant,
    locker: MusicLockerConfigEntry,
    speaker: SimpleSpeaker,
    again: Again,
    hass_client_no_auth: ClientSessionGenerator,
    entity_registry: er.EntityRegistry,
) -> None:
    def entities() -> set[tuple[str, str]]:
        found = er.async_entries_for_config_entry(entity_registry, locker.entry_id)
        return {(entity.entity_id, entity.unique_id) for entity in found}

    async def resolve(identifier: str) -> str:
        return (await media_source.async_resolve_media(hass, identifier, speaker.entity_id)).url

    await act(hass, "volume_set", MINE, volume_level=0.3)
    ids, track = entities(), media_id(locker, MediaKind.TRACK, "Übermut")
    of_track, of_live = await resolve(track), await resolve(f"media-source://{DOMAIN}/live/mp3tunes")
    client = await hass_client_no_auth()
    assert (await client.get(of_track)).status == 200

    await again()

    assert entities() == ids
    assert (await resolve(track), await resolve(f"media-source://{DOMAIN}/live/mp3tunes")) == (of_track, of_live)
    assert (await client.get(of_track)).status == 200
    assert (await client.head(of_live)).status == 200
    assert shown(hass, MINE).attributes["volume_level"] == 0.3


def _path(address: str) -> str:
    """Return the part of an address behind the host."""
    return "/" + address.split("/", 3)[-1]
