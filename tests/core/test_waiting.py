"""Waiting for work that others wait for too."""

import asyncio
import gc
from typing import Any

import pytest

from music_locker_core.errors import LockerConnectionError
from music_locker_core.lockers.sessions import SessionKeeper
from music_locker_core.waiting import outcome


@pytest.fixture
def unheard() -> list[dict[str, Any]]:
    """What asyncio would write into the log."""
    found: list[dict[str, Any]] = []
    asyncio.get_event_loop().set_exception_handler(lambda _, context: found.append(context))
    return found


async def test_all_who_wait_get_what_came_of_it() -> None:
    work: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    waiting = [asyncio.create_task(outcome(work)) for _ in range(2)]
    await asyncio.sleep(0)
    work.set_result(5)
    assert await asyncio.gather(*waiting) == [5, 5]


async def test_who_stops_to_wait_does_not_stop_the_work() -> None:
    work: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(outcome(work))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not work.cancelled()
    work.set_result(5)
    assert await outcome(work) == 5


async def test_a_login_that_fails_when_nobody_waits_any_more_is_not_logged(unheard: list[dict[str, Any]]) -> None:
    refused = asyncio.Event()

    async def log_in() -> None:
        await refused.wait()
        raise LockerConnectionError

    keeper = SessionKeeper(log_in)
    waiting = asyncio.create_task(keeper.renew())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    refused.set()
    with pytest.raises(LockerConnectionError):
        await keeper.renew()
    del waiting
    gc.collect()
    assert unheard == []
