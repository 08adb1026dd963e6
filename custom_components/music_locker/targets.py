"""The outputs that the media source gives tracks to: other integrations' media players, and browsers.

A stream's URL is good for one output. So that URLs which a speaker was given outlive a restart, every media player in
the entity registry is an output from the start, by the registry's own id, which a new name does not change.
"""

from homeassistant.components.media_player import DOMAIN as MEDIA_PLAYER_DOMAIN
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .core.streams import Streams

_ANY = "media_source"


@callback
def register_targets(hass: HomeAssistant, streams: Streams) -> None:
    """Accept the URLs that were given before this start."""
    streams.register_output(_ANY)
    for entity in er.async_get(hass).entities.values():
        if entity.domain == MEDIA_PLAYER_DOMAIN:
            streams.register_output(_output_id(entity))


@callback
def target_output(hass: HomeAssistant, streams: Streams, entity_id: str | None) -> str:
    """Return the output that an entity is; None and entities without a registry entry share one."""
    entity = None if entity_id is None else er.async_get(hass).async_get(entity_id)
    if entity is None:
        return _ANY
    output_id = _output_id(entity)
    streams.register_output(output_id)
    return output_id


def _output_id(entity: er.RegistryEntry) -> str:
    return f"{_ANY}.{entity.id}"
