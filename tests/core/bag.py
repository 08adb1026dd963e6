"""A tunesBag locker over HTTP, which two programs use: ours, and another one that looks at what the service has."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from yarl import URL

from mpd_bridge.locker_server import LockerServer
from music_locker_core.lockers import create_adapter
from music_locker_core.lockers.base import Adapter
from music_locker_core.lockers.web import Retry
from music_locker_core.models import Playlist
from tests.mpd_bridge.locker_server import audio

USER, PASSWORD, APP = "ann@example.com", "password", "app"
TITLES = ("Eins", "Zwei", "Drei", "Vier")


@dataclass(slots=True)
class Bag:
    """A service that can be shut down and started again at the same address."""

    folder: Path
    session: aiohttp.ClientSession
    server: LockerServer = field(init=False)
    settings: dict[str, str] = field(init=False, repr=False)
    other: Adapter = field(init=False)

    async def start(self) -> None:
        """Make the music and the account, and begin to serve."""
        for number, title in enumerate(TITLES, 1):
            audio.make(
                self.folder / f"music/{number}.mp3", title=title, artist="Ann", album="Zahlen", tracknumber=str(number)
            )
        await self._serve(0)
        key = await asyncio.to_thread(self.server.tunesbag.remote_key, USER, APP)
        self.settings = {"url": self.server.url, "username": USER, "app_key": APP, "remote_key": key}
        self.other = self.adapter()

    async def _serve(self, port: int) -> None:
        self.server = LockerServer(self.folder / "music", self.folder / "server", password_cost=2)
        self.allow_changes(True)
        await self.server.start(port=port)

    def allow_changes(self, allowed: bool) -> None:
        """Let the account change things, or only look at them."""
        self.server.add_account(USER, PASSWORD, read_only=not allowed)

    async def stop(self) -> None:
        """Shut the service down."""
        await self.server.close()

    async def start_again(self) -> None:
        """Serve the same address once more."""
        await self._serve(URL(self.settings["url"]).port or 0)

    async def close(self) -> None:
        """End everything."""
        await self.other.close()
        await self.server.close()

    def adapter(self) -> Adapter:
        """Return an adapter of its own log-in."""
        return create_adapter("tunesbag", self.settings, self.session, Retry(attempts=1))

    async def playlists(self) -> dict[str, Playlist]:
        """Return what the service has of the user's own playlists, by title."""
        return {each.title: each for each in await self.other.playlists() if each.editable}

    async def titles(self, playlist: str) -> Sequence[str]:
        """Return the titles of a playlist's tracks, as the service has it."""
        tracks = {track.id: track.title async for page in self.other.tracks() for track in page}
        found = (await self.playlists())[playlist]
        return [tracks[track_id] for track_id in await self.other.playlist_tracks(found.id)]

    async def ratings(self) -> dict[str, int | None]:
        """Return the ratings that the service has, by title."""
        return {track.title: track.rating async for page in self.other.tracks() for track in page}
