"""Every printed example of the page: its requests are sent as they are printed, its answers come with those fields.

A printed answer names a value's type instead of the value. Beyond it only the fields come that the service has added.
"""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from mpd_bridge.locker_server.audiodelivery_records import Collection
from tests.mpd_bridge.locker_server.audiodelivery.conftest import Adn, good

PRINTED = Path(__file__).parents[3] / "fixtures/seeds/audiodelivery"
EXAMPLES = tomllib.loads((PRINTED / "index.toml").read_text(encoding="utf-8"))["example"]
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
COLORS = ["player_color", "player_color_light", "player_color_dark"]


def printed(name: str) -> Any:
    return json.loads((PRINTED / f"{name}.json").read_text(encoding="utf-8"))


def fits(shown: object, value: object) -> bool:
    """Tell whether a value is of the type that is printed for it, or is what is printed."""
    if isinstance(shown, dict):
        assert isinstance(value, dict)
        assert [name for name in value if name in shown] == list(shown)
        return all(fits(inner, value[name]) for name, inner in shown.items())
    types = {"string": str, "number": int, "object": dict}
    patterns = {"uuid": UUID, "url": r"http://[^/]+/\S+"}
    if isinstance(shown, str) and shown in types:
        return type(value) is types[shown]
    if isinstance(shown, str) and shown in patterns:
        return isinstance(value, str) and re.fullmatch(patterns[shown], value) is not None
    return shown == value


async def with_printed_collection(adn: Adn) -> None:
    """Let the collection of the printed request be there."""
    collection_id = printed("create_session_request")["collection_id"]
    made = Collection(collection_id, 0.0, {"title": "Summer"})
    await adn.server.audiodelivery.records.keep(made)


@pytest.mark.row("U1", "U2", "U6", side="server")
async def test_a_session_is_made_as_printed(adn: Adn) -> None:
    await with_printed_collection(adn)
    body = (PRINTED / "create_session_request.json").read_bytes()
    answer = good(await adn.send("POST", "/v1/upload_session", data=body, headers={"Content-Type": "application/json"}))
    shown = printed("create_session_response")
    assert fits(shown, answer)
    assert list(answer["upload_session"]) == list(shown["upload_session"])
    assert sorted(answer.keys() - shown.keys()) == sorted(["api_request_id", *COLORS])
    assert answer["upload_session_id"] == answer["upload_session"]["id"]
    assert answer["upload_session"]["collection_id"] == printed("create_session_request")["collection_id"]
    assert answer["expires_at"] == answer["upload_session"]["expires_at"] == "2023-11-14T23:13:20.000Z"


@pytest.mark.row("U3", "U4", "U5", "U8", "U9", side="server")
async def test_a_session_is_looked_up_as_printed_and_what_was_given_comes_back(adn: Adn) -> None:
    await with_printed_collection(adn)
    request = printed("create_session_request")
    more = {"creator_id": "9b2d3f10-5c1e-4a8e-b3f1-0a1b2c3d4e5f", "organization_index": "Nr. 7 / ü"}
    metadata = {**request["metadata"], "nested": {"list": [1, 2.5, None, True, "é\u0000\ud800"], "big": 10**30}}
    made = await adn.made("/v1/upload_session", {**request, **more, "metadata": metadata})
    answer = good(await adn.client.get(f"/v1/upload_session/{made['upload_session_id']}"))
    shown = printed("get_session_response")
    assert fits(shown, answer)
    assert answer.keys() - shown.keys() == {"api_request_id"}
    assert list(answer["upload_session"]) == list(shown["upload_session"])
    for name, value in {**more, "metadata": metadata, "collection_id": request["collection_id"]}.items():
        assert answer["upload_session"][name] == value


@pytest.mark.row("U10", "U11", "U12", "U13", "U14", "U15", side="server")
async def test_a_track_is_made_as_printed(adn: Adn) -> None:
    await with_printed_collection(adn)
    session = await adn.made("/v1/upload_session", printed("create_session_request"))
    target = f"/v1/upload/{session['upload_session_id']}/track"
    request = printed("create_track_request")
    answer = good(await adn.client.send("POST", target, json={**request, "organization_index": "7"}))
    shown = printed("create_track_response")
    assert fits(shown, answer)
    assert answer.keys() - shown.keys() == {"upload_session"}
    assert answer["track_id"] == answer["track"]["id"]
    assert answer["upload_session_id"] == session["upload_session_id"]
    assert answer["track_upload"]["ttl"] == answer["track_cover_upload"]["ttl"] == 3600
    track = (await adn.told(f"/v1/track/{answer['track_id']}"))["track"]
    assert (track["file_name"], track["metadata"], track["organization_index"]) == (
        "track-1.mp3",
        request["metadata"],
        "7",
    )
    assert track["track_status_id"] == "initialized"


def test_no_printed_example_is_left_out() -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    assert len(EXAMPLES) == 5
    assert all(f'"{Path(example["file"]).stem}"' in here for example in EXAMPLES)
