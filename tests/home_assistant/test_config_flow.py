"""The forms, filled in by hand against a real locker server."""

import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from aiohttp import web
from homeassistant.config_entries import SOURCE_USER, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.setup import async_setup_component

from custom_components.music_locker.const import DOMAIN
from custom_components.music_locker.runtime import MusicLockerConfigEntry
from mpd_bridge.locker_server import Fault, LockerServer

from .conftest import PASSWORD, USER, SetUp, make_entry
from .speakers import SimpleSpeaker
from .texts import assert_has_texts


async def choose(hass: HomeAssistant, kind: str) -> ConfigFlowResult:
    """Open the menu and choose an entry of it."""
    assert await async_setup_component(hass, "http", {})
    menu = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert menu["type"] is FlowResultType.MENU
    assert_has_texts(menu)
    form = await hass.config_entries.flow.async_configure(menu["flow_id"], {"next_step_id": kind})
    assert_has_texts(form)
    return form


async def fill_in(hass: HomeAssistant, form: ConfigFlowResult, **values: Any) -> ConfigFlowResult:
    """Send a form off."""
    result = await hass.config_entries.flow.async_configure(form["flow_id"], values)
    await hass.async_block_till_done()
    assert_has_texts(result)
    return result


@pytest.fixture
async def something_else() -> AsyncIterator[str]:
    """Run a web server that is no locker."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text="<html><body>A shop</body></html>", content_type="text/html")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", page)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
def used_port() -> Iterator[int]:
    """Listen on a port as another program does."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


class TestMenu:
    async def test_offers_every_service_a_player_and_the_mpd_server(self, hass: HomeAssistant) -> None:
        menu = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})

        assert menu["type"] is FlowResultType.MENU
        assert menu["step_id"] == "user"
        assert menu["menu_options"] == ["mp3tunes", "player", "mpd_server"]


class TestLocker:
    async def test_a_good_login_makes_an_entry(self, hass: HomeAssistant, settings: dict[str, str]) -> None:
        form = await choose(hass, "mp3tunes")
        assert form["type"] is FlowResultType.FORM
        assert form["step_id"] == "mp3tunes"

        result = await fill_in(hass, form, **settings)

        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert result["title"] == "MP3tunes"
        assert result["data"]["kind"] == "locker"
        assert result["data"]["service"] == "mp3tunes"
        assert result["data"]["settings"] == settings
        assert result["data"]["player_id"] == "mp3tunes"
        assert result["result"].unique_id == f"mp3tunes_{settings['url'].removeprefix('http://')}_{USER}"

    async def test_the_service_is_asked_for_over_https_by_default(self, hass: HomeAssistant) -> None:
        form = await choose(hass, "mp3tunes")

        schema = form["data_schema"]
        assert schema is not None
        defaults = {str(key): key.default() for key in schema.schema if key == "url"}
        assert defaults == {"url": "https://mp3tunes.com"}

    async def test_an_address_without_http_is_not_asked_in_the_clear(
        self, hass: HomeAssistant, settings: dict[str, str], locker_server: LockerServer
    ) -> None:
        form = await choose(hass, "mp3tunes")
        bare = settings | {"url": settings["url"].removeprefix("http://")}

        result = await fill_in(hass, form, **bare)

        assert result["errors"] == {"base": "cannot_connect"}
        assert not locker_server.calls

    async def test_addresses_of_the_parts_are_taken_from_the_folded_fields(
        self, hass: HomeAssistant, settings: dict[str, str]
    ) -> None:
        form = await choose(hass, "mp3tunes")
        parts = {"data_url": settings["url"], "login_url": settings["url"], "content_url": " "}

        result = await fill_in(hass, form, **settings, more=parts)

        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert result["data"]["settings"] == settings | {"data_url": settings["url"], "login_url": settings["url"]}

    @pytest.mark.parametrize(
        ("wrong", "errors"),
        [
            ({"password": "nonsense"}, {"base": "invalid_auth"}),
            ({"username": "bob@example.com"}, {"base": "invalid_auth"}),
            ({"partner_token": "nonsense"}, {"partner_token": "invalid_partner_token"}),
            ({"username": " ", "password": ""}, {"username": "missing", "password": "missing"}),
            ({"url": "http://127.0.0.1:1"}, {"base": "cannot_connect"}),
            ({"url": "ftp://127.0.0.1"}, {"url": "invalid_url"}),
            ({"url": "http://ann:secret@127.0.0.1"}, {"url": "invalid_url"}),
            ({"more": {"data_url": "http://"}}, {"base": "invalid_url"}),
        ],
    )
    async def test_an_error_is_told_and_can_be_put_right(
        self, hass: HomeAssistant, settings: dict[str, str], wrong: dict[str, Any], errors: dict[str, str]
    ) -> None:
        form = await choose(hass, "mp3tunes")

        refused = await fill_in(hass, form, **(settings | wrong))

        assert refused["type"] is FlowResultType.FORM
        assert refused["errors"] == errors
        assert (await fill_in(hass, refused, **settings))["type"] is FlowResultType.CREATE_ENTRY

    async def test_a_server_that_is_something_else_is_told_apart(
        self, hass: HomeAssistant, settings: dict[str, str], something_else: str
    ) -> None:
        form = await choose(hass, "mp3tunes")

        result = await fill_in(hass, form, **(settings | {"url": something_else}))

        assert result["errors"] == {"base": "not_a_locker"}

    async def test_a_busy_server_is_told_apart(
        self, hass: HomeAssistant, settings: dict[str, str], locker_server: LockerServer
    ) -> None:
        locker_server.faults.add(Fault(status=503, retry_after=600, count=None))
        form = await choose(hass, "mp3tunes")

        result = await fill_in(hass, form, **settings)

        assert result["errors"] == {"base": "busy"}

    async def test_the_same_account_is_taken_once(self, hass: HomeAssistant, settings: dict[str, str]) -> None:
        await fill_in(hass, await choose(hass, "mp3tunes"), **settings)

        result = await fill_in(hass, await choose(hass, "mp3tunes"), **settings)

        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "already_configured"

    async def test_a_second_account_gets_a_title_and_a_player_of_its_own(
        self, hass: HomeAssistant, settings: dict[str, str], locker_server: LockerServer
    ) -> None:
        locker_server.add_account("bob@example.com", PASSWORD)
        await fill_in(hass, await choose(hass, "mp3tunes"), **settings)

        second = await fill_in(hass, await choose(hass, "mp3tunes"), **(settings | {"username": "bob@example.com"}))

        assert second["type"] is FlowResultType.CREATE_ENTRY
        assert second["title"].startswith("MP3tunes (")
        assert second["data"]["player_id"] != "mp3tunes"


