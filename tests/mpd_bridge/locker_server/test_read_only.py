"""A server that is read-only: everything plays, nothing changes, and clients are told to come back later."""

from pathlib import Path

import pytest

from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.conftest import READER, Client, Serve
from tests.mpd_bridge.locker_server.test_accounts_and_sessions import EVERY_CHANGE, EVERY_METHOD

NEW = audio.encoded("mp3", 0.4)


@pytest.fixture
async def closed(serve: Serve) -> Client:
    """A client of a read-only server."""
    return await serve(read_only=True)


def held(music: Path) -> dict[str, bytes]:
    return {path.relative_to(music).as_posix(): path.read_bytes() for path in music.rglob("*") if path.is_file()}


@pytest.mark.row("M80", side="server")
async def test_every_change_is_refused_until_later(closed: Client, music: Path, state: Path) -> None:
    before = held(music)
    track = (await closed.server.locker.catalog()).tracks[0]
    for method in EVERY_CHANGE:
        answer = await closed.call(method)
        assert (answer.status, answer.json()["errorCode"]) == (503, 503001), method
        assert int(answer.headers["Retry-After"]) > 0
    delete = f"/storage/lockerDelete/{track.key}"
    for answer in (await closed.put(NEW), await closed.call(delete), await closed.call(f"{delete}?action=restore")):
        assert (answer.status, answer.error_no, answer.body) == (503, "503001", b"")
        assert answer.headers["X-MP3tunes-ErrorString"] == "Service Unavailable"
        assert int(answer.headers["Retry-After"]) > 0
    assert held(music) == before
    assert not (state / "trash").exists()


@pytest.mark.row("M80", side="server")
async def test_all_else_works(closed: Client) -> None:
    for method in EVERY_METHOD:
        if method not in EVERY_CHANGE and "logout" not in method:
            assert (await closed.call(method)).status == 200, method
    for track in (await closed.tracks()).values():
        assert (await closed.session.get(track["playURL"] + "9999999999")).status == 200


async def test_an_account_that_may_only_read_is_not_told_to_come_back(closed: Client) -> None:
    closed.sid = closed.server.sessions.open(READER)
    answer = await closed.put(NEW)
    assert (answer.status, answer.error_no) == (401, "401003")


async def test_the_folder_may_be_one_that_nobody_can_write_to(music: Path, serve: Serve) -> None:
    (music / "Uploads").mkdir()
    remains = music / "Uploads" / ".0123.part"
    remains.write_bytes(b"of a server that was killed")
    client = await serve(read_only=True)
    assert remains.exists()
    await client.server.close()
    await serve()
    assert not remains.exists()
