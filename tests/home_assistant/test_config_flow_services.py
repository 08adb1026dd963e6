"""Each service added, logged in to again and changed through its forms, against the real locker server."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.music_locker.core.lockers import ADAPTERS
from mpd_bridge.locker_server import Fault, LockerServer
from tests.tools.services import PRIVILEGED_KEY, Account

from .conftest import PASSWORD, USER
from .flows import choose, fill_in, reconfigure

SERVICES = tuple(ADAPTERS)
WITH_PAGE = [service for service, adapter in ADAPTERS.items() if adapter.info.authorisation is not None]


async def go(
    hass: HomeAssistant, form: ConfigFlowResult, account: Account, fields: Mapping[str, Any]
) -> ConfigFlowResult:
    """Send a form off, and let Music Locker in where the service asks the account's owner."""
    result = await fill_in(hass, form, **fields)
    if result["step_id" if "step_id" in result else "type"] != f"authorise_{account.service}":
        return result
    return await fill_in(hass, result, answer=f" {await account.let_in(page_of(result))} ")


def page_of(result: ConfigFlowResult) -> str:
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    return placeholders["page"]


async def add(hass: HomeAssistant, account: Account) -> ConfigEntry:
    """Add a locker by its form."""
    result = await go(hass, await choose(hass, account.service), account, account.fields)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    entry: ConfigEntry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    return entry


async def refused(hass: HomeAssistant, entry: ConfigEntry) -> ConfigFlowResult:
    """Return the form that Home Assistant shows when the service does not let us in any more."""
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_ERROR
    (form,) = hass.config_entries.flow.async_progress()
    return form


