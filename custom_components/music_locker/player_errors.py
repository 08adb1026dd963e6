"""What goes wrong in a player, in Home Assistant's errors."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from homeassistant.exceptions import HomeAssistantError

from .const import DOMAIN
from .core.errors import LockerError
from .core.playback.no_output import NoOutput
from .core.playback.output import OutputError
from .core.playback.player import Player
from .core.playback.queue import QueueFull


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Turn the player's errors into Home Assistant's."""
    try:
        yield
    except (OutputError, LockerError, QueueFull) as error:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="player_failed",
            translation_placeholders={"error": str(error)},
        ) from error


@asynccontextmanager
async def sounding(player: Player) -> AsyncIterator[None]:
    """Turn the player's errors into Home Assistant's; that it has no output to play to is one."""
    async with translated():
        yield
        if isinstance(player.output, NoOutput):
            raise OutputError(player.output.absence)
