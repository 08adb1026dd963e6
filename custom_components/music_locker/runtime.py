"""What runs while config entries are set up: one core for all of them, opened by the first and closed by the last."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .core.hub import Core, CoreEvent
from .core.library import StorageChanged
from .core.playback.player import Player
from .issues import tell_of_full_disk, tell_of_rebuilt_index
from .output import HomeAssistantOutput
from .shelves import Shelves
from .targets import register_targets


class SharedCore:
    """Own the core of this Home Assistant."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Make the holder; the core itself is opened by its first user."""
        self._hass = hass
        self._lock = asyncio.Lock()
        self._users = 0
        self.core: Core | None = None
        self._shelves: Shelves | None = None

    @asynccontextmanager
    async def use(self) -> AsyncIterator[Core]:
        """Give the core, and keep it open until the end of the context; raise LibraryError."""
        async with self._lock:
            if self.core is None:
                self.core = await Core.open(Path(self._hass.config.path(STORAGE_DIR, DOMAIN)))
                register_targets(self._hass, self.core.streams)
                self.core.subscribe(self._note_space)
                tell_of_full_disk(self._hass, full=False)
                if self.core.library.rebuilt:
                    tell_of_rebuilt_index(self._hass)
            core = self.core
            self._users += 1
        try:
            yield core
        finally:
            async with self._lock:
                self._users -= 1
                if self._users == 0:
                    self.core = self._shelves = None
                    await core.close()

    @property
    def shelves(self) -> Shelves | None:
        """Return the lists of the present catalog, None while the core is not open."""
        if self.core is None:
            return None
        library = self.core.library
        if self._shelves is None or self._shelves.catalog is not library.catalog:
            self._shelves = Shelves(library.catalog, library.recently_played, self._sells)
        return self._shelves

    def _sells(self, locker: str) -> bool:
        """Tell whether a locker that is open holds what was bought; safe in any thread."""
        core = self.core
        return core is not None and locker in core.locker_ids and core.adapter(locker).info.purchases

    @callback
    def _note_space(self, event: CoreEvent) -> None:
        if isinstance(event, StorageChanged):
            tell_of_full_disk(self._hass, full=event.full)


_SHARED_CORE: Final[HassKey[SharedCore]] = HassKey(DOMAIN)


@callback
def shared_core(hass: HomeAssistant) -> SharedCore:
    """Return the holder of this Home Assistant's core."""
    return hass.data.setdefault(_SHARED_CORE, SharedCore(hass))


@callback
def open_core(hass: HomeAssistant) -> Core | None:
    """Return the core if an entry is set up."""
    return shared_core(hass).core


@dataclass(slots=True)
class MusicLockerData:
    """Hold what one config entry runs: always a player, for a locker ``locker_id``, for some players a ``speaker``."""

    core: Core
    player: Player
    resources: AsyncExitStack
    locker_id: str | None = None
    speaker: HomeAssistantOutput | None = None


type MusicLockerConfigEntry = ConfigEntry[MusicLockerData]
