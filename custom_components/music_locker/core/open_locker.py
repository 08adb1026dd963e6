"""What runs for one open locker."""

import asyncio
import logging
from dataclasses import dataclass, field

from .errors import LockerError
from .library import SyncResult
from .lockers.base import Adapter, Capability
from .models import Track

_LOGGER = logging.getLogger(__name__)
_REPORT_TIMEOUT = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Job:
    """Ask for a sync, by a number that MPD clients are told; ``force`` reads what has not changed, too."""

    number: int
    force: bool


@dataclass(slots=True)
class OpenLocker:
    """Hold what runs for one locker; ``job`` is its running sync, ``next_job`` the one that follows it."""

    adapter: Adapter
    sync: asyncio.Task[SyncResult] | None = None
    job: Job | None = None
    next_job: Job | None = None
    periodic: asyncio.Task[None] | None = None
    artwork: asyncio.Task[None] | None = None
    reports: set[asyncio.Task[None]] = field(default_factory=set)
    reachable: bool | None = None
    failing: bool = False

    def note(self, title: str, error: LockerError | None) -> None:
        """Log how a sync ended, but only once that it fails and once that it does no more."""
        if error is not None and not self.failing:
            _LOGGER.warning("%s cannot be read: %s", title, error)
        elif error is None and self.failing:
            _LOGGER.info("%s can be read again", title)
        self.failing = error is not None

    def report_play(self, track: Track, seconds: float) -> None:
        """Tell the service what was heard, without waiting for it."""
        if Capability.REPORT_PLAY in self.adapter.capabilities:
            task = asyncio.create_task(self._report_play(track, seconds), name="music locker report")
            self.reports.add(task)
            task.add_done_callback(self.reports.discard)

    async def _report_play(self, track: Track, seconds: float) -> None:
        try:
            async with asyncio.timeout(_REPORT_TIMEOUT):
                await self.adapter.report_play(track.id, seconds)
        except (LockerError, TimeoutError) as error:
            _LOGGER.debug("A play was not reported: %s", error)
