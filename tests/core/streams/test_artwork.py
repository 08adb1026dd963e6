"""Pictures of lockers."""

import asyncio
from pathlib import Path

import pytest
from mutagen.id3 import APIC, ID3

from music_locker_core.errors import LockerConnectionError, NotFound
from music_locker_core.streams.artwork import ArtworkCache, image_type
from music_locker_core.streams.cache import DiskCache
from tests.core.streams.conftest import LOCKER, MakeSite, Site
from tests.mpd_bridge.locker_server import audio


class Clock:
    now = 0.0

    def read(self) -> float:
        return self.now


PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


async def test_a_picture_is_fetched_once_and_its_type_is_seen_in_its_bytes(site: Site) -> None:
    site.locker.pictures["a1"] = PNG
    assert not site.streams.cached_artwork(LOCKER, "a1")
    for _ in range(2):
        picture = await site.streams.artwork(LOCKER, "a1")
        assert (picture.content, picture.mime_type) == (PNG, "image/png")
    assert site.streams.cached_artwork(LOCKER, "a1")
    assert site.locker.artwork_requests == ["a1"]


async def test_a_picture_is_the_same_to_its_end(site: Site, tmp_path: Path) -> None:
    site.locker.pictures["a1"] = PNG
    first = await site.streams.artwork(LOCKER, "a1")
    site.locker.pictures["a1"] = PNG + PNG
    for kept in (tmp_path / "cache" / "artwork").iterdir():
        kept.unlink()
    assert await site.streams.artwork(LOCKER, "a1") is first


async def test_pictures_in_memory_are_few(site: Site) -> None:
    large = PNG + bytes(5 * 1024 * 1024)
    for name in ("a1", "a2"):
        site.locker.pictures[name] = large
    first = await site.streams.artwork(LOCKER, "a1")
    await site.streams.artwork(LOCKER, "a2")
    assert await site.streams.artwork(LOCKER, "a1") is not first


async def test_the_picture_inside_a_file_is_had_once_the_whole_file_is(site: Site, tmp_path: Path) -> None:
    file = audio.make(tmp_path / "song.mp3", title="Song")
    tags = ID3(file)
    tags.add(APIC(mime="text/plain", type=3, data=b"no picture"))
    tags.add(APIC(mime="image/png", type=4, desc="back", data=PNG))
    tags.save(file)
    track = site.add("song", file.read_bytes())
    plain = site.add("plain", b"no music at all")
    assert await site.streams.embedded_artwork(track) is None
    assert not site.locker.opened
    for each in (track, plain):
        async for _ in site.streams.read(each):
            pass
    assert await site.streams.embedded_artwork(plain) is None
    for _ in range(2):
        picture = await site.streams.embedded_artwork(track)
        assert picture is not None
        assert (picture.content, picture.mime_type) == (PNG, "image/png")


async def test_a_picture_survives_a_restart_and_a_service_that_is_down(make_site: MakeSite) -> None:
    site = await make_site()
    site.locker.pictures["a1"] = PNG
    await site.streams.artwork(LOCKER, "a1")
    await site.streams.close()
    again = await make_site()
    again.connected = False
    assert again.streams.cached_artwork(LOCKER, "a1")
    assert (await again.streams.artwork(LOCKER, "a1")).content == PNG


async def test_parallel_requests_share_one_fetch_which_outlives_those_that_gave_up(site: Site) -> None:
    site.locker.pictures["a1"] = PNG
    site.locker.artwork_released.clear()
    asking = [asyncio.create_task(site.streams.artwork(LOCKER, "a1")) for _ in range(5)]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await site.streams.artwork(LOCKER, "a1")
    asking[0].cancel()
    site.locker.artwork_released.set()
    assert {picture.content for picture in await asyncio.gather(*asking[1:])} == {PNG}
    assert site.locker.artwork_requests == ["a1"]


async def test_what_has_no_picture_is_not_asked_for_again_for_a_while(
    site: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    clock = Clock()
    disk = DiskCache(tmp_path_factory.mktemp("pictures"), 1000)
    await disk.open()
    artwork = ArtworkCache(disk, lambda _: site.locker, clock=clock.read)
    for clock.now in (0.0, 3000.0):
        with pytest.raises(NotFound):
            await artwork.get(LOCKER, "a1")
    assert site.locker.artwork_requests == ["a1"]
    site.locker.pictures["a1"] = PNG
    clock.now = 4000.0
    assert (await artwork.get(LOCKER, "a1")).content == PNG
    await artwork.close()


async def test_a_service_that_is_down_is_asked_again_soon(site: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    clock = Clock()
    disk = DiskCache(tmp_path_factory.mktemp("pictures"), 1000)
    await disk.open()
    artwork = ArtworkCache(disk, lambda _: site.locker, clock=clock.read)
    site.locker.pictures["a1"] = PNG
    site.locker.errors = [LockerConnectionError()]
    for clock.now in (0.0, 10.0):
        with pytest.raises(LockerConnectionError):
            await artwork.get(LOCKER, "a1")
    clock.now = 20.0
    assert (await artwork.get(LOCKER, "a1")).content == PNG
    await artwork.close()


async def test_an_answer_that_is_no_picture_is_none(site: Site) -> None:
    site.locker.pictures["a1"] = b"<html>Not found</html>"
    with pytest.raises(NotFound):
        await site.streams.artwork(LOCKER, "a1")
    assert not site.streams.cached_artwork(LOCKER, "a1")


async def test_closing_ends_a_fetch(site: Site) -> None:
    site.locker.artwork_released.clear()
    asking = asyncio.create_task(site.streams.artwork(LOCKER, "a1"))
    async with asyncio.timeout(10):
        await site.locker.artwork_asked.wait()
    await site.streams.close()
    with pytest.raises(LockerConnectionError):
        await asking
    with pytest.raises(LockerConnectionError):
        await site.streams.artwork(LOCKER, "a2")


async def test_a_locker_that_is_not_connected_has_no_pictures_now(site: Site) -> None:
    with pytest.raises(LockerConnectionError):
        await site.streams.artwork("other", "a1")


@pytest.mark.parametrize(
    ("content", "mime_type"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x1cftypavif", "image/avif"),
        (b"", None),
        (b"RIFF\0\0\0\0WAVE", None),
    ],
)
def test_the_first_bytes_tell_the_type(content: bytes, mime_type: str | None) -> None:
    assert image_type(content) == mime_type
