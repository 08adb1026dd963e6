"""Marked secrets are planted wherever they can enter; they come out nowhere but where they are handed over."""

import asyncio
import base64
import gc
import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.const import MATCH_ALL
from homeassistant.core import Event, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import area_registry, device_registry, entity_registry, issue_registry
from homeassistant.helpers.json import json_dumps
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.music_locker.const import DOMAIN
from custom_components.music_locker.core.lockers import ADAPTERS
from custom_components.music_locker.live import live_stream_of
from custom_components.music_locker.runtime import shared_core
from custom_components.music_locker.views import artwork_path
from mpd_bridge.locker_server import Fault, LockerServer
from mpd_bridge.locker_server.faults import WrongBody
from mpd_bridge.locker_server.mp3tunes_options import Mp3tunesOptions
from tests.tools.repeating import SESSION, repeating_service
from tests.tools.services import Account

from .conftest import SetUp
from .flows import choose, fill_in
from .players import act
from .speakers import SimpleSpeaker
from .test_mpd_server_entry import Client, mpd_server, port

pytestmark = pytest.mark.slow  # whole lives with every fault

__all__ = ["port"]

USER = "planted@example.com"
PASSWORD = "planted-pass word/&ü+%"
PARTNER_TOKEN = "planted-partner/token=="
MPD_PASSWORD = "planted-mpd-password"
IN_URL = "planted-in-userinfo"
IN_QUERY = "planted-in-query"
WRONG = "planted-wrong-password"
PLANTED = {PASSWORD, PARTNER_TOKEN, MPD_PASSWORD, IN_URL, IN_QUERY, WRONG}
KITCHEN, SPEAKER = "media_player.kitchen", "media_player.kitchen_speaker"
OURS = ("custom_components.music_locker", "music_locker_core")

# Every command of the bridge that reads; each is answered by an OK or an ACK.
READ = re.split(
    r"\s+",
    """status stats currentsong playlistinfo playlistid plchanges%0 plchangesposid%0 playlist outputs commands
    notcommands urlhandlers decoders listpartitions tagtypes listall listallinfo lsinfo listfiles listplaylists config
    protocol count%artist%Ann search%any%a find%title%x list%album list%artist replay_gain_status channels readmessages
    getvol listmounts listneighbors playlistfind%any%x playlistsearch%any%x sticker%list%song%x albumart%x%0
    readpicture%x%0 getfingerprint%x readcomments%x listplaylist%x listplaylistinfo%x searchcount%any%a nonsense""",
)


def forms(secret: str) -> set[str]:
    """Return how a secret may be written: plain, quoted for a URL, escaped in JSON or in a representation."""
    return {
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        repr(secret)[1:-1],
        json_dumps(secret)[1:-1],
        base64.b64encode(f"{USER}:{secret}".encode()).decode(),
    }


def leaks(seen: dict[str, str], secrets: set[str]) -> set[tuple[str, str, str]]:
    """Return where which secret was seen."""
    written = {form: secret for secret in secrets for form in forms(secret)}
    return {
        (place, secret, line[:300])
        for place, text in seen.items()
        for form, secret in written.items()
        if form in text
        for line in text.splitlines()
        if form in line
    }


class Witness:
    """Sees all that anybody but the speaker sees: logs at debug level, events, answers."""

    def __init__(self, hass: HomeAssistant, logs: pytest.LogCaptureFixture) -> None:
        self.seen: dict[str, str] = {}
        self._logs = logs
        hass.bus.async_listen(MATCH_ALL, self._hear)

    def _hear(self, event: Event[Any]) -> None:
        """An action or a state of the speaker itself holds the address that the speaker was handed."""
        data = event.data
        to_speaker = data.get("service") == "play_media" and SPEAKER in str(data.get("service_data"))
        if not to_speaker and data.get("entity_id") != SPEAKER:
            self.see("event", repr(event.as_dict()))

    def see(self, place: str, text: object) -> None:
        self.seen[place] = f"{self.seen.get(place, '')}\n{text if isinstance(text, str) else repr(text)}"

    def all(self) -> dict[str, str]:
        lines = (logging.Formatter("%(name)s %(message)s").format(record) for record in self._logs.records)
        return {**self.seen, "log": "\n".join(line for line in lines if not line.startswith("mpd_bridge."))}


