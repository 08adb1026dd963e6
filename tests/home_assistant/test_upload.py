"""Sending files to a locker by an action, over real locker servers; what came is found by every face."""

import asyncio
from collections.abc import AsyncIterator, Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components.persistent_notification import UpdateType, async_register_callback
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from custom_components.music_locker.core import uploads
from custom_components.music_locker.core.models import TrackKey
from custom_components.music_locker.core.playback.player import PlayerState
from custom_components.music_locker.identifier import ItemNode, parse_uri
from custom_components.music_locker.runtime import MusicLockerConfigEntry
from mpd_bridge.locker_server import AudiodeliveryOptions, LockerServer, TunesbagOptions
from mpd_bridge.locker_server.accounts import Accounts
from mpd_bridge.locker_server.faults import Fault
from tests.mpd_bridge.locker_server import audio

from .conftest import PARTNER_TOKEN, PASSWORD, USER, SetUp
from .test_actions import call
from .test_examples import EXAMPLES, automate
from .test_media_source import browse, titles
from .test_mpd_server_entry import Client, mpd_server
from .test_mpd_server_entry import port as _port

port = _port
APP_KEY = "an-application"


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return audio.make(
        tmp_path_factory.mktemp("song") / "song.mp3",
        title="Brand new",
        artist="Ann",
        album="Uploads of Ann",
        tracknumber="1",
    ).read_bytes()


@pytest.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LockerServer]:
    """Serve an empty folder; two services list what they were sent only a little later."""
    monkeypatch.setattr(uploads, "LATER", [0.02] * 100)
    folder = tmp_path / "served"
    folder.mkdir()
    tunesbag = TunesbagOptions(listed_after=0.05)
    audiodelivery = AudiodeliveryOptions(processing_time=0.05)
    server = LockerServer(folder, tmp_path / "server", tunesbag=tunesbag, audiodelivery=audiodelivery, password_cost=2)
    await asyncio.to_thread(server.add_account, USER, PASSWORD)
    await server.start()
    yield server
    await server.close()


@pytest.fixture
def service() -> str:
    return "mp3tunes"


@pytest.fixture
async def empty(hass: HomeAssistant, set_up: SetUp, server: LockerServer, service: str) -> MusicLockerConfigEntry:
    assert await async_setup_component(hass, "media_source", {})
    settings = {"url": server.url, **await asyncio.to_thread(GIVEN[service], server)}
    return await set_up("Attic", kind="locker", service=service, settings=settings)


def _sevendigital(server: LockerServer) -> dict[str, str]:
    consumer = server.sevendigital.add_consumer()
    token, secret = server.sevendigital.token(USER, consumer)
    return {
        "consumer_key": consumer.key,
        "consumer_secret": consumer.secret,
        "country": "GB",
        "token": token,
        "token_secret": secret,
    }


GIVEN: dict[str, Callable[[LockerServer], dict[str, str]]] = {
    "mp3tunes": lambda _: {"username": USER, "password": PASSWORD, "partner_token": PARTNER_TOKEN},
    "tunesbag": lambda server: {
        "username": USER,
        "app_key": APP_KEY,
        "remote_key": server.tunesbag.remote_key(USER, APP_KEY),
    },
    "audiodelivery": lambda server: {"api_key": server.audiodelivery.add_key(USER)},
    "sevendigital": _sevendigital,
}


