"""items/get/deliver, tickets, the player, and pictures."""

from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

from mpd_bridge.locker_server import TunesbagOptions
from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.conftest import USER, Answer, Clock, Serve
from tests.mpd_bridge.locker_server.tunesbag.conftest import FRIEND, Tunes, tunes_client

TITLES = {"Dancing Queen": "Abba/Arrival/01 Queen.mp3", "Money & <More>": "Abba/Arrival/02 Money.m4a"}


async def delivered(tunes: Tunes, title: str, **parameters: str) -> tuple[Any, Answer]:
    """Return what deliver answers, and what is behind its location."""
    told = await tunes.json("items/get/deliver", entrykey=await tunes.item_key(title), **parameters)
    return told, await tunes.client.get(told["LOCATION"])


@pytest.mark.row("T67", "T69", "T71", side="server")
async def test_the_original_is_delivered_with_its_length_and_ranges(tunes: Tunes, music: Path) -> None:
    for title, path in TITLES.items():
        content = (music / path).read_bytes()
        told, answer = await delivered(tunes, title)
        assert (told["CONTENTLENGTH"], told["CONTENTTYPE"]) == (len(content), answer.headers["Content-Type"])
        assert told["LOCATION"].startswith("/deliver/ticket/")
        assert told["LOCATION"].endswith("/deliver.pl")
        assert answer.body == content
        part = await tunes.client.get(told["LOCATION"], headers={"Range": "bytes=100-199"})
        assert (part.status, part.body) == (206, content[100:200])
        outside = await tunes.client.get(told["LOCATION"], headers={"Range": f"bytes={len(content)}-"})
        assert (outside.status, outside.headers["Content-Range"]) == (416, f"bytes */{len(content)}")
        head = await tunes.client.send("HEAD", told["LOCATION"])
        assert (head.status, head.headers["Content-Length"]) == (200, str(len(content)))
        assert (await tunes.client.send("POST", told["LOCATION"])).status == 405
        zero, _answer = await delivered(tunes, title, targetbitrate="0", targetformat="")
        assert zero["CONTENTLENGTH"] == len(content)


@pytest.mark.row("T66", "T67", "T71", side="server")
async def test_another_format_or_bit_rate_is_made_while_it_is_sent(tunes: Tunes) -> None:
    for title, wanted, kind in (
        ("Dancing Queen", {"targetbitrate": "32"}, "audio/mpeg"),
        ("First wave", {"targetbitrate": "64"}, "audio/mpeg"),
        ("Money & <More>", {"targetformat": "mp3"}, "audio/mpeg"),
        ("Dancing Queen", {"targetformat": "AAC", "targetbitrate": "96"}, "audio/aac"),
    ):
        told, answer = await delivered(tunes, title, **wanted)
        assert (told["CONTENTLENGTH"], told["CONTENTTYPE"]) == (-1, kind)
        assert answer.headers["Content-Type"] == kind
        assert "Content-Length" not in answer.headers
        assert answer.headers["Accept-Ranges"] == "none"
        assert audio.decoded_seconds(answer.body) == pytest.approx(0.3, abs=0.15)
    key = await tunes.item_key("Eins")
    assert await tunes.error("items/get/deliver", entrykey=key, targetformat="wma") == 4800
    for rate in ("33", "-1", "fast"):
        assert await tunes.error("items/get/deliver", entrykey=key, targetbitrate=rate) == 4801


@pytest.mark.row("T68", side="server")
async def test_a_preview_ends_early(serve: Serve, music: Path) -> None:
    tunes = await tunes_client(serve, TunesbagOptions(preview_seconds=1))
    audio.make(music / "long.mp3", seconds=3, title="Long")
    await tunes.server.scan()
    told, answer = await delivered(tunes, "Long", preview="TRUE")
    assert told["CONTENTLENGTH"] == -1
    assert audio.decoded_seconds(answer.body) == pytest.approx(1, abs=0.2)
    whole, _answer = await delivered(tunes, "Long", preview="false")
    assert whole["CONTENTLENGTH"] > 0
    assert await tunes.error("items/get/deliver", entrykey=await tunes.item_key("Long"), preview="maybe") == 999


@pytest.mark.row("T63", side="server")
async def test_an_item_is_found_in_the_library_that_is_named_or_in_one_s_own(tunes: Tunes, friend: Tunes) -> None:
    theirs, mine = tunes.server.tunesbag.library_key(FRIEND), tunes.server.tunesbag.library_key(USER)
    key, own = await tunes.item_key("Eins", librarykeys=theirs), await tunes.item_key("Eins")
    assert await tunes.json("items/get/deliver", entrykey=key, libraryKey=theirs)
    assert await tunes.json("items/get/deliver", entrykey=own.lower(), librarykey="unknown")
    assert await tunes.error("items/get/deliver", entrykey=key, librarykey=mine) == 1002
    assert await tunes.error("items/get/deliver", librarykey=mine) == 999
    tunes.server.tunesbag.befriend(FRIEND, USER, library=False)
    assert await tunes.error("items/get/deliver", entrykey=key, librarykey=theirs) == 1002


