"""Uploads: hash, check, add, before a real locker server, in XML and in JSON."""

import hashlib
import os
import shutil
from functools import partial
from pathlib import Path

import mutagen
import pytest

from mpd_bridge.locker_server import Fault
from music_locker_core.errors import LockerError, UploadRejected
from music_locker_core.lockers import tunesbag_upload as uploads
from music_locker_core.lockers.base import Uploaded, UploadMetadata
from music_locker_core.lockers.sending import file_body
from music_locker_core.lockers.tunesbag import Tunesbag
from tests.conformance import files
from tests.conformance.folder import NEW, QUEEN
from tests.core.lockers.tunesbag.conftest import ANN, Account
from tests.mpd_bridge.locker_server import audio


def sha1(path: Path) -> str:
    return hashlib.sha1(path.read_bytes(), usedforsecurity=False).hexdigest().upper()


async def titles(account: Account) -> set[str]:
    await account.server.run(account.server.subject.look())
    return {item.name or "" for item in (await account.client.items()).items}


@pytest.mark.row("T3", side="adapter")
@pytest.mark.row("T55", side="adapter")
@pytest.mark.row("T56", side="adapter")
@pytest.mark.row("T57", side="adapter")
@pytest.mark.row("T58", side="adapter")
@pytest.mark.row("T59", side="adapter")
@pytest.mark.row("T75", side="adapter")
@pytest.mark.row("T76", side="adapter")
@pytest.mark.row("T78")
async def test_a_file_is_hashed_checked_and_then_added_as_a_form(ann: Account, tmp_path: Path) -> None:
    song = files.song(tmp_path)
    ann.sent.clear()
    assert await ann.adapter.upload(song) == Uploaded(None)
    assert [request.method for request in ann.sent[-2:]] == ["items/checkhashvalues", "items/add"]
    check, add = ann.sent[-2:]
    for request in (check, add):
        assert request.verb == "POST"
        assert request.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert f"<items><item><hashvalue>{sha1(song)}</hashvalue></item></items>".encode() in check.body
    assert b'name="filedata"' in check.body
    for name, text in {"Type": "0", "Content-Type": "audio/mpeg", "NotifyUser": "false"}.items():
        assert f'name="{name}"\r\n\r\n{text}\r\n'.encode() in add.body
    assert song.read_bytes() in add.body
    assert ann.settings["remote_key"] not in str(add.url)
    assert NEW.title in await titles(ann)


@pytest.mark.row("T57", side="adapter")
@pytest.mark.parametrize("kind", ["m4a", "ogg"])
async def test_each_type_is_sent_under_its_name(ann: Account, tmp_path: Path, kind: str) -> None:
    song = audio.make(tmp_path / f"Größe.{kind}", title=f"As {kind}", artist="A", album="B")
    await ann.adapter.upload(song)
    assert f"Content-Type: {uploads.MIME_TYPES[kind]}".encode() in ann.sent[-1].body
    assert f"As {kind}" in await titles(ann)
    assert uploads.MIME_TYPES == {
        "mp3": "audio/mpeg",
        "wma": "audio/x-ms-wma",
        "ogg": "application/ogg",
        "mp4": "audio/mp4",
        "m4a": "audio/mp4",
    }
    assert Tunesbag.info.uploads is not None
    assert Tunesbag.info.uploads.suffixes == set(uploads.MIME_TYPES)


@pytest.mark.row("T60", side="adapter")
@pytest.mark.row("T76", side="adapter")
@pytest.mark.row("T78")
async def test_what_the_library_has_is_not_sent(ann: Account) -> None:
    path = ann.server.music / QUEEN.path
    ann.sent.clear()
    assert await ann.adapter.upload(path) == Uploaded(None, already_there=True)
    assert ann.calls("items/add") == []
    states = await ann.client.hash_states([sha1(path).lower(), "0" * 40])
    assert states == {sha1(path): 200, "0" * 40: 404}
    content = uploads.UploadFile(path, path.stat().st_size, sha1(path), "audio/mpeg")
    body = partial(file_body, path, content.size, None)
    assert not await ann.client.add(path.name, content.mime_type, body, ann.library(ANN))


