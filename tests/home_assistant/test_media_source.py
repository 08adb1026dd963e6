"""The lockers in the media browser, and what it gives to speakers of other integrations."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from homeassistant.components import media_source
from homeassistant.components.media_player import BrowseError, MediaClass, SearchMediaQuery
from homeassistant.components.media_source import BrowseMediaSource, Unresolvable
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.music_locker import shelves
from custom_components.music_locker.runtime import MusicLockerConfigEntry

from .conftest import PLAYLIST, SetUp
from .speakers import SimpleSpeaker

ROOT = "media-source://music_locker"


async def browse(hass: HomeAssistant, *titles: str) -> BrowseMediaSource:
    """Open one node after the other, by their titles."""
    node = await media_source.async_browse_media(hass, ROOT)
    for title in titles:
        assert node.children is not None
        (child,) = [child for child in node.children if child.title == title]
        node = await media_source.async_browse_media(hass, child.media_content_id)
    assert isinstance(node, BrowseMediaSource)
    return node


def titles(node: BrowseMediaSource) -> list[str]:
    return [child.title for child in node.children or ()]


async def search(hass: HomeAssistant, where: str, text: str, classes: Sequence[MediaClass] = ()) -> list[str]:
    query = SearchMediaQuery(search_query=text, media_filter_classes=list(classes))
    found = await media_source.async_search_media(hass, where, query)
    return [node.title for node in found.result]


class TestBrowse:
    async def test_the_root_shows_the_lockers_and_the_live_streams(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry
    ) -> None:
        assert titles(await browse(hass)) == ["MP3tunes", "Live streams"]

    async def test_a_locker_shows_the_lists_that_it_has_something_for(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry
    ) -> None:
        shown = titles(await browse(hass, "MP3tunes"))

        assert shown[:3] == ["Artists", "Albums", "Tracks"]
        assert {"Playlists", "Random albums"} <= set(shown)

    async def test_an_artist_leads_to_albums_and_those_to_tracks(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry
    ) -> None:
        assert titles(await browse(hass, "MP3tunes", "Artists")) == ["Jörg Käfer Trio", "The Paper Lanterns"]
        assert titles(await browse(hass, "MP3tunes", "Artists", "The Paper Lanterns")) == ["Harbour Songs"]
        album = await browse(hass, "MP3tunes", "Artists", "The Paper Lanterns", "Harbour Songs")
        assert titles(album) == ["Wooden Orchard", "Quiet Window", "Mother's Kitchen"]

    async def test_tracks_have_the_type_that_speakers_filter_by(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry
    ) -> None:
        album = await browse(hass, "MP3tunes", "Albums", "Harbour Songs")

        assert {child.media_content_type for child in album.children or ()} == {"audio/mpeg"}
        assert all(child.can_play and not child.can_expand for child in album.children or ())

    async def test_what_does_not_resolve_to_one_address_cannot_be_played(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry
    ) -> None:
        albums = await browse(hass, "MP3tunes", "Albums")

        assert not any(child.can_play for child in albums.children or ())

    async def test_a_playlist_keeps_its_order(self, hass: HomeAssistant, locker: MusicLockerConfigEntry) -> None:
        playlist = await browse(hass, "MP3tunes", "Playlists", PLAYLIST)

        assert titles(playlist) == [
            "Jörg Käfer Trio \N{EN DASH} Späte Tür",
            "The Paper Lanterns \N{EN DASH} Wooden Orchard",
        ]

    async def test_a_list_tells_what_it_holds_so_that_pages_show_its_icon(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry
    ) -> None:
        shelves = {child.title: child for child in (await browse(hass, "MP3tunes")).children or ()}

        assert shelves["Artists"].children_media_class == "artist"
        assert shelves["Random albums"].children_media_class == "album"
        assert (await browse(hass, "MP3tunes", "Tracks")).as_dict()["children_media_class"] == "track"

    async def test_thumbnails_are_pictures_of_this_home_assistant(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, hass_client: ClientSessionGenerator
    ) -> None:
        albums = await browse(hass, "MP3tunes", "Albums")
        assert albums.children is not None
        thumbnail = albums.children[0].thumbnail
        assert thumbnail is not None

        response = await (await hass_client()).get(thumbnail)

        assert response.status == 200
        assert response.content_type.startswith("image/")

    async def test_what_is_not_there_is_told(self, hass: HomeAssistant, locker: MusicLockerConfigEntry) -> None:
        here = locker.entry_id
        for place in (
            "nowhere",
            "nowhere/artists",
            f"{here}/nonsense",
            f"{here}/album/none",
            f"{here}/artists/Q",
            f"{here}/artist",
            "~ZZ",
            "live/none",
            "live/one/two",
        ):
            with pytest.raises(BrowseError) as caught:
                await media_source.async_browse_media(hass, f"{ROOT}/{place}")
            assert caught.value.translation_key == "unknown_media", place

    async def test_the_tree_is_empty_without_entries(self, hass: HomeAssistant) -> None:
        assert await async_setup_component(hass, "media_source", {})
        assert await async_setup_component(hass, "music_locker", {})

        assert titles(await browse(hass)) == []


class TestLongLists:
    @pytest.fixture(autouse=True)
    def _short_pages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shelves, "PAGE", 2)

    async def test_a_long_list_is_divided_by_letter(self, hass: HomeAssistant, locker: MusicLockerConfigEntry) -> None:
        assert titles(await browse(hass, "MP3tunes", "Tracks")) == ["B", "M", "Q", "S", "U", "W"]
        assert titles(await browse(hass, "MP3tunes", "Tracks", "U")) == ["Jörg Käfer Trio \N{EN DASH} Übermut"]
        assert titles(await browse(hass, "MP3tunes", "Artists")) == ["Jörg Käfer Trio", "The Paper Lanterns"]

    async def test_what_is_long_inside_is_divided_into_pages(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry
    ) -> None:
        album = await browse(hass, "MP3tunes", "Albums", "Harbour Songs")
        assert titles(album) == ["1 \N{EN DASH} 2", "3 \N{EN DASH} 3"]
        second = await browse(hass, "MP3tunes", "Albums", "Harbour Songs", "3 \N{EN DASH} 3")
        assert titles(second) == ["Mother's Kitchen"]
        with pytest.raises(BrowseError):
            await media_source.async_browse_media(hass, f"{album.media_content_id}/3")


class TestSearch:
    async def test_finds_artists_albums_and_tracks_of_every_locker(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry
    ) -> None:
        assert (await search(hass, ROOT, "harbour"))[0] == "Harbour Songs"
        assert await search(hass, ROOT, "paper lanterns", [MediaClass.ARTIST]) == ["The Paper Lanterns"]
        assert await search(hass, ROOT, "spate tur", [MediaClass.TRACK]) == ["Jörg Käfer Trio \N{EN DASH} Späte Tür"]

    async def test_music_means_anything(self, hass: HomeAssistant, locker: MusicLockerConfigEntry) -> None:
        assert "Harbour Songs" in await search(hass, ROOT, "harbour", [MediaClass.MUSIC])

    async def test_looks_into_one_locker(self, hass: HomeAssistant, locker: MusicLockerConfigEntry) -> None:
        assert (await search(hass, f"{ROOT}/{locker.entry_id}", "harbour"))[0] == "Harbour Songs"
        assert await search(hass, f"{ROOT}/{locker.entry_id}/artists", "harbour", [MediaClass.ALBUM]) == [
            "Harbour Songs"
        ]

    async def test_looks_into_an_artist_or_album(self, hass: HomeAssistant, locker: MusicLockerConfigEntry) -> None:
        album = await browse(hass, "MP3tunes", "Albums", "Harbour Songs")

        assert await search(hass, album.media_content_id, "window") == ["The Paper Lanterns \N{EN DASH} Quiet Window"]
        assert await search(hass, album.media_content_id, "tur") == []

    async def test_finds_nothing_for_nothing(self, hass: HomeAssistant, locker: MusicLockerConfigEntry) -> None:
        assert await search(hass, ROOT, "  ") == []
        assert await search(hass, f"{ROOT}/live", "kitchen") == []

    async def test_a_place_that_is_not_there_is_told(self, hass: HomeAssistant, locker: MusicLockerConfigEntry) -> None:
        with pytest.raises(BrowseError):
            await search(hass, f"{ROOT}/~ZZ", "harbour")


class TestResolve:
    async def test_a_track_is_the_very_file(
        self,
        hass: HomeAssistant,
        locker: MusicLockerConfigEntry,
        music: Path,
        hass_client_no_auth: ClientSessionGenerator,
    ) -> None:
        album = await browse(hass, "MP3tunes", "Albums", "Harbour Songs")
        assert album.children is not None

        resolved = await media_source.async_resolve_media(hass, album.children[1].media_content_id, None)

        assert resolved.mime_type == "audio/mpeg"
        content = await (await (await hass_client_no_auth()).get(resolved.url)).read()
        file = music / "MP3tunes" / "The Paper Lanterns" / "Harbour Songs" / "02 Quiet Window.mp3"
        assert hashlib.sha256(content).digest() == hashlib.sha256(file.read_bytes()).digest()

    async def test_each_speaker_gets_an_address_of_its_own(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, speaker: SimpleSpeaker
    ) -> None:
        album = await browse(hass, "MP3tunes", "Albums", "Harbour Songs")
        assert album.children is not None
        track = album.children[0].media_content_id

        of_speaker = await media_source.async_resolve_media(hass, track, speaker.entity_id)
        again = await media_source.async_resolve_media(hass, track, speaker.entity_id)
        of_nobody = await media_source.async_resolve_media(hass, track, None)

        assert of_speaker.url == again.url
        assert of_speaker.url != of_nobody.url

    async def test_addresses_stay_good_over_a_restart(
        self,
        hass: HomeAssistant,
        locker: MusicLockerConfigEntry,
        speaker: SimpleSpeaker,
        hass_client_no_auth: ClientSessionGenerator,
    ) -> None:
        album = await browse(hass, "MP3tunes", "Albums", "Harbour Songs")
        assert album.children is not None
        resolved = await media_source.async_resolve_media(hass, album.children[0].media_content_id, speaker.entity_id)

        assert await hass.config_entries.async_reload(locker.entry_id)
        response = await (await hass_client_no_auth()).get(resolved.url)

        assert response.status == 200

    async def test_a_players_live_stream_resolves(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, set_up: SetUp
    ) -> None:
        await set_up("Radio")

        resolved = await media_source.async_resolve_media(hass, f"{ROOT}/live/radio", None)

        assert resolved.mime_type == "audio/mpeg"
        assert resolved.url == "/api/music_locker/live/live-Radio/radio.mp3"
        assert "Radio" in titles(await browse(hass, "Live streams"))

    async def test_what_cannot_be_played_is_told(self, hass: HomeAssistant, locker: MusicLockerConfigEntry) -> None:
        here = locker.entry_id
        for place, key in (
            (f"{here}/track/none", "unknown_media"),
            (f"{here}/nonsense", "unknown_media"),
            ("nowhere/track/none", "unknown_media"),
            ("live/none", "unknown_media"),
            ("~ZZ", "unknown_media"),
            (here, "only_tracks_resolve"),
            (f"{here}/albums", "only_tracks_resolve"),
            ("live", "only_tracks_resolve"),
        ):
            with pytest.raises(Unresolvable) as caught:
                await media_source.async_resolve_media(hass, f"{ROOT}/{place}", None)
            assert caught.value.translation_key == key, place


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("abba", "A"),
        ("Österreich", "O"),
        ("(What's", "W"),
        ("99 Luftballons", "0"),
        ("東京", "other"),
        ("...", "other"),
    ],
)
def test_signs_and_accents_do_not_count_in_letters(name: str, letter: str) -> None:
    assert shelves.letter_of(name) == letter
