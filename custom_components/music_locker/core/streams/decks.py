"""The two decks of a live stream: the track that plays, and the one that follows without a gap, or is mixed with it.

That an overlap is due is known once the present track is decoded to its end: what waits of it is then all that is left.
So each deck is decoded further ahead than two tracks may overlap.
"""

import asyncio
from collections.abc import Callable

from ..models import Track
from .deck import Deck
from .mixing import Mixing, Side, overlap, ramps, share
from .pieces import Piece
from .sound import BYTES_PER_SECOND, FRAME_BYTES, MP3_FRAME, RATE
from .streams import Streams

_STEP = MP3_FRAME * FRAME_BYTES  # bytes for which the shares of two tracks stay the same
_MARGIN = 1.0  # seconds by which the length that a file tells may be wrong


class Decks:
    """Hold the present deck and the next one; ``changed`` is called at every news of either."""

    def __init__(self, streams: Streams, changed: Callable[[], None]) -> None:
        """Begin with no deck."""
        self.present: Deck | None = None
        self.following: Deck | None = None
        self.tasks: set[asyncio.Task[None]] = set()
        self._streams = streams
        self._changed = changed
        self._mixing = Mixing()
        self._expected: Track | None = None
        # Bytes of the present track over which the following one is heard, once that is settled.
        self._overlap: int | None = None
        self._fades = True
        self._overlapped = 0
        self._late = False

    def set_mixing(self, mixing: Mixing) -> None:
        """Take how tracks are mixed: for overlaps that have not begun; replay gain is heard at once."""
        self._mixing = mixing
        if not self._overlapped:
            self._overlap = None
        for deck in (self.present, self.following):
            if deck is not None:
                deck.keep_ahead(mixing.limit)

    @property
    def failure(self) -> str | None:
        """Return why there is no more sound in the present deck, or None where there is, or is none to come."""
        return None if self.present is None or self.present.available else self.present.error

    @property
    def overlapped(self) -> float:
        """Return how many seconds of the following track have been taken."""
        return self._overlapped / BYTES_PER_SECOND

    def unheard_overlap(self, length: float, following: Track) -> float:
        """Return for how many seconds two tracks overlap of which nothing but lengths is known."""
        return overlap(self._mixing, Side(length), Side(following.duration))

    def ready(self, count: int) -> bool:
        """Tell whether so many bytes of PCM can be taken, or all that there will be."""
        present, following = self.present, self.following
        if present is None:
            return False
        self._settle()
        if self._awaits_following(count):
            return False
        if self._overlap and present.available - self._overlap < count:
            return following is None or following.ended or following.available >= count
        if present.available >= count:
            return True
        return present.ended and (following is None or following.ended or following.available >= count)

    def give_up_waiting(self, count: int) -> bool:
        """Begin an overlap later than is meant rather than let listeners hear nothing; tell whether that helps."""
        helps = self._awaits_following(count)
        self._late = self._late or helps
        return helps

    def take(self, count: int) -> list[Piece]:
        """Return up to ``count`` bytes of the present track, with the following one where they overlap."""
        present, following = self.present, self.following
        if present is None:
            return []
        gain = present.tags.factor(self._mixing.replay_gain)
        alone = min(count, present.available - (self._overlap or 0))
        pieces = [Piece(present.take(alone), gain)] if alone > 0 else []
        left = count - max(alone, 0)
        while following is not None and self._overlap and left and present.available:
            pieces.append(self._take_both(present, following, min(left, _STEP), gain))
            left -= len(pieces[-1].pcm)
        return pieces

    def open(self, track: Track, position: float) -> None:
        """Decode a track as the present one."""
        self.present = self._open(track, position)

    def prepare(self, track: Track | None) -> None:
        """Know the track that follows, and decode it once the present one is decoded."""
        self._expected = track
        if track is not None and self.following is None and self.present is not None and self.present.ended:
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
        """Decode no more of what follows; what was heard of it already is heard again in its time."""
        if self.following is not None:
            self.following.stop()
            self.following = None
        self._expected = self._overlap = None
        self._overlapped = 0
        self._late = False

    def _settle(self) -> None:
        """Find out how long the two tracks overlap, once both are known."""
        present, following = self.present, self.following
        if present is None or following is None or self._overlap is not None or not present.ended:
            return
        if following.available or following.ended:
            seconds = overlap(self._mixing, present.side, following.side) if following.available else 0.0
            self._overlap = min(round(seconds * RATE) * FRAME_BYTES, present.available)
            self._fades = not ramps(self._mixing, present.side, following.side)

    def _awaits_following(self, count: int) -> bool:
        """Tell whether the next ``count`` bytes may be part of an overlap that is not settled."""
        present = self.present
        if present is None or self._expected is None or self._overlap is not None or self._late:
            return False
        limit = self._mixing.limit
        if not limit or present.available - count >= limit * BYTES_PER_SECOND:
            return False
        return present.error is None and (present.ended or present.remaining < limit + _MARGIN)

    def _take_both(self, present: Deck, following: Deck, count: int, gain: float) -> Piece:
        left = present.available / self._overlap if self._overlap else 0.0
        pcm = present.take(count)
        other = following.take(len(pcm))
        self._overlapped += len(other)
        other_gain = following.tags.factor(self._mixing.replay_gain)
        if not self._fades:
            return Piece(pcm, gain, other, other_gain)
        return Piece(pcm, gain * share(left), other, other_gain * (1.0 - share(left)))

    def _open(self, track: Track, position: float) -> Deck:
        deck = Deck(self._streams, track, position, self._changed)
        deck.keep_ahead(self._mixing.limit)
        self.tasks.add(deck.task)
        deck.task.add_done_callback(self.tasks.discard)
        return deck
