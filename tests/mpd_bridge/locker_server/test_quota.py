"""Quotas: what an account may add, how it is told, and that nothing slips past."""

import asyncio
import hashlib
from typing import Any

import pytest

from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.conftest import READER, USER, Answer, Client

SONGS = [audio.encoded("mp3", seconds) for seconds in (0.31, 0.35, 0.39)]
ROOM = len(SONGS[0]) + len(SONGS[1])


def key_of(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def full(answer: Answer) -> bool:
    """Tell whether an upload was refused as the documents say (M77)."""
    if answer.status == 200:
        return False
    assert (answer.status, answer.error_no, answer.body) == (413, "413002", b"")
    assert answer.headers["X-MP3tunes-ErrorString"] == "Locker Full"
    return True


@pytest.fixture
async def limited(client: Client) -> Client:
    """A client whose account may add two songs."""
    client.server.accounts.set_quota(USER, ROOM)
    return client


async def sizes(client: Client) -> tuple[int, int | None]:
    user = (await client.call("/api/v1/accountData")).json()["user"]
    return user["currentLockerSize"], user["maxLockerSize"]


@pytest.mark.row("M77", side="server")
async def test_an_account_adds_as_much_as_it_may(limited: Client) -> None:
    assert await sizes(limited) == (0, ROOM)
    first, second, third = SONGS
    assert not full(await limited.put(first))
    assert full(await limited.put(third))
    assert not full(await limited.put(second))
    assert await sizes(limited) == (ROOM, ROOM)
    assert full(await limited.put(third))
    assert len(await limited.tracks()) == 7 + 2


async def test_what_the_locker_has_already_takes_no_room(limited: Client) -> None:
    limited.server.accounts.set_quota(USER, 0)
    track = (await limited.server.locker.catalog()).tracks[0]
    held = limited.server.locker.path(track).read_bytes()
    assert not full(await limited.put(held, headers={"X-MP3tunes-Track-Title": "Another title"}))
    assert "Another title" in await limited.tracks()
    assert full(await limited.put(SONGS[0]))


async def test_a_body_of_unknown_length_and_two_at_once_do_not_slip_past(limited: Client) -> None:
    limited.server.accounts.set_quota(USER, len(SONGS[2]))

    async def pieces(content: bytes) -> Any:
        yield content

    async def send(content: bytes) -> Answer:
        target = limited.signed(f"/storage/lockerPut/{key_of(content)}")
        return await limited.send("PUT", target, data=pieces(content))

    answers = await asyncio.gather(*map(send, SONGS))
    assert sorted(map(full, answers)) == [False, True, True]
    assert len(await limited.tracks()) == 7 + 1


async def test_what_is_deleted_makes_room_which_it_needs_to_come_back(limited: Client) -> None:
    first, second, third = SONGS
    for song in (first, second):
        assert not full(await limited.put(song))
    assert (await limited.call(f"/storage/lockerDelete/{key_of(second)}")).status == 200
    assert await sizes(limited) == (len(first), ROOM)
    limited.server.accounts.set_quota(USER, len(first) + len(third))
    assert not full(await limited.put(third))
    restore = f"/storage/lockerDelete/{key_of(second)}?action=restore"
    assert full(await limited.call(restore))
    limited.server.accounts.set_quota(USER, None)
    assert not full(await limited.call(restore))
    assert len(await limited.tracks()) == 7 + 3


async def test_a_quota_is_of_one_account_and_may_change(limited: Client) -> None:
    for song in SONGS[:2]:
        assert not full(await limited.put(song))
    limited.server.accounts.set_read_only(READER, read_only=False)
    own, limited.sid = limited.sid, limited.server.sessions.open(READER)
    held = sum(track.size for track in (await limited.server.locker.catalog()).tracks)
    assert await sizes(limited) == (held, None)
    assert not full(await limited.put(SONGS[2]))
    limited.sid = own
    assert await sizes(limited) == (ROOM, ROOM)
    limited.server.accounts.set_quota(USER, ROOM - 1)
    assert full(await limited.put(audio.encoded("mp3", 0.43)))
    limited.server.accounts.set_quota(USER, 2 * ROOM)
    assert not full(await limited.put(audio.encoded("mp3", 0.43)))
