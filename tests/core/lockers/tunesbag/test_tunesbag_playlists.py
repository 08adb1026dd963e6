"""Playlists, the user's, the service's and friends', before a real locker server, in XML and in JSON."""

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from mpd_bridge.locker_server import Fault
from music_locker_core.errors import LockerConnectionError, NotFound, Unavailable
from music_locker_core.lockers.tunesbag import Tunesbag
from music_locker_core.models import PlaylistKind
from tests.conformance.folder import PLAYLIST_TITLES, QUEEN
from tests.core.lockers.tunesbag.conftest import ANN, BOB, Account
from tests.core.lockers.tunesbag.printed import mended, printed

DYNAMIC = {"recentlyplayed", "toprated", "followstream", "recentlyadded"}


async def titles(account: Account, playlist_id: str) -> list[str]:
    tracks = {track.id: track.title async for page in account.adapter.tracks() for track in page}
    return [tracks[key] for key in await account.adapter.playlist_tracks(playlist_id)]


@pytest.mark.row("T82", side="adapter")
@pytest.mark.row("T83", side="adapter")
@pytest.mark.row("T84", side="adapter")
@pytest.mark.row("T31", side="adapter")
@pytest.mark.row("T32", side="adapter")
async def test_the_services_own_playlists_come_with_those_of_the_user(ann: Account) -> None:
    sets = {one.key: one for one in await ann.client.sets()}
    assert {key for key, one in sets.items() if one.dynamic} == {*DYNAMIC, "recommendations"}
    (party,) = [one for one in sets.values() if not one.dynamic]
    assert (party.name, party.item_count, party.library) == ("Party!", 3, ann.library(ANN))
    assert (party.user, party.temporary, party.items) == (ann.key(ANN), False, ())
    assert party.created is not None
    for options in (["nodynamic"], ["nodynamic", "ownonly", "notemporary"]):
        assert [one.key for one in await ann.client.sets(options=options)] == [party.key]


@pytest.mark.row("T83", side="adapter")
@pytest.mark.row("T86", side="adapter")
async def test_each_playlist_has_its_kind_its_owner_and_may_be_edited_or_not(ann: Account) -> None:
    found = {one.id: one for one in await ann.adapter.playlists()}
    described = {(one.kind, one.owner, one.editable) for one in found.values()}
    assert described == {
        (PlaylistKind.PLAYLIST, None, True),
        (PlaylistKind.PLAYLIST, BOB, False),
        (PlaylistKind.DYNAMIC, None, False),
        (PlaylistKind.RECOMMENDED, None, False),
        (PlaylistKind.FRIEND, BOB, False),
    }
    assert {key for key, one in found.items() if one.kind is PlaylistKind.DYNAMIC} == DYNAMIC
    (library,) = [one for one in found.values() if one.kind is PlaylistKind.FRIEND]
    assert (library.title, library.track_count, len(await titles(ann, library.id))) == (BOB, 5, 5)
    accessible = await ann.client.sets(accessible=True)
    assert {one.user for one in accessible if not one.dynamic} == {ann.key(ANN), ann.key(BOB)}


@pytest.mark.row("T85", side="adapter")
async def test_playlists_are_found_by_artist_track_and_name(ann: Account) -> None:
    for words in ("Party", "Abba", "Venus"):
        found = await ann.adapter.social.search_playlists(words)
        assert "Party!" in {one.name for one in found}, words
    assert list(await ann.adapter.social.search_playlists("nothing like this")) == []


@pytest.mark.row("T87", side="adapter")
@pytest.mark.row("T88", side="adapter")
@pytest.mark.row("T90")
async def test_a_playlist_keeps_its_order_and_what_comes_twice(ann: Account) -> None:
    for one in await ann.adapter.playlists():
        if one.kind is PlaylistKind.PLAYLIST:
            assert tuple(await titles(ann, one.id)) == PLAYLIST_TITLES
            simple = await ann.client.set_items(one.id, simple=True)
            whole = await ann.client.set_items(one.id)
            assert (simple.items, simple.keys()) == ([], whole.keys())
            assert len(simple.keys()) == 3
    for unknown in ("0" * 35, "", "../x", "library-" + "0" * 35, "library-", "a@b"):
        with pytest.raises((NotFound, Unavailable)):
            await ann.adapter.playlist_tracks(unknown)


