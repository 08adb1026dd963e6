"""The forms of the MPD server: where it listens, and its password."""

import secrets
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT

from .const import CONF_KIND, EntryKind
from .flow_base import EntryFlow
from .listening import MPD_SERVER_SCHEMA, is_loopback, listen_error


class MpdServerFlow(EntryFlow):
    """Ask for addresses, ports and passwords."""

    async def async_step_mpd_server(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where the MPD server listens."""
        if user_input is None:
            return self._show("mpd_server", None, {})
        data, errors = await self._checked(user_input, None)
        if errors:
            return self._show("mpd_server", _with_password(user_input, errors), errors)
        title = self.free_title("MPD server", f"port {data[CONF_PORT]}")
        return self.create_entry(EntryKind.MPD_SERVER, title, data)

    async def async_step_reconfigure_mpd_server(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for another address, port or password."""
        entry = self._get_reconfigure_entry()
        if user_input is None:
            return self._show("reconfigure_mpd_server", dict(entry.data), {})
        data, errors = await self._checked(user_input, entry)
        if errors:
            return self._show("reconfigure_mpd_server", _with_password(user_input, errors), errors)
        kept = {key: value for key, value in entry.data.items() if key != CONF_PASSWORD}
        return self.async_update_reload_and_abort(entry, data={**kept, **data})

    async def _checked(
        self, user_input: dict[str, Any], entry: ConfigEntry | None
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Return what to keep, and the form's errors; any address but the own machine's needs a password."""
        host, port, password = user_input[CONF_HOST].strip(), int(user_input[CONF_PORT]), user_input.get(CONF_PASSWORD)
        self._async_abort_entries_match({CONF_KIND: EntryKind.MPD_SERVER, CONF_PORT: port})
        if not password and not is_loopback(host):
            return {}, {CONF_PASSWORD: "password_required"}
        if (error := await listen_error(self.hass, host, 0 if _listens(entry, port) else port)) is not None:
            return {}, {"base": error}
        self._async_abort_entries_match({CONF_KIND: EntryKind.MPD_SERVER, CONF_PORT: port})  # while we tried
        return {CONF_HOST: host, CONF_PORT: port, **({CONF_PASSWORD: password} if password else {})}, {}

    def _show(self, step_id: str, suggested: dict[str, Any] | None, errors: dict[str, str]) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(MPD_SERVER_SCHEMA, suggested),
            errors=errors,
        )


def _listens(entry: ConfigEntry | None, port: int) -> bool:
    """Tell whether it is our own server that has the port: only the address is left to try then."""
    return entry is not None and entry.state is ConfigEntryState.LOADED and entry.data[CONF_PORT] == port


def _with_password(user_input: dict[str, Any], errors: dict[str, str]) -> dict[str, Any]:
    """Propose a password where one is missing."""
    return {**user_input, CONF_PASSWORD: secrets.token_urlsafe(9)} if CONF_PASSWORD in errors else user_input
