"""The MPD server is found in the local network, as long as it is there, if other machines can connect."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from zeroconf import ServiceStateChange
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from mpd_bridge.config import load
from mpd_bridge.daemon import daemon
from tests.tools.own_network import ADDRESS, own_network

pytestmark = pytest.mark.slow

SERVICE = "_mpd._tcp.local."
CONFIGURATION = """
[state]
directory = "state"
[mpd]
host = "{host}"
port = 0
password = "a word"
announce = {announce}
[http]
port = 0
"""


class Listener:
    """Hear what comes and goes in the network."""

    def __init__(self, zeroconf: AsyncZeroconf) -> None:
        self.zeroconf = zeroconf
        self.changes: asyncio.Queue[tuple[str, ServiceStateChange]] = asyncio.Queue()
        self.browser = AsyncServiceBrowser(zeroconf.zeroconf, SERVICE, handlers=[self._note])

    def _note(self, name: str, state_change: ServiceStateChange, **_: object) -> None:
        self.changes.put_nowait((name, state_change))

    async def change(self) -> tuple[str, ServiceStateChange]:
        async with asyncio.timeout(20):
            return await self.changes.get()

    async def address(self, name: str) -> tuple[list[str], int | None]:
        info = AsyncServiceInfo(SERVICE, name)
        assert await info.async_request(self.zeroconf.zeroconf, 5000)
        return info.parsed_addresses(), info.port


@pytest.fixture
def network() -> Iterator[None]:
    with own_network():
        yield


@pytest.fixture
async def listener(network: None) -> AsyncIterator[Listener]:
    zeroconf = AsyncZeroconf()
    listener = Listener(zeroconf)
    yield listener
    await listener.browser.async_cancel()
    await zeroconf.async_close()


def configuration(folder: Path, *, host: str, announce: str = "true") -> Path:
    file = folder / "bridge.toml"
    file.write_text(CONFIGURATION.format(host=host, announce=announce))
    return file


@pytest.mark.parametrize("host", ["0.0.0.0", ADDRESS])  # noqa: S104 - in a network of its own
async def test_a_client_finds_the_server_and_is_told_when_it_goes(
    listener: Listener, tmp_path: Path, host: str
) -> None:
    async with daemon(load(configuration(tmp_path, host=host))) as running:
        name, change = await listener.change()
        assert change is ServiceStateChange.Added
        assert name.startswith("Music Locker @ ")
        assert await listener.address(name) == ([ADDRESS], running.ready.mpd.port)
    assert await listener.change() == (name, ServiceStateChange.Removed)


async def test_a_machine_may_have_a_name_of_any_length(
    listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "m" * 64)
    async with daemon(load(configuration(tmp_path, host=ADDRESS))) as running:
        name, _ = await listener.change()
        assert await listener.address(name) == ([ADDRESS], running.ready.mpd.port)


async def test_nobody_hears_of_what_is_not_announced_or_for_this_machine_only(
    listener: Listener, tmp_path: Path
) -> None:
    async with daemon(load(configuration(tmp_path, host=ADDRESS, announce="false"))):
        pass
    async with daemon(load(configuration(tmp_path, host="127.0.0.1"))):
        pass
    async with daemon(load(configuration(tmp_path, host=ADDRESS))) as running:
        name, _ = await listener.change()  # the first to be heard of
        assert await listener.address(name) == ([ADDRESS], running.ready.mpd.port)
