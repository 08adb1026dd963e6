"""What the entities of an entry have in common: its device, and names from the translations."""

from abc import abstractmethod
from typing import override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription

from .const import DOMAIN, NAME
from .core.hub import CoreEvent
from .core.library import CatalogChanged, PlaylistsChanged, SyncEnded
from .runtime import MusicLockerConfigEntry


def device_of(entry: MusicLockerConfigEntry) -> DeviceInfo:
    """Return the device of an entry."""
    return DeviceInfo(
        identifiers={(DOMAIN, entry.entry_id)},
        name=entry.title,
        manufacturer=NAME,
        entry_type=DeviceEntryType.SERVICE,
    )


class MusicLockerEntity(Entity):
    """Belong to an entry's device, and be told of changes."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, entry: MusicLockerConfigEntry, description: EntityDescription | None = None) -> None:
        """Take the entry's device; its player has the entry's own id, every other entity its key behind that."""
        self._core = entry.runtime_data.core
        self._attr_unique_id = entry.entry_id
        if description is not None:
            self.entity_description = description
            self._attr_unique_id += f"_{description.key}"
        self._attr_device_info = device_of(entry)


class LockerEntity(MusicLockerEntity):
    """Tell something of a locker, anew after each sync and whenever the index changes."""

    def __init__(self, entry: MusicLockerConfigEntry, locker_id: str, description: EntityDescription) -> None:
        """Read what is known now."""
        super().__init__(entry, description)
        self._locker_id = locker_id
        self._read()

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the locker."""
        self.async_on_remove(self._core.subscribe(self._told))
        self._read()

    @callback
    def _told(self, event: CoreEvent) -> None:
        match event:
            case CatalogChanged() | PlaylistsChanged() | SyncEnded(locker=self._locker_id):
                self._read()
                self.async_write_ha_state()

    @callback
    @abstractmethod
    def _read(self) -> None:
        """Take over what the core knows."""
