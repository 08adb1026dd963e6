"""Announcing the MPD server in the local network by multicast DNS (RFC 6762, RFC 6763), as MPD does itself."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address
from typing import Final

import ifaddr
from zeroconf import Error as ZeroconfError
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from music_locker_core.mpd.announcement import SERVICE, is_usable, label

_LOGGER = logging.getLogger(__name__)
_TIMEOUT: Final = 10.0  # seconds


@asynccontextmanager
async def announced(host: str, port: int) -> AsyncIterator[None]:
    """Announce what listens there for the time of the block; where that is not possible, say so and go on without."""
    try:
        asked, reached = await _addresses(host)
        zeroconf = AsyncZeroconf(interfaces=asked)
    except OSError as error:
        _LOGGER.warning("The MPD server is not announced: %s", error)
        yield
        return
    try:
        await _register(zeroconf, reached, port)
        yield
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(_TIMEOUT):
                await zeroconf.async_close()  # takes the service back first


async def _register(zeroconf: AsyncZeroconf, addresses: Sequence[str], port: int) -> None:
    """Announce; if another machine has the name already, with a number behind it."""
    name = socket.gethostname().partition(".")[0]
    info = AsyncServiceInfo(
        SERVICE,
        f"{label(f'Music Locker @ {name}')}.{SERVICE}",
        port=port,
        server=f"{label(name)}.local.",
        parsed_addresses=list(addresses),
    )
    try:
        async with asyncio.timeout(_TIMEOUT):
            await (await zeroconf.async_register_service(info, allow_name_change=True))
    except (OSError, TimeoutError, ZeroconfError) as error:
        _LOGGER.warning("The MPD server is not announced: %s", str(error) or "the network does not answer")
    else:
        _LOGGER.info("Announced as %s", info.name.removesuffix(f".{SERVICE}"))


async def _addresses(host: str) -> tuple[Sequence[str], Sequence[str]]:
    """Return this machine's addresses at which it is asked, and those at which ``host`` is reached.

    Raise OSError if there are none.
    """
    family = _any_of(host)
    if family is None:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        asked = reached = list(filter(is_usable, (str(address[0]) for *_, address in found)))
    else:
        adapters = await asyncio.to_thread(ifaddr.get_adapters)
        every = (each.ip if isinstance(each.ip, str) else each.ip[0] for adapter in adapters for each in adapter.ips)
        asked = list(filter(is_usable, every))
        reached = [address for address in asked if ip_address(address).version == family]
    if not reached:
        raise OSError("no network has an address that clients could use")
    return asked, reached


def _any_of(host: str) -> int | None:
    """Return 4 or 6 where every address of that version of IP is meant."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return address.version if address.is_unspecified else None
