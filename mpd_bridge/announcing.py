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
from zeroconf import InterfaceChoice
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

_LOGGER = logging.getLogger(__name__)
_SERVICE: Final = "_mpd._tcp.local."
_TIMEOUT: Final = 10.0  # seconds
_LONGEST_NAME: Final = 59  # bytes: 63 (RFC 6763, section 4.1.1), but for a number that may be put behind it


@asynccontextmanager
async def announced(host: str, port: int) -> AsyncIterator[None]:
    """Announce what listens there for the time of the block; where that is not possible, say so and go on without."""
    try:
        addresses = await _addresses(host)
        zeroconf = AsyncZeroconf(interfaces=InterfaceChoice.All if _is_any(host) else addresses)
    except OSError as error:
        _LOGGER.warning("The MPD server is not announced: %s", error)
        yield
        return
    try:
        await _register(zeroconf, addresses, port)
        yield
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(_TIMEOUT):
                await zeroconf.async_close()  # takes the service back first


async def _register(zeroconf: AsyncZeroconf, addresses: Sequence[str], port: int) -> None:
    """Announce; if another machine has the name already, with a number behind it."""
    name = socket.gethostname().partition(".")[0]
    info = AsyncServiceInfo(
        _SERVICE,
        f"{_label(f'Music Locker @ {name}')}.{_SERVICE}",
        port=port,
        server=f"{_label(name)}.local.",
        parsed_addresses=list(addresses),
    )
    try:
        async with asyncio.timeout(_TIMEOUT):
            await (await zeroconf.async_register_service(info, allow_name_change=True))
    except (OSError, TimeoutError, ZeroconfError) as error:
        _LOGGER.warning("The MPD server is not announced: %s", str(error) or "the network does not answer")
    else:
        _LOGGER.info("Announced as %s", info.name.removesuffix(f".{_SERVICE}"))


def _label(text: str) -> str:
    return text.encode()[:_LONGEST_NAME].decode(errors="ignore")


async def _addresses(host: str) -> Sequence[str]:
    """Return the addresses that other machines reach ``host`` at; raise OSError if there are none."""
    if _is_any(host):
        adapters = await asyncio.to_thread(ifaddr.get_adapters)
        every = [str(each.ip) for adapter in adapters for each in adapter.ips if each.is_IPv4]
    else:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        every = [str(address[0]) for *_, address in found]
    if not (usable := [address for address in every if not ip_address(address).is_loopback]):
        raise OSError("no network has an address that clients could use")
    return usable


def _is_any(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False
