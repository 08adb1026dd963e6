"""A button that reads a locker now."""

from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .core.errors import LockerError
from .entity import MusicLockerEntity
from .runtime import MusicLockerConfigEntry

PARALLEL_UPDATES = 1

SYNC = ButtonEntityDescription(key="sync", translation_key="sync")


async def async_setup_entry(
    _: HomeAssistant, entry: MusicLockerConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the button of a locker; other entries have none."""
    if (locker_id := entry.runtime_data.locker_id) is not None:
        async_add_entities([SyncButton(entry, locker_id)])


class SyncButton(MusicLockerEntity, ButtonEntity):
    """Bring the index up to date with the service."""

    def __init__(self, entry: MusicLockerConfigEntry, locker_id: str) -> None:
        """Take the locker."""
        super().__init__(entry, SYNC)
        self._locker_id = locker_id
        self._title = entry.title

    @override
    async def async_press(self) -> None:
        """Sync, and wait for the end; a sync that runs is joined."""
        try:
            await self._core.sync(self._locker_id)
        except LockerError as error:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="sync_failed",
                translation_placeholders={"name": self._title, "error": str(error)},
            ) from error
