"""Home Assistant's own ``mpd`` integration, set up against the bridge that runs in the same process."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from mutagen.id3 import ID3

from mpd_bridge.demo_music import tracks
from script.demo_parts.home_assistant import HomeAssistantClient
from script.demo_parts.processes import LOOPBACK
from tests.end_to_end.running import Mpc, eventually

_ALBUM = [track for track in tracks() if track.album == "Songs for a Long Drive"]
_LONG = max(_ALBUM, key=lambda track: track.duration)

type Shown = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def integration(home_assistant: HomeAssistantClient, demo: dict[str, Any], mpc: Mpc) -> AsyncIterator[str]:
    """The entity that the integration made, with an album playing."""
    mpc("findadd", "album", _LONG.album or "")
    mpc("play", str(_LONG.track))
    entry = await home_assistant.add_entry("mpd", {"host": LOOPBACK, "port": demo["mpd_port"]})
    yield await home_assistant.entity_of(entry["entry_id"])
    await home_assistant.remove_entry(entry["entry_id"])
    mpc("stop")


@pytest.fixture
def shown(home_assistant: HomeAssistantClient, integration: str) -> Shown:
    """Wait until the integration, asked again and again, shows these attributes; its own polls are 10 s apart."""

    async def wait(state: str | None = None, **attributes: object) -> dict[str, Any]:
        async def probe() -> dict[str, Any] | None:
            await home_assistant.action("homeassistant.update_entity", integration)
            now = await home_assistant.state(integration)
            assert now is not None
            found: dict[str, Any] = now["attributes"]
            as_wanted = all(found.get(name) == value for name, value in attributes.items())
            return found if as_wanted and state in (None, now["state"]) else None

        return await eventually(f"{integration} shows {state} {attributes}", probe) or {}

    return wait


async def test_it_shows_track_picture_and_position(
    home_assistant: HomeAssistantClient, demo: dict[str, Any], shown: Shown
) -> None:
    first = await shown("playing", media_title=_LONG.title, media_artist=_LONG.artist, media_album_name=_LONG.album)
    assert float(first["media_duration"]) == pytest.approx(_LONG.duration, abs=1)
    (embedded,) = ID3(Path(demo["music"]) / _LONG.path).getall("APIC")
    assert await home_assistant.get(first["entity_picture"]) == embedded.data

    async def moved() -> bool:
        return bool((await shown())["media_position"] > first["media_position"])

    await eventually("the position moves", moved)


async def test_it_controls_the_player(
    home_assistant: HomeAssistantClient, integration: str, shown: Shown, mpc: Mpc
) -> None:
    async def act(action: str, **data: object) -> None:
        await home_assistant.action(f"media_player.{action}", integration, **data)

    await act("media_pause")
    await shown("paused")
    assert mpc("status", "%state%") == ["paused"]
    await act("media_seek", seek_position=20)
    await shown("paused", media_position=20)
    await act("media_play")
    await shown("playing")
    assert mpc("status", "%state%") == ["playing"]
    await act("media_next_track")
    await shown("playing", media_title=_ALBUM[_ALBUM.index(_LONG) + 1].title)
    await act("media_previous_track")
    await shown("playing", media_title=_LONG.title)
    await act("volume_set", volume_level=0.35)
    await shown(volume_level=0.35)
    assert mpc("status", "%volume%") == [" 35%"]
    await act("volume_set", volume_level=1.0)
    for on in (True, False):
        await act("shuffle_set", shuffle=on)
        await shown(shuffle=on)
        assert mpc("status", "%random%") == ["on" if on else "off"]
    for repeat, status in (("one", ["on on"]), ("all", ["on off"]), ("off", ["off off"])):
        await act("repeat_set", repeat=repeat)
        await shown(repeat=repeat)
        assert mpc("status", "%repeat% %single%") == status
    await act("media_stop")
    await shown("off")
    assert not [line for line in mpc("status") if line.startswith(("[playing]", "[paused]"))]


async def test_it_plays_a_playlist_of_the_locker_and_a_track_of_the_media_source(
    home_assistant: HomeAssistantClient, integration: str, shown: Shown, mpc: Mpc
) -> None:
    sources = (await shown("playing"))["source_list"]
    assert {"Late Evening", "First Tracks", "Frühstück & Café"} <= set(sources)
    await home_assistant.action("media_player.select_source", integration, source="Frühstück & Café")
    await shown("playing", source="Frühstück & Café")
    assert len(mpc("playlist")) == 25

    node: dict[str, Any] = {}
    for title in (None, "Music Locker", "MP3tunes", "Albums", "Ink", "Paper Ink"):
        where = {key: node[key] for key in ("media_content_id", "media_content_type") if title}
        found = await home_assistant.call("media_player/browse_media", entity_id=integration, **where)
        node = next((child for child in found["children"] if child["title"] == title), found) if title else found
    await home_assistant.action(
        "media_player.play_media",
        integration,
        media_content_id=node["media_content_id"],
        media_content_type=node["media_content_type"],
    )
    await shown("playing", media_title="Paper Ink", media_artist="Marta Quill")
    assert mpc("-f", "%file%", "playlist") == ["MP3tunes/Marta Quill/Ink/04 Paper Ink.mp3"]
