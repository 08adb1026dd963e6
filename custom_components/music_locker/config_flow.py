"""The forms: a menu of services, then what each kind of entry needs; each kind's are in a module of their own."""

from typing import Any, override

from homeassistant.config_entries import ConfigEntry, ConfigFlowResult, OptionsFlow
from homeassistant.const import CONF_TARGET
from homeassistant.core import callback

from .const import CONF_KIND, CONF_SERVICE, DOMAIN, EntryKind
from .core.lockers import ADAPTERS
from .flow_locker import LockerFlow
from .flow_mpd_server import MpdServerFlow
from .flow_options import MusicLockerOptionsFlow
from .flow_player import PlayerFlow


class MusicLockerConfigFlow(LockerFlow, PlayerFlow, MpdServerFlow, domain=DOMAIN):
    """Make or change an entry for a locker, a player or the MPD server."""

    VERSION = 1

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what to add."""
        return self.async_show_menu(
            step_id="user", menu_options=[*ADAPTERS, EntryKind.PLAYER.value, EntryKind.MPD_SERVER.value]
        )

    async def async_step_reconfigure(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the form of the entry's kind."""
        data = self._get_reconfigure_entry().data
        match data[CONF_KIND]:
            case EntryKind.PLAYER:
                return await self.async_step_reconfigure_player()
            case EntryKind.MPD_SERVER:
                return await self.async_step_reconfigure_mpd_server()
        return await self.step_change(data[CONF_SERVICE])

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the flow of an entry's options."""
        return MusicLockerOptionsFlow()

    @classmethod
    @callback
    @override
    def async_supports_options_flow(cls, config_entry: ConfigEntry) -> bool:
        """Tell whether an entry has options: a player without a speaker has none."""
        return config_entry.data[CONF_KIND] != EntryKind.PLAYER or CONF_TARGET in config_entry.data
