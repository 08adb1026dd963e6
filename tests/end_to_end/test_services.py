"""All four services on the newest Home Assistant: added, changed and logged in to again, with wrong data each time."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from mpd_bridge import demo_music
from mpd_bridge.locker_server import LockerServer
from mpd_bridge.locker_server.mp3tunes_options import Mp3tunesOptions
from mpd_bridge.locker_server.tunesbag_options import TunesbagOptions
from music_locker_core.lockers import ADAPTERS
from script.demo_parts.processes import DemoError
from tests.end_to_end.running import Frontend, eventually
from tests.tools.services import APP_KEY, Account, accounts

USER, PASSWORD, PARTNER_TOKEN = "ann@example.com", "correct horse", "partner-1"
_FLOW = "/api/config/config_entries/flow"

type Step = dict[str, Any]


@pytest.fixture
async def given(tmp_path: Path) -> AsyncIterator[dict[str, Account]]:
    """Run a locker server, and return what its account is at each service."""
    music, state = tmp_path / "music", tmp_path / "server"
    music.mkdir()
    await asyncio.to_thread(demo_music.make, music, tracks=list(demo_music.tracks())[:3], workers=1)
    server = LockerServer(
        music,
        state,
        mp3tunes=Mp3tunesOptions(partner_tokens=frozenset({PARTNER_TOKEN})),
        tunesbag=TunesbagOptions(app_keys=frozenset({APP_KEY})),
        password_cost=2,
    )
    server.add_account(USER, PASSWORD)
    await server.start()
    yield accounts(server, state, USER, PASSWORD, PARTNER_TOKEN)
    await server.close()


async def send(frontend: Frontend, flow: Step, account: Account, fields: Mapping[str, Any]) -> Step:
    """Send a form off; where the service asks the account's owner, he goes to its page and lets Music Locker in."""
    path = f"{_FLOW}/{flow['flow_id']}"
    step = await frontend.post(path, fields)
    if step["type"] == "external":
        await account.let_in(step["url"])
        return await frontend.look(path)
    if step.get("step_id") == f"authorise_{account.service}":
        return await frontend.post(path, {"answer": await account.let_in(step["description_placeholders"]["page"])})
    return step


async def sent_wrong(
    frontend: Frontend, flow: Step, account: Account, fields: Mapping[str, Any], told: Mapping[str, str]
) -> Step:
    """Send wrong data off, and return the form that says so and takes other data."""
    wrong = await send(frontend, flow, account, fields)
    assert (wrong["type"], wrong["errors"]) == ("form", told)
    return wrong if wrong["step_id"] == flow["step_id"] else await frontend.post(f"{_FLOW}/{flow['flow_id']}", {})


async def add(frontend: Frontend, account: Account) -> str:
    """Add a locker; return the id of its entry."""
    menu = await frontend.post(_FLOW, {"handler": "music_locker"})
    form = await frontend.post(f"{_FLOW}/{menu['flow_id']}", {"next_step_id": account.service})
    form = await sent_wrong(frontend, form, account, {**account.fields, **account.wrong}, account.told)
    made = await send(frontend, form, account, account.fields)
    assert made["type"] == "create_entry", made
    entry_id: str = made["result"]["entry_id"]
    return entry_id


async def change(frontend: Frontend, account: Account, entry_id: str) -> None:
    """Change a locker, leaving its secrets as they are."""
    form = await frontend.post(_FLOW, {"handler": "music_locker", "entry_id": entry_id})
    form = await sent_wrong(frontend, form, account, {**account.fields, **account.wrong}, account.told)
    secrets = {setting.key for setting in ADAPTERS[account.service].info.settings if setting.secret}
    shown = {key: value for key, value in account.fields.items() if key not in secrets}
    changed = await send(frontend, form, account, shown)
    assert changed["reason"] == "reconfigure_successful"


async def log_in_again(frontend: Frontend, account: Account, entry_id: str) -> None:
    """Let the service refuse what it has granted, and give new secrets where Home Assistant asks for them."""
    await until_loaded(frontend, entry_id)
    secrets = await account.shut_out()
    with suppress(DemoError):  # the sync says that it was refused
        await frontend.client.action("button.press", await frontend.client.entity_of(entry_id, "button"))

    async def asked() -> Step | None:
        for flow in await frontend.client.call("config_entries/flow/progress"):
            if flow["context"].get("entry_id") == entry_id:
                return dict(flow)
        return None

    flow = await eventually(f"{account.service} asks for a new log-in", asked)
    assert flow is not None
    form = await frontend.look(f"{_FLOW}/{flow['flow_id']}")
    assert form["step_id"] == f"reauth_{account.service}"
    form = await sent_wrong(frontend, form, account, account.wrong_again, account.told_again)
    again = await send(frontend, form, account, secrets)
    assert again["reason"] == "reauth_successful"
    await until_loaded(frontend, entry_id)


async def until_loaded(frontend: Frontend, entry_id: str) -> None:
    """Wait for an entry: what changes it loads it behind the answer."""

    async def loaded() -> bool:
        return any(
            entry["entry_id"] == entry_id and entry["state"] == "loaded" for entry in await frontend.client.entries()
        )

    await eventually("the entry is loaded", loaded)


async def test_every_service_is_added_changed_and_logged_in_to_again(
    frontend: Frontend, given: dict[str, Account]
) -> None:
    entries = {service: await add(frontend, account) for service, account in given.items()}
    assert {entry["entry_id"] for entry in await frontend.client.entries()} >= set(entries.values())
    for service, entry_id in entries.items():
        await change(frontend, given[service], entry_id)
    for service, entry_id in reversed(entries.items()):  # MP3tunes last: it ends the password of the account
        await log_in_again(frontend, given[service], entry_id)
