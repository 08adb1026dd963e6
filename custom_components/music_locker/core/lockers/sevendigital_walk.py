"""One way through all pages of a 7digital locker, which may change meanwhile."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from math import ceil

from .sevendigital_client import PAGE, SevendigitalClient
from .sevendigital_parse import LockerPage, LockerRelease


class Walk:
    """Read a locker's pages once, whoever asks for them, however often.

    Oldest purchases first: what is bought meanwhile comes to the end, and moves nothing.
    """

    def __init__(self, client: SevendigitalClient, page_size: int = PAGE) -> None:
        """Begin with no page read."""
        self._client = client
        self._size = page_size
        self._read: list[Sequence[LockerRelease]] = []
        self._seen: set[str] = set()
        self._number = 1
        self._total: int | None = None
        self._reached = 0
        self._ended = False

    async def pages(self) -> AsyncGenerator[Sequence[LockerRelease]]:
        """Yield the releases page by page, each track once; those of pages that were read already come at once."""
        given = 0
        while given < len(self._read) or not self._ended:
            if given == len(self._read):
                await self._next()
                continue
            yield self._read[given]
            given += 1

    async def _next(self) -> None:
        """Read the next page; where releases went, turn back so far that none of those that moved up is missed."""
        page = await self._client.locker(page=self._number, page_size=self._size)
        fresh = [new for release in page.releases if (new := self._unseen(release)) is not None]
        if fresh:
            self._read.append(fresh)
        gone = 0 if self._total is None or page.total is None else self._total - page.total
        self._total = page.total
        if gone > 0 and self._number > 1:
            self._reached = max(self._reached, self._number)
            self._number = max(1, self._number - ceil(gone / self._size))
            return
        stuck = not fresh and self._number > self._reached  # the service ignores which page it is asked for
        self._ended = not page.releases or stuck or self._is_last(page)
        self._number += 1

    def _is_last(self, page: LockerPage) -> bool:
        """Tell whether all releases are read; a service may give fewer on a page than it was asked for."""
        return page.total is not None and self._number * min(page.size or self._size, self._size) >= page.total

    def _unseen(self, release: LockerRelease) -> LockerRelease | None:
        """Return a release with the tracks that were not there before, or None for nothing new."""
        keys = {bought.track.id: bought for bought in release.tracks if bought.track.id not in self._seen}
        if not keys and release.album.id in self._seen:
            return None
        self._seen.update((release.album.id, *keys))
        return replace(release, tracks=list(keys.values()))
