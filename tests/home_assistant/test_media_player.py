"""The players: what is played, in which order, and what their states say."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from homeassistant.components import media_source
from homeassistant.components.media_player import DATA_COMPONENT as MEDIA_PLAYERS
from homeassistant.components.media_player import (
    BrowseError,
    MediaClass,
    MediaPlayerEntityFeature,
    MediaPlayerState,
    SearchError,
    SearchMediaQuery,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.music_locker.core.models import MediaKind
from custom_components.music_locker.runtime import MusicLockerConfigEntry
from mpd_bridge.locker_server import LockerServer

from .conftest import PLAYLIST, SetUp
from .speakers import SimpleSpeaker

KITCHEN = "media_player.kitchen"
HARBOUR_SONGS = ["Wooden Orchard", "Quiet Window", "Mother's Kitchen"]
GRUENE_STUNDE = ["Blaue Tür", "Späte Tür", "Übermut"]

type Play = Callable[..., Awaitable[None]]


def media_id(locker: MusicLockerConfigEntry, kind: MediaKind, title: str) -> str:
    """Return the id of something by its title."""
    catalog, locker_id = locker.runtime_data.core.library.catalog, locker.entry_id
    named = {
        MediaKind.ARTIST: {artist.name: artist.id for artist in catalog.artists(locker_id)},
        MediaKind.ALBUM: {album.title: album.id for album in catalog.albums(locker_id)},
        MediaKind.TRACK: {track.title: track.id for track in catalog.tracks},
        MediaKind.PLAYLIST: {playlist.title: playlist.id for playlist in catalog.playlists(locker_id)},
    }
    return f"media-source://music_locker/{locker_id}/{kind}/{named[kind][title]}"


def queue(entry: MusicLockerConfigEntry) -> list[str]:
    """Return the titles in a player's queue."""
    return [item.track.title if item.track else str(item.url) for item in entry.runtime_data.player.queue]


def entity_of(hass: HomeAssistant, entity_id: str) -> Any:
    entity = hass.data[MEDIA_PLAYERS].get_entity(entity_id)
    assert entity is not None
    return entity


async def act(hass: HomeAssistant, action: str, entity_id: str = KITCHEN, **data: Any) -> None:
    await hass.services.async_call("media_player", action, {"entity_id": entity_id, **data}, blocking=True)
    await hass.async_block_till_done()


def shown(hass: HomeAssistant, entity_id: str = KITCHEN) -> State:
    state = hass.states.get(entity_id)
    assert state is not None
    return state


async def until(condition: Callable[[], bool], hass: HomeAssistant) -> None:
    """Wait until something that the player does behind has happened."""
    async with asyncio.timeout(10):
        while not condition():
            await hass.async_block_till_done()
            await asyncio.sleep(0.01)


@pytest.fixture
def play(hass: HomeAssistant, locker: MusicLockerConfigEntry, player: MusicLockerConfigEntry) -> Play:
    """Return what plays something of the locker on the kitchen player, by its title."""

    async def play(kind: MediaKind, title: str, **data: Any) -> None:
        await act(
            hass,
            "play_media",
            media_content_id=media_id(locker, kind, title),
            media_content_type=kind.value,
            **data,
        )

    return play


