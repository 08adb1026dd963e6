"""Uploads: sessions, tracks, what is sent to their addresses, and what becomes of it."""

import asyncio
import hashlib
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from mpd_bridge.locker_server import AudiodeliveryOptions
from mpd_bridge.locker_server.audiodelivery_processing import received_path
from mpd_bridge.locker_server.audiodelivery_records import Status
from mpd_bridge.locker_server.faults import Fault
from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.audiodelivery.conftest import Adn, adn_client, good, refusal
from tests.mpd_bridge.locker_server.audiodelivery.test_collections import NOWHERE
from tests.mpd_bridge.locker_server.conftest import READER, USER, Clock, Serve

SONG = audio.encoded("mp3", 0.4)
PNG = b"\x89PNG\r\n\x1a\n" + b"a picture" * 10
UNDER_WAY = {"initialized", "processing"}


async def collection(adn: Adn, title: str = "Mine") -> str:
    """Make a collection."""
    made: str = (await adn.made("/v1/collection", {"title": title}))["collection_id"]
    return made


async def session(adn: Adn, **more: object) -> Any:
    """Begin an upload session to a collection of its own."""
    return await adn.made("/v1/upload_session", {"collection_id": await collection(adn), **more})


async def track(adn: Adn, upload_session: Any, name: str = "song.mp3", **more: object) -> Any:
    """Make a track in a session, as clients without a key do."""
    target = f"/v1/upload/{upload_session['upload_session_id']}/track"
    return good(await adn.client.send("POST", target, json={"file_name": name, **more}))


async def put(adn: Adn, made: Any, content: bytes = SONG) -> Any:
    """Send a track's music; return the track when it has been worked on.

    The server may not have seen yet that an earlier sender has gone: then it says 409, and the music is sent again.
    """
    handle = made["track_upload"]
    while (answer := await adn.at(handle["method"], handle["upload_url"], data=content)).status == 409:  # noqa: ASYNC110 - clients can but ask again
        await asyncio.sleep(0)
    good(answer)
    return await settled(adn, made["track_id"])


async def settled(adn: Adn, track_id: str) -> Any:
    """Ask for a track until it is no longer on its way."""
    while (told := (await adn.told(f"/v1/track/{track_id}"))["track"])["track_status_id"] in UNDER_WAY:  # noqa: ASYNC110 - clients of the service can but ask again
        await asyncio.sleep(0)
    return told


@pytest.mark.row("U23", side="server")
async def test_what_is_sent_lies_in_the_folder_and_is_listed_by_every_service(adn: Adn) -> None:
    upload_session = await session(adn)
    made = await track(adn, upload_session, metadata={"title": "Mine own", "artist": "Me", "track_number": "3"})
    told = await put(adn, made)
    assert (told["status"], told["player_title"], told["player_subtitle"]) == ("ready", "Mine own", "Me")
    assert told["metadata"] == {"title": "Mine own", "artist": "Me", "track_number": "3"}
    assert (told["info"]["album"], told["info"]["track_number"]) == ("Mine", 3)
    handle = made["track_cover_upload"]
    good(await adn.at(handle["method"], handle["upload_url"], data=PNG))
    folder = adn.server.locker.folder / "Uploads"
    assert sorted(path.name for path in folder.iterdir()) == ["song.mp3", "song.mp3.png"]
    assert (folder / "song.mp3").read_bytes() == SONG
    assert (folder / "song.mp3.png").read_bytes() == PNG
    assert [one["id"] for one in await adn.tracks("Mine")] == [told["id"]]
    assert [one["title"] for one in (await adn.told("/v1/collection"))["collections"]].count("Mine") == 1
    other = (await adn.client.tracks())["Mine own"]
    assert (other["albumTitle"], other["artistName"], other["trackNumber"]) == ("Mine", "Me", "3")
    art = await adn.client.call(f"/storage/albumArtGet/{other['trackFileKey']}")
    assert (art.body, art.headers["Content-Type"]) == (PNG, "image/png")
    playing = await adn.made("/v1/play_session/track", {"track_id": told["id"], "variants": ["hq"]})
    assert (await adn.at("GET", playing["first_track"]["variants"][0]["url"])).body == SONG
    assert (await adn.at("GET", playing["first_track"]["cover_image"]["icon"]["url"])).body == PNG


