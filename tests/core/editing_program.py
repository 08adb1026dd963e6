"""A program of its own that edits a playlist for ever, to be killed: it reads what it needs from its input."""

import asyncio
import json
import sys
from itertools import cycle, islice
from pathlib import Path

import aiohttp

from music_locker_core.hub import Core
from music_locker_core.lockers import create_adapter
from music_locker_core.models import Playlist

PLAYLIST = "Mix"


async def main() -> None:
    """Print the number of tracks in the playlist after each edit."""
    given = json.loads(sys.stdin.readline())
    core = await Core.open(Path(given["folder"]))
    async with aiohttp.ClientSession() as session:
        await core.add_locker("bag", "Bag", create_adapter("tunesbag", given["settings"], session))
        await core.sync("bag")
        if _playlist(core) is None:
            await core.outbox.create_playlist("bag", PLAYLIST)
        while (playlist := _playlist(core)) is not None:
            ids = [track.id for track in core.library.catalog.playlist_tracks("bag", playlist.id)]
            await core.outbox.change_playlist(playlist, track_ids=expected(core, len(ids) + 1))
            sys.stdout.write(f"{len(ids) + 1}\n")
            sys.stdout.flush()


def _playlist(core: Core) -> Playlist | None:
    return next((each for each in core.library.catalog.playlists("bag") if each.title == PLAYLIST), None)


def expected(core: Core, count: int) -> list[str]:
    """Return the ids that so many edits have put into the playlist."""
    return [track.id for track in islice(cycle(core.library.catalog.tracks), count)]


if __name__ == "__main__":
    asyncio.run(main())
