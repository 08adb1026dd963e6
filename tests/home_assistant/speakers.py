"""Speakers as other integrations have them: media player entities with the real contract, that make no sound."""

import asyncio
from typing import Any

from homeassistant.components.media_player import (
    DATA_COMPONENT,
    MediaPlayerEntity,
    MediaPlayerEntityFeature,
    MediaPlayerState,
)
from homeassistant.components.media_player import DOMAIN as MEDIA_PLAYER_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util import slugify

ALL = (
    MediaPlayerEntityFeature.PAUSE
    | MediaPlayerEntityFeature.PLAY
    | MediaPlayerEntityFeature.PLAY_MEDIA
    | MediaPlayerEntityFeature.SEEK
    | MediaPlayerEntityFeature.STOP
    | MediaPlayerEntityFeature.VOLUME_SET
)


class SimpleSpeaker(MediaPlayerEntity):
    """A speaker that tells at once what it does. ``played`` is what it was told to play, in order."""

    _attr_should_poll = False

    def __init__(self, name: str, features: MediaPlayerEntityFeature = ALL) -> None:
        self._attr_name = name
        self._attr_unique_id = slugify(name)
        self._attr_supported_features = features
        self._attr_state = MediaPlayerState.IDLE
        self._attr_volume_level = 0.4
        self.played: list[str] = []
        self.extras: list[dict[str, Any]] = []
        self.stops = 0
        self.fault: Exception | None = None
        self.hangs = False
        self.starts = True
        self.tells_content = True

    async def add_to(self, hass: HomeAssistant) -> None:
        assert await async_setup_component(hass, MEDIA_PLAYER_DOMAIN, {})
        await hass.data[DATA_COMPONENT].async_add_entities([self])
        await hass.async_block_till_done()

    def tell(self, state: MediaPlayerState | None = None, **attributes: Any) -> None:
        """Take over a state and attributes, and tell Home Assistant."""
        if state is not None:
            self._attr_state = state
        for name, value in attributes.items():
            setattr(self, f"_attr_{name}", value)
        self.async_write_ha_state()

    def go(self, *, available: bool) -> None:
        """Go away, or come back."""
        self._attr_available = available
        self.async_write_ha_state()

    def at(self, position: float) -> None:
        """Tell where it is in what it plays."""
        self.tell(media_position=round(position), media_position_updated_at=dt_util.utcnow())

    def play_somebody_elses(self) -> None:
        """Play what another app has sent it."""
        self.tell(MediaPlayerState.PLAYING, media_content_id="http://radio.example/stream", media_duration=None)

    async def async_play_media(self, media_type: str, media_id: str, **kwargs: Any) -> None:
        if self.fault is not None:
            raise self.fault
        if self.hangs:
            await asyncio.Event().wait()
        self.played.append(media_id)
        self.extras.append(kwargs)
        if self.starts:
            self.begin()

    def begin(self) -> None:
        """Begin to play what it was told to."""
        self.tell(
            MediaPlayerState.PLAYING,
            media_content_id=self.played[-1] if self.tells_content else None,
            media_position=0,
            media_position_updated_at=dt_util.utcnow(),
        )

    def finish(self) -> None:
        """Come to the end of what it plays."""
        self.tell(MediaPlayerState.IDLE, media_content_id=None, media_position=None, media_position_updated_at=None)

    async def async_media_play(self) -> None:
        self.tell(MediaPlayerState.PLAYING, media_position_updated_at=dt_util.utcnow())

    async def async_media_pause(self) -> None:
        self.tell(MediaPlayerState.PAUSED)

    async def async_media_stop(self) -> None:
        self.stops += 1
        self.finish()

    async def async_turn_off(self) -> None:
        self.tell(MediaPlayerState.OFF)

    async def async_media_seek(self, position: float) -> None:
        self.at(position)

    async def async_set_volume_level(self, volume: float) -> None:
        self.tell(volume_level=volume)


class PolledSpeaker(SimpleSpeaker):
    """A speaker that tells what it does only when it is asked, as core's MPD integration does every ten seconds."""

    _attr_should_poll = True

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._untold: dict[str, Any] = {}
        self.asked = 0

    def tell(self, state: MediaPlayerState | None = None, **attributes: Any) -> None:
        self._untold |= attributes if state is None else {"state": state, **attributes}

    async def async_update(self) -> None:
        self.asked += 1
        for name, value in self._untold.items():
            setattr(self, f"_attr_{name}", value)
        self._untold.clear()
