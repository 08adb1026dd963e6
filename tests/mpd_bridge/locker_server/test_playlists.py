"""The methods of /api/v1 that change playlists, and the files that they write."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.conftest import READER, Client, Serve


async def call(client: Client, target: str) -> Any:
    answer = await client.call(f"/api/v1/{target}")
    assert answer.status == 200
    return answer.json()


async def playlists(client: Client) -> dict[str, str]:
    """Return the ids of the playlists by their titles."""
    answer = await call(client, "lockerData?type=playlist")
    return {playlist["playlistTitle"]: playlist["playlistId"] for playlist in answer["playlistList"]}


async def titles(client: Client, playlist_id: str) -> list[str]:
    answer = await call(client, f"lockerData?type=track&playlist_id={playlist_id}")
    return [track["trackTitle"] for track in answer["trackList"]]


@pytest.fixture
async def keys(client: Client) -> dict[str, str]:
    """The keys of all tracks by their titles."""
    return {title: track["trackFileKey"] for title, track in (await client.tracks()).items()}


async def test_a_playlist_is_made_of_a_title_and_keys(client: Client, keys: dict[str, str], music: Path) -> None:
    wanted = f"{keys['Zwei'].upper()},{keys['Eins']},nothing,%20{keys['Zwei']}"
    answer = await call(client, f"playlistAdd?title=%20My%20%20list&keys={wanted}")
    assert answer == {
        "status": 1,
        "playlistId": (await playlists(client))["My list"],
        "tracksAdded": 3,
        "validKeys": [keys["Zwei"], keys["Eins"], keys["Zwei"]],
        "invalidKeys": ["nothing"],
    }
    assert await titles(client, answer["playlistId"]) == ["Zwei", "Eins", "Zwei"]
    text = (music / "Playlists/My list.m3u8").read_text()
    assert text == "#EXTM3U\n#PLAYLIST:My list\n../Box/b.mp3\n../Box/a.mp3\n../Box/b.mp3\n"


async def test_a_playlist_may_be_empty_and_two_may_have_one_title(client: Client) -> None:
    first = await call(client, "playlistAdd?title=same")
    second = await call(client, "playlistAdd?title=same")
    assert first["playlistId"] != second["playlistId"]
    assert (first["tracksAdded"], await titles(client, first["playlistId"])) == (0, [])


async def test_a_title_that_is_none_is_refused(client: Client, music: Path) -> None:
    for title in ("", "%20", "%00", "a%07b", "%E2%80%AEtxt", "a" * 201, "a" * 50_000):
        playlist_id = (await playlists(client))["Party!"]
        for target in (f"playlistAdd?title={title}", f"playlistEdit?playlist_id={playlist_id}&title={title}"):
            answer = await call(client, target)
            assert (answer["status"], answer["errorMessage"]) == (0, "The title input parameter failed validation.")
        assert not (music / "Playlists").exists()
        assert list(await playlists(client)) == ["Party!"]


async def test_a_title_never_leads_out_of_the_folder_of_playlists(client: Client, music: Path, tmp_path: Path) -> None:
    for title in (
        "../../escape",
        "/etc/x",
        "..",
        ".hidden",
        "a\\b",
        'q"<x>&',
        "#EXTM3U",
        "漢字 é 🎵",
        "é" * 200,
        "CON:|?*",
    ):
        before = set(tmp_path.rglob("*"))
        answer = await client.send("POST", client.signed("/api/v1/playlistAdd"), data={"title": title})
        assert answer.json()["status"] == 1
        new = set(tmp_path.rglob("*")) - before - {music / "Playlists"}
        files = [path for path in new if path.suffix == ".m3u8"]
        assert [path.parent for path in files] == [music / "Playlists"]
        assert not files[0].name.startswith(".")
        assert title in await playlists(client)
        root = (await client.call("/api/v1/lockerData?type=playlist&output=xml")).xml()
        assert title in [item.findtext("playlistTitle") for item in root.iter("item")]


async def test_a_line_break_in_a_title_is_a_space_and_no_entry(client: Client) -> None:
    answer = await call(client, "playlistAdd?title=a%0d%0a../Box/a.mp3")
    assert await titles(client, answer["playlistId"]) == []
    assert "a ../Box/a.mp3" in await playlists(client)


async def test_a_title_is_changed_and_the_tracks_stay(client: Client, music: Path) -> None:
    playlist_id = (await playlists(client))["Party!"]
    answer = await call(client, f"playlistEdit?playlist_id={playlist_id}&title=After")
    assert answer == {"status": 1, "errorMessage": None, "playlistId": playlist_id, "playlistTitle": "After"}
    assert await playlists(client) == {"After": playlist_id}
    assert await titles(client, playlist_id) == ["Zwei", "Dancing Queen"]
    assert "../outside.mp3" in (music / "party.m3u").read_text().splitlines()


async def test_a_playlist_is_thrown_away_into_the_trash(client: Client, music: Path, state: Path) -> None:
    playlist_id = (await playlists(client))["Party!"]
    answer = await call(client, f"playlistDelete?playlist_id={playlist_id}")
    assert answer == {"status": 1, "errorMessage": None, "playlistId": playlist_id}
    assert await playlists(client) == {}
    assert not (music / "party.m3u").exists()
    assert [path.name.partition("-")[2] for path in (state / "trash").iterdir()] == ["party.m3u"]
    assert (await call(client, f"playlistDelete?playlist_id={playlist_id}"))["status"] == 0


async def test_tracks_are_put_at_the_end(client: Client, keys: dict[str, str]) -> None:
    playlist_id = (await playlists(client))["Party!"]
    answer = await call(client, f"playlistTrackAdd?playlist_id={playlist_id}&keys={keys['Eins']},x")
    assert (answer["tracksAdded"], answer["validKeys"], answer["invalidKeys"]) == (1, [keys["Eins"]], ["x"])
    await call(client, f"playlistTrackAdd?playlist_id={playlist_id}&file_key={keys['untitled']}")
    assert await titles(client, playlist_id) == ["Zwei", "Dancing Queen", "Eins", "untitled"]


async def test_tracks_that_are_put_in_at_once_are_all_in(client: Client, keys: dict[str, str]) -> None:
    playlist_id = (await playlists(client))["Party!"]
    await asyncio.gather(
        *(call(client, f"playlistTrackAdd?playlist_id={playlist_id}&keys={key}") for key in keys.values())
    )
    assert sorted(await titles(client, playlist_id)) == sorted(["Zwei", "Dancing Queen", *keys])


async def test_a_track_is_taken_out_wherever_it_stands(client: Client, keys: dict[str, str]) -> None:
    playlist_id = (await playlists(client))["Party!"]
    await call(client, f"playlistTrackAdd?playlist_id={playlist_id}&keys={keys['Zwei']}")
    answer = await call(client, f"playlistTrackDelete?playlist_id={playlist_id}&file_key={keys['Zwei']}")
    assert answer == {"status": 1, "errorMessage": None, "playlistId": playlist_id, "fileKey": keys["Zwei"]}
    assert await titles(client, playlist_id) == ["Dancing Queen"]


@pytest.mark.parametrize(
    ("position", "order"),
    [
        (1, ["untitled", "Zwei", "Dancing Queen", "Eins"]),
        (2, ["Zwei", "untitled", "Dancing Queen", "Eins"]),
        (3, ["Zwei", "Dancing Queen", "untitled", "Eins"]),
        (4, ["Zwei", "Dancing Queen", "Eins", "untitled"]),
    ],
)
async def test_a_track_is_moved_to_a_position_from_one(
    client: Client, keys: dict[str, str], position: int, order: list[str]
) -> None:
    playlist_id = (await playlists(client))["Party!"]
    await call(client, f"playlistTrackAdd?playlist_id={playlist_id}&keys={keys['Eins']},{keys['untitled']}")
    target = f"playlistTrackReorder?playlist_id={playlist_id}&file_key={keys['untitled']}&position={position}"
    answer = await call(client, target)
    assert (answer["status"], answer["position"], answer["fileKey"]) == (1, position, keys["untitled"])
    assert await titles(client, playlist_id) == order


async def test_a_position_that_is_none_changes_nothing(client: Client, keys: dict[str, str]) -> None:
    playlist_id = (await playlists(client))["Party!"]
    for position in ("", "0", "3", "999999999999999999"):
        target = f"playlistTrackReorder?playlist_id={playlist_id}&file_key={keys['Zwei']}&position={position}"
        answer = await call(client, target)
        assert (answer["status"], answer["errorMessage"]) == (0, "Invalid playlist position")
    for position in ("-1", "x", "1.5", "9" * 19):
        target = f"playlistTrackReorder?playlist_id={playlist_id}&file_key={keys['Zwei']}&position={position}"
        assert (await call(client, target))["errorMessage"] == "The position input parameter failed validation."
    assert await titles(client, playlist_id) == ["Zwei", "Dancing Queen"]


async def test_what_a_method_needs_is_named_when_it_is_missing_or_unknown(client: Client, keys: dict[str, str]) -> None:
    playlist_id = (await playlists(client))["Party!"]
    faults = {
        "playlistEdit?title=x": "playlist_id",
        "playlistEdit?title=x&playlist_id=999": "playlist_id",
        "playlistDelete?playlist_id=RANDOM_TRACKS": "playlist_id",
        "playlistDelete?playlist_id=../party": "playlist_id",
        f"playlistDelete?playlist_id={'1' * 5000}": "playlist_id",
        f"playlistTrackAdd?playlist_id={playlist_id}": "file_key",
        f"playlistTrackDelete?playlist_id={playlist_id}": "file_key",
        f"playlistTrackDelete?playlist_id={playlist_id}&file_key={keys['Eins']}": "file_key",
        f"playlistTrackReorder?playlist_id={playlist_id}&file_key=x&position=1": "file_key",
    }
    for target, name in faults.items():
        answer = await call(client, target)
        expected = (0, f"The {name} input parameter failed validation.")
        assert (answer["status"], answer["errorMessage"]) == expected, target
    assert await titles(client, playlist_id) == ["Zwei", "Dancing Queen"]


async def test_changes_raise_the_time_of_the_last_update_of_playlists(client: Client, keys: dict[str, str]) -> None:
    async def updated(kind: str) -> int:
        return int((await call(client, f"lastUpdate?type={kind}"))["timestamp"])

    locker, before = await updated("locker"), await updated("playlist")
    made = (await call(client, "playlistAdd?title=x"))["playlistId"]
    for target in (
        f"playlistTrackAdd?playlist_id={made}&keys={keys['Eins']}",
        f"playlistTrackReorder?playlist_id={made}&file_key={keys['Eins']}&position=1",
        f"playlistTrackDelete?playlist_id={made}&file_key={keys['Eins']}",
        f"playlistEdit?playlist_id={made}&title=y",
        f"playlistDelete?playlist_id={made}",
    ):
        assert (await call(client, target))["status"] == 1
        now = await updated("playlist")
        assert now > before, target
        before = now
    assert await updated("locker") == locker


async def test_a_playlist_outlives_the_server(serve: Serve) -> None:
    first = await serve()
    made = await call(first, "playlistAdd?title=kept")
    await first.server.close()
    assert (await playlists(await serve()))["kept"] == made["playlistId"]


async def test_a_file_with_an_odd_name_is_in_the_playlist_too(serve: Serve, tmp_path: Path) -> None:
    music = tmp_path / "odd"
    names = ["#1 hit", " space", "a\u2028b", "a\x85b", "back\\slash", "100%"]
    for name in names:
        audio.make(music / f"{name}.mp3", title=f"<{name}>")
    (music / "list.m3u").write_text("#EXTM3U\n")
    client = await serve(music)
    tracks = await client.tracks()
    wanted = ",".join(tracks[f"<{name}>"]["trackFileKey"] for name in names)
    playlist_id = (await playlists(client))["list"]
    await call(client, f"playlistTrackAdd?playlist_id={playlist_id}&keys={wanted}")
    assert await titles(client, playlist_id) == [f"<{name}>" for name in names]
    made = await call(client, f"playlistAdd?title=new&keys={wanted}")
    assert await titles(client, made["playlistId"]) == [f"<{name}>" for name in names]


async def test_a_list_that_windows_wrote_finds_its_files(client: Client, music: Path) -> None:
    (music / "windows.m3u").write_bytes("Box\\a.mp3\r\nAbba\\Arrival\\01 Queen.mp3\r\n".encode("utf-8-sig"))
    await client.server.scan()
    assert await titles(client, (await playlists(client))["windows"]) == ["Eins", "Dancing Queen"]


async def test_a_folder_that_cannot_be_written_is_a_fault_of_the_storage(client: Client, music: Path) -> None:
    (music / "Playlists").write_text("in the way")
    answer = await client.call("/api/v1/playlistAdd?title=x")
    assert (answer.status, answer.json()["errorCode"]) == (500, 500001)
    assert list(await playlists(client)) == ["Party!"]


async def test_a_reader_lists_playlists(client: Client) -> None:
    client.sid = client.server.sessions.open(READER)
    assert await titles(client, (await playlists(client))["Party!"]) == ["Zwei", "Dancing Queen"]