class TestEnqueue:
    @pytest.mark.parametrize(
        ("kind", "title", "expected"),
        [
            (MediaKind.TRACK, "Übermut", ["Übermut"]),
            (MediaKind.ALBUM, "Grüne Stunde", GRUENE_STUNDE),
            (MediaKind.ARTIST, "Jörg Käfer Trio", GRUENE_STUNDE),
            (MediaKind.PLAYLIST, PLAYLIST, ["Späte Tür", "Wooden Orchard"]),
        ],
    )
    async def test_all_four_ways_take_tracks_albums_artists_and_playlists(
        self,
        hass: HomeAssistant,
        play: Play,
        player: MusicLockerConfigEntry,
        kind: MediaKind,
        title: str,
        expected: list[str],
    ) -> None:
        await play(MediaKind.ALBUM, "Harbour Songs")
        assert queue(player) == HARBOUR_SONGS

        await play(kind, title, enqueue="add")
        assert queue(player) == HARBOUR_SONGS + expected
        assert shown(hass).attributes["media_title"] == "Wooden Orchard"

        await play(kind, title, enqueue="next")
        assert queue(player) == [HARBOUR_SONGS[0], *expected, *HARBOUR_SONGS[1:], *expected]
        assert shown(hass).attributes["media_title"] == "Wooden Orchard"

        await play(kind, title, enqueue="play")
        assert queue(player) == [HARBOUR_SONGS[0], *expected, *expected, *HARBOUR_SONGS[1:], *expected]
        assert shown(hass).attributes["media_title"] == expected[0]

        await play(kind, title, enqueue="replace")
        assert queue(player) == expected
        assert shown(hass).attributes["media_title"] == expected[0]

    async def test_play_without_more_takes_the_queues_place(
        self, hass: HomeAssistant, play: Play, player: MusicLockerConfigEntry
    ) -> None:
        await play(MediaKind.ALBUM, "Harbour Songs")

        await play(MediaKind.TRACK, "Übermut")

        assert queue(player) == ["Übermut"]
        assert shown(hass).state == MediaPlayerState.PLAYING

    async def test_next_on_an_empty_queue_waits_there(
        self, hass: HomeAssistant, play: Play, player: MusicLockerConfigEntry, speaker: SimpleSpeaker
    ) -> None:
        await play(MediaKind.ALBUM, "Harbour Songs", enqueue="next")

        assert queue(player) == HARBOUR_SONGS
        assert not speaker.played
        assert shown(hass).state == MediaPlayerState.IDLE

    async def test_a_list_plays_as_a_whole(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, player: MusicLockerConfigEntry
    ) -> None:
        where = f"media-source://music_locker/{locker.entry_id}/random_albums"

        await act(hass, "play_media", media_content_id=where, media_content_type="music")

        assert sorted(queue(player)) == sorted(HARBOUR_SONGS + GRUENE_STUNDE)

    async def test_a_genre_plays_as_a_whole(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, player: MusicLockerConfigEntry
    ) -> None:
        catalog = locker.runtime_data.core.library.catalog
        genre = catalog.genres(locker.entry_id)[0]
        genres = await entity_of(hass, KITCHEN).async_browse_media(
            "music", f"media-source://music_locker/{locker.entry_id}/genres"
        )
        assert genres.children[0].title == genre

        await act(hass, "play_media", media_content_id=genres.children[0].media_content_id, media_content_type="genre")

        assert queue(player) == [track.title for track in catalog.genre_tracks(locker.entry_id, genre)]

    async def test_an_own_stream_becomes_its_track_again(
        self, hass: HomeAssistant, play: Play, player: MusicLockerConfigEntry, speaker: SimpleSpeaker
    ) -> None:
        await play(MediaKind.TRACK, "Übermut")

        await act(hass, "play_media", media_content_id=speaker.played[0], media_content_type="music", enqueue="replace")

        assert queue(player) == ["Übermut"]

    async def test_a_speaker_plays_addresses_of_the_web(
        self, hass: HomeAssistant, player: MusicLockerConfigEntry, speaker: SimpleSpeaker
    ) -> None:
        await act(hass, "play_media", media_content_id="http://radio.example/one", media_content_type="music")

        assert speaker.played == ["http://radio.example/one"]
        assert shown(hass).state == MediaPlayerState.PLAYING

    async def test_a_live_stream_does_not(self, hass: HomeAssistant, locker: MusicLockerConfigEntry) -> None:
        with pytest.raises(HomeAssistantError) as caught:
            await act(
                hass,
                "play_media",
                "media_player.mp3tunes",
                media_content_id="http://radio.example/one",
                media_content_type="music",
            )

        assert caught.value.translation_key == "only_speakers_play_addresses"

    async def test_what_is_no_music_is_refused_and_nothing_changes(
        self, hass: HomeAssistant, play: Play, player: MusicLockerConfigEntry, locker: MusicLockerConfigEntry
    ) -> None:
        await play(MediaKind.ALBUM, "Harbour Songs")

        for wrong, key in (
            ("nonsense", "unknown_media"),
            ("http://[", "unknown_media"),
            ("media-source://music_locker/~ZZ", "unknown_media"),
            ("media-source://music_locker", "nothing_to_play"),
            ("media-source://music_locker/live/kitchen", "nothing_to_play"),
            (f"media-source://music_locker/{locker.entry_id}/album/none", "nothing_to_play"),
            (f"media-source://music_locker/{locker.entry_id}/artists", "nothing_to_play"),
        ):
            with pytest.raises(ServiceValidationError) as caught:
                await act(hass, "play_media", media_content_id=wrong, media_content_type="music")
            assert caught.value.translation_key == key, wrong
        assert queue(player) == HARBOUR_SONGS


