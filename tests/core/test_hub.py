"""Core as a whole, over a real locker server: lockers, syncs, players, and what outlives a restart."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from mpd_bridge.locker_server import Fault, LockerServer
from music_locker_core.errors import AuthenticationError, LockerConnectionError, LockerError
from music_locker_core.hub import Core, CoreEvent, PlayersChanged, UnknownLocker
from music_locker_core.library import CatalogChanged, LibraryError, SyncEnded, SyncStarted
from music_locker_core.lockers import create_adapter
from music_locker_core.lockers.base import Adapter
from music_locker_core.lockers.web import Retry
from tests.mpd_bridge.locker_server import audio
from tests.tools.fake_speaker import FakeSpeaker

USER, PASSWORD = "ann@example.com", "password"


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    audio.make(folder / "1.mp3", title="Eins", artist="Ann", album="Zahlen", tracknumber="1", cover=True)
    audio.make(folder / "2.mp3", title="Zwei", artist="Ann", album="Zahlen", tracknumber="2", cover=True)
    return folder


@pytest.fixture
async def server(music: Path, tmp_path: Path) -> AsyncIterator[LockerServer]:
    server = LockerServer(music, tmp_path / "server", password_cost=2)
    server.add_account(USER, PASSWORD)
    await server.start()
    yield server
    await server.close()


type Open = Callable[[], Awaitable[Core]]


@pytest.fixture
async def open_core(tmp_path: Path) -> AsyncIterator[Open]:
    """Open a core over the same folder each time; all are closed at the end."""
    async with AsyncExitStack() as stack:

        async def start() -> Core:
            core = await Core.open(tmp_path / "core")
            stack.push_async_callback(core.close)
            return core

        yield start


@pytest.fixture
async def core(open_core: Open) -> Core:
    return await open_core()


@pytest.fixture
def adapter(server: LockerServer, session: aiohttp.ClientSession) -> Adapter:
    return adapter_of(server, session)


def adapter_of(server: LockerServer, session: aiohttp.ClientSession, password: str = PASSWORD) -> Adapter:
    settings = {"url": server.url, "username": USER, "password": password, "partner_token": "1"}
    return create_adapter("mp3tunes", settings, session, Retry(delay=0.0))


async def test_a_sync_fills_the_catalog_and_tells_its_listeners(core: Core, adapter: Adapter) -> None:
    events: list[CoreEvent] = []
    core.subscribe(events.append)
    await core.add_locker("home", "Home", adapter)
    result = await core.sync("home")
    assert (result.tracks, result.albums, result.artists) == (2, 1, 1)
    assert [track.title for track in core.library.catalog.tracks] == ["Eins", "Zwei"]
    assert {SyncStarted, CatalogChanged, SyncEnded} <= {type(event) for event in events}


async def test_a_listener_that_left_hears_nothing(core: Core) -> None:
    events: list[CoreEvent] = []
    core.subscribe(events.append)()
    await core.add_player("kitchen", "Kitchen")
    assert events == []


async def test_a_sync_joins_the_one_that_runs(core: Core, adapter: Adapter) -> None:
    events: list[CoreEvent] = []
    core.subscribe(events.append)
    await core.add_locker("home", "Home", adapter)
    first, second = await asyncio.gather(core.sync("home"), core.sync("home"))
    assert first == second
    assert sum(isinstance(event, SyncStarted) for event in events) == 1


async def test_a_sync_that_runs_begins_once_more_for_those_who_have_changed_something(
    core: Core, server: LockerServer, adapter: Adapter
) -> None:
    events: list[CoreEvent] = []
    core.subscribe(events.append)
    begun = asyncio.Event()
    core.subscribe(lambda event: begun.set() if isinstance(event, SyncStarted) else None)
    await core.add_locker("home", "Home", adapter)
    fault = server.faults.add(Fault("lockerData", count=None, status=500))
    core.subscribe(lambda event: server.faults.remove(fault) if isinstance(event, SyncEnded) else None)
    core.start_sync()
    await begun.wait()
    result = await core.sync("home", again=True)
    assert result.tracks == 2
    ends = [event.error is None for event in events if isinstance(event, SyncEnded)]
    assert ends == [False, True]
    core.start_sync()
    await core.sync("home", again=True)  # which has read nothing yet
    assert sum(isinstance(event, SyncStarted) for event in events) == 3


async def test_an_update_has_a_job_number_while_it_runs(core: Core, adapter: Adapter) -> None:
    await core.add_locker("home", "Home", adapter)
    assert core.update_job is None
    job = core.start_sync()
    assert job >= 1
    assert core.update_job == job
    await core.sync("home")
    assert core.update_job is None
    assert core.start_sync() > job


async def test_a_sync_that_fails_raises_its_reason_and_keeps_what_is_known(
    core: Core, server: LockerServer, session: aiohttp.ClientSession
) -> None:
    await core.add_locker("home", "Home", adapter_of(server, session))
    await core.sync("home")
    await core.close_locker("home")
    await core.add_locker("home", "Home", adapter_of(server, session, "wrong"))
    with pytest.raises(AuthenticationError):
        await core.sync("home", force=True)
    await core.close_locker("home")
    await core.add_locker("home", "Home", adapter_of(server, session))
    await server.close()
    with pytest.raises(LockerConnectionError):
        await core.sync("home", force=True)
    assert len(core.library.catalog.tracks) == 2


async def test_an_index_that_cannot_be_written_says_nothing_of_the_service(core: Core, adapter: Adapter) -> None:
    await core.add_locker("home", "Home", adapter)
    assert core.reachable("home") is None
    await core.library.close()
    with pytest.raises(LibraryError):
        await core.sync("home")
    assert core.reachable("home") is None


async def test_a_service_that_is_away_is_logged_once_and_once_when_it_is_back(
    core: Core, server: LockerServer, adapter: Adapter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    await core.add_locker("home", "My locker", adapter)
    server.faults.add(Fault(status=401, count=None))
    for _ in range(3):
        with pytest.raises(LockerError):
            await core.sync("home")
    server.faults.clear()
    for _ in range(2):
        await core.sync("home")

    said = [record.getMessage() for record in caplog.records if record.name.endswith("core.open_locker")]
    assert len(said) == 2
    assert said[0].startswith("My locker cannot be read: ")
    assert said[1] == "My locker can be read again"


async def test_a_locker_with_an_interval_is_read_at_once(core: Core, adapter: Adapter) -> None:
    synced = asyncio.Event()
    core.subscribe(lambda event: synced.set() if isinstance(event, SyncEnded) else None)
    await core.add_locker("home", "Home", adapter, sync_interval=3600)
    async with asyncio.timeout(10):
        await synced.wait()
    assert len(core.library.catalog.tracks) == 2


async def test_a_locker_that_is_not_open_is_unknown(core: Core) -> None:
    with pytest.raises(UnknownLocker):
        core.adapter("nowhere")
    with pytest.raises(UnknownLocker):
        await core.sync("nowhere")


async def test_a_removed_locker_is_forgotten(core: Core, adapter: Adapter, open_core: Open) -> None:
    await core.add_locker("home", "Home", adapter)
    await core.sync("home")
    await core.remove_locker("home")
    assert list(core.library.catalog.tracks) == []
    assert list(core.locker_ids) == []
    await core.close()
    assert list((await open_core()).library.catalog.locker_ids) == []


async def test_a_player_without_an_output_has_its_live_stream(core: Core) -> None:
    events: list[CoreEvent] = []
    core.subscribe(events.append)
    player = await core.add_player("default", "Default")
    assert player.output is core.live_output("default")
    assert core.live_output("other") is None
    assert events == [PlayersChanged()]


async def test_a_player_s_queue_outlives_a_restart(core: Core, adapter: Adapter, open_core: Open) -> None:
    await core.add_locker("home", "Home", adapter)
    await core.sync("home")
    player = await core.add_player("kitchen", "Kitchen", FakeSpeaker("speaker"))
    player.add(core.library.catalog.tracks)
    await core.close()
    again = await open_core()
    restored = await again.add_player("kitchen", "Kitchen")
    assert [item.track.title for item in restored.queue.items if item.track] == ["Eins", "Zwei"]


async def test_what_was_played_at_the_very_end_is_counted(core: Core, adapter: Adapter, open_core: Open) -> None:
    await core.add_locker("home", "Home", adapter)
    await core.sync("home")
    speaker = FakeSpeaker("speaker")
    player = await core.add_player("kitchen", "Kitchen", speaker)
    await player.replace(core.library.catalog.tracks)
    speaker.end()
    await core.close()
    assert [track.title for track in (await open_core()).library.recently_played("home")] == ["Eins"]


async def test_a_removed_player_gives_back_its_outputs(core: Core) -> None:
    speaker = FakeSpeaker("speaker")
    await core.add_player("kitchen", "Kitchen", speaker)
    assert [output.id for output in core.outputs.given("kitchen")] == ["kitchen.live", "speaker"]
    await core.remove_player("kitchen")
    assert core.live_output("kitchen") is None
    assert speaker.listener is None


async def test_covers_are_fetched_behind_a_sync(core: Core, adapter: Adapter) -> None:
    await core.add_locker("home", "Home", adapter)
    await core.sync("home")
    artwork = next(album.artwork for album in core.library.catalog.albums("home"))
    assert artwork is not None
    async with asyncio.timeout(10):
        while not core.streams.cached_artwork("home", artwork):  # noqa: ASYNC110 - covers come without an event
            await asyncio.sleep(0)


async def test_the_installation_key_is_the_owner_s_alone_and_stays(open_core: Open, tmp_path: Path) -> None:
    await (await open_core()).close()
    key = tmp_path / "core" / "stream.key"
    assert key.stat().st_mode & 0o077 == 0
    before = key.read_bytes()
    await open_core()
    assert key.read_bytes() == before
