"""A disk that is full, gone or broken costs the cache, never the listener."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from music_locker_core.models import Track
from music_locker_core.streams.feeds import cache_name
from tests.core.streams.conftest import LOCKER, MakeSite, Site

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@contextmanager
def files_of_at_most(count: int) -> Iterator[None]:
    """Let no file of this process grow larger than ``count`` bytes: what a full disk is to the one who writes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (count, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def full_disk(tmp_path: Path, track: Track) -> None:
    """Let the disk be full for this track: the kernel's own device for that takes its place."""
    (tmp_path / "cache" / "tracks" / f"{cache_name(track)}.part").symlink_to("/dev/full")


async def get(site: Site, track: Track, **headers: str) -> tuple[int, bytes]:
    async with site.http.get(site.url(track), headers=headers) as response:
        return response.status, await response.read()


async def kept(site: Site, track: Track) -> None:
    """Have a track in the cache, whole."""
    async with site.streams.feed(track) as feed:
        await feed.completed()


@pytest.mark.parametrize("ranges", [True, False], ids=["ranges", "no ranges"])
@pytest.mark.parametrize("tells_length", [True, False], ids=["length", "no length"])
async def test_a_disk_that_fills_up_on_the_way_is_not_heard(
    site: Site, megabyte: bytes, caplog: pytest.LogCaptureFixture, ranges: bool, tells_length: bool
) -> None:
    site.locker.ranges, site.locker.tells_length = ranges, tells_length
    track = site.add(content=megabyte)
    with files_of_at_most(294_912):
        assert await get(site, track) == (200, megabyte)
    assert site.locker.opened == [0, 294_912]
    assert [record.levelname for record in caplog.records if record.name.endswith("streams.feed")] == ["WARNING"]
    assert "File too large" in caplog.text


async def test_a_full_disk_is_not_heard_in_ranges_and_by_many(site: Site, megabyte: bytes, tmp_path: Path) -> None:
    track = site.add(content=megabyte)
    full_disk(tmp_path, track)
    assert await get(site, track, Range="bytes=-1000") == (206, megabyte[-1000:])
    assert await get(site, track, Range="bytes=1000-1999") == (206, megabyte[1000:2000])
    assert await get(site, track) == (200, megabyte)
    async with site.streams.feed(track) as feed:
        received = [b"".join([chunk async for chunk in feed.read(start)]) for start in (0, 5, len(megabyte))]
    assert received == [megabyte, megabyte[5:], b""]


async def test_a_service_that_breaks_off_while_the_disk_is_full_is_not_heard_either(
    site: Site, megabyte: bytes, tmp_path: Path
) -> None:
    track = site.add(content=megabyte)
    full_disk(tmp_path, track)
    site.locker.drop_at = [100, 400_000, len(megabyte) - 1]
    assert await get(site, track) == (200, megabyte)


async def test_what_is_unused_goes_before_the_cache_is_given_up(
    make_site: MakeSite, megabyte: bytes, tmp_path: Path
) -> None:
    """The disk belongs to others too."""
    before = await make_site()
    first = before.add("first", megabyte)
    await kept(before, first)
    await before.streams.close()
    site = await make_site()
    second = site.add("second", megabyte)
    full_disk(tmp_path, second)
    assert (await get(site, second))[1] == megabyte
    assert not (tmp_path / "cache" / "tracks" / cache_name(first)).exists()


async def test_once_there_is_room_again_tracks_are_kept_again(site: Site, megabyte: bytes) -> None:
    track = site.add(content=megabyte)
    with files_of_at_most(294_912):
        assert await get(site, track) == (200, megabyte)
    again = site.add("t2", megabyte)
    assert await get(site, again) == (200, megabyte)
    site.connected = False
    assert await get(site, again) == (200, megabyte)


async def test_a_cache_folder_that_is_gone_is_not_heard(site: Site, megabyte: bytes, tmp_path: Path) -> None:
    (tmp_path / "cache" / "tracks").rmdir()
    assert await get(site, site.add(content=megabyte)) == (200, megabyte)


async def test_a_cached_file_that_cannot_be_read_is_fetched_from_the_service(
    make_site: MakeSite, megabyte: bytes, tmp_path: Path
) -> None:
    before = await make_site()
    await kept(before, before.add(content=megabyte))
    await before.streams.close()
    site = await make_site()
    track = site.add(content=megabyte)
    path = tmp_path / "cache" / "tracks" / cache_name(track)
    path.unlink()
    path.mkdir()
    assert await get(site, track) == (200, megabyte)
    path.rmdir()


async def test_fetching_ahead_on_a_full_disk_harms_nobody(site: Site, megabyte: bytes, tmp_path: Path) -> None:
    track = site.add(content=megabyte)
    full_disk(tmp_path, track)
    site.streams.prefetch(track)
    assert await get(site, track) == (200, megabyte)


async def test_a_picture_that_cannot_be_kept_is_shown(
    site: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache" / "artwork").rmdir()
    for name in ("a1", "a2"):
        site.locker.pictures[name] = PNG
        assert (await site.streams.artwork(LOCKER, name)).content == PNG
        assert not site.streams.cached_artwork(LOCKER, name)
    assert caplog.text.count("picture cache cannot be written") == 1
    (tmp_path / "cache" / "artwork").mkdir()
    site.locker.pictures["a3"] = PNG
    await site.streams.artwork(LOCKER, "a3")
    assert site.streams.cached_artwork(LOCKER, "a3")


async def test_a_picture_that_went_from_the_disk_is_fetched_again(site: Site, tmp_path: Path) -> None:
    site.locker.pictures["a1"] = PNG
    await site.streams.prefetch_artwork(LOCKER, "a1")
    (kept,) = (tmp_path / "cache" / "artwork").iterdir()
    kept.unlink()
    assert (await site.streams.artwork(LOCKER, "a1")).content == PNG
    assert site.locker.artwork_requests == ["a1", "a1"]


async def test_what_lies_in_the_cache_folder_and_is_no_file_of_it_is_left_alone(
    make_site: MakeSite, megabyte: bytes, tmp_path: Path
) -> None:
    folder = tmp_path / "cache" / "tracks"
    (folder / "somebody's").mkdir(parents=True)
    (folder / "empty").touch()
    site = await make_site()
    assert (await get(site, site.add(content=megabyte)))[1] == megabyte
    assert (folder / "somebody's").is_dir()
    assert not (folder / "empty").exists()
