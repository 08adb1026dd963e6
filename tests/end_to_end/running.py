"""What the end-to-end tests start and drive: the demo, and mpc."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_socket

from script.demo_parts.home_assistant import HomeAssistantClient, Json, configure, home_assistant
from script.demo_parts.processes import free_port

ROOT = Path(__file__).parents[2]
COMPONENT = ROOT / "custom_components" / "music_locker"


def start_demo(*arguments: str, environment: dict[str, str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [ROOT / "script" / "demo", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        env=environment or os.environ.copy(),
    )


def ready_line(demo: subprocess.Popen[str]) -> dict[str, Any]:
    assert demo.stdout is not None
    seen = []
    for line in demo.stdout:
        seen.append(line)
        if line.startswith("ready "):
            stage: dict[str, Any] = json.loads(line.removeprefix("ready "))
            return stage
    pytest.fail("the demo ended before it was ready:\n" + "".join(seen[-20:]))


def end_demo(demo: subprocess.Popen[str]) -> int:
    demo.send_signal(signal.SIGINT)
    try:
        demo.communicate(timeout=60)
    finally:
        demo.kill()
    return demo.returncode


def free_ports() -> list[str]:
    """Options that keep the demo away from ports that somebody uses."""
    pytest_socket.enable_socket()  # the test plugin's ban would meet fixtures of the session too
    names = ("--mpd-port", "--http-port", "--stream-port", "--home-assistant-port")
    return [word for name in names for word in (name, str(free_port()))]


class Mpc:
    """Run mpc against one server."""

    def __init__(self, port: int) -> None:
        self._command = ["mpc", "-p", str(port)]

    def __call__(self, *arguments: str) -> list[str]:
        done = subprocess.run([*self._command, *arguments], capture_output=True, text=True, check=False, timeout=30)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout.splitlines()

    def bytes(self, *arguments: str) -> bytes:
        done = subprocess.run([*self._command, *arguments], capture_output=True, check=True, timeout=30)
        return done.stdout


async def eventually[T](what: str, probe: Callable[[], Awaitable[T]], limit: float = 10.0) -> T:
    """Wait until ``probe()`` is true, and return its answer."""
    try:
        async with asyncio.timeout(limit):
            while not (answer := await probe()):  # noqa: ASYNC110 - another process sets no event of ours
                await asyncio.sleep(0.05)
    except TimeoutError:
        pytest.fail(f"not within {limit} s: {what}")
    return answer


async def titled(client: HomeAssistantClient, *titles: str) -> Json:
    """Walk from the root of the media source down these titles, and return the last node."""
    node: Json = {"media_content_id": "media-source://music_locker"}
    for title in titles:
        where = node["media_content_id"]
        children = (await client.call("media_source/browse_media", media_content_id=where))["children"]
        node = next(child for child in children if child["title"] == title)
    return node


class Frontend:
    """Go through forms, each checked to be one that a browser can be sent."""

    def __init__(self, client: HomeAssistantClient, session: aiohttp.ClientSession) -> None:
        self.client = client
        self._session = session
        token = client.tokens["access_token"]
        self._headers = {"Authorization": f"Bearer {token}", "HA-Frontend-Base": client.url}

    async def flow(self, path: str, start: dict[str, Any], *steps: dict[str, Any]) -> dict[str, Any]:
        """Walk through a flow, and return how it ends."""
        result = await self.post(path, start)
        for step in steps:
            assert result["type"] in {"form", "menu"}
            result = await self.post(f"{path}/{result['flow_id']}", step)
        return result

    async def look(self, path: str) -> dict[str, Any]:
        """Ask what a flow shows now."""
        async with self._session.get(self.client.url + path, headers=self._headers) as response:
            assert response.ok, await response.text()
            result: dict[str, Any] = await response.json()
            return result

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send a form off, and tell the address that the browser has open."""
        async with self._session.post(self.client.url + path, json=dict(body), headers=self._headers) as response:
            assert response.ok, await response.text()
            result: dict[str, Any] = await response.json()
            return result

    async def issues(self) -> list[dict[str, Any]]:
        told = (await self.client.call("repairs/list_issues"))["issues"]
        return [issue for issue in told if issue["domain"] == "music_locker"]


@asynccontextmanager
async def new_home_assistant(folder: Path) -> AsyncIterator[Frontend]:
    """Run the newest Home Assistant with a copy of the component for the time of the block."""
    port = free_port()
    shutil.copytree(
        COMPONENT, folder / "custom_components" / "music_locker", ignore=shutil.ignore_patterns("__pycache__")
    )
    configure(folder, port)
    async with home_assistant(folder, port), aiohttp.ClientSession() as session:
        client = await HomeAssistantClient.log_in(f"http://127.0.0.1:{port}", session, "demo", "demo")
        yield Frontend(client, session)
        await client.close()
    log = (folder / "home-assistant.log").read_text()
    assert not [line for line in log.splitlines() if "music_locker" in line and ("ERROR" in line or "blocking" in line)]
