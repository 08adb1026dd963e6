"""items/get, items/library/lastkey, ratings and plays."""

import hashlib
import shutil
from pathlib import Path

import pytest
from mutagen.id3 import COMM, ID3

from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.conftest import PASSWORD, USER, Clock, Serve
from tests.mpd_bridge.locker_server.tunesbag.conftest import FRIEND, Tunes, rows

ALL = (
    "album,artist,comments,dt_created,entrykey,genre,hashvalue,lasttime,librarykey,name,originalfilehashvalue,rating,"
    "size,source,times,totaltime,tracknumber,userkey,year,yr"
)


@pytest.mark.row("T28", "T29", "T30", side="server")
async def test_an_item_tells_everything_that_is_known_of_it(tunes: Tunes, music: Path) -> None:
    path = audio.make(music / "Abba/new.m4a", seconds=3, title="New", artist="Abba", comment="Loud!", date="1999-02")
    await tunes.server.scan()
    item = (await tunes.items(ALL))["New"]
    digest = hashlib.sha1(path.read_bytes(), usedforsecurity=False).hexdigest().upper()
    assert item == {
        "album": "",
        "artist": "Abba",
        "comments": "Loud!",
        "dt_created": "November, 14 2023 22:13:20",
        "entrykey": item["entrykey"],
        "genre": "",
        "hashvalue": digest,
        "lasttime": "",
        "librarykey": tunes.server.tunesbag.library_key(USER),
        "name": "New",
        "originalfilehashvalue": digest,
        "rating": "",
        "size": path.stat().st_size,
        "source": "",
        "times": 0,
        "totaltime": 3,
        "tracknumber": "",
        "userkey": tunes.server.tunesbag.user_key(USER),
        "year": 1999,
        "yr": 1999,
    }
    queen = (await tunes.items(ALL))["Dancing Queen"]
    assert (queen["genre"], queen["tracknumber"], queen["yr"]) == ("Pop", 1, 1976)
    audio.make(music / "noted.mp3", title="Noted")
    tags = ID3(music / "noted.mp3")
    tags.add(COMM(lang="eng", desc="iTunNORM", text="0000"))
    tags.add(COMM(lang="eng", desc="", text="by ear"))
    tags.save(music / "noted.mp3")
    await tunes.server.scan()
    assert (await tunes.items("comments"))["Noted"]["comments"] == "by ear"


@pytest.mark.row("T47", side="server")
async def test_fields_are_those_that_are_asked_for_and_always_the_key(tunes: Tunes) -> None:
    assert set((await tunes.rows("items/get"))[0]) == {"album", "artist", "entrykey", "name", "times"}
    assert set((await tunes.rows("items/get", fields="Genre, rating,nonsense"))[0]) == {"entrykey", "genre", "rating"}
    assert await tunes.error("items/get", fields="nonsense") == 999


@pytest.mark.row("T46", "T49", "T50", side="server")
async def test_items_are_filtered_ordered_and_bounded(tunes: Tunes, clock: Clock) -> None:
    items = await tunes.items()
    for title, rating in (("Zwei", "40"), ("Money & <More>", "100")):
        await tunes.json("items/rate", entrykey=items[title]["entrykey"], rating=rating)
        clock.now += 10
        await tunes.json("item/log/playstatus", entrykey=items[title]["entrykey"], seconds="40")

    async def first(order: str, number: int = 2) -> list[str]:
        return [row["name"] for row in await tunes.rows("items/get", orderBy=order, maxrows=str(number))]

    assert await first("RATING") == ["Money & <More>", "Zwei"]
    assert await first("recentlyplayed") == ["Money & <More>", "Zwei"]
    assert await first("NAME") == ["Dancing Queen", "Eins"]
    assert await first("ALBUM", 3) == ["untitled", "Dancing Queen", "Money & <More>"]
    assert (await first("ARTIST", 4))[3] == "Eins"
    assert len(await first("CREATED", 0)) == 7
    assert await tunes.error("items/get", orderBy="SIZE") == 999
    assert await tunes.error("items/get", maxrows="-1") == 999
    keys = f" {items['Eins']['entrykey'].lower()},\n{items['Zwei']['entrykey']},{'0' * 35}"
    assert set(await tunes.items(filter_entrykeys=keys)) == {"Eins", "Zwei"}