@pytest.fixture
async def witness(hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Witness]:
    """Listen to everything, at debug level."""
    for component in ("homeassistant", "diagnostics", "media_source", "system_health", "trace", "websocket_api"):
        assert await async_setup_component(hass, component, {})
    caplog.set_level(logging.DEBUG)
    before = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    for name in before:
        logging.getLogger(name).setLevel(logging.NOTSET)
    yield Witness(hass, caplog)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
async def planted(music: Path, tmp_path: Path) -> AsyncIterator[LockerServer]:
    """A locker server whose only account has the planted secrets."""
    options = Mp3tunesOptions(partner_tokens=frozenset({PARTNER_TOKEN}))
    server = LockerServer(music, tmp_path / "server", mp3tunes=options, password_cost=2)
    server.add_account(USER, PASSWORD)
    await server.start()
    yield server
    await server.close()


def typed(server: LockerServer) -> dict[str, str]:
    return {"url": server.url, "username": USER, "password": PASSWORD, "partner_token": PARTNER_TOKEN}


def sessions(server: LockerServer) -> set[str]:
    return {*server.sessions._open, *server.sessions._over}


def handed_over(hass: HomeAssistant) -> set[str]:
    """Return the secrets that were made here: live tokens, and the installation's key."""
    key = Path(hass.config.path(".storage", DOMAIN, "stream.key")).read_bytes()
    live = {entry.data["live_token"] for entry in hass.config_entries.async_entries(DOMAIN)}
    return {key.hex(), base64.b64encode(key).decode(), repr(key)[2:-1], *live}


async def look_at_everything(hass: HomeAssistant, witness: Witness, hass_client: ClientSessionGenerator) -> None:
    """See what Home Assistant shows of itself: states, registries, issues, entries, diagnostics, objects."""
    for state in hass.states.async_all():
        if state.entity_id != SPEAKER:
            witness.see("state", repr(state.as_dict()))
    for registry in (area_registry, device_registry, entity_registry, issue_registry):
        witness.see("registry", repr(vars(registry.async_get(hass))))
    flows = hass.config_entries.flow.async_progress()
    witness.see("flows", repr(flows))
    for entry in hass.config_entries.async_entries(DOMAIN):
        witness.see("entry", f"{entry!r} {entry.as_json_fragment!r} {entry.reason} {entry.title} {entry.unique_id}")
        witness.see("diagnostics", json_dumps(await get_diagnostics_for_config_entry(hass, hass_client, entry)))
    for thing in gc.get_objects():
        if str(type(thing).__module__).startswith(OURS):
            witness.see("repr", repr(thing))


async def test_what_lets_us_in_at_each_service_is_shown_nowhere(
    hass: HomeAssistant, witness: Witness, given: dict[str, Account], hass_client: ClientSessionGenerator
) -> None:
    secrets: set[str] = set()
    for service, account in given.items():
        step = await fill_in(hass, await choose(hass, service), **account.fields)
        if step["type"] is FlowResultType.FORM:
            placeholders = step["description_placeholders"]
            assert placeholders is not None
            step = await fill_in(hass, step, answer=await account.let_in(placeholders["page"]))
        settings: dict[str, str] = step["result"].data["settings"]
        secrets |= {settings[one.key] for one in ADAPTERS[service].info.settings if one.secret and one.key in settings}
        await step["result"].runtime_data.core.sync(step["result"].entry_id)

    await look_at_everything(hass, witness, hass_client)

    assert leaks(witness.all(), secrets | handed_over(hass)) == set()