class TestTransport:
    async def test_play_with_an_empty_queue_stays_silent(
        self, hass: HomeAssistant, player: MusicLockerConfigEntry, speaker: SimpleSpeaker
    ) -> None:
        await act(hass, "media_play")

        assert shown(hass).state == MediaPlayerState.IDLE
        assert not speaker.played

    async def test_pause_and_play(self, hass: HomeAssistant, play: Play, speaker: SimpleSpeaker) -> None:
        await play(MediaKind.ALBUM, "Harbour Songs")

        await act(hass, "media_pause")
        assert shown(hass).state == MediaPlayerState.PAUSED
        assert shown(hass, speaker.entity_id).state == MediaPlayerState.PAUSED

        await act(hass, "media_play")
        assert shown(hass).state == MediaPlayerState.PLAYING
        assert shown(hass, speaker.entity_id).state == MediaPlayerState.PLAYING

    async def test_stop_keeps_the_queue_and_play_begins_again(
        self, hass: HomeAssistant, play: Play, player: MusicLockerConfigEntry, speaker: SimpleSpeaker
    ) -> None:
        await play(MediaKind.ALBUM, "Harbour Songs")

        await act(hass, "media_stop")
        assert shown(hass).state == MediaPlayerState.IDLE
        assert speaker.stops == 1
        assert queue(player) == HARBOUR_SONGS

        await act(hass, "media_play")
        assert shown(hass).state == MediaPlayerState.PLAYING
        assert len(speaker.played) == 2

    async def test_next_and_previous(self, hass: HomeAssistant, play: Play) -> None:
        await play(MediaKind.ALBUM, "Harbour Songs")

        await act(hass, "media_next_track")
        assert shown(hass).attributes["media_title"] == "Quiet Window"

        await act(hass, "media_previous_track")
        assert shown(hass).attributes["media_title"] == "Wooden Orchard"

    async def test_the_next_track_follows_when_one_ends(
        self, hass: HomeAssistant, play: Play, speaker: SimpleSpeaker
    ) -> None:
        await play(MediaKind.ALBUM, "Harbour Songs")
        speaker.at(8)

        speaker.finish()
        await until(lambda: len(speaker.played) == 2, hass)

        assert shown(hass).attributes["media_title"] == "Quiet Window"

    async def test_seek_goes_to_a_position(self, hass: HomeAssistant, play: Play, speaker: SimpleSpeaker) -> None:
        await play(MediaKind.ALBUM, "Harbour Songs")

        await act(hass, "media_seek", seek_position=5)

        assert speaker.media_position == 5
        assert shown(hass).attributes["media_position"] == 5

    async def test_volume_and_mute(self, hass: HomeAssistant, play: Play, speaker: SimpleSpeaker) -> None:
        await play(MediaKind.ALBUM, "Harbour Songs")

        await act(hass, "volume_set", volume_level=0.25)
        assert speaker.volume_level == 0.25
        assert shown(hass).attributes["volume_level"] == 0.25

        await act(hass, "volume_mute", is_volume_muted=True)
        assert speaker.volume_level == 0
        assert shown(hass).attributes["is_volume_muted"] is True

        await act(hass, "volume_mute", is_volume_muted=False)
        assert speaker.volume_level == 0.25

        await act(hass, "volume_up")
        assert speaker.volume_level == 0.35
        await act(hass, "volume_down")
        assert speaker.volume_level == 0.25

    async def test_shuffle_and_repeat(self, hass: HomeAssistant, play: Play, player: MusicLockerConfigEntry) -> None:
        await act(hass, "shuffle_set", shuffle=True)
        assert shown(hass).attributes["shuffle"] is True
        assert player.runtime_data.player.random

        for repeat in ("all", "one", "off"):
            await act(hass, "repeat_set", repeat=repeat)
            assert shown(hass).attributes["repeat"] == repeat

    async def test_clearing_ends_the_music(
        self, hass: HomeAssistant, play: Play, player: MusicLockerConfigEntry
    ) -> None:
        await play(MediaKind.ALBUM, "Harbour Songs")

        await act(hass, "clear_playlist")
        await until(lambda: shown(hass).state == MediaPlayerState.IDLE, hass)

        assert queue(player) == []
        assert "media_title" not in shown(hass).attributes

    async def test_a_speaker_that_refuses_is_told_without_its_address(
        self, hass: HomeAssistant, play: Play, speaker: SimpleSpeaker
    ) -> None:
        speaker.fault = ValueError("cannot open http://home.example:8123/api/music_locker/stream/secret/1.mp3")

        with pytest.raises(HomeAssistantError) as caught:
            await play(MediaKind.TRACK, "Quiet Window")

        assert caught.value.translation_key == "player_failed"
        assert "/api/" not in str(caught.value.translation_placeholders)
        await until(lambda: shown(hass).state == MediaPlayerState.IDLE, hass)


