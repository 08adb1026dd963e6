from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest

from music_locker_core.hub import Core
from music_locker_core.mpd.server import MpdServer
from music_locker_core.playback.player import Player
from tests.core.mpd.client import RawClient
from tests.core.mpd.shelf import ShelfLocker
from tests.core.mpd.speaker import Speaker

type Connect = Callable[[], Awaitable[RawClient]]


@pytest.fixture
async def locker() -> AsyncIterator[ShelfLocker]:
    async with aiohttp.ClientSession() as session:
        yield ShelfLocker(session)


@pytest.fixture
async def core(tmp_path: Path, locker: ShelfLocker) -> AsyncIterator[Core]:
    core = await Core.open(tmp_path)
    await core.add_locker("shelf", "Shelf", locker)
    await core.sync("shelf")
    yield core
    await core.close()


@pytest.fixture
def speaker() -> Speaker:
    return Speaker("speaker.default", "Speaker")


@pytest.fixture
async def player(core: Core, speaker: Speaker) -> Player:
    return await core.add_player("default", "Default", speaker)


@pytest.fixture
async def kitchen(core: Core) -> Player:
    return await core.add_player("kitchen", "Kitchen", Speaker("speaker.kitchen", "Kitchen"))


@pytest.fixture
async def server(core: Core, player: Player, kitchen: Player) -> AsyncIterator[MpdServer]:
    server = MpdServer(core, host="127.0.0.1", port=0)
    await server.start()
    yield server
    await server.close()


@pytest.fixture
async def connect(server: MpdServer) -> AsyncIterator[Connect]:
    clients: list[RawClient] = []

    async def connect() -> RawClient:
        clients.append(await RawClient.connect(server.port))
        return clients[-1]

    yield connect
    for client in clients:
        await client.close()


@pytest.fixture
async def client(connect: Connect) -> RawClient:
    return await connect()
