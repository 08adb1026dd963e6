"""Diagnostics of an entry: what helps to find a fault, without secrets and without what somebody listens to."""

from typing import Any, Final

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_UNIQUE_ID, CONF_USERNAME
from homeassistant.core import HomeAssistant

from .const import CONF_BASE_URL, CONF_LIVE_TOKEN, CONF_SETTINGS
from .core.hub import Core
from .core.playback.player import Player
from .runtime import MusicLockerConfigEntry

_REDACTED: Final = {CONF_BASE_URL, CONF_HOST, CONF_LIVE_TOKEN, CONF_PASSWORD, CONF_UNIQUE_ID, CONF_USERNAME, "title"}


async def async_get_config_entry_diagnostics(_: HomeAssistant, entry: MusicLockerConfigEntry) -> dict[str, Any]:
    """Return the entry, and what runs for it."""
    data = entry.runtime_data
    described = entry.as_dict()
    # Of a service's settings only the names: addresses hold user names and keys too.
    settings = dict.fromkeys(entry.data.get(CONF_SETTINGS, {}), REDACTED)
    described["data"] = {**described["data"], **({CONF_SETTINGS: settings} if settings else {})}
    return {
        "entry": async_redact_data(described, _REDACTED),
        "locker": None if data.locker_id is None else _locker(data.core, data.locker_id),
        "player": _player(data.player),
        "speaker": None if data.speaker is None else {"available": data.speaker.available},
        "core": {
            "lockers": len(data.core.library.catalog.locker_ids),
            "players": len(data.core.players),
            "catalog_version": data.core.library.catalog.version,
            "cached_bytes": data.core.streams.cached_bytes,
        },
    }


def _locker(core: Core, locker_id: str) -> dict[str, Any]:
    catalog = core.library.catalog
    contents = catalog.contents.get(locker_id)
    synced = catalog.last_sync(locker_id)
    return {
        "reachable": core.reachable(locker_id),
        "capabilities": sorted(str(capability.name) for capability in core.adapter(locker_id).capabilities),
        "last_sync": None if synced is None else synced.isoformat(),
        "tracks": 0 if contents is None else len(contents.tracks),
        "albums": len(catalog.albums(locker_id)),
        "artists": len(catalog.artists(locker_id)),
        "playlists": len(catalog.playlists(locker_id)),
    }


def _player(player: Player) -> dict[str, Any]:
    return {
        "state": player.state.name.lower(),
        "queue_length": len(player.queue),
        "elapsed": player.elapsed,
        "duration": player.duration,
        "volume": player.volume,
        "random": player.random,
        "repeat": player.repeat,
        "single": player.single.name.lower(),
        "output": type(player.output).__name__,
        "output_features": sorted(str(feature.name) for feature in player.output.features),
    }
