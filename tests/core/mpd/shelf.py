"""A small varied locker in memory: a real adapter."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import ClassVar

import aiohttp

from music_locker_core.errors import NotFound
from music_locker_core.lockers.base import Adapter, Capability, ServiceInfo, StreamInfo, StreamReader
from music_locker_core.models import Account, Album, Artist, Artwork, Playlist, Track

ADDED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PICTURE = bytes(range(256)) * 80
ARTISTS = (Artist("1", "Björk"), Artist("2", "The Quotes"), Artist("3", "東京"))
ALBUMS = (
    Album("1", "Homogenic", "Björk", "1", year=1997, artwork="cover"),
    Album("2", 'Say "Hello"', "The Quotes", "2", year=2011),
    Album("3", "夜", "東京", "3", year=2020),
)


def _track(number: int, title: str, album: int, position: int, disc: int | None = None) -> Track:
    of = ALBUMS[album - 1]
    return Track(
        str(number),
        title,
        of.artist,
        of.artist_id,
        of.title,
        of.id,
        number=position,
        disc=disc,
        year=of.year,
        genre="Pop" if album != 3 else "Ambient",
        duration=100.0 + number,
        size=1000 * number,
        bit_rate=192,
        file_name=f"{position:02} {title}.mp3",
        artwork=of.artwork,
        added=ADDED,
    )


TRACKS = (
    _track(1, "Hunter", 1, 1),
    _track(2, "Jóga", 1, 2),
    _track(3, "Bachelorette", 1, 3),
    _track(4, 'It\'s "Quoted"', 2, 1, 1),
    _track(5, "Back\\slash/Slash", 2, 2, 1),
    _track(6, "Second Disc", 2, 1, 2),
    _track(7, "雨", 3, 1),
    Track("8", "No Album", "The Quotes", "2", duration=12.5, bit_rate=128, file_name="no album.ogg", added=ADDED),
)


class ShelfLocker(Adapter):
    """Hold eight tracks, three albums and a playlist."""

    info: ClassVar[ServiceInfo] = ServiceInfo("shelf", "Shelf")

    def __init__(self, session: aiohttp.ClientSession) -> None:
        super().__init__({}, session)
        self.all_tracks: Sequence[Track] = TRACKS

    @property
    def capabilities(self) -> Capability:
        return Capability.STREAM | Capability.ARTWORK | Capability.PLAYLISTS

    async def login(self) -> Account:
        return Account("shelf", "shelf")

    async def artists(self) -> AsyncIterator[Sequence[Artist]]:
        yield ARTISTS

    async def albums(self) -> AsyncIterator[Sequence[Album]]:
        yield ALBUMS

    async def tracks(self) -> AsyncIterator[Sequence[Track]]:
        yield self.all_tracks

    async def playlists(self) -> Sequence[Playlist]:
        return (Playlist("1", "Evening", track_count=3),)

    async def playlist_tracks(self, playlist_id: str) -> Sequence[str]:
        if playlist_id != "1":
            raise NotFound
        return ("7", "2", "8")

    @asynccontextmanager
    async def stream(
        self,
        track_id: str,
        *,
        offset: int = 0,
        mp3: bool = False,
        bit_rate: int | None = None,
    ) -> AsyncIterator[StreamReader]:
        content = track_id.encode() * 1000
        yield StreamReader(StreamInfo("audio/mpeg", len(content), offset, True), self._chunks(content[offset:]))

    async def _chunks(self, content: bytes) -> AsyncIterator[bytes]:
        yield content

    async def artwork(self, artwork_id: str) -> Artwork:
        if artwork_id != "cover":
            raise NotFound
        return Artwork(PICTURE, "image/png")