@pytest.mark.row("U19", side="server")
async def test_a_session_takes_many_tracks_at_once(adn: Adn) -> None:
    upload_session = await session(adn)
    songs = {f"{number}.mp3": audio.encoded("mp3", 0.1 + number / 20) for number in range(4)}
    made = [await track(adn, upload_session, name) for name in songs]
    assert len({one["track_id"] for one in made}) == 4
    assert [one["track"]["index"] for one in made] == ["1", "2", "3", "4"]
    told = await asyncio.gather(*(put(adn, one, content) for one, content in zip(made, songs.values(), strict=True)))
    assert {one["track_status_id"] for one in told} == {"ready"}
    assert [one["file_name"] for one in await adn.tracks("Mine")] == list(songs)


async def test_a_picture_that_comes_first_waits_for_its_track(adn: Adn) -> None:
    made = await track(adn, await session(adn))
    form = aiohttp.FormData({"note": "x"})
    form.add_field("file", PNG, filename="cover.png", content_type="image/png")
    good(await adn.at("POST", made["track_cover_upload"]["upload_url"], data=form))
    await put(adn, made)
    while not (adn.server.locker.folder / "Uploads/song.mp3.png").exists():  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0)


async def test_a_collection_gets_a_picture_that_its_tracks_show(adn: Adn) -> None:
    hits = await adn.collection("Hits")
    handle = (await adn.made(f"/v1/collection/{hits['id']}/cover", {}))["collection_cover_upload"]
    good(await adn.at("POST", handle["upload_url"], data=audio.PICTURE))
    first = (await adn.made("/v1/play_session/collection", {"collection_id": hits["id"], "variants": ["hq"]}))[
        "first_track"
    ]
    assert (await adn.at("GET", first["cover_image"]["large"]["url"])).body == audio.PICTURE
    folder = adn.server.locker.folder / "Hits"
    assert {path.suffix for path in folder.iterdir()} == {".ogg", ".flac"}


async def test_a_track_gets_another_picture(adn: Adn) -> None:
    queen = (await adn.tracks("Arrival"))[0]
    handle = (await adn.made(f"/v1/track/{queen['id']}/cover", {}))["track_cover_upload"]
    good(await adn.at("POST", handle["upload_url"], data=PNG))
    first = (await adn.made("/v1/play_session/track", {"track_id": queen["id"], "variants": ["hq"]}))["first_track"]
    assert (await adn.at("GET", first["cover_image"]["small"]["url"])).body == PNG


async def test_what_is_no_picture_is_refused(adn: Adn) -> None:
    made = await track(adn, await session(adn))
    for picture in (b"", b"GIF89a", b"<svg/>"):
        assert refusal(await adn.at("POST", made["track_cover_upload"]["upload_url"], data=picture))[0] == 422
    huge = audio.PICTURE + bytes(10 * 2**20)
    assert refusal(await adn.at("POST", made["track_cover_upload"]["upload_url"], data=huge))[0] == 413


async def test_the_first_track_can_come_with_the_session(adn: Adn) -> None:
    nested = {"file_name": "song.mp3", "player_title": "Titled", "player_subtitle": "Somebody"}
    made = await session(adn, track=nested)
    assert made["track"]["file_name"] == "song.mp3"
    told = await put(adn, made)
    assert (told["info"]["title"], told["info"]["artist"]) == ("Titled", "Somebody")
    await track(adn, made, "another.mp3")


async def test_a_track_can_be_made_without_a_session(adn: Adn) -> None:
    made = await adn.made("/v1/track", {"collection_id": await collection(adn), "file_name": "song.mp3"})
    assert (await put(adn, made))["track_status_id"] == "ready"


