"""Libraries, items and their covers, before a real locker server, with answers in XML and in JSON."""

import pytest

from music_locker_core.errors import LockerError, NotFound, Unavailable
from music_locker_core.lockers import tunesbag_links as links
from music_locker_core.lockers import tunesbag_listing as listing
from music_locker_core.lockers.tunesbag_parse import KEY
from tests.conformance.folder import NEW, QUEEN, SONGS, put
from tests.core.lockers.tunesbag.conftest import ANN, BOB, EVE, Account
from tests.mpd_bridge.locker_server import audio

TITLES = sorted(song.title for song in SONGS)


@pytest.mark.row("T25", side="adapter")
@pytest.mark.row("T27", side="adapter")
@pytest.mark.row("T28", side="adapter")
@pytest.mark.row("T29", side="adapter")
@pytest.mark.row("T30", side="adapter")
@pytest.mark.row("T19", side="adapter")
@pytest.mark.row("T20", side="adapter")
@pytest.mark.row("T45", side="adapter")
@pytest.mark.row("T46", side="adapter")
@pytest.mark.row("T47", side="adapter")
async def test_the_items_of_a_library_have_the_fields_that_are_asked_for(ann: Account) -> None:
    every = (
        "entrykey,name,artist,album,genre,yr,tracknumber,totaltime,size,rating,dt_created,librarykey,userkey,times,"
        "hashvalue,originalfilehashvalue,source,comments,lasttime"
    )
    items = {item.name: item for item in (await ann.client.items(fields=every)).items}
    assert sorted(filter(None, items)) == TITLES
    queen = items[QUEEN.title]
    assert KEY.fullmatch(queen.key)
    assert len(queen.key) == 35
    assert (queen.artist, queen.album, queen.genre, queen.year, queen.number) == ("Abba", "Arrival", "Pop", 1976, 1)
    assert (queen.library, queen.user) == (ann.library(ANN), ann.key(ANN))
    assert queen.size == len(ann.server.content[QUEEN.path])
    assert queen.created is not None
    assert queen.original_hash is not None
    assert items["Long"].duration == 4.0
    assert len((await ann.client.items(limit=2)).items) == 2
    few = (await ann.client.items(fields="entrykey,name")).items[0]
    assert (few.artist, few.size) == (None, None)


@pytest.mark.row("T45", side="adapter")
@pytest.mark.row("T26", side="adapter")
@pytest.mark.row("T49", side="adapter")
async def test_items_are_found_by_library_and_by_key(ann: Account) -> None:
    more = await ann.client.items([ann.library(ANN, "More")])
    assert {item.artist for item in more.items} == {"Björk"}
    both = await ann.client.items([ann.library(ANN), ann.library(BOB)])
    assert {item.library for item in both.items} == {ann.library(ANN), ann.library(BOB)}
    keys = [item.key for item in both.items[:2]]
    assert sorted(item.key for item in (await ann.client.items(keys=keys)).items) == sorted(keys)


@pytest.mark.row("T50", side="adapter")
@pytest.mark.parametrize("order", ["ALBUM", "ARTIST", "RATING", "NAME", "CREATED", "RECENTLYPLAYED"])
async def test_items_come_in_the_order_that_is_asked_for(ann: Account, order: str) -> None:
    items = (await ann.client.items(order=order)).items
    assert sorted(item.name or "" for item in items) == TITLES
    if order in {"ALBUM", "ARTIST", "NAME"}:
        given = [(getattr(item, order.lower()) or "").casefold() for item in items]
        assert given == sorted(given)


@pytest.mark.row("T48", side="adapter")
async def test_a_filter_is_sent_as_it_is_and_the_adapter_needs_none(ann: Account) -> None:
    found = await ann.client.items(expression='artist = "Abba"')
    assert {item.artist for item in found.items} == {"Abba"}
    ann.sent.clear()
    assert [page async for page in ann.adapter.tracks()]
    assert not any("filter_expression" in request.form for request in ann.sent)


@pytest.mark.row("T51", side="adapter")
async def test_a_unique_table_tells_the_same_with_less(ann: Account) -> None:
    plain, unique = await ann.client.items(), await ann.client.items(unique=True)
    assert unique.items == plain.items
    assert {item.genre for item in unique.items} == {"Pop"}


