"""Playlists: lists, items, searching, changing, and the default ones."""

from pathlib import Path

import pytest

from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.conftest import USER, Clock
from tests.mpd_bridge.locker_server.tunesbag.conftest import FRIEND, Tunes

DEFAULTS = {"recentlyplayed", "toprated", "followstream", "recommendations", "recentlyadded"}


@pytest.mark.row("T31", "T32", "T33", "T84", "T92", side="server")
async def test_a_playlist_is_made_with_what_is_said_of_it_and_edited(tunes: Tunes, clock: Clock) -> None:
    key = await tunes.new_set("Cool", "Eins", "Zwei", description="From & to", tags="party cool  smooth", public="1")
    sets = {one["entrykey"]: one for one in await tunes.rows("sets/get", options="nodynamic")}
    made = sets[key]
    assert made == {
        "description": "From & to",
        "dt_created": "November, 14 2023 22:13:20",
        "dt_lastmodified": made["dt_lastmodified"],
        "dynamic": 0,
        "dynamic_criteria": "",
        "entrykey": key,
        "imageset": 1,
        "istemporary": 0,
        "itemcount": 2,
        "items": "",
        "librarykey": tunes.server.tunesbag.library_key(USER),
        "name": "Cool",
        "public": 1,
        "tags": "party cool  smooth",
        "userkey": tunes.server.tunesbag.user_key(USER),
        "weight": "",
    }
    assert made["dt_lastmodified"]
    again = await tunes.json("set/save", setkey=key, name="Cooler", public="0")
    assert again["ENTRYKEY"] == key
    edited = {one["entrykey"]: one for one in await tunes.rows("sets/get")}[key]
    assert (edited["name"], edited["public"], edited["tags"], edited["itemcount"]) == ("Cooler", 0, made["tags"], 2)
    assert await tunes.error("set/save") == 999
    assert await tunes.error("set/save", name="x", public="2") == 999
    assert await tunes.error("set/save", name="x" * 201) == 999
    assert await tunes.error("set/save", setkey="0" * 35, name="x") == 1002
    assert await tunes.error("set/save", setkey="toprated", name="x") == 1001
    playlists = (await tunes.client.call("/api/v1/lockerData?type=playlist")).json()["playlistList"]
    assert "Cooler" in [one["playlistTitle"] for one in playlists]


@pytest.mark.row("T82", "T83", side="server")
async def test_options_leave_out_kinds_of_playlists(tunes: Tunes, friend: Tunes) -> None:
    await tunes.json("set/save", name="Queue", istemporary="1")
    theirs = await friend.new_set("Ann's", "Eins")
    await friend.json("social/share", itemtype="2", identifier=theirs, recipients=f"user:{USER}")

    async def names(options: str) -> set[str]:
        return {one["name"] for one in await tunes.rows("sets/get", options=options)}

    every = await tunes.rows("sets/get")
    default = {one["entrykey"]: one for one in every if one["dynamic"] == 1}
    assert default.keys() == DEFAULTS
    assert all((one["itemcount"], one["dt_created"]) == (0, "") for one in default.values())
    assert {one["name"] for one in every if one["dynamic"] == 0} == {"Party!", "Queue", "Ann's"}
    assert await names("nodynamic,OWNONLY") == {"Party!", "Queue"}
    assert await names("nodynamic, notemporary") == {"Party!", "Ann's"}
    assert "Recently played" in await names("ownonly")


@pytest.mark.row("T87", "T88", side="server")
async def test_the_items_of_a_playlist_come_with_it_or_as_keys_only(tunes: Tunes) -> None:
    key = await tunes.new_set("Mine", "Zwei", "Dancing Queen", "Zwei")
    items = await tunes.items()
    root = await tunes.xml("sets/set/getitems", setkey=key.lower())
    wanted = [items[title]["entrykey"] for title in ("Zwei", "Dancing Queen", "Zwei")]
    assert (root.findtext("set/item/items") or "").split(",") == wanted
    assert [item.findtext("entrykey") for item in root.findall("items/item")] == wanted
    assert (root.findtext("set/item/name"), root.findtext("set/item/itemcount")) == ("Mine", "3")
    simple = await tunes.xml("sets/set/getitems", setkey=key, options="simplelist")
    assert simple.findtext("set/item/items") == root.findtext("set/item/items")
    assert simple.find("items") is None
    script = await tunes.json("sets/set/getitems", setkey=key, options="actionScriptFix,ownitemsonly")
    assert len(script["PLIST"]["DATA"]) == 1
    assert len(script["ITEMS"]["DATA"]) == 3
    assert await tunes.error("sets/set/getitems", setkey="0" * 35) == 1002
    assert await tunes.error("sets/set/getitems") == 999


