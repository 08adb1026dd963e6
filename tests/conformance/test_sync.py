"""Reading a locker into the library: whole, again, after changes, and when the service fails."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from music_locker_core.errors import LockerConnectionError, LockerError, RateLimited, ServiceError
from music_locker_core.library import Library
from music_locker_core.lockers.base import Capability
from music_locker_core.models import UNKNOWN_ALBUM, UNKNOWN_ARTIST, Album, Artist, Playlist, Track
from tests.conformance.folder import LONG, NEW, QUEEN, SONGS, put
from tests.conformance.harness import Site
from tests.conformance.subject import Call
from tests.mpd_bridge.locker_server import audio

LOCKER = "judged"
SPOILT: list[dict[str, Any]] = [
    {"body": "html"},
    {"body": "truncated"},
    {"body": "malformed"},
    {"body": "empty"},
    {"drop_after": 20},
    {"lose_answer": True},
    {"status": 500},
    {"status": 404},
    {"status": 418},
]


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    library = await Library.open(tmp_path / "library.db")
    await library.add_locker(LOCKER, "Judged")
    yield library
    await library.close()


def held(library: Library) -> list[str]:
    return sorted(track.title for track in library.catalog.tracks)


TITLES = sorted(song.title for song in SONGS)


@pytest.mark.row("X1")
async def test_a_sync_reads_everything(site: Site, library: Library) -> None:
    result = await library.sync(LOCKER, site.adapter)
    assert (result.changed, result.tracks, result.removed) == (True, len(SONGS), 0)
    catalog = library.catalog
    tracks = {track.title: track for track in catalog.tracks}
    for song in SONGS:
        track = tracks[song.title]
        assert (track.artist, track.album) == (song.artist, song.album)
        assert track.mime_type == song.mime_type or not site.subject.tells_types
        assert track.number in {song.number, None}
        assert track.size in {len(site.server.content[song.path]), None}
        assert track.duration is None or abs(track.duration - song.seconds) < 0.2
        assert track.available
        assert track.artist_id in {artist.id for artist in catalog.artists(LOCKER)}
        assert track.album_id in {album.id for album in catalog.albums(LOCKER)}
    assert {artist.name for artist in catalog.artists(LOCKER)} == {song.artist for song in SONGS}
    assert {album.title for album in catalog.albums(LOCKER)} == {song.album for song in SONGS}
    for moment in (moment for track in tracks.values() for moment in (track.added, track.modified)):
        assert moment is None or moment.tzinfo is not None


@pytest.mark.row("X2", "X3")
async def test_every_id_is_a_text_and_what_has_no_artist_gets_the_one_placeholder(site: Site, library: Library) -> None:
    audio.make(site.music / "untagged.mp3", seconds=0.6)
    await site.look()
    await library.sync(LOCKER, site.adapter)
    (untagged,) = {track.title for track in library.catalog.tracks} - set(TITLES)
    track = next(track for track in library.catalog.tracks if track.title == untagged)
    assert track.artist == UNKNOWN_ARTIST
    assert track.album in {None, UNKNOWN_ALBUM, untagged, site.subject.no_album}
    contents = library.catalog.contents[LOCKER]
    items: list[Artist | Album | Track | Playlist] = [*contents.tracks, *contents.albums, *contents.artists]
    for item in [*items, *contents.playlists]:
        assert isinstance(item.id, str)
        assert item.id


@pytest.mark.needs(Capability.PLAYLISTS)
async def test_a_sync_reads_playlists_in_their_order(site: Site, library: Library) -> None:
    await library.sync(LOCKER, site.adapter)
    contents = library.catalog.contents[LOCKER]
    read = {each.title: [track.title for track in contents.playlist_tracks(each.id)] for each in contents.playlists}
    assert {title: list(titles) for title, titles in site.subject.playlists.items()}.items() <= read.items()


async def test_a_sync_without_a_change_changes_nothing(site: Site, library: Library) -> None:
    await library.sync(LOCKER, site.adapter)
    version, lists = library.catalog.version, await site.asked(Call.LIST)
    again = await library.sync(LOCKER, site.adapter)
    assert (again.changed, again.tracks, library.catalog.version) == (False, len(SONGS), version)
    read = await site.asked(Call.LIST) - lists
    assert read == 0 if Capability.CHANGE_MARKER in site.adapter.capabilities else read > 0
    forced = await library.sync(LOCKER, site.adapter, force=True)
    assert (forced.changed, library.catalog.version) == (False, version)


async def test_a_sync_finds_what_was_added_changed_and_removed(site: Site, library: Library) -> None:
    await library.sync(LOCKER, site.adapter)
    put(site.music, NEW)
    await site.look()
    await library.sync(LOCKER, site.adapter)
    assert held(library) == sorted([*TITLES, NEW.title])
    audio.make(site.music / NEW.path, seconds=NEW.seconds, title="Renamed", artist=NEW.artist, album="Elsewhere")
    await site.look()
    await library.sync(LOCKER, site.adapter)
    assert held(library) == sorted([*TITLES, "Renamed"])
    (renamed,) = [track for track in library.catalog.tracks if track.title == "Renamed"]
    assert renamed.album == "Elsewhere"
    (site.music / NEW.path).unlink()
    await site.look()
    result = await library.sync(LOCKER, site.adapter)
    assert (held(library), result.changed) == (TITLES, True)
    assert NEW.artist not in {artist.name for artist in library.catalog.artists(LOCKER)}


async def test_a_session_that_expires_in_the_middle_of_a_sync_is_seen_by_nobody(site: Site, library: Library) -> None:
    await site.break_next(Call.LIST, skip=min(1, site.subject.lists - 1), expire_sessions=True)
    logins = await site.asked(Call.LOGIN)
    assert (await library.sync(LOCKER, site.adapter)).tracks == len(SONGS)
    assert await site.asked(Call.LOGIN) == logins + site.subject.sessions


@pytest.mark.row("X6")
async def test_an_answer_that_is_lost_once_is_asked_for_again(site: Site, library: Library) -> None:
    once: list[dict[str, Any]] = [{"drop_after": 20}, {"lose_answer": True}, {"status": 500}]
    for fault in (*once, {"status": 503, "retry_after": 0}):
        await site.break_next(Call.LIST, **fault)
        assert (await library.sync(LOCKER, site.adapter, force=True)).tracks == len(SONGS), fault


async def test_a_slow_answer_is_waited_for(site: Site, library: Library) -> None:
    await site.break_next(Call.LIST, latency=0.05, count=None)
    assert (await library.sync(LOCKER, site.adapter)).tracks == len(SONGS)


async def test_whatever_comes_in_place_of_a_list_leaves_the_index_as_it_was(site: Site, library: Library) -> None:
    await library.sync(LOCKER, site.adapter)
    put(site.music, NEW)
    await site.look()
    version = library.catalog.version
    for fault in SPOILT:
        await site.break_next(Call.LIST, count=None, **fault)
        with pytest.raises(LockerError) as refusal:
            await library.sync(LOCKER, site.adapter)
        assert type(refusal.value) is not LockerError, json.dumps(fault)
        assert refusal.value.code in {fault.get("status"), None}, json.dumps(fault)
        assert (held(library), library.catalog.version) == (TITLES, version), json.dumps(fault)
        await site.mend()
    await library.sync(LOCKER, site.adapter)
    assert held(library) == sorted([*TITLES, NEW.title])


async def test_a_list_that_fails_late_leaves_the_index_as_it_was(site: Site, library: Library) -> None:
    await site.break_next(Call.LIST, skip=site.subject.lists - 1, count=None, body="malformed")
    with pytest.raises(ServiceError):
        await library.sync(LOCKER, site.adapter)
    assert held(library) == []


async def test_a_service_that_is_busy_says_for_how_long(site: Site) -> None:
    for status in (429, 503):
        await site.break_next(Call.LIST, status=status, retry_after=77)
        with pytest.raises(RateLimited) as refusal:
            await site.tracks()
        assert (refusal.value.retry_after, refusal.value.code) == (77, status)


@pytest.mark.needs(Capability.CHANGE_MARKER)
async def test_a_change_marker_that_cannot_be_read_fails_the_sync(site: Site, library: Library) -> None:
    await site.break_next(Call.MARKER, body="malformed")
    with pytest.raises(ServiceError):
        await library.sync(LOCKER, site.adapter)
    assert (await library.sync(LOCKER, site.adapter)).tracks == len(SONGS)


async def test_the_connection_breaks_off_in_the_middle_of_a_sync_for_good(site: Site, library: Library) -> None:
    await site.break_next(Call.LIST, skip=min(1, site.subject.lists - 1), count=None, drop_after=10)
    with pytest.raises(LockerConnectionError):
        await library.sync(LOCKER, site.adapter)


async def _generator(pages: AsyncIterator[object]) -> AsyncGenerator[object]:
    async for page in pages:
        yield page


async def test_a_list_can_be_left_after_its_first_page(site: Site) -> None:
    async with aclosing(_generator(site.adapter.tracks())) as pages:
        assert await anext(pages)
    assert {LONG.title, QUEEN.title} <= set(await site.tracks())
