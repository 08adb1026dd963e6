"""The MPD server is found in the local network, as long as it is there, if other machines can connect."""

import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from mpd_bridge.config import load
from mpd_bridge.daemon import daemon
from tests.tools.listener import Listener, listening
from tests.tools.own_network import ADDRESS, ADDRESS_6, own_network

pytestmark = pytest.mark.slow

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


@pytest.fixture
def network() -> Iterator[None]:
    with own_network():
        yield


@pytest.fixture
async def listener(network: None) -> AsyncIterator[Listener]:
    async with listening() as listener:
        yield listener


def configuration(folder: Path, *, host: str, announce: str = "true") -> Path:
    file = folder / "bridge.toml"
    file.write_text(CONFIGURATION.format(host=host, announce=announce))
    return file


@pytest.mark.parametrize(
    ("host", "address"),
    [("0.0.0.0", ADDRESS), (ADDRESS, ADDRESS), ("::", ADDRESS_6)],  # noqa: S104 - in a network of its own
)
async def test_a_client_finds_the_server_and_is_told_when_it_goes(
    listener: Listener, tmp_path: Path, host: str, address: str
) -> None:
    async with daemon(load(configuration(tmp_path, host=host))) as running:
        name = await listener.came()
        assert name.startswith("Music Locker @ ")
        assert await listener.address(name) == ([address], running.ready.mpd.port)
    assert await listener.went() == name


async def test_a_machine_may_have_a_name_of_any_length(
    listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "m" * 64)
    async with daemon(load(configuration(tmp_path, host=ADDRESS))) as running:
        name = await listener.came()
        assert await listener.address(name) == ([ADDRESS], running.ready.mpd.port)


async def test_nobody_hears_of_what_is_not_announced_or_for_this_machine_only(
    listener: Listener, tmp_path: Path
) -> None:
    async with daemon(load(configuration(tmp_path, host=ADDRESS, announce="false"))):
        pass
    async with daemon(load(configuration(tmp_path, host="127.0.0.1"))):
        pass
    async with daemon(load(configuration(tmp_path, host=ADDRESS))) as running:
        name = await listener.came()  # the first to be heard of
        assert await listener.address(name) == ([ADDRESS], running.ready.mpd.port)
