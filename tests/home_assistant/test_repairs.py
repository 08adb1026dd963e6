"""What is told under Repairs: when it appears, what mends it, and when it goes."""

import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.music_locker.const import DOMAIN
from custom_components.music_locker.core.errors import LockerError
from custom_components.music_locker.core.library import Library, LibraryError
from custom_components.music_locker.core.library.database import SCHEMA_VERSION
from custom_components.music_locker.runtime import MusicLockerConfigEntry
from mpd_bridge.locker_server import LockerServer

from .conftest import PARTNER_TOKEN, USER, SetUp, make_entry
from .flows import fill_in
from .repairs import Repair, issues
from .speakers import SimpleSpeaker


@pytest.fixture(autouse=True)
async def _repairs(hass: HomeAssistant) -> None:
    for component in ("http", "homeassistant", "repairs"):
        assert await async_setup_component(hass, component, {})


async def set_up_entry(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def test_expired_credentials_are_home_assistants_own_issue_until_the_new_ones_are_given(
    hass: HomeAssistant, locker: MusicLockerConfigEntry, locker_server: LockerServer
) -> None:
    locker_server.add_account(USER, "new password")
    locker_server.sessions.expire_all()
    with pytest.raises(LockerError):
        await locker.runtime_data.core.sync(locker.entry_id)
    await hass.async_block_till_done()
    issue_id = f"config_entry_reauth_{DOMAIN}_{locker.entry_id}"
    assert ir.async_get(hass).async_get_issue("homeassistant", issue_id) is not None
    assert not issues(hass)

    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    await fill_in(hass, flow, password="new password", partner_token=PARTNER_TOKEN)

    assert ir.async_get(hass).async_get_issue("homeassistant", issue_id) is None


class TestPort:
    @pytest.fixture
    def taken(self) -> Iterator[socket.socket]:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            yield listening

    @pytest.fixture
    async def entry(self, hass: HomeAssistant, taken: socket.socket) -> MockConfigEntry:
        port = taken.getsockname()[1]
        entry = make_entry("MPD server", kind="mpd_server", player_id="default", host="127.0.0.1", port=port)
        await set_up_entry(hass, entry)
        assert entry.state is ConfigEntryState.SETUP_RETRY
        return entry

    async def test_one_that_is_taken_is_told_and_another_one_mends_it(
        self, hass: HomeAssistant, entry: MockConfigEntry, taken: socket.socket
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            free = other.getsockname()[1]
        repair = Repair(hass, "port_taken")

        refused = await repair.fill_in(await repair.open(), port=taken.getsockname()[1])
        assert refused["errors"] == {"port": "port_in_use"}
        result = await repair.fill_in(refused, port=free)

        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert entry.data["port"] == free
        assert entry.state is ConfigEntryState.LOADED
        assert not issues(hass)

    async def test_it_goes_when_the_other_program_has_ended(
        self, hass: HomeAssistant, entry: MockConfigEntry, taken: socket.socket
    ) -> None:
        assert "port_taken" in issues(hass)
        taken.close()

        assert await hass.config_entries.async_reload(entry.entry_id)

        assert not issues(hass)

    async def test_it_goes_with_the_entry(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        await hass.config_entries.async_remove(entry.entry_id)

        assert not issues(hass)


class TestAddress:
    async def test_a_speaker_that_cannot_reach_home_assistant_is_told_and_an_address_mends_it(
        self, hass: HomeAssistant, player: MusicLockerConfigEntry
    ) -> None:
        assert not issues(hass)
        await hass.config.async_update(internal_url="http://127.0.0.1:8123")
        await hass.async_block_till_done()
        repair = Repair(hass, "no_address")

        empty = await repair.fill_in(await repair.open())
        assert empty["errors"] == {"base_url": "missing"}
        wrong = await repair.fill_in(empty, base_url="ftp://home.example")
        assert wrong["errors"] == {"base_url": "invalid_url"}
        result = await repair.fill_in(wrong, base_url="http://home.example:8123")

        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert player.options == {"base_url": "http://home.example:8123"}
        assert player.state is ConfigEntryState.LOADED
        assert not issues(hass)

    async def test_it_goes_when_home_assistant_gets_an_address(
        self, hass: HomeAssistant, set_up: SetUp, speaker: SimpleSpeaker
    ) -> None:
        hass.config.internal_url = "http://localhost:8123"
        await set_up("Kitchen", target=speaker.entity_id)
        assert "no_address" in issues(hass)

        await hass.config.async_update(internal_url="http://home.example:8123")
        await hass.async_block_till_done()

        assert not issues(hass)

    async def test_no_address_at_all_is_told(self, hass: HomeAssistant, set_up: SetUp, speaker: SimpleSpeaker) -> None:
        assert hass.config.api is not None
        hass.config.api.local_ip = "127.0.0.1"

        await set_up("Kitchen", target=speaker.entity_id)

        assert "no_address" in issues(hass)

    async def test_a_player_without_a_speaker_needs_none(self, hass: HomeAssistant, set_up: SetUp) -> None:
        hass.config.internal_url = "http://localhost:8123"

        await set_up("Radio")

        assert not issues(hass)


class TestStorage:
    @pytest.fixture
    def folder(self, hass_config_dir: str) -> Path:
        return Path(hass_config_dir) / ".storage" / DOMAIN

    async def reopen(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()

    async def test_a_damaged_index_is_read_again_from_the_service_and_told_until_it_was_seen(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, folder: Path
    ) -> None:
        await hass.config_entries.async_unload(locker.entry_id)
        (folder / "library.db").write_bytes(b"this is no database" * 500)

        await self.reopen(hass, locker)
        await locker.runtime_data.core.sync(locker.entry_id)

        assert locker.state is ConfigEntryState.LOADED
        assert len(locker.runtime_data.core.library.catalog.tracks) == 6
        assert (folder / "library.db.damaged").read_bytes().startswith(b"this is no database")
        repair = Repair(hass, "index_rebuilt")
        assert (await repair.fill_in(await repair.open()))["type"] is FlowResultType.CREATE_ENTRY
        assert not issues(hass)
        assert await hass.config_entries.async_reload(locker.entry_id)
        assert not issues(hass)

    @pytest.mark.parametrize(
        "change",
        [
            "PRAGMA user_version = 999",
            "INSERT INTO state VALUES ('player.mp3tunes', CAST('{\"format\": 999}' AS BLOB))",
        ],
    )
    async def test_what_a_newer_version_wrote_is_told_and_kept(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, folder: Path, change: str
    ) -> None:
        await hass.config_entries.async_unload(locker.entry_id)
        with sqlite3.connect(folder / "library.db") as connection:
            connection.execute(change)
        connection.close()

        await self.reopen(hass, locker)

        assert locker.state is ConfigEntryState.SETUP_ERROR
        assert locker.error_reason_translation_key == "newer_version"
        assert "newer_version" in issues(hass)
        assert not (folder / "library.db.damaged").exists()

        with sqlite3.connect(folder / "library.db") as connection:
            connection.execute("DELETE FROM state")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.close()
        assert await hass.config_entries.async_reload(locker.entry_id)
        assert len(locker.runtime_data.core.library.catalog.tracks) == 6
        assert not issues(hass)

    async def test_a_full_disk_is_told_when_an_entry_is_set_up(self, hass: HomeAssistant, folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / "stream.key").symlink_to("/dev/full")  # every write to it fails as on a full disk
        entry = make_entry("Radio")

        await set_up_entry(hass, entry)

        assert entry.state is ConfigEntryState.SETUP_RETRY
        assert entry.error_reason_translation_key == "disk_full"
        assert "disk_full" in issues(hass)
        (folder / "stream.key").unlink()
        assert await hass.config_entries.async_reload(entry.entry_id)
        assert not issues(hass)

    async def test_a_disk_that_fills_up_while_a_locker_is_read_is_told_until_it_could_be_read(
        self, hass: HomeAssistant, set_up: SetUp, settings: dict[str, str]
    ) -> None:
        core = (await set_up("Radio")).runtime_data.core
        await limit_pages(core.library, 1)  # SQLite takes no less than the file has

        entry = await set_up("MP3tunes", kind="locker", service="mp3tunes", settings=settings)
        with pytest.raises(LibraryError, match="the disk is full"):
            await core.sync(entry.entry_id)
        assert "disk_full" in issues(hass)

        assert await hass.config_entries.async_reload(entry.entry_id)
        assert "disk_full" in issues(hass)

        await limit_pages(core.library, 1 << 20)
        await core.sync(entry.entry_id)
        assert not issues(hass)
        assert len(core.library.catalog.tracks) == 6


async def limit_pages(library: Library, pages: int) -> None:
    """Let the file of the index not grow, as on a full disk."""
    await library._database.write(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages}").fetchone())
