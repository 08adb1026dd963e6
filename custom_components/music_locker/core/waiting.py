"""Waiting for work that goes on when the one who waits does not."""

import asyncio


async def outcome[Result](work: asyncio.Future[Result]) -> Result:
    """Wait for work, and return or raise what came of it; being cancelled ends the waiting, not the work.

    What fails when nobody waits any more is for the work's owner to tell: asyncio.shield would write it into the log.
    """
    await asyncio.wait([work])
    return work.result()
