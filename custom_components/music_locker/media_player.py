"""The players: one for each locker, one for each player entry, one for the MPD server."""

import hashlib
from typing import Any, Final, override

from homeassistant.components.media_player import (
    BrowseError,
    BrowseMedia,
    MediaPlayerEnqueue,
    MediaPlayerEntity,
    MediaPlayerEntityDescription,
    MediaPlayerEntityFeature,
    MediaPlayerState,
    MediaType,
    RepeatMode,
    SearchError,
    SearchMedia,
    SearchMediaQuery,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .browse import BrowseTree, UnknownNodeError
from .const import CONF_KIND, DOMAIN, EntryKind
from .core.errors import LockerError
from .core.hub import CoreEvent
from .core.library import LIBRARY, CatalogChanged, PlaylistsChanged
from .core.models import MediaKind, Track
from .core.playback.output import OutputFeature
from .core.playback.player import Player, PlayerState
from .core.playback.programme import Mode
from .entity import MusicLockerEntity
from .identifier import Identifier, InvalidIdentifierError, ItemNode, LockerNode, RootNode, parse_uri, shortened, uri
from .output import HomeAssistantOutput
from .partition_players import partition_device, partition_id, show_partitions
from .player_errors import sounding, translated
from .player_nodes import browse_media
from .queueing import Queueing
from .runtime import MusicLockerConfigEntry
from .searching import search
from .sources import Sources

PARALLEL_UPDATES = 0

PLAYER = MediaPlayerEntityDescription(key="player", translation_key="player")

ATTR_QUEUE_LENGTH: Final = "queue_length"
ATTR_QUEUE_POSITION: Final = "queue_position"  # from 0, as in the action get_queue

_FEATURES = (
    MediaPlayerEntityFeature.BROWSE_MEDIA
    | MediaPlayerEntityFeature.CLEAR_PLAYLIST
    | MediaPlayerEntityFeature.MEDIA_ENQUEUE
    | MediaPlayerEntityFeature.NEXT_TRACK
    | MediaPlayerEntityFeature.PLAY
    | MediaPlayerEntityFeature.PLAY_MEDIA
    | MediaPlayerEntityFeature.PREVIOUS_TRACK
    | MediaPlayerEntityFeature.REPEAT_SET
    | MediaPlayerEntityFeature.SEARCH_MEDIA
    | MediaPlayerEntityFeature.SHUFFLE_SET
    | MediaPlayerEntityFeature.STOP
)
_VOLUME_FEATURES = (
    MediaPlayerEntityFeature.VOLUME_MUTE | MediaPlayerEntityFeature.VOLUME_SET | MediaPlayerEntityFeature.VOLUME_STEP
)
_UNMUTED = 30  # percent, where nothing is known of before
_STATES = {
    PlayerState.STOPPED: MediaPlayerState.IDLE,
    PlayerState.PLAYING: MediaPlayerState.PLAYING,
    PlayerState.PAUSED: MediaPlayerState.PAUSED,
}


async def async_setup_entry(
    hass: HomeAssistant, entry: MusicLockerConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the entry's player; an MPD server has those of its partitions too."""
    async_add_entities([LockerPlayer(hass, entry, entry.runtime_data.player)])
    if entry.data[CONF_KIND] == EntryKind.MPD_SERVER:
        show_partitions(
            hass, entry, lambda players: async_add_entities(LockerPlayer(hass, entry, player) for player in players)
        )


class LockerPlayer(MusicLockerEntity, MediaPlayerEntity):
    """Show and control one player of the core."""

    _attr_name = None
    _attr_media_image_hash = None

    def __init__(self, hass: HomeAssistant, entry: MusicLockerConfigEntry, player: Player) -> None:
        """Take a player of the entry; a locker's player browses and searches its own locker only."""
        super().__init__(entry)
        self.entity_description = PLAYER
        data = entry.runtime_data
        if player is not data.player:
            self._attr_unique_id = partition_id(entry, player.id)
            self._attr_device_info = partition_device(hass, entry, player)
        self._player = player
        self._speaker = data.speaker
        self._root: Identifier = RootNode() if data.locker_id is None else LockerNode(data.locker_id)
        self._tree = BrowseTree(hass)
        self._queueing = Queueing(hass, self._core, player, self._tree)
        self._volume_before_mute: int | None = None
        self._sources = self._read_sources()
        self._read_player()

    @property
    def player(self) -> Player:
        """Return the core's player."""
        return self._player

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the player."""
        self.async_on_remove(self._player.subscribe(self._player_changed))
        if self._speaker is not None:
            self.async_on_remove(self._speaker.on_available_changed(self._write))
        self.async_on_remove(self._core.subscribe(self._core_told))
        self._sources = self._read_sources()
        self._read_player()

    @callback
    def _player_changed(self, changed: frozenset[str]) -> None:
        """Take over what an event of the player says."""
        if "playlist" in changed:
            self._attr_source = self._sources.held_by(self._player.queue)
        self._read_player()
        self._write()

    @callback
    def _core_told(self, event: CoreEvent) -> None:
        """Take over the playlists of a new catalog."""
        if isinstance(event, CatalogChanged | PlaylistsChanged):
            self._sources = self._read_sources()
            self._read_player()
            self._write()

    @callback
    def _read_sources(self) -> Sources:
        """Take over the playlists that the catalog has now."""
        catalog = self._core.library.catalog
        lockers = [self._root.locker] if isinstance(self._root, LockerNode) else [LIBRARY, *catalog.locker_ids]
        sources = Sources(catalog, lockers)
        self._attr_source_list = sources.names
        self._attr_source = sources.held_by(self._player.queue)
        return sources

    @callback
    def _write(self) -> None:
        self.async_write_ha_state()

    @callback
    def _read_player(self) -> None:
        """Take over the player's state."""
        player = self._player
        item = player.current
        track = None if item is None else item.track
        self._attr_state = _STATES[player.state]
        self._attr_shuffle = player.random
        self._attr_repeat = _repeat_mode(repeat=player.repeat, single=player.single)
        self._attr_volume_level = None if player.volume is None else player.volume / 100
        self._attr_is_volume_muted = player.volume == 0 if player.volume is not None else None
        self._attr_extra_state_attributes = {
            ATTR_QUEUE_LENGTH: len(player.queue),
            ATTR_QUEUE_POSITION: None if item is None else player.queue.position_of(item.id),
        }
        self._read_track(track)
        if item is None:
            self._attr_media_duration = self._attr_media_position = self._attr_media_position_updated_at = None
            return
        if track is None:
            self._attr_media_content_type = MediaType.MUSIC
            self._attr_media_title = None
        self._attr_media_duration = None if player.duration is None else round(player.duration)
        self._attr_media_position = int(player.elapsed)
        self._attr_media_position_updated_at = dt_util.utcnow()

    def _read_track(self, track: Track | None) -> None:
        if track is None:
            self._attr_media_content_id = self._attr_media_content_type = None
            self._attr_media_title = self._attr_media_artist = self._attr_media_album_name = None
            self._attr_media_album_artist = self._attr_media_track = self._attr_media_image_hash = None
            return
        self._attr_media_content_id = uri(ItemNode(track.locker, MediaKind.TRACK, track.id))
        self._attr_media_content_type = MediaType.MUSIC
        self._attr_media_title = track.title
        self._attr_media_artist = track.artist
        self._attr_media_album_name = track.album
        self._attr_media_album_artist = track.album_artist
        self._attr_media_track = track.number
        self._attr_media_image_hash = _image_hash(track)

    @property
    @override
    def available(self) -> bool:
        """Return whether the speaker that it plays to is there."""
        output = self._player.output
        return not isinstance(output, HomeAssistantOutput) or output.available

    @property
    @override
    def supported_features(self) -> MediaPlayerEntityFeature:
        """Return what the player can do on its present output."""
        of_output = self._player.output.features
        features = _FEATURES
        if self._sources.names:
            features |= MediaPlayerEntityFeature.SELECT_SOURCE
        if OutputFeature.PAUSE in of_output:
            features |= MediaPlayerEntityFeature.PAUSE
        if OutputFeature.SEEK in of_output:
            features |= MediaPlayerEntityFeature.SEEK
        if OutputFeature.VOLUME in of_output:
            features |= _VOLUME_FEATURES
        return features

    @override
    async def async_get_media_image(self) -> tuple[bytes | None, str | None]:
        """Return the cover of what plays."""
        item = self._player.current
        if item is None or item.track is None or item.track.artwork is None:
            return None, None
        try:
            picture = await self._core.streams.artwork(item.track.locker, item.track.artwork)
        except LockerError:
            return None, None
        return picture.content, picture.mime_type

    # Browse and search

    @override
    async def async_browse_media(
        self, media_content_type: MediaType | str | None = None, media_content_id: str | None = None
    ) -> BrowseMedia:
        """Return a node with its children."""
        try:
            node = await self._tree.node(self._where(media_content_id))
        except (InvalidIdentifierError, UnknownNodeError) as error:
            raise BrowseError(
                translation_domain=DOMAIN,
                translation_key="unknown_media",
                translation_placeholders={"id": shortened(media_content_id)},
            ) from error
        return browse_media(self.hass, node)

    @override
    async def async_search_media(self, query: SearchMediaQuery) -> SearchMedia:
        """Search below a node, by default in all that this player browses."""
        try:
            found = await search(self.hass, self._tree, self._where(query.media_content_id), query)
        except (InvalidIdentifierError, UnknownNodeError) as error:
            raise SearchError(
                translation_domain=DOMAIN,
                translation_key="unknown_media",
                translation_placeholders={"id": shortened(query.media_content_id)},
            ) from error
        return SearchMedia(result=[browse_media(self.hass, node) for node in found])

    def _where(self, media_content_id: str | None) -> Identifier:
        """Return the node that an id names; raise InvalidIdentifierError."""
        if not media_content_id:
            return self._root
        identifier = parse_uri(media_content_id)
        if identifier is None:
            raise InvalidIdentifierError(media_content_id)
        return self._root if isinstance(identifier, RootNode) else identifier

    # Play

    @override
    async def async_play_media(
        self, media_type: MediaType | str, media_id: str, enqueue: MediaPlayerEnqueue | None = None, **kwargs: Any
    ) -> None:
        """Play, or put into the queue, what an id names. Without ``enqueue`` it takes the queue's place."""
        await self._queueing.play_media(media_id, enqueue)

    @override
    async def async_media_play(self) -> None:
        """Go on, or begin; an empty queue stays silent."""
        async with sounding(self._player):
            if self._player.state is PlayerState.PAUSED:
                await self._player.pause(paused=False)
            elif self._player.state is PlayerState.STOPPED:
                await self._player.play()

    @override
    async def async_media_pause(self) -> None:
        """Pause."""
        async with translated():
            await self._player.pause(paused=True)

    @override
    async def async_media_stop(self) -> None:
        """Stop; the queue stays."""
        async with translated():
            await self._player.stop()

    @override
    async def async_media_next_track(self) -> None:
        """Go to the next track of the queue."""
        async with translated():
            await self._player.next()

    @override
    async def async_media_previous_track(self) -> None:
        """Go to the previous track of the queue."""
        async with translated():
            await self._player.previous()

    @override
    async def async_media_seek(self, position: float) -> None:
        """Go to ``position`` seconds of the track."""
        async with translated():
            await self._player.seek_current(position)

    @override
    async def async_select_source(self, source: str) -> None:
        """Play a playlist in place of the queue."""
        node = self._sources.node(source)
        if node is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="unknown_source",
                translation_placeholders={"source": shortened(source)},
            )
        await self.async_play_media(MediaType.PLAYLIST, uri(node))

    @override
    async def async_clear_playlist(self) -> None:
        """Empty the queue."""
        async with translated():
            self._player.clear()

    @override
    async def async_set_shuffle(self, shuffle: bool) -> None:
        """Play the queue in a random order, or in its own."""
        self._player.set_random(shuffle)

    @override
    async def async_set_repeat(self, repeat: RepeatMode) -> None:
        """Repeat the queue, the track, or nothing."""
        with self._player.batch():
            self._player.set_repeat(repeat is not RepeatMode.OFF)
            self._player.set_single(Mode.ON if repeat is RepeatMode.ONE else Mode.OFF)

    @override
    async def async_set_volume_level(self, volume: float) -> None:
        """Set the volume, 0 to 1."""
        async with translated():
            await self._player.set_volume(round(volume * 100))

    @override
    async def async_mute_volume(self, mute: bool) -> None:
        """Set the volume to nothing, or to what it was before."""
        async with translated():
            if mute:
                self._volume_before_mute = self._player.volume or self._volume_before_mute
                await self._player.set_volume(0)
            else:
                await self._player.set_volume(self._volume_before_mute or _UNMUTED)


def _repeat_mode(*, repeat: bool, single: Mode) -> RepeatMode:
    if not repeat:
        return RepeatMode.OFF
    return RepeatMode.ONE if single is not Mode.OFF else RepeatMode.ALL


def _image_hash(track: Track) -> str | None:
    """Return a text that differs for another cover; it is part of the picture's URL."""
    if track.artwork is None:
        return None
    return hashlib.sha256(f"{track.locker}/{track.artwork}".encode()).hexdigest()[:16]
