"""What the forms of every kind of entry share: how entries are made and named."""

import itertools
import secrets
from typing import Any, Final

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.util import slugify

from .const import CONF_KIND, CONF_LIVE_TOKEN, CONF_PLAYER_ID, EntryKind
from .runtime import open_core

DEFAULT_PLAYER: Final = "default"  # MPD's name for the partition that every server has


class EntryFlow(ConfigFlow):
    """Make entries, each with a player of its own."""

    def create_entry(self, kind: EntryKind, title: str, data: dict[str, Any]) -> ConfigFlowResult:
        """Make an entry with a player of its own; the token is what its live stream's URL is guarded by."""
        return self.async_create_entry(
            title=title,
            data={
                CONF_KIND: kind.value,
                CONF_PLAYER_ID: self._free_player_id(kind, title),
                CONF_LIVE_TOKEN: secrets.token_urlsafe(16),
                **data,
            },
        )

    def free_title(self, title: str, detail: str) -> str:
        """Return a title that no entry has yet, with the detail only where it is needed."""
        taken = {entry.title for entry in self._async_current_entries()}
        return f"{title} ({detail})" if title in taken else title

    def _free_player_id(self, kind: EntryKind, title: str) -> str:
        """Return an id that MPD takes for a partition and that no player has; ``default`` is the MPD server's."""
        taken = {entry.data[CONF_PLAYER_ID] for entry in self._async_current_entries()}
        if (core := open_core(self.hass)) is not None:
            taken |= core.partitions.names
        slug = DEFAULT_PLAYER if kind is EntryKind.MPD_SERVER else slugify(title)
        if kind is not EntryKind.MPD_SERVER:
            taken.add(DEFAULT_PLAYER)
        candidates = itertools.chain([slug], (f"{slug}_{number}" for number in itertools.count(2)))
        return next(candidate for candidate in candidates if candidate not in taken)