class TestState:
    async def test_it_tells_what_plays_and_where_it_is(
        self, hass: HomeAssistant, play: Play, locker: MusicLockerConfigEntry
    ) -> None:
        await play(MediaKind.TRACK, "Quiet Window")

        attributes = shown(hass).attributes
        assert shown(hass).state == MediaPlayerState.PLAYING
        assert attributes["media_content_id"] == media_id(locker, MediaKind.TRACK, "Quiet Window")
        assert attributes["media_title"] == "Quiet Window"
        assert attributes["media_artist"] == "The Paper Lanterns"
        assert attributes["media_album_name"] == "Harbour Songs"
        assert attributes["media_track"] == 2
        assert attributes["media_duration"] == 8
        assert attributes["media_position"] == 0
        assert attributes["media_position_updated_at"] is not None
        assert (attributes["queue_length"], attributes["queue_position"]) == (1, 0)

    async def test_it_tells_where_the_queue_is(self, hass: HomeAssistant, play: Play) -> None:
        assert (shown(hass).attributes["queue_length"], shown(hass).attributes["queue_position"]) == (0, None)

        await play(MediaKind.ALBUM, "Harbour Songs")
        await act(hass, "media_next_track")

        assert (shown(hass).attributes["queue_length"], shown(hass).attributes["queue_position"]) == (3, 1)

    async def test_its_picture_is_the_cover(
        self, hass: HomeAssistant, play: Play, hass_client_no_auth: ClientSessionGenerator
    ) -> None:
        await play(MediaKind.TRACK, "Quiet Window")

        picture = shown(hass).attributes["entity_picture"]
        response = await (await hass_client_no_auth()).get(picture)

        assert picture.startswith(f"/api/media_player_proxy/{KITCHEN}?")
        assert response.status == 200
        assert response.content_type in {"image/jpeg", "image/png"}

    async def test_it_is_there_when_its_speaker_is(
        self, hass: HomeAssistant, player: MusicLockerConfigEntry, speaker: SimpleSpeaker
    ) -> None:
        speaker.go(available=False)
        await hass.async_block_till_done()
        assert shown(hass).state == "unavailable"

        speaker.go(available=True)
        await hass.async_block_till_done()
        assert shown(hass).state == MediaPlayerState.IDLE

    async def test_it_can_what_its_speaker_can(self, hass: HomeAssistant, locker: object, set_up: SetUp) -> None:
        plain = SimpleSpeaker("Plain", MediaPlayerEntityFeature.PLAY_MEDIA)
        await plain.add_to(hass)
        await set_up("Kitchen", target=plain.entity_id)

        features = MediaPlayerEntityFeature(shown(hass).attributes["supported_features"])

        assert MediaPlayerEntityFeature.PLAY_MEDIA in features
        assert not features & (
            MediaPlayerEntityFeature.PAUSE | MediaPlayerEntityFeature.SEEK | MediaPlayerEntityFeature.VOLUME_SET
        )

    async def test_a_lockers_own_player_plays_to_its_live_stream(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry
    ) -> None:
        mine = "media_player.mp3tunes"
        await act(
            hass,
            "play_media",
            mine,
            media_content_id=media_id(locker, MediaKind.ALBUM, "Harbour Songs"),
            media_content_type="album",
        )

        await until(lambda: shown(hass, mine).state == MediaPlayerState.PLAYING, hass)
        assert shown(hass, mine).attributes["media_title"] == "Wooden Orchard"
        await act(hass, "media_stop", mine)


