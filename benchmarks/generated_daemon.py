"""The daemon with one service more: a locker that is made up on the spot. It imports what the daemon does, and no more.

python -m benchmarks.generated_daemon TRACKS run --config FILE
"""

import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import override

import aiohttp

import music_locker_core.lockers
from benchmarks.generated_locker import GeneratedLocker
from music_locker_core.lockers.base import ServiceInfo
from music_locker_core.lockers.web import Retry
from music_locker_core.models import Track


class BenchLocker(GeneratedLocker):
    """Hold as many tracks as the command line says; from the second reading on the first one has another title."""

    info = ServiceInfo("generated", "Generated")
    tracks_of_all = 0

    def __init__(
        self,
        settings: Mapping[str, str],  # noqa: ARG002 - the contract's
        session: aiohttp.ClientSession,
        retry: Retry | None = None,  # noqa: ARG002 - the contract's
    ) -> None:
        super().__init__(session, self.tracks_of_all)
        self._readings = 0

    @override
    async def tracks(self) -> AsyncIterator[Sequence[Track]]:
        self._readings += 1
        async for page in super().tracks():
            if self._readings > 1 and page[0].id == "0":
                yield [replace(page[0], title=f"Reading {self._readings}"), *page[1:]]
            else:
                yield page


def main() -> None:
    """Run the daemon's command line, behind the number of tracks."""
    _, tracks, *arguments = sys.argv
    BenchLocker.tracks_of_all = int(tracks)
    music_locker_core.lockers.ADAPTERS = MappingProxyType(
        {**music_locker_core.lockers.ADAPTERS, "generated": BenchLocker}
    )
    from mpd_bridge.cli import cli  # noqa: PLC0415 - takes the services as it finds them

    cli(arguments)