@pytest.mark.row("T91", side="server")
async def test_items_are_added_at_the_end_or_in_place_of_what_was_there(
    tunes: Tunes, reader: Tunes, music: Path
) -> None:
    key = await tunes.new_set("Mine", "Zwei")
    items = await tunes.items()
    keys = f"{items['Eins']['entrykey']}, {items['First wave']['entrykey'].lower()}"
    await tunes.json("set/additems", setkey=key, itemkeys=keys)
    assert await tunes.titles(key) == ["Zwei", "Eins", "First wave"]
    await tunes.json("set/additems", setkey=key, itemkeys=items["Eins"]["entrykey"], options="ClearPlaylist")
    assert await tunes.titles(key) == ["Eins"]
    assert await tunes.error("set/additems", setkey=key, itemkeys=f"{items['Zwei']['entrykey']},{'0' * 35}") == 1002
    assert await tunes.titles(key) == ["Eins"]
    await tunes.json("set/additems", setkey=key, options="clearplaylist")
    assert await tunes.titles(key) == []
    assert await tunes.error("set/additems", setkey=key) == 999
    assert await tunes.error("set/additems", setkey="toprated", itemkeys=keys) == 1001
    assert await reader.error("set/additems", setkey=key, itemkeys=keys) == 1001
    party = next(one["entrykey"] for one in await tunes.rows("sets/get") if one["name"] == "Party!")
    await tunes.json("set/additems", setkey=party, itemkeys=items["Eins"]["entrykey"])
    assert await tunes.titles(party) == ["Zwei", "Dancing Queen", "Eins"]
    assert "../outside.mp3" in (music / "party.m3u").read_text()


@pytest.mark.row("T85", "T86", side="server")
async def test_playlists_of_others_are_found_where_they_show_them(tunes: Tunes, friend: Tunes, reader: Tunes) -> None:
    public = await friend.new_set("Known", "Eins", public="1")
    private = await friend.new_set("Hidden waves", "First wave")
    stranger = await tunes.of("reader@example.com").get("sets/get")
    assert stranger.status == 200

    async def found(client: Tunes, search: str) -> set[str]:
        return {one["name"] for one in await client.rows("sets/search", search=search)}

    async def accessible(client: Tunes) -> set[str]:
        return {one["name"] for one in await client.rows("sets/get/allaccessible")} - {"Party!"}

    assert await accessible(tunes) == {"Known", "Hidden waves"}
    assert await found(tunes, "WAVE") == {"Hidden waves"}
    assert await found(tunes, "bjork") == {"Party!", "Known"}
    assert await found(tunes, "kno") == {"Known"}
    assert await tunes.titles(private) == ["First wave"]
    assert await tunes.error("set/save", setkey=public, name="Mine now") == 1001
    tunes.server.tunesbag.befriend(FRIEND, USER, library=False)
    assert await accessible(tunes) == {"Known"}
    assert await found(tunes, "wave") == set()
    assert await tunes.error("sets/set/getitems", setkey=private) == 1002
    assert await accessible(reader) == set()
    assert await found(reader, "known") == {"Known"}
    assert await tunes.error("sets/search") == 999


@pytest.mark.row("T27", side="server")
async def test_a_playlist_holds_items_of_several_libraries(tunes: Tunes, friend: Tunes) -> None:
    tunes.server.accounts.set_folder(USER, "Abba")
    theirs = tunes.server.tunesbag.library_key(FRIEND)
    eins, queen = await tunes.item_key("Eins", librarykeys=theirs), await tunes.item_key("Dancing Queen")
    key = (await tunes.json("set/save", name="Mixed"))["ENTRYKEY"]
    await tunes.json("set/additems", setkey=key, itemkeys=f"{eins},{queen}")
    listed = await tunes.rows("sets/set/getitems", setkey=key)
    assert [(row["entrykey"], row["librarykey"] == theirs) for row in listed] == [(eins, True), (queen, False)]
    own = await tunes.rows("sets/set/getitems", setkey=key, options="ownitemsonly")
    assert [row["entrykey"] for row in own] == [queen]
    tunes.server.tunesbag.befriend(FRIEND, USER, library=False)
    assert await tunes.titles(key) == ["Dancing Queen"]


@pytest.mark.row("T83", side="server")
async def test_the_default_playlists_are_worked_out_when_they_are_asked_for(
    tunes: Tunes, friend: Tunes, clock: Clock, music: Path
) -> None:
    assert set(await tunes.titles("RecentlyAdded")) == set(await tunes.items())
    items = await tunes.items()
    for title, rating in (("Eins", "80"), ("Zwei", "100"), ("First wave", "60")):
        clock.now += 10
        await tunes.json("items/rate", entrykey=items[title]["entrykey"], rating=rating)
        await tunes.json("item/log/playstatus", entrykey=items[title]["entrykey"], seconds="10")
    assert await tunes.titles("recentlyplayed") == ["First wave", "Zwei", "Eins"]
    assert await tunes.titles("toprated") == ["Zwei", "Eins"]
    assert await tunes.titles("followstream") == []
    assert await friend.titles("followstream") == ["First wave", "Zwei", "Eins"]
    await tunes.json(
        "social/share", itemtype="1", identifier=items["Second Wave"]["entrykey"], recipients=f"user:{FRIEND}"
    )
    assert await friend.titles("recommendations") == ["Second Wave"]
    clock.now += 60 * 86_400
    audio.make(music / "fresh.mp3", title="Fresh")
    await tunes.server.scan()
    assert await tunes.titles("recentlyadded") == ["Fresh"]