class TestSources:
    """The playlists of the lockers are what a player can be switched to."""

    async def test_a_playlist_is_played_and_shown_until_something_else_is(
        self, hass: HomeAssistant, play: Play, player: MusicLockerConfigEntry
    ) -> None:
        assert shown(hass).attributes["source_list"] == [PLAYLIST]
        assert "source" not in shown(hass).attributes

        await play(MediaKind.ALBUM, "Harbour Songs")
        await act(hass, "select_source", source=PLAYLIST)
        assert queue(player) == ["Späte Tür", "Wooden Orchard"]
        assert shown(hass).state == MediaPlayerState.PLAYING
        assert shown(hass).attributes["source"] == PLAYLIST

        await act(hass, "media_next_track")
        assert shown(hass).attributes["source"] == PLAYLIST

        await play(MediaKind.TRACK, "Übermut", enqueue="add")
        assert "source" not in shown(hass).attributes

    async def test_one_that_is_not_there_is_refused(
        self, hass: HomeAssistant, play: Play, player: MusicLockerConfigEntry
    ) -> None:
        await play(MediaKind.ALBUM, "Harbour Songs")

        with pytest.raises(ServiceValidationError) as caught:
            await act(hass, "select_source", source="Supper")

        assert caught.value.translation_key == "unknown_source"
        assert queue(player) == HARBOUR_SONGS

    async def test_a_new_playlist_is_there_after_the_next_sync(
        self,
        hass: HomeAssistant,
        locker: MusicLockerConfigEntry,
        player: MusicLockerConfigEntry,
        locker_server: LockerServer,
    ) -> None:
        folder = locker_server.locker.folder
        same_title, empty = folder / "same title.m3u8", folder / "empty.m3u8"
        lines = [line for line in (folder / f"{PLAYLIST}.m3u8").read_text().splitlines() if not line.startswith("#")]
        same_title.write_text(f"#EXTM3U\n#PLAYLIST:{PLAYLIST}\n{lines[0]}\n")
        empty.write_text("#EXTM3U\n")
        try:
            await locker_server.scan()
            await locker.runtime_data.core.sync(locker.entry_id)
            await hass.async_block_till_done()
        finally:
            same_title.unlink()
            empty.unlink()

        assert shown(hass).attributes["source_list"] == [PLAYLIST, f"{PLAYLIST} (MP3tunes)"]

    async def test_without_a_playlist_there_is_nothing_to_select(self, hass: HomeAssistant, set_up: SetUp) -> None:
        await set_up("Radio")

        features = MediaPlayerEntityFeature(shown(hass, "media_player.radio").attributes["supported_features"])

        assert MediaPlayerEntityFeature.SELECT_SOURCE not in features


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