@pytest.mark.row("T52", side="adapter")
@pytest.mark.row("T53", side="adapter")
@pytest.mark.row("T54")
@pytest.mark.row("T59", side="adapter")
async def test_the_marker_changes_with_the_library_and_not_before(ann: Account) -> None:
    listed = await ann.client.items()
    assert await ann.client.last_keys() == {ann.library(ANN): listed.last_key}
    both = await ann.client.last_keys([ann.library(ANN), ann.library(BOB)])
    assert set(both) == {ann.library(ANN), ann.library(BOB)}
    ann.sent.clear()
    marker = await ann.adapter.change_marker()
    assert [request.method for request in ann.sent] == [
        "sets/get",
        "sets/get/allaccessible",
        "user/friends",
        "items/library/lastkey",
        "sets/set/getitems",
    ]
    assert await ann.adapter.change_marker() == marker
    put(ann.server.music, NEW)
    await ann.server.run(ann.server.subject.look())
    assert await ann.adapter.change_marker() != marker
    assert (await ann.client.last_keys())[ann.library(ANN)] != listed.last_key


@pytest.mark.row("T54")
async def test_a_playlist_changes_the_marker_too(ann: Account) -> None:
    marker = await ann.adapter.change_marker()
    key = await ann.adapter.create_playlist("Another")
    made = await ann.adapter.change_marker()
    assert made != marker
    await ann.adapter.add_to_playlist(key, [(await ann.client.items()).items[0].key])
    assert await ann.adapter.change_marker() not in {marker, made}


@pytest.mark.row("T43", side="adapter")
@pytest.mark.row("T44")
async def test_a_friends_library_is_read_only_where_access_is_given(ann: Account) -> None:
    friends = {friend.name: friend for friend in await ann.client.friends()}
    bob, eve = friends[BOB], friends[EVE]
    assert (bob.user, bob.library, bob.readable) == (ann.key(BOB), ann.library(BOB), True)
    assert (eve.user, eve.readable) == (ann.key(EVE), False)
    assert (bob.item_count, bob.playlist_count) == (5, 1)
    ann.sent.clear()
    tracks = [track async for page in ann.adapter.tracks() for track in page]
    assert not any(eve.library and eve.library in request.form.get("librarykeys", "") for request in ann.sent)
    theirs = [track for track in tracks if track.id.endswith(f"@{bob.library}")]
    assert sorted(track.title for track in theirs) == TITLES
    assert not any(track.listed or track.artist_id or track.album_id for track in theirs)
    assert sorted(track.title for track in tracks if track.listed) == TITLES
    with pytest.raises((NotFound, Unavailable)):
        await ann.client.items([eve.library or ""])


@pytest.mark.row("T23")
async def test_a_whole_reading_asks_once_for_each_thing(ann: Account) -> None:
    async with ann.adapter.reading():
        artists = [artist async for page in ann.adapter.artists() for artist in page]
        albums = [album async for page in ann.adapter.albums() for album in page]
        tracks = [track async for page in ann.adapter.tracks() for track in page]
        playlists = await ann.adapter.playlists()
        held = {one.id: await ann.adapter.playlist_tracks(one.id) for one in playlists}
    libraries = [request.form["librarykeys"] for request in ann.calls("items/get")]
    assert libraries == [ann.library(ANN), ann.library(BOB)]
    assert {artist.id for artist in artists} == {track.artist_id for track in tracks if track.listed}
    assert {album.id for album in albums} == {track.album_id for track in tracks if track.listed}
    assert {album.title: album.year for album in albums} == {"Arrival": 1976, "Début": 1976, "Wheels": 1976}
    ids = {track.id for track in tracks}
    assert all(set(keys) <= ids for keys in held.values())
    assert held == {one.id: await ann.adapter.playlist_tracks(one.id) for one in playlists}


