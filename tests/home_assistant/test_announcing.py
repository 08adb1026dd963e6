"""The MPD server entry is found in the local network as long as it runs, if other machines can connect."""

from collections.abc import AsyncIterator, Iterator

import pytest
from homeassistant.components import network as networks
from homeassistant.components import zeroconf
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from tests.tools.listener import Listener, listening
from tests.tools.own_network import ADDRESS, ADDRESS_6, own_network

from .conftest import SetUp

pytestmark = pytest.mark.slow

PORT = 6600  # of a network namespace: nothing else is there
SERVER = {"kind": "mpd_server", "player_id": "default", "host": ADDRESS, "port": PORT, "password": "a word"}


@pytest.fixture
def network(socket_enabled: None) -> Iterator[None]:
    with own_network():
        yield


@pytest.fixture
async def listener(network: None, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Listener]:
    """Listen as another program does, with a zeroconf of its own.

    Home Assistant makes the zeroconf that it made first the only one of the process: it would be that of the listener,
    and, closed, that of every later test.
    """
    monkeypatch.setattr(zeroconf, "install_multiple_zeroconf_catcher", lambda _: None)
    assert await async_setup_component(hass, "zeroconf", {})
    async with listening() as listener:
        yield listener


async def test_a_client_finds_the_server_as_long_as_it_runs(
    hass: HomeAssistant, set_up: SetUp, listener: Listener
) -> None:
    entry = await set_up("MPD server", **SERVER)
    name = await listener.came()
    assert name == f"MPD server @ {hass.config.location_name}"
    assert await listener.address(name) == ([ADDRESS], PORT)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert await listener.went() == name


@pytest.mark.parametrize(("host", "address"), [("0.0.0.0", ADDRESS), ("::", ADDRESS_6)])  # noqa: S104 - in a network of its own
async def test_only_addresses_at_which_it_listens_are_told(
    set_up: SetUp, listener: Listener, monkeypatch: pytest.MonkeyPatch, host: str, address: str
) -> None:
    async def addresses_of_this_machine(_: HomeAssistant) -> list[str]:
        return [ADDRESS, ADDRESS_6, "fe80::1"]

    monkeypatch.setattr(networks, "async_get_announce_addresses", addresses_of_this_machine)
    await set_up("MPD server", **(SERVER | {"host": host}))
    assert await listener.address(await listener.came()) == ([address], PORT)


async def test_two_servers_of_one_name_are_both_found(set_up: SetUp, listener: Listener) -> None:
    await set_up("MPD server", **SERVER)
    one = await listener.came()
    await set_up("MPD server", **(SERVER | {"player_id": "other", "port": PORT + 1}))
    other = await listener.came()
    assert one != other
    assert await listener.address(one) == ([ADDRESS], PORT)
    assert await listener.address(other) == ([ADDRESS], PORT + 1)
