"""Uploads: what is checked before, what is sent, and each refusal of the service."""

import hashlib
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mpd_bridge.locker_server import Fault, Mp3tunesOptions
from mpd_bridge.locker_server.faults import WrongBody
from music_locker_core.errors import (
    AuthenticationError,
    LockerConnectionError,
    LockerError,
    QuotaExceeded,
    RateLimited,
    ServiceError,
    UploadReason,
    UploadRejected,
)
from music_locker_core.lockers.base import UploadMetadata
from music_locker_core.lockers.mp3tunes_upload import LARGEST_FILE
from music_locker_core.models import Track
from tests.core.lockers import sounds
from tests.core.lockers.conftest import READER, TOKEN, Connect, Locker


async def tracks(locker: Locker) -> dict[str, Track]:
    return {track.id: track async for page in locker.adapter.tracks() for track in page}


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return sounds.make(tmp_path / "new/Grüße, 日本.mp3", seconds=0.5, tags={"title": "As tagged", "artist": "Tagged"})


def big(path: Path, size: int) -> Path:
    """Write a file of this size that begins as music does; the rest is a hole."""
    path.write_bytes(sounds.encoded("mp3"))
    with path.open("r+b") as file:
        file.truncate(size)
    return path


@pytest.mark.row("M51")
@pytest.mark.row("M52", side="adapter")
@pytest.mark.row("M53", side="adapter")
@pytest.mark.row("M61", side="adapter")
@pytest.mark.row("M62", side="adapter")
async def test_an_upload_is_one_put_under_the_files_md5(locker: Locker, song: Path) -> None:
    told: list[tuple[int, int]] = []
    key = (await locker.adapter.upload(song, progress=lambda sent, total: told.append((sent, total)))).track_id
    body = song.read_bytes()
    assert key == hashlib.md5(body, usedforsecurity=False).hexdigest()
    (put,) = locker.calls("lockerPut")
    assert (put.verb, put.url.path) == ("PUT", f"/storage/lockerPut/{key}")
    assert set(put.url.query) == {"output", "sid", "partner_token"}
    assert (put.url.query["output"], put.url.query["partner_token"]) == ("xml", TOKEN)
    assert told[-1] == (len(body), len(body))
    assert (await tracks(locker))[key].title == "As tagged"
    async with locker.adapter.stream(key) as reader:
        assert b"".join([chunk async for chunk in reader.chunks]) == body


@pytest.mark.row("M56", side="adapter")
@pytest.mark.row("M57", side="adapter")
async def test_an_upload_tells_the_files_name_in_utf_8_and_its_crc(locker_v1: Locker, song: Path) -> None:
    key = (await locker_v1.adapter.upload(song)).track_id
    (put,) = locker_v1.calls("lockerPut")
    assert put.headers["X-MP3tunes-CRC"] == f"{zlib.crc32(song.read_bytes()):08x}"
    assert key is not None
    assert (await tracks(locker_v1))[key].file_name == "Grüße, 日本.mp3"


@pytest.mark.row("M58", side="adapter")
@pytest.mark.row("M59", side="adapter")
@pytest.mark.row("M60", side="adapter")
async def test_given_metadata_overrides_the_files_tags(locker: Locker, song: Path) -> None:
    given = UploadMetadata(title="Größer", artist="歌手", album="Album\nin two lines", number=7, year=2001)
    track = (await tracks(locker))[key] if (key := (await locker.adapter.upload(song, given)).track_id) else None
    assert track is not None
    assert (track.title, track.artist, track.album, track.number, track.year) == (
        "Größer",
        "歌手",
        "Album in two lines",
        7,
        2001,
    )


@pytest.mark.row("M54", side="adapter")
@pytest.mark.parametrize("suffix", ["mp3", "m4a", "mp4", "ogg", "flv", "MP3"])
async def test_the_valid_types_are_taken(locker_v1: Locker, tmp_path: Path, suffix: str) -> None:
    kind = {"mp4": "m4a", "MP3": "mp3"}.get(suffix, suffix)
    path = tmp_path / f"song.{suffix}"
    path.write_bytes(sounds.silence_of(kind) if kind == "flv" else sounds.encoded(kind, 0.6))
    assert (await locker_v1.adapter.upload(path)).track_id in await tracks(locker_v1)


