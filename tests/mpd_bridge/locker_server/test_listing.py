"""What /api/v0 lists: artists, albums, tracks and playlists, as JSON and XML, whatever the tags hold."""

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.conftest import TOKEN, Answer, Client, Serve

TRACK_FIELDS = [
    "trackId",
    "trackTitle",
    "trackNumber",
    "trackLength",
    "trackFileName",
    "trackFileKey",
    "downloadURL",
    "albumTitle",
    "albumYear",
    "artistName",
]
EVIL = """</trackTitle><x y="1">&lt;'"]]><!-- é漢🎵 \\/"""


async def listing(client: Client, parameters: str) -> Any:
    answer = await client.call(f"/api/v0/lockerData?{parameters}")
    assert answer.status == 200
    return answer.json()


async def titles(client: Client, parameters: str) -> list[str]:
    return [track["trackTitle"] for track in (await listing(client, parameters))["trackList"]]


async def ids(client: Client, kind: str) -> dict[str, str]:
    """Return the ids of all artists or albums by their names."""
    name = {"artist": "artistName", "album": "albumTitle"}[kind]
    return {entry[name]: entry[f"{kind}Id"] for entry in await listing(client, f"type={kind}")}


def from_xml(element: ET.Element) -> Any:
    """Return an element as JSON has it; numbers stay text."""
    if len(element) == 0:
        return element.text
    if {child.tag for child in element} == {"item"}:
        return [from_xml(child) for child in element]
    return {child.tag: from_xml(child) for child in element}


@pytest.mark.row("M25", side="server")
@pytest.mark.row("M27", side="server")
async def test_artists_have_ids_and_names_and_are_sorted(client: Client) -> None:
    artists = await listing(client, "type=artist")
    assert [artist["artistName"] for artist in artists] == [
        "Abba",
        "Björk",
        "Cream",
        "Unknown artist",
        "Various Artists",
    ]
    assert all(list(artist) == ["artistId", "artistName"] and artist["artistId"].isdigit() for artist in artists)
    assert len({artist["artistId"] for artist in artists}) == len(artists)


@pytest.mark.row("M25", side="server")
@pytest.mark.row("M28", side="server")
@pytest.mark.row("M29", side="server")
async def test_albums_are_a_bare_list_of_texts(client: Client) -> None:
    albums = await listing(client, "type=album")
    assert [(album["albumTitle"], album["artistName"]) for album in albums] == [
        ("Arrival", "Abba"),
        ("Box", "Björk"),
        ("Hits", "Various Artists"),
    ]
    assert all(list(album) == ["albumId", "albumTitle", "artistId", "artistName"] for album in albums)
    assert all(isinstance(value, str) for album in albums for value in album.values())
    artists = await ids(client, "artist")
    assert all(artists[album["artistName"]] == album["artistId"] for album in albums)
    root = (await client.call("/api/v0/lockerData?type=album&output=xml")).xml()
    assert root.tag == "mp3tunes"
    assert from_xml(root) == albums


@pytest.mark.row("M26", side="server")
async def test_without_a_type_every_track_is_listed(client: Client) -> None:
    for parameters in ("", "type=", "type=%20&artist_id=&album_id="):
        assert await listing(client, parameters) == await listing(client, "type=track")


@pytest.mark.row("M25", side="server")
@pytest.mark.row("M30", side="server")
@pytest.mark.row("M34", side="server")
async def test_every_track_of_the_locker_is_listed_once(client: Client, music: Path) -> None:
    (music / "again.mp3").write_bytes((music / "Box/a.mp3").read_bytes())
    await client.server.scan()
    answer = await listing(client, "type=track")
    assert list(answer) == ["trackList"]
    assert [track["trackTitle"] for track in answer["trackList"]] == [
        "Dancing Queen",
        "Money & <More>",
        "First wave",
        "Eins",
        "Zwei",
        "Second Wave",
        "untitled",
    ]
    for track in answer["trackList"]:
        assert list(track) == TRACK_FIELDS
        assert re.fullmatch("[0-9a-f]{32}", track["trackFileKey"])
        assert track["trackId"].isdigit()
    assert len({track["trackFileKey"] for track in answer["trackList"]}) == 7


