"""Looking up what a queue holds in a library that has changed."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from itertools import batched

from ..models import Track, TrackKey
from .queue import Queue, QueueItem

_PIECE = 1000  # items, some 1 ms
_CLOSE_TIMEOUT = 5.0  # seconds


class Refresher:
    """Give the items of a queue their tracks anew; of a long queue in pieces, so that others have their turn."""

    def __init__(self, queue: Queue, resolve: Callable[[TrackKey], Track | None], changed: Callable[[], None]) -> None:
        """Find tracks with ``resolve``, and call ``changed`` when some are other ones now."""
        self._queue = queue
        self._resolve = resolve
        self._changed = changed
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Look at every item; the first ones at once."""
        if self._task is not None:
            self._task.cancel()
        task = asyncio.Task(self._run(self._queue.items), loop=asyncio.get_running_loop(), eager_start=True)
        self._task = None if task.done() else task

    async def close(self) -> None:
        """End looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=_CLOSE_TIMEOUT)

    async def _run(self, items: Sequence[QueueItem]) -> None:
        for number, some in enumerate(batched(items, _PIECE, strict=False)):
            if number:
                await asyncio.sleep(0)
            self._look_up(some)

    def _look_up(self, items: Iterable[QueueItem]) -> None:
        queue, resolve = self._queue, self._resolve
        found: list[tuple[int, Track]] = []
        for item in items:
            track = item.track
            if track is None or item.id not in queue:
                continue
            now = resolve(TrackKey(track.locker, track.id))
            if now is not None and now is not track and now != track:
                found.append((queue.position_of(item.id), now))
        if found:
            queue.replace_tracks(found)
            self._changed()
