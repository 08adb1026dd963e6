"""What automations ask of lockers and players."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, ServiceResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component

from custom_components.music_locker.const import DOMAIN
from custom_components.music_locker.runtime import MusicLockerConfigEntry
from mpd_bridge.locker_server import LockerServer
from mpd_bridge.locker_server.faults import Fault
from tests.mpd_bridge.locker_server import audio

from .texts import COMPONENT, TEXTS

KITCHEN, LOCKER = "media_player.kitchen", "media_player.mp3tunes"


async def call(hass: HomeAssistant, action: str, **data: Any) -> Any:
    return await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)


async def queue_of(hass: HomeAssistant, entity_id: str, **data: Any) -> dict[str, Any]:
    answer: ServiceResponse = await call(hass, "get_queue", **{ATTR_ENTITY_ID: entity_id, **data})
    assert answer is not None
    found = answer[entity_id]
    assert isinstance(found, dict)
    return found


class TestSearch:
    async def test_what_is_found_can_be_played(self, hass: HomeAssistant, player: MusicLockerConfigEntry) -> None:
        album = player.runtime_data.core.library.catalog.tracks[0].album
        assert album is not None
        found = (await call(hass, "search", query=album, kinds="album"))["results"]
        assert [(result["title"], result["media_class"]) for result in found] == [(album, "album")]
        await hass.services.async_call(
            "media_player",
            "play_media",
            {ATTR_ENTITY_ID: KITCHEN, **{key: found[0][key] for key in ("media_content_id", "media_content_type")}},
            blocking=True,
        )
        assert {item["album"] for item in (await queue_of(hass, KITCHEN))["items"]} == {album}

    async def test_every_kind_can_be_added_to_a_queue(
        self,
        hass: HomeAssistant,
        player: MusicLockerConfigEntry,
        locker: MusicLockerConfigEntry,
        subtests: pytest.Subtests,
    ) -> None:
        catalog = locker.runtime_data.core.library.catalog
        track = catalog.tracks[0]
        (playlist,) = catalog.playlists(locker.entry_id)
        for kind, query, tracks in (
            ("artist", track.artist, [each for each in catalog.tracks if each.artist == track.artist]),
            ("album", track.album, [each for each in catalog.tracks if each.album == track.album]),
            ("track", track.title, [track]),
            ("playlist", playlist.title, catalog.playlist_tracks(locker.entry_id, playlist.id)),
            ("genre", track.genre, [each for each in catalog.tracks if each.genre == track.genre]),
        ):
            with subtests.test(kind=kind):
                (found,) = (await call(hass, "search", query=query, kinds=kind, limit=1))["results"]
                assert found["media_class"] == kind
                media = {key: found[key] for key in ("media_content_id", "media_content_type")}
                for enqueue in ("replace", "add"):
                    data = {ATTR_ENTITY_ID: KITCHEN, "enqueue": enqueue, **media}
                    await hass.services.async_call("media_player", "play_media", data, blocking=True)
                queued = [item["title"] for item in (await queue_of(hass, KITCHEN))["items"]]
                assert sorted(queued) == sorted([each.title for each in tracks] * 2)

    async def test_a_track_tells_artist_and_album(self, hass: HomeAssistant, locker: MusicLockerConfigEntry) -> None:
        track = locker.runtime_data.core.library.catalog.tracks[0]
        found = await call(hass, "search", query=track.title, kinds=["track"], config_entry_id=locker.entry_id)
        first = found["results"][0]
        assert (first["title"], first["artist"], first["album"]) == (track.title, track.artist, track.album)

    async def test_there_are_no_more_results_than_asked_for(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry
    ) -> None:
        artist = locker.runtime_data.core.library.catalog.tracks[0].artist
        assert len((await call(hass, "search", query=artist))["results"]) > 1
        assert len((await call(hass, "search", query=artist, limit=1))["results"]) == 1

    async def test_nothing_is_found(self, hass: HomeAssistant, locker: MusicLockerConfigEntry) -> None:
        assert await call(hass, "search", query="no such thing") == {"results": []}

    async def test_a_wrong_question_is_refused(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, subtests: pytest.Subtests
    ) -> None:
        for wrong in ({"query": ""}, {"query": "a" * 10_000}, {"query": "a", "kinds": "movie"}, {}):
            with subtests.test(keys=sorted(wrong)):
                with pytest.raises(Exception, match=r"length|query|value") as caught:
                    await call(hass, "search", **wrong)
                assert type(caught.value).__name__ == "MultipleInvalid"

    async def test_only_a_loaded_locker_can_be_asked(
        self, hass: HomeAssistant, player: MusicLockerConfigEntry, locker: MusicLockerConfigEntry
    ) -> None:
        with pytest.raises(ServiceValidationError, match="Kitchen is not a locker"):
            await call(hass, "search", query="a", config_entry_id=player.entry_id)
        with pytest.raises(ServiceValidationError):
            await call(hass, "search", query="a", config_entry_id="removed")
        await hass.config_entries.async_unload(locker.entry_id)
        with pytest.raises(ServiceValidationError):
            await call(hass, "search", query="a", config_entry_id=locker.entry_id)

    async def test_without_an_entry_it_says_so(self, hass: HomeAssistant) -> None:
        assert await async_setup_component(hass, DOMAIN, {})
        for action, data in (("search", {"query": "a"}), ("sync", {})):
            with pytest.raises(ServiceValidationError, match="No locker is set up"):
                await call(hass, action, **data)


class TestGetQueue:
    async def test_it_tells_what_is_queued_and_where_it_is(
        self, hass: HomeAssistant, player: MusicLockerConfigEntry
    ) -> None:
        tracks = player.runtime_data.core.library.catalog.tracks
        await player.runtime_data.player.replace(tracks, start=2, play=True)
        queue = await queue_of(hass, KITCHEN)
        assert (queue["length"], queue["position"]) == (len(tracks), 2)
        assert [item["title"] for item in queue["items"]] == [track.title for track in tracks]
        assert [item["position"] for item in queue["items"] if item["current"]] == [2]

    async def test_a_part_of_it(self, hass: HomeAssistant, player: MusicLockerConfigEntry) -> None:
        tracks = player.runtime_data.core.library.catalog.tracks
        player.runtime_data.player.add(tracks)
        part = (await queue_of(hass, KITCHEN, offset=1, limit=2))["items"]
        assert [(item["position"], item["title"]) for item in part] == [(1, tracks[1].title), (2, tracks[2].title)]

    async def test_an_empty_queue(self, hass: HomeAssistant, player: MusicLockerConfigEntry) -> None:
        assert await queue_of(hass, KITCHEN) == {"length": 0, "position": None, "elapsed": None, "items": []}

    async def test_addresses_stay_secret_and_ids_of_other_sources_do_not(
        self, hass: HomeAssistant, player: MusicLockerConfigEntry
    ) -> None:
        radio = "media-source://radio_browser/1"
        player.runtime_data.player.add(["http://radio.example/live?key=hush", radio])
        items = (await queue_of(hass, KITCHEN))["items"]
        assert [item["media_content_id"] for item in items] == [None, radio]

    async def test_what_it_tells_moves_to_another_player(
        self, hass: HomeAssistant, player: MusicLockerConfigEntry
    ) -> None:
        tracks = player.runtime_data.core.library.catalog.tracks
        player.runtime_data.player.add(tracks)
        for item in (await queue_of(hass, KITCHEN))["items"]:
            data = {"media_content_id": item["media_content_id"], "media_content_type": "music", "enqueue": "add"}
            await hass.services.async_call(
                "media_player", "play_media", {ATTR_ENTITY_ID: LOCKER, **data}, blocking=True
            )
        moved = [item["title"] for item in (await queue_of(hass, LOCKER))["items"]]
        assert moved == [track.title for track in tracks]


class TestSync:
    async def test_it_tells_what_has_changed(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, locker_server: LockerServer
    ) -> None:
        new: Path = locker_server.locker.folder / "new.mp3"
        audio.make(new, title="Brand new", artist="Ann")
        try:
            await locker_server.scan()
            told = (await call(hass, "sync"))["lockers"]["MP3tunes"]
        finally:
            new.unlink()
        assert (told["changed"], told["tracks"]) == (True, 7)
        assert told["added"] >= 1

    async def test_an_unchanged_locker(self, hass: HomeAssistant, locker: MusicLockerConfigEntry) -> None:
        told = await call(hass, "sync", config_entry_id=locker.entry_id)
        assert told["lockers"]["MP3tunes"]["changed"] is False

    async def test_a_failure_is_told_in_words(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, locker_server: LockerServer
    ) -> None:
        locker_server.faults.add(Fault(drop_after=0, count=None))
        with pytest.raises(HomeAssistantError, match="MP3tunes cannot be read"):
            await call(hass, "sync")


def test_every_action_and_field_has_texts_and_an_icon() -> None:
    described = yaml.safe_load((COMPONENT / "services.yaml").read_text())
    texts = TEXTS["services"]
    assert {name: set(action["fields"]) for name, action in described.items()} == {
        name: set(action["fields"]) for name, action in texts.items()
    }
    icons = yaml.safe_load((COMPONENT / "icons.json").read_text())["services"]
    assert set(icons) == set(texts)