@pytest.fixture
def folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Return the only folder that actions may read."""
    folder = tmp_path / "media"
    folder.mkdir()
    hass.config.allowlist_external_dirs = {str(folder)}
    return folder


async def upload(hass: HomeAssistant, entry: MusicLockerConfigEntry, *paths: Path, **data: Any) -> list[dict[str, Any]]:
    told = await call(hass, "upload", config_entry_id=entry.entry_id, path=[str(path) for path in paths], **data)
    files = told["files"]
    assert [file["path"] for file in files] == [str(path) for path in paths]
    return list(files)


@pytest.mark.parametrize("service", ["mp3tunes", "tunesbag", "audiodelivery"])
async def test_what_was_sent_is_found_in_browse_search_and_mpd_and_plays(
    hass: HomeAssistant, empty: MusicLockerConfigEntry, set_up: SetUp, folder: Path, song: bytes, port: int
) -> None:
    await set_up("MPD server", **mpd_server(port))
    path = folder / "new.mp3"
    path.write_bytes(song)

    (told,) = await upload(hass, empty, path)

    assert (told["status"], told["reason"]) == ("uploaded", None)
    assert titles(await browse(hass, "Attic", "Albums")) == ["Uploads of Ann"]
    (found, *_) = (await call(hass, "search", query="brand new", kinds="track"))["results"]
    assert (found["artist"], found["media_content_id"]) == ("Ann", told["track"])
    client = await Client.connect(port)
    assert await client.value('find title "Brand new"', "Album") == "Uploads of Ann"
    await client.close()
    media = {"media_content_id": told["track"], "media_content_type": "music"}
    data = {"entity_id": "media_player.attic", **media}
    await hass.services.async_call("media_player", "play_media", data, blocking=True)
    player = empty.runtime_data.player
    assert player.current is not None
    assert player.current.track is not None
    assert (player.state, player.current.track.title) == (PlayerState.PLAYING, "Brand new")

    (again,) = await upload(hass, empty, path)
    assert again["status"] == "already_there"
    assert len(empty.runtime_data.core.library.catalog.tracks) == 1


async def test_each_file_is_told_for_itself(
    hass: HomeAssistant, empty: MusicLockerConfigEntry, server: LockerServer, folder: Path, song: bytes
) -> None:
    texts = {"notes.txt": b"no music", "empty.mp3": b"", "huge.mp3": b"\0" * (20 * (1 << 20) + 1)}
    for name, content in texts.items():
        (folder / name).write_bytes(content)
    (folder / "good.mp3").write_bytes(song)
    (folder / "folder.mp3").mkdir()
    names = [*texts, "folder.mp3", "gone.mp3", "nul\0.mp3", "x" * 300, "good.mp3"]

    files = await upload(hass, empty, *(folder / name for name in names))

    assert [file["status"] for file in files] == [*["rejected"] * 3, *["failed"] * 4, "uploaded"]
    assert [file["reason"] for file in files] == [
        "The service takes flv, m4a, mp3, mp4, ogg only",
        "It is empty",
        "The service takes files of at most 20 MB",
        "It is not a file",
        "It cannot be read: No such file or directory",
        "It cannot be read: no file has such a name",
        "It cannot be read: File name too long",
        None,
    ]
    assert [file["track"] is None for file in files] == [*[True] * 7, False]
    assert server.calls["lockerput"] == 1


async def test_what_the_locker_had_is_already_there(
    hass: HomeAssistant, empty: MusicLockerConfigEntry, folder: Path, song: bytes
) -> None:
    for name in ("one.mp3", "two.mp3"):
        (folder / name).write_bytes(song)
    first, second = await upload(hass, empty, folder / "one.mp3", folder / "two.mp3")
    (third,) = await upload(hass, empty, folder / "one.mp3")
    assert [file["status"] for file in (first, second, third)] == ["uploaded", "already_there", "already_there"]
    assert first["track"] == second["track"] == third["track"] is not None
    assert len(empty.runtime_data.core.library.catalog.tracks) == 1


async def test_what_is_given_overrides_the_tags(
    hass: HomeAssistant, empty: MusicLockerConfigEntry, folder: Path, song: bytes
) -> None:
    (folder / "new.mp3").write_bytes(song)
    given = {"title": "Another", "artist": "Bea", "album": "Elsewhere", "number": 7, "year": 1999}
    (told,) = await upload(hass, empty, folder / "new.mp3", **given)
    identifier = parse_uri(told["track"])
    assert isinstance(identifier, ItemNode)
    track = empty.runtime_data.core.library.catalog.track(TrackKey(empty.entry_id, identifier.id))
    assert track is not None
    assert (track.title, track.artist, track.album, track.number) == ("Another", "Bea", "Elsewhere", 7)


async def test_only_folders_that_home_assistant_may_read_are_read(
    hass: HomeAssistant,
    empty: MusicLockerConfigEntry,
    server: LockerServer,
    folder: Path,
    tmp_path: Path,
    song: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (folder / "good.mp3").write_bytes(song)
    outside = tmp_path / "outside.mp3"
    outside.write_bytes(song)
    (folder / "link.mp3").symlink_to(outside)
    monkeypatch.chdir(folder)
    wrong = [outside, folder / "link.mp3", folder / ".." / "outside.mp3", Path("good.mp3"), Path("/" + "x" * 5000)]
    for path in wrong:
        with pytest.raises(ServiceValidationError, match="is not in a folder that Home Assistant may read") as refusal:
            await upload(hass, empty, folder / "good.mp3", path)
        assert len(str(refusal.value)) < 300
    assert not server.calls["lockerput"]


async def test_an_error_is_raised_for_those_who_ask_for_no_response(
    hass: HomeAssistant, empty: MusicLockerConfigEntry, server: LockerServer, folder: Path, song: bytes
) -> None:
    (folder / "notes.txt").write_bytes(b"no music")
    (folder / "good.mp3").write_bytes(song)
    data = {"config_entry_id": empty.entry_id, "path": [str(folder / "notes.txt"), str(folder / "good.mp3")]}
    with pytest.raises(HomeAssistantError, match=r"Attic has not taken 1 of 2 files: notes\.txt: The service takes"):
        await hass.services.async_call("music_locker", "upload", data, blocking=True)
    assert len(empty.runtime_data.core.library.catalog.tracks) == 1
    data["path"] = str(folder / "good.mp3")
    await hass.services.async_call("music_locker", "upload", data, blocking=True)


async def test_a_service_that_fails_is_told_per_file_and_no_secret_with_it(
    hass: HomeAssistant, empty: MusicLockerConfigEntry, server: LockerServer, folder: Path, song: bytes, tmp_path: Path
) -> None:
    (folder / "one.mp3").write_bytes(song)
    (folder / "two.mp3").write_bytes(song + bytes(1000))
    server.faults.add(Fault("lockerPut", status=500))
    first, second = await upload(hass, empty, folder / "one.mp3", folder / "two.mp3")
    assert (first["status"], second["status"]) == ("failed", "uploaded")
    assert first["reason"]
    await asyncio.to_thread(Accounts(tmp_path / "server" / "accounts.json").set_password, USER, "another")
    server.expire_sessions()
    calls = server.calls["lockerput"]
    refused = await upload(hass, empty, folder / "one.mp3", folder / "two.mp3")
    assert [file["status"] for file in refused] == ["failed", "failed"]
    assert refused[0]["reason"] == refused[1]["reason"]
    assert server.calls["lockerput"] <= calls + 1
    for secret in (PASSWORD, PARTNER_TOKEN, "sid="):
        assert secret not in str([first, *refused])


async def test_what_cannot_be_sent_is_said_before(
    hass: HomeAssistant, empty: MusicLockerConfigEntry, set_up: SetUp, folder: Path, song: bytes
) -> None:
    one, two = folder / "one.mp3", folder / "two.mp3"
    for path in (one, two):
        path.write_bytes(song)
    for override in ({"title": "Same"}, {"number": 1}):
        with pytest.raises(ServiceValidationError, match="for one file only"):
            await upload(hass, empty, one, two, **override)
    player = await set_up("Kitchen")
    with pytest.raises(ServiceValidationError, match="Kitchen is not a locker"):
        await upload(hass, player, one)
    wrongs: list[dict[str, Any]] = [{"path": []}, {"path": [""]}, {"title": ""}, {"year": -1}, {"number": "first"}]
    for wrong in wrongs:
        data = {"config_entry_id": empty.entry_id, "path": str(one), **wrong}
        with pytest.raises(Exception, match=r"length|range|expected|value"):
            await call(hass, "upload", **data)


@pytest.mark.parametrize("service", ["sevendigital"])
async def test_a_locker_that_takes_no_files_says_so(
    hass: HomeAssistant, empty: MusicLockerConfigEntry, folder: Path, song: bytes
) -> None:
    (folder / "new.mp3").write_bytes(song)
    with pytest.raises(ServiceValidationError, match="Attic takes no uploads"):
        await upload(hass, empty, folder / "new.mp3")


async def test_the_example_sends_each_new_recording_and_says_what_is_not_taken(
    hass: HomeAssistant, empty: MusicLockerConfigEntry, folder: Path, song: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await async_setup_component(hass, "persistent_notification", {})
    notifications: list[dict[str, Any]] = []
    async_register_callback(
        hass, lambda kind, told: notifications.extend(map(dict, told.values())) if kind is UpdateType.ADDED else None
    )
    example = deepcopy(EXAMPLES["Keep new recordings"])
    example["actions"][0]["data"]["config_entry_id"] = empty.entry_id
    monkeypatch.setitem(EXAMPLES, "Keep new recordings", example)
    await automate(hass, "Keep new recordings")
    for name, content in (("new.mp3", song), ("notes.txt", b"no music")):
        path = folder / name
        path.write_bytes(content)
        told = {"event_type": "closed", "path": str(path), "file": name, "folder": str(folder)}
        hass.bus.async_fire("folder_watcher", told)
        await hass.async_block_till_done()
    (track,) = empty.runtime_data.core.library.catalog.tracks
    assert track.album == f"Recordings of {dt_util.now().year}"
    (notification,) = notifications
    assert notification["title"] == "notes.txt is not in the locker"
    assert notification["message"].startswith("The service takes")
