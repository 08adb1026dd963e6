"""Accounts that see a part of the music only."""

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from mpd_bridge.locker_server.command import command
from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.conftest import READER, USER, Client

pytestmark = pytest.mark.usefixtures("cheap_passwords")

SONG = audio.encoded("mp3", 0.33)
KEY = hashlib.md5(SONG, usedforsecurity=False).hexdigest()


@pytest.fixture
async def below(client: Client) -> Client:
    """A client whose account sees the folder Hits."""
    client.server.accounts.set_folder(USER, "Hits")
    return client


async def titles(client: Client) -> set[str]:
    return {track["trackTitle"] for track in (await client.tracks()).values()}


async def test_it_sees_and_plays_what_lies_below_its_folder(below: Client) -> None:
    assert await titles(below) == {"First wave", "Second Wave"}
    whole = {track.title: track.key for track in (await below.server.locker.catalog()).tracks}
    assert (await below.call(f"/storage/lockerGet/{whole['First wave']}")).status == 200
    assert (await below.call(f"/storage/lockerGet/{whole['Dancing Queen']}")).status == 404
    assert (await below.call(f"/storage/albumArtGet/{whole['Dancing Queen']}")).status == 404
    found = (await below.call("/api/v1/lockerSearch?type=track&s=queen")).json()
    assert found["trackList"] == []


async def test_others_see_everything(below: Client) -> None:
    own = await titles(below)
    below.sid = below.server.sessions.open(READER)
    assert own < await titles(below)


async def test_what_it_adds_lies_below_its_folder(below: Client, music: Path) -> None:
    answer = await below.put(SONG, headers={"X-MP3tunes-Track-Title": "Mine", "X-Original-Filename": "mine.mp3"})
    assert answer.status == 200
    assert (music / "Hits/Uploads/mine.mp3").read_bytes() == SONG
    assert "Mine" in await titles(below)
    listed = await below.call("/api/v1/playlistAdd?title=Best&keys=" + KEY)
    assert listed.json()["tracksAdded"] == 1
    assert [path.name for path in (music / "Hits/Playlists").iterdir()] == ["Best.m3u8"]


async def test_what_lies_elsewhere_is_added_and_deleted_for_itself_alone(below: Client, music: Path) -> None:
    queen = (music / "Abba/Arrival/01 Queen.mp3").read_bytes()
    assert (await below.put(queen)).status == 200
    assert "Dancing Queen" in await titles(below)
    key = hashlib.md5(queen, usedforsecurity=False).hexdigest()
    assert (await below.call(f"/storage/lockerDelete/{key}")).status == 200
    assert "Dancing Queen" not in await titles(below)
    assert (music / "Abba/Arrival/01 Queen.mp3").read_bytes() == queen
    assert (await below.call(f"/storage/lockerDelete/{key}?action=restore")).status == 200
    assert "Dancing Queen" in await titles(below)


async def test_what_lies_elsewhere_alone_cannot_be_deleted(below: Client, music: Path) -> None:
    queen = music / "Abba/Arrival/01 Queen.mp3"
    key = hashlib.md5(queen.read_bytes(), usedforsecurity=False).hexdigest()
    assert (await below.call(f"/storage/lockerDelete/{key}")).status != 200
    assert queen.exists()


@pytest.mark.parametrize("folder", ["../elsewhere", "/etc", "a/../../b", "a\nb"])
def test_a_folder_elsewhere_is_refused(tmp_path: Path, folder: str) -> None:
    arguments = ["account", "add", "ann@example.com", "--folder", folder, "--state", str(tmp_path)]
    result = CliRunner().invoke(command, arguments, input="password\n")
    assert result.exit_code == 1
    assert "no path below the music folder" in result.output
    assert not list(tmp_path.iterdir())


def test_a_folder_is_listed_and_taken_back(tmp_path: Path) -> None:
    def account(*arguments: str) -> str:
        result = CliRunner().invoke(command, ["account", *arguments, "--state", str(tmp_path)], input="password\n")
        assert result.exit_code == 0, result.output
        return str(result.output)

    account("add", "ann@example.com", "--folder", "Ann/")
    assert "folder Ann" in account("list")
    assert "folder" not in account("change", "ann@example.com", "--folder", "/")