async def test_a_track_is_in_processing_until_it_is_ready(serve: Serve, clock: Clock) -> None:
    adn = await adn_client(serve, AudiodeliveryOptions(processing_time=10))
    made = await track(adn, await session(adn))
    assert (made["track"]["track_status_id"], made["track"]["status"]) == ("initialized", "initializing")
    good(await adn.at("PUT", made["track_upload"]["upload_url"], data=SONG))
    target = f"/v1/track/{made['track_id']}"
    told = (await adn.told(target))["track"]
    assert (told["track_status_id"], told["status"], told["duration"]) == ("processing", "processing", None)
    playing = await adn.made("/v1/play_session/track", {"track_id": told["id"], "variants": ["hq"]})
    assert (playing["tracks"], playing["first_track"]) == ([], None)
    assert refusal(await adn.get(f"/v1/play/{playing['play_session_id']}/{told['id']}"))[0] == 422
    clock.now += 10
    told = await settled(adn, made["track_id"])
    assert (told["track_status_id"], told["duration"]) == ("ready", pytest.approx(0.4, abs=0.1))


@pytest.mark.parametrize("content", [b"this is no music" * 100, b"\xff\xfb", b"OggS"], ids=["text", "short", "empty"])
async def test_what_is_no_music_ends_in_an_error_and_may_be_sent_again(adn: Adn, content: bytes) -> None:
    made = await track(adn, await session(adn))
    told = await put(adn, made, content)
    assert (told["track_status_id"], told["status"]) == ("error", "failed")
    assert list((adn.server.locker.folder / "Uploads").iterdir()) == []
    good(await adn.at("PUT", made["track_upload"]["upload_url"], data=SONG))
    assert (await settled(adn, made["track_id"]))["track_status_id"] == "ready"


async def test_a_size_that_was_announced_is_held_to(adn: Adn) -> None:
    made = await track(adn, await session(adn), file_size=len(SONG))
    url = made["track_upload"]["upload_url"]
    message = f"The file has {len(SONG) - 1} bytes and not the {len(SONG)} that were announced."
    assert refusal(await adn.at("PUT", url, data=SONG[:-1])) == (422, message)
    assert (await adn.told(f"/v1/track/{made['track_id']}"))["track"]["track_status_id"] == "incomplete"
    assert (await put(adn, made))["track_status_id"] == "ready"


async def test_the_same_again_is_as_good_as_once(adn: Adn) -> None:
    made = await track(adn, await session(adn))
    await put(adn, made)
    await put(adn, made)
    assert refusal(await adn.at("PUT", made["track_upload"]["upload_url"], data=SONG + b"x"))[0] == 409
    assert [path.name for path in (adn.server.locker.folder / "Uploads").iterdir()] == ["song.mp3"]


async def test_a_file_that_the_collection_has_is_not_there_twice(adn: Adn) -> None:
    upload_session = await session(adn)
    first = await put(adn, await track(adn, upload_session))
    again = await track(adn, upload_session, "other name.mp3")
    told = await put(adn, again)
    assert told["id"] == first["id"] != again["track_id"]
    assert [one["id"] for one in await adn.tracks("Mine")] == [first["id"]]


async def test_a_file_of_the_folder_stays_in_its_album_and_keeps_its_tags(adn: Adn) -> None:
    content = (adn.server.locker.folder / "Abba/Arrival/01 Queen.mp3").read_bytes()
    made = await track(adn, await session(adn), metadata={"title": "Renamed"})
    told = await put(adn, made, content)
    assert told["track_status_id"] == "ready"
    assert "Dancing Queen" in [one["player_title"] for one in await adn.tracks("Arrival")]
    assert "Dancing Queen" in await adn.client.tracks()
    assert not list((adn.server.locker.folder / "Uploads").glob("*"))


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("../../evil.flac", "flac", "evil.flac"),
        ("no ending", "ogg", "no ending.ogg"),
        ("lies.mp3", "m4a", "lies.m4a"),
        ("A\\B.opus", "ogg", "B.opus"),
    ],
)
async def test_a_file_gets_a_safe_name_with_its_own_ending(adn: Adn, name: str, kind: str, kept: str) -> None:
    made = await track(adn, await session(adn), name)
    assert made["track"]["file_name"] == name
    assert (await put(adn, made, audio.encoded(kind)))["track_status_id"] == "ready"
    assert [path.name for path in (adn.server.locker.folder / "Uploads").iterdir()] == [kept]


