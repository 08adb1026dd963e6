"""Searching at the service, and its pictures."""

import pytest

from music_locker_core.errors import LockerConnectionError, LockerError, NotFound, ServiceError
from music_locker_core.lockers.base import Capability
from tests.conformance.folder import LONG, QUEEN, SONGS
from tests.conformance.harness import Site
from tests.conformance.subject import Call
from tests.mpd_bridge.locker_server import audio


@pytest.mark.needs(Capability.SEARCH)
async def test_a_search_finds_titles_artists_and_albums(site: Site) -> None:
    for song in SONGS:
        assert song.title in {track.title for track in (await site.adapter.search(song.title)).tracks}, song
    found = await site.adapter.search("abba")
    assert "Abba" in {artist.name for artist in found.artists}
    assert "Arrival" in {album.title for album in (await site.adapter.search("arrival")).albums}


@pytest.mark.needs(Capability.SEARCH)
async def test_what_a_search_finds_can_be_played(site: Site) -> None:
    (track,) = (await site.adapter.search(QUEEN.title)).tracks
    async with site.adapter.stream(track.id) as reader:
        assert await anext(reader.chunks)


@pytest.mark.needs(Capability.SEARCH)
@pytest.mark.parametrize("query", ["", " ", "no such thing", "%", "&=?#", "a" * 3000, "\x00\x1f", "🎵", "\ud800"])
async def test_any_query_gets_a_result_or_an_error_of_the_one_family(site: Site, query: str) -> None:
    try:
        found = await site.adapter.search(query, limit=1)
    except LockerError:
        return
    assert max(len(found.artists), len(found.albums), len(found.tracks)) <= 1


@pytest.mark.needs(Capability.SEARCH)
async def test_a_search_that_fails_is_an_error_of_the_one_family(site: Site) -> None:
    for body in ("html", "malformed", "empty", "truncated"):
        await site.break_next(Call.SEARCH, body=body)
        with pytest.raises(ServiceError):
            await site.adapter.search("abba")
    await site.break_next(Call.SEARCH, drop_after=3, count=None)
    with pytest.raises(LockerConnectionError):
        await site.adapter.search("abba")


@pytest.mark.needs(Capability.ARTWORK)
async def test_a_picture_comes_as_it_lies_in_the_file(site: Site) -> None:
    named = (await site.tracks())[QUEEN.title].artwork
    albums = [album async for page in site.adapter.albums() for album in page if album.title == QUEEN.album]
    names = {name for name in (named, *(album.artwork for album in albums)) if name is not None}
    assert names
    for name in names:
        artwork = await site.adapter.artwork(name)
        assert (artwork.content, artwork.mime_type) == (audio.PICTURE, "image/jpeg")


@pytest.mark.needs(Capability.ARTWORK)
async def test_what_has_no_picture_is_not_found(site: Site) -> None:
    with pytest.raises(NotFound):
        await site.adapter.artwork((await site.tracks())[LONG.title].artwork or "none")
    for artwork_id in ("", "../login", "album-", "album-999999999", "ä/ö?x=1"):
        with pytest.raises(NotFound):
            await site.adapter.artwork(artwork_id)


@pytest.mark.needs(Capability.ARTWORK)
async def test_what_comes_in_place_of_a_picture_is_an_error_of_the_one_family(site: Site) -> None:
    name = (await site.tracks())[QUEEN.title].artwork
    assert name is not None
    for body in ("html", "malformed", "empty"):
        await site.break_next(Call.ART, body=body)
        with pytest.raises((ServiceError, NotFound)):
            await site.adapter.artwork(name)
    await site.break_next(Call.ART, drop_after=3, count=None)
    with pytest.raises(LockerConnectionError):
        await site.adapter.artwork(name)