@pytest.mark.row("M34", side="server")
async def test_a_track_has_what_its_tags_say_and_nothing_for_what_they_do_not(client: Client) -> None:
    tracks = {track["trackTitle"]: track for track in (await listing(client, "type=track"))["trackList"]}
    chosen = ("trackNumber", "trackFileName", "albumTitle", "albumYear", "artistName")
    assert [tracks["Dancing Queen"][name] for name in chosen] == ["1", "01 Queen.mp3", "Arrival", "1976", "Abba"]
    assert [tracks["untitled"][name] for name in chosen] == [None, "untitled.mp3", None, None, "Unknown artist"]


@pytest.mark.row("M35", side="server")
async def test_lengths_are_milliseconds_in_the_form_of_each_output(client: Client) -> None:
    text = (await client.call("/api/v0/lockerData?type=track")).body.decode()
    lengths = re.findall(r'"trackLength":([^,]*),', text)
    assert len(lengths) == 7
    assert all(re.fullmatch(r"\d+\.\d{6}", length) and 250 < float(length) < 450 for length in lengths)
    root = (await client.call("/api/v0/lockerData?type=track&output=xml")).xml()
    shortest = [element.text or "" for element in root.iter("trackLength")]
    assert [float(length) for length in shortest] == [float(length) for length in lengths]
    assert not any("." in length and length.endswith(("0", ".")) for length in shortest)


@pytest.mark.row("M31", side="server")
@pytest.mark.row("M32", side="server")
async def test_the_tracks_of_an_album_stand_in_its_order_behind_the_album(client: Client) -> None:
    box = (await ids(client, "album"))["Box"]
    answer = await listing(client, f"type=track&album_id={box}")
    assert list(answer) == ["albumData", "trackList"]
    assert answer["albumData"] == (await listing(client, "type=album"))[1]
    assert [track["trackTitle"] for track in answer["trackList"]] == ["Eins", "Zwei"]
    root = (await client.call(f"/api/v0/lockerData?type=track&album_id={box}&output=xml")).xml()
    assert [child.tag for child in root] == ["albumData", "trackList"]
    assert [item.findtext("trackTitle") for item in root.findall("trackList/item")] == ["Eins", "Zwei"]


@pytest.mark.row("M25", side="server")
@pytest.mark.row("M33", side="server")
async def test_an_artist_chooses_his_tracks_and_with_an_album_those_on_it(client: Client) -> None:
    artists, albums = await ids(client, "artist"), await ids(client, "album")
    abba, hits = artists["Abba"], albums["Hits"]
    assert set(await titles(client, f"type=track&artist_id={abba}")) == {
        "Dancing Queen",
        "Money & <More>",
        "First wave",
    }
    assert await titles(client, f"type=track&album_id={hits}") == ["First wave", "Second Wave"]
    assert await titles(client, f"type=track&artist_id={abba}&album_id={hits}") == ["First wave"]
    assert await titles(client, f"artist_id={artists['Cream']}&album_id={hits}") == ["Second Wave"]
    assert await titles(client, f"type=track&artist_id={abba}&album_id={albums['Box']}") == []
    various = artists["Various Artists"]
    assert await titles(client, f"type=track&artist_id={various}&album_id={hits}") == ["First wave", "Second Wave"]


@pytest.mark.row("M25", side="server")
async def test_an_artist_chooses_his_albums_and_those_he_plays_on(client: Client) -> None:
    abba = (await ids(client, "artist"))["Abba"]
    albums = await listing(client, f"type=album&artist_id={abba}")
    assert [album["albumTitle"] for album in albums] == ["Arrival", "Hits"]


