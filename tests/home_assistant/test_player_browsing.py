"""What players show and find, and how they say what cannot be done."""

import pytest
from homeassistant.components import media_source
from homeassistant.components.media_player import (
    BrowseError,
    MediaClass,
    SearchError,
    SearchMediaQuery,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.music_locker.core.models import MediaKind
from custom_components.music_locker.runtime import MusicLockerConfigEntry

from .players import HARBOUR_SONGS, KITCHEN, Play, act, entity_of, media_id, queue, shown, until
from .speakers import SimpleSpeaker


class TestBrowse:
    async def test_a_player_shows_every_locker_and_a_lockers_player_its_own(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, player: MusicLockerConfigEntry
    ) -> None:
        everything = await entity_of(hass, KITCHEN).async_browse_media()
        assert [child.title for child in everything.children] == ["MP3tunes"]

        own = await entity_of(hass, "media_player.mp3tunes").async_browse_media()
        assert own.title == "MP3tunes"
        assert [child.title for child in own.children][:3] == ["Artists", "Albums", "Tracks"]

    async def test_what_is_inside_can_be_played_as_a_whole(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, player: MusicLockerConfigEntry
    ) -> None:
        node = await entity_of(hass, KITCHEN).async_browse_media(
            "artist", media_id(locker, MediaKind.ARTIST, "The Paper Lanterns")
        )

        assert node.can_play
        (album,) = node.children
        assert album.title == "Harbour Songs"
        assert album.can_play
        assert album.can_expand
        assert album.thumbnail is not None

    async def test_what_was_played_last_is_a_list_once_something_was(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, play: Play, speaker: SimpleSpeaker
    ) -> None:
        recent = f"media-source://music_locker/{locker.entry_id}/recently_played"
        own = entity_of(hass, "media_player.mp3tunes")
        assert recent not in [child.media_content_id for child in (await own.async_browse_media()).children]

        await play(MediaKind.ALBUM, "Harbour Songs")
        speaker.at(8)
        speaker.finish()
        library = locker.runtime_data.core.library
        await until(lambda: bool(library.recently_played(locker.entry_id)), hass)

        assert recent in [child.media_content_id for child in (await own.async_browse_media()).children]
        assert [child.title for child in (await own.async_browse_media("music", recent)).children] == [
            "The Paper Lanterns \N{EN DASH} Wooden Orchard"
        ]
        await act(hass, "play_media", media_content_id=recent, media_content_type="music", enqueue="add")
        assert shown(hass).attributes["media_title"] == "Quiet Window"

    async def test_what_is_not_there_is_told(self, hass: HomeAssistant, player: MusicLockerConfigEntry) -> None:
        for wrong in ("nonsense", "media-source://music_locker/nowhere"):
            with pytest.raises(BrowseError):
                await entity_of(hass, KITCHEN).async_browse_media("music", wrong)

    async def test_searching_gives_what_play_media_takes(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, player: MusicLockerConfigEntry
    ) -> None:
        query = SearchMediaQuery(search_query="harbour songs", media_filter_classes=[MediaClass.ALBUM])
        found = await entity_of(hass, KITCHEN).async_search_media(query)

        assert [node.title for node in found.result] == ["Harbour Songs"]
        assert found.result[0].media_content_id == media_id(locker, MediaKind.ALBUM, "Harbour Songs")

    async def test_searching_somewhere_else_is_told(self, hass: HomeAssistant, player: MusicLockerConfigEntry) -> None:
        with pytest.raises(SearchError):
            await entity_of(hass, KITCHEN).async_search_media(
                SearchMediaQuery(search_query="harbour", media_content_id="nonsense")
            )


class TestBadInput:
    """What cannot be done is told in Home Assistant's words, and nothing changes."""

    async def test_a_locker_that_is_being_reloaded_is_told(
        self, hass: HomeAssistant, play: Play, locker: MusicLockerConfigEntry, player: MusicLockerConfigEntry
    ) -> None:
        await play(MediaKind.ALBUM, "Harbour Songs")
        wanted = media_id(locker, MediaKind.ALBUM, "Grüne Stunde")
        assert await hass.config_entries.async_unload(locker.entry_id)

        with pytest.raises(ServiceValidationError) as caught:
            await act(hass, "play_media", media_content_id=wanted, media_content_type="album")
        assert caught.value.translation_key == "locker_not_loaded"
        assert caught.value.translation_placeholders == {"name": "MP3tunes"}
        with pytest.raises(BrowseError):
            await entity_of(hass, KITCHEN).async_browse_media("album", wanted)
        found = await entity_of(hass, KITCHEN).async_search_media(SearchMediaQuery(search_query="stunde"))
        assert not found.result
        assert queue(player) == HARBOUR_SONGS

    async def test_a_locker_that_was_removed_is_unknown(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, player: MusicLockerConfigEntry
    ) -> None:
        wanted = media_id(locker, MediaKind.ALBUM, "Grüne Stunde")
        await hass.config_entries.async_remove(locker.entry_id)
        await hass.async_block_till_done()

        with pytest.raises(ServiceValidationError) as caught:
            await act(hass, "play_media", media_content_id=wanted, media_content_type="album")
        assert caught.value.translation_key == "nothing_to_play"
        with pytest.raises(SearchError):
            await entity_of(hass, KITCHEN).async_search_media(
                SearchMediaQuery(
                    search_query="stunde", media_content_id=f"media-source://music_locker/{locker.entry_id}"
                )
            )
        assert "source_list" not in shown(hass).attributes

    async def test_a_query_of_ten_thousand_characters_is_refused_in_both_browsers(
        self,
        hass: HomeAssistant,
        player: MusicLockerConfigEntry,
        hass_ws_client: WebSocketGenerator,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        client = await hass_ws_client(hass)
        for command in (
            {"type": "media_player/search_media", "entity_id": KITCHEN},
            {"type": "media_source/search_media", "media_content_id": "media-source://music_locker"},
        ):
            await client.send_json_auto_id({**command, "search_query": "harbour " * 1250})
            answer = await client.receive_json()
            assert answer["error"]["message"] == "The query is longer than 1000 characters"
        assert "Traceback" not in caplog.text

    async def test_an_id_of_ten_thousand_characters_is_not_repeated_in_full(
        self, hass: HomeAssistant, player: MusicLockerConfigEntry
    ) -> None:
        long = f"media-source://music_locker/{'a' * 10_000}"

        for refused in (
            act(hass, "play_media", media_content_id=long, media_content_type="music"),
            act(hass, "select_source", source=long),
            entity_of(hass, KITCHEN).async_browse_media("music", long),
            media_source.async_browse_media(hass, long),
            media_source.async_resolve_media(hass, long, None),
        ):
            with pytest.raises(HomeAssistantError) as caught:
                await refused
            placeholders = caught.value.translation_placeholders
            assert placeholders is not None
            assert [len(text) for text in placeholders.values()] == [101]

    async def test_an_index_that_cannot_be_searched_is_told(
        self, hass: HomeAssistant, player: MusicLockerConfigEntry
    ) -> None:
        await player.runtime_data.core.library.close()

        with pytest.raises(SearchError) as caught:
            await entity_of(hass, KITCHEN).async_search_media(SearchMediaQuery(search_query="harbour"))

        assert caught.value.translation_key == "search_failed"

    async def test_a_speaker_that_is_gone_is_told(
        self, hass: HomeAssistant, play: Play, player: MusicLockerConfigEntry, speaker: SimpleSpeaker
    ) -> None:
        player.runtime_data.player.add(player.runtime_data.core.library.catalog.tracks)
        speaker.go(available=False)
        await hass.async_block_till_done()

        with pytest.raises(HomeAssistantError) as caught:
            await entity_of(hass, KITCHEN).async_media_play()

        assert caught.value.translation_key == "player_failed"
        assert len(queue(player)) == 6