async def test_a_track_needs_a_name(adn: Adn) -> None:
    upload_session = await session(adn)
    target = f"/v1/upload/{upload_session['upload_session_id']}/track"
    for body in ({}, {"file_name": ""}, {"file_name": 1}, {"file_name": "x", "metadata": []}):
        assert refusal(await adn.client.send("POST", target, json=body))[0] == 400


async def test_a_session_needs_a_collection(adn: Adn) -> None:
    refused: list[tuple[object, tuple[int, str]]] = [
        ({}, (400, "collection_id is required.")),
        ({"collection_id": ""}, (400, "collection_id is required.")),
        ({"collection_id": "mine"}, (400, "collection_id must be a UUID.")),
        ({"collection_id": NOWHERE}, (404, "Collection not found.")),
    ]
    for body, answer in refused:
        assert refusal(await adn.post("/v1/upload_session", body)) == answer


async def test_a_session_needs_a_key_and_its_tracks_need_none(adn: Adn) -> None:
    body = {"collection_id": await collection(adn)}
    assert refusal(await adn.client.send("POST", "/v1/upload_session", json=body))[0] == 401
    made = await adn.made("/v1/upload_session", body)
    for key in (adn.key, "adn_wrong"):
        target = f"/v1/upload/{made['upload_session_id']}/track"
        good(await adn.post(target, {"file_name": "song.mp3"}, key=key))
        good(await adn.get(f"/v1/upload_session/{made['upload_session_id']}", key=key))


@pytest.mark.row("U18", side="server")
@pytest.mark.parametrize("seconds", [86_400, None])
async def test_a_session_ends_when_it_was_told_to(adn: Adn, clock: Clock, seconds: int | None) -> None:
    made = await session(adn, **({} if seconds is None else {"expires_in": seconds}))
    clock.now += (seconds or 3600) - 1
    last = await track(adn, made)
    assert last["track_upload"]["ttl"] == 1
    clock.now += 1
    over = (401, "The upload session has expired.")
    assert refusal(await adn.get(f"/v1/upload_session/{made['upload_session_id']}")) == over
    assert refusal(await adn.post(f"/v1/upload/{made['upload_session_id']}/track", {"file_name": "x"})) == over
    assert refusal(await adn.at("PUT", last["track_upload"]["upload_url"], data=SONG))[0] == 403


async def test_a_session_of_another_length_is_refused(adn: Adn) -> None:
    for seconds in (59, 86_401, "3600", 3600.5):
        body = {"collection_id": await collection(adn), "expires_in": seconds}
        assert refusal(await adn.post("/v1/upload_session", body))[0] == 400


async def test_an_address_takes_its_own_verb_and_path_only(adn: Adn) -> None:
    made = await track(adn, await session(adn))
    music, picture = made["track_upload"]["upload_url"], made["track_cover_upload"]["upload_url"]
    assert refusal(await adn.at("PUT", music.replace("verify=", "verify=0"), data=SONG))[0] == 403
    assert (
        refusal(await adn.at("POST", f"{music.partition('?')[0]}/cover?{music.partition('?')[2]}", data=PNG))[0] == 403
    )
    assert (await adn.at("POST", music, data=SONG)).status == 405
    assert (await adn.at("PUT", picture, data=PNG)).status == 405


