"""Where the MPD server can listen, for the forms that ask for it."""

import errno
from asyncio import Protocol
from ipaddress import ip_address
from typing import Final

import probatio
from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 6600

PORT_SELECTOR: Final = NumberSelector(NumberSelectorConfig(min=1, max=65535, step=1, mode=NumberSelectorMode.BOX))
MPD_SERVER_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_HOST, default=DEFAULT_HOST): TextSelector(),
        probatio.Required(CONF_PORT, default=DEFAULT_PORT): PORT_SELECTOR,
        probatio.Optional(probatio.Secret(CONF_PASSWORD)): TextSelector(
            TextSelectorConfig(type=TextSelectorType.PASSWORD)
        ),
    }
)


def is_loopback(host: str) -> bool:
    """Tell whether only programs on this machine reach the address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def listen_error(hass: HomeAssistant, host: str, port: int) -> str | None:
    """Try to listen there (0: at any port), and return the form's error."""
    try:
        server = await hass.loop.create_server(Protocol, host, port)
    except OSError as error:
        return "port_in_use" if error.errno == errno.EADDRINUSE else "cannot_listen"
    server.close()
    await server.wait_closed()
    return None