@pytest.mark.parametrize("service", SERVICES)
class TestEveryService:
    async def test_it_is_added_after_wrong_data(
        self, hass: HomeAssistant, given: dict[str, Account], service: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG")
        account = given[service]
        form = await choose(hass, service)
        wrong = await go(hass, form, account, {**account.fields, **account.wrong})
        assert (wrong["type"], wrong["errors"]) == (FlowResultType.FORM, account.told)
        if wrong["step_id"] != service:
            wrong = await fill_in(hass, wrong)  # nothing is copied: back to the form
        assert wrong["step_id"] == service

        result = await go(hass, wrong, account, account.fields)

        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert result["title"] == ADAPTERS[service].info.title
        granted = {setting.key for setting in ADAPTERS[service].info.settings if setting.granted}
        assert result["data"]["settings"].keys() == account.fields.keys() | granted
        assert str(result["result"].unique_id).startswith(f"{service}_127.0.0.1:")
        again = await go(hass, await choose(hass, service), account, account.fields)
        assert again["reason"] == "already_configured"
        secrets = {setting.key for setting in ADAPTERS[service].info.settings if setting.secret}
        ours = "\n".join(record.getMessage() for record in caplog.records if "music_locker" in record.name)
        assert not [key for key, value in result["data"]["settings"].items() if key in secrets and value in ours]

    async def test_it_is_logged_in_to_again_after_wrong_data(
        self, hass: HomeAssistant, given: dict[str, Account], service: str
    ) -> None:
        account = given[service]
        entry = await add(hass, account)
        before = dict(entry.data["settings"])
        secrets = await account.shut_out()
        form = await refused(hass, entry)
        assert form["step_id"] == f"reauth_{service}"
        wrong = await go(hass, form, account, account.wrong_again)
        assert (wrong["type"], wrong["errors"]) == (FlowResultType.FORM, account.told_again)
        assert entry.data["settings"] == before

        result = await go(hass, wrong, account, secrets)

        assert result["reason"] == "reauth_successful"
        assert entry.data["settings"].keys() == before.keys()
        assert entry.data["settings"] != before
        assert entry.state is ConfigEntryState.LOADED

    async def test_it_is_changed_after_wrong_data(
        self, hass: HomeAssistant, given: dict[str, Account], service: str
    ) -> None:
        account = given[service]
        entry = await add(hass, account)
        before = dict(entry.data["settings"])
        secrets = {setting.key for setting in ADAPTERS[service].info.settings if setting.secret}
        form = await reconfigure(hass, entry)
        wrong = await go(hass, form, account, {**account.fields, **account.wrong})
        assert (wrong["type"], wrong["errors"]) == (FlowResultType.FORM, account.told)
        assert entry.data["settings"] == before
        if wrong["step_id"] != f"reconfigure_{service}":
            wrong = await fill_in(hass, wrong)

        shown = {key: value for key, value in account.fields.items() if key not in secrets}
        result = await go(hass, wrong, account, shown)

        assert result["reason"] == "reconfigure_successful"
        assert entry.data["settings"] == before
        assert entry.state is ConfigEntryState.LOADED


class TestCopiedKey:
    async def test_what_is_no_key_is_told_on_the_spot(self, hass: HomeAssistant, given: dict[str, Account]) -> None:
        account = given["tunesbag"]
        page = await fill_in(hass, await choose(hass, "tunesbag"), **account.fields)

        wrong = await fill_in(hass, page, answer="nonsense")
        assert (wrong["step_id"], wrong["errors"]) == ("authorise_tunesbag", {"base": "not_authorised"})

        result = await fill_in(hass, wrong, answer=await account.let_in(page_of(wrong)))
        assert result["type"] is FlowResultType.CREATE_ENTRY

    async def test_an_application_that_the_service_does_not_know_is_told_in_the_form(
        self, hass: HomeAssistant, given: dict[str, Account]
    ) -> None:
        fields = {**given["tunesbag"].fields, "app_key": "nonsense"}

        wrong = await fill_in(hass, await choose(hass, "tunesbag"), **fields)

        assert (wrong["step_id"], wrong["errors"]) == ("tunesbag", {"app_key": "refused"})

    async def test_a_service_that_is_away_keeps_the_page(
        self, hass: HomeAssistant, given: dict[str, Account], locker_server: LockerServer
    ) -> None:
        account = given["tunesbag"]
        page = await fill_in(hass, await choose(hass, "tunesbag"), **account.fields)
        key = await account.let_in(page_of(page))
        locker_server.faults.add(Fault(status=503, retry_after=600))

        busy = await fill_in(hass, page, answer=key)

        assert (busy["step_id"], busy["errors"]) == ("authorise_tunesbag", {"base": "busy"})
        assert (await fill_in(hass, busy, answer=key))["type"] is FlowResultType.CREATE_ENTRY

    async def test_a_privileged_application_needs_no_key(self, hass: HomeAssistant, given: dict[str, Account]) -> None:
        account = given["tunesbag"]
        form = await choose(hass, "tunesbag")
        fields = {**account.fields, "app_key": PRIVILEGED_KEY}

        wrong = await fill_in(hass, form, **fields, more={"password": "nonsense"})
        assert wrong["errors"] == {"base": "invalid_auth"}
        result = await fill_in(hass, wrong, **fields, more={"password": PASSWORD})

        assert result["data"]["settings"] == {**fields, "password": PASSWORD}

    async def test_a_key_that_is_over_is_asked_for_when_the_locker_is_changed(
        self, hass: HomeAssistant, given: dict[str, Account]
    ) -> None:
        account = given["tunesbag"]
        entry = await add(hass, account)
        await account.shut_out()
        fields = {"url": account.fields["url"], "username": USER}

        page = await fill_in(hass, await reconfigure(hass, entry), **fields)

        assert page["step_id"] == "authorise_tunesbag"
        result = await fill_in(hass, page, answer=await account.let_in(page_of(page)))
        assert result["reason"] == "reconfigure_successful"

    async def test_a_password_takes_the_place_of_the_key(self, hass: HomeAssistant, given: dict[str, Account]) -> None:
        account = given["tunesbag"]
        entry = await add(hass, account)
        await account.shut_out()

        again = {"app_key": PRIVILEGED_KEY, "password": PASSWORD}
        result = await fill_in(hass, await refused(hass, entry), **again)

        assert result["reason"] == "reauth_successful"
        assert entry.data["settings"] == {**account.fields, **again}

    async def test_the_key_of_another_account_is_not_taken(
        self, hass: HomeAssistant, given: dict[str, Account], locker_server: LockerServer
    ) -> None:
        locker_server.add_account("bob@example.com", PASSWORD)
        account = given["tunesbag"]
        entry = await add(hass, account)
        before = entry.data["settings"]
        bob = replace(account, user="bob@example.com")

        page = await fill_in(hass, await reconfigure(hass, entry), url=account.fields["url"], username=bob.user)
        assert page["step_id"] == "authorise_tunesbag"
        result = await fill_in(hass, page, answer=await bob.let_in(page_of(page)))

        assert result["reason"] == "wrong_account"
        assert entry.data["settings"] == before
