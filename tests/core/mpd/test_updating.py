"""Reading lockers anew, the job numbers of that, and what clients are told of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import override

import aiohttp
import pytest

from music_locker_core.hub import Core
from music_locker_core.models import Track
from tests.core.mpd.client import RawClient
from tests.core.mpd.conftest import Connect
from tests.core.mpd.shelf import TRACKS, ShelfLocker


class SlowLocker(ShelfLocker):
    """Give tracks when it is let, and a marker that never changes."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        super().__init__(session)
        self.let = asyncio.Semaphore(1)  # the first sync
        self.reads = 0

    @override
    async def change_marker(self) -> str | None:
        return "always the same"

    @override
    async def tracks(self) -> AsyncIterator[Sequence[Track]]:
        self.reads += 1
        await self.let.acquire()
        yield self.all_tracks


@pytest.fixture
async def locker() -> AsyncIterator[SlowLocker]:
    async with aiohttp.ClientSession() as session:
        yield SlowLocker(session)


async def no_update(client: RawClient) -> None:
    """Wait until nothing is read any more."""
    while "updating_db" in (await client.ask("status")).pairs:
        await client.ask("idle update")


async def test_a_job_is_in_status_until_it_is_done(connect: Connect, locker: SlowLocker) -> None:
    client, other = await connect(), await connect()
    other.send("idle\n")
    job = (await client.ask("rescan")).pairs["updating_db"]
    assert int(job) >= 1
    assert (await client.ask("status")).pairs["updating_db"] == job
    assert await other.answer() == ["changed: update", "OK"]
    other.send("idle\n")
    locker.let.release()
    assert await other.answer() == ["changed: update", "OK"]
    assert "updating_db" not in (await other.ask("status")).pairs


async def test_the_database_changes_only_if_it_is_another(client: RawClient, locker: SlowLocker) -> None:
    locker.let.release()
    await client.ask("rescan")
    await no_update(client)
    client.send("idle database\nnoidle\n")
    assert await client.answer() == ["OK"]
    locker.all_tracks = TRACKS[:2]
    locker.let.release()
    await client.ask("rescan")
    assert "changed: database" in await client.ask("idle database")
    assert len((await client.ask("listall")).values("file")) == 2


async def test_an_update_leaves_what_has_not_changed_and_a_rescan_reads_it(
    client: RawClient, locker: SlowLocker
) -> None:
    await client.ask("update")
    await no_update(client)
    assert locker.reads == 1
    locker.let.release()
    await client.ask("rescan Shelf/Björk")
    await no_update(client)
    assert locker.reads == 2


async def test_a_rescan_during_an_update_is_a_rescan(client: RawClient, core: Core, locker: SlowLocker) -> None:
    first = int((await client.ask("rescan")).pairs["updating_db"])
    second = int((await client.ask("rescan")).pairs["updating_db"])
    assert second == first + 1
    assert core.update_job == first
    locker.let.release()
    while core.update_job == first:
        await client.ask("idle update")
    assert core.update_job == second
    locker.let.release()
    await no_update(client)
    assert locker.reads == 3


async def test_a_path_is_read_in_its_own_locker_only(client: RawClient, core: Core, locker: SlowLocker) -> None:
    async with aiohttp.ClientSession() as session:
        other = SlowLocker(session)
        await core.add_locker("other", "Other", other)
        await client.ask("update Other")
        await no_update(client)
        await client.ask('update "Nowhere/at all"')
        await no_update(client)
        assert (locker.reads, other.reads) == (1, 1)


async def test_paths_are_those_of_mpd(client: RawClient) -> None:
    assert list((await client.ask("update nowhere")).pairs) == ["updating_db"]
    assert list((await client.ask("update /")).pairs) == ["updating_db"]
    for path in ("/Shelf", "Shelf/", "Shelf//x", "../Shelf", "./Shelf"):
        assert await client.ask(f"update {path}") == ["ACK [2@0] {update} Malformed path"]
