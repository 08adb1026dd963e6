"""The lockers that actions name."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.service import async_get_config_entry

from .const import DOMAIN
from .runtime import MusicLockerConfigEntry


def loaded_lockers(hass: HomeAssistant) -> list[MusicLockerConfigEntry]:
    """Return the entries of all lockers that are loaded."""
    return [
        entry
        for entry in hass.config_entries.async_entries(DOMAIN)
        if entry.state is ConfigEntryState.LOADED and entry.runtime_data.locker_id is not None
    ]


def named_locker(hass: HomeAssistant, entry_id: str) -> MusicLockerConfigEntry:
    """Return a locker's entry; raise ServiceValidationError for any other, and for one that is not loaded."""
    entry: MusicLockerConfigEntry = async_get_config_entry(hass, DOMAIN, entry_id)
    if entry.runtime_data.locker_id is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_a_locker", translation_placeholders={"name": entry.title}
        )
    return entry
