"""Events of players: another track has begun."""

from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .core.models import MediaKind, Track
from .core.playback.player import PlayerState
from .entity import MusicLockerEntity
from .identifier import ItemNode, uri
from .runtime import MusicLockerConfigEntry

PARALLEL_UPDATES = 0

TRACK_CHANGED: Final = "track_changed"

TRACK = EventEntityDescription(key="track", translation_key="track", event_types=[TRACK_CHANGED])


async def async_setup_entry(
    _: HomeAssistant, entry: MusicLockerConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the event of the entry's player."""
    async_add_entities([TrackEvent(entry)])


class TrackEvent(MusicLockerEntity, EventEntity):
    """Tell when another entry of the queue begins to play; a pause or a seek is none."""

    def __init__(self, entry: MusicLockerConfigEntry) -> None:
        """Take the entry's player; what it plays already is not told."""
        super().__init__(entry, TRACK)
        self._player = entry.runtime_data.player
        self._playing = self._queue_id()

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the player."""
        self.async_on_remove(self._player.subscribe(self._player_changed))

    def _queue_id(self) -> int | None:
        """Return the queue's id of what plays or is paused."""
        item = self._player.current
        return None if item is None or self._player.state is PlayerState.STOPPED else item.id

    @callback
    def _player_changed(self, _: frozenset[str]) -> None:
        before, self._playing = self._playing, self._queue_id()
        item = self._player.current
        if item is None or self._playing is None or self._playing == before:
            return
        self._trigger_event(TRACK_CHANGED, _attributes(item.track))
        self.async_write_ha_state()


def _attributes(track: Track | None) -> dict[str, str | None]:
    """Return what an automation needs to speak of a track or to play it elsewhere; of an address nothing is told."""
    if track is None:
        return {}
    return {
        "title": track.title,
        "artist": track.artist,
        "album": track.album,
        "media_content_id": uri(ItemNode(track.locker, MediaKind.TRACK, track.id)),
    }
