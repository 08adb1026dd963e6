"""These tests speak real HTTP and MPD over the loopback."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from hypothesis import settings

from tests.core.bag import Bag

# Each run has examples of its own: many runs find what one of twice the length does.
settings.register_profile("unit", settings(), max_examples=50)
settings.load_profile("unit")


@pytest.fixture(autouse=True)
def _loopback_sockets(socket_enabled: None) -> None:
    """Take back the test plugin's ban on sockets."""


@pytest.fixture(autouse=True)
def disable_http_server() -> None:
    """Take back the test plugin's patch of a Home Assistant that is not here."""


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def bag(tmp_path: Path, session: aiohttp.ClientSession) -> AsyncIterator[Bag]:
    """Run a service over HTTP, with four tracks."""
    bag = Bag(tmp_path, session)
    await bag.start()
    yield bag
    await bag.close()
