"""Whether a locker's service can be reached."""

from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import LockerEntity
from .runtime import MusicLockerConfigEntry

PARALLEL_UPDATES = 0

REACHABLE = BinarySensorEntityDescription(
    key="reachable",
    translation_key="reachable",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    _: HomeAssistant, entry: MusicLockerConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensor of a locker; other entries have none."""
    if (locker_id := entry.runtime_data.locker_id) is not None:
        async_add_entities([ReachableSensor(entry, locker_id, REACHABLE)])


class ReachableSensor(LockerEntity, BinarySensorEntity):
    """Show whether the last sync reached the service; unknown before the first."""

    @override
    @callback
    def _read(self) -> None:
        """Take over what the last sync said."""
        self._attr_is_on = self._core.reachable(self._locker_id)
