"""Waiting for work that goes on when the one who waits does not."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def outcome[Result](work: asyncio.Future[Result]) -> Result:
    """Wait for work, and return or raise what came of it; being cancelled ends the waiting, not the work.

    What fails when nobody waits any more is for the work's owner to tell: asyncio.shield would write it into the log.
    """
    await asyncio.wait([work])
    return work.result()


async def to_the_end[Result](work: Coroutine[Any, Any, Result]) -> Result:
    """Wait for work that must not stop half-way, not even when the one who waits is cancelled."""
    task = asyncio.create_task(work)
    try:
        return await outcome(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # nobody waits for it any more; asking keeps asyncio from writing it into the log
        raise
