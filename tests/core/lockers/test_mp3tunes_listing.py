"""Reading a locker: artists, albums, tracks, playlists, pages, search, the change marker and pictures."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from mpd_bridge.locker_server import Fault
from mpd_bridge.locker_server.faults import WrongBody
from music_locker_core.errors import LockerConnectionError, NotFound, RateLimited, ServiceError, Unavailable
from music_locker_core.lockers import mp3tunes
from music_locker_core.models import UNKNOWN_ALBUM, UNKNOWN_ARTIST, Album, Track
from tests.core.lockers import sounds
from tests.core.lockers.conftest import Connect, Locker


async def all_of[Item](pages: AsyncIterator[Sequence[Item]]) -> list[Item]:
    return [item async for page in pages for item in page]


async def by_title(locker: Locker) -> dict[str, Track]:
    return {track.title: track for track in await all_of(locker.adapter.tracks())}


@pytest.mark.row("M25", side="adapter")
@pytest.mark.row("M26", side="adapter")
async def test_lists_are_asked_for_by_their_type(locker: Locker, version: int) -> None:
    locker.sent.clear()
    await all_of(locker.adapter.artists())
    await all_of(locker.adapter.albums())
    await all_of(locker.adapter.tracks())
    asked = [sent.url for sent in locker.calls("lockerData")]
    assert {url.path for url in asked} == {f"/api/v{version}/lockerData"}
    assert {url.query["type"] for url in asked} == {"artist", "album", "track"}
    assert all({"sid", "partner_token"} <= set(url.query) for url in asked)


@pytest.mark.row("M27", side="adapter")
async def test_artists_have_ids_and_names(locker: Locker) -> None:
    artists = await all_of(locker.adapter.artists())
    assert {"Abba", "Björk", "Cream"} <= {artist.name for artist in artists}
    assert all(artist.id.isdigit() for artist in artists)


@pytest.mark.row("M28", side="adapter")
async def test_albums_have_ids_titles_and_artists(locker: Locker, version: int) -> None:
    albums = await all_of(locker.adapter.albums())
    assert sorted((album.title, album.artist) for album in albums if album.title != UNKNOWN_ALBUM) == [
        ("Arrival", "Abba"),
        ("Hits", "Cream"),
        ("Hits", "Various Artists"),
    ]
    (arrival,) = [album for album in albums if album.title == "Arrival"]
    assert (arrival.track_count, arrival.artwork) == ((3, f"album-{arrival.id}") if version else (None, None))


@pytest.mark.row("M30", side="adapter")
@pytest.mark.row("M34", side="adapter")
@pytest.mark.row("M35", side="adapter")
@pytest.mark.row("M40")
@pytest.mark.row("X1")
@pytest.mark.row("X3")
async def test_tracks_have_all_that_their_files_tell(locker: Locker, version: int) -> None:
    tracks = await by_title(locker)
    assert set(tracks) >= {"Dancing Queen", "...Money & <More> - Don't", "Früh", "First", "Second", "Third", "loose"}
    queen, money = tracks["Dancing Queen"], tracks["...Money & <More> - Don't"]
    assert (queen.artist, queen.album, queen.number, queen.year) == ("Abba", "Arrival", 2, 1976)
    assert queen.duration == pytest.approx(0.3, abs=0.1)
    assert (queen.mime_type, money.mime_type, tracks["Früh"].mime_type) == ("audio/mpeg", "audio/mp4", "audio/ogg")
    assert len(queen.id) == 32
    assert (queen.genre, queen.size is None) == (("Pop", False) if version else (None, True))


@pytest.mark.row("M33", side="adapter")
async def test_tracks_can_be_asked_for_by_artist_and_album(locker: Locker) -> None:
    abba = next(artist for artist in await all_of(locker.adapter.artists()) if artist.name == "Abba")
    hits = next(album for album in await all_of(locker.adapter.albums()) if album.artist == "Various Artists")
    of_artist = await locker.client.tracks(artist_id=abba.id)
    of_both = await locker.client.tracks(artist_id=abba.id, album_id=hits.id)
    assert {"Dancing Queen", "Second"} <= {track.title for track in of_artist.items}
    assert "First" not in {track.title for track in of_artist.items}
    assert [track.title for track in of_both.items] == ["Second"]


@pytest.mark.row("M31", side="adapter")
@pytest.mark.row("M39")
async def test_the_tracks_of_an_album_come_with_the_album(locker: Locker) -> None:
    arrival = next(album for album in await all_of(locker.adapter.albums()) if album.title == "Arrival")
    tracks = (await locker.client.tracks(album_id=arrival.id)).items
    assert {(track.album, track.album_id, track.artist) for track in tracks} == {("Arrival", arrival.id, "Abba")}
    assert sorted(track.number or 0 for track in tracks) == [1, 2, 3]


async def test_tracks_know_their_album_and_artist_also_where_two_albums_share_a_title(locker: Locker) -> None:
    tracks = await by_title(locker)
    albums: dict[str, Album] = {album.id: album for album in await all_of(locker.adapter.albums())}
    owners = {title: albums[tracks[title].album_id or ""].artist for title in ("First", "Second", "Third")}
    assert owners == {"First": "Various Artists", "Second": "Various Artists", "Third": "Cream"}
    artists = {artist.id: artist.name for artist in await all_of(locker.adapter.artists())}
    assert artists[tracks["First"].artist_id or ""] == "Björk"


@pytest.mark.row("X2")
async def test_a_file_without_tags_has_its_name_for_a_title_and_an_unknown_artist(locker: Locker) -> None:
    loose = (await by_title(locker))["loose"]
    assert loose.artist.casefold() == UNKNOWN_ARTIST.casefold()


@pytest.mark.row("M37", side="adapter")
@pytest.mark.row("M38")
async def test_nothing_that_is_kept_of_a_track_dies_with_the_session(locker: Locker) -> None:
    track = (await by_title(locker))["First"]
    sids = {sent.url.query["sid"] for sent in locker.calls("lockerData")}
    assert not any(sid in repr(track) for sid in sids)
    locker.server.sessions.expire_all()
    async with locker.adapter.stream(track.id) as reader:
        assert reader.info.length is not None
    address = locker.calls("lockerGet")[-1].url
    assert (address.path, address.query["sid"] in sids) == (f"/storage/lockerGet/{track.id}", False)


@pytest.mark.row("M5")
@pytest.mark.row("M44")
async def test_version_0_is_read_in_whole_answers_and_given_in_pages(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mp3tunes, "PAGE", 3)
    locker = await connect(version=0)
    pages = [page async for page in locker.adapter.tracks()]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert not any("count" in sent.url.query for sent in locker.sent)


@pytest.mark.row("M43")
async def test_version_1_is_read_page_by_page(locker_v1: Locker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mp3tunes, "PAGE", 3)
    locker_v1.sent.clear()
    pages = [page async for page in locker_v1.adapter.tracks()]
    assert [len(page) for page in pages] == [3, 3, 1]
    asked = [(sent.url.query["count"], sent.url.query["set"]) for sent in locker_v1.sent]
    assert asked == [("3", "0"), ("3", "1"), ("3", "2")]


async def test_a_track_that_moves_between_two_pages_comes_once(
    locker_v1: Locker, monkeypatch: pytest.MonkeyPatch, music: Path
) -> None:
    monkeypatch.setattr(mp3tunes, "PAGE", 3)
    pages = locker_v1.adapter.tracks()
    seen = [track.id for track in await anext(pages)]
    sounds.make(music / "0.mp3", tags={"title": "A new one", "artist": "Aaa"})
    await locker_v1.server.scan()
    seen += [track.id async for page in pages for track in page]
    assert len(seen) == len(set(seen)) >= 7


@pytest.mark.row("M41", side="adapter")
@pytest.mark.row("M42", side="adapter")
async def test_playlists_are_listed_and_their_tracks_keep_order_and_doubles(locker_v1: Locker) -> None:
    (party,) = [item for item in await locker_v1.adapter.playlists() if item.title == "Party!"]
    tracks = await by_title(locker_v1)
    expected = [tracks[title].id for title in ("First", "Dancing Queen", "First")]
    assert await locker_v1.adapter.playlist_tracks(party.id) == expected
    assert party.track_count == 3
    assert party.modified is not None


@pytest.mark.row("M43")
async def test_a_long_playlist_is_read_page_by_page(locker_v1: Locker, music: Path) -> None:
    (music / "long.m3u").write_text("Hits/1.mp3\nOther/1.mp3\n" * 600 + "Hits/2.mp3\n", encoding="utf-8")
    await locker_v1.server.scan()
    (long,) = [item for item in await locker_v1.adapter.playlists() if item.track_count == 1201]
    assert not any("playlist_id" in sent.url.query for sent in locker_v1.sent)
    keys = await locker_v1.adapter.playlist_tracks(long.id)
    tracks = await by_title(locker_v1)
    assert keys == [tracks["First"].id, tracks["Third"].id] * 600 + [tracks["Second"].id]
    sets = [sent.url.query["set"] for sent in locker_v1.calls("lockerData") if "playlist_id" in sent.url.query]
    assert sets == ["0", "1", "2"]


@pytest.mark.row("M44")
async def test_a_list_that_no_locker_has_is_given_up() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/login"):
            return web.json_response({"status": 1, "session_id": "5e55", "username": "anybody"})
        response = web.StreamResponse()
        await response.prepare(request)
        for _megabyte in range(97):
            await response.write(bytes(1 << 20))
        return response

    application = web.Application()
    application.router.add_get("/api/v1/{method}", answer)
    async with TestServer(application) as server, aiohttp.ClientSession() as session:
        adapter = mp3tunes.Mp3tunes({"url": str(server.make_url("/")), "username": "anybody"}, session)
        with pytest.raises(ServiceError, match="answered more than"):
            await all_of(adapter.tracks())
        await adapter.close()


@pytest.mark.row("M43")
@pytest.mark.parametrize("length", [3, 7])
async def test_a_playlist_of_a_server_that_ignores_paging_is_read_once(
    monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    monkeypatch.setattr(mp3tunes, "PAGE", 3)
    keys = [f"{number:032x}" for number in range(length)]
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        if request.path.endswith("/login"):
            return web.json_response({"status": 1, "session_id": "5e55", "username": "anybody"})
        if len(asked) > 5:
            raise web.HTTPNotFound
        return web.json_response({"trackList": [{"trackFileKey": key} for key in keys]})

    application = web.Application()
    application.router.add_get("/api/v1/{method}", answer)
    async with TestServer(application) as server, aiohttp.ClientSession() as session:
        adapter = mp3tunes.Mp3tunes({"url": str(server.make_url("/")), "username": "anybody"}, session)
        assert await adapter.playlist_tracks("1") == keys
        await adapter.close()


@pytest.mark.parametrize("playlist_id", ["999999", "no-number"])
async def test_a_playlist_that_is_not_there_is_not_found(locker_v1: Locker, playlist_id: str) -> None:
    with pytest.raises(NotFound):
        await locker_v1.adapter.playlist_tracks(playlist_id)


@pytest.mark.row("M41", side="adapter")
async def test_version_0_lists_playlists_but_cannot_tell_their_tracks(connect: Connect) -> None:
    locker = await connect(version=0)
    await locker.adapter.login()
    assert [item.title for item in (await locker.client.playlists()).items] == ["Party!"]
    assert await locker.adapter.playlists() == ()
    with pytest.raises(Unavailable, match="Version 0"):
        await locker.adapter.playlist_tracks("1")


async def test_search_finds_artists_albums_and_tracks(locker_v1: Locker) -> None:
    found = await locker_v1.adapter.search("arr")
    assert ([album.title for album in found.albums], found.artists, found.tracks) == (["Arrival"], [], [])
    found = await locker_v1.adapter.search("früh")
    assert [track.title for track in found.tracks] == ["Früh"]
    assert len((await locker_v1.adapter.search("i", limit=1)).tracks) == 1


async def test_search_that_finds_nothing_is_empty(locker_v1: Locker) -> None:
    found = await locker_v1.adapter.search("nobody has this")
    assert [*found.artists, *found.albums, *found.tracks] == []


async def test_version_0_has_no_search_and_no_change_marker(connect: Connect) -> None:
    locker = await connect(version=0)
    with pytest.raises(Unavailable, match="search"):
        await locker.adapter.search("abba")
    assert await locker.adapter.change_marker() is None


async def test_the_change_marker_changes_with_the_locker_and_with_its_playlists(connect: Connect, music: Path) -> None:
    clock = iter(range(1_700_000_000, 1_800_000_000, 10))
    locker = await connect(clock=lambda: float(next(clock)))
    marks = [await locker.adapter.change_marker(), await locker.adapter.change_marker()]
    sounds.make(music / "new.mp3", tags={"title": "New"})
    await locker.server.scan()
    marks.append(await locker.adapter.change_marker())
    (music / "new.m3u").write_text("new.mp3\n", encoding="utf-8")
    await locker.server.scan()
    marks.append(await locker.adapter.change_marker())
    assert marks[0] == marks[1]
    assert len(set(marks)) == 3


async def test_pictures_are_read_by_album_and_by_track(locker_v1: Locker) -> None:
    queen = (await by_title(locker_v1))["Dancing Queen"]
    for artwork_id in (queen.artwork or "", f"track-{queen.id}"):
        picture = await locker_v1.adapter.artwork(artwork_id)
        assert (picture.content, picture.mime_type) == (sounds.PICTURE, "image/jpeg")


@pytest.mark.parametrize(
    "artwork_id", ["", "album-", "album-999", "track-00ff", "song-1", "track-../../etc", "album-1/2"]
)
async def test_a_picture_that_is_not_there_is_not_found(locker_v1: Locker, artwork_id: str) -> None:
    with pytest.raises(NotFound):
        await locker_v1.adapter.artwork(artwork_id)


async def test_a_page_in_place_of_a_picture_is_a_service_error(locker_v1: Locker) -> None:
    queen = (await by_title(locker_v1))["Dancing Queen"]
    locker_v1.server.faults.add(Fault(method="albumArtGet", body=WrongBody.HTML))
    with pytest.raises(ServiceError, match="page in place"):
        await locker_v1.adapter.artwork(f"track-{queen.id}")
    locker_v1.server.faults.add(Fault(method="albumArtGet", body=WrongBody.EMPTY))
    with pytest.raises(NotFound):
        await locker_v1.adapter.artwork(f"track-{queen.id}")


@pytest.mark.parametrize("body", [WrongBody.TRUNCATED, WrongBody.MALFORMED, WrongBody.EMPTY, WrongBody.HTML])
async def test_a_spoilt_list_is_one_clear_error(locker: Locker, body: WrongBody) -> None:
    locker.server.faults.add(Fault(method="lockerData", body=body))
    with pytest.raises(ServiceError):
        await all_of(locker.adapter.albums())
    assert await all_of(locker.adapter.albums())


@pytest.mark.row("X6")
@pytest.mark.parametrize(
    "fault", [{"status": 502}, {"status": 503, "retry_after": 0}, {"drop_after": 5}, {"lose_answer": True}]
)
async def test_a_read_that_fails_twice_is_tried_a_third_time(locker_v1: Locker, fault: dict[str, Any]) -> None:
    locker_v1.server.faults.add(Fault("lockerData", count=2, **fault))
    before = locker_v1.server.calls["lockerdata"]
    assert await all_of(locker_v1.adapter.albums())
    assert locker_v1.server.calls["lockerdata"] == before + 3


@pytest.mark.row("M79", side="adapter")
@pytest.mark.row("X6")
@pytest.mark.parametrize(
    ("fault", "error"),
    [({"status": 500}, ServiceError), ({"drop_after": 5}, LockerConnectionError), ({"status": 503}, RateLimited)],
)
async def test_a_read_that_always_fails_ends_after_three_tries(
    locker_v1: Locker, fault: dict[str, Any], error: type[Exception]
) -> None:
    locker_v1.server.faults.add(Fault("lockerData", count=None, **fault))
    before = locker_v1.server.calls["lockerdata"]
    with pytest.raises(error):
        await all_of(locker_v1.adapter.albums())
    assert locker_v1.server.calls["lockerdata"] == before + 3


@pytest.mark.row("M80", side="adapter")
@pytest.mark.row("X6")
async def test_a_service_that_asks_for_a_long_wait_is_not_asked_again(locker: Locker) -> None:
    locker.server.faults.add(Fault("lockerData", count=None, status=503, retry_after=900))
    locker.sent.clear()
    with pytest.raises(RateLimited) as told:
        await all_of(locker.adapter.albums())
    assert told.value.retry_after == 900
    assert len(locker.calls("lockerData")) == 1
