"""Learning the length of a track whose locker tells none, for as long as somebody wants to know it."""

import asyncio
from collections.abc import Callable

from ..errors import LockerError
from ..models import Track
from .deck import measure, reason
from .sound import DecodeError
from .streams import Streams


async def measure_while(
    wanted: Callable[[], bool], streams: Streams, track: Track, news: asyncio.Event
) -> float | str | None:
    """Return a track's length in seconds, why it has none, or None once it is not wanted any more.

    ``news`` is set when that may have changed, and at the end.
    """
    measuring = asyncio.create_task(measure(streams, track), name="music locker measuring")
    measuring.add_done_callback(lambda _: news.set())
    try:
        while not measuring.done() and wanted():
            await news.wait()
            news.clear()
    finally:
        measuring.cancel()
        await asyncio.wait([measuring])
        news.set()
    if measuring.cancelled():
        return None
    try:
        return measuring.result()
    except (LockerError, DecodeError, OSError) as error:
        return reason(error)
