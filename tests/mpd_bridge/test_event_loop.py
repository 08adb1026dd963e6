"""Which loop the daemon runs on."""

import asyncio

import pytest

from mpd_bridge import event_loop


async def running() -> str:
    return type(asyncio.get_running_loop()).__module__.partition(".")[0]


def test_the_daemon_runs_on_uvloop() -> None:
    assert event_loop.run(running()) == "uvloop"


def test_without_uvloop_it_runs_on_asyncio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_loop, "find_spec", lambda _name: None)

    assert event_loop.run(running()) == "asyncio"