class TestReauth:
    async def test_new_secrets_of_the_same_account_are_taken(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, locker_server: LockerServer
    ) -> None:
        locker_server.add_account(USER, "new password")

        form = await self.start(hass, locker)
        refused = await fill_in(hass, form, password="still wrong", partner_token="partner-1")
        assert refused["errors"] == {"base": "invalid_auth"}
        result = await fill_in(hass, refused, password="new password", partner_token="partner-1")

        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "reauth_successful"
        assert locker.data["settings"]["password"] == "new password"
        assert locker.data["settings"]["username"] == USER

    async def test_an_empty_password_is_not_tried(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, locker_server: LockerServer
    ) -> None:
        form = await self.start(hass, locker)
        logins = locker_server.calls["login"]

        refused = await fill_in(hass, form, password="", partner_token="partner-1")

        assert refused["errors"] == {"password": "missing"}
        assert logins > 0
        assert locker_server.calls["login"] == logins

    async def test_another_account_is_not_taken(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, settings: dict[str, str]
    ) -> None:
        hass.config_entries.async_update_entry(locker, unique_id="mp3tunes_elsewhere_bob@example.com")

        result = await fill_in(
            hass, await self.start(hass, locker), password=PASSWORD, partner_token=settings["partner_token"]
        )

        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "wrong_account"

    @staticmethod
    async def start(hass: HomeAssistant, entry: MusicLockerConfigEntry) -> ConfigFlowResult:
        entry.async_start_reauth(hass)
        await hass.async_block_till_done()
        (progress,) = hass.config_entries.flow.async_progress()
        assert progress["step_id"] == "reauth_confirm"
        return progress


