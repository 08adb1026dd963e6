"""A library in a test's own folder, and a locker of generated items."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from music_locker_core.library import Library
from tests.core.library.listed_locker import ListedLocker


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library.db"


@pytest.fixture
async def library(path: Path) -> AsyncIterator[Library]:
    opened = await Library.open(path)
    await opened.add_locker("one", "My music")
    yield opened
    await opened.close()


@pytest.fixture
async def locker() -> AsyncIterator[ListedLocker]:
    async with aiohttp.ClientSession() as session:
        yield ListedLocker(session)
