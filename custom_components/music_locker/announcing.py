"""Announcing the MPD server in the local network (``_mpd._tcp``), by Home Assistant's own multicast DNS."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

from homeassistant.components import network, zeroconf
from homeassistant.components.zeroconf.models import HaAsyncZeroconf
from homeassistant.core import HomeAssistant
from homeassistant.helpers import instance_id
from zeroconf import Error as ZeroconfError
from zeroconf.asyncio import AsyncServiceInfo

from .core.mpd.announcement import SERVICE, is_usable, label
from .listening import DEFAULT_PORT

_LOGGER = logging.getLogger(__name__)
_TIMEOUT: Final = 10.0  # seconds


async def announce(hass: HomeAssistant, title: str, host: str, port: int) -> Callable[[], Awaitable[None]]:
    """Announce what listens there; the answer ends that. Without Home Assistant's zeroconf nothing is announced."""
    if zeroconf.DOMAIN not in hass.config.components:
        _LOGGER.debug("%s is not announced: Home Assistant runs without zeroconf", title)
        return _nothing
    shared = await zeroconf.async_get_async_instance(hass)
    # No two servers have one port: so do no two have one name, which Home Assistant's zeroconf would not take.
    name = title if port == DEFAULT_PORT else f"{title} ({port})"
    try:
        info = AsyncServiceInfo(
            SERVICE,
            f"{label(f'{name} @ {hass.config.location_name}')}.{SERVICE}",
            port=port,
            server=f"{await instance_id.async_get(hass)}.local.",  # no other machine of the network has this name
            parsed_addresses=await _addresses(hass, host),
        )
        async with asyncio.timeout(_TIMEOUT):
            await (await shared.async_register_service(info, allow_name_change=True))
    except (OSError, TimeoutError, ZeroconfError) as error:
        _LOGGER.warning("%s is not announced in the network: %s", title, str(error) or "no answer")
        return _nothing
    return lambda: _take_back(shared, info)


async def _addresses(hass: HomeAssistant, host: str) -> list[str]:
    """Return the addresses that other machines reach ``host`` at; raise OSError if there are none."""
    found = [str(address[0]) for *_, address in await hass.loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    if any_of := {ip_address(address).version for address in found if ip_address(address).is_unspecified}:
        every = await network.async_get_announce_addresses(hass)
        found = [address for address in every if ip_address(address).version in any_of]
    if not (usable := [address for address in found if is_usable(address)]):
        raise OSError("no network has an address that clients could use")
    return usable


async def _take_back(shared: HaAsyncZeroconf, info: AsyncServiceInfo) -> None:
    with suppress(OSError, TimeoutError, ZeroconfError):
        async with asyncio.timeout(_TIMEOUT):
            await (await shared.async_unregister_service(info))


async def _nothing() -> None:
    """There is nothing to take back."""
