"""A Home Assistant with the component in it, and a locker server with a few real files."""

import asyncio
import logging
import shutil
from array import array
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.components.http import HomeAssistantHTTP
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_NAME, CONF_TARGET
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component import common
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.music_locker.const import DOMAIN
from custom_components.music_locker.core.lockers.web import Web
from custom_components.music_locker.core.models import MediaKind
from custom_components.music_locker.runtime import MusicLockerConfigEntry
from mpd_bridge import demo_music
from mpd_bridge.demo_music import synth
from mpd_bridge.locker_server import LockerServer
from mpd_bridge.locker_server.mp3tunes_options import Mp3tunesOptions
from mpd_bridge.locker_server.tunesbag_options import TunesbagOptions
from tests.tools.scanned import scan
from tests.tools.services import APP_KEY, PRIVILEGED_KEY, Account, accounts

from .players import Play, act, media_id
from .speakers import SimpleSpeaker

USER, PASSWORD, PARTNER_TOKEN = "ann@example.com", "correct horse", "partner-1"
PLAYLIST = "Breakfast"

type SetUp = Callable[..., Awaitable[MusicLockerConfigEntry]]


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    """Write no log to the test plugin's own handler beside pytest's, which shows it where a test fails."""
    root = logging.getLogger()
    for handler in root.handlers[:]:
        if type(handler) is logging.StreamHandler:
            root.removeHandler(handler)


@pytest.fixture(autouse=True)
def _real_things(request: pytest.FixtureRequest, socket_enabled: None) -> None:
    """Let tests speak HTTP over the loopback, and Home Assistant, where a test has one, load this component."""
    if "hass" in request.fixturenames:
        request.getfixturevalue("enable_custom_integrations")


@pytest.fixture
def hass_storage() -> Iterator[dict[str, Any]]:
    """Keep in memory what is stored, as the test plugin does, by its functions themselves: its mocks are dear."""
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(common, "patch", lambda target, *, side_effect, **_: patch(target, side_effect))
            data = stack.enter_context(common.mock_storage())
        yield data


@pytest.fixture(autouse=True)
def disable_http_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bind no port of Home Assistant's, as the test plugin does, without its mocks."""

    async def nothing(_server: HomeAssistantHTTP) -> None:
        pass

    monkeypatch.setattr(HomeAssistantHTTP, "async_bind", nothing)
    monkeypatch.setattr(HomeAssistantHTTP, "start", nothing)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let adapters try again at once."""
    monkeypatch.setattr(Web, "_backoff", lambda *_: 0.0)


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """Give each test a configuration folder of its own."""
    folder = tmp_path / "config"
    folder.mkdir()
    return str(folder)


@pytest.fixture(scope="session")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make two albums of three tracks, by two artists and in two genres, and a playlist of two of the tracks."""
    folder = tmp_path_factory.mktemp("music")
    albums: dict[str | None, list[demo_music.DemoTrack]] = {}
    for track in demo_music.tracks():
        if track.encoding is demo_music.Encoding.MP3_CBR and track.artist == track.album_artist:
            albums.setdefault(track.album_artist, []).append(track)
    chosen = [replace(track, duration=8.0) for tracks in list(albums.values())[:2] for track in tracks[:3]]
    with pytest.MonkeyPatch.context() as patch:  # these tests play no sound: silence is made sooner than music
        patch.setattr(synth, "render", lambda track: array("h", bytes(2 * int(track.duration * synth.RATE))))
        demo_music.make(folder, tracks=chosen, workers=1)
    (folder / f"{PLAYLIST}.m3u8").write_text(f"#EXTM3U\n{chosen[4].path}\n{chosen[0].path}\n")
    return folder


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where a locker server's state is kept once it has looked through the music."""
    return tmp_path_factory.mktemp("scanned") / "server"


@pytest.fixture
async def locker_server(music: Path, scanned: Path, tmp_path: Path) -> AsyncIterator[LockerServer]:
    """Serve the music to one account."""
    if not scanned.exists():
        LockerServer(music, scanned, password_cost=2).add_account(USER, PASSWORD)
        await asyncio.to_thread(scan, music, scanned)
    state = shutil.copytree(scanned, tmp_path / "server")
    server = LockerServer(
        music,
        state,
        mp3tunes=Mp3tunesOptions(partner_tokens=frozenset({PARTNER_TOKEN})),
        tunesbag=TunesbagOptions(app_keys=frozenset({APP_KEY}), privileged_keys=frozenset({PRIVILEGED_KEY})),
        password_cost=2,
    )
    await server.start()
    yield server
    await server.close()


@pytest.fixture
def given(locker_server: LockerServer, tmp_path: Path) -> dict[str, Account]:
    """Return what the account is at each service."""
    return accounts(locker_server, tmp_path / "server", USER, PASSWORD, PARTNER_TOKEN)


@pytest.fixture
def settings(locker_server: LockerServer) -> dict[str, str]:
    """Return what logs in to the locker server."""
    return {"url": locker_server.url, "username": USER, "password": PASSWORD, "partner_token": PARTNER_TOKEN}


@pytest.fixture
def set_up(hass: HomeAssistant) -> SetUp:
    """Return what sets up an entry, and expects that it loads."""

    async def set_up(title: str, **data: Any) -> MusicLockerConfigEntry:
        assert await async_setup_component(hass, "homeassistant", {})  # what entities are exposed to Assist
        entry = make_entry(title, **data)
        entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        assert entry.state is ConfigEntryState.LOADED
        return entry

    return set_up


def make_entry(title: str, *, unique_id: str | None = None, **data: Any) -> MockConfigEntry:
    """Return an entry as the config flow makes it."""
    given = {"kind": "player", "player_id": title.lower().replace(" ", "_"), "live_token": f"live-{title}", **data}
    return MockConfigEntry(domain=DOMAIN, title=title, unique_id=unique_id, data=given)


@pytest.fixture
async def locker(hass: HomeAssistant, set_up: SetUp, settings: dict[str, str]) -> MusicLockerConfigEntry:
    """Set up the locker, read to its end."""
    hass.config.internal_url = "http://home.example:8123"
    assert await async_setup_component(hass, "media_source", {})
    unique_id = f"mp3tunes_{settings['url'].removeprefix('http://')}_{USER}"
    entry = await set_up("MP3tunes", unique_id=unique_id, kind="locker", service="mp3tunes", settings=settings)
    await entry.runtime_data.core.sync(entry.entry_id)
    await hass.async_block_till_done()
    return entry


@pytest.fixture
async def speaker(hass: HomeAssistant) -> SimpleSpeaker:
    """Add a speaker of another integration."""
    speaker = SimpleSpeaker("Kitchen speaker")
    await speaker.add_to(hass)
    return speaker


@pytest.fixture
async def player(locker: MusicLockerConfigEntry, speaker: SimpleSpeaker, set_up: SetUp) -> MusicLockerConfigEntry:
    """Set up a player that plays the locker on the speaker."""
    return await set_up("Kitchen", kind="player", **{CONF_NAME: "Kitchen", CONF_TARGET: speaker.entity_id})


@pytest.fixture
def play(hass: HomeAssistant, locker: MusicLockerConfigEntry, player: MusicLockerConfigEntry) -> Play:
    """Return what plays something of the locker on the kitchen player, by its title."""

    async def play(kind: MediaKind, title: str, **data: Any) -> None:
        await act(
            hass,
            "play_media",
            media_content_id=media_id(locker, kind, title),
            media_content_type=kind.value,
            **data,
        )

    return play
