"""At which address speakers reach this Home Assistant."""

from collections.abc import Mapping
from typing import Any, Final

import probatio
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType
from yarl import URL

from .const import CONF_BASE_URL
from .core.errors import LockerConnectionError
from .core.lockers.addresses import base_url as checked_address
from .core.playback.output import OutputError
from .listening import is_loopback

BASE_URL_SCHEMA: Final = probatio.Schema(
    {probatio.Optional(CONF_BASE_URL): TextSelector(TextSelectorConfig(type=TextSelectorType.URL))}
)


def base_url_from_form(user_input: Mapping[str, Any]) -> tuple[str | None, dict[str, str]]:
    """Return the address that was typed, None where the field was left empty, and the form's errors."""
    typed = user_input.get(CONF_BASE_URL, "").strip()
    if not typed:
        return None, {}
    try:
        return str(checked_address(typed)), {}
    except LockerConnectionError:
        return None, {CONF_BASE_URL: "invalid_url"}


def base_url(hass: HomeAssistant) -> str:
    """Return the address of this Home Assistant for speakers, inside the home if there is one; raise OutputError."""
    for inside_only in (True, False):
        try:
            return get_url(hass, allow_external=not inside_only, allow_cloud=not inside_only)
        except NoURLAvailableError:
            continue
    raise OutputError("Home Assistant has no address that speakers can reach")


def speakers_reach(hass: HomeAssistant) -> bool:
    """Tell whether there is an address that other machines could open."""
    try:
        return not is_loopback(URL(base_url(hass)).host or "")
    except OutputError:
        return False
