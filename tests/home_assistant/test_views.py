"""What speakers and browsers fetch, through Home Assistant's own HTTP server."""

import asyncio

import pytest
from aiohttp import ClientResponse
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.music_locker.core.models import Track
from custom_components.music_locker.live import live_stream_of
from custom_components.music_locker.runtime import MusicLockerConfigEntry
from custom_components.music_locker.targets import target_output
from custom_components.music_locker.views import artwork_path
from mpd_bridge.locker_server import LockerServer

from .conftest import SetUp


def a_track(entry: MusicLockerConfigEntry) -> Track:
    return entry.runtime_data.core.library.catalog.tracks[0]


@pytest.fixture
def path(hass: HomeAssistant, locker: MusicLockerConfigEntry) -> str:
    """Return the path of a track."""
    streams = locker.runtime_data.core.streams
    return streams.path(target_output(hass, streams, None), a_track(locker))


class TestStream:
    async def test_get_sends_the_track_to_a_speaker_without_a_login(
        self, path: str, locker: MusicLockerConfigEntry, hass_client_no_auth: ClientSessionGenerator
    ) -> None:
        response = await (await hass_client_no_auth()).get(path)

        assert response.status == 200
        assert response.content_type == "audio/mpeg"
        assert response.headers["Accept-Ranges"] == "bytes"
        assert len(await response.read()) == a_track(locker).size

    async def test_head_tells_the_length_only(
        self, path: str, locker: MusicLockerConfigEntry, hass_client_no_auth: ClientSessionGenerator
    ) -> None:
        response = await (await hass_client_no_auth()).head(path)

        assert response.status == 200
        assert int(response.headers["Content-Length"]) == a_track(locker).size
        assert await response.read() == b""

    async def test_a_range_is_a_part(self, path: str, hass_client_no_auth: ClientSessionGenerator) -> None:
        client = await hass_client_no_auth()
        whole = await (await client.get(path)).read()

        response = await client.get(path, headers={"Range": "bytes=1000-1999"})

        assert response.status == 206
        assert response.headers["Content-Range"] == f"bytes 1000-1999/{len(whole)}"
        assert await response.read() == whole[1000:2000]

    async def test_a_range_behind_the_end_is_refused(
        self, path: str, hass_client_no_auth: ClientSessionGenerator
    ) -> None:
        response = await (await hass_client_no_auth()).get(path, headers={"Range": "bytes=99999999-"})

        assert response.status == 416

    async def test_a_bad_token_is_forbidden_and_never_a_failed_login(
        self, path: str, hass_client_no_auth: ClientSessionGenerator
    ) -> None:
        *start, _, name = path.split("/")

        response = await (await hass_client_no_auth()).get("/".join([*start, "nonsense", name]))

        assert response.status == 403

    async def test_a_locker_that_is_away_is_told(
        self, path: str, locker_server: LockerServer, hass_client_no_auth: ClientSessionGenerator
    ) -> None:
        await locker_server.close()

        response = await (await hass_client_no_auth()).get(path)

        assert response.status == 503

    async def test_without_entries_there_is_nothing_to_send(
        self,
        hass: HomeAssistant,
        path: str,
        locker: MusicLockerConfigEntry,
        hass_client_no_auth: ClientSessionGenerator,
    ) -> None:
        client = await hass_client_no_auth()
        assert await hass.config_entries.async_unload(locker.entry_id)

        assert (await client.get(path)).status == 503


