"""Collections and tracks: albums of the folder, and what clients make."""

import uuid
from pathlib import Path

import pytest

from mpd_bridge.locker_server import AudiodeliveryOptions
from tests.mpd_bridge.locker_server import audio
from tests.mpd_bridge.locker_server.audiodelivery.conftest import Adn, adn_client, good, refusal
from tests.mpd_bridge.locker_server.conftest import READER, USER, Serve

NOWHERE = "00000000-0000-4000-8000-000000000000"


async def test_albums_are_collections_and_their_tracks_are_listed_in_order(adn: Adn) -> None:
    listed = await adn.told("/v1/collection")
    titles = [one["title"] for one in listed["collections"]]
    assert titles == ["Arrival", "Box", "Hits", "Tracks without an album"]
    assert listed["count"] == 4
    assert uuid.UUID(listed["api_request_id"])
    arrival = listed["collections"][0]
    assert arrival["metadata"] == {"artist": "Abba", "album": "Arrival", "year": 1976}
    assert [track["player_title"] for track in await adn.tracks("Box")] == ["Eins", "Zwei"]
    queen = (await adn.tracks("Arrival"))[0]
    assert queen["metadata"] == {
        "title": "Dancing Queen",
        "artist": "Abba",
        "album": "Arrival",
        "album_artist": "Abba",
        "track_number": 1,
        "disc_number": None,
        "year": 1976,
        "genre": "Pop",
    }
    assert (queen["file_name"], queen["track_status_id"], queen["status"]) == ("01 Queen.mp3", "ready", "ready")
    assert queen["collection_id"] == arrival["id"]
    assert 0.2 < queen["duration"] < 0.5
    assert (await adn.told(f"/v1/track/{queen['id']}"))["track"] == queen


async def test_ids_are_the_same_after_the_index_was_lost(serve: Serve, adn: Adn, tmp_path: object) -> None:
    before = await adn.told("/v1/collection")
    tracks = await adn.tracks("Box")
    await adn.server.close()
    for file in adn.server.locker.folder.parent.joinpath("state").glob("*.sqlite3*"):
        file.unlink()
    again = await adn_client(serve)
    assert (await again.told("/v1/collection"))["collections"] == before["collections"]
    assert [track["id"] for track in await again.tracks("Box")] == [track["id"] for track in tracks]


async def test_lists_come_in_pages(adn: Adn) -> None:
    pages = {"limit=1": ["Arrival"], "limit=2&offset=1": ["Box", "Hits"], "offset=4": [], "offset=1&limit=200": 3}
    for query, titles in pages.items():
        listed = await adn.told(f"/v1/collection?{query}")
        found = [one["title"] for one in listed["collections"]]
        assert listed["count"] == 4
        assert (len(found) if isinstance(titles, int) else found) == titles
    for query in ("limit=0", "limit=201", "limit=x", "offset=-1", "offset=1e3", "limit="):
        assert refusal(await adn.get(f"/v1/collection?{query}"))[0] == 400


async def test_a_collection_is_made_changed_and_removed(adn: Adn) -> None:
    details = {"title": "Mine", "metadata": {"a": [1, {"b": None}]}, "player_color": "#fe008a", "creator_id": NOWHERE}
    made = (await adn.made("/v1/collection", details))["collection"]
    for name, value in details.items():
        assert made[name] == value
    target = f"/v1/collection/{made['id']}"
    changed = good(await adn.send("PUT", target, json={"title": "Ours", "metadata": None}))["collection"]
    assert (changed["title"], changed["metadata"], changed["player_color"]) == ("Ours", None, "#fe008a")
    assert (await adn.told(target))["collection"] == changed
    assert (await adn.told("/v1/collection"))["count"] == 5
    assert good(await adn.send("DELETE", target))["deleted_collection"] == changed
    assert refusal(await adn.get(target)) == (404, "Collection not found.")


async def test_an_album_can_be_given_another_title_and_not_be_removed(adn: Adn) -> None:
    arrival = await adn.collection("Arrival")
    target = f"/v1/collection/{arrival['id']}"
    assert good(await adn.send("PUT", target, json={"title": "Ankunft"}))["collection"]["title"] == "Ankunft"
    assert (await adn.collection("Ankunft"))["id"] == arrival["id"]
    assert refusal(await adn.send("DELETE", target)) == (409, "The collection still has tracks.")


