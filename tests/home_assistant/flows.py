"""Flows as the frontend goes through them; whatever they show is checked to have a text."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, ConfigEntry, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
from homeassistant.setup import async_setup_component

from custom_components.music_locker.const import DOMAIN

from .texts import assert_has_texts


async def choose(hass: HomeAssistant, kind: str) -> ConfigFlowResult:
    """Open the menu and choose an entry of it."""
    assert await async_setup_component(hass, "http", {})
    assert await async_setup_component(hass, "homeassistant", {})
    menu = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert menu["type"] is FlowResultType.MENU
    assert_has_texts(menu)
    form = await hass.config_entries.flow.async_configure(menu["flow_id"], {"next_step_id": kind})
    assert_has_texts(form)
    return form


async def fill_in(hass: HomeAssistant, form: ConfigFlowResult, **values: Any) -> ConfigFlowResult:
    """Send a form off."""
    result = await hass.config_entries.flow.async_configure(form["flow_id"], values)
    await hass.async_block_till_done()
    assert_has_texts(result)
    return result


async def reconfigure(hass: HomeAssistant, entry: ConfigEntry) -> ConfigFlowResult:
    """Open the form that changes an entry."""
    assert await async_setup_component(hass, "homeassistant", {})
    form = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    assert_has_texts(form)
    return form


async def open_options(hass: HomeAssistant, entry: ConfigEntry) -> ConfigFlowResult:
    """Open the form of an entry's options."""
    form = await hass.config_entries.options.async_init(entry.entry_id)
    assert_has_texts(form, "options")
    return form


async def fill_in_options(hass: HomeAssistant, form: ConfigFlowResult, **values: Any) -> ConfigFlowResult:
    """Send a form of options off."""
    result = await hass.config_entries.options.async_configure(form["flow_id"], values)
    await hass.async_block_till_done()
    assert_has_texts(result, "options")
    return result


def shown(form: ConfigFlowResult) -> dict[str, Any]:
    """Return what the fields of a form, those in sections too, hold before anybody types."""
    schema = form["data_schema"]
    assert schema is not None
    return _shown(schema.schema)


def _shown(fields: Mapping[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in fields.items():
        if isinstance(value, section):
            found |= _shown(value.schema.schema)
        elif key.description and "suggested_value" in key.description:
            found[str(key)] = key.description["suggested_value"]
        elif callable(key.default):
            found[str(key)] = key.default()
    return found