@pytest.mark.row("T48", side="server")
async def test_a_filter_expression_compares_fields(tunes: Tunes) -> None:
    found: dict[str, set[str]] = {
        "artist = abba AND year >= 1976": {"Dancing Queen", "Money & <More>"},
        'name ~ "wave" and genre = ""': {"First wave", "Second Wave"},
        "artist = bjork AND tracknumber < 2 AND name != eins": {"Zwei"},
        "year > 1976": set(),
        'name = "a and b"': set(),
    }
    for expression, titles in found.items():
        assert set(await tunes.items(filter_expression=expression)) == titles
    for expression in ("artist", "nonsense = 1", "= 1", 'artist = a OR artist = b"', "x" * 3000):
        assert await tunes.error("items/get", filter_expression=expression) == 999


@pytest.mark.row("T51", side="server")
async def test_a_unique_table_takes_the_place_of_repeated_texts(tunes: Tunes) -> None:
    answer = await tunes.json("items/get", options="UniqueTable", fields="name,genre,librarykey,artist,album")
    unique = {name.lower(): rows(table) for name, table in answer["UNIQUEDATA"].items()}
    genres = {row["idx"]: row["genre"] for row in unique["genres"]}
    libraries = {row["idx"]: row["librarykey"] for row in unique["librarykeys"]}
    items = {item["name"]: item for item in rows(answer["ITEMS"])}
    assert genres[items["Dancing Queen"]["genreindex"]] == "Pop"
    assert libraries == {1: tunes.server.tunesbag.library_key(USER)}
    assert "genre" not in items["Eins"]
    assert "librarykey" not in items["Eins"]
    assert {row["artist"] for row in unique["artists"]} >= {"Abba", "Björk"}
    assert {row["album"] for row in unique["albums"]} == {"Arrival", "Box", "Hits"}
    xml = await tunes.xml("items/get", options="uniquetable")
    assert xml.findtext("uniquedata/genres/item/genre") is not None


@pytest.mark.row("T52", "T53", side="server")
async def test_the_lastkey_is_another_one_when_something_has_changed(tunes: Tunes, music: Path, friend: Tunes) -> None:
    async def last_key(**parameters: str) -> str:
        (found,) = (await tunes.json("items/library/lastkey", **parameters))["ITEMS"]
        assert found["LIBRARYKEY"] == parameters.get("librarykeys", tunes.server.tunesbag.library_key(USER))
        assert (await tunes.json("items/get", **parameters))["LASTKEY"] == found["LASTKEY"]
        return str(found["LASTKEY"])

    seen = [await last_key(), await last_key()]
    key = await tunes.item_key("Eins")
    await tunes.json("items/get/deliver", entrykey=key, options="LOGPLAYED")
    assert set(seen) == {await last_key()}
    await tunes.json("items/rate", entrykey=key, rating="20")
    seen.append(await last_key())
    shutil.copy(music / "Hits/2.flac", music / "copy.flac")
    audio.make(music / "copy.flac", title="One more")
    await tunes.server.scan()
    seen.append(await last_key())
    (music / "copy.flac").unlink()
    await tunes.server.scan()
    assert await last_key() == seen[2]
    assert len(set(seen)) == 3
    theirs = tunes.server.tunesbag.library_key(FRIEND)
    assert await last_key(librarykeys=theirs) != seen[2]
    both = f"{tunes.server.tunesbag.library_key(USER)},{theirs}"
    assert len((await tunes.xml("items/library/lastkey", librarykeys=both)).findall("items/item")) == 2


