"""What is said to Assist, in its built-in sentences: who plays what, and that it takes the old queue's place."""

from pathlib import Path
from typing import Any

import pytest
from homeassistant.components.conversation import async_converse
from homeassistant.const import CONF_TARGET
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.intent import IntentResponseErrorCode, IntentResponseType
from homeassistant.setup import async_setup_component

from custom_components.music_locker.core.playback.player import Player, PlayerState
from custom_components.music_locker.runtime import MusicLockerConfigEntry
from mpd_bridge.locker_server import LockerServer
from tests.mpd_bridge.locker_server import audio

from .conftest import SetUp
from .speakers import SimpleSpeaker

TRACKS = [
    # title, artist, album, genre
    ("Come Together", "The Beatles", "Abbey Road", "Rock"),
    ("Something", "The Beatles", "Abbey Road", "Rock"),
    ("Human Behaviour", "Björk", "Debut", "Art Pop"),
    ("Hello", "Adele", "25", "Soul"),
    ("Hello", "Poe", "Hello", "Rock"),
    ("Miss You", "The Rolling Stones", "Some Girls", "Rock"),
    ("My Way", "Frank Sinatra", "Singles", "Jazz"),
    ("Für Elise", "Beethoven", "Klavier", "Klassik"),
]
OLD = "Miss You"  # what plays before somebody speaks

# What is said, in which room it is meant, what plays then.
SAYINGS = {
    "en": [
        ("play Abbey Road in the kitchen", "Kitchen", ["Come Together", "Something"]),
        ("play the album Abbey Road in the kitchen", "Kitchen", ["Come Together", "Something"]),
        ("play Abbey Road by The Beatles in the kitchen", "Kitchen", ["Come Together", "Something"]),
        ("play the Beatles in the living room", "Living Room", ["Come Together", "Something"]),
        ("play some Beatles in the kitchen", "Kitchen", ["Come Together", "Something"]),
        ("play some Björk in the kitchen", "Kitchen", ["Human Behaviour"]),
        ("play some bjork in the living room", "Living Room", ["Human Behaviour"]),
        ("play the artist bjork in the living room", "Living Room", ["Human Behaviour"]),
        ("play something by Adele in the kitchen", "Kitchen", ["Hello"]),
        ("play Hello by Adele on Kitchen music", "Kitchen", ["Hello"]),
        ("play Come Together on Living Room music", "Living Room", ["Come Together"]),
        ("play the song Come Together on the Kitchen music", "Kitchen", ["Come Together"]),
        ("play my Party playlist in the kitchen", "Kitchen", ["Hello", "Human Behaviour"]),
        ("play the playlist Party in the living room", "Living Room", ["Hello", "Human Behaviour"]),
        ("play my way in the kitchen", "Kitchen", ["My Way"]),
        ("play Adele's 25 in the kitchen", "Kitchen", ["Hello"]),
        ("play some jazz in the living room", "Living Room", ["My Way"]),
        ("play Fur Elise in the kitchen", "Kitchen", ["Für Elise"]),
    ],
    "de": [
        ("spiele Abbey Road in der Küche", "Kitchen", ["Come Together", "Something"]),
        ("spiele das Album Abbey Road in der Küche", "Kitchen", ["Come Together", "Something"]),
        ("spiele Abbey Road von den Beatles in der Küche", "Kitchen", ["Come Together", "Something"]),
        ("spiel etwas von Björk im Wohnzimmer", "Living Room", ["Human Behaviour"]),
        ("spiele die Band The Beatles im Wohnzimmer", "Living Room", ["Come Together", "Something"]),
        ("spiele das Lied Für Elise in der Küche", "Kitchen", ["Für Elise"]),
        ("spiele Für Elise von Beethoven in der Küche", "Kitchen", ["Für Elise"]),
        ("spiele meine Party Playlist in der Küche", "Kitchen", ["Hello", "Human Behaviour"]),
        ("spiele die Playlist Frühstück im Wohnzimmer", "Living Room", ["Für Elise"]),
        ("spiele Hello von Poe in der Küche", "Kitchen", ["Hello"]),
    ],
}

