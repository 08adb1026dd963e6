"""What players are told to play, and in which order they do."""

import pytest
from homeassistant.components.media_player import (
    MediaPlayerEntityFeature,
    MediaPlayerState,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from custom_components.music_locker.core.models import MediaKind
from custom_components.music_locker.runtime import MusicLockerConfigEntry
from mpd_bridge.locker_server import LockerServer

from .conftest import PLAYLIST, SetUp
from .players import GRUENE_STUNDE, HARBOUR_SONGS, KITCHEN, Play, act, entity_of, queue, shown
from .speakers import SimpleSpeaker


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
