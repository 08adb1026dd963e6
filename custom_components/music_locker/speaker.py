"""A media player of another integration: what its state says, and what it is told to do."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from homeassistant.components.media_player import (
    ATTR_MEDIA_CONTENT_ID,
    ATTR_MEDIA_DURATION,
    ATTR_MEDIA_POSITION,
    ATTR_MEDIA_POSITION_UPDATED_AT,
    ATTR_MEDIA_VOLUME_LEVEL,
    MediaPlayerEntityFeature,
    MediaPlayerState,
)
from homeassistant.components.media_player import DOMAIN as MEDIA_PLAYER_DOMAIN
from homeassistant.const import ATTR_ENTITY_ID, ATTR_SUPPORTED_FEATURES, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.entity_component import async_update_entity
from homeassistant.util import dt as dt_util

from .core.playback.output import OutputError, OutputState

_LOGGER = logging.getLogger(__name__)

ACTION_TIMEOUT: Final = 15.0  # seconds that an action of the speaker's integration may take

_STATES = {
    MediaPlayerState.PLAYING: OutputState.PLAYING,
    MediaPlayerState.PAUSED: OutputState.PAUSED,
    MediaPlayerState.BUFFERING: OutputState.BUFFERING,
}


class Speaker:
    """Read and command one media player entity."""

    def __init__(self, hass: HomeAssistant, entity_id: str) -> None:
        """Take the entity by its id; it need not be there yet."""
        self._hass = hass
        self.entity_id = entity_id

    @property
    def _state(self) -> State | None:
        return self._hass.states.get(self.entity_id)

    @property
    def name(self) -> str:
        """Return the name that users know it by."""
        return self.entity_id if self._state is None else self._state.name

    @property
    def state(self) -> OutputState:
        """Return what it is doing."""
        if self._state is None or self._state.state in {STATE_UNAVAILABLE, STATE_UNKNOWN}:
            return OutputState.UNAVAILABLE
        return _STATES.get(MediaPlayerState(self._state.state), OutputState.IDLE)

    @property
    def features(self) -> MediaPlayerEntityFeature:
        """Return what it can do now."""
        return MediaPlayerEntityFeature(self._attribute(ATTR_SUPPORTED_FEATURES) or 0)

    @property
    def content(self) -> str | None:
        """Return what it says it plays, in whatever words its integration has."""
        content = self._attribute(ATTR_MEDIA_CONTENT_ID)
        return None if content is None else str(content)

    @property
    def volume(self) -> int | None:
        """Return its volume, 0 to 100, or None where it tells none."""
        level = _number(self._attribute(ATTR_MEDIA_VOLUME_LEVEL))
        return None if level is None else round(level * 100)

    @property
    def length(self) -> float | None:
        """Return the seconds of what it plays, or None where it does not know."""
        return _number(self._attribute(ATTR_MEDIA_DURATION)) or None

    @property
    def position(self) -> float | None:
        """Return where it is now in what it plays, in seconds, or None where it does not tell."""
        position = _number(self._attribute(ATTR_MEDIA_POSITION))
        told_at = self._attribute(ATTR_MEDIA_POSITION_UPDATED_AT)
        if position is None or not isinstance(told_at, datetime) or self.state is not OutputState.PLAYING:
            return position
        return position + (dt_util.utcnow() - told_at).total_seconds()

    def _attribute(self, name: str) -> Any:
        return None if self._state is None else self._state.attributes.get(name)

    async def act(self, action: str, data: Mapping[str, Any] | None = None) -> None:
        """Have its integration do something; raise OutputError."""
        try:
            async with asyncio.timeout(ACTION_TIMEOUT):
                await self._hass.services.async_call(
                    MEDIA_PLAYER_DOMAIN, action, {ATTR_ENTITY_ID: self.entity_id, **(data or {})}, blocking=True
                )
        except TimeoutError as error:
            raise OutputError(f"{self.name} did not answer in time") from error
        except Exception as error:  # another integration's action may raise anything
            # The error's own text can hold the address of a stream.
            _LOGGER.debug("%s refused %s: %s", self.entity_id, action, type(error).__name__)
            raise OutputError(f"{self.name} refused the command") from error

    async def ask(self) -> None:
        """Have Home Assistant read its state now."""
        try:
            async with asyncio.timeout(ACTION_TIMEOUT):
                await async_update_entity(self._hass, self.entity_id)
        except Exception as error:  # noqa: BLE001 - another integration's update may raise anything
            _LOGGER.debug("%s could not be updated: %s", self.entity_id, type(error).__name__)


def _number(value: object) -> float | None:
    """Return a number that an integration gives as a number or a text."""
    try:
        return None if value is None else float(str(value))
    except ValueError:
        return None