@pytest.mark.row("T103", side="adapter")
@pytest.mark.row("T104")
async def test_covers_are_those_that_the_service_lists_at_their_quoted_paths(ann: Account) -> None:
    assert await ann.client.covers() == await ann.client.covers([ann.library(ANN)]) == {"Abba|Arrival"}
    assert await ann.client.covers([ann.library(ANN, "More")]) == frozenset()
    tracks = {track.title: track async for page in ann.adapter.tracks() for track in page if track.listed}
    assert tracks["Long"].artwork is None
    name = tracks[QUEEN.title].artwork
    assert name == links.cover_id("Abba", "Arrival")
    ann.sent.clear()
    assert (await ann.adapter.artwork(name or "")).content == audio.PICTURE
    (request,) = ann.sent
    assert request.url.raw_path == "/res/images/album_images/Abba/Arrival.jpg"
    with pytest.raises(NotFound):
        await ann.adapter.artwork(links.cover_id("Abba", "Nothing"))


@pytest.mark.row("T104")
@pytest.mark.parametrize("names", [("AC/DC", "Live?"), ("a|b", "c|d"), ("Björk", "100% #1"), ("a b", "..")])
def test_a_covers_id_keeps_any_names(names: tuple[str, str]) -> None:
    path = links.cover_path(links.cover_id(*names))
    assert path is not None
    assert path.isascii()
    assert path.count("/") == 5
    for wrong in ("", "|", "a|", "../login", "..|x", "a/b|c", "ä|ö"):
        assert links.cover_path(wrong) is None


@pytest.mark.row("T34", side="adapter")
async def test_a_playlist_tells_whether_it_has_a_picture(ann: Account) -> None:
    (party,) = [one for one in await ann.client.sets() if one.name == "Party!"]
    assert party.has_image
    for size in links.SET_IMAGE_SIZES:
        path = links.set_image_path(party.key, size)
        assert path == f"/res/images/playlist_images/{party.key[-3:]}/{party.key}.{size}.jpg"
        assert (await ann.client.picture(path)).mime_type.startswith("image/")
    with pytest.raises(NotFound):
        await ann.client.picture(links.set_image_path("0" * 35))


@pytest.mark.row("T105")
async def test_artists_and_users_have_pages_and_users_pictures(ann: Account) -> None:
    base = ann.client.base
    assert str(links.artist_page(base, "Groove Armada & Co/1")) == f"{base}/music/Groove%20Armada%20%26%20Co%2F1"
    assert str(links.user_page(base, "funky music")) == f"{base}/user/funky%20music"
    assert links.user_image_path("funkymusic") == "/res/images/profile_images/fun/funkymusic_big.jpg"
    assert links.user_image_path("funkymusic", small=True) == "/res/images/profile_images/fun/funkymusic_small.jpg"


@pytest.mark.row("T79", side="adapter")
@pytest.mark.row("T80", side="adapter")
@pytest.mark.row("T30", side="adapter")
async def test_a_rating_of_ten_steps_becomes_one_of_five_and_comes_back(ann: Account) -> None:
    track = next(track for track in [track async for page in ann.adapter.tracks() for track in page] if track.listed)
    for rating, kept in ((7, 8), (0, None)):
        ann.sent.clear()
        await ann.adapter.rate(track.id, rating)
        form = ann.sent[-1].form
        assert (form["entrykey"], form["type"], int(form["rating"])) == (track.id, "0", (kept or 0) * 10)
        (item,) = (await ann.client.items(keys=[track.id])).items
        assert listing.tracks([item], ann.library(ANN))[0].rating == kept
    await ann.client.rate(track.id, 0, "x" * 250)
    with pytest.raises(LockerError, match="at most 250"):
        await ann.client.rate(track.id, 0, "x" * 251)
    with pytest.raises(NotFound):
        await ann.adapter.rate("0" * 35, 4)


def test_a_rating_is_rounded_up_to_the_services_steps() -> None:
    assert [listing.steps(rating) for rating in range(11)] == [0, 20, 20, 40, 40, 60, 60, 80, 80, 100, 100]


@pytest.mark.row("T81", side="adapter")
async def test_a_play_is_reported_in_whole_seconds(ann: Account) -> None:
    key = (await ann.client.items()).items[0].key
    before = (await ann.client.items(keys=[key])).items[0].times or 0
    ann.sent.clear()
    await ann.adapter.report_play(key, 241.6)
    assert (ann.sent[-1].method, ann.sent[-1].form["seconds"]) == ("item/log/playstatus", "242")
    item = (await ann.client.items(keys=[key])).items[0]
    assert item.times == before + 1
    assert item.heard is not None
    with pytest.raises(NotFound):
        await ann.adapter.report_play("../x", 3.0)
