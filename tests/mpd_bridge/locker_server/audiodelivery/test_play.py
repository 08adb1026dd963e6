"""Play sessions, the signed addresses that they give, and the media behind these."""

from typing import Any

from mpd_bridge.locker_server import AudiodeliveryOptions
from mpd_bridge.locker_server.faults import Fault
from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.audiodelivery.conftest import Adn, adn_client, good, refusal
from tests.mpd_bridge.locker_server.audiodelivery.test_collections import NOWHERE
from tests.mpd_bridge.locker_server.conftest import USER, Clock, Serve


async def play(adn: Adn, title: str, **body: object) -> Any:
    """Begin a play session of a collection."""
    collection = await adn.collection(title)
    wanted = {"collection_id": collection["id"], "variants": ["hq", "lq"], **body}
    return await adn.made("/v1/play_session/collection", wanted)


async def test_a_collection_is_played_track_by_track(adn: Adn) -> None:
    session = good(
        await adn.post(
            "/v1/play_session/collection",
            {"collection_id": (await adn.collection("Arrival"))["id"], "variants": ["hq", "LQ", "dolby"]},
        )
    )
    queen, money = session["tracks"]
    assert (queen["player_title"], money["player_title"]) == ("Dancing Queen", "Money & <More>")
    assert session["first_track"]["track_id"] == queen["id"]
    assert session["play_session"]["variants"] == ["hq", "lq"]
    assert session["expires_at"] == session["play_session"]["expires_at"] == "2023-11-14T23:13:20.000Z"
    original, small = session["first_track"]["variants"]
    music = (adn.server.locker.folder / "Abba/Arrival/01 Queen.mp3").read_bytes()
    assert (original["content_type"], original["size"]) == ("audio/mpeg", len(music))
    assert (await adn.at("GET", original["url"])).body == music
    assert 0.2 < audio.decoded_seconds((await adn.at("GET", small["url"])).body) < 0.5
    target = f"/v1/play/{session['play_session_id']}/{money['id']}"
    for key in (adn.key, "adn_wrong"):  # the session's id is the credential, whatever comes with it
        playing = good(await adn.get(target, key=key))
    assert playing["track"] == money
    answer = await adn.at("GET", playing["variants"][0]["url"])
    assert answer.headers["Content-Type"] == "audio/mp4"
    told = good(await adn.client.get(f"/v1/play_session/{session['play_session_id']}"))
    assert told["tracks"] == session["tracks"]
    assert "play" in {name.split()[1] for name in adn.server.calls}


async def test_one_track_is_played_and_noted_as_played(adn: Adn) -> None:
    eins = (await adn.tracks("Box"))[0]
    session = await adn.made("/v1/play_session/track", {"track_id": eins["id"], "variants": ["hq"]})
    assert [track["id"] for track in session["tracks"]] == [eins["id"]]
    await adn.at("GET", session["first_track"]["variants"][0]["url"])
    ((track, _when),) = await adn.server.locker.plays()
    assert track.title == "Eins"
    other = (await adn.tracks("Box"))[1]
    assert refusal(await adn.get(f"/v1/play/{session['play_session_id']}/{other['id']}"))[0] == 404


async def test_media_come_in_ranges(adn: Adn) -> None:
    session = await play(adn, "Box")
    url = session["first_track"]["variants"][0]["url"]
    whole = await adn.at("GET", url)
    part = await adn.at("GET", url, headers={"Range": "bytes=100-199"})
    assert (part.status, part.body) == (206, whole.body[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole.body)}"
    head = await adn.at("HEAD", url)
    assert (head.status, head.headers["Content-Length"], head.body) == (200, str(len(whole.body)), b"")
    behind = await adn.at("GET", url, headers={"Range": "bytes=99999999-"})
    assert (behind.status, behind.headers["Content-Range"]) == (416, f"bytes */{len(whole.body)}")


async def test_an_address_is_good_for_its_path_and_its_time_only(serve: Serve, clock: Clock) -> None:
    adn = await adn_client(serve, AudiodeliveryOptions(address_lifetime=100))
    session = await play(adn, "Box")
    url: str = session["first_track"]["variants"][0]["url"]
    assert url.rpartition("&")[2].startswith("verify=")
    for wrong in (url[:-1], url.replace("expires=1", "expires=2"), url.replace("_hq", "_128"), url.partition("?")[0]):
        assert refusal(await adn.at("GET", wrong)) == (403, "The address is not signed.")
    clock.now += 100
    assert refusal(await adn.at("GET", url)) == (403, "The address has expired.")
    tracks = session["tracks"]
    again = await adn.told(f"/v1/play/{session['play_session_id']}/{tracks[0]['id']}")
    assert (await adn.at("GET", again["variants"][0]["url"])).status == 200


async def test_a_play_session_ends_when_it_was_told_to(adn: Adn, clock: Clock) -> None:
    for seconds in (60, 86_400, None):
        session = await play(adn, "Box", **({} if seconds is None else {"expires_in": seconds}))
        target = f"/v1/play_session/{session['play_session_id']}"
        clock.now += (seconds or 3600) - 1
        assert (await adn.get(target)).status == 200
        clock.now += 1
        assert refusal(await adn.get(target)) == (401, "The play session has expired.")


