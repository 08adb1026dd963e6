"""Music Locker: the music you own in online lockers."""

from contextlib import AsyncExitStack

from homeassistant.const import CONF_TARGET, EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .actions import register_actions
from .authorising import register_authorised_view
from .const import DOMAIN
from .entries import forget_entry, open_entry
from .issues import watch_exposure
from .redaction import redact_logs
from .runtime import MusicLockerConfigEntry
from .views import register_views

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
PLATFORMS = [Platform.BINARY_SENSOR, Platform.BUTTON, Platform.EVENT, Platform.MEDIA_PLAYER, Platform.SENSOR]


async def async_setup(hass: HomeAssistant, _: ConfigType) -> bool:
    """Register what all entries share."""
    redact_logs()
    register_views(hass)
    register_authorised_view(hass)
    register_actions(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: MusicLockerConfigEntry) -> bool:
    """Open what an entry runs; raise ConfigEntryAuthFailed or ConfigEntryNotReady."""
    async with AsyncExitStack() as resources:
        entry.runtime_data = await open_entry(hass, entry, resources)
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
        if CONF_TARGET in entry.data:
            resources.callback(watch_exposure(hass, entry))
        entry.runtime_data.resources.push_async_exit(resources.pop_all())

    async def stop(_: Event) -> None:
        """Keep queues and end tasks: Home Assistant does not unload entries when it stops."""
        await entry.runtime_data.resources.aclose()

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: MusicLockerConfigEntry) -> bool:
    """Close what an entry runs."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    await entry.runtime_data.resources.aclose()
    return True


async def async_remove_entry(hass: HomeAssistant, entry: MusicLockerConfigEntry) -> None:
    """Forget what was kept for an entry."""
    await forget_entry(hass, entry)
