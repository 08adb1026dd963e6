"""Sending files: what is taken is in the locker once, and what is not is told why."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from music_locker_core.errors import LockerConnectionError, LockerError, ServiceError, UploadRejected
from music_locker_core.lockers.base import Capability, UploadMetadata
from tests.conformance import files
from tests.conformance.folder import NEW, SONGS
from tests.conformance.harness import Site
from tests.conformance.subject import Call

pytestmark = pytest.mark.needs(Capability.UPLOAD)
TITLES = sorted(song.title for song in SONGS)


async def titles(site: Site) -> list[str]:
    """All titles that the service lists, those that come twice twice."""
    await site.look()
    return sorted([track.title async for page in site.adapter.tracks() for track in page])


def copies(site: Site, content: bytes) -> int:
    """How often the folder holds a file."""
    return sum(path.read_bytes() == content for path in site.music.rglob("*.*") if path.is_file())


async def test_a_file_that_was_sent_is_listed_and_plays(site: Site, tmp_path: Path) -> None:
    song = files.song(tmp_path)
    told: list[tuple[int, int]] = []
    sent = await site.adapter.upload(song, progress=lambda sent, total: told.append((sent, total)))
    size = song.stat().st_size
    assert told[-1] == (size, size)
    assert told == sorted(told)
    track = (await site.tracks())[NEW.title]
    assert (track.artist, track.album) == (NEW.artist, NEW.album)
    assert sent.track_id in {None, track.id}
    async with site.adapter.stream(track.id) as reader:
        assert b"".join([chunk async for chunk in reader.chunks]) == song.read_bytes()
    assert await titles(site) == sorted([*TITLES, NEW.title])


async def test_given_metadata_overrides_the_tags(site: Site, tmp_path: Path) -> None:
    given = UploadMetadata(title="Größer, 大きい", artist="歌手", album="Two\nlines", number=7, year=2001)
    await site.adapter.upload(files.song(tmp_path), given)
    track = (await site.tracks())["Größer, 大きい"]
    assert (track.artist, track.album) == ("歌手", "Two lines")


async def test_a_file_that_is_sent_twice_is_there_once(site: Site, tmp_path: Path) -> None:
    song = files.song(tmp_path)
    sent = [await site.adapter.upload(song), await site.adapter.upload(song)]
    assert sent[0].track_id == sent[1].track_id
    assert await titles(site) == sorted([*TITLES, NEW.title])
    assert copies(site, song.read_bytes()) == 1


@pytest.mark.row("X6")
@pytest.mark.parametrize(
    "fault",
    [
        {"lose_answer": True},
        {"drop_after": 100},
        {"expire_sessions": True},
        {"latency": 0.05},
        {"lose_answer": True, "expire_sessions": True},
    ],
    ids=str,
)
async def test_an_upload_that_meets_trouble_once_is_neither_lost_nor_doubled(
    site: Site, tmp_path: Path, fault: dict[str, object]
) -> None:
    song = files.song(tmp_path)
    await site.break_next(Call.UPLOAD, **fault)
    await site.adapter.upload(song)
    assert await titles(site) == sorted([*TITLES, NEW.title])
    assert copies(site, song.read_bytes()) == 1


async def test_an_upload_that_fails_for_good_says_so_and_leaves_nothing(site: Site, tmp_path: Path) -> None:
    song = files.song(tmp_path)
    for fault, error in (
        ({"drop_after": 100}, LockerConnectionError),
        ({"status": 500}, ServiceError),
        ({"body": "html"}, ServiceError),
    ):
        await site.break_next(Call.UPLOAD, count=None, **fault)
        with pytest.raises(error):
            await site.adapter.upload(song)
        await site.mend()
        assert await titles(site) == TITLES, fault
        assert copies(site, song.read_bytes()) == 0


async def test_a_file_whose_answer_is_always_lost_is_there_once(site: Site, tmp_path: Path) -> None:
    """It is an error where the service cannot be asked whether it has arrived."""
    await site.break_next(Call.UPLOAD, count=None, lose_answer=True)
    with suppress(LockerConnectionError):
        await site.adapter.upload(files.song(tmp_path))
    assert await titles(site) == sorted([*TITLES, NEW.title])


async def test_each_reason_not_to_take_a_file_is_told(site: Site, tmp_path: Path) -> None:
    for refusal in site.subject.refusals:
        folder = tmp_path / refusal.name
        folder.mkdir()
        path = refusal.make(folder)
        async with site.refusing(refusal.state) as adapter:
            before = await site.asked(Call.UPLOAD)
            with pytest.raises(refusal.error) as refused:
                await adapter.upload(path)
            if not refusal.sent:
                assert await site.asked(Call.UPLOAD) == before, refusal.name
        assert refusal.code in {refused.value.code, None}, refusal.name
        if isinstance(refused.value, UploadRejected):
            assert refused.value.reason == refusal.reason, refusal.name
        assert str(refused.value), refusal.name
        assert str(tmp_path) not in str(refused.value), refusal.name
    assert await titles(site) == TITLES


async def test_a_file_that_changes_while_it_is_sent_is_one_clear_error(site: Site, tmp_path: Path) -> None:
    song = files.song(tmp_path)

    def empty(_sent: int, _total: int) -> None:
        song.write_bytes(b"")

    song.write_bytes(song.read_bytes() + bytes(1_000_000))
    with pytest.raises(LockerError):
        await site.adapter.upload(song, progress=empty)
    assert await titles(site) == TITLES


async def test_an_upload_that_is_cancelled_leaves_nothing(site: Site, tmp_path: Path) -> None:
    song = files.song(tmp_path)
    song.write_bytes(song.read_bytes() + bytes(4_000_000))
    begun = asyncio.Event()
    await site.break_next(Call.UPLOAD, latency=30)
    upload = asyncio.create_task(site.adapter.upload(song, progress=lambda _sent, _total: begun.set()))
    await begun.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload
    assert await titles(site) == TITLES
