"""What the system's information page says of the component."""

from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback
from homeassistant.loader import async_get_integration

from .const import DOMAIN
from .runtime import open_core


@callback
def async_register(_: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register what is told."""
    register.async_register_info(_info)


async def _info(hass: HomeAssistant) -> dict[str, Any]:
    """Return the version, and while an entry is set up some numbers."""
    version = str((await async_get_integration(hass, DOMAIN)).version)
    core = open_core(hass)
    if core is None:
        return {"version": version}
    lockers = list(core.locker_ids)
    return {
        "version": version,
        "lockers": len(lockers),
        "lockers_reachable": sum(core.reachable(locker) is True for locker in lockers),
        "tracks": len(core.library.catalog.tracks),
        "players": len(core.players),
        "cache": f"{core.streams.cached_bytes / 1_000_000:.0f} MB",
    }
