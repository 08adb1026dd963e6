"""A disk that is full: one documented fault, and nothing lost or doubled.

A limit on the size of files makes the system itself refuse the server's writes, in the middle of them.
"""

import hashlib
import resource
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.conftest import Answer, Client

LARGE = audio.encoded("mp3", 0.4) + b"\0" * 300_000
SMALL = audio.encoded("mp3", 0.41)


@contextmanager
def disk_that_takes(size: int) -> Iterator[None]:
    """Let no file of this process become larger; a write that would fails with EFBIG, as on a full disk with ENOSPC."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def state(state_template: Path, tmp_path: Path) -> Path:
    """A state folder whose index is still to be written."""
    folder = tmp_path / "state"
    folder.mkdir()
    shutil.copy(state_template / "accounts.json", folder)
    return folder


def held(music: Path) -> dict[str, bytes]:
    return {path.relative_to(music).as_posix(): path.read_bytes() for path in music.rglob("*") if path.is_file()}


def failed(answer: Answer) -> None:
    assert (answer.status, answer.error_no, answer.body) == (500, "500001", b"")


def written(state: Path) -> int:
    """Return how large the index's newest part is."""
    return (state / "locker.sqlite3-wal").stat().st_size


async def test_an_upload_that_does_not_fit_leaves_nothing_and_can_be_sent_again(client: Client, music: Path) -> None:
    before = held(music)
    with disk_that_takes(100_000):
        failed(await client.put(LARGE))
    assert held(music) == before
    assert (await client.put(LARGE)).status == 200
    assert len(held(music)) == len(before) + 1


async def test_where_the_index_cannot_be_written_everything_stays_as_it_was(
    client: Client, music: Path, state: Path
) -> None:
    before, tracks = held(music), await client.tracks()
    assert len(SMALL) < written(state)
    track = (await client.server.locker.catalog()).tracks[0]
    get, delete = f"/storage/lockerGet/{track.key}", f"/storage/lockerDelete/{track.key}"
    assert (await client.call(delete)).status == 200
    with disk_that_takes(written(state)):
        failed(await client.put(SMALL))
        failed(await client.call(f"{delete}?action=restore"))
        answer = await client.call(f"/api/v1/playlistAdd?title=mine&keys={track.key}")
        assert (answer.status, answer.json()["errorCode"]) == (500, 500001)
    assert (await client.call(f"{delete}?action=restore")).status == 200
    assert held(music) == before
    with disk_that_takes(written(state)):
        failed(await client.call(delete))
        assert (await client.call(get)).body == before[track.path]
    assert held(music) == before
    assert await client.tracks() == tracks
    assert (await client.put(SMALL)).status == 200
    added = [content for content in held(music).values() if content == SMALL]
    assert len(added) == 1
    assert hashlib.md5(SMALL, usedforsecurity=False).hexdigest() in (await client.server.locker.catalog()).paths


async def test_the_folder_is_looked_through_again_when_there_is_room(client: Client, music: Path, state: Path) -> None:
    audio.make(music / "new.mp3", seconds=0.4, title="Brand new")
    with disk_that_takes(written(state)), pytest.raises(sqlite3.Error):
        await client.server.scan()
    assert "Brand new" not in await client.tracks()
    await client.server.scan()
    assert "Brand new" in await client.tracks()