# What is in no locker: by an artist, of another artist, without an end.
NOT_HERE = {
    "en": [
        "play Nickelback in the kitchen",
        "play Hello by Nickelback in the kitchen",
        f"play {'never ' * 500}in the kitchen",
    ],
    "de": ["spiele Helene Fischer in der Küche"],
}


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder of famous names."""
    folder = tmp_path_factory.mktemp("famous")
    for number, (title, artist, album, genre) in enumerate(TRACKS):
        tags: dict[str, Any] = {"title": title, "artist": artist, "album": album, "genre": genre}
        audio.make(folder / f"{number}.mp3", tracknumber=str(number + 1), **tags)
    (folder / "Party.m3u8").write_text("#EXTM3U\n3.mp3\n2.mp3\n")
    (folder / "Frühstück.m3u8").write_text("#EXTM3U\n7.mp3\n")
    return folder


@pytest.fixture
async def rooms(
    hass: HomeAssistant,
    locker_server: LockerServer,
    set_up: SetUp,
    locker: MusicLockerConfigEntry,
    area_registry: ar.AreaRegistry,
    entity_registry: er.EntityRegistry,
) -> dict[str, Player]:
    """Set up a player in the kitchen and one in the living room, both of them playing."""
    assert await async_setup_component(hass, "intent", {})
    assert await async_setup_component(hass, "conversation", {})
    players = {}
    for room, german in (("Kitchen", "Küche"), ("Living Room", "Wohnzimmer")):
        area = area_registry.async_create(room, aliases={german})
        speaker = SimpleSpeaker(f"{room} speaker")
        await speaker.add_to(hass)
        entity_registry.async_update_entity(speaker.entity_id, area_id=area.id)
        entry = await set_up(f"{room} music", **{CONF_TARGET: speaker.entity_id})
        players[room] = entry.runtime_data.player
    await hass.async_block_till_done()
    return players


async def play_old(hass: HomeAssistant, rooms: dict[str, Player], locker: MusicLockerConfigEntry) -> None:
    """Have every player play something that nobody asks for."""
    old = [track for track in locker.runtime_data.core.library.catalog.tracks if track.title == OLD]
    for player in rooms.values():
        await player.replace(old * 3, start=0, play=True)
    await hass.async_block_till_done()


def queue(player: Player) -> list[str]:
    return [item.track.title for item in player.queue if item.track is not None]


async def say(hass: HomeAssistant, words: str, language: str = "en") -> IntentResponseErrorCode | None:
    """Say something, and return what went wrong."""
    result = await async_converse(hass, words, None, Context(), language)
    await hass.async_block_till_done()
    if result.response.response_type is IntentResponseType.ERROR:
        return result.response.error_code or IntentResponseErrorCode.UNKNOWN
    return None


@pytest.mark.parametrize("language", SAYINGS)
async def test_what_is_said_is_what_plays_and_what_is_in_no_locker_changes_nothing(
    hass: HomeAssistant,
    rooms: dict[str, Player],
    locker: MusicLockerConfigEntry,
    language: str,
    subtests: pytest.Subtests,
) -> None:
    for words, room, titles in SAYINGS[language]:
        with subtests.test(words=words):
            await play_old(hass, rooms, locker)
            assert await say(hass, words, language) is None
            assert {name: queue(player) for name, player in rooms.items()} == {
                **dict.fromkeys(rooms, [OLD] * 3),
                room: titles,
            }
            assert rooms[room].state is PlayerState.PLAYING
    for words in NOT_HERE[language]:
        with subtests.test(words=words):
            await play_old(hass, rooms, locker)
            assert await say(hass, words, language) is IntentResponseErrorCode.FAILED_TO_HANDLE
            assert [queue(player) for player in rooms.values()] == [[OLD] * 3, [OLD] * 3]


async def test_any_music_is_an_album_of_ours_and_a_room_without_a_player_is_told(
    hass: HomeAssistant, rooms: dict[str, Player], area_registry: ar.AreaRegistry
) -> None:
    assert await say(hass, "play some music in the kitchen") is None
    assert len(queue(rooms["Kitchen"])) == len(TRACKS)
    assert rooms["Kitchen"].state is PlayerState.PLAYING
    area_registry.async_create("Bathroom")
    assert await say(hass, "play the Beatles in the bathroom") is IntentResponseErrorCode.NO_VALID_TARGETS
