"""Try what the demo runs, the way that its users do, and say what was seen."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import aiohttp

from mpd_bridge.demo_music import DemoTrack, make, tracks
from mpd_bridge.demo_music.catalogue import safe_name
from music_locker_core.lockers import ADAPTERS

from .check_home_assistant import check_home_assistant
from .check_mpd import check_mpd, check_upload
from .lockers import DemoLocker
from .stage import Stage


async def check(stage: Stage) -> None:
    """Try every way to the music of every locker; raise DemoError with what failed."""
    files = await asyncio.to_thread(_new_files, stage) if stage.demo_music else {}
    async with aiohttp.ClientSession() as session:
        if stage.home_assistant is not None:
            print("Home Assistant:", flush=True)
            await check_home_assistant(stage, session, files)
        print("MPD:", flush=True)
        await check_mpd(stage, session)
        for locker, file in files.items():
            await check_upload(stage, locker, file)
    print("All is well.", flush=True)


def _new_files(stage: Stage) -> Mapping[str, Path]:
    """Make a file for each locker that takes uploads, where Home Assistant may read it; return them by title."""
    folder = Path(stage.state) / "home-assistant" / "media"
    wanted = {locker.title: _new_track(locker) for locker in stage.lockers if ADAPTERS[locker.service].info.uploads}
    make(folder, tracks=wanted.values())
    return {title: folder / track.path for title, track in wanted.items()}


def _new_track(locker: DemoLocker) -> DemoTrack:
    """Return a track that no locker has."""
    title = f"Sent to {locker.title}"
    return replace(tracks()[0], title=title, path=f"{safe_name(title)}.mp3", album=None)
