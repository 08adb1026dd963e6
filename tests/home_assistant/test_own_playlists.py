"""The library's own playlists, which MPD clients make: browsed, searched, spoken to and played as a locker's are."""

import pytest
from homeassistant.components import media_source
from homeassistant.components.media_player import BrowseError, MediaClass
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from custom_components.music_locker.core.library import LIBRARY, PlaylistEntry
from custom_components.music_locker.runtime import MusicLockerConfigEntry

from .conftest import PLAYLIST
from .players import act, queue, shown
from .test_media_source import ROOT, browse, search, titles

SUNDAY = "Sunday"
TRACKS = ["Übermut", "Quiet Window"]


@pytest.fixture
async def sunday(hass: HomeAssistant, locker: MusicLockerConfigEntry) -> str:
    """The id of a playlist of two tracks, a URL, and a track that is gone."""
    library = locker.runtime_data.core.library
    keys = {track.title: track for track in library.catalog.tracks}
    entries = [PlaylistEntry(keys[title].uri, keys[title].key) for title in TRACKS]
    gone = PlaylistEntry("MP3tunes/Nobody/Nothing/Gone.mp3", keys[TRACKS[0]].key._replace(id="gone"))
    await library.put_playlist(SUNDAY, [*entries, PlaylistEntry("http://127.0.0.1:9/live"), gone])
    await hass.async_block_till_done()
    (playlist,) = library.catalog.playlists(LIBRARY)
    return playlist.id


async def test_they_have_a_shelf_beside_the_lockers(
    hass: HomeAssistant, locker: MusicLockerConfigEntry, sunday: str
) -> None:
    assert titles(await browse(hass)) == ["MP3tunes", "Playlists", "Live streams"]
    assert titles(await browse(hass, "Playlists")) == [SUNDAY]
    assert [title.split(" \N{EN DASH} ")[1] for title in titles(await browse(hass, "Playlists", SUNDAY))] == TRACKS
    assert titles(await browse(hass, "MP3tunes", "Playlists")) == [PLAYLIST]


async def test_there_is_no_shelf_without_one(hass: HomeAssistant, locker: MusicLockerConfigEntry, sunday: str) -> None:
    await locker.runtime_data.core.library.remove_playlist(sunday)
    assert titles(await browse(hass)) == ["MP3tunes", "Live streams"]
    with pytest.raises(BrowseError):
        await media_source.async_browse_media(hass, f"{ROOT}/~2A/playlist/{sunday}")
    with pytest.raises(BrowseError):
        await media_source.async_browse_media(hass, f"{ROOT}/~2A")


async def test_they_are_found(hass: HomeAssistant, locker: MusicLockerConfigEntry, sunday: str) -> None:
    assert await search(hass, ROOT, "sunday", [MediaClass.PLAYLIST]) == [SUNDAY]
    assert await search(hass, f"{ROOT}/~2A/playlists", "sunday") == [SUNDAY]
    assert await search(hass, f"{ROOT}/{locker.entry_id}", "sunday") == []


async def test_a_player_plays_what_there_is_of_one(
    hass: HomeAssistant, player: MusicLockerConfigEntry, sunday: str
) -> None:
    assert shown(hass).attributes["source_list"] == [SUNDAY, PLAYLIST]
    node = f"{ROOT}/~2A/playlist/{sunday}"
    await act(hass, "play_media", media_content_id=node, media_content_type="playlist")
    assert queue(player) == TRACKS
    assert shown(hass).attributes["source"] == SUNDAY
    await act(hass, "select_source", source=PLAYLIST)
    await act(hass, "select_source", source=SUNDAY)
    assert queue(player) == TRACKS


async def test_what_is_of_a_locker_that_is_not_set_up_is_left_out(
    hass: HomeAssistant, locker: MusicLockerConfigEntry, player: MusicLockerConfigEntry, sunday: str
) -> None:
    await hass.config_entries.async_unload(locker.entry_id)
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, "select_source", source=SUNDAY)
    assert caught.value.translation_key == "nothing_to_play"
    assert not queue(player)
