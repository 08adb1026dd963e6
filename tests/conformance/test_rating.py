"""Ratings, and telling the service what was heard."""

import pytest

from music_locker_core.errors import LockerError, NotFound
from music_locker_core.lockers.base import Capability
from tests.conformance.folder import LONG
from tests.conformance.harness import Site
from tests.conformance.subject import Call

UNKNOWN = ("", "../login", "a/b?c=d", "ä" * 40)


async def seen(site: Site) -> int | None:
    """The rating, as an adapter finds it that has changed nothing."""
    other = site.another(site.subject.settings())
    (rating,) = [track.rating async for page in other.tracks() for track in page if track.title == LONG.title]
    return rating


@pytest.mark.needs(Capability.RATE)
async def test_a_rating_is_seen_by_others_in_the_services_own_steps(site: Site) -> None:
    track_id = (await site.tracks())[LONG.title].id
    told: list[int] = []
    for rating in (10, 7, 4, 1):
        await site.adapter.rate(track_id, rating)
        told.append(await seen(site) or 0)
        assert abs(told[-1] - rating) <= 1
    assert told == sorted(told, reverse=True)
    await site.adapter.rate(track_id, 0)
    assert not await seen(site)


@pytest.mark.needs(Capability.RATE)
async def test_what_is_not_there_cannot_be_rated(site: Site) -> None:
    for track_id in UNKNOWN:
        with pytest.raises(NotFound):
            await site.adapter.rate(track_id, 10)


@pytest.mark.needs(Capability.RATE)
async def test_a_rating_that_fails_is_an_error_of_the_one_family(site: Site) -> None:
    track_id = (await site.tracks())[LONG.title].id
    for fault in ({"status": 500}, {"body": "html"}, {"body": "malformed"}):
        await site.break_next(Call.RATE, count=None, **fault)
        with pytest.raises(LockerError):
            await site.adapter.rate(track_id, 10)
        await site.mend()
    assert not await seen(site)


@pytest.mark.needs(Capability.REPORT_PLAY)
async def test_what_was_heard_is_told_once(site: Site) -> None:
    track_id = (await site.tracks())[LONG.title].id
    before = await site.asked(Call.REPORT)
    await site.adapter.report_play(track_id, 3.7)
    await site.adapter.report_play(track_id, 0.0)
    assert await site.asked(Call.REPORT) == before + 2
    for unknown in UNKNOWN:
        with pytest.raises(NotFound):
            await site.adapter.report_play(unknown, 1.0)
    await site.break_next(Call.REPORT, status=500, count=None)
    with pytest.raises(LockerError):
        await site.adapter.report_play(track_id, 1.0)
    assert await site.asked(Call.REPORT) == before + 3
