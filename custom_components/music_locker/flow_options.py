"""The options of each kind of entry."""

from typing import Any, Final

import probatio
from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.const import UnitOfTime
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
)

from .const import (
    CONF_ANNOUNCE,
    CONF_BASE_URL,
    CONF_DEFAULT_PERMISSIONS,
    CONF_KIND,
    CONF_MAXIMUM_CONNECTIONS,
    CONF_SYNC_INTERVAL,
    CONF_TIMEOUT,
    DEFAULT_SYNC_INTERVAL,
    EntryKind,
)
from .core.mpd.limits import CONNECTION_TIMEOUT, MAXIMUM_CONNECTIONS
from .core.mpd.permissions import PERMISSION_NAMES
from .reachability import BASE_URL_SCHEMA, base_url_from_form

_DAY: Final = 24 * 60  # minutes
_HOUR: Final = 60 * 60  # seconds


def _whole_number(least: int, most: int, unit: str | None = None) -> NumberSelector:
    config = NumberSelectorConfig(min=least, max=most, step=1, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


_LOCKER_SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_SYNC_INTERVAL, default=DEFAULT_SYNC_INTERVAL): _whole_number(
            1, _DAY, UnitOfTime.MINUTES
        ),
    }
)
_MPD_SERVER_SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_ANNOUNCE, default=True): BooleanSelector(),
        probatio.Required(CONF_DEFAULT_PERMISSIONS, default=list): SelectSelector(
            SelectSelectorConfig(options=list(PERMISSION_NAMES), multiple=True, translation_key="permissions")
        ),
        probatio.Required(CONF_MAXIMUM_CONNECTIONS, default=MAXIMUM_CONNECTIONS): _whole_number(1, MAXIMUM_CONNECTIONS),
        probatio.Required(CONF_TIMEOUT, default=int(CONNECTION_TIMEOUT)): _whole_number(1, _HOUR, UnitOfTime.SECONDS),
    }
)


def _whole(value: object) -> object:
    """Return a number of the form, which comes with a fraction, as a whole one, and all else as it is."""
    return int(value) if isinstance(value, float) else value


class MusicLockerOptionsFlow(OptionsFlowWithReload):
    """Ask for what can be otherwise; each kind of entry has a step of its own, and is reloaded after a change."""

    async def async_step_init(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the form of the entry's kind."""
        match self.config_entry.data[CONF_KIND]:
            case EntryKind.LOCKER:
                return await self.async_step_locker()
            case EntryKind.PLAYER:
                return await self.async_step_player()
        return await self.async_step_mpd_server()

    async def async_step_locker(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how often the service is asked for changes."""
        return self._step_form("locker", _LOCKER_SCHEMA, user_input)

    async def async_step_mpd_server(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask who finds the MPD server, what all may do, and for its limits."""
        return self._step_form("mpd_server", _MPD_SERVER_SCHEMA, user_input)

    def _step_form(self, step_id: str, schema: probatio.Schema, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        if user_input is not None:
            return self.async_create_entry(data={key: _whole(value) for key, value in user_input.items()})
        return self.async_show_form(
            step_id=step_id, data_schema=self.add_suggested_values_to_schema(schema, self.config_entry.options)
        )

    async def async_step_player(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask at which address the speaker reaches Home Assistant."""
        errors: dict[str, str] = {}
        if user_input is not None:
            url, errors = base_url_from_form(user_input)
            if not errors:
                return self.async_create_entry(data={} if url is None else {CONF_BASE_URL: url})
        return self.async_show_form(
            step_id="player",
            data_schema=self.add_suggested_values_to_schema(BASE_URL_SCHEMA, user_input or self.config_entry.options),
            errors=errors,
        )
