"""The MPD server entry is found in the local network as long as it runs, if other machines can connect."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from zeroconf import ServiceStateChange
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from tests.tools.own_network import ADDRESS, own_network

from .conftest import SetUp

pytestmark = pytest.mark.slow

SERVICE = "_mpd._tcp.local."
PORT = 6600  # of a network namespace: nothing else is there


@pytest.fixture(autouse=True)
def _network(socket_enabled: None) -> Iterator[None]:
    with own_network():
        yield


@pytest.fixture
async def zeroconf(hass: HomeAssistant) -> AsyncIterator[AsyncZeroconf]:
    """Listen as another program of the network does."""
    assert await async_setup_component(hass, "zeroconf", {})
    zeroconf = AsyncZeroconf(interfaces=[ADDRESS])
    yield zeroconf
    await zeroconf.async_close()


async def test_a_client_finds_the_server_as_long_as_it_runs(
    hass: HomeAssistant, set_up: SetUp, zeroconf: AsyncZeroconf
) -> None:
    changes: asyncio.Queue[tuple[str, ServiceStateChange]] = asyncio.Queue()
    browser = AsyncServiceBrowser(
        zeroconf.zeroconf,
        SERVICE,
        handlers=[lambda name, state_change, **_: changes.put_nowait((name, state_change))],
    )
    server = {"kind": "mpd_server", "player_id": "default", "host": ADDRESS, "port": PORT, "password": "a word"}
    entry = await set_up("MPD server", **server)
    async with asyncio.timeout(20):
        name, change = await changes.get()
    assert change is ServiceStateChange.Added
    assert name == f"MPD server @ {hass.config.location_name}.{SERVICE}"
    info = AsyncServiceInfo(SERVICE, name)
    assert await info.async_request(zeroconf.zeroconf, 5000)
    assert (info.parsed_addresses(), info.port) == ([ADDRESS], PORT)

    await set_up("MPD server", **(server | {"player_id": "other", "port": PORT + 1}))  # another one of that name
    async with asyncio.timeout(20):
        other, change = await changes.get()
    assert change is ServiceStateChange.Added
    info = AsyncServiceInfo(SERVICE, other)
    assert await info.async_request(zeroconf.zeroconf, 5000)
    assert (info.parsed_addresses(), info.port) == ([ADDRESS], PORT + 1)

    assert await hass.config_entries.async_unload(entry.entry_id)

    async with asyncio.timeout(20):
        assert await changes.get() == (name, ServiceStateChange.Removed)
    await browser.async_cancel()
