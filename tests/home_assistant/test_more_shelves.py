"""What only some services have: friends' libraries, calculated and recommended playlists, collections, purchases."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from homeassistant.components import media_source
from homeassistant.components.media_player import BrowseMedia
from homeassistant.components.media_source import Unresolvable
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from custom_components.music_locker.core.errors import Unavailable
from custom_components.music_locker.core.lockers.base import Adapter, Capability, ServiceInfo, StreamReader
from custom_components.music_locker.core.lockers.mp3tunes import Mp3tunes
from custom_components.music_locker.core.models import Account, Album, Artist, Playlist, PlaylistKind, Track
from custom_components.music_locker.core.playback.player import Player
from custom_components.music_locker.runtime import MusicLockerConfigEntry
from mpd_bridge.locker_server import LockerServer

from .test_actions import call
from .test_media_source import browse, titles

DYNAMIC, RECOMMENDED, FRIEND = PlaylistKind.DYNAMIC, PlaylistKind.RECOMMENDED, PlaylistKind.FRIEND
PLAYLISTS = {
    Playlist("mine", "Mine"): ["new", "gone"],
    Playlist("unheard", "Never heard", kind=DYNAMIC): ["old", "new"],
    Playlist("tips", "From Bob", kind=RECOMMENDED, owner="Bob"): ["bobs"],
    Playlist("zoe", "Library", kind=FRIEND, owner="Zoe"): ["zoes"],
    Playlist("bob", "Library", kind=FRIEND, owner="Bob"): ["bobs"],
    Playlist("demo", "Demo tapes", kind=PlaylistKind.COLLECTION): ["old", "gone"],
    Playlist("lost", "Lost tapes", kind=PlaylistKind.COLLECTION): ["gone"],
}
NEW, OLD = datetime(2026, 11, 1, 12, tzinfo=UTC), datetime(2024, 3, 31, 12, tzinfo=UTC)
TAGS: dict[str, Any] = {"artist": "Ann", "artist_id": "ann"}
TRACKS = [
    Track("new", "New", added=NEW, **TAGS),
    Track("old", "Old", added=OLD, **TAGS),
    Track("older", "Older", added=OLD, **TAGS),
    Track("gone", "Gone", album="Lost", album_id="lost", available=False, added=OLD, **TAGS),
    Track("bobs", "Bob's song", listed=False, **TAGS),
    Track("zoes", "Zoe's song", listed=False, **TAGS),
]


class Filled(Adapter):
    """Read what is above into the index of a locker."""

    info: ClassVar[ServiceInfo] = ServiceInfo("filled", "Filled")
    capabilities = Capability.PLAYLISTS

    async def login(self) -> Account:
        return Account("filled", "Filled")

    async def artists(self) -> AsyncIterator[Sequence[Artist]]:
        yield [Artist("ann", "Ann")]

    async def albums(self) -> AsyncIterator[Sequence[Album]]:
        yield [Album("lost", "Lost", "Ann", "ann")]

    async def tracks(self) -> AsyncIterator[Sequence[Track]]:
        yield TRACKS

    async def playlists(self) -> Sequence[Playlist]:
        return list(PLAYLISTS)

    async def playlist_tracks(self, playlist_id: str) -> Sequence[str]:
        return next(tracks for playlist, tracks in PLAYLISTS.items() if playlist.id == playlist_id)

    def stream(self, *_: Any, **__: Any) -> AbstractAsyncContextManager[StreamReader]:
        raise Unavailable


@pytest.fixture
async def filled(
    hass: HomeAssistant, locker: MusicLockerConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> MusicLockerConfigEntry:
    """Return a locker of a shop that has all of it."""
    monkeypatch.setattr(Mp3tunes, "info", replace(Mp3tunes.info, purchases=True))
    core = locker.runtime_data.core
    adapter = core.adapter(locker.entry_id)
    await core.library.sync(locker.entry_id, Filled({}, adapter._session), force=True)
    await hass.async_block_till_done()
    return locker


async def opened(hass: HomeAssistant, *path: str) -> BrowseMedia:
    """Open one node after the other as the locker's own player shows them."""
    entity = hass.data["media_player"].get_entity("media_player.mp3tunes")
    assert entity is not None
    node: BrowseMedia = await entity.async_browse_media()
    for title in path:
        (child,) = [child for child in node.children or () if child.title == title]
        node = await entity.async_browse_media(child.media_content_type, child.media_content_id)
    return node


async def play(hass: HomeAssistant, media_id: str) -> None:
    data = {"entity_id": "media_player.mp3tunes", "media_content_id": media_id, "media_content_type": "music"}
    await hass.services.async_call("media_player", "play_media", data, blocking=True)


def queued(player: Player) -> list[str]:
    return [item.track.id for item in player.queue if item.track is not None]


