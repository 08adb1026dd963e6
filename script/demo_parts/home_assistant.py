"""A Home Assistant of our own on the loopback: its configuration, and a client of its REST API and websocket."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self

import aiohttp

from .authorisation import allow
from .lockers import PASSWORD, DemoLocker
from .processes import LOOPBACK, DemoError, Process, running, until

type Json = dict[str, Any]

_REPOSITORY = Path(__file__).parents[2]
_CONFIGURATION = """\
homeassistant:
  name: Music Locker demo
  latitude: 52.37
  longitude: 4.89
  elevation: 2
  unit_system: metric
  currency: EUR
  country: NL
  time_zone: Europe/Amsterdam
  internal_url: http://{host}:{port}
  media_dirs:
    local: "{media}"
api:
auth:
config:
conversation:
frontend:
media_player:
media_source:
system_health:
websocket_api:
logger:
  default: warning
"""


def configure(folder: Path, port: int) -> None:
    """Write what Home Assistant needs to start on this port of the loopback with the component in it."""
    storage = folder / ".storage"
    storage.mkdir(parents=True, exist_ok=True)
    media = folder / "media"
    media.mkdir(exist_ok=True)
    (folder / "configuration.yaml").write_text(_CONFIGURATION.format(host=LOOPBACK, port=port, media=media))
    # "http:" in YAML is taken for a trial only; this is where Home Assistant itself keeps the address.
    _store(storage / "http", 2, 2, _http_settings(port))
    if not (storage / "onboarding").exists():
        # The other steps would set up integrations that want the internet.
        _store(storage / "onboarding", 4, 1, {"done": ["core_config", "analytics", "integration"]})
    link = folder / "custom_components" / "music_locker"
    link.parent.mkdir(exist_ok=True)
    if not link.exists():
        link.symlink_to(_REPOSITORY / "custom_components" / "music_locker")


def _http_settings(port: int) -> Json:
    stable = {
        "server_host": [LOOPBACK],
        "server_port": port,
        "cors_allowed_origins": ["https://cast.home-assistant.io"],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": True,
        "ssl_profile": "modern",
        "use_x_frame_options": True,
        "created_at": "2026-01-01T00:00:00+00:00",
        "error": None,
        "error_message": None,
    }
    return {"stable": stable, "pending": None, "yaml_migration_done": True}


def _store(path: Path, version: int, minor_version: int, data: Json) -> None:
    path.write_text(json.dumps({"version": version, "minor_version": minor_version, "key": path.name, "data": data}))


@asynccontextmanager
async def home_assistant(folder: Path, port: int) -> AsyncIterator[Process]:
    """Run the newest Home Assistant for the time of the block; it answers when the block begins."""
    configure(folder, port)
    hass = _REPOSITORY / ".venv-newest" / "bin" / "hass"
    async with (
        running("Home Assistant", [hass, "--config", folder], folder / "home-assistant.out") as process,
        aiohttp.ClientSession() as session,
    ):

        async def answers() -> bool:
            try:
                async with session.get(f"http://{LOOPBACK}:{port}/manifest.json") as response:
                    return response.ok
            except aiohttp.ClientError:
                return False

        await process.ready(answers)
        yield process


class HomeAssistantClient:
    """Speak to Home Assistant as its frontend does."""

    def __init__(self, url: str, session: aiohttp.ClientSession, tokens: Json) -> None:
        self.url = url
        self.tokens = tokens
        self._session = session
        self._headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._last_id = 0

    @classmethod
    async def log_in(cls, url: str, session: aiohttp.ClientSession, user: str, password: str) -> Self:
        """Log in, making the user as the owner if Home Assistant is new."""
        code = await _first_user(url, session, user, password) or await _login(url, session, user, password)
        form = {"grant_type": "authorization_code", "code": code, "client_id": f"{url}/"}
        async with session.post(f"{url}/auth/token", data=form) as response:
            response.raise_for_status()
            client = cls(url, session, await response.json())
        await client._connect()
        return client

    async def _connect(self) -> None:
        socket = await self._session.ws_connect(f"{self.url}/api/websocket", max_msg_size=0)
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": self.tokens["access_token"]})
        if (await socket.receive_json())["type"] != "auth_ok":
            raise DemoError("Home Assistant does not take the log-in that it gave.")
        self._socket = socket

        async def started() -> bool:
            return bool((await self.call("get_config"))["state"] == "RUNNING")

        await until("Waiting for Home Assistant to finish its start", started)

    async def close(self) -> None:
        """Close the websocket."""
        if self._socket is not None:
            await self._socket.close()

    async def call(self, command: str, **arguments: Any) -> Any:
        """Send a websocket command and return its result; raise DemoError with Home Assistant's own message."""
        if self._socket is None:
            raise DemoError("Not connected to Home Assistant.")
        self._last_id += 1
        await self._socket.send_json({"id": self._last_id, "type": command, **arguments})
        while True:
            answer = await self._socket.receive_json(timeout=30)
            if answer["id"] == self._last_id and answer["type"] == "result":
                break
        if not answer["success"]:
            raise DemoError(f"Home Assistant refuses {command}: {answer['error']['message']}")
        return answer["result"]

    async def action(self, name: str, entity_id: str, **data: Any) -> Any:
        """Perform an action such as ``media_player.play_media`` on one entity."""
        domain, _, service = name.partition(".")
        return await self.call(
            "call_service", domain=domain, service=service, service_data=data, target={"entity_id": entity_id}
        )

    async def state(self, entity_id: str) -> Json | None:
        """Return the state of an entity, or None where there is no such entity."""
        async with self._session.get(f"{self.url}/api/states/{entity_id}", headers=self._headers) as response:
            if response.status == HTTPStatus.NOT_FOUND:
                return None
            response.raise_for_status()
            state: Json = await response.json()
            return state

    async def get(self, path: str) -> bytes:
        """Fetch a path that Home Assistant gave, as a speaker does: without a log-in."""
        async with self._session.get(self.url + path) as response:
            response.raise_for_status()
            return await response.read()

    async def entries(self) -> list[Json]:
        """Return the config entries."""
        return list(await self.call("config_entries/get"))

    async def remove_entry(self, entry_id: str) -> None:
        """Remove a config entry."""
        url = f"{self.url}/api/config/config_entries/entry/{entry_id}"
        async with self._session.delete(url, headers=self._headers) as response:
            response.raise_for_status()

    async def add_entry(self, handler: str, *steps: Json) -> Json:
        """Walk through a config flow, one form a step, and return the new entry; raise DemoError if it refuses."""
        flow = await self._walk("flow", {"handler": handler, "show_advanced_options": False}, *steps)
        entry: Json = flow["result"]
        return entry

    async def add_locker(self, locker: DemoLocker) -> Json:
        """Add a locker as its owner does, who allows access at the service's page where it asks for that."""
        flow = await self._flow("flow", {"handler": "music_locker", "show_advanced_options": False})
        flow = await self._flow(f"flow/{flow['flow_id']}", {"next_step_id": locker.service})
        flow = await self._flow(f"flow/{flow['flow_id']}", locker.form)
        match flow["type"]:
            case "external":
                await allow(self._session, flow["url"], locker.user, PASSWORD)
                flow = await self._flow(f"flow/{flow['flow_id']}")
            case "form" if page := (flow["description_placeholders"] or {}).get("page"):
                shown = await allow(self._session, page, locker.user, PASSWORD)
                flow = await self._flow(f"flow/{flow['flow_id']}", {"answer": shown or ""})
        return self._made(flow, locker.title)["result"]  # type: ignore[no-any-return] # JSON

    async def set_options(self, entry_id: str, *steps: Json) -> None:
        """Walk through the flow of an entry's options, one form a step; raise DemoError if it refuses."""
        await self._walk("options/flow", {"handler": entry_id}, *steps)

    async def _walk(self, kind: str, begin: Json, *steps: Json) -> Json:
        flow = await self._flow(kind, begin)
        for step in steps:
            flow = await self._flow(f"{kind}/{flow['flow_id']}", step)
        return self._made(flow, f"a {kind} for {begin['handler']}")

    @staticmethod
    def _made(flow: Json, what: str) -> Json:
        if flow["type"] != "create_entry":
            reason = flow.get("errors") or flow.get("reason") or f"it asks for {flow.get('step_id')}"
            raise DemoError(f"Home Assistant refuses {what}: {reason}")
        return flow

    async def _flow(self, path: str, body: Json | None = None) -> Json:
        """Take a step of a flow; without a body, look where a flow has come to."""
        url = f"{self.url}/api/config/config_entries/{path}"
        # By this header a frontend tells under which address the browser has opened it.
        headers = {**self._headers, "HA-Frontend-Base": self.url}
        verb = "GET" if body is None else "POST"
        async with self._session.request(verb, url, json=body, headers=headers) as response:
            if not response.ok:
                raise DemoError(f"Home Assistant's config flow: {response.status} {await response.text()}")
            flow: Json = await response.json()
            return flow

    async def entity_of(self, entry_id: str, platform: str = "media_player") -> str:
        """Return the id of the entity that a config entry made."""

        async def find() -> str | None:
            for entity in await self.call("config/entity_registry/list"):
                if entity["config_entry_id"] == entry_id and entity["entity_id"].startswith(f"{platform}."):
                    return str(entity["entity_id"])
            return None

        return await until(f"Waiting for the {platform} of a config entry", find)


async def _first_user(url: str, session: aiohttp.ClientSession, user: str, password: str) -> str | None:
    async with session.get(f"{url}/api/onboarding") as response:
        steps = await response.json() if response.ok else []
    if not any(step["step"] == "user" and not step["done"] for step in steps):
        return None
    body = {"client_id": f"{url}/", "name": user, "username": user, "password": password, "language": "en"}
    async with session.post(f"{url}/api/onboarding/users", json=body) as response:
        response.raise_for_status()
        return str((await response.json())["auth_code"])


async def _login(url: str, session: aiohttp.ClientSession, user: str, password: str) -> str:
    body: Json = {"client_id": f"{url}/", "handler": ["homeassistant", None], "redirect_uri": f"{url}/"}
    async with session.post(f"{url}/auth/login_flow", json=body) as response:
        response.raise_for_status()
        flow = (await response.json())["flow_id"]
    body = {"client_id": f"{url}/", "username": user, "password": password}
    async with session.post(f"{url}/auth/login_flow/{flow}", json=body) as response:
        response.raise_for_status()
        step = await response.json()
    if step["type"] != "create_entry":
        raise DemoError(f"Home Assistant does not know {user!r} with this password; use another --state.")
    return str(step["result"])