class TestLive:
    @pytest.fixture
    async def radio(self, hass: HomeAssistant, set_up: SetUp) -> MusicLockerConfigEntry:
        assert await async_setup_component(hass, "http", {})
        return await set_up("Radio")

    async def test_it_sends_sound_without_end(
        self, radio: MusicLockerConfigEntry, hass_client_no_auth: ClientSessionGenerator
    ) -> None:
        response = await (await hass_client_no_auth()).get(live_stream_of(radio).path)

        assert response.status == 200
        assert response.content_type == "audio/mpeg"
        await self.hear(response)
        response.close()

    async def test_head_tells_the_type_only(
        self, radio: MusicLockerConfigEntry, hass_client_no_auth: ClientSessionGenerator
    ) -> None:
        response = await (await hass_client_no_auth()).head(live_stream_of(radio).path)

        assert response.status == 200
        assert response.content_type == "audio/mpeg"

    async def test_a_bad_token_is_forbidden(
        self, radio: MusicLockerConfigEntry, hass_client_no_auth: ClientSessionGenerator
    ) -> None:
        client = await hass_client_no_auth()

        assert (await client.get("/api/music_locker/live/nonsense/radio.mp3")).status == 403
        assert (await client.get("/api/music_locker/live/n%C3%B6/radio.mp3")).status == 403

    async def test_a_player_that_is_not_there_is_not_found(
        self, radio: MusicLockerConfigEntry, hass_client_no_auth: ClientSessionGenerator
    ) -> None:
        assert (await (await hass_client_no_auth()).get("/api/music_locker/live/live-Radio/none.mp3")).status == 404

    async def test_a_player_that_is_removed_lets_its_listeners_go(
        self, hass: HomeAssistant, radio: MusicLockerConfigEntry, hass_client_no_auth: ClientSessionGenerator
    ) -> None:
        response = await (await hass_client_no_auth()).get(live_stream_of(radio).path)
        await self.hear(response)

        assert await hass.config_entries.async_unload(radio.entry_id)

        async with asyncio.timeout(10):
            while await response.content.readany():
                pass

    @staticmethod
    async def hear(response: ClientResponse) -> None:
        async with asyncio.timeout(10):
            assert len(await response.content.readexactly(2000)) == 2000


class TestArtwork:
    def path(self, hass: HomeAssistant, entry: MusicLockerConfigEntry, artwork: str | None = None) -> str:
        """Return the address of a picture, by default of one that is there."""
        albums = entry.runtime_data.core.library.catalog.albums(entry.entry_id)
        found = artwork or next(album.artwork for album in albums if album.artwork)
        path = artwork_path(hass, (entry.entry_id, found))
        assert path is not None
        return path

    async def test_a_cover_is_shown_to_who_was_told_its_address(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, hass_client_no_auth: ClientSessionGenerator
    ) -> None:
        response = await (await hass_client_no_auth()).get(self.path(hass, locker))

        assert response.status == 200
        assert response.content_type in {"image/jpeg", "image/png"}
        assert "sandbox" in response.headers["Content-Security-Policy"]

    async def test_nobody_else_sees_it_and_nobody_is_banned_for_trying(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, hass_client_no_auth: ClientSessionGenerator
    ) -> None:
        client, path = await hass_client_no_auth(), self.path(hass, locker)
        token = path.split("/")[4]

        for wrong in ("nonsense", "n%C3%B6", token[:-1], self.path(hass, locker, "another").split("/")[4]):
            assert (await client.get(path.replace(token, wrong))).status == 403

    async def test_what_is_not_there_is_not_found(
        self, hass: HomeAssistant, locker: MusicLockerConfigEntry, hass_client_no_auth: ClientSessionGenerator
    ) -> None:
        client = await hass_client_no_auth()
        removed = artwork_path(hass, ("removed", "none"))

        assert (await client.get(self.path(hass, locker, "album-none"))).status == 404
        assert (await client.get(f"{removed}")).status == 404
        assert (await client.get("/api/music_locker/artwork/x/~ZZ/none")).status == 404

    async def test_a_service_that_fails_is_told(
        self,
        hass: HomeAssistant,
        locker: MusicLockerConfigEntry,
        locker_server: LockerServer,
        hass_client_no_auth: ClientSessionGenerator,
    ) -> None:
        await locker_server.close()
        missing = self.path(hass, locker, f"album-{'0' * 32}")

        assert (await (await hass_client_no_auth()).get(missing)).status == 503
