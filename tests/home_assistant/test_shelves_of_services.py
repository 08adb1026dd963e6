"""What each service has beyond the common lists, from real locker servers to the media browser, players and MPD."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from custom_components.music_locker.core.playback.player import PlayerState
from custom_components.music_locker.runtime import MusicLockerConfigEntry
from mpd_bridge.locker_server import LockerServer
from tests.mpd_bridge.locker_server import audio

from .conftest import PASSWORD, USER, SetUp
from .test_actions import call
from .test_media_source import browse, titles
from .test_more_shelves import opened, play, queued
from .test_mpd_server_entry import Client, mpd_server
from .test_mpd_server_entry import port as _port
from .test_upload import GIVEN

port = _port
BOB = "bob@example.com"


@pytest.fixture(scope="module")
def two_folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a song of Ann's and one of Bob's."""
    folder = tmp_path_factory.mktemp("two")
    audio.make(folder / "ann" / "one.mp3", title="Ann's song", artist="Ann", album="Hers", tracknumber="1")
    audio.make(folder / "bob" / "one.mp3", title="Bob's song", artist="Bob", album="His", tracknumber="1")
    return folder


@pytest.fixture
async def server(two_folders: Path, tmp_path: Path) -> AsyncIterator[LockerServer]:
    """Serve Ann and Bob a folder each; both are friends."""
    server = LockerServer(two_folders, tmp_path / "server", password_cost=2)

    def add_accounts() -> None:
        server.add_account(USER, PASSWORD, nick_name="Ann", folder="ann")
        server.add_account(BOB, PASSWORD, nick_name="Bob", folder="bob")
        server.tunesbag.befriend(BOB, USER)

    await asyncio.to_thread(add_accounts)
    await server.start()
    yield server
    await server.close()


@pytest.fixture
async def entry(hass: HomeAssistant, set_up: SetUp, server: LockerServer, service: str) -> MusicLockerConfigEntry:
    assert await async_setup_component(hass, "media_source", {})
    settings = {"url": server.url, **await asyncio.to_thread(GIVEN[service], server)}
    entry = await set_up("MP3tunes", kind="locker", service=service, settings=settings)
    await entry.runtime_data.core.sync(entry.entry_id)
    await hass.async_block_till_done()
    return entry


@pytest.mark.parametrize("service", ["tunesbag"])
async def test_a_friends_library_plays_and_is_not_among_ones_own(
    hass: HomeAssistant, entry: MusicLockerConfigEntry, set_up: SetUp, port: int
) -> None:
    assert {"Dynamic playlists", "Friends' libraries"} <= set(titles(await browse(hass, "MP3tunes")))
    (library,) = titles(await browse(hass, "MP3tunes", "Friends' libraries"))
    assert "Bob" in library
    assert titles(await browse(hass, "MP3tunes", "Friends' libraries", library)) == ["Bob \N{EN DASH} Bob's song"]
    assert titles(await browse(hass, "MP3tunes", "Tracks")) == ["Ann \N{EN DASH} Ann's song"]
    assert titles(await browse(hass, "MP3tunes", "Artists")) == ["Ann"]
    assert not (await call(hass, "search", query="bob's song", kinds="track"))["results"]
    node = await opened(hass, "Friends' libraries", library)
    await play(hass, node.media_content_id)
    player = entry.runtime_data.player
    await player.settle()
    assert player.state is PlayerState.PLAYING
    (key,) = queued(player)

    await set_up("MPD server", **mpd_server(port))
    client = await Client.connect(port)
    assert await client.value("stats", "songs") == "1"
    assert library in [line.removeprefix("playlist: ") for line in await client.send("listplaylists")]
    assert await client.send(f'load "{library}"') == []
    uri = await client.value("playlistinfo", "file")
    assert uri is not None
    assert uri.startswith("MP3tunes/Friends/Bob/")
    assert await client.value(f'lsinfo "{uri}"', "Title") == "Bob's song"
    await client.close()
    track = entry.runtime_data.core.library.catalog.track_by_uri(uri)
    assert track is not None
    assert track.id == key


@pytest.mark.parametrize("service", ["sevendigital"])
async def test_purchases_lie_in_months_and_what_is_withdrawn_is_not_asked_for(
    hass: HomeAssistant, entry: MusicLockerConfigEntry, server: LockerServer, set_up: SetUp, port: int
) -> None:
    core = entry.runtime_data.core
    (track,) = core.library.catalog.tracks
    assert track.added is not None
    month = f"{dt_util.as_local(track.added):%Y-%m}"
    assert titles(await browse(hass, "MP3tunes", "Purchases")) == [month]
    node = await opened(hass, "Purchases", month)
    await play(hass, node.media_content_id)
    assert queued(entry.runtime_data.player) == [track.id]
    await entry.runtime_data.player.stop()

    (album,) = core.library.catalog.albums(entry.entry_id)
    await asyncio.to_thread(server.sevendigital.withdraw, int(album.id))
    await core.sync(entry.entry_id, force=True)
    await hass.async_block_till_done()
    calls = server.calls.copy()
    (child,) = (await opened(hass, "Purchases", month)).children or ()
    assert not child.can_play
    with pytest.raises(ServiceValidationError, match="The locker does not give Ann's song any more"):
        await play(hass, child.media_content_id)
    await set_up("MPD server", **mpd_server(port))
    client = await Client.connect(port)
    (refusal,) = await client.send(f'add "{track.uri}"')
    assert refusal == "ACK [50@0] {add} The locker does not give Ann's song any more"
    await client.close()
    assert server.calls == calls


@pytest.mark.parametrize("service", ["audiodelivery"])
async def test_collections_are_listed_and_play(hass: HomeAssistant, entry: MusicLockerConfigEntry) -> None:
    assert "Playlists" not in titles(await browse(hass, "MP3tunes"))
    collections = titles(await browse(hass, "MP3tunes", "Collections"))
    assert collections
    node = await opened(hass, "Collections", collections[0])
    assert node.can_play
    await play(hass, node.media_content_id)
    player = entry.runtime_data.player
    await player.settle()
    assert player.state is PlayerState.PLAYING
    assert len(queued(player)) == 1