class TestPlayer:
    async def test_a_player_has_a_name_and_a_speaker(self, hass: HomeAssistant, speaker: SimpleSpeaker) -> None:
        form = await choose(hass, "player")

        result = await fill_in(hass, form, name="  Küche ", target=speaker.entity_id)

        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert result["title"] == "Küche"
        assert result["data"]["kind"] == "player"
        assert result["data"]["target"] == speaker.entity_id
        assert result["data"]["player_id"] == "kuche"

    async def test_a_player_without_a_speaker_plays_to_its_live_stream(self, hass: HomeAssistant) -> None:
        result = await fill_in(hass, await choose(hass, "player"), name="Radio")

        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert "target" not in result["data"]

    async def test_a_name_is_needed(self, hass: HomeAssistant) -> None:
        result = await fill_in(hass, await choose(hass, "player"), name=" ")

        assert result["errors"] == {"name": "name_empty"}

    async def test_a_speaker_belongs_to_one_player(self, hass: HomeAssistant, speaker: SimpleSpeaker) -> None:
        await fill_in(hass, await choose(hass, "player"), name="Kitchen", target=speaker.entity_id)

        result = await fill_in(hass, await choose(hass, "player"), name="Other", target=speaker.entity_id)

        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "already_configured"

    async def test_a_player_is_no_speaker_of_another(self, hass: HomeAssistant) -> None:
        await fill_in(hass, await choose(hass, "player"), name="Radio")

        form = await choose(hass, "player")

        with pytest.raises(InvalidData):
            await fill_in(hass, form, name="Loop", target="media_player.radio")

    async def test_players_of_one_name_have_ids_of_their_own(self, hass: HomeAssistant) -> None:
        first = await fill_in(hass, await choose(hass, "player"), name="Radio")
        second = await fill_in(hass, await choose(hass, "player"), name="Radio")

        assert (first["data"]["player_id"], second["data"]["player_id"]) == ("radio", "radio_2")
        assert first["data"]["live_token"] != second["data"]["live_token"]

    async def test_the_name_of_the_mpd_servers_player_is_not_given_away(self, hass: HomeAssistant) -> None:
        result = await fill_in(hass, await choose(hass, "player"), name="Default")

        assert result["data"]["player_id"] == "default_2"


class TestMpdServer:
    async def test_it_listens_to_this_machine_only_by_default(self, hass: HomeAssistant, free_port: int) -> None:
        form = await choose(hass, "mpd_server")
        schema = form["data_schema"]
        assert schema is not None
        assert {str(key): key.default() for key in schema.schema if key in {"host", "port"}} == {
            "host": "127.0.0.1",
            "port": 6600,
        }

        result = await fill_in(hass, form, host="127.0.0.1", port=free_port)

        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert result["title"].startswith("MPD")
        assert result["data"]["kind"] == "mpd_server"
        assert result["data"]["port"] == free_port
        assert result["data"]["player_id"] == "default"
        assert "password" not in result["data"]

    async def test_every_other_address_needs_a_password_and_one_is_proposed(
        self, hass: HomeAssistant, free_port: int
    ) -> None:
        refused = await fill_in(hass, await choose(hass, "mpd_server"), host="0.0.0.0", port=free_port)  # noqa: S104

        assert refused["errors"] == {"password": "password_required"}
        schema = refused["data_schema"]
        assert schema is not None
        (proposed,) = [key.description["suggested_value"] for key in schema.schema if key == "password"]
        result = await fill_in(hass, refused, host="0.0.0.0", port=free_port, password=proposed)  # noqa: S104
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert result["data"]["password"] == proposed

    async def test_localhost_needs_no_password(self, hass: HomeAssistant, free_port: int) -> None:
        result = await fill_in(hass, await choose(hass, "mpd_server"), host="localhost", port=free_port)

        assert result["type"] is FlowResultType.CREATE_ENTRY

    async def test_a_port_that_is_taken_is_told(self, hass: HomeAssistant, used_port: int) -> None:
        result = await fill_in(hass, await choose(hass, "mpd_server"), host="127.0.0.1", port=used_port)

        assert result["errors"] == {"base": "port_in_use"}

    async def test_an_address_of_another_machine_is_told(self, hass: HomeAssistant, free_port: int) -> None:
        result = await fill_in(
            hass, await choose(hass, "mpd_server"), host="192.0.2.1", port=free_port, password="long enough"
        )

        assert result["errors"] == {"base": "cannot_listen"}

    async def test_a_port_has_one_server(self, hass: HomeAssistant, free_port: int) -> None:
        make_entry("MPD server", kind="mpd_server", host="127.0.0.1", port=free_port).add_to_hass(hass)

        result = await fill_in(hass, await choose(hass, "mpd_server"), host="127.0.0.1", port=free_port)

        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "already_configured"


async def test_no_secret_is_left_in_the_log(
    hass: HomeAssistant, settings: dict[str, str], set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    await fill_in(hass, await choose(hass, "mp3tunes"), **(settings | {"password": "wrong horse"}))
    await fill_in(hass, await choose(hass, "mp3tunes"), **settings)

    ours = "\n".join(record.getMessage() for record in caplog.records if "music_locker" in record.name)
    for secret in (PASSWORD, "wrong horse", settings["partner_token"]):
        assert secret not in ours
