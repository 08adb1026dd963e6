"""What Assist knows of a player's speaker, and where the player stands.

Two media players that are exposed to Assist in one area make "play ... in the kitchen" fail: Assist cannot tell which
is meant. So a player takes its speaker's area, and its speaker is hidden from Assist if the user agrees.
"""

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity, async_should_expose
from homeassistant.components.media_player import DOMAIN as MEDIA_PLAYER_DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_TARGET
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from .const import CONF_UNEXPOSED, DOMAIN

ASSIST = "conversation"  # Assist's name among the assistants that entities are exposed to


@callback
def is_exposed(hass: HomeAssistant, entity_id: str) -> bool:
    """Tell whether Assist knows an entity."""
    return async_should_expose(hass, ASSIST, entity_id)


@callback
def unexpose(hass: HomeAssistant, entity_id: str) -> None:
    """Hide a speaker from Assist."""
    async_expose_entity(hass, ASSIST, entity_id, should_expose=False)


@callback
def expose_again(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Show a player's speaker to Assist again, if it was hidden for the player's sake."""
    if entry.data.get(CONF_UNEXPOSED):
        async_expose_entity(hass, ASSIST, entry.data[CONF_TARGET], should_expose=True)


@callback
def area_of(hass: HomeAssistant, entity_id: str | None) -> str | None:
    """Return the id of the area that an entity, or else its device, is in."""
    entity = None if entity_id is None else er.async_get(hass).async_get(entity_id)
    if entity is None:
        return None
    device = None if entity.device_id is None else dr.async_get(hass).async_get(entity.device_id)
    return entity.area_id or (None if device is None else device.area_id)


@callback
def own_entity_id(hass: HomeAssistant, entry: ConfigEntry) -> str | None:
    """Return the media player of an entry."""
    return er.async_get(hass).async_get_entity_id(MEDIA_PLAYER_DOMAIN, DOMAIN, entry.entry_id)


@callback
def take_area(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Put a new player where its speaker is; where an older one is has been the user's choice."""
    devices = dr.async_get(hass)
    area = area_of(hass, entry.data[CONF_TARGET])
    if area is not None and not dr.async_entries_for_config_entry(devices, entry.entry_id):
        device = devices.async_get_or_create(
            config_entry_id=entry.entry_id, identifiers={(DOMAIN, entry.entry_id)}, name=entry.title
        )
        devices.async_update_device(device.id, area_id=area)


@callback
def follow_area(hass: HomeAssistant, entry: ConfigEntry, before: str | None, now: str | None) -> None:
    """Move a player that stood where its speaker was to where its new one is."""
    devices = dr.async_get(hass)
    area = area_of(hass, now)
    for device in dr.async_entries_for_config_entry(devices, entry.entry_id):
        if area is not None and device.area_id in {None, area_of(hass, before)}:
            devices.async_update_device(device.id, area_id=area)