async def test_what_is_typed_into_a_form_is_shown_nowhere(
    hass: HomeAssistant,
    witness: Witness,
    planted: LockerServer,
    unused_tcp_port: int,
    hass_client: ClientSessionGenerator,
) -> None:
    form = await choose(hass, "mp3tunes")
    good = typed(planted)
    at_nobody = f"http://127.0.0.1:{unused_tcp_port}"
    for values in (
        {"password": WRONG},
        {"partner_token": WRONG},
        {"url": good["url"].replace("http://", f"http://{USER}:{IN_URL}@")},
        {"url": f"{at_nobody}/?key={IN_QUERY}"},
        {"url": f"https://127.0.0.1:{unused_tcp_port}"},
        {"url": f"http://{IN_URL}:no-port"},
    ):
        form = await fill_in(hass, form, **good | values)
        assert form["type"] is FlowResultType.FORM
        witness.see("form", {key: value for key, value in form.items() if key != "data_schema"})
    for fault in (
        Fault("login", count=2, body=WrongBody.HTML),
        Fault("login", count=2, body=WrongBody.TRUNCATED),
        Fault("login", count=9, drop_after=5),
        Fault("accountData", count=9, status=401),
    ):
        planted.faults.add(fault)
        form = await fill_in(hass, form, **good)
        assert form["type"] is FlowResultType.FORM
        planted.faults.clear()
    made = await fill_in(hass, form, **good)
    assert made["type"] is FlowResultType.CREATE_ENTRY
    entry: ConfigEntry = made["result"]
    reauth = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_REAUTH, "entry_id": entry.entry_id}, data=entry.data
    )
    witness.see("form", {key: value for key, value in reauth.items() if key != "data_schema"})
    await hass.async_block_till_done()

    await look_at_everything(hass, witness, hass_client)

    assert "planted@example.com" in witness.all()["entry"]
    assert leaks(witness.all(), PLANTED | sessions(planted) | handed_over(hass)) == set()


async def test_a_life_with_faults_tells_no_secret(
    hass: HomeAssistant,
    witness: Witness,
    planted: LockerServer,
    set_up: SetUp,
    speaker: SimpleSpeaker,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
) -> None:
    hass.config.internal_url = "http://home.example:8123"
    locker = await set_up("MP3tunes", kind="locker", service="mp3tunes", settings=typed(planted))
    kitchen = await set_up("Kitchen", kind="player", target=SPEAKER)
    core = locker.runtime_data.core
    await core.sync(locker.entry_id)
    await hass.async_block_till_done()
    album = core.library.catalog.albums(locker.entry_id)[0]
    play = {
        "action": "media_player.play_media",
        "target": {"entity_id": KITCHEN},
        "data": {
            "media_content_id": f"media-source://music_locker/{locker.entry_id}/album/{album.id}",
            "media_content_type": "music",
        },
    }
    automation = {"id": "wake", "alias": "Wake up", "triggers": [{"trigger": "event", "event_type": "wake"}]}
    assert await async_setup_component(hass, "automation", {"automation": [{**automation, "actions": [play]}]})
    hass.bus.async_fire("wake")
    await hass.async_block_till_done()
    await act(hass, "media_play")

    client = await hass_client_no_auth()
    for fault in (Fault("lockerGet", drop_after=100), Fault("lockerGet", expire_sessions=True)):
        planted.faults.add(fault)
        path = speaker.played[-1].removeprefix("http://home.example:8123")
        assert (await client.get(path, headers={"Range": "bytes=0-99"})).status == 206
        await act(hass, "media_next_track")
    planted.sessions.expire_all()  # also where the tracks were fetched ahead before the fault
    stream_tokens = {address.split("/")[6] for address in speaker.played}
    assert (await client.head(path)).status == 200
    assert (await client.get(path.replace("stream/", "stream/x"))).status == 403
    await client.get(f"{path}?x=%0d<script>")
    live = live_stream_of(kitchen).path
    response = await client.get(live)
    assert response.status == 200
    response.close()
    assert (await client.get(f"{live}?<script>")).status in {200, 400}
    album_art = next((album.artwork for album in core.library.catalog.albums(locker.entry_id) if album.artwork), "x")
    await (await hass_client()).get(artwork_path(hass, (locker.entry_id, album_art)) or "")
    for body in (WrongBody.HTML, WrongBody.TRUNCATED, WrongBody.MALFORMED):
        planted.faults.add(Fault("lockerData", body=body))
        with pytest.raises(Exception, match=r"\w") as refusal:
            await core.sync(locker.entry_id, force=True)
        witness.see("error", f"{refusal.value!r} {refusal.value}")

    browser = await hass_ws_client()
    traces = await told(browser, type="trace/list", domain="automation")
    assert len(traces) == 1
    run = await told(browser, type="trace/get", domain="automation", item_id="wake", run_id=traces[0]["run_id"])
    witness.see("trace", json_dumps(run))
    browse = await told(browser, type="media_player/browse_media", entity_id=KITCHEN)
    witness.see("browse", json_dumps(browse))
    for action, target in (("search", {"query": "songs"}), ("get_queue", {"entity_id": KITCHEN}), ("sync", {})):
        answer = await hass.services.async_call(DOMAIN, action, target, blocking=True, return_response=True)
        witness.see("action", json_dumps(answer))
    await look_at_everything(hass, witness, hass_client)

    seen, secrets = witness.all(), PLANTED | sessions(planted) | handed_over(hass) | stream_tokens
    assert min(len(stream_tokens), len(sessions(planted))) > 1
    assert {"action", "diagnostics", "event", "state", "trace", "repr", "log"} <= set(seen)
    assert "Serving /api/music_locker/stream/***/" in seen["log"]
    assert leaks(seen, secrets) == set()


