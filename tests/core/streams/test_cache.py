"""What stays on disk, and for how long."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from music_locker_core.errors import LockerConnectionError, NotFound
from music_locker_core.models import Track
from music_locker_core.streams.feeds import cache_name
from tests.core.streams.conftest import LOCKER, MakeSite, Site

TRACK = Track("t1", "Title", locker=LOCKER)


async def read(site: Site, track: Track, offset: int = 0) -> bytes:
    return b"".join([chunk async for chunk in site.streams.read(track, offset)])


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - a file that appears has no event
            await asyncio.sleep(0.001)


def files(tmp_path: Path) -> list[str]:
    return sorted(item.name for item in (tmp_path / "cache" / "tracks").iterdir())


async def test_a_cached_track_plays_with_the_service_down_also_after_a_restart(
    make_site: MakeSite, megabyte: bytes
) -> None:
    site = await make_site()
    track = site.add(content=megabyte)
    assert await read(site, track) == megabyte
    site.connected = False
    assert await read(site, track, 1000) == megabyte[1000:]
    await site.streams.close()
    again = await make_site()
    again.connected = False
    assert await read(again, track) == megabyte


async def test_a_part_of_a_track_is_not_kept_over_a_restart(
    make_site: MakeSite, megabyte: bytes, tmp_path: Path
) -> None:
    site = await make_site()
    track = site.add(content=megabyte)
    site.locker.hold_at = 100_000
    async with aclosing(site.streams.read(track)) as chunks:
        await anext(chunks)
        await site.streams.close()
    assert files(tmp_path)[0].endswith(".part")
    again = await make_site()
    assert files(tmp_path) == []
    again.add(content=megabyte)
    assert await read(again, track) == megabyte
    assert again.locker.opened == [0]


@pytest.mark.parametrize(
    "changed", [replace(TRACK, size=5), replace(TRACK, modified=datetime(2026, 11, 21, tzinfo=UTC))]
)
async def test_a_track_that_the_library_saw_change_is_fetched_anew(site: Site, megabyte: bytes, changed: Track) -> None:
    site.locker.files["t1"] = megabyte
    assert await read(site, TRACK) == megabyte
    site.locker.files["t1"] = b"other"
    assert await read(site, changed) == b"other"


async def test_the_longest_unused_tracks_go_first(make_site: MakeSite, tmp_path: Path) -> None:
    site = await make_site(limit=40_000)
    tracks = [site.add(f"t{number}", bytes(10_000)) for number in range(4)]
    for track in tracks[:3]:
        await read(site, track)
    await read(site, tracks[0])
    await read(site, tracks[3])
    await until(lambda: len(files(tmp_path)) == 3)
    site.connected = False
    for track in (tracks[0], tracks[2], tracks[3]):
        assert await read(site, track) == bytes(10_000)
    with pytest.raises(LockerConnectionError):
        await read(site, tracks[1])


async def test_a_track_larger_than_the_cache_plays_and_is_not_kept(
    make_site: MakeSite, megabyte: bytes, tmp_path: Path
) -> None:
    site = await make_site(limit=100_000)
    assert await read(site, site.add(content=megabyte)) == megabyte
    await until(lambda: files(tmp_path) == [])


async def test_a_track_in_use_is_not_evicted(make_site: MakeSite, megabyte: bytes) -> None:
    site = await make_site(limit=100_000)
    first, second = site.add("t1", megabyte), site.add("t2", megabyte)
    async with aclosing(site.streams.read(first)) as chunks:
        received = await anext(chunks)
        assert await read(site, second) == megabyte
        received += b"".join([chunk async for chunk in chunks])
    assert received == megabyte
    assert site.locker.opened == [0, 0]


async def test_a_damaged_file_is_fetched_anew(make_site: MakeSite, megabyte: bytes, tmp_path: Path) -> None:
    site = await make_site()
    track = site.add(content=megabyte)
    await read(site, track)
    (name,) = files(tmp_path)
    await site.streams.close()
    again = await make_site()
    again.add(content=megabyte)
    (tmp_path / "cache" / "tracks" / name).write_bytes(megabyte[:99])
    assert await read(again, track) == megabyte
    assert again.locker.opened == [0]


async def test_what_nobody_wants_is_not_fetched_on(site: Site, megabyte: bytes) -> None:
    track = site.add(content=megabyte)
    site.locker.hold_at = 100_000
    async with aclosing(site.streams.read(track)) as chunks:
        await anext(chunks)
        assert not site.locker.ended.is_set()
    async with asyncio.timeout(10):
        await site.locker.ended.wait()
    site.locker.hold_at = None
    assert await read(site, track) == megabyte
    assert site.locker.opened[0] == 0
    assert len(site.locker.opened) == 2
    assert site.locker.opened[1] > 0


async def test_what_is_nearly_done_is_fetched_to_its_end(site: Site, megabyte: bytes) -> None:
    track = site.add(content=megabyte)
    site.locker.hold_at = 1_000_000
    received = 0
    async with aclosing(site.streams.read(track)) as chunks:
        while received < 1_000_000:
            received += len(await anext(chunks))
    site.locker.released.set()
    async with asyncio.timeout(10):
        await site.locker.ended.wait()
    site.connected = False
    assert await read(site, track) == megabyte


async def test_the_next_track_is_fetched_ahead(site: Site, megabyte: bytes, tmp_path: Path) -> None:
    track = site.add(content=megabyte)
    site.streams.prefetch(track)
    site.streams.prefetch(track)
    await until(lambda: len(files(tmp_path)) == 1 and not files(tmp_path)[0].endswith(".part"))
    site.connected = False
    assert await read(site, track) == megabyte
    assert site.locker.opened == [0]


async def test_only_the_latest_of_many_is_fetched_ahead(site: Site, megabyte: bytes) -> None:
    site.locker.hold_at = 100_000
    for number in range(5):
        site.streams.prefetch(site.add(f"t{number}", megabyte))
    site.locker.released.set()
    site.streams.prefetch(replace(site.add("gone", b""), id="absent"))
    await site.streams.close()


async def test_reading_a_track_that_is_gone_tells_so(site: Site) -> None:
    track = site.add(content=b"x")
    del site.locker.files["t1"]
    with pytest.raises(NotFound):
        await read(site, track)


@pytest.mark.parametrize("tells_length", [True, False])
async def test_a_fill_that_was_ended_at_its_last_byte_needs_no_more_than_that(
    make_site: MakeSite, megabyte: bytes, tmp_path: Path, tells_length: bool
) -> None:
    """The next reader finds a part that is whole already, and a service that refuses to begin at the end."""
    site = await make_site()
    site.locker.tells_length = tells_length
    site.locker.refuses_end = True
    track = site.add(content=megabyte)
    lease = site.streams._cache.lease(cache_name(track))
    await lease.append(megabyte)
    await site.streams._cache.release(lease)
    assert await read(site, track) == megabyte
    assert site.locker.opened == [len(megabyte) - 1]