async def test_each_kind_has_a_shelf_and_playlists_keep_their_own(
    hass: HomeAssistant, filled: MusicLockerConfigEntry
) -> None:
    assert titles(await browse(hass, "MP3tunes")) == [
        "Artists",
        "Albums",
        "Tracks",
        "Playlists",
        "Dynamic playlists",
        "Recommended to you",
        "Friends' libraries",
        "Collections",
        "Purchases",
        "Recently added",
        "Random albums",
    ]
    shown = {
        "Playlists": ["Mine"],
        "Dynamic playlists": ["Never heard"],
        "Recommended to you": ["From Bob"],
        "Friends' libraries": ["Library (Bob)", "Library (Zoe)"],
        "Collections": ["Demo tapes", "Lost tapes"],
        "Purchases": ["2026-11", "2024-03"],
        "Tracks": ["Ann \N{EN DASH} Gone", "Ann \N{EN DASH} New", "Ann \N{EN DASH} Old", "Ann \N{EN DASH} Older"],
    }
    for shelf, expected in shown.items():
        assert titles(await browse(hass, "MP3tunes", shelf)) == expected, shelf
    assert titles(await browse(hass, "MP3tunes", "Friends' libraries", "Library (Zoe)")) == [
        "Ann \N{EN DASH} Zoe's song"
    ]
    assert titles(await browse(hass, "MP3tunes", "Purchases", "2024-03"))[-1] == "Ann \N{EN DASH} Older"


async def test_what_a_node_shows_is_what_it_plays(hass: HomeAssistant, filled: MusicLockerConfigEntry) -> None:
    player = filled.runtime_data.player
    expected = {
        ("Dynamic playlists",): ["old", "new"],
        ("Recommended to you", "From Bob"): ["bobs"],
        ("Friends' libraries",): ["bobs", "zoes"],
        ("Friends' libraries", "Library (Zoe)"): ["zoes"],
        ("Collections", "Demo tapes"): ["old"],
        ("Collections",): ["old"],
        ("Purchases", "2024-03"): ["old", "older"],
        ("Purchases",): ["new", "old", "older"],
        ("Playlists", "Mine"): ["new"],
    }
    for path, tracks in expected.items():
        node = await opened(hass, *path)
        assert node.can_play, path
        await play(hass, node.media_content_id)
        assert sorted(queued(player)) == sorted(tracks), path


async def test_what_is_not_given_cannot_be_played_and_says_why(
    hass: HomeAssistant, filled: MusicLockerConfigEntry, locker_server: LockerServer
) -> None:
    calls = locker_server.calls.copy()
    tracks = {child.title: child for child in (await opened(hass, "Tracks")).children or ()}
    gone = tracks["Ann \N{EN DASH} Gone"]
    assert [tracks[title].can_play for title in tracks] == [False, True, True, True]
    assert not gone.can_expand
    assert not next(child for child in (await opened(hass, "Albums")).children or ()).can_play
    assert [child.can_play for child in (await opened(hass, "Collections")).children or ()] == [True, False]
    in_source = {child.title: child.can_play for child in (await browse(hass, "MP3tunes", "Tracks")).children or ()}
    assert in_source["Ann \N{EN DASH} Gone"] is False
    (found,) = (await call(hass, "search", query="gone", kinds="track"))["results"]
    assert found["media_content_id"] == gone.media_content_id
    lost = await opened(hass, "Collections", "Lost tapes")
    for media_id in (gone.media_content_id, lost.media_content_id):
        with pytest.raises(ServiceValidationError, match="The locker does not give Gone any more"):
            await play(hass, media_id)
    with pytest.raises(Unresolvable, match="The locker does not give Gone any more"):
        await media_source.async_resolve_media(hass, gone.media_content_id, None)
    core = filled.runtime_data.core
    track = core.library.catalog.track_by_uri("MP3tunes/Ann/Lost/Gone.mp3")
    assert track is not None
    with pytest.raises(ServiceValidationError, match="The locker does not give Gone any more"):
        await play(
            hass, "http://localhost" + core.streams.path(core.outputs.given(filled.runtime_data.player.id)[0].id, track)
        )
    assert locker_server.calls == calls


async def test_what_is_a_friends_is_found_by_its_library_only(
    hass: HomeAssistant, filled: MusicLockerConfigEntry
) -> None:
    results = (await call(hass, "search", query="bob"))["results"]
    assert sorted(result["title"] for result in results) == ["From Bob", "Library (Bob)"]
    assert not (await call(hass, "search", query="zoe's song", kinds="track"))["results"]
    state = hass.states.get("media_player.mp3tunes")
    assert state is not None
    assert state.attributes["source_list"] == ["Demo tapes", "From Bob", "Mine", "Never heard"]


async def test_months_are_those_of_this_home_assistant_where_a_service_sells(
    hass: HomeAssistant, filled: MusicLockerConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hass.config.async_set_time_zone("Pacific/Kiritimati")  # 14 hours ahead: the month has ended there
    assert titles(await browse(hass, "MP3tunes", "Purchases")) == ["2026-11", "2024-04"]
    monkeypatch.setattr(Mp3tunes, "info", replace(Mp3tunes.info, purchases=False))
    assert "Purchases" not in titles(await browse(hass, "MP3tunes"))
