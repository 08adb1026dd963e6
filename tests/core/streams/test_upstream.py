"""Services that hang, and adapters that do what they should not: nobody waits for ever."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from music_locker_core.errors import LockerConnectionError, LockerError, RateLimited, ServiceError
from music_locker_core.lockers.base import StreamInfo, StreamReader
from music_locker_core.models import Track
from music_locker_core.streams import feed
from tests.core.streams.conftest import MakeSite, Site


async def read(site: Site, track: Track, offset: int = 0) -> bytes:
    return b"".join([chunk async for chunk in site.streams.read(track, offset)])


async def test_a_service_that_does_not_open_a_stream_is_given_up(
    site: Site, megabyte: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "OPEN_TIMEOUT", 0.01)

    @asynccontextmanager
    async def hang(*_: Any, **__: Any) -> AsyncIterator[None]:
        await asyncio.Event().wait()
        yield

    monkeypatch.setattr(site.locker, "stream", hang)
    with pytest.raises(LockerConnectionError, match="did not answer in time"):
        await read(site, site.add(content=megabyte))


async def test_a_service_that_stops_sending_is_asked_again(
    site: Site, megabyte: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "CHUNK_TIMEOUT", 0.05)
    site.locker.hold_at = 100_000
    track = site.add(content=megabyte)
    async with aclosing(site.streams.read(track)) as chunks:
        received = await anext(chunks)
        while len(received) < 100_000:
            received += await anext(chunks)
        site.locker.hold_at = None
        received += b"".join([chunk async for chunk in chunks])
    assert received == megabyte
    assert site.locker.opened == [0, 100_000]


async def test_a_service_that_begins_behind_what_was_asked_for_is_an_error(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asynccontextmanager
    async def late(*_: Any, **__: Any) -> AsyncIterator[StreamReader]:
        yield StreamReader(StreamInfo("audio/mpeg", 100, 10, ranges=True), aiter_of(b"x" * 90))

    monkeypatch.setattr(site.locker, "stream", late)
    with pytest.raises(ServiceError, match="another part"):
        await read(site, site.add(content=b"x" * 100))


async def aiter_of(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def test_a_fault_of_an_adapter_is_logged_and_told(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(site.locker, "stream", broken)
    with pytest.raises(ServiceError, match="could not be fetched"):
        await read(site, site.add(content=b"x"))
    assert [record.levelno for record in caplog.records if record.exc_info] == [logging.ERROR]


async def test_a_locker_that_is_not_connected_is_told(site: Site) -> None:
    site.connected = False
    with pytest.raises(LockerConnectionError, match="not connected"):
        await read(site, site.add(content=b"x"))


async def test_far_ahead_readers_are_served_past_the_fill_and_through_its_faults(site: Site, megabyte: bytes) -> None:
    site.locker.hold_at = 10_000
    track = site.add(content=megabyte)
    async with aclosing(site.streams.read(track)) as slow:
        await anext(slow)
        site.locker.errors = [LockerConnectionError(), LockerConnectionError()]
        assert await read(site, track, 700_000) == megabyte[700_000:]
        site.locker.errors = [LockerConnectionError() for _ in range(9)]
        with pytest.raises(LockerError):
            await read(site, track, 600_000)
        site.locker.errors = [RateLimited(retry_after=0.0)]
        assert await read(site, track, 600_000) == megabyte[600_000:]
        site.locker.errors = [RateLimited(retry_after=99.0)]
        with pytest.raises(RateLimited):
            await read(site, track, 600_000)


async def test_reading_after_the_streams_were_closed_is_told(make_site: MakeSite, megabyte: bytes) -> None:
    site = await make_site()
    track = site.add(content=megabyte)
    site.locker.hold_at = 100_000
    async with aclosing(site.streams.read(track)) as chunks:
        await anext(chunks)
        await site.streams.close()
        with pytest.raises(LockerConnectionError, match="closed"):
            b"".join([chunk async for chunk in chunks])
    with pytest.raises(LockerConnectionError, match="closed"):
        await read(site, track)
