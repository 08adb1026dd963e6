"""Putting what Home Assistant is asked to play into a player's queue, however much that is."""

import asyncio
from collections.abc import Sequence

from homeassistant.components.media_player import MediaPlayerEnqueue
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .browse import BrowseTree
from .const import DOMAIN
from .core.hub import Core
from .core.models import Track
from .core.playback.long_edits import prepare
from .core.playback.player import Player
from .core.playback.queue import Additions
from .output import HomeAssistantOutput
from .player_errors import sounding, translated
from .playing import find_media

_SILENT = frozenset({MediaPlayerEnqueue.ADD, MediaPlayerEnqueue.NEXT})
_ADDING = _SILENT | {MediaPlayerEnqueue.PLAY}


class Queueing:
    """Fill the queue of one player, request by request in the order in which they came.

    A long list is looked up and prepared while others have their turn; the queue takes it in one step.
    """

    def __init__(self, hass: HomeAssistant, core: Core, player: Player, tree: BrowseTree) -> None:
        """Look up ids in the core and the tree."""
        self._hass = hass
        self._core = core
        self._player = player
        self._tree = tree
        self._preparing = asyncio.Lock()

    async def play_media(self, media_id: str, enqueue: MediaPlayerEnqueue | None) -> None:
        """Play, or put into the queue, what an id names. Without ``enqueue`` it takes the queue's place."""
        player, library = self._player, self._core.library
        async with translated() if enqueue in _SILENT else sounding(player):
            async with self._preparing:
                catalog = library.catalog
                things = await self._find(media_id)
                new = await prepare(player.queue, things, replacing=enqueue not in _ADDING)
            try:  # without a wait in between, so that nobody comes first
                await self._edit(new, enqueue)
            finally:
                if library.catalog is not catalog:  # what was found has changed in the meantime
                    player.library_changed()

    async def _find(self, media_id: str) -> Sequence[Track | str]:
        found = await find_media(self._hass, self._core, self._tree, media_id)
        if not isinstance(found, str):
            return found
        if not isinstance(self._player.output, HomeAssistantOutput):
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="only_speakers_play_addresses")
        return [found]

    async def _edit(self, new: Additions, enqueue: MediaPlayerEnqueue | None) -> None:
        player = self._player
        match enqueue:
            case MediaPlayerEnqueue.ADD:
                player.add(new)
            case MediaPlayerEnqueue.NEXT:
                player.add(new, self._position_after_current())
            case MediaPlayerEnqueue.PLAY:
                ids = player.add(new, self._position_after_current())
                await player.play_id(ids[0])
            case _:
                await player.replace(new)

    def _position_after_current(self) -> int:
        current = self._player.current
        return 0 if current is None else self._player.queue.position_of(current.id) + 1
