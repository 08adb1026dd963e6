"""The flows that mend what was told under *Repairs*."""

from typing import Any

import probatio
from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_TARGET
from homeassistant.core import HomeAssistant

from .const import CONF_BASE_URL, CONF_UNEXPOSED
from .exposure import unexpose
from .issues import ENTRY_ID, NO_ADDRESS, PORT_TAKEN, SPEAKER_EXPOSED
from .listening import PORT_SELECTOR, listen_error
from .reachability import BASE_URL_SCHEMA, base_url_from_form
from .speaker import Speaker


class _EntryRepairFlow(RepairsFlow):
    """Mend something about an entry."""

    def __init__(self, entry: ConfigEntry) -> None:
        """Take the entry."""
        self._entry = entry

    def change(self, **data: Any) -> RepairsFlowResult:
        """Change what the entry has, and load it again."""
        self.hass.config_entries.async_update_entry(self._entry, data={**self._entry.data, **data})
        return self.reload()

    def reload(self) -> RepairsFlowResult:
        """Load the entry again; what was told is taken back."""
        self.hass.config_entries.async_schedule_reload(self._entry.entry_id)
        return self.async_create_entry(data={})


class PortFlow(_EntryRepairFlow):
    """Give the MPD server another port."""

    async def async_step_init(self, _: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for a port."""
        return await self.async_step_port()

    async def async_step_port(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for a port that nobody has."""
        host = self._entry.data[CONF_HOST]
        errors: dict[str, str] = {}
        if user_input is not None:
            port = int(user_input[CONF_PORT])
            if (error := await listen_error(self.hass, host, port)) is None:
                return self.change(**{CONF_PORT: port})
            errors[CONF_PORT] = error
        now = self._entry.data[CONF_PORT] if user_input is None else user_input[CONF_PORT]
        return self.async_show_form(
            step_id="port",
            data_schema=probatio.Schema({probatio.Required(CONF_PORT, default=now): PORT_SELECTOR}),
            errors=errors,
            description_placeholders={"host": host, "port": str(self._entry.data[CONF_PORT])},
        )


class AddressFlow(_EntryRepairFlow):
    """Give a player the address at which its speaker reaches Home Assistant."""

    async def async_step_init(self, _: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for an address."""
        return await self.async_step_address()

    async def async_step_address(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for an address."""
        errors: dict[str, str] = {}
        if user_input is not None:
            url, errors = base_url_from_form(user_input)
            if not errors and url is None:
                errors[CONF_BASE_URL] = "missing"
            if not errors:
                options = {**self._entry.options, CONF_BASE_URL: url}
                self.hass.config_entries.async_update_entry(self._entry, options=options)
                return self.reload()
        return self.async_show_form(
            step_id="address",
            data_schema=self.add_suggested_values_to_schema(BASE_URL_SCHEMA, user_input),
            errors=errors,
            description_placeholders={"name": self._entry.title},
        )


class ExposureFlow(_EntryRepairFlow):
    """Hide a player's speaker from Assist."""

    async def async_step_init(self, _: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask whether to."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Hide it, and remember to undo that."""
        speaker = self._entry.data[CONF_TARGET]
        if user_input is not None:
            unexpose(self.hass, speaker)
            return self.change(**{CONF_UNEXPOSED: True})
        return self.async_show_form(
            step_id="confirm",
            data_schema=probatio.Schema({}),
            description_placeholders={"name": self._entry.title, "speaker": Speaker(self.hass, speaker).name},
        )


_FLOWS = {PORT_TAKEN: PortFlow, NO_ADDRESS: AddressFlow, SPEAKER_EXPOSED: ExposureFlow}


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow for an issue; one that only tells something needs to be seen only."""
    entry = None if data is None else hass.config_entries.async_get_entry(str(data[ENTRY_ID]))
    if entry is None:
        return ConfirmRepairFlow()
    return _FLOWS[issue_id.removesuffix(f"_{entry.entry_id}")](entry)
