"""The player: one queue, its modes, and the transport that plays it."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from random import Random, SystemRandom

from ..availability import require_available
from ..models import Track, TrackKey
from ..streams.mixing import Mixing
from .changes import Changes, Listener
from .hearing import Hearing, Played
from .output import Output
from .persistence import Keeper, PlayerStore, Saved
from .programme import Mixed, Mode, Programme
from .queue import Additions, Queue, QueueItem, Replacement, Rest
from .refreshing import Refresher
from .snapshot import put_back, snapshot
from .transport import PlayerState, Transport

__all__ = ["Player", "PlayerState"]


class Player:
    """Play a queue. Edits are heard at once; transport commands return once the output has taken them.

    Listeners get the names of MPD's subsystems: ``playlist``, ``player``, ``mixer``, ``options``, ``output``.
    """

    def __init__(  # noqa: PLR0913 - the last two are for tests
        self,
        player_id: str,
        name: str,
        output: Output,
        *,
        store: PlayerStore,
        resolve: Callable[[TrackKey], Track | None],
        played: Played | None = None,
        clock: Callable[[], float] = time.monotonic,
        chance: Random | None = None,
    ) -> None:
        """Keep the parts.

        ``resolve`` finds tracks in the library, ``played`` is told each that was played, ``clock`` gives seconds.
        """
        self.id = player_id
        self.name = name
        self._resolve = resolve
        self._keeper = Keeper(player_id, store, self._snapshot)
        self._changes = Changes(self._keeper.changed)
        self._programme = Programme(chance or SystemRandom())
        hearing = Hearing(played or (lambda _track, _seconds: None))
        self._refresher = Refresher(self.queue, resolve, lambda: self._changes.tell("playlist", "player"))
        self._transport = Transport(self._programme, output, self._changes, clock, hearing)

    # What can be read at any time

    @property
    def output(self) -> Output:
        """Return where the sound goes."""
        return self._transport.output

    @property
    def state(self) -> PlayerState:
        """Return what the player is to do."""
        return self._transport.state

    @property
    def error(self) -> str | None:
        """Return what last went wrong, until something is played or the error is cleared."""
        return self._transport.error

    @property
    def queue(self) -> Queue:
        """Return the queue, for reading."""
        return self._programme.queue

    @property
    def current(self) -> QueueItem | None:
        """Return the item that plays, or that ``play`` would begin with after a stop."""
        return self._programme.current

    @property
    def next_item(self) -> QueueItem | None:
        """Return what comes after the current item."""
        following = self._programme.following()
        return None if following is None else self.queue.item(following)

    @property
    def elapsed(self) -> float:
        """Return the seconds of the current item that have played."""
        return self._within(self._transport.position.now)

    @property
    def playtime(self) -> float:
        """Return for how many seconds something has played since the player was made."""
        return self._transport.position.total

    @property
    def duration(self) -> float | None:
        """Return the seconds of the current item, where they are known."""
        item = self.current
        return None if item is None else item.duration

    @property
    def volume(self) -> int | None:
        """Return the output's volume, 0 to 100, or None."""
        return self.output.volume

    @property
    def random(self) -> bool:
        """Tell whether items play in random order."""
        return self._programme.random

    @property
    def repeat(self) -> bool:
        """Tell whether playing begins again at the end."""
        return self._programme.modes.repeat

    @property
    def single(self) -> Mode:
        """Tell whether playing pauses after each item, or with ``repeat`` repeats it."""
        return self._programme.modes.single

    @property
    def consume(self) -> Mode:
        """Tell whether items leave the queue once they have played."""
        return self._programme.modes.consume

    @property
    def mixing(self) -> Mixing:
        """Return how tracks go over into each other and how loud they are, where the output can mix."""
        return self._programme.modes.mixing

    # Listeners

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with the names of what changed; the answer ends that."""
        return self._changes.subscribe(listener)

    def batch(self) -> AbstractContextManager[None]:
        """Tell of everything that happens in the block once, at its end."""
        return self._changes.batch()

    async def settle(self) -> None:
        """Wait until the output has taken, or refused, everything that follows from what happened so far."""
        await self._transport.settle()

    # Transport

    async def play(self, position: int | None = None) -> None:
        """Play the item at a position, or go on with the current one; raise IndexError, OutputError, Unavailable."""
        if position is not None:
            await self.play_id(self.queue[position].id)
        elif self.state is PlayerState.PAUSED:
            await self.pause(paused=False)
        elif self.state is PlayerState.STOPPED:
            item_id = self._programme.first() if self.current is None else self.current.id
            if item_id is not None:
                await self._choose(item_id)

    async def play_id(self, item_id: int) -> None:
        """Play an item from its beginning; raise KeyError, OutputError, Unavailable."""
        self._require_available(item_id)
        await self._choose(item_id)

    def _require_available(self, item_id: int) -> None:
        track = self.queue.item(item_id).track
        if track is not None:
            require_available(track)

    async def _choose(self, item_id: int) -> None:
        self._transport.forgive()
        self._programme.choose(item_id)
        await self._transport.wait(self._transport.begin())

    async def pause(self, paused: bool | None = None) -> None:  # noqa: FBT001 - MPD's own argument
        """Pause or go on, or without an argument the other of the two; nothing after a stop. Raise OutputError."""
        if self.state is PlayerState.STOPPED:
            return
        wanted = self.state is PlayerState.PLAYING if paused is None else paused
        if wanted and self.state is PlayerState.PLAYING:
            await self._transport.wait(self._transport.hold())
        elif not wanted and self.state is PlayerState.PAUSED:
            await self._transport.wait(self._transport.go_on())

    async def stop(self) -> None:
        """Stop; the current item stays current. Raise OutputError."""
        if self.state is not PlayerState.STOPPED:
            self._programme.stopped()
            await self._transport.wait(self._transport.halt())

    async def next(self) -> None:
        """Play what comes next, also with ``single``, or stop at the end; nothing after a stop. Raise OutputError."""
        if self.state is not PlayerState.STOPPED:
            await self._transport.wait(self._transport.leave_for(self._programme.skipping()))

    async def previous(self) -> None:
        """Play what came before; nothing after a stop. Raise OutputError."""
        if self.state is PlayerState.STOPPED:
            return
        preceding = self._programme.preceding()
        if preceding is not None:
            self._programme.arrive(preceding)
            await self._transport.wait(self._transport.begin())

    async def seek(self, position: int, elapsed: float) -> None:
        """Play (if paused: hold) an item from ``elapsed`` seconds on; raise IndexError, OutputError, Unavailable."""
        item_id = self.queue[position].id
        if self.state is not PlayerState.STOPPED and item_id == self._programme.current_id:
            await self.seek_current(elapsed)
            return
        self._require_available(item_id)
        self._transport.forgive()
        self._programme.choose(item_id)
        target, paused = self._within(elapsed), self.state is PlayerState.PAUSED
        await self._transport.wait(self._transport.cue(target) if paused else self._transport.begin(target))

    async def seek_current(self, elapsed: float) -> None:
        """Go to ``elapsed`` seconds of the current item; nothing after a stop. Raise OutputError."""
        if self.state is PlayerState.STOPPED:
            return
        await self._transport.wait(self._transport.seek(self._within(elapsed)))

    def _within(self, elapsed: float) -> float:
        return max(elapsed, 0.0) if self.duration is None else min(max(elapsed, 0.0), self.duration)

    async def set_volume(self, volume: int) -> None:
        """Set the output's volume, 0 to 100; raise OutputError."""
        await self._transport.wait(self._transport.set_volume(volume))

    async def set_output(self, output: Output) -> None:
        """Go on with another output, at the same place; raise OutputError."""
        if output is self.output:
            return
        with self.batch():
            taken = self._transport.change_output(output)
        if taken is not None:
            await self._transport.wait(taken)

    def outputs_changed(self) -> None:
        """Tell that there are other outputs to choose from, or that one of them is set in another way."""
        self._changes.tell("output")

    def clear_error(self) -> None:
        """Forget the last error."""
        if self._transport.error is not None:
            self._transport.error = None
            self._changes.tell("player")

    # Modes

    def set_random(self, on: bool) -> None:  # noqa: FBT001 - MPD's own argument
        """Play in random order, or in that of the queue."""
        if on != self.random:
            self._programme.set_random(on=on)
            self._modes_changed()

    def set_repeat(self, on: bool) -> None:  # noqa: FBT001 - MPD's own argument
        """Begin again at the end."""
        if on != self.repeat:
            self._programme.modes.repeat = on
            self._modes_changed()

    def set_single(self, mode: Mode) -> None:
        """Pause after each item, or with ``repeat`` repeat it."""
        if mode is not self.single:
            self._programme.modes.single = mode
            self._modes_changed()

    def set_consume(self, mode: Mode) -> None:
        """Take items out of the queue once they have played."""
        if mode is not self.consume:
            self._programme.modes.consume = mode
            self._modes_changed()

    def set_mixing(self, mixing: Mixing) -> None:
        """Mix tracks like this; those who ask for what is so already are told as well, as MPD does."""
        self._programme.modes.mixing = mixing
        self._modes_changed()

    def _modes_changed(self) -> None:
        self._changes.tell("options")
        self._transport.offer_mixing()
        self._transport.offer_next()

    # Edits of the queue

    def add(self, things: Additions, position: int | None = None) -> list[int]:
        """Put tracks and URLs at a position, or at the end, and return their ids; raise QueueFull."""
        ids = self._programme.add(things, position)
        if ids:
            self._edited()
        return ids

    async def replace(self, things: Additions, *, start: int = 0, play: bool = True) -> list[int]:
        """Take a new queue, and play it from position ``start``; raise OutputError, QueueFull."""
        with self.batch():
            ids = self._programme.replace(things)
            self._changes.tell("playlist")
            if play and ids:
                self._transport.forgive()
                self._programme.choose(ids[start])
                taken = self._transport.begin()
            elif self.state is not PlayerState.STOPPED:
                taken = self._transport.halt()
            else:
                return ids
        await self._transport.wait(taken)
        return ids

    def delete(self, start: int, stop: int, rest: Rest | None = None) -> None:
        """Take out positions; if the current item goes, what comes after it plays. ``rest`` may have been prepared."""
        if start >= stop:
            return
        with self.batch():
            if self._programme.delete(start, stop, rest):
                self._current_went()
            self._edited()

    def clear(self) -> None:
        """Stop, and take out everything; an empty queue, too, has another version then."""
        self.queue.last_loaded_playlist = ""
        if not self.queue:
            self.queue.delete(0, 0)
            self._edited()
        self.delete(0, len(self.queue))

    def _current_went(self) -> None:
        """Go on as MPD does: playing with the item behind it, paused with a stop at it, stopped with none."""
        if self.state is PlayerState.PLAYING and self.current is not None:
            self._transport.begin()
        elif self.state is PlayerState.STOPPED:
            self._programme.current_id = None
        else:
            self._transport.halt()

    def loaded(self, playlist: str) -> None:
        """Keep which stored playlist was put into the queue."""
        self.queue.last_loaded_playlist = playlist
        self._keeper.changed()

    def move(self, start: int, stop: int, to: int) -> None:
        """Move positions so that the first of them is at ``to``, counted without them."""
        self.queue.move(start, stop, to)
        self._edited()

    def swap(self, first: int, second: int) -> None:
        """Exchange two positions."""
        self.queue.swap(first, second)
        self._edited()

    def shuffle(self, start: int = 0, stop: int | None = None, mixed: Mixed | None = None) -> None:
        """Put positions, or all, into random order, or that of what was mixed; what plays comes first."""
        end = len(self.queue) if stop is None else stop
        if end - start > 1:
            self._programme.shuffle(start, end, mixed, playing=self.state is not PlayerState.STOPPED)
            self._edited()

    def set_priority(self, start: int, stop: int, priority: int, new: Replacement | None = None) -> None:
        """Give positions a priority, 0 to 255, that counts in random order; ``new`` may have been prepared for it."""
        if start < stop:
            self._programme.set_priority(start, stop, priority, new)
            self._edited()

    def set_tags(self, position: int, tags: tuple[tuple[str, str], ...]) -> None:
        """Give an item the names and values of tags that clients have set."""
        self.queue.set_tags(position, tags)
        self._edited()

    def set_part(self, position: int, start: float, end: float | None) -> None:
        """Play an item, which does not play now, from one second of its track to another only."""
        self.queue.set_part(position, start, end)
        self._edited()

    def library_changed(self) -> None:
        """Look up every track again, so that new titles show; what is gone from the library stays as it was."""
        self._refresher.begin()

    def _edited(self) -> None:
        self._changes.tell("playlist")
        self._transport.offer_next()

    # Keeping

    async def restore(self) -> None:
        """Take the queue, modes and place that were kept; what played is paused, and nothing sounds by itself."""
        saved = await self._keeper.load(self._resolve)
        if saved is not None:
            put_back(saved, self._programme, self._transport)

    def _snapshot(self) -> Saved:
        return snapshot(self._programme, self._transport, self.elapsed)

    async def close(self) -> None:
        """Keep everything, stop the output and let go of it."""
        await self._refresher.close()
        await self._keeper.close()
        await self._transport.close()