async def test_a_file_that_is_too_large_is_refused_before_and_while_it_is_sent(serve: Serve) -> None:
    adn = await adn_client(serve, AudiodeliveryOptions(file_limit=1000))
    upload_session = await session(adn)
    target = f"/v1/upload/{upload_session['upload_session_id']}/track"
    assert refusal(await adn.post(target, {"file_name": "x.mp3", "file_size": 1001}))[0] == 413
    made = await track(adn, upload_session)

    async def pieces() -> Any:
        for _ in range(3):
            yield bytes(500)

    for content in (bytes(1001), pieces()):
        assert refusal(await adn.at("PUT", made["track_upload"]["upload_url"], data=content))[0] == 413
    assert refusal(await adn.at("PUT", made["track_upload"]["upload_url"], data=b""))[0] == 422
    assert list((adn.server.locker.folder / "Uploads").iterdir()) == []


async def test_a_quota_is_held_to_by_every_address(adn: Adn) -> None:
    adn.key = adn.server.audiodelivery.add_key(USER)
    adn.server.accounts.set_quota(USER, len(SONG))
    upload_session = await session(adn)
    await put(adn, await track(adn, upload_session))
    made = await track(adn, upload_session)
    assert refusal(await adn.at("PUT", made["track_upload"]["upload_url"], data=SONG + b"x"))[0] == 403
    target = f"/v1/upload/{upload_session['upload_session_id']}/track"
    assert refusal(await adn.post(target, {"file_name": "x.mp3", "file_size": 1}))[0] == 403
    assert await adn.server.locker.used(USER) == len(SONG)


async def test_an_account_that_may_change_nothing_uploads_nothing(adn: Adn) -> None:
    body = {"collection_id": await collection(adn)}
    reader = adn.server.audiodelivery.add_key(READER)
    assert refusal(await adn.post("/v1/upload_session", body, key=reader))[0] == 403
    upload_session = await session(adn)
    made = await track(adn, upload_session)
    adn.server.maintenance = True
    assert refusal(await adn.at("PUT", made["track_upload"]["upload_url"], data=SONG))[0] == 503
    assert refusal(await adn.post("/v1/upload_session", body))[0] == 503


async def test_a_sender_that_breaks_off_leaves_nothing(adn: Adn) -> None:
    made = await track(adn, await session(adn))
    adn.server.faults.add(Fault("put upload", drop_after=100, count=None))
    with pytest.raises(aiohttp.ClientError):
        await adn.at("PUT", made["track_upload"]["upload_url"], data=SONG)
    adn.server.faults.clear()
    assert (await put(adn, made))["track_status_id"] == "ready"
    await adn.server.close()
    assert [path.name for path in (adn.server.locker.folder / "Uploads").iterdir()] == ["song.mp3"]


async def test_an_answer_that_is_lost_is_asked_for_again(adn: Adn) -> None:
    made = await track(adn, await session(adn))
    adn.server.faults.add(Fault("put upload", lose_answer=True, count=None))
    with pytest.raises(aiohttp.ClientError):
        await adn.at("PUT", made["track_upload"]["upload_url"], data=SONG)
    adn.server.faults.clear()
    assert (await put(adn, made))["track_status_id"] == "ready"


async def test_what_was_being_worked_on_is_gone_on_with_after_a_restart(serve: Serve, adn: Adn) -> None:
    made = await track(adn, await session(adn))
    records = adn.server.audiodelivery.records
    key = hashlib.md5(SONG, usedforsecurity=False).hexdigest()
    await records.keep(replace(records.uploads[made["track_id"]], status=Status.PROCESSING, key=key))
    folder = adn.server.locker.folder / "Uploads"
    folder.mkdir()
    received_path(adn.server.locker.folder, made["track_id"]).write_bytes(SONG)
    await adn.server.close()
    again = await adn_client(serve)
    assert (await settled(again, made["track_id"]))["track_status_id"] == "ready"
    assert [path.name for path in folder.iterdir()] == ["song.mp3"]
    await again.server.audiodelivery.records.keep(
        replace(again.server.audiodelivery.records.uploads[made["track_id"]], status=Status.PROCESSING)
    )
    await again.server.close()
    last = await adn_client(serve)
    assert (await settled(last, made["track_id"]))["track_status_id"] == "ready"