@pytest.mark.row("T64", "T65", side="server")
async def test_options_count_the_play_and_lead_to_the_media(tunes: Tunes, music: Path) -> None:
    key = await tunes.item_key("Dancing Queen")
    answer = await tunes.get("items/get/deliver", entrykey=key, options="logplayed , FORWARDTOPLAYURL")
    assert answer.status == 302
    media = await tunes.client.get(answer.headers["Location"])
    assert media.body == (music / TITLES["Dancing Queen"]).read_bytes()
    assert (await tunes.items("times"))["Dancing Queen"]["times"] == 1
    await tunes.json("items/get/deliver", entrykey=key)
    assert (await tunes.items("times"))["Dancing Queen"]["times"] == 1


async def test_a_ticket_ends_some_time_after_its_last_use(serve: Serve, clock: Clock) -> None:
    tunes = await tunes_client(serve, TunesbagOptions(ticket_lifetime=60))
    told, _answer = await delivered(tunes, "Eins")
    for _use in range(2):
        clock.now += 50
        assert (await tunes.client.get(told["LOCATION"])).status == 200
    clock.now += 61
    assert (await tunes.client.get(told["LOCATION"])).status == 404
    assert (await tunes.client.get("/deliver/ticket/unknown/deliver.pl")).status == 404
    told, _answer = await delivered(tunes, "Eins")
    tunes.server.expire_sessions()
    assert (await tunes.client.get(told["LOCATION"])).status == 404


async def test_what_is_gone_or_damaged_is_told(tunes: Tunes, music: Path, friend: Tunes) -> None:
    told, _answer = await delivered(tunes, "Eins")
    converted, _answer = await delivered(tunes, "Eins", targetbitrate="32")
    theirs, _answer = await delivered(friend, "Eins")
    (music / "Box/a.mp3").write_bytes(b"no music")
    assert (await tunes.client.get(converted["LOCATION"])).status == 500
    (music / "Box/a.mp3").unlink()
    assert (await tunes.client.get(told["LOCATION"])).status == 404
    assert await tunes.error("items/get/deliver", entrykey=await tunes.item_key("Eins")) == 1002
    tunes.server.accounts.remove(FRIEND)
    await tunes.json("user/checkaccess")
    assert (await tunes.client.get(theirs["LOCATION"])).status == 404


@pytest.mark.row("T74", side="server")
async def test_the_player_is_html_that_holds_no_secret(tunes: Tunes, music: Path) -> None:
    key = await tunes.item_key("Money & <More>")
    root = await tunes.xml("items/get/deliver/player", entrykey=key, bgcolor="00ff00", autostart="TRUE")
    player = ET.fromstring((root.findtext("content") or "").replace("controls autoplay", ""))  # noqa: S314 - our own
    assert player.text == "Abba - Money & <More> "
    assert "00ff00" in player.attrib["style"]
    source = player.find("audio")
    assert source is not None
    media = await tunes.client.get(source.attrib["src"].removeprefix(tunes.server.url))
    assert media.body == (music / TITLES["Money & <More>"]).read_bytes()
    answer = await tunes.get("items/get/deliver/player", entrykey=key)
    assert tunes.key not in answer.body.decode()
    assert b"autoplay" not in answer.body
    assert await tunes.error("items/get/deliver/player", entrykey=key, bgcolor='"><b>') == 999


@pytest.mark.row("T103", side="server")
async def test_albums_with_covers_are_listed_and_their_covers_are_served(tunes: Tunes, friend: Tunes) -> None:
    root = await tunes.xml("misc/check/albumcovers")
    lines = (root.findtext("data") or "").splitlines()
    assert lines == ["Abba|Arrival", "Björk|Box"]
    for line in lines:
        artist, album = line.split("|")
        path = f"/res/images/album_images/{quote(artist, safe='')}/{quote(album, safe='')}.jpg"
        cover = await tunes.client.get(path)
        assert (cover.body, cover.headers["Content-Type"]) == (audio.PICTURE, "image/jpeg")
    assert (await tunes.client.get("/res/images/album_images/Abba/Hits.jpg")).status == 404
    theirs = tunes.server.tunesbag.library_key(FRIEND)
    assert (await tunes.xml("misc/check/albumcovers", librarykeys=theirs)).findtext("data")
    assert await tunes.error("misc/check/albumcovers", librarykeys="0" * 35) == 1002


@pytest.mark.row("T34", side="server")
async def test_a_playlist_with_an_image_has_it_in_three_sizes(tunes: Tunes) -> None:
    sets = {one["name"]: one for one in await tunes.rows("sets/get", options="nodynamic")}
    assert sets["Party!"]["imageset"] == 1
    key = sets["Party!"]["entrykey"]
    for size in (48, 120, 300):
        path = f"/res/images/playlist_images/{key[-3:]}/{key}.{size}.jpg"
        assert (await tunes.client.get(path)).body == audio.PICTURE
    assert (await tunes.client.get(f"/res/images/playlist_images/{key[-3:]}/{key}.49.jpg")).status == 404
    assert (await tunes.client.get(f"/res/images/playlist_images/xyz/{key}.48.jpg")).status == 404
    bare = await tunes.new_set("Bare", "First wave")
    assert {one["name"]: one["imageset"] for one in await tunes.rows("sets/get")}["Bare"] == 0
    assert (await tunes.client.get(f"/res/images/playlist_images/{bare[-3:]}/{bare}.48.jpg")).status == 404
