"""A locker with as many tracks as wanted, made up on the spot and the same in every run."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from itertools import batched
from random import Random
from typing import ClassVar

import aiohttp

from music_locker_core.errors import NotFound
from music_locker_core.lockers.base import Adapter, Capability, ServiceInfo, StreamReader
from music_locker_core.models import Account, Album, Artist, Track

CHANGED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_PAGE = 1000
_SONGS_OF_AN_ALBUM = 12
_ALBUMS_OF_AN_ARTIST = 3
_GENRES = ("Rock", "Pop", "Jazz", "Folk", "Ambient", "Classical", "Hip-Hop", "Metal")
_SYLLABLES = (
    "lan",
    "tern",
    "mo",
    "ri",
    "ka",
    "ver",
    "sun",
    "dis",
    "tant",
    "blue",
    "o",
    "ne",
    "fal",
    "len",
    "gar",
    "den",
)


def make_tracks(count: int) -> Iterator[Track]:
    """Return tracks by artists, albums and numbers."""
    random = Random(1)  # noqa: S311 - the same music in every run
    words = ["".join(random.choices(_SYLLABLES, k=random.randint(2, 4))) for _ in range(2000)]
    artist = album = genre = ""
    year = 0
    for index in range(count):
        album_number, position = divmod(index, _SONGS_OF_AN_ALBUM)
        if position == 0:
            if album_number % _ALBUMS_OF_AN_ARTIST == 0:
                artist = " ".join(random.choices(words, k=2)).title()
            album = f"{' '.join(random.choices(words, k=2)).title()} {album_number}"
            genre, year = random.choice(_GENRES), random.randint(1960, 2020)
        yield Track(
            str(index),
            " ".join(random.choices(words, k=3)).title(),
            artist,
            album=album,
            album_artist=artist,
            number=position + 1,
            year=year,
            genre=genre,
            duration=random.randint(90, 400) + 0.5,
            size=5_000_000,
            modified=CHANGED,
        )


class GeneratedLocker(Adapter):
    """Hold made-up tracks that cannot be played."""

    info: ClassVar[ServiceInfo] = ServiceInfo("generated", "Generated")

    def __init__(self, session: aiohttp.ClientSession, count: int) -> None:
        super().__init__({}, session)
        self.count = count

    @property
    def capabilities(self) -> Capability:
        return Capability(0)

    async def login(self) -> Account:
        return Account("generated", "Generated")

    async def artists(self) -> AsyncIterator[Sequence[Artist]]:
        yield ()

    async def albums(self) -> AsyncIterator[Sequence[Album]]:
        yield ()

    async def tracks(self) -> AsyncIterator[Sequence[Track]]:
        for page in batched(make_tracks(self.count), _PAGE, strict=False):
            yield page

    def stream(
        self,
        track_id: str,
        *,
        offset: int = 0,  # noqa: ARG002 - the contract's
        mp3: bool = False,  # noqa: ARG002 - the contract's
        bit_rate: int | None = None,  # noqa: ARG002 - the contract's
    ) -> AbstractAsyncContextManager[StreamReader]:
        raise NotFound(track_id)
