"""What a person sees: Chromium logs in, browses a locker with covers, plays in the page and on a player."""

from pathlib import Path
from typing import Any

import pytest

from mpd_bridge.demo_music import tracks
from script.demo_parts.browser import browse
from script.demo_parts.home_assistant import HomeAssistantClient
from tests.end_to_end.running import Mpc

_ALBUM = [track for track in tracks() if track.album == "Ink"]
_BIGGEST_PICTURE = 300_000  # bytes


async def test_a_person_browses_a_locker_and_plays_it(
    demo: dict[str, Any], home_assistant: HomeAssistantClient, tmp_path: Path
) -> None:
    seen = await browse(demo["home_assistant"], demo["home_assistant_user"], demo["home_assistant_password"], tmp_path)

    lists = seen["lists"]
    assert {"Artists", "Albums", "Tracks", "Genres", "Playlists"} <= set(lists["MP3tunes"])
    assert {"Jörg Käfer Trio", "Marta Quill", "Ólafía Þórs", "Синий Кит", "夜行列車"} <= set(lists["Artists"])
    assert lists["Marta Quill"][:3] == ["Ink", "Marta Quill", "Songs for a Long Drive"]
    assert lists["Ink"] == [track.title for track in _ALBUM]
    assert seen["covers"]["Marta Quill"] == 3
    assert seen["covers"]["Albums"] >= 8

    assert seen["heard"]["seconds"] >= 1.5
    assert seen["heard"]["duration"] == pytest.approx(_ALBUM[3].duration, abs=0.5)

    player = await home_assistant.state(demo["player"])
    assert player is not None
    assert (player["state"], player["attributes"]["media_album_name"]) == ("playing", "Ink")
    speaker = Mpc(demo["speaker_port"])
    assert speaker("status", "%state%") == ["playing"]
    await home_assistant.action("media_player.media_stop", demo["player"])

    # This Home Assistant lacks what the frontend would like to ask: it has only what the demo needs.
    assert [error for error in seen["errors"] if "unknown_command" not in error] == []
    assert seen["refused"] == []
    log = Path(demo["state"], "home-assistant", "home-assistant.log").read_text()
    assert "invalid authentication" not in log

    taken = {picture.stem: picture.stat().st_size for picture in tmp_path.glob("*.png")}
    assert set(taken) == {"artist", "in-the-page", "on-a-player", "albums", "player"}
    assert max(taken.values()) < _BIGGEST_PICTURE
