"""The later API, /api/v1: sets, tokens, search, last updates, statistics, the tracks of playlists, pictures."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.conftest import READER, TOKEN, USER, Client, Clock, Serve

TITLES = ["Dancing Queen", "Money & <More>", "First wave", "Eins", "Zwei", "Second Wave", "untitled"]


async def call(client: Client, target: str) -> Any:
    answer = await client.call(f"/api/v1/{target}")
    assert answer.status == 200
    return answer.json()


async def titles(client: Client, parameters: str) -> list[str]:
    answer = await call(client, f"lockerData?type=track&{parameters}")
    return [track["trackTitle"] for track in answer["trackList"]]


async def failed(client: Client, target: str) -> str:
    """Return the name of the parameter that a call is refused for."""
    answer = await call(client, target)
    assert set(answer) == {"status", "errorMessage"}
    assert answer["status"] == 0
    return str(answer["errorMessage"]).removeprefix("The ").removesuffix(" input parameter failed validation.")


@pytest.fixture
async def many(serve: Serve, tmp_path: Path) -> Client:
    """A client of a locker with eleven tracks."""
    for number in range(11):
        audio.make(tmp_path / f"many/{number}.mp3", title=f"Track {number:02}", artist="One", album="Long")
    return await serve(tmp_path / "many")


async def test_a_set_has_a_summary_before_artists_and_albums_and_behind_tracks(client: Client) -> None:
    for kind, order in (
        ("artist", ["summary", "artistList"]),
        ("album", ["summary", "albumList"]),
        ("playlist", ["summary", "playlistList"]),
        ("track", ["trackList", "summary"]),
    ):
        answer = await call(client, f"lockerData?type={kind}")
        assert list(answer) == order
        assert answer["summary"] == {"type": kind, "totalResults": len(answer[f"{kind}List"])}
        root = (await client.call(f"/api/v1/lockerData?type={kind}&output=xml")).xml()
        assert [child.tag for child in root] == order
        assert len(root.findall(f"{kind}List/item")) == len(answer[f"{kind}List"])


@pytest.mark.row("M27", side="server")
async def test_artists_tell_what_they_have(client: Client) -> None:
    answer = await call(client, "lockerData?type=artist")
    tracks = await client.tracks()
    abba = next(artist for artist in answer["artistList"] if artist["artistName"] == "Abba")
    size = sum(tracks[title]["trackFileSize"] for title in ("Dancing Queen", "Money & <More>", "First wave"))
    assert abba == {
        "artistId": tracks["First wave"]["artistId"],
        "artistName": "Abba",
        "artistSize": size,
        "albumCount": 2,
        "trackCount": 3,
    }


async def test_albums_tell_what_they_have(client: Client) -> None:
    answer = await call(client, "lockerData?type=album")
    shown = [(album["albumTitle"], album["trackCount"], album["hasArt"]) for album in answer["albumList"]]
    assert shown == [("Arrival", 2, 1), ("Box", 2, 1), ("Hits", 2, 0)]
    assert all(album["albumSize"] > 1000 for album in answer["albumList"])


async def test_tracks_tell_more_than_in_v0(client: Client) -> None:
    track = (await client.tracks())["Zwei"]
    expected = {"discNumber": "2", "genre": "Art", "albumYear": None, "trackFileMimeType": "audio/mpeg", "hasArt": 1}
    assert {name: track[name] for name in expected} == expected
    assert "discNumber" not in (await client.tracks())["untitled"]


async def test_urls_end_in_an_empty_token_to_which_a_client_adds_its_own(client: Client) -> None:
    track = (await client.tracks())["Dancing Queen"]
    for name, method in (("downloadURL", "lockerget"), ("playURL", "lockerplay"), ("albumArtURL", "albumartget")):
        path = f"/storage/{method}/{track['trackFileKey']}?sid={client.sid}&partner_token="
        assert track[name] == client.server.url + path
        for token, status in (("", 200), (TOKEN, 200), ("wrong", 401)):
            assert (await client.get(path + token)).status == status


async def test_minimal_data_leaves_number_and_year_out(client: Client) -> None:
    full, [small] = (
        (await client.tracks())["Dancing Queen"],
        (await call(client, "lockerData?type=track&mindata=true&count=1"))["trackList"],
    )
    assert set(full) - set(small) == {"trackNumber", "albumYear"}
    assert small["trackTitle"] == "Dancing Queen"


async def test_a_list_comes_in_sets(many: Client) -> None:
    for number, first, last in (
        (0, "Track 00", "Track 03"),
        (1, "Track 04", "Track 07"),
        (2, "Track 08", "Track 10"),
    ):
        answer = await call(many, f"lockerData?type=track&count=4&set={number}")
        shown = [track["trackTitle"] for track in answer["trackList"]]
        assert (shown[0], shown[-1]) == (first, last)
        assert answer["summary"] == {
            "type": "track",
            "totalResults": 11,
            "set": number,
            "count": 4,
            "totalResultSets": 3,
        }


async def test_the_sets_of_an_album_are_its_own(many: Client) -> None:
    album = (await call(many, "lockerData?type=album"))["albumList"][0]["albumId"]
    answer = await call(many, f"lockerData?type=track&album_id={album}&count=10&set=1")
    assert [track["trackTitle"] for track in answer["trackList"]] == ["Track 10"]
    assert answer["summary"]["totalResultSets"] == 2


async def test_a_set_behind_the_last_is_empty_and_no_count_is_everything(many: Client) -> None:
    for parameters, found in (
        ("count=4&set=3", 0),
        (f"count=4&set={'9' * 18}", 0),
        (f"count={'9' * 18}&set={'9' * 18}", 0),
        (f"count={'9' * 18}", 11),
        ("count=0", 11),
        ("count=&set=", 11),
        ("set=5", 11),
    ):
        answer = await call(many, f"lockerData?type=track&{parameters}")
        assert (len(answer["trackList"]), answer["summary"]["totalResults"]) == (found, 11), parameters


async def test_numbers_that_are_none_are_refused(many: Client) -> None:
    for name in ("count", "set"):
        for value in ("-1", "x", "1.0", "9" * 19, "9" * 5000, "%D9%A1", "0x10"):
            assert await failed(many, f"lockerData?type=artist&{name}={value}") == name


async def test_lists_are_narrowed_by_a_first_letter(client: Client, music: Path) -> None:
    audio.make(music / "accent.mp3", title="Éclair", artist="Édith")
    audio.make(music / "digit.mp3", title="99 Luftballons", artist="2Pac")
    await client.server.scan()
    assert await titles(client, "token=e") == ["Eins", "Éclair"]
    assert await titles(client, "token=%23") == ["99 Luftballons"]
    assert await titles(client, "token=q") == []
    artists = await call(client, "lockerData?type=artist&token=E")
    assert ([artist["artistName"] for artist in artists["artistList"]], artists["summary"]["totalResults"]) == (
        ["Édith"],
        1,
    )


async def test_the_letters_are_counted(client: Client) -> None:
    answer = await call(client, "lockerData?type=track_token")
    assert list(answer) == ["summary", "tokenList"]
    assert answer["tokenList"] == [{"token": letter, "count": 1 + (letter == "X")} for letter in "DEFMSUZ"]
    for kind in ("artist_token", "album_token"):
        listed = await call(client, f"lockerData?type={kind}")
        whole = await call(client, f"lockerData?type={kind.removesuffix('_token')}")
        assert sum(entry["count"] for entry in listed["tokenList"]) == whole["summary"]["totalResults"]


async def test_a_type_that_is_none_or_missing_is_refused(client: Client) -> None:
    for parameters in ("", "type=", "type=genre", "type=artist%00", f"type={'a' * 50_000}"):
        assert await failed(client, f"lockerData?{parameters}") == "type"


async def test_tracks_are_chosen_by_album_artist_and_keys(client: Client) -> None:
    tracks = await client.tracks()
    album, artist = tracks["Eins"]["albumId"], tracks["First wave"]["artistId"]
    assert await titles(client, f"album_id={album}") == ["Eins", "Zwei"]
    assert set(await titles(client, f"artist_id={artist}")) == {"Dancing Queen", "Money & <More>", "First wave"}
    keys = [tracks[title]["trackFileKey"] for title in ("Zwei", "Eins")]
    assert await titles(client, f"key={keys[0]},x,%20{keys[1].upper()}") == ["Zwei", "Eins"]
    assert await titles(client, "key=x") == []
    for name in ("album_id", "artist_id", "playlist_id"):
        assert await failed(client, f"lockerData?type=track&{name}=999") == name


async def test_a_search_finds_every_word_in_any_case_and_without_accents(client: Client) -> None:
    for query, found in (
        ("WAVE", {"First wave", "Second Wave"}),
        ("wave%20SECOND", {"Second Wave"}),
        ("%3CMore%3E", {"Money & <More>"}),
        ("%26", {"Money & <More>"}),
        ("wave%20queen", set()),
        ("%25", set()),
        ("_", set()),
        ("' OR '1'='1".replace(" ", "%20"), set()),
        ("%CC%81", set()),
        ("a" * 50_000, set()),
    ):
        answer = await call(client, f"lockerSearch?type=track&s={query}")
        assert {track["trackTitle"] for track in answer["trackList"]} == found, query
        assert answer["summary"] == {"type": "track", "totalResults": {"track": len(found)}}
    answer = await call(client, "lockerSearch?type=artist&s=bjork")
    assert [artist["artistName"] for artist in answer["artistList"]] == ["Björk"]


async def test_a_search_over_several_types_has_a_count_of_each_and_its_summary_first(client: Client) -> None:
    answer = await call(client, "lockerSearch?type=track,artist,%20Album&s=a")
    assert list(answer) == ["summary", "artistList", "albumList", "trackList"]
    assert answer["summary"]["type"] == "artist,album,track"
    assert answer["summary"]["totalResults"] == {
        kind: len(answer[f"{kind}List"]) for kind in ("artist", "album", "track")
    }


async def test_a_search_has_sets_too(many: Client) -> None:
    answer = await call(many, "lockerSearch?type=track,artist&s=o&count=1&set=0")
    assert (len(answer["artistList"]), answer["trackList"]) == (1, [])
    answer = await call(many, "lockerSearch?type=track&s=track&count=5&set=2")
    assert [track["trackTitle"] for track in answer["trackList"]] == ["Track 10"]
    assert answer["summary"] == {
        "type": "track",
        "totalResults": {"track": 11},
        "set": 2,
        "count": 5,
        "totalResultSets": 3,
    }


async def test_a_search_may_bring_what_belongs_to_its_results(client: Client) -> None:
    answer = await call(client, "lockerSearch?type=artist,album&s=hits&result_data_level=max")
    assert [track["trackTitle"] for track in answer["albumList"][0]["trackList"]] == ["First wave", "Second Wave"]
    answer = await call(client, "lockerSearch?type=artist&s=abba&result_data_level=max")
    albums = answer["artistList"][0]["albumList"]
    assert [(album["albumTitle"], len(album["trackList"])) for album in albums] == [("Arrival", 2), ("Hits", 2)]


async def test_a_search_needs_words_and_known_types(client: Client) -> None:
    assert await failed(client, "lockerSearch?s=a") == "type"
    assert await failed(client, "lockerSearch?type=,&s=a") == "type"
    assert await failed(client, "lockerSearch?type=track,genre&s=a") == "type"
    assert await failed(client, "lockerSearch?type=track") == "s"
    assert await failed(client, "lockerSearch?type=track&s=%20") == "s"


async def test_the_last_update_changes_with_what_it_is_of(client: Client, music: Path, clock: Clock) -> None:
    async def updated(kind: str) -> int:
        answer = await call(client, f"lastUpdate?type={kind}")
        assert answer["status"] == 1
        return int(answer["timestamp"])

    locker, playlist = await updated("locker"), await updated("playlist")
    assert locker == playlist == int(clock.now)
    await client.server.scan()
    assert (await updated("locker"), await updated("playlist")) == (locker, playlist)
    (music / "Box/a.mp3").unlink()
    await client.server.scan()
    assert await updated("locker") == locker + 1
    assert await updated("playlist") == playlist
    clock.now += 60
    (music / "party.m3u").unlink()
    await client.server.scan()
    assert await updated("playlist") == int(clock.now)
    assert await updated("locker") == locker + 1
    assert await updated("preferences") == 0
    for kind in ("", "track"):
        assert await failed(client, f"lastUpdate?type={kind}") == "type"


async def test_statistics_need_no_session_and_hold_no_urls(client: Client) -> None:
    target = f"/api/v1/lockerStats?user={USER}&type=track&filter=recently_added&partner_token={TOKEN}"
    answer = await client.get(target)
    assert {track["trackTitle"] for track in answer.json()["trackList"]} == set(TITLES)
    assert b"http" not in answer.body
    assert b"sid" not in answer.body
    assert all("trackFileKey" not in track for track in answer.json()["trackList"])
    assert len((await client.get(f"{target}&count=2")).json()["trackList"]) == 2


async def test_statistics_that_nobody_has_are_refused(client: Client) -> None:
    good = {"user": USER, "type": "track", "filter": "recently_added", "count": "50"}
    for name, values in {
        "user": ("", "nobody@example.com"),
        "type": ("", "album"),
        "filter": ("", "x"),
        "count": ("51", "-1", "x"),
    }.items():
        for value in values:
            query = "&".join(f"{key}={text}" for key, text in (good | {name: value}).items())
            assert await failed(client, f"lockerStats?{query}") == name


async def test_what_was_played_last_comes_first(client: Client, clock: Clock) -> None:
    tracks = await client.tracks()
    for title in ("Zwei", "Eins", "Dancing Queen", "Zwei"):
        clock.now += 1
        assert (await client.call(f"/storage/lockerPlay/{tracks[title]['trackFileKey']}")).status == 200
    await client.send("HEAD", client.signed(f"/storage/lockerPlay/{tracks['untitled']['trackFileKey']}"))
    assert await titles(client, "playlist_id=RECENTLY_PLAYED") == ["Zwei", "Dancing Queen", "Eins"]
    answer = await call(client, f"lockerStats?user={USER}&type=track&filter=recently_played&count=2")
    assert [(track["trackTitle"], track["timestamp"]) for track in answer["trackList"]] == [
        ("Zwei", int(clock.now)),
        ("Dancing Queen", int(clock.now) - 1),
    ]


@pytest.mark.row("M42", side="server")
async def test_a_playlist_has_its_tracks_in_its_order(client: Client) -> None:
    [playlist] = (await call(client, "lockerData?type=playlist"))["playlistList"]
    assert playlist["title"] == playlist["playlistTitle"] == "Party!"
    assert (playlist["fileName"], playlist["fileCount"]) == ("party.m3u", 2)
    assert playlist["dateModified"] > 0
    assert await titles(client, f"playlist_id={playlist['playlistId']}") == ["Zwei", "Dancing Queen"]
    tracks = await client.tracks()
    sizes = [tracks[title]["trackFileSize"] for title in ("Zwei", "Dancing Queen")]
    assert playlist["playlistSize"] == sum(sizes)
    answer = await call(client, f"lockerData?type=track&playlist_id={playlist['playlistId']}&count=1&set=1")
    assert [track["trackTitle"] for track in answer["trackList"]] == ["Dancing Queen"]


async def test_some_playlists_are_made_when_they_are_asked_for(client: Client, music: Path, clock: Clock) -> None:
    assert sorted(await titles(client, "playlist_id=RANDOM_TRACKS")) == sorted(TITLES)
    assert await titles(client, "playlist_id=INBOX") == []
    assert (await call(client, "lockerData?type=playmix"))["playlistList"] == []
    clock.now += 10
    audio.make(music / "new.mp3", title="The newest")
    await client.server.scan()
    assert (await titles(client, "playlist_id=NEWEST_TRACKS"))[0] == "The newest"


async def test_a_mix_begins_with_its_track_and_goes_on_with_its_artist(client: Client) -> None:
    track_id = (await client.tracks())["Money & <More>"]["trackId"]
    mix = await titles(client, f"playlist_id=PLAYMIX_TRACK_{track_id}")
    assert mix[0] == "Money & <More>"
    assert set(mix[1:]) == {"Dancing Queen", "First wave"}


async def test_a_playlist_that_is_none_is_refused(client: Client) -> None:
    for playlist_id in ("0", "999", "x", "random_tracks", "PLAYMIX_TRACK_", "PLAYMIX_TRACK_x", "PLAYMIX_TRACK_999"):
        assert await failed(client, f"lockerData?type=track&playlist_id={playlist_id}") == "playlist_id"
    for digits in ("9" * 19, "9" * 5000, "%C2%B2"):
        for prefix in ("", "PLAYMIX_TRACK_"):
            assert await failed(client, f"lockerData?type=track&playlist_id={prefix}{digits}") == "playlist_id"


async def test_pictures_come_out_of_the_file_or_from_beside_it(client: Client) -> None:
    tracks = await client.tracks()
    for title in ("Dancing Queen", "Eins"):
        answer = await client.call(f"/storage/albumArtGet/{tracks[title]['trackFileKey']}")
        assert (answer.status, answer.body) == (200, audio.PICTURE)
        assert answer.headers["Content-Type"] == "image/jpeg"
    for title in ("Money & <More>", "Second Wave", "untitled"):
        assert (tracks[title]["hasArt"], tracks[title]["albumArtURL"]) == (0, None)
        answer = await client.call(f"/storage/albumArtGet/{tracks[title]['trackFileKey']}")
        assert (answer.status, answer.error_no, answer.body) == (404, "404001", b"")


async def test_a_picture_may_be_asked_for_by_its_album(client: Client) -> None:
    albums = {album["albumTitle"]: album for album in (await call(client, "lockerData?type=album"))["albumList"]}
    answer = await client.call(f"/storage/albumArtGet/{albums['Arrival']['albumId']}?alternative=1")
    assert answer.body == audio.PICTURE
    for key in (albums["Hits"]["albumId"], "0", "-1", "x", "%C2%B2", "9" * 19, "9" * 5000):
        assert (await client.call(f"/storage/albumArtGet/{key}?alternative=1")).status == 404, key


async def test_a_picture_needs_a_session(client: Client) -> None:
    key = (await client.tracks())["Dancing Queen"]["trackFileKey"]
    assert (await client.get(f"/storage/albumArtGet/{key}?sid={'0' * 32}")).status == 401


async def test_a_picture_that_is_gone_is_not_found(client: Client, music: Path) -> None:
    key = (await client.tracks())["Eins"]["trackFileKey"]
    (music / "Box/cover.jpg").unlink()
    assert (await client.call(f"/storage/albumArtGet/{key}")).status == 404


async def test_a_callback_wraps_json_when_it_is_a_name(client: Client) -> None:
    plain = (await client.call("/api/v1/lockerData?type=album")).body.decode()
    for name in ("f", "a.b_1", "$", "jQuery123"):
        answer = await client.call(f"/api/v1/lockerData?type=album&callback={name}")
        assert answer.body.decode() == f"{name}({plain});"
        assert answer.headers["Content-Type"] == "application/javascript; charset=utf-8"
    for evil in ("alert(1)", "%3Cscript%3E", "a;b", "1a", "a%0a", "a" * 101, "", "f%00"):
        answer = await client.call(f"/api/v1/lockerData?type=album&callback={evil}")
        assert json.loads(answer.body) == json.loads(plain), evil
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert (await client.call("/api/v1/lockerData?type=album&callback=f&output=xml")).body.startswith(b"<mp3tunes>")


async def test_one_account_cannot_act_with_another_ones_name(client: Client) -> None:
    sid = client.server.sessions.open(READER)
    answer = await client.get(client.signed(f"/api/v1/accountData?user={USER}&username={USER}&email={USER}", sid))
    assert answer.json()["user"]["email"] == READER
    twice = await client.get(f"/api/v1/accountData?sid={sid}&sid={client.sid}&partner_token={TOKEN}")
    assert twice.json()["user"]["email"] == READER


async def test_parameters_may_stand_in_a_form_and_the_url_wins(client: Client) -> None:
    form = {"type": "artist", "sid": client.sid, "partner_token": TOKEN, "count": "1"}
    answer = (await client.send("POST", "/api/v1/lockerData", data=form)).json()
    assert (len(answer["artistList"]), answer["summary"]["totalResults"]) == (1, 5)
    answer = (await client.send("POST", "/api/v1/lockerData?type=album", data=form)).json()
    assert "albumList" in answer
