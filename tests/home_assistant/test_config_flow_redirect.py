"""The authorisation that leads a browser to the service and back, over REST and HTTP as the frontend does it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.music_locker import logins
from custom_components.music_locker.const import DOMAIN
from mpd_bridge.locker_server import Fault, LockerServer
from tests.tools.services import Account

from .conftest import PASSWORD, USER
from .flows import choose, fill_in, reconfigure

type Step = dict[str, Any]

_FLOW = "/api/config/config_entries/flow"


class Frontend:
    """Go through forms as the frontend does, which tells the address that the browser has open."""

    def __init__(self, hass: HomeAssistant, client: TestClient[Any, Any]) -> None:
        self._hass = hass
        self._client = client
        self.base = str(client.make_url("")).rstrip("/")

    async def send(self, flow_id: str | None, fields: Mapping[str, Any]) -> Step:
        path = _FLOW if flow_id is None else f"{_FLOW}/{flow_id}"
        response = await self._client.post(path, json=fields, headers={"HA-Frontend-Base": self.base})
        return await self._step(response)

    async def look(self, flow_id: str) -> Step:
        return await self._step(await self._client.get(f"{_FLOW}/{flow_id}"))

    async def give_up(self, flow_id: str) -> None:
        assert (await self._client.delete(f"{_FLOW}/{flow_id}")).ok

    async def _step(self, response: aiohttp.ClientResponse) -> Step:
        assert response.ok, await response.text()
        await self._hass.async_block_till_done()
        step: Step = await response.json()
        return step


@pytest.fixture
async def frontend(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Frontend:
    """Open a browser in which somebody is logged in."""
    for component in ("homeassistant", "config", "media_player", DOMAIN):  # the test's server takes no views later
        assert await async_setup_component(hass, component, {})
    return Frontend(hass, await hass_client())


@pytest.fixture
def account(given: dict[str, Account]) -> Account:
    return given["sevendigital"]


async def to_the_page(frontend: Frontend, account: Account) -> Step:
    """Fill in the form of a new locker."""
    menu = await frontend.send(None, {"handler": DOMAIN})
    await frontend.send(menu["flow_id"], {"next_step_id": "sevendigital"})
    step = await frontend.send(menu["flow_id"], account.fields)
    assert (step["type"], step["step_id"]) == ("external", "redirect")
    return step


async def fetch(address: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as browser, browser.get(address) as response:
        return response.status, await response.text()


async def added(frontend: Frontend, hass: HomeAssistant, account: Account) -> ConfigEntry:
    step = await to_the_page(frontend, account)
    await account.let_in(step["url"])
    assert (await frontend.look(step["flow_id"]))["type"] == "create_entry"
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    return entry


class TestRedirect:
    async def test_the_page_leads_back_to_the_form_that_asked(
        self, hass: HomeAssistant, frontend: Frontend, account: Account, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG")
        step = await to_the_page(frontend, account)
        assert (await frontend.look(step["flow_id"]))["url"] == step["url"]

        assert await account.let_in(step["url"]) == ""

        made = await frontend.look(step["flow_id"])
        assert (made["type"], made["title"]) == ("create_entry", "7digital")
        (entry,) = hass.config_entries.async_entries(DOMAIN)
        assert entry.data["settings"].keys() == {*account.fields, "token", "token_secret"}
        ours = "\n".join(
            record.getMessage() for record in caplog.records if not record.name.startswith("aiohttp.client")
        )
        for secret in ("oauth_verifier", entry.data["settings"]["token"], entry.data["settings"]["token_secret"]):
            assert secret not in ours
        assert "/api/music_locker/authorised/***" in ours

    async def test_a_refusal_leads_back_to_the_form_which_says_so(self, frontend: Frontend, account: Account) -> None:
        step = await to_the_page(frontend, account)
        await account.let_in(step["url"], refuse=True)
        form = await frontend.look(step["flow_id"])
        assert (form["step_id"], form["errors"]) == ("sevendigital", {"base": "not_authorised"})
        assert form["description_placeholders"]["reason"] == "The account's owner has refused"

        again = await frontend.send(form["flow_id"], account.fields)
        assert again["url"] != step["url"]
        await account.let_in(again["url"])

        assert (await frontend.look(step["flow_id"]))["type"] == "create_entry"

    async def test_the_address_that_leads_back_works_once(self, frontend: Frontend, account: Account) -> None:
        step = await to_the_page(frontend, account)
        back = await address_back(account, step["url"])
        answers = [await fetch(back), await fetch(back)]

        assert [status for status, _ in answers] == [HTTPStatus.OK, HTTPStatus.NOT_FOUND]
        assert "Go back to Home Assistant" in answers[0][1]
        assert (await frontend.look(step["flow_id"]))["type"] == "create_entry"

    async def test_the_address_is_gone_with_its_form(self, frontend: Frontend, account: Account) -> None:
        step = await to_the_page(frontend, account)
        back = await address_back(account, step["url"])
        await frontend.give_up(step["flow_id"])

        assert (await fetch(back))[0] == HTTPStatus.NOT_FOUND
        assert (await fetch(f"{frontend.base}/api/music_locker/authorised/guessed?oauth_verifier=1"))[0] == 404

    async def test_an_answer_without_a_verifier_is_none(self, frontend: Frontend, account: Account) -> None:
        step = await to_the_page(frontend, account)
        await frontend.send(step["flow_id"], {})
        form = await frontend.look(step["flow_id"])
        assert (form["step_id"], form["errors"]) == ("sevendigital", {"base": "not_authorised"})

    async def test_a_locker_is_authorised_again(
        self, hass: HomeAssistant, frontend: Frontend, account: Account
    ) -> None:
        entry = await added(frontend, hass, account)
        before = entry.data["settings"]["token"]
        await account.shut_out()
        await hass.config_entries.async_reload(entry.entry_id)
        (form,) = hass.config_entries.flow.async_progress()

        step = await frontend.send(form["flow_id"], {})
        await account.let_in(step["url"])

        assert (await frontend.look(step["flow_id"]))["reason"] == "reauth_successful"
        assert entry.data["settings"]["token"] != before

    @pytest.mark.parametrize("base", ["ftp://127.0.0.1", "http://[", "nonsense"])
    async def test_what_is_no_address_of_the_browser_is_not_led_back_to(
        self, frontend: Frontend, account: Account, base: str
    ) -> None:
        menu = await frontend.send(None, {"handler": DOMAIN})
        await frontend.send(menu["flow_id"], {"next_step_id": "sevendigital"})
        frontend.base = base

        step = await frontend.send(menu["flow_id"], account.fields)

        assert (step["type"], step["step_id"]) == ("form", "authorise_sevendigital")
        assert await frontend.look(step["flow_id"]) == step


async def address_back(account: Account, page: str) -> str:
    """Let Music Locker in, and return where the page leads, without going there."""
    async with aiohttp.ClientSession() as browser:
        answered = {"oauth_token": URL(page).query["oauth_token"], "username": USER, "password": PASSWORD}
        async with browser.post(page, data={**answered, "answer": "allow"}, allow_redirects=False) as response:
            return response.headers["Location"]


class TestPin:
    async def test_a_wrong_pin_needs_a_new_page(self, hass: HomeAssistant, account: Account) -> None:
        page = await fill_in(hass, await choose(hass, "sevendigital"), **account.fields)
        assert page["description_placeholders"] is not None
        first = page["description_placeholders"]["page"]

        wrong = await fill_in(hass, page, answer="000000")

        assert (wrong["step_id"], wrong["errors"]) == ("authorise_sevendigital", {"base": "not_authorised"})
        assert wrong["description_placeholders"] is not None
        assert wrong["description_placeholders"]["page"] != first

    async def test_an_application_that_is_known_no_more_is_told_in_the_form(
        self, hass: HomeAssistant, account: Account, locker_server: LockerServer
    ) -> None:
        page = await fill_in(hass, await choose(hass, "sevendigital"), **account.fields)
        locker_server.sevendigital.store.remove_consumer(account.fields["consumer_key"])

        wrong = await fill_in(hass, page, answer="000000")

        assert (wrong["step_id"], wrong["errors"]) == ("sevendigital", {"consumer_key": "refused"})

    async def test_a_user_of_the_application_is_not_asked(
        self, hass: HomeAssistant, account: Account, locker_server: LockerServer
    ) -> None:
        user_id = str(locker_server.sevendigital.user_id(USER))
        form = await choose(hass, "sevendigital")

        wrong = await fill_in(hass, form, **account.fields, more={"user_id": "4711"})
        assert wrong["errors"] == {"base": "invalid_auth"}
        result = await fill_in(hass, wrong, **account.fields, more={"user_id": user_id})

        assert result["data"]["settings"] == {**account.fields, "user_id": user_id}

    async def test_with_another_application_the_owner_is_asked_anew(
        self, hass: HomeAssistant, account: Account, locker_server: LockerServer
    ) -> None:
        page = await fill_in(hass, await choose(hass, "sevendigital"), **account.fields)
        assert page["description_placeholders"] is not None
        made = await fill_in(hass, page, answer=await account.let_in(page["description_placeholders"]["page"]))
        other = locker_server.sevendigital.add_consumer()
        fields = {**account.fields, "consumer_key": other.key, "consumer_secret": other.secret}

        asked = await fill_in(hass, await reconfigure(hass, made["result"]), **fields)

        assert asked["step_id"] == "authorise_sevendigital"

    async def test_a_service_that_does_not_answer_is_told(
        self, hass: HomeAssistant, account: Account, locker_server: LockerServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(logins, "_TIMEOUT", 0.05)
        locker_server.faults.add(Fault(latency=5.0))
        form = await choose(hass, "sevendigital")

        silent = await fill_in(hass, form, **account.fields)

        assert (silent["step_id"], silent["errors"]) == ("sevendigital", {"base": "cannot_connect"})
