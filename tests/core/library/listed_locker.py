"""A locker of generated items: test data behind the adapters' contract."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import ClassVar

import aiohttp

from music_locker_core.errors import LockerError, NotFound
from music_locker_core.lockers.base import Adapter, Capability, ServiceInfo, StreamReader
from music_locker_core.models import Account, Album, Artist, Playlist, Track

GONE: Sequence[str] = ("gone",)
"""The tracks of a playlist that is deleted between being listed and being read."""


class ListedLocker(Adapter):
    """Give what a test has put into its lists; ``error`` breaks the reading of tracks after the first page."""

    info: ClassVar[ServiceInfo] = ServiceInfo("listed", "Listed")

    def __init__(self, session: aiohttp.ClientSession, tracks: Sequence[Track] = ()) -> None:
        super().__init__({}, session)
        self.held_artists: list[Artist] = []
        self.held_albums: list[Album] = []
        self.held_tracks = list(tracks)
        self.held_playlists: dict[Playlist, Sequence[str]] = {}
        self.marker: str | None = None
        self.error: BaseException | None = None
        self.calls: list[str] = []

    @property
    def capabilities(self) -> Capability:
        return Capability.STREAM | Capability.PLAYLISTS | Capability.CHANGE_MARKER

    async def login(self) -> Account:
        return Account("listed", "Listed")

    async def change_marker(self) -> str | None:
        self.calls.append("change_marker")
        return self.marker

    async def artists(self) -> AsyncIterator[Sequence[Artist]]:
        self.calls.append("artists")
        yield self.held_artists

    async def albums(self) -> AsyncIterator[Sequence[Album]]:
        self.calls.append("albums")
        yield self.held_albums

    async def tracks(self) -> AsyncIterator[Sequence[Track]]:
        self.calls.append("tracks")
        yield self.held_tracks[:1]
        if self.error is not None:
            raise self.error
        yield self.held_tracks[1:]

    async def playlists(self) -> Sequence[Playlist]:
        return list(self.held_playlists)

    async def playlist_tracks(self, playlist_id: str) -> Sequence[str]:
        ids = next(ids for playlist, ids in self.held_playlists.items() if playlist.id == playlist_id)
        if ids is GONE:
            raise NotFound
        return ids

    def stream(
        self, track_id: str, *, offset: int = 0, mp3: bool = False, bit_rate: int | None = None
    ) -> AbstractAsyncContextManager[StreamReader]:
        raise LockerError("Test data has no sound")
