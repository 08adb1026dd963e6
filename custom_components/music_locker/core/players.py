"""The players: each a queue with its transport, a live stream, and perhaps a speaker."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from .errors import LockerError
from .library import Library
from .models import Track, TrackKey
from .playback.hearing import Played
from .playback.live_output import LiveOutput
from .playback.output import Output, OutputFeature
from .playback.outputs import Outputs
from .playback.persistence import names_of
from .playback.player import Player, PlayerState
from .streams import Streams

_LOGGER = logging.getLogger(__name__)
_CLOSE_TIMEOUT = 10.0  # seconds


class Players:
    """Hold the players that there are now; ``present`` has them by their ids."""

    def __init__(
        self,
        library: Library,
        streams: Streams,
        *,
        changed: Callable[[], None],
        played: Played,
    ) -> None:
        """Keep the parts.

        ``changed`` is called when a player came or went, ``played`` with each track that was heard and its seconds.
        """
        self.present: dict[str, Player] = {}
        self.outputs = Outputs(library)
        self._library = library
        self._streams = streams
        self._changed = changed
        self._played = played
        self._notes: set[asyncio.Task[None]] = set()

    async def load(self) -> None:
        """Read what was chosen for outputs; raise LibraryError."""
        await self.outputs.load()

    async def close(self) -> None:
        """Keep every queue and choice, and end every player."""
        await self.outputs.save()
        for player_id in list(self.present):
            await self.remove(player_id)
        if self._notes:
            await asyncio.wait(self._notes, timeout=_CLOSE_TIMEOUT)

    async def add(self, player_id: str, name: str, output: Output | None) -> Player:
        """Add a player with the queue that it had, a live stream and perhaps an output; raise LibraryError."""
        live = LiveOutput(f"{player_id}.live", name, self._streams)
        outputs = [live] if output is None else [live, output]
        first = await self.outputs.give(player_id, outputs)
        player = Player(player_id, name, first, store=self._library, resolve=self._resolve, played=self._note_played)
        try:
            await player.restore()
        except BaseException:
            await player.close()
            await self._drop(player_id)
            raise
        for each in outputs:
            self._streams.register_output(each.id)
        player.subscribe(lambda _: self._fetch_ahead(player))
        self.present[player_id] = player
        await self.outputs.attach(player)
        self._changed()
        return player

    async def remove(self, player_id: str) -> None:
        """Stop a player and close its outputs; its queue is kept for when it comes back."""
        player = self.present.pop(player_id)
        self._changed()
        await self.outputs.close_player(player)
        await self._drop(player_id)

    async def _drop(self, player_id: str) -> None:
        """Close the outputs that a player was given."""
        outputs = self.outputs.given(player_id)
        await self.outputs.detach(player_id)
        for output in outputs:
            self._streams.unregister_output(output.id)
            await output.close()

    async def forget(self, player_id: str) -> None:
        """Drop the queue and the choices that were kept for a player that is removed."""
        for name in names_of(player_id):
            await self._library.delete_state(name)
        await self.outputs.forget(player_id)

    def live_output(self, player_id: str) -> LiveOutput | None:
        """Return the live stream of a player, or None where there is no such player."""
        for output in self.outputs.given(player_id):
            if isinstance(output, LiveOutput):
                return output
        return None

    def _resolve(self, key: TrackKey) -> Track | None:
        return self._library.catalog.track(key)

    def _note_played(self, track: Track, seconds: float) -> None:
        self._played(track, seconds)
        task = asyncio.create_task(self._write_play(track.key, datetime.now(UTC)), name="music locker history")
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)

    async def _write_play(self, key: TrackKey, at: datetime) -> None:
        try:
            await self._library.note_played(key, at)
        except LockerError as error:
            _LOGGER.debug("A play was not counted: %s", error)

    def _fetch_ahead(self, player: Player) -> None:
        """Have the next track at hand for an output that asks for it only when its time has come."""
        item = player.next_item
        if (
            player.state is PlayerState.PLAYING
            and OutputFeature.NEXT not in player.output.features
            and item is not None
            and item.track is not None
        ):
            self._streams.prefetch(item.track)