@pytest.mark.row("T77")
def test_a_hash_is_made_once_for_a_file_that_has_not_changed(tmp_path: Path) -> None:
    song = files.song(tmp_path)
    hashes = uploads.Hashes()
    stamp = song.stat()
    first = hashes.describe(song)
    assert first.sha1 == sha1(song)
    kept = song.read_bytes()
    with song.open("r+b") as file:
        file.write(b"other bytes")
    os.utime(song, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert hashes.describe(song) == first  # neither size nor time say that it is another
    song.write_bytes(kept + b"more")
    assert hashes.describe(song).sha1 == sha1(song) != first.sha1


@pytest.mark.row("T62", side="adapter")
async def test_a_file_of_another_type_or_without_content_is_refused_before_it_is_sent(
    ann: Account, tmp_path: Path
) -> None:
    ann.sent.clear()
    for make, reason in ((files.text, "format"), (files.empty, "empty")):
        with pytest.raises(UploadRejected) as refusal:
            await ann.adapter.upload(make(tmp_path))
        assert refusal.value.reason == reason
    with pytest.raises(LockerError, match="cannot be read"):
        await ann.adapter.upload(files.absent(tmp_path))
    assert ann.sent == []
    with pytest.raises(UploadRejected) as invalid:
        await ann.adapter.upload(files.no_music(tmp_path))
    assert (invalid.value.code, invalid.value.reason) == (4101, "format")


@pytest.mark.row("T78")
@pytest.mark.row("X6")
async def test_a_file_whose_answer_was_lost_is_found_by_its_hash(ann: Account, tmp_path: Path) -> None:
    await ann.server.call(ann.locker_server.faults.add, Fault("items/add", lose_answer=True))
    ann.sent.clear()
    told: list[tuple[int, int]] = []
    song = files.song(tmp_path)
    await ann.adapter.upload(song, progress=lambda sent, total: told.append((sent, total)))
    assert len(ann.calls("items/add")) == 1
    assert told[-1] == (song.stat().st_size, song.stat().st_size)
    assert NEW.title in await titles(ann)


async def test_other_tags_are_written_into_a_copy_that_is_sent(ann: Account, tmp_path: Path) -> None:
    song = files.song(tmp_path)
    before = song.read_bytes()
    await ann.adapter.upload(song, UploadMetadata(title="Ganz neu", artist="歌手", number=7, year=2001))
    assert song.read_bytes() == before
    assert [path.name for path in tmp_path.rglob("*.mp3")] == [song.name]
    await ann.server.run(ann.server.subject.look())
    item = next(item for item in (await ann.client.items()).items if item.name == "Ganz neu")
    assert (item.artist, item.album, item.number, item.year) == ("歌手", NEW.album, 7, 2001)


@pytest.mark.parametrize("kind", ["mp3", "m4a", "ogg"])
def test_tags_are_written_in_each_format(tmp_path: Path, kind: str) -> None:
    song = audio.make(tmp_path / f"song.{kind}", title="Before", artist="A", album="B")
    with uploads.tagged(song, UploadMetadata(title="Two\nlines", album="Größe")) as copy:
        assert copy != song
        tags = mutagen.File(copy, easy=True)
        assert tags is not None
        assert (tags["title"], tags["artist"], tags["album"]) == (["Two lines"], ["A"], ["Größe"])
    assert not copy.exists()
    with uploads.tagged(song, UploadMetadata()) as same:
        assert same == song


def test_a_file_that_holds_no_music_gets_no_tags(tmp_path: Path) -> None:
    path = tmp_path / "noise.mp3"
    shutil.copyfile(files.no_music(tmp_path), tmp_path / "noise.m4a")
    for wrong in (path, tmp_path / "noise.m4a", files.text(tmp_path)):
        with pytest.raises(UploadRejected), uploads.tagged(wrong, UploadMetadata(title="x")):
            pass
    with pytest.raises(LockerError), uploads.tagged(files.absent(tmp_path), UploadMetadata(title="x")):
        pass