async def test_a_body_that_is_none_is_refused(adn: Adn) -> None:
    refused: list[tuple[object, str]] = [
        ({}, "title is required."),
        ({"title": ""}, "title is required."),
        ({"title": 7}, "title must be a string."),
        ({"title": "x", "metadata": "y"}, "metadata must be an object."),
        ({"title": "x", "creator_id": "me"}, "creator_id must be a UUID."),
        ({"title": "x", "player_color": "red"}, "player_color must be a colour like #1A2B3C."),
        ({"title": "x", "is_cover_overridable": 1}, "is_cover_overridable must be true or false."),
        ([1], "The body must be a JSON object."),
    ]
    for body, message in refused:
        assert refusal(await adn.post("/v1/collection", body)) == (400, message)
    for text in (b"{", b"\xff", b'{"title": NaN}', b'{"title": 1e999}', b"[" * 100_000):
        assert refusal(await adn.send("POST", "/v1/collection", data=text))[0] == 400
    answer = await adn.post("/v1/collection", {"title": "x", "metadata": {"y": "z" * 300_000}})
    assert refusal(answer)[0] == 413


async def test_a_track_is_changed_and_thrown_away(adn: Adn) -> None:
    queen = (await adn.tracks("Arrival"))[0]
    target = f"/v1/track/{queen['id']}"
    changed = good(await adn.send("PUT", target, json={"player_title": "Queen", "metadata": {"mine": 1}}))["track"]
    assert (changed["player_title"], changed["metadata"]) == ("Queen", {"mine": 1})
    assert good(await adn.send("DELETE", target))["deleted_track"]["id"] == queen["id"]
    assert refusal(await adn.get(target)) == (404, "Track not found.")
    assert "Dancing Queen" not in await adn.client.tracks()
    assert [track["player_title"] for track in await adn.tracks("Arrival")] == ["Money & <More>"]


@pytest.mark.row("U20", side="server")
async def test_an_id_that_is_malformed_is_400_and_one_that_is_unknown_404(adn: Adn) -> None:
    for thing in ("collection", "track", "upload_session", "play_session", "variant"):
        assert refusal(await adn.get(f"/v1/{thing}/not-a-uuid"))[0] == 400
        assert refusal(await adn.get(f"/v1/{thing}/{NOWHERE}"))[0] == 404
    for bad, status in {"x": 400, NOWHERE: 404}.items():
        assert refusal(await adn.post(f"/v1/upload/{bad}/track", {"file_name": "x.mp3"}))[0] == status


async def test_what_is_no_method_is_refused_in_the_same_form(adn: Adn) -> None:
    assert refusal(await adn.get("/v1/tracks")) == (404, "There is no such method.")
    assert refusal(await adn.send("PATCH", "/v1/collection"))[0] == 404


