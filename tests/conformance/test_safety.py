"""Being cancelled and being closed: no task is left, and the adapter is as good as before."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from music_locker_core.errors import LockerError
from music_locker_core.lockers.base import Capability
from music_locker_core.models import Track
from tests.conformance import files
from tests.conformance.folder import LONG, QUEEN, SONGS
from tests.conformance.harness import Site
from tests.conformance.subject import Call


async def first(pages: AsyncIterator[object]) -> object:
    return await anext(pages)


async def listen(site: Site, track_id: str) -> None:
    async with site.adapter.stream(track_id) as reader:
        async for _chunk in reader.chunks:
            site.sent.set()


type Asked = tuple[Call, Capability, Callable[[Site, Track, Path], Coroutine[Any, Any, object]]]

CALLS: dict[str, Asked] = {
    "login": (Call.LOGIN, Capability(0), lambda site, _track, _path: site.adapter.login()),
    "marker": (Call.MARKER, Capability.CHANGE_MARKER, lambda site, _track, _path: site.adapter.change_marker()),
    "artists": (Call.LIST, Capability(0), lambda site, _track, _path: first(site.adapter.artists())),
    "tracks": (Call.LIST, Capability(0), lambda site, _track, _path: first(site.adapter.tracks())),
    "playlists": (Call.LIST, Capability.PLAYLISTS, lambda site, _track, _path: site.adapter.playlists()),
    "stream": (Call.STREAM, Capability.STREAM, lambda site, track, _path: listen(site, track.id)),
    "artwork": (Call.ART, Capability.ARTWORK, lambda site, track, _path: site.adapter.artwork(track.artwork or "none")),
    "search": (Call.SEARCH, Capability.SEARCH, lambda site, _track, _path: site.adapter.search("abba")),
    "upload": (Call.UPLOAD, Capability.UPLOAD, lambda site, _track, path: site.adapter.upload(path)),
}


async def test_a_call_that_is_cancelled_leaves_no_task_and_no_harm(site: Site, tmp_path: Path) -> None:
    tracks, song = await site.tracks(), files.song(tmp_path)
    track = replace(tracks[LONG.title], artwork=tracks[QUEEN.title].artwork)
    for name, (call, needed, ask) in CALLS.items():
        if needed not in site.adapter.capabilities:
            continue  # test_capabilities.py judges what is absent
        if name == "artists" and not site.subject.lists_artists:
            continue
        await site.break_next(call, latency=30)
        site.sent.clear()
        before = asyncio.all_tasks()
        asking = asyncio.create_task(ask(site, track, song))
        await site.sent.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await site.mend()
        if name == "login":
            await site.adapter.close()  # it is shared with others, who may still want it
        if ending := asyncio.all_tasks() - before:
            await asyncio.wait(ending, timeout=5)
        assert asyncio.all_tasks() == before, name
        assert len(await site.tracks()) == len(SONGS), name


async def test_a_stream_that_is_cancelled_while_it_is_read_leaves_nothing(site: Site) -> None:
    track_id = (await site.tracks())[LONG.title].id
    before = asyncio.all_tasks()
    site.sent.clear()
    listening = asyncio.create_task(listen(site, track_id))
    await site.sent.wait()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    assert asyncio.all_tasks() == before
    await listen(site, track_id)


async def test_a_stream_that_is_left_early_frees_its_connection(site: Site) -> None:
    track_id = (await site.tracks())[LONG.title].id
    for _ in range(3):
        async with site.adapter.stream(track_id) as reader:
            assert await anext(reader.chunks)
    await listen(site, track_id)


async def test_closing_ends_what_is_under_way_and_can_be_done_twice(site: Site) -> None:
    await site.break_next(Call.LOGIN, latency=30)
    site.sent.clear()
    adapter = site.another(site.subject.settings())
    login = asyncio.create_task(adapter.login())
    await site.sent.wait()
    await adapter.close()
    with pytest.raises((asyncio.CancelledError, LockerError)):
        await login
    await adapter.close()
    await site.another(site.subject.settings()).close()
