"""The two decks of a live stream: the track that plays, and the one that follows without a gap."""

import asyncio
from collections.abc import Callable

from ..models import Track
from .deck import Deck
from .streams import Streams


class Decks:
    """Hold the present deck and the next one; ``changed`` is called at every news of either."""

    def __init__(self, streams: Streams, changed: Callable[[], None]) -> None:
        """Begin with no deck."""
        self.present: Deck | None = None
        self.following: Deck | None = None
        self.tasks: set[asyncio.Task[None]] = set()
        self._streams = streams
        self._changed = changed

    @property
    def present_is_decoded(self) -> bool:
        """Tell whether the present deck decodes no more; it may still hold sound."""
        return self.present is not None and self.present.ended

    @property
    def failure(self) -> str | None:
        """Return why there is no more sound in the present deck, or None where there is, or is none to come."""
        return None if self.present is None or self.present.available else self.present.error

    def ready(self, count: int) -> bool:
        """Tell whether so many bytes of PCM can be taken, or all that there will be."""
        if self.present is None or self.present.available >= count:
            return self.present is not None
        following = self.following
        return self.present.ended and (following is None or following.ended or following.available >= count)

    def open(self, track: Track, position: float) -> None:
        """Decode a track as the present one."""
        self.present = self._open(track, position)

    def open_following(self, track: Track) -> None:
        """Decode the track that follows, once the present one is decoded."""
        if self.present_is_decoded and self.following is None:
            self.following = self._open(track, 0.0)

    def move_on(self) -> None:
        """Make the following deck the present one."""
        following, self.following = self.following, None
        self.drop()
        self.present = following

    def drop(self) -> None:
        """Decode no more."""
        if self.present is not None:
            self.present.stop()
            self.present = None
        self.drop_following()

    def drop_following(self) -> None:
        """Decode no more of what follows."""
        if self.following is not None:
            self.following.stop()
            self.following = None

    def _open(self, track: Track, position: float) -> Deck:
        deck = Deck(self._streams, track, position, self._changed)
        self.tasks.add(deck.task)
        deck.task.add_done_callback(self.tasks.discard)
        return deck