class TestKeys:
    async def test_a_call_without_a_good_key_is_refused(self, adn: Adn) -> None:
        for header in ("", "Bearer", "Bearer ", "Basic {}", "{}", "Bearer adn_wrong", "Bearer x{}"):
            answer = await adn.get("/v1/collection", headers={"Authorization": header.format(adn.key)})
            assert refusal(answer)[0] == 401

    async def test_the_key_is_kept_as_a_hash_that_only_its_owner_reads(self, adn: Adn) -> None:
        file = adn.server.locker.folder.parent / "state" / "audiodelivery_keys.json"
        assert file.stat().st_mode & 0o777 == 0o600
        assert adn.key.startswith("adn_")
        assert adn.key not in file.read_text()
        assert (file.parent / "audiodelivery.sqlite3").stat().st_mode & 0o777 == 0o600

    async def test_a_key_of_an_account_may_do_what_the_account_may(self, adn: Adn) -> None:
        reader = adn.server.audiodelivery.add_key(READER)
        assert (await adn.get("/v1/collection", key=reader)).status == 200
        assert refusal(await adn.post("/v1/collection", {"title": "x"}, key=reader))[0] == 403
        adn.server.accounts.remove(READER)
        assert refusal(await adn.get("/v1/collection", key=reader))[0] == 401

    async def test_an_account_that_sees_one_folder_sees_its_collections_only(self, adn: Adn) -> None:
        key = adn.server.audiodelivery.add_key(USER)
        adn.server.accounts.set_folder(USER, "Box")
        await adn.made("/v1/collection", {"title": "Others'"})
        assert [one["title"] for one in good(await adn.get("/v1/collection", key=key))["collections"]] == ["Box"]
        queen = (await adn.tracks("Arrival"))[0]
        assert refusal(await adn.get(f"/v1/track/{queen['id']}", key=key))[0] == 404

    async def test_what_an_account_says_in_its_folder_is_shown_to_nobody_else(self, adn: Adn, music: Path) -> None:
        audio.make(music / "Ann/own.mp3", title="Own", artist="Ann")
        await adn.server.scan()
        adn.server.accounts.set_folder(USER, "Ann")
        adn.server.accounts.set_folder(READER, "loose")
        own, other = (adn.server.audiodelivery.add_key(user) for user in (USER, READER))
        loose = await adn.collection("Tracks without an album")
        at, private = f"/v1/collection/{loose['id']}", {"diary": "secret"}
        said = {"title": "Mine", "metadata": private}
        good(await adn.send("PUT", at, key=own, json=said))
        (track,) = good(await adn.get(f"{at}/track", key=own))["tracks"]
        good(await adn.send("PUT", f"/v1/track/{track['id']}", key=own, json={"player_title": "Renamed"}))
        good(await adn.send("PUT", at, json={"title": "Everybody's"}))

        async def shown(key: str) -> tuple[object, object]:
            collection = good(await adn.get(at, key=key))["collection"]
            return collection["title"], collection["metadata"]

        assert await shown(own) == ("Mine", private)
        assert await shown(other) == await shown(adn.key) == ("Everybody's", None)
        names = [one["player_title"] for one in good(await adn.get(f"{at}/track", key=own))["tracks"]]
        assert names == ["Renamed"]
        assert "Own" in [one["player_title"] for one in await adn.tracks("Everybody's")]
        for target in (at, f"/v1/track/{track['id']}"):
            assert refusal(await adn.post(f"{target}/cover", key=own))[0] == 403
        made = good(await adn.post("/v1/collection", {"title": "New"}, key=own))["collection_id"]
        assert (await adn.post(f"/v1/collection/{made}/cover", key=own)).status == 200

    async def test_a_key_for_one_collection_leads_to_no_other(self, adn: Adn) -> None:
        box, hits = await adn.collection("Box"), await adn.collection("Hits")
        key = adn.server.audiodelivery.add_key(collection_id=box["id"])
        listed = good(await adn.get("/v1/collection", key=key))
        assert [one["title"] for one in listed["collections"]] == ["Box"]
        assert refusal(await adn.get(f"/v1/collection/{hits['id']}", key=key))[0] == 403
        assert refusal(await adn.post("/v1/upload_session", {"collection_id": hits["id"]}, key=key))[0] == 403
        session = good(await adn.post("/v1/upload_session", {}, key=key))["upload_session"]
        assert session["collection_id"] == box["id"]

    async def test_one_call_too_many_in_a_minute_is_refused(self, serve: Serve) -> None:
        adn = await adn_client(serve, AudiodeliveryOptions(calls_per_minute=2))
        assert [(await adn.get("/v1/collection")).status for _ in range(3)] == [200, 200, 429]
        answer = await adn.get("/v1/collection")
        assert (refusal(answer)[0], answer.headers["Retry-After"]) == (429, "60")


async def test_each_account_is_an_organization_of_its_own(adn: Adn) -> None:
    told = await adn.told("/v1/organization")
    known = told["organization_id"]
    assert told["organization"]["id"] == known
    assert told["organization"]["name"]
    assert (await adn.told(f"/v1/organization/{known}"))["organization"] == told["organization"]
    assert refusal(await adn.get(f"/v1/organization/{NOWHERE}"))[0] == 404
    other = good(await adn.get("/v1/organization", key=adn.server.audiodelivery.add_key()))
    assert other["organization_id"] != known


@pytest.mark.row("U22", side="server")
async def test_ok_is_false_in_every_error_also_where_its_status_is_200(serve: Serve) -> None:
    adn = await adn_client(serve, AudiodeliveryOptions(http_errors=False))
    assert refusal(await adn.get(f"/v1/track/{NOWHERE}")) == (200, "Track not found.")
    assert refusal(await adn.get("/v1/collection", key="adn_wrong"))[0] == 200


async def test_a_read_only_server_changes_nothing(serve: Serve) -> None:
    adn = await adn_client(serve, read_only=True)
    assert (await adn.get("/v1/collection")).status == 200
    answer = await adn.post("/v1/collection", {"title": "x"})
    assert (refusal(answer)[0], answer.headers["Retry-After"]) == (503, "900")
