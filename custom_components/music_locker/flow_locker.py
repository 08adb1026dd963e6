"""The forms of a locker: log in, log in again, change; made from what each service's adapter says it needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partialmethod
from typing import Any, Final, override

import probatio
from homeassistant import config_entries
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import callback
from yarl import URL

from .authorising import expect_answer, expect_no_answer
from .const import CONF_SERVICE, CONF_SETTINGS, EntryKind
from .core.errors import AuthenticationError, LockerError
from .core.lockers import ADAPTERS
from .core.lockers.base import Adapter, AuthorisationKind, AuthorisationRequest, ServiceInfo
from .core.models import Account
from .flow_base import EntryFlow
from .forms import (
    ANSWER_SCHEMA,
    CONF_ANSWER,
    asked_for,
    clean,
    settings_schema,
    suggested_values,
    unique_id,
    value_errors,
    with_kept_secrets,
)
from .logins import begin_authorisation, finish_authorisation, form_errors, log_in

_LONGEST_REASON: Final = 300  # letters


@dataclass(frozen=True, slots=True)
class _Form:
    """Keep a form, to show it again with what is wrong."""

    step_id: str
    schema: probatio.Schema
    shown: Mapping[str, Any] | None = field(repr=False)
    placeholders: Mapping[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> set[str]:
        """Return the names of the fields that are not folded away."""
        return {str(getattr(key, "schema", key)) for key in self.schema.schema}


class LockerFlow(EntryFlow):
    """Ask for accounts of services, and let their owners authorise us at the services' own pages."""

    _service: str
    _form: _Form
    _settings: Mapping[str, str]
    _request: AuthorisationRequest
    _state: str | None = None
    _answer: str = ""
    _reason: str = ""

    # The forms; each service has a step of its own for each of them, see the end

    async def step_new(self, service: str, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for what a service needs."""
        fields = asked_for(ADAPTERS[service].info.settings)
        self._begin(service, _Form(service, settings_schema(fields), user_input))
        if user_input is None:
            return self._show_form()
        return await self._check(clean(fields, user_input))

    async def step_change(self, service: str, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for what a service needs: for the same account, at whatever address."""
        before: Mapping[str, str] = self._get_reconfigure_entry().data[CONF_SETTINGS]
        known = ADAPTERS[service].info.settings
        fields = asked_for(known)
        shown = user_input or suggested_values(fields, before)
        self._begin(service, _Form(f"reconfigure_{service}", settings_schema(fields, secrets_optional=True), shown))
        if user_input is None:
            return self._show_form()
        return await self._check(with_kept_secrets(known, clean(fields, user_input), before))

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Begin to ask for new secrets: the service refused the ones we have."""
        return await self.step_again(entry_data[CONF_SERVICE])

    async def step_again(self, service: str, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for new secrets of the same account; where its owner authorises us anew, the others may stay."""
        entry = self._get_reauth_entry()
        info = ADAPTERS[service].info
        fields = [setting for setting in asked_for(info.settings) if setting.secret]
        schema = settings_schema(fields, secrets_optional=info.authorisation is not None, fold=False)
        self._begin(service, _Form(f"reauth_{service}", schema, user_input, {"name": entry.title}))
        if user_input is None:
            return self._show_form()
        dropped = {setting.key for setting in info.settings if setting.granted}
        if info.authorisation is None:
            dropped |= {setting.key for setting in fields}
        else:
            dropped |= {setting.key for setting in fields if setting.key == info.authorisation.unless}
        kept = {key: value for key, value in entry.data[CONF_SETTINGS].items() if key not in dropped}
        return await self._check(kept | clean(fields, user_input))

    def _begin(self, service: str, form: _Form) -> None:
        self._service = service
        self._form = form

    def _show_form(self, errors: dict[str, str] | None = None) -> ConfigFlowResult:
        form = self._form
        return self.async_show_form(
            step_id=form.step_id,
            data_schema=self.add_suggested_values_to_schema(form.schema, form.shown),
            errors=errors,
            description_placeholders={**form.placeholders, "reason": self._reason},
        )

    @property
    def _adapter(self) -> type[Adapter]:
        return ADAPTERS[self._service]

    async def _check(self, settings: Mapping[str, str]) -> ConfigFlowResult:
        """Log in with these settings, or first let the account's owner authorise us."""
        if errors := value_errors(asked_for(self._adapter.info.settings), settings):
            return self._show_form(errors)
        self._settings = settings
        info = self._adapter.info
        if info.lacks_authorisation(settings):
            return await self._authorise()
        try:
            account = await log_in(self.hass, self._adapter, settings)
        except LockerError as error:
            errors = self._errors(error)
            if isinstance(error, AuthenticationError) and "base" in errors and info.authorisation_for(settings):
                return await self._authorise()  # what was granted before is not taken any more
            return self._show_form(errors)
        return await self._keep(account)

    def _errors(self, error: LockerError) -> dict[str, str]:
        """Return what the form shows of an error, and keep what the service said."""
        self._reason = str(error)[:_LONGEST_REASON].rstrip(".")
        return form_errors(error, self._form.fields)

    # The authorisation

    async def _authorise(self, errors: dict[str, str] | None = None) -> ConfigFlowResult:
        """Ask the service for its page, and lead there."""
        info = self._adapter.info
        granted = {setting.key for setting in info.settings if setting.granted}
        self._settings = {key: value for key, value in self._settings.items() if key not in granted}
        address = self._await_redirect() if _redirects(info) else None
        try:
            self._request = await begin_authorisation(self.hass, self._adapter, self._settings, address)
        except LockerError as error:
            return self._show_form(self._errors(error))
        return self._show_page(errors) if address is None else await self.async_step_redirect()

    async def step_answer(self, _: str, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the key or PIN that the service's page shows; left empty it leads back to the form."""
        if user_input is None:
            return self._show_page()
        if not (answer := user_input.get(CONF_ANSWER, "").strip()):
            return self._show_form()
        account, errors = await self._take(answer)
        if account is not None:
            return await self._keep(account)
        return await self._authorise(errors) if "base" in errors else self._show_form(errors)

    def _show_page(self, errors: dict[str, str] | None = None) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=f"authorise_{self._service}",
            data_schema=ANSWER_SCHEMA,
            errors=errors,
            description_placeholders={"page": str(self._request.page), "reason": self._reason},
        )

    def _await_redirect(self) -> URL | None:
        """Return the address that leads back to this flow; those before lead nowhere any more."""
        expect_no_answer(self.hass, self._state)
        self._state, address = expect_answer(self.hass, self.flow_id) or (None, None)
        return address

    async def async_step_redirect(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Lead the browser to the service's page, and wait until it leads back."""
        if user_input is None:
            title = self._adapter.info.title
            return self.async_external_step(
                step_id="redirect", url=str(self._request.page), description_placeholders={"service": title}
            )
        self._answer = str(user_input.get(CONF_ANSWER, ""))
        return self.async_external_step_done(next_step_id="redirected")

    async def async_step_redirected(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on with what the service has told by way of the browser."""
        account, errors = await self._take(self._answer)
        return self._show_form(errors) if account is None else await self._keep(account)

    async def _take(self, answer: str) -> tuple[Account | None, dict[str, str]]:
        """Have the answer turned into secrets, and log in with them; return the account, or the form's errors."""
        try:
            granted = await finish_authorisation(self.hass, self._adapter, self._settings, self._request, answer)
            self._settings = {**self._settings, **granted}
            return await log_in(self.hass, self._adapter, self._settings), {}
        except LockerError as error:
            errors = self._errors(error)
            refused = isinstance(error, AuthenticationError) and "base" in errors
            return None, {"base": "not_authorised"} if refused else errors

    @callback
    @override
    def async_remove(self) -> None:
        """Wait for no browser any more."""
        expect_no_answer(self.hass, self._state)
        super().async_remove()

    # The entry

    async def _keep(self, account: Account) -> ConfigFlowResult:
        """Make or change the entry of an account that has let us in."""
        match self.source:
            case config_entries.SOURCE_REAUTH:
                return await self._renew(account)
            case config_entries.SOURCE_RECONFIGURE:
                return await self._move(account)
        await self.async_set_unique_id(self._unique_id(account))
        self._abort_if_unique_id_configured()
        title = self.free_title(self._adapter.info.title, account.name)
        data = {CONF_SERVICE: self._service, CONF_SETTINGS: dict(self._settings)}
        return self.create_entry(EntryKind.LOCKER, title, data)

    async def _renew(self, account: Account) -> ConfigFlowResult:
        """Keep the new secrets of an entry's account."""
        await self.async_set_unique_id(self._unique_id(account))
        self._abort_if_unique_id_mismatch(reason="wrong_account")
        return self.async_update_reload_and_abort(
            self._get_reauth_entry(), data_updates={CONF_SETTINGS: dict(self._settings)}
        )

    async def _move(self, account: Account) -> ConfigFlowResult:
        """Keep the new settings of an entry, whose account may be at another address now."""
        entry = self._get_reconfigure_entry()
        if unique_id(self._service, entry.data[CONF_SETTINGS], account) != entry.unique_id:
            return self.async_abort(reason="wrong_account")
        new_id = self._unique_id(account)
        if new_id != entry.unique_id:
            await self.async_set_unique_id(new_id)
            self._abort_if_unique_id_configured()
        return self.async_update_reload_and_abort(
            entry, unique_id=new_id, data_updates={CONF_SETTINGS: dict(self._settings)}
        )

    def _unique_id(self, account: Account) -> str:
        return unique_id(self._service, self._settings, account)


def _redirects(info: ServiceInfo) -> bool:
    return info.authorisation is not None and info.authorisation.kind is AuthorisationKind.REDIRECT


for _service in ADAPTERS:
    for _name, _step in (
        (_service, LockerFlow.step_new),
        (f"reconfigure_{_service}", LockerFlow.step_change),
        (f"reauth_{_service}", LockerFlow.step_again),
        (f"authorise_{_service}", LockerFlow.step_answer),
    ):
        setattr(LockerFlow, f"async_step_{_name}", partialmethod(_step, _service))
