"""The forms of lockers, made from what each service's adapter says it needs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import probatio
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType

from .core.errors import LockerConnectionError
from .core.lockers.addresses import base_url, place
from .core.lockers.base import Setting, SettingKind
from .core.models import Account

CONF_ANSWER: Final = "answer"
SECTION_MORE: Final = "more"

_SELECTORS = {
    SettingKind.TEXT: TextSelector(),
    SettingKind.URL: TextSelector(TextSelectorConfig(type=TextSelectorType.URL)),
    SettingKind.PASSWORD: TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD)),
}
ANSWER_SCHEMA: Final = probatio.Schema(
    {probatio.Optional(probatio.Secret(CONF_ANSWER)): _SELECTORS[SettingKind.PASSWORD]}
)


def asked_for(settings: Iterable[Setting]) -> list[Setting]:
    """Return the settings that a form asks for: those that an authorisation grants are none of them."""
    return [setting for setting in settings if not setting.granted]


def settings_schema(
    settings: Sequence[Setting], *, secrets_optional: bool = False, fold: bool = True
) -> probatio.Schema:
    """Return the form that asks for these settings; with ``fold`` those that few need are folded away."""
    fields: dict[probatio.Marker, Any] = {}
    folded: dict[probatio.Marker, Any] = {}
    for setting in settings:
        required = setting.required and not (secrets_optional and setting.secret)
        place = fields if setting.required or not fold else folded
        place[_marker(setting, required=required)] = _SELECTORS[setting.kind]
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

    They are not sent to another address than they were given for: with another address they must be given again. What
    was granted stays for the same program and user.
    """
    addresses = [setting.key for setting in settings if setting.kind is SettingKind.URL]
    if _differ(addresses, values, before):
        return dict(values)
    secrets = [setting for setting in settings if setting.secret and setting.key in before]
    kept = {setting.key: before[setting.key] for setting in secrets if not setting.granted} | dict(values)
    told = [setting.key for setting in settings if setting.required and setting.default is None]
    if not _differ(told, kept, before):
        kept |= {setting.key: before[setting.key] for setting in secrets if setting.granted}
    return kept


def _differ(keys: Iterable[str], values: Mapping[str, str], before: Mapping[str, str]) -> bool:
    return any(values.get(key) != before.get(key) for key in keys)


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