@pytest.mark.row("T26", "T27", "T45", side="server")
async def test_an_item_belongs_to_one_of_several_libraries(tunes: Tunes, friend: Tunes, music: Path) -> None:
    part = tunes.server.tunesbag
    part.set_library(USER, "Box", "Box")
    tunes.server.accounts.set_folder(FRIEND, "Abba")
    box, theirs = part.library_key(USER, "Box"), part.library_key(FRIEND)
    assert set(await tunes.items(librarykeys=box)) == {"Eins", "Zwei"}
    assert set(await tunes.items(librarykeys=theirs)) == {"Dancing Queen", "Money & <More>"}
    assert set(await friend.items()) == {"Dancing Queen", "Money & <More>"}
    everything = await tunes.rows("items/get", librarykeys=f"{box},{theirs},{box}", fields="librarykey")
    assert [row["librarykey"] for row in everything].count(box) == 2
    assert len({row["entrykey"] for row in everything}) == 4
    own = await tunes.items("librarykey")
    assert len(own) == 7
    assert await tunes.item_key("Eins", librarykeys=box) != own["Eins"]["entrykey"]
    assert await friend.error("items/get", librarykeys="0" * 35) == 1002
    part.befriend(USER, FRIEND, library=False)
    assert await friend.error("items/get", librarykeys=box) == 1002
    with pytest.raises(ValueError, match="no path"):
        part.set_library(USER, "Out", "../out")


async def test_keys_outlive_the_server_and_the_moving_of_a_file(tunes: Tunes, serve: Serve, music: Path) -> None:
    before = await tunes.items()
    (music / "Box/b.mp3").rename(music / "moved.mp3")
    await tunes.server.scan()
    assert await tunes.items() == before
    await tunes.server.close()
    again = Tunes(await serve(), USER, tunes.key)
    assert await again.items() == before


@pytest.mark.row("T79", "T80", side="server")
async def test_ratings_are_steps_of_twenty_and_each_user_s_own(tunes: Tunes, friend: Tunes) -> None:
    key = await tunes.item_key("Eins")
    for rating in ("20", "40", "60", "80", "100", "0", "80.0"):
        await tunes.json("items/rate", entrykey=key, rating=rating, type="0")
        assert (await tunes.items("rating"))["Eins"]["rating"] == float(rating)
    for wrong in ({"rating": "50"}, {"rating": "120"}, {"rating": "good"}, {"rating": "20", "type": "1"}, {}):
        assert await tunes.error("items/rate", entrykey=key, **wrong) == 999
    assert await tunes.error("items/rate", entrykey="0" * 35, rating="20") == 1002
    assert (await friend.items("rating"))["Eins"]["rating"] == ""
    assert await tunes.error("items/rate", entrykey=key, comment="x" * 251) == 999
    await tunes.json("items/rate", entrykey=key, comment="<b>loud</b> & " + "é" * 200)
    told = await friend.rows("user/feed", actions="600")
    assert [event["param"][:17] for event in told] == ["<b>loud</b> & ééé"]


@pytest.mark.row("T81", side="server")
async def test_a_play_is_counted_once_however_often_it_is_reported(tunes: Tunes, clock: Clock) -> None:
    key = await tunes.item_key("Eins")

    async def times() -> float:
        found: float = (await tunes.items("times"))["Eins"]["times"]
        return found

    await tunes.json("items/get/deliver", entrykey=key, options="LOGPLAYED")
    for seconds in ("30", "60", "90"):
        await tunes.json("item/log/playstatus", entrykey=key, seconds=seconds)
        assert await times() == 1
    await tunes.json("item/log/playstatus", entrykey=key, seconds="0")
    assert await times() == 1
    await tunes.json("item/log/playstatus", entrykey=key, seconds="30")
    clock.now += 3600
    await tunes.json("item/log/playstatus", entrykey=key, seconds="60")
    assert await times() == 3
    assert await tunes.error("item/log/playstatus", entrykey=key) == 999
    assert await tunes.error("item/log/playstatus", entrykey="nothing", seconds="1") == 1002
    assert (await tunes.client.call("/api/v1/lockerData?type=track&playlist_id=RECENTLY_PLAYED")).json()["trackList"]


async def test_a_user_s_name_may_be_any(tunes: Tunes) -> None:
    tunes.server.add_account("Jürgen & Söhne", PASSWORD)
    other = tunes.of("jürgen & söhne")
    assert len(await other.items()) == 7