async def test_sessions_and_addresses_end_on_request(adn: Adn) -> None:
    session = await play(adn, "Box")
    adn.server.faults.add(Fault("get play_session", expire_sessions=True))
    assert refusal(await adn.get(f"/v1/play_session/{session['play_session_id']}"))[0] == 401
    url = session["first_track"]["variants"][0]["url"]
    assert refusal(await adn.at("GET", url))[0] == 403


async def test_covers_are_at_signed_addresses(adn: Adn) -> None:
    for title in ("Arrival", "Box"):  # in the file, and beside it
        session = await play(adn, title)
        image = session["first_track"]["cover_image"]["regular"]
        answer = await adn.at("GET", image["url"])
        assert (answer.body, answer.headers["Content-Type"]) == (audio.PICTURE, "image/jpeg")
    assert (await play(adn, "Hits"))["first_track"]["cover_image"] is None


async def test_a_download_needs_a_session_that_allows_it(adn: Adn) -> None:
    for allowed in (True, False):
        session = await play(adn, "Box", is_downloadable=allowed)
        track = session["tracks"][0]
        answer = await adn.client.get(f"/v1/play/{session['play_session_id']}/{track['id']}/hq/download")
        if allowed:
            assert (await adn.at("GET", good(answer)["download"]["url"])).status == 200
        else:
            assert refusal(answer)[0] == 403


async def test_a_session_of_nothing_is_refused(adn: Adn) -> None:
    refused: list[tuple[str, object, int]] = [
        ("playlist", {"variants": ["hq"]}, 400),
        ("collection", {"variants": ["hq"]}, 400),
        ("collection", {"variants": ["hq"], "collection_id": NOWHERE}, 404),
        ("track", {"variants": ["hq"], "track_id": NOWHERE}, 404),
        ("track", {"variants": ["hq"], "track_id": "x"}, 400),
        ("track", {"variants": []}, 400),
        ("track", {"variants": ["dolby"], "track_id": NOWHERE}, 404),
        ("track", {"variants": [1]}, 400),
        ("track", {"variants": ["hq"], "track_id": NOWHERE, "expires_in": 59}, 400),
        ("track", {"variants": ["hq"], "track_id": NOWHERE, "expires_in": 86_401}, 400),
        ("track", {"variants": ["hq"], "track_id": NOWHERE, "expires_in": True}, 400),
    ]
    for scope, body, status in refused:
        assert refusal(await adn.post(f"/v1/play_session/{scope}", body))[0] == status


async def test_variants_that_nobody_knows_are_refused(adn: Adn) -> None:
    body = {"collection_id": (await adn.collection("Box"))["id"], "variants": ["dolby"]}
    assert refusal(await adn.post("/v1/play_session/collection", body)) == (400, "There are no such variants.")
    listed = await adn.told("/v1/variant")
    assert {variant["name"] for variant in listed["variants"]} >= {"hq", "lq", "128"}
    variant = listed["variants"][0]
    assert (await adn.told(f"/v1/variant/{variant['id']}"))["variant"] == variant


async def test_a_session_of_an_account_ends_with_the_account(adn: Adn) -> None:
    adn.key = adn.server.audiodelivery.add_key(USER)
    session = await play(adn, "Box")
    adn.server.accounts.remove(USER)
    assert refusal(await adn.get(f"/v1/play_session/{session['play_session_id']}"))[0] == 403


async def test_a_play_session_outlives_the_server(serve: Serve, adn: Adn) -> None:
    session = await play(adn, "Box")
    await adn.server.close()
    again = await adn_client(serve)
    url = session["first_track"]["variants"][0]["url"]
    assert (await again.at("GET", url)).status == 200
    assert (await again.get("/v1/collection", key=adn.key)).status == 200


async def test_a_page_of_another_origin_may_call(adn: Adn) -> None:
    for target in (
        "/v1/collection",
        f"/v1/upload/{NOWHERE}/track",
        f"/ingest/{NOWHERE}",
        f"/delivery/{NOWHERE}_hq.mp3",
    ):
        asked = await adn.client.send(
            "OPTIONS", target, headers={"Origin": "https://example.org", "Access-Control-Request-Method": "PUT"}
        )
        assert (asked.status, asked.headers["Access-Control-Allow-Origin"]) == (204, "*")
        assert "PUT" in asked.headers["Access-Control-Allow-Methods"]
        assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    session = await play(adn, "Box")
    first = session["first_track"]
    for url in (first["variants"][0]["url"], first["variants"][1]["url"], first["cover_image"]["icon"]["url"]):
        assert (await adn.at("GET", url)).headers["Access-Control-Allow-Origin"] == "*"
    for answer in (await adn.get("/v1/collection"), await adn.get("/v1/collection", key="adn_wrong")):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
