"""What the end-to-end tests start and drive: the demo, and mpc."""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_socket

from script.demo_parts.home_assistant import HomeAssistantClient, Json
from script.demo_parts.processes import free_port

ROOT = Path(__file__).parents[2]


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
