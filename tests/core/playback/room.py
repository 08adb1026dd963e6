"""A room to test players in: a speaker, a clock, a store, and what listeners heard."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from music_locker_core.models import Track, TrackKey
from music_locker_core.playback.output import OutputFeature
from music_locker_core.playback.player import Player
from tests.tools.fake_speaker import ALL, Clock, FakeSpeaker

TRACKS = {
    TrackKey("home", str(number)): Track(str(number), f"Song {number}", duration=100.0, locker="home")
    for number in range(1, 6)
}


class Store:
    """Keep states in memory."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}

    async def save_state(self, key: str, value: bytes) -> None:
        self.values[key] = value

    async def load_state(self, key: str) -> bytes | None:
        return self.values.get(key)


class Room:
    """A player with its speaker, its clock and what its listeners heard."""

    def __init__(self, features: OutputFeature = ALL, store: Store | None = None, *, prompt: bool = True) -> None:
        self.speaker = FakeSpeaker(features=features, prompt=prompt)
        self.clock = Clock()
        self.store = store or Store()
        self.library = dict(TRACKS)
        self.played: list[str] = []
        self.played_seconds: list[float] = []
        self.player = Player(
            "kitchen",
            "Kitchen",
            self.speaker,
            store=self.store,
            resolve=self.library.get,
            played=self._note,
            clock=self.clock,
            chance=random.Random(1),  # noqa: S311 - the same order every time
        )
        self.heard: list[frozenset[str]] = []
        self.player.subscribe(self.heard.append)

    def _note(self, track: Track, seconds: float) -> None:
        self.played.append(track.title)
        self.played_seconds.append(seconds)

    @property
    def at(self) -> int | None:
        item = self.player.current
        return None if item is None else self.player.queue.position_of(item.id)

    async def settled(self) -> None:
        """Wait until the speaker has taken every command given so far, also those that no test can wait for."""
        await self.player.settle()


@asynccontextmanager
async def room(features: OutputFeature = ALL, store: Store | None = None, count: int = 3) -> AsyncIterator[Room]:
    one = Room(features, store)
    one.player.add(list(TRACKS.values())[:count])
    try:
        yield one
    finally:
        one.speaker.refuses = None
        await one.player.close()