@pytest.mark.row("M54", side="adapter")
@pytest.mark.row("M55", side="adapter")
@pytest.mark.row("M65")
@pytest.mark.parametrize("name", ["a.flac", "a.alac", "a.wav", "a.txt", "mp3", "a.mp3.part"])
async def test_other_types_are_rejected_before_anything_is_sent(locker_v1: Locker, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(sounds.silence_of("flac"))
    locker_v1.sent.clear()
    with pytest.raises(UploadRejected, match="not one of flv, m4a, mp3, mp4, ogg") as refusal:
        await locker_v1.adapter.upload(tmp_path / name)
    assert refusal.value.reason == UploadReason.FORMAT
    assert locker_v1.sent == []


@pytest.mark.row("M65")
async def test_an_empty_file_is_rejected_before_anything_is_sent(locker_v1: Locker, tmp_path: Path) -> None:
    (tmp_path / "a.mp3").touch()
    locker_v1.sent.clear()
    with pytest.raises(UploadRejected, match="empty") as refusal:
        await locker_v1.adapter.upload(tmp_path / "a.mp3")
    assert (refusal.value.reason, locker_v1.sent) == (UploadReason.EMPTY, [])


@pytest.mark.row("M64", side="adapter")
@pytest.mark.row("M65")
async def test_a_file_over_20_megabytes_is_rejected_before_anything_is_sent(locker_v1: Locker, tmp_path: Path) -> None:
    locker_v1.sent.clear()
    with pytest.raises(UploadRejected, match="larger than 20 MB") as refusal:
        await locker_v1.adapter.upload(big(tmp_path / "a.mp3", LARGEST_FILE + 1))
    assert (refusal.value.reason, locker_v1.sent) == (UploadReason.TOO_LARGE, [])


@pytest.mark.row("M64", side="adapter")
async def test_a_file_of_just_20_megabytes_is_taken(locker_v1: Locker, tmp_path: Path) -> None:
    key = (await locker_v1.adapter.upload(big(tmp_path / "a.mp3", LARGEST_FILE))).track_id
    assert key is not None
    assert (await tracks(locker_v1))[key].size == LARGEST_FILE


async def test_a_file_that_cannot_be_read_is_told_by_its_name(locker_v1: Locker, tmp_path: Path) -> None:
    with pytest.raises(LockerError, match=r"^gone\.mp3 cannot be read: No such file"):
        await locker_v1.adapter.upload(tmp_path / "gone.mp3")


@pytest.mark.row("M76", side="adapter")
@pytest.mark.parametrize(
    ("size", "expected_lingering_tasks"),
    [(60_000, False), (6_000_000, True)],  # aiohttp's server reads a refused body on for a while
)
async def test_a_file_that_is_too_large_for_the_service_is_rejected(
    connect: Connect, tmp_path: Path, size: int
) -> None:
    locker = await connect(options=Mp3tunesOptions(partner_tokens=frozenset({TOKEN}), file_limit=10_000))
    with pytest.raises(UploadRejected, match="File Too Large Error") as refusal:
        await locker.adapter.upload(big(tmp_path / "a.mp3", size))
    assert (refusal.value.reason, refusal.value.code) == (UploadReason.TOO_LARGE, 413001)


@pytest.mark.row("M77", side="adapter")
async def test_a_full_locker_is_its_own_error(connect: Connect, song: Path) -> None:
    locker = await connect(options=Mp3tunesOptions(partner_tokens=frozenset({TOKEN}), capacity=1))
    with pytest.raises(QuotaExceeded, match="Locker Full") as refusal:
        await locker.adapter.upload(song)
    assert refusal.value.code == 413002


@pytest.mark.row("M70", side="adapter")
async def test_an_account_that_may_only_read_is_refused(connect: Connect, song: Path) -> None:
    locker = await connect(settings={"username": READER})
    with pytest.raises(AuthenticationError, match="Not Authorized") as refusal:
        await locker.adapter.upload(song)
    assert refusal.value.code == 401003
    assert len(locker.calls("lockerPut")) == 1


@pytest.mark.row("M73", side="adapter")
@pytest.mark.row("X6")
async def test_a_file_that_only_looks_like_music_is_rejected_by_the_service(locker_v1: Locker, tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"no music at all" * 50)
    with pytest.raises(UploadRejected, match="File Format Unsupported") as refusal:
        await locker_v1.adapter.upload(tmp_path / "a.mp3")
    assert (refusal.value.reason, refusal.value.code) == (UploadReason.FORMAT, 403002)
    assert len(locker_v1.calls("lockerPut")) == 1


@pytest.mark.row("M55", side="adapter")
@pytest.mark.row("M78", side="adapter")
@pytest.mark.row("M82")
@pytest.mark.parametrize(("kind", "name"), [("flac", "a.mp3"), ("alac", "a.m4a")])
async def test_lossless_files_under_other_names_are_rejected_by_the_service(
    locker_v1: Locker, tmp_path: Path, kind: str, name: str
) -> None:
    (tmp_path / name).write_bytes(sounds.silence_of(kind))
    with pytest.raises(UploadRejected, match="File Format Not Supported Error") as refusal:
        await locker_v1.adapter.upload(tmp_path / name)
    assert (refusal.value.reason, refusal.value.code) == (UploadReason.FORMAT, 415001)


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


@pytest.mark.row("M72", side="adapter")
async def test_an_empty_body_is_answered_as_an_empty_file(locker_v1: Locker) -> None:
    with pytest.raises(UploadRejected, match="Empty File Error") as refusal:
        await locker_v1.client.put("0" * 32, {}, chunks)
    assert (refusal.value.reason, refusal.value.code) == (UploadReason.EMPTY, 403001)


@pytest.mark.row("M67", side="adapter")
async def test_a_file_under_another_files_key_is_answered_as_a_wrong_hash(locker_v1: Locker) -> None:
    with pytest.raises(UploadRejected, match="File identification error") as refusal:
        await locker_v1.client.put("0" * 32, {}, lambda: chunks(sounds.encoded("mp3")))
    assert (refusal.value.reason, refusal.value.code) == (UploadReason.HASH_MISMATCH, 400002)


@pytest.mark.row("M57", side="adapter")
@pytest.mark.row("M75", side="adapter")
@pytest.mark.row("X6")
@pytest.mark.parametrize("times", [1, 2])
async def test_a_file_that_is_damaged_on_the_way_is_sent_once_more(
    locker_v1: Locker, tmp_path: Path, times: int
) -> None:
    path = big(tmp_path / "a.mp3", 1_000_000)
    whole = path.read_bytes()
    damaged = 0

    def damage(sent: int, total: int) -> None:
        """Change the end of the file while its beginning is under way."""
        nonlocal damaged
        if sent < total // 2 and damaged < times:
            damaged += 1
            path.write_bytes(whole[:-1] + b"?")
        elif sent == total:
            path.write_bytes(whole)

    if times == 1:
        assert (await locker_v1.adapter.upload(path, progress=damage)).track_id in await tracks(locker_v1)
    else:
        with pytest.raises(UploadRejected, match="CRC Error") as refusal:
            await locker_v1.adapter.upload(path, progress=damage)
        assert (refusal.value.reason, refusal.value.code) == (UploadReason.DAMAGED, 409001)
    assert len(locker_v1.calls("lockerPut")) == 2


async def test_a_file_that_shrinks_while_it_is_sent_is_one_clear_error(locker_v1: Locker, tmp_path: Path) -> None:
    path = big(tmp_path / "a.mp3", 1_000_000)

    def shrink(_sent: int, _total: int) -> None:
        path.write_bytes(b"")

    with pytest.raises(LockerError):
        await locker_v1.adapter.upload(path, progress=shrink)


@pytest.mark.row("X6")
@pytest.mark.parametrize("fault", [Fault("lockerPut", drop_after=100), Fault("lockerPut", lose_answer=True)])
async def test_an_upload_whose_connection_breaks_is_sent_once_more(locker_v1: Locker, song: Path, fault: Fault) -> None:
    locker_v1.server.faults.add(Fault(fault.method, drop_after=fault.drop_after, lose_answer=fault.lose_answer))
    key = (await locker_v1.adapter.upload(song)).track_id
    assert [track for track in await tracks(locker_v1) if track == key] == [key]
    assert len(locker_v1.calls("lockerPut")) == 2


async def test_an_upload_whose_connection_breaks_twice_fails(locker_v1: Locker, song: Path) -> None:
    locker_v1.server.faults.add(Fault("lockerPut", count=None, drop_after=100))
    with pytest.raises(LockerConnectionError):
        await locker_v1.adapter.upload(song)
    assert len(locker_v1.calls("lockerPut")) == 2


@pytest.mark.row("M68", side="adapter")
async def test_an_expired_session_is_renewed_once_for_an_upload(locker_v1: Locker, song: Path) -> None:
    locker_v1.server.sessions.expire_all()
    locker_v1.sent.clear()
    assert (await locker_v1.adapter.upload(song)).track_id in await tracks(locker_v1)
    assert [sent.method for sent in locker_v1.sent][:3] == ["lockerPut", "login", "lockerPut"]


@pytest.mark.row("M79", side="adapter")
async def test_a_fault_of_the_storage_is_a_service_error(locker_v1: Locker, song: Path, music: Path) -> None:
    (music / "Uploads").write_text("a file where the server wants its folder")
    with pytest.raises(ServiceError, match="Storage Subsystem Error") as refusal:
        await locker_v1.adapter.upload(song)
    assert refusal.value.code == 500001
    assert len(locker_v1.calls("lockerPut")) == 1


async def test_a_page_in_place_of_a_receipt_is_a_service_error(locker_v1: Locker, song: Path) -> None:
    locker_v1.server.faults.add(Fault("lockerPut", body=WrongBody.HTML))
    with pytest.raises(ServiceError, match="page in place of a receipt"):
        await locker_v1.adapter.upload(song)


@pytest.mark.row("M80", side="adapter")
async def test_a_service_that_is_read_only_for_a_while_says_when_to_come_back(locker_v1: Locker, song: Path) -> None:
    locker_v1.server.maintenance = True
    with pytest.raises(RateLimited, match="Service Unavailable") as refusal:
        await locker_v1.adapter.upload(song)
    assert (refusal.value.code, refusal.value.retry_after) == (503001, 900)
    assert len(locker_v1.calls("lockerPut")) == 1
