"""The forms of lockers, made from what each service's adapter says it needs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import probatio
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType

from .core.errors import AuthenticationError, LockerConnectionError, LockerError, RateLimited
from .core.lockers.addresses import base_url, place
from .core.lockers.base import Adapter, Setting, SettingKind
from .core.models import Account

SECTION_MORE: Final = "more"

_SELECTORS = {
    SettingKind.TEXT: TextSelector(),
    SettingKind.URL: TextSelector(TextSelectorConfig(type=TextSelectorType.URL)),
    SettingKind.PASSWORD: TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD)),
}


def settings_schema(settings: Sequence[Setting], *, secrets_optional: bool = False) -> probatio.Schema:
    """Return the form that asks for these settings; those that few need are folded away."""
    fields: dict[probatio.Marker, Any] = {}
    folded: dict[probatio.Marker, Any] = {}
    for setting in settings:
        required = setting.required and not (secrets_optional and setting.secret)
        (fields if setting.required else folded)[_marker(setting, required=required)] = _SELECTORS[setting.kind]
    if folded:
        fields[probatio.Optional(SECTION_MORE)] = section(probatio.Schema(folded), {"collapsed": True})
    return probatio.Schema(fields)


def _marker(setting: Setting, *, required: bool) -> probatio.Marker:
    make = probatio.Required if required else probatio.Optional
    key = probatio.Secret(setting.key) if setting.secret else setting.key
    return make(key) if setting.default is None else make(key, default=setting.default)


def clean(settings: Iterable[Setting], user_input: Mapping[str, Any]) -> dict[str, str]:
    """Return the settings of a filled-in form without what was left empty, and without blanks round all but secrets."""
    given = {**user_input, **user_input.get(SECTION_MORE, {})}
    kept = {}
    for setting in settings:
        value = given.get(setting.key, "")
        if not setting.secret:
            value = value.strip()
        if value:
            kept[setting.key] = value
    return kept


def suggested_values(settings: Iterable[Setting], values: Mapping[str, str]) -> dict[str, Any]:
    """Return what a form shows of the present settings: everything but secrets."""
    shown: dict[str, Any] = {SECTION_MORE: {}}
    for setting in settings:
        if setting.key in values and not setting.secret:
            (shown if setting.required else shown[SECTION_MORE])[setting.key] = values[setting.key]
    return shown


def with_kept_secrets(
    settings: Sequence[Setting], values: Mapping[str, str], before: Mapping[str, str]
) -> dict[str, str]:
    """Return values with the present secrets where they were left empty.

    They are not sent to another address than they were given for: with another address they must be given again.
    """
    addresses = [setting.key for setting in settings if setting.kind is SettingKind.URL]
    if any(values.get(key) != before.get(key) for key in addresses):
        return dict(values)
    secrets = {setting.key: before[setting.key] for setting in settings if setting.secret and setting.key in before}
    return {**secrets, **values}


def value_errors(settings: Iterable[Setting], values: Mapping[str, str]) -> dict[str, str]:
    """Return the form's errors for what is missing, and for addresses that no request could be sent to."""
    errors = {}
    for setting in settings:
        if setting.required and setting.key not in values:
            errors[setting.key] = "missing"
        elif setting.kind is SettingKind.URL and setting.key in values:
            try:
                base_url(values[setting.key])
            except LockerConnectionError:
                errors[setting.key if setting.required else "base"] = "invalid_url"
    return errors


def unique_id(service: str, settings: Mapping[str, str], account: Account) -> str:
    """Return what no two entries share: the same user name at another server is another locker."""
    return f"{service}_{place(base_url(settings['url']))}_{account.unique_id}"


async def try_login(
    hass: HomeAssistant, adapter_class: type[Adapter], settings: Mapping[str, str]
) -> tuple[Account | None, dict[str, str]]:
    """Log in with these settings; return the account, or the form's errors."""
    adapter = adapter_class(settings, async_get_clientsession(hass))
    try:
        return await adapter.login(), {}
    except LockerError as error:
        return None, _form_errors(error)
    finally:
        await adapter.close()


def _form_errors(error: LockerError) -> dict[str, str]:
    match error:
        case AuthenticationError() if "partner_token" in str(error):
            return {"partner_token": "invalid_partner_token"}
        case AuthenticationError():
            return {"base": "invalid_auth"}
        case LockerConnectionError():
            return {"base": "cannot_connect"}
        case RateLimited():
            return {"base": "busy"}
        case _:
            return {"base": "not_a_locker"}