@pytest.mark.row("M25", side="server")
async def test_a_parameter_that_means_nothing_is_a_fault(client: Client) -> None:
    for parameters, name in (
        ("type=albums", "type"),
        ("type=%3Cx%3E", "type"),
        (f"type={'a' * 50_000}", "type"),
        ("type=track&album_id=999999", "album_id"),
        ("type=track&album_id=0", "album_id"),
        ("type=track&album_id=-1", "album_id"),
        ("type=track&album_id=1%20OR%201=1", "album_id"),
        ("type=track&album_id=%D9%A1", "album_id"),
        ("type=track&album_id=%C2%B2", "album_id"),
        (f"type=track&album_id={'9' * 5000}", "album_id"),
        ("type=track&artist_id=999999", "artist_id"),
        ("type=track&artist_id=1.5", "artist_id"),
        ("type=album&artist_id=x", "artist_id"),
    ):
        answer = await client.call(f"/api/v0/lockerData?{parameters}")
        expected = {"status": 0, "errorMessage": f"The {name} input parameter failed validation."}
        assert (answer.status, answer.json()) == (200, expected)
        root = (await client.call(f"/api/v0/lockerData?{parameters}&output=xml")).xml()
        assert {child.tag: child.text for child in root} == {**expected, "status": "0"}


@pytest.mark.row("M41", side="server")
@pytest.mark.row("M42", side="server")
async def test_playlists_are_a_bare_list_in_json_as_in_xml(client: Client) -> None:
    playlists = await listing(client, "type=playlist")
    assert playlists == [
        {
            "playlistId": playlists[0]["playlistId"],
            "title": "Party!",
            "fileName": "party.m3u",
            "fileCount": "2",
            "dateModified": None,
        }
    ]
    root = (await client.call("/api/v0/lockerData?type=playlist&output=xml")).xml()
    assert from_xml(root) == playlists


@pytest.mark.row("M11", side="server")
async def test_both_outputs_say_the_same(client: Client) -> None:
    for parameters in ("type=artist", "type=album", "type=track", "type=playlist"):
        value = await listing(client, parameters)
        root = (await client.call(f"/api/v0/lockerData?{parameters}&output=xml")).xml()
        found = from_xml(root)
        for track in value["trackList"] if parameters == "type=track" else ():
            track["trackLength"] = f"{track['trackLength']:.6f}".rstrip("0").rstrip(".")
        assert found == value


@pytest.mark.row("M2", side="server")
async def test_the_output_is_json_unless_xml_is_asked_for(client: Client) -> None:
    for output, kind in (
        ("", "application/json"),
        ("&output=", "application/json"),
        ("&output=json", "application/json"),
        ("&output=JSON", "application/json"),
        ("&output=xml", "text/xml"),
        ("&output=XML", "text/xml"),
    ):
        answer = await client.call(f"/api/v0/lockerData?type=album{output}")
        assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8"
        assert answer.body.startswith(b"<mp3tunes>" if kind == "text/xml" else b"[{")


@pytest.mark.row("M3", side="server")
async def test_another_output_is_json(client: Client) -> None:
    for output in ("yaml", "xml,json", "%00", "xml%20", "%0d%0aX-Evil:1", "x" * 50_000):
        answer = await client.call(f"/api/v0/lockerData?type=album&output={output}")
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert "X-Evil" not in answer.headers
        assert answer.json() == await listing(client, "type=album")


@pytest.mark.row("M4", side="server")
async def test_debug_adds_a_second_line_that_is_no_json(client: Client) -> None:
    for method in ("accountData?", "lockerData?type=track&", "lockerData?type=nothing&"):
        plain = await client.call(f"/api/v0/{method}x=1")
        answer = await client.call(f"/api/v0/{method}debug=1")
        first, second = answer.body.decode().splitlines()
        assert first == plain.body.decode()
        assert second.startswith("object(ObjectFromJSON)#7 (")
        with pytest.raises(json.JSONDecodeError):
            answer.json()
        assert (await client.call(f"/api/v0/{method}debug=0")).body == plain.body


@pytest.mark.row("M4", side="server")
async def test_debug_leaves_xml_as_it_is(client: Client) -> None:
    assert (await client.call("/api/v0/lockerData?type=album&output=xml&debug=1")).body == (
        await client.call("/api/v0/lockerData?type=album&output=xml")
    ).body


@pytest.mark.row("M1", side="server")
async def test_a_method_is_asked_for_by_get_in_any_case_and_with_a_slash_behind_it(client: Client) -> None:
    right = (await client.call("/api/v0/lockerData?type=album")).body
    for target in ("/api/v0/LOCKERDATA", "/api/v0/lockerdata/", "/api/v0/lockerData//"):
        assert (await client.call(f"{target}?type=ALBUM")).body == right