@pytest.mark.row("T90")
async def test_a_playlist_has_the_order_of_its_keys_where_its_items_come_in_another() -> None:
    """The printed answer, its first key made the last: it describes only two of its five items."""
    first, second = b"18293F28-DADB-FD0C-3627557A73D5A879", b"182DD035-04DA-C185-D55A26E65C67DE42"
    last = b"1841805C-C8AB-5586-4590D320E7ED9D75"
    turned = (
        printed("sets_set_getitems").replace(b"<items>" + first + b",", b"<items>").replace(last, last + b"," + first)
    )
    answers = {"user/info": mended("user_info"), "sets/set/getitems": turned}

    async def answer(request: web.Request) -> web.Response:
        method = request.path.removeprefix("/api/rest/")
        return web.Response(body=answers.get(method, printed("test_ping")), content_type="text/xml")

    application = web.Application()
    application.router.add_post("/api/rest/{method:.*}", answer)
    async with TestServer(application) as server, aiohttp.ClientSession() as session:
        settings = {"url": str(server.make_url("/")), "username": ANN, "app_key": "an app", "remote_key": "a key"}
        adapter = Tunesbag(settings, session)
        ids = await adapter.playlist_tracks("180CF072-9959-ED76-1434B3A0866F53CD")
        await adapter.close()
    keys = [track_id.partition("@")[0].encode() for track_id in ids]
    assert (len(keys), keys[0], keys[-2:]) == (5, second, [last, first])


@pytest.mark.row("T91", side="adapter")
@pytest.mark.row("T92", side="adapter")
@pytest.mark.row("T93")
async def test_a_playlist_is_made_named_filled_and_rewritten(ann: Account) -> None:
    first, second, third = [item.key for item in (await ann.client.items()).items[:3]]
    playlist = await ann.adapter.create_playlist("Früh & <spät>")
    assert await ann.adapter.playlist_tracks(playlist) == []
    await ann.adapter.add_to_playlist(playlist, [first, second, first])
    await ann.adapter.add_to_playlist(playlist, [])
    await ann.adapter.add_to_playlist(playlist, [third])
    assert await ann.adapter.playlist_tracks(playlist) == [first, second, first, third]
    ann.sent.clear()
    await ann.adapter.replace_playlist(playlist, [third, second])
    assert ann.sent[-1].form["options"] == "clearplaylist"
    assert await ann.adapter.playlist_tracks(playlist) == [third, second]
    await ann.adapter.replace_playlist(playlist, [])
    assert await ann.adapter.playlist_tracks(playlist) == []
    named = {one.id: one.title for one in await ann.adapter.playlists()}
    assert named[playlist] == "Früh & <spät>"


@pytest.mark.row("X6")
async def test_a_change_whose_answer_is_lost_is_not_sent_again(ann: Account) -> None:
    await ann.server.call(ann.locker_server.faults.add, Fault("set/save", lose_answer=True))
    with pytest.raises(LockerConnectionError):
        await ann.adapter.create_playlist("Once")
    assert len(ann.calls("set/save")) == 1
    assert [one.name for one in await ann.client.sets()].count("Once") == 1


@pytest.mark.row("T92", side="adapter")
@pytest.mark.row("T33", side="adapter")
async def test_another_title_leaves_the_rest_of_a_playlist_as_it_was(ann: Account) -> None:
    playlist = await ann.client.save_set("", "Cool", description="Various", tags=["party", "smooth"], public=True)
    await ann.adapter.rename_playlist(playlist, "Cooler")
    (found,) = [one for one in await ann.client.sets() if one.key == playlist]
    assert (found.name, found.description, found.tags, found.public) == (
        "Cooler",
        "Various",
        ("party", "smooth"),
        True,
    )


@pytest.mark.row("T83", side="adapter")
async def test_what_is_not_the_users_own_is_not_changed(ann: Account) -> None:
    playlists = {one.kind: one for one in await ann.adapter.playlists() if not one.editable}
    key = (await ann.client.items()).items[0].key
    ann.sent.clear()
    for one in playlists.values():
        with pytest.raises((Unavailable, NotFound)):
            await ann.adapter.rename_playlist(one.id, "Mine")
        with pytest.raises((Unavailable, NotFound)):
            await ann.adapter.add_to_playlist(one.id, [key])
        with pytest.raises((Unavailable, NotFound)):
            await ann.adapter.replace_playlist(one.id, [])
    assert not {"set/save", "set/additems"} & {request.method for request in ann.sent}


@pytest.mark.row("T27", side="adapter")
async def test_a_playlist_holds_items_of_several_libraries(dan: Account) -> None:
    library = dan.library(BOB)
    own = (await dan.client.items()).items[0].key
    theirs = next(item.key for item in (await dan.client.items([library])).items if item.name == QUEEN.title)
    track = f"{theirs}@{library}"
    playlist = await dan.adapter.create_playlist("Both")
    await dan.adapter.add_to_playlist(playlist, [track, own])
    assert await dan.adapter.playlist_tracks(playlist) == [track, own]
    async with dan.adapter.stream(track) as reader:
        assert await anext(reader.chunks)
    assert await titles(dan, playlist) == [QUEEN.title, (await dan.client.items(keys=[own])).items[0].name]
