"""Sensors: how much a locker holds, and when it was last read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .core.library.catalog import Catalog
from .entity import LockerEntity
from .runtime import MusicLockerConfigEntry

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class LockerSensorDescription(SensorEntityDescription):
    """Say where in the catalog a locker's value is."""

    value: Callable[[Catalog, str], int | datetime | None]


def _count(key: str, value: Callable[[Catalog, str], int], *, enabled: bool = True) -> LockerSensorDescription:
    return LockerSensorDescription(
        key=key,
        translation_key=key,
        state_class=SensorStateClass.MEASUREMENT,
        entity_registry_enabled_default=enabled,
        value=value,
    )


SENSORS = (
    _count("tracks", lambda catalog, locker: len(catalog.contents[locker].tracks)),
    _count("albums", lambda catalog, locker: len(catalog.albums(locker))),
    _count("artists", lambda catalog, locker: len(catalog.artists(locker)), enabled=False),
    _count("playlists", lambda catalog, locker: len(catalog.playlists(locker)), enabled=False),
    LockerSensorDescription(
        key="last_sync",
        translation_key="last_sync",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda catalog, locker: catalog.last_sync(locker),
    ),
)


async def async_setup_entry(
    _: HomeAssistant, entry: MusicLockerConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of a locker; other entries have none."""
    if (locker_id := entry.runtime_data.locker_id) is not None:
        async_add_entities(LockerSensor(entry, locker_id, description) for description in SENSORS)


class LockerSensor(LockerEntity, SensorEntity):
    """Show one value of a locker's index; it is there while the service is away."""

    entity_description: LockerSensorDescription

    @override
    @callback
    def _read(self) -> None:
        """Take over the value; the index may have lost the locker a moment before the entry."""
        catalog = self._core.library.catalog
        known = self._locker_id in catalog.contents
        self._attr_native_value = self.entity_description.value(catalog, self._locker_id) if known else None
