"""The menu and the forms of a locker, filled in by hand against a real locker server."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.music_locker.const import DOMAIN
from custom_components.music_locker.core.lockers import ADAPTERS
from custom_components.music_locker.runtime import MusicLockerConfigEntry
from mpd_bridge.locker_server import Fault, LockerServer

from .conftest import PARTNER_TOKEN, PASSWORD, USER, SetUp
from .flows import choose, fill_in, reconfigure, shown


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


class TestMenu:
    async def test_offers_every_service_a_player_and_the_mpd_server(self, hass: HomeAssistant) -> None:
        menu = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})

        assert menu["type"] is FlowResultType.MENU
        assert menu["step_id"] == "user"
        assert menu["menu_options"] == [*ADAPTERS, "player", "mpd_server"]


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
            ({"partner_token": "nonsense"}, {"partner_token": "refused"}),
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

    async def test_of_two_flows_for_one_account_one_makes_the_entry(
        self, hass: HomeAssistant, settings: dict[str, str], locker_server: LockerServer
    ) -> None:
        forms = [await choose(hass, "mp3tunes"), await choose(hass, "mp3tunes")]
        locker_server.faults.add(Fault(latency=0.05, count=None))

        results = await asyncio.gather(*(fill_in(hass, form, **settings) for form in forms))

        assert sorted(result["type"] for result in results) == [FlowResultType.ABORT, FlowResultType.CREATE_ENTRY]
        assert len(hass.config_entries.async_entries(DOMAIN)) == 1


class TestReauth:
    async def test_new_secrets_of_the_same_account_are_taken(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, locker_server: LockerServer
    ) -> None:
        locker_server.add_account(USER, "new password")

        form = await self.start(hass, locker)
        refused = await fill_in(hass, form, password="still wrong", partner_token=PARTNER_TOKEN)
        assert refused["errors"] == {"base": "invalid_auth"}
        result = await fill_in(hass, refused, password="new password", partner_token=PARTNER_TOKEN)

        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "reauth_successful"
        assert locker.data["settings"]["password"] == "new password"
        assert locker.data["settings"]["username"] == USER

    async def test_an_empty_password_is_not_tried(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, locker_server: LockerServer
    ) -> None:
        form = await self.start(hass, locker)
        logins = locker_server.calls["login"]

        refused = await fill_in(hass, form, password="", partner_token=PARTNER_TOKEN)

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
        assert progress["step_id"] == "reauth_mp3tunes"
        return progress


@pytest.fixture
async def moved(
    music: Path, tmp_path: Path, locker_server: LockerServer, settings: dict[str, str]
) -> AsyncIterator[dict[str, str]]:
    """Return what logs in to the same account, after its server has moved to another address."""
    server = LockerServer(music, tmp_path / "moved", password_cost=2)
    server.add_account(USER, PASSWORD)
    await server.start()
    yield settings | {"url": server.url}
    await server.close()


class TestReconfigure:
    async def test_the_form_shows_what_is_set_but_no_secrets(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, settings: dict[str, str]
    ) -> None:
        form = await reconfigure(hass, locker)

        assert form["step_id"] == "reconfigure_mp3tunes"
        assert shown(form) == {"url": settings["url"], "username": USER}

    async def test_addresses_of_the_parts_are_shown_and_can_be_taken_away(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, settings: dict[str, str]
    ) -> None:
        parts = settings | {"data_url": settings["url"]}
        hass.config_entries.async_update_entry(locker, data={**locker.data, "settings": parts})

        form = await reconfigure(hass, locker)
        assert shown(form)["data_url"] == settings["url"]
        await fill_in(hass, form, **settings, more={})

        assert locker.data["settings"] == settings

    async def test_the_server_may_have_moved(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, moved: dict[str, str]
    ) -> None:
        result = await fill_in(hass, await reconfigure(hass, locker), **moved)

        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "reconfigure_successful"
        assert locker.data["settings"] == moved
        assert locker.unique_id == f"mp3tunes_{moved['url'].removeprefix('http://')}_{USER}"
        assert locker.state is ConfigEntryState.LOADED
        assert len(locker.runtime_data.core.library.catalog.tracks) == 6

    async def test_secrets_that_are_left_empty_stay(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, settings: dict[str, str], locker_server: LockerServer
    ) -> None:
        locker_server.add_account(USER, "new password")
        same = {"url": settings["url"], "username": USER}

        result = await fill_in(hass, await reconfigure(hass, locker), **same, password="new password", more={})

        assert result["reason"] == "reconfigure_successful"
        assert locker.data["settings"] == settings | {"password": "new password"}

    async def test_a_kept_secret_is_sent_to_no_other_address(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, something_else: str
    ) -> None:
        result = await fill_in(hass, await reconfigure(hass, locker), url=something_else, username=USER)

        assert result["errors"] == {"password": "missing", "partner_token": "missing"}

    async def test_a_refused_password_changes_nothing(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, settings: dict[str, str]
    ) -> None:
        result = await fill_in(hass, await reconfigure(hass, locker), **(settings | {"password": "nonsense"}))

        assert result["errors"] == {"base": "invalid_auth"}
        assert locker.data["settings"] == settings

    async def test_another_account_is_not_taken(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, settings: dict[str, str], locker_server: LockerServer
    ) -> None:
        locker_server.add_account("bob@example.com", PASSWORD)

        result = await fill_in(hass, await reconfigure(hass, locker), **(settings | {"username": "bob@example.com"}))

        assert result["reason"] == "wrong_account"
        assert locker.data["settings"] == settings

    async def test_two_entries_do_not_become_one(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, moved: dict[str, str]
    ) -> None:
        await fill_in(hass, await choose(hass, "mp3tunes"), **moved)

        result = await fill_in(hass, await reconfigure(hass, locker), **moved)

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
