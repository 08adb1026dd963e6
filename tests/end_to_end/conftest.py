"""The demo, running: a locker server, the newest Home Assistant, a speaker, and real MPD clients."""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_socket

from script.demo_parts.home_assistant import HomeAssistantClient
from script.demo_parts.processes import free_port

ROOT = Path(__file__).parents[2]
_START_LIMIT = 240  # seconds; the first start makes the demo music and compiles Home Assistant's bytecode


@pytest.fixture(autouse=True)
def _loopback_sockets(socket_enabled: None) -> None:
    """Take back the test plugin's ban on sockets."""


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


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The demo with Home Assistant; the ``ready`` line that it printed."""
    process = start_demo("--state", str(tmp_path_factory.mktemp("demo")), *free_ports())
    try:
        yield ready_line(process)
    finally:
        end_demo(process)


@pytest.fixture
async def home_assistant(demo: dict[str, Any]) -> AsyncIterator[HomeAssistantClient]:
    async with aiohttp.ClientSession() as session:
        client = await HomeAssistantClient.log_in(
            demo["home_assistant"], session, demo["home_assistant_user"], demo["home_assistant_password"]
        )
        yield client
        await client.close()


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


@pytest.fixture
def mpc(demo: dict[str, Any]) -> Mpc:
    client = Mpc(demo["mpd_port"])
    client("clear")
    return client


async def eventually(what: str, probe: Any, limit: float = 10.0) -> Any:
    """Wait until ``probe()`` is true, and return its answer."""
    try:
        async with asyncio.timeout(limit):
            while not (answer := await probe()):  # noqa: ASYNC110 - another process sets no event of ours
                await asyncio.sleep(0.05)
    except TimeoutError:
        pytest.fail(f"not within {limit} s: {what}")
    return answer