async def told(browser: Any, **message: Any) -> Any:
    """Ask as the frontend does."""
    await browser.send_json_auto_id(message)
    answer = await browser.receive_json()
    assert answer["success"], answer
    return answer["result"]


@pytest.fixture
async def repeating() -> AsyncIterator[str]:
    """A service that lets everybody in, and answers any other call with all that it was sent."""
    async with repeating_service(USER) as url:
        yield url


async def test_a_service_that_repeats_what_it_was_sent_is_not_repeated(
    hass: HomeAssistant,
    witness: Witness,
    repeating: str,
    set_up: SetUp,
    hass_client: ClientSessionGenerator,
) -> None:
    settings = {"username": USER, "password": PASSWORD, "partner_token": PARTNER_TOKEN}
    entry = await set_up("MP3tunes", kind="locker", service="mp3tunes", settings={**settings, "url": repeating})
    await entry.runtime_data.core.adapter(entry.entry_id).login()
    with pytest.raises(Exception, match=r"\*\*\*") as refusal:
        await entry.runtime_data.core.sync(entry.entry_id)
    witness.see("error", f"{refusal.value!r} {refusal.value}")
    await hass.async_block_till_done()

    await look_at_everything(hass, witness, hass_client)

    assert "***" in witness.all()["log"]
    assert leaks(witness.all(), PLANTED | {SESSION}) == set()


async def test_mpd_clients_are_told_no_secret(
    hass: HomeAssistant, witness: Witness, planted: LockerServer, set_up: SetUp, port: int
) -> None:
    locker = await set_up("MP3tunes", kind="locker", service="mp3tunes", settings=typed(planted))
    await locker.runtime_data.core.sync(locker.entry_id)
    await set_up("MPD server", **mpd_server(port, password=MPD_PASSWORD))
    client = await Client.connect(port)
    for command in (f"password {WRONG}", "status", f'password "{MPD_PASSWORD}"', f"password {WRONG}"):
        witness.see("mpd", "\n".join(await client.send(command)))
    await client.send(f'password "{MPD_PASSWORD}"')
    await client.send(f'add "http://{USER}:{IN_URL}@radio.example/x"')
    await client.send("findadd \"(title != '')\"")
    await client.send("play 1")
    planted.faults.add(Fault("lockerData", body=WrongBody.HTML))
    known = [line.removeprefix("command: ") for line in await client.send("commands")]
    song = locker.runtime_data.core.library.catalog.tracks[0].uri
    for command in (*READ, *(f'{name} "{song}"' for name in ("albumart", "readpicture", "readcomments"))):
        answer = await client.send(command.replace("%", " "))
        witness.see("mpd", "\n".join(answer))
    assert {"playlistinfo", "listallinfo", "outputs", "status"} <= set(known)
    await client.close()
    await asyncio.sleep(0)

    assert f"file: {song}" in witness.all()["mpd"]
    made = handed_over(hass)
    tokens = {path.split("/")[4] for path in paths(hass)}
    assert tokens
    assert leaks(witness.all(), (PLANTED | sessions(planted) | made | tokens)) == set()


def paths(hass: HomeAssistant) -> list[str]:
    """Return the path of a track for every output there is."""
    core = shared_core(hass).core
    assert core is not None
    track = core.library.catalog.tracks[0]
    outputs = [output for player in core.players for output in core.outputs.given(player)]
    return [core.streams.path(output.id, track) for output in outputs]