@pytest.mark.row("M37", side="server")
async def test_a_download_url_is_lower_case_has_the_session_only_and_works(client: Client) -> None:
    for track in (await listing(client, "type=track"))["trackList"]:
        url = f"{client.server.url}/storage/lockerget/{track['trackFileKey']}?sid={client.sid}"
        assert track["downloadURL"] == url
        assert TOKEN not in track["downloadURL"]
        assert (await client.session.get(track["downloadURL"])).status == 200


async def test_json_is_ascii(client: Client) -> None:
    assert r'"artistName":"Bj\u00f6rk"' in (await client.call("/api/v0/lockerData?type=artist")).body.decode("ascii")


async def test_v0_wraps_nothing_in_a_callback(client: Client) -> None:
    assert (await client.call("/api/v0/lockerData?type=album&callback=f")).json()


@pytest.fixture
async def evil(serve: Serve, tmp_path: Path) -> Client:
    """A client of a locker whose tags and file names are written against it."""
    music = tmp_path / "evil"
    for name in ("quote'\"&<x>.mp3", "line\nbreak.mp3", "percent%2e%2e.mp3", "漢字 é.mp3"):
        audio.make(music / name, title=EVIL + name, artist=EVIL, album="]]>&amp;", tracknumber="7; DROP TABLE track")
    audio.make(music / "long.mp3", title="t" * 20_000, artist="a\x00b\x1b[31m", album="\ufffe\x0b", date="99999")
    (music / "evil.m3u").write_text(f"#PLAYLIST:{EVIL}\n/etc/passwd\n../../x.mp3\nhttp://x/y.mp3\nlong.mp3\n")
    return await serve(music)


@pytest.mark.row("M11", side="server")
async def test_markup_in_tags_stays_text(evil: Client) -> None:
    for kind in ("artist", "album", "track", "playlist"):
        value = await listing(evil, f"type={kind}")
        root = (await evil.call(f"/api/v0/lockerData?type={kind}&output=xml")).xml()
        assert not list(root.iter("x"))
        entries = value["trackList"] if kind == "track" else value
        items = list(root.iter("item"))
        assert len(items) == len(entries) > 0
        for entry, item in zip(entries, items, strict=True):
            assert [child.tag for child in item] == list(entry)
            for name, text in entry.items():
                if isinstance(text, str):
                    written = "".join(
                        letter for letter in text if (letter >= " " and letter != "\ufffe") or letter == "\n"
                    )
                    assert (item.findtext(name) or "") == written


@pytest.mark.row("M34", side="server")
async def test_what_tags_say_is_kept_to_the_letter(evil: Client) -> None:
    tracks = {track["trackFileName"]: track for track in (await listing(evil, "type=track"))["trackList"]}
    assert tracks["漢字 é.mp3"]["trackTitle"] == f"{EVIL}漢字 é.mp3"
    assert tracks["漢字 é.mp3"]["trackNumber"] == "7"
    assert tracks["long.mp3"]["trackTitle"] == "t" * 20_000
    assert tracks["long.mp3"]["albumYear"] == "9999"


async def test_a_playlist_lists_files_of_the_folder_only(evil: Client) -> None:
    [playlist] = await listing(evil, "type=playlist")
    assert (playlist["title"], playlist["fileCount"]) == (EVIL, "1")


async def test_the_dump_of_evil_tags_is_one_line(evil: Client) -> None:
    answer: Answer = await evil.call("/api/v0/lockerData?type=artist&debug=1")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert json.loads(answer.body.decode().splitlines()[0])


async def test_an_empty_folder_is_an_empty_locker(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    client = await serve(tmp_path / "empty")
    assert await listing(client, "type=artist") == await listing(client, "type=album") == []
    assert await listing(client, "type=playlist") == []
    assert await listing(client, "type=track") == {"trackList": []}
    assert (await client.call("/api/v0/lockerData?type=album&output=xml")).body == b"<mp3tunes/>"
