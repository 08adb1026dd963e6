"""The forms of a locker: log in, log in again, change."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlowResult

from .const import CONF_SERVICE, CONF_SETTINGS, EntryKind
from .core.lockers import ADAPTERS
from .flow_base import EntryFlow
from .forms import clean, settings_schema, suggested_values, try_login, unique_id, value_errors, with_kept_secrets


class LockerFlow(EntryFlow):
    """Ask for accounts of services."""

    async def async_step_mp3tunes(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for an MP3tunes account."""
        return await self._step_new("mp3tunes", user_input)

    async def async_step_reconfigure_mp3tunes(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for other addresses or secrets of an MP3tunes account."""
        return await self._step_change("mp3tunes", user_input)

    async def _step_new(self, service: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        """Ask for what a service needs, and log in with it."""
        adapter_class = ADAPTERS[service]
        fields = adapter_class.info.settings
        errors: dict[str, str] = {}
        if user_input is not None:
            settings = clean(fields, user_input)
            errors = value_errors(fields, settings)
            if not errors:
                account, errors = await try_login(self.hass, adapter_class, settings)
                if account is not None:
                    await self.async_set_unique_id(unique_id(service, settings, account))
                    self._abort_if_unique_id_configured()
                    title = self.free_title(adapter_class.info.title, account.name)
                    return self.create_entry(EntryKind.LOCKER, title, {CONF_SERVICE: service, CONF_SETTINGS: settings})
        return self.async_show_form(
            step_id=service,
            data_schema=self.add_suggested_values_to_schema(settings_schema(fields), user_input),
            errors=errors,
        )

    async def _step_change(self, service: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        """Ask for what a service needs, and log in with it: to the same account, at whatever address."""
        entry = self._get_reconfigure_entry()
        adapter_class = ADAPTERS[service]
        fields = adapter_class.info.settings
        before: Mapping[str, str] = entry.data[CONF_SETTINGS]
        errors: dict[str, str] = {}
        if user_input is not None:
            settings = with_kept_secrets(fields, clean(fields, user_input), before)
            errors = value_errors(fields, settings)
            if not errors:
                account, errors = await try_login(self.hass, adapter_class, settings)
                if account is not None:
                    if unique_id(service, before, account) != entry.unique_id:
                        return self.async_abort(reason="wrong_account")
                    new_id = unique_id(service, settings, account)
                    if new_id != entry.unique_id:
                        await self.async_set_unique_id(new_id)
                        self._abort_if_unique_id_configured()
                    return self.async_update_reload_and_abort(
                        entry, unique_id=new_id, data_updates={CONF_SETTINGS: settings}
                    )
        return self.async_show_form(
            step_id=f"reconfigure_{service}",
            data_schema=self.add_suggested_values_to_schema(
                settings_schema(fields, secrets_optional=True), user_input or suggested_values(fields, before)
            ),
            errors=errors,
        )

    async def async_step_reauth(self, _: Mapping[str, Any]) -> ConfigFlowResult:
        """Begin to ask for new secrets: the service refused the ones we have."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for new secrets of the same account."""
        entry = self._get_reauth_entry()
        adapter_class = ADAPTERS[entry.data[CONF_SERVICE]]
        fields = [setting for setting in adapter_class.info.settings if setting.secret]
        errors: dict[str, str] = {}
        if user_input is not None:
            new = clean(fields, user_input)
            settings = {**entry.data[CONF_SETTINGS], **new}
            errors = value_errors(fields, new)
            if not errors:
                account, errors = await try_login(self.hass, adapter_class, settings)
                if account is not None:
                    await self.async_set_unique_id(unique_id(entry.data[CONF_SERVICE], settings, account))
                    self._abort_if_unique_id_mismatch(reason="wrong_account")
                    return self.async_update_reload_and_abort(entry, data_updates={CONF_SETTINGS: settings})
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=settings_schema(fields),
            errors=errors,
            description_placeholders={"name": entry.title},
        )
