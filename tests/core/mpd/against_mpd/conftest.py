"""Everything here runs against a real MPD, and is slow for that."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_socket import enable_socket

from tests.core.mpd.against_mpd.both import Both, Client, clean
from tests.core.mpd.against_mpd.reference import Bridge, Mpd, demo_folder
from tests.tools.background import Background


@dataclass
class Pair:
    """Both servers, running; ``playlists`` are those of the locker, which both have."""

    mpd: Mpd
    bridge: Bridge
    playlists: dict[str, list[str]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    enable_socket()
    background = Background("against MPD")
    music = demo_folder()
    bridge = Bridge(tmp_path_factory.mktemp("ours"))
    mpd = Mpd(tmp_path_factory.mktemp("mpd"))
    try:
        background.wait(bridge.start(music))
        mpd.copy(bridge.files(music))
        mpd.start()
        playlists = background.wait(_prepare(mpd, bridge))
        mpd.write_playlists(playlists)
        yield Pair(mpd, bridge, playlists)
    finally:
        mpd.close()
        background.wait(bridge.close())
        background.close()


async def _prepare(mpd: Mpd, bridge: Bridge) -> dict[str, list[str]]:
    """Wait until MPD knows its music; return the songs of every playlist of the locker."""
    client = await Client.connect(mpd.port)
    await client.updated()
    await client.close()
    client = await Client.connect(bridge.port)
    playlists = {
        name: (await client.ask(f'listplaylist "{name}"')).values("file")
        for name in (await client.ask("listplaylists")).values("playlist")
    }
    await client.close()
    return playlists


@pytest.fixture
async def both(pair: Pair) -> AsyncIterator[Both]:
    """A connection to each of the servers, which are as at their start."""
    before = await Both.connect(pair.mpd.port, pair.bridge.port)
    await clean(before, frozenset(pair.playlists))
    pair.mpd.write_playlists(pair.playlists)  # where only MPD has let them be changed
    await before.close()
    both = await Both.connect(pair.mpd.port, pair.bridge.port)
    yield both
    await both.close()
