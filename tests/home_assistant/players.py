"""What tests of players ask of them, and the music that they play."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.components.media_player import DATA_COMPONENT as MEDIA_PLAYERS
from homeassistant.core import HomeAssistant, State

from custom_components.music_locker.core.models import MediaKind
from custom_components.music_locker.runtime import MusicLockerConfigEntry

KITCHEN = "media_player.kitchen"
HARBOUR_SONGS = ["Wooden Orchard", "Quiet Window", "Mother's Kitchen"]
GRUENE_STUNDE = ["Blaue Tür", "Späte Tür", "Übermut"]

type Play = Callable[..., Awaitable[None]]


def media_id(locker: MusicLockerConfigEntry, kind: MediaKind, title: str) -> str:
    """Return the id of something by its title."""
    catalog, locker_id = locker.runtime_data.core.library.catalog, locker.entry_id
    named = {
        MediaKind.ARTIST: {artist.name: artist.id for artist in catalog.artists(locker_id)},
        MediaKind.ALBUM: {album.title: album.id for album in catalog.albums(locker_id)},
        MediaKind.TRACK: {track.title: track.id for track in catalog.tracks},
        MediaKind.PLAYLIST: {playlist.title: playlist.id for playlist in catalog.playlists(locker_id)},
    }
    return f"media-source://music_locker/{locker_id}/{kind}/{named[kind][title]}"


def queue(entry: MusicLockerConfigEntry) -> list[str]:
    """Return the titles in a player's queue."""
    return [item.track.title if item.track else str(item.url) for item in entry.runtime_data.player.queue]


def entity_of(hass: HomeAssistant, entity_id: str) -> Any:
    entity = hass.data[MEDIA_PLAYERS].get_entity(entity_id)
    assert entity is not None
    return entity


async def act(hass: HomeAssistant, action: str, entity_id: str = KITCHEN, **data: Any) -> None:
    await hass.services.async_call("media_player", action, {"entity_id": entity_id, **data}, blocking=True)
    await hass.async_block_till_done()


def shown(hass: HomeAssistant, entity_id: str = KITCHEN) -> State:
    state = hass.states.get(entity_id)
    assert state is not None
    return state


async def until(condition: Callable[[], bool], hass: HomeAssistant) -> None:
    """Wait until something that the player does behind has happened."""
    async with asyncio.timeout(10):
        while not condition():
            await hass.async_block_till_done()
            await asyncio.sleep(0.01)
