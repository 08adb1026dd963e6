"""The player: one queue, its transport state, and the output that it drives.

What the player is to do is decided at once, in the event loop, by commands and by the output's events; what the output
must do for that is given to the driver, in order. An event about anything but what the output was last told to play is
stale and counts for nothing.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import Enum, auto
from random import Random, SystemRandom

from ..models import Track, TrackKey
from .driver import Driver
from .output import (
    Ended,
    Failed,
    Media,
    Output,
    OutputError,
    OutputEvent,
    OutputFeature,
    OutputState,
    Started,
    StateChanged,
    VolumeChanged,
)
from .persistence import Keeper, PlayerStore, Saved
from .position import Position
from .programme import Mode, Programme
from .queue import Queue, QueueItem


class PlayerState(Enum):
    """Tell what a player is to do."""

    STOPPED = auto()
    PLAYING = auto()
    PAUSED = auto()


type Listener = Callable[[frozenset[str]], None]


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
        clock: Callable[[], float] = time.monotonic,
        chance: Random | None = None,
    ) -> None:
        """Keep the parts; ``resolve`` finds tracks in the library, ``clock`` gives seconds."""
        self.id = player_id
        self.name = name
        self.output = output
        self.state = PlayerState.STOPPED
        self.error: str | None = None
        self._programme = Programme(chance or SystemRandom())
        self._resolve = resolve
        self._position = Position(clock)
        self._driver = Driver(self._not_taken)
        self._keeper = Keeper(player_id, store, self._snapshot)
        self._listeners: list[Listener] = []
        self._batch: set[str] | None = None
        # What the output was told: the item to play, whether it began to, and what comes after it.
        self._loaded: int | None = None
        self._started = False
        self._told_next: int | None = None
        self._load_number = 0
        self._failures = 0
        self._lost = False
        output.listener = self._heard

    # What can be read at any time

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
        duration = self.duration
        elapsed = self._position.now
        return elapsed if duration is None else min(elapsed, duration)

    @property
    def duration(self) -> float | None:
        """Return the seconds of the current item, where they are known."""
        item = self.current
        return None if item is None or item.track is None else item.track.duration

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

    # Listeners

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with the names of what changed; the answer ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Tell of everything that happens in the block once, at its end."""
        if self._batch is not None:
            yield
            return
        self._batch = set()
        try:
            yield
        finally:
            names, self._batch = self._batch, None
            if names:
                self._tell(*names)

    def _tell(self, *names: str) -> None:
        if self._batch is not None:
            self._batch.update(names)
            return
        self._keeper.changed()
        for listener in tuple(self._listeners):
            listener(frozenset(names))

    # Transport

    async def play(self, position: int | None = None) -> None:
        """Play the item at a position, or go on with the current one; raise IndexError, OutputError."""
        if position is not None:
            await self.play_id(self.queue[position].id)
        elif self.state is PlayerState.PAUSED:
            await self.pause(paused=False)
        elif self.state is PlayerState.STOPPED:
            item_id = self._programme.first() if self.current is None else self.current.id
            if item_id is not None:
                await self.play_id(item_id)

    async def play_id(self, item_id: int) -> None:
        """Play an item from its beginning; raise KeyError, OutputError."""
        self.queue.position_of(item_id)
        self._failures = 0
        self.error = None
        self._programme.choose(item_id)
        await self._driver.wait(self._begin())

    async def pause(self, paused: bool | None = None) -> None:  # noqa: FBT001 - MPD's own argument
        """Pause or go on, or without an argument the other of the two; nothing after a stop. Raise OutputError."""
        if self.state is PlayerState.STOPPED:
            return
        wanted = self.state is PlayerState.PLAYING if paused is None else paused
        if wanted and self.state is PlayerState.PLAYING:
            await self._driver.wait(self._hold())
        elif not wanted and self.state is PlayerState.PAUSED:
            await self._driver.wait(self._go_on())

    def _hold(self) -> asyncio.Future[None]:
        self._position.hold()
        self._change_state(PlayerState.PAUSED)
        if OutputFeature.PAUSE in self.output.features:
            return self._driver.give(self.output.pause)
        # It can only stop, and is told where to begin when playing goes on.
        self._unload()
        return self._driver.give(self.output.stop)

    def _go_on(self) -> asyncio.Future[None]:
        self.error = None
        if self._loaded is None:
            return self._begin(self._position.now)
        if self._started:
            self._position.run()
        self._change_state(PlayerState.PLAYING)
        return self._driver.give(self.output.play)

    async def stop(self) -> None:
        """Stop; the current item stays current. Raise OutputError."""
        if self.state is not PlayerState.STOPPED:
            self._programme.stopped()
            await self._driver.wait(self._halt())

    def _halt(self) -> asyncio.Future[None]:
        self._unload()
        self._position.set(0.0)
        self._change_state(PlayerState.STOPPED)
        return self._driver.give(self.output.stop)

    async def next(self) -> None:
        """Play what comes next, also with ``single``, or stop at the end; nothing after a stop. Raise OutputError."""
        if self.state is not PlayerState.STOPPED:
            await self._driver.wait(self._leave_for(self._programme.skipping()))

    async def previous(self) -> None:
        """Play what came before; nothing after a stop. Raise OutputError."""
        preceding = self._programme.preceding()
        if self.state is not PlayerState.STOPPED and preceding is not None:
            self._programme.arrive(preceding)
            await self._driver.wait(self._begin())

    async def seek(self, position: int, elapsed: float) -> None:
        """Play the item at a position from ``elapsed`` seconds on; raise IndexError, OutputError."""
        item_id = self.queue[position].id
        if self.state is not PlayerState.STOPPED and item_id == self._programme.current_id:
            await self.seek_current(elapsed)
            return
        self._failures = 0
        self.error = None
        self._programme.choose(item_id)
        await self._driver.wait(self._begin(self._within(elapsed)))

    async def seek_current(self, elapsed: float) -> None:
        """Go to ``elapsed`` seconds of the current item; nothing after a stop. Raise OutputError."""
        if self.state is PlayerState.STOPPED:
            return
        target = self._within(elapsed)
        if self._loaded is not None and OutputFeature.SEEK in self.output.features:
            self._position.set(target)
            self._tell("player")
            await self._driver.wait(self._driver.give(lambda: self.output.seek(target)))
        elif self.state is PlayerState.PLAYING:
            await self._driver.wait(self._begin(target))
        else:
            self._unload()
            self._position.set(target)
            self._tell("player")
            await self._driver.wait(self._driver.give(self.output.stop))

    def _within(self, elapsed: float) -> float:
        return max(elapsed, 0.0) if self.duration is None else min(max(elapsed, 0.0), self.duration)

    async def set_volume(self, volume: int) -> None:
        """Set the output's volume, 0 to 100; raise OutputError."""
        if OutputFeature.VOLUME not in self.output.features:
            raise OutputError(f"{self.output.name} has no volume")
        await self._driver.wait(self._driver.give(lambda: self.output.set_volume(volume)))

    async def set_output(self, output: Output) -> None:
        """Go on with another output, at the same place; raise OutputError."""
        if output is self.output:
            return
        before, self.output = self.output, output
        before.listener = None
        output.listener = self._heard
        self._position.hold()
        loaded = self._loaded is not None
        self._unload()
        with self.batch():
            self._tell("output", "mixer", "player")
            if loaded:
                self._driver.give(before.stop)
            if self.state is PlayerState.PLAYING:
                taken = self._begin(self._position.now)
            else:
                return
        await self._driver.wait(taken)

    def clear_error(self) -> None:
        """Forget the last error."""
        if self.error is not None:
            self.error = None
            self._tell("player")

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

    def _modes_changed(self) -> None:
        self._tell("options")
        self._offer_next()

    # Edits of the queue

    def add(self, things: Iterable[Track | str], position: int | None = None) -> list[int]:
        """Put tracks and URLs at a position, or at the end, and return their ids."""
        ids = self._programme.add(things, position)
        if ids:
            self._edited()
        return ids

    async def replace(self, things: Iterable[Track | str], *, start: int = 0, play: bool = True) -> list[int]:
        """Take a new queue, and play it from position ``start``; raise OutputError."""
        with self.batch():
            self._programme.delete(0, len(self.queue))
            self._programme.current_id = None
            ids = self._programme.add(things, None)
            self._tell("playlist")
            if play and ids:
                self._failures = 0
                self.error = None
                self._programme.choose(ids[start])
                taken = self._begin()
            elif self.state is not PlayerState.STOPPED:
                taken = self._halt()
            else:
                return ids
        await self._driver.wait(taken)
        return ids

    def delete(self, start: int, stop: int) -> None:
        """Take out positions; if the current item goes, what comes after it plays."""
        if start >= stop:
            return
        with self.batch():
            if self._programme.delete(start, stop):
                self._current_went()
            self._edited()

    def delete_id(self, item_id: int) -> None:
        """Take out an item; raise KeyError."""
        position = self.queue.position_of(item_id)
        self.delete(position, position + 1)

    def clear(self) -> None:
        """Stop, and take out everything."""
        self.delete(0, len(self.queue))

    def _current_went(self) -> None:
        """Go on as MPD does: playing with the item behind it, paused with a stop at it, stopped with none."""
        if self.state is PlayerState.PLAYING and self.current is not None:
            self._begin()
        elif self.state is PlayerState.STOPPED:
            self._programme.current_id = None
        else:
            self._halt()

    def move(self, start: int, stop: int, to: int) -> None:
        """Move positions so that the first of them is at ``to``, counted without them."""
        self.queue.move(start, stop, to)
        self._edited()

    def swap(self, first: int, second: int) -> None:
        """Exchange two positions."""
        self.queue.swap(first, second)
        self._edited()

    def shuffle(self, start: int = 0, stop: int | None = None) -> None:
        """Put positions, or all, into random order; what plays comes first."""
        end = len(self.queue) if stop is None else stop
        self._programme.shuffle(start, end, playing=self.state is not PlayerState.STOPPED)
        self._edited()

    def set_priority(self, start: int, stop: int, priority: int) -> None:
        """Give positions a priority, 0 to 255, that counts in random order."""
        self._programme.set_priority(start, stop, priority)
        self._edited()

    def library_changed(self) -> None:
        """Look up every track again, so that new titles show; what is gone from the library stays as it was."""
        changed = []
        for position, item in enumerate(self.queue):
            found = None if item.track is None else self._resolve(item.track.key)
            if found is not None and found != item.track:
                changed.append((position, found))
        if changed:
            self.queue.replace_tracks(changed)
            self._tell("playlist", "player")

    def _edited(self) -> None:
        self._tell("playlist")
        self._offer_next()

    # What the output is told

    def _begin(self, elapsed: float = 0.0) -> asyncio.Future[None]:
        """Have the output play the current item; a later load makes an earlier one that still waits needless."""
        item = self.current
        assert item is not None  # noqa: S101 - callers have just made one current
        self._loaded, self._started, self._told_next = item.id, False, None
        self._lost = False
        self._load_number += 1
        number, media = self._load_number, _media(item)
        self._position.hold()
        self._position.set(elapsed)
        self._change_state(PlayerState.PLAYING)

        async def load() -> None:
            if number == self._load_number:
                await self.output.load(media, position=elapsed)

        taken = self._driver.give(load)
        self._offer_next()
        return taken

    def _unload(self) -> None:
        """Take nothing more that the output says of what it was told to play, nor begin what still waits."""
        self._load_number += 1
        self._loaded, self._started, self._told_next = None, False, None
        self._lost = False
        self._position.hold()

    def _offer_next(self) -> None:
        """Tell an output that can play without a gap what comes next, if it does not know."""
        if self._loaded is None or OutputFeature.NEXT not in self.output.features:
            return
        following = self._programme.by_itself()
        if following == self._told_next:
            return
        self._told_next = following
        media = None if following is None else _media(self.queue.item(following))
        number = self._load_number

        async def set_next() -> None:
            if number == self._load_number:
                await self.output.set_next(media)

        self._driver.give(set_next)

    def _not_taken(self, error: OutputError) -> None:
        """Stop with an error: the output refuses what it is told."""
        self.error = str(error)
        self._unload()
        self._position.set(0.0)
        self._change_state(PlayerState.STOPPED)

    def _change_state(self, state: PlayerState) -> None:
        self.state = state
        self._tell("player")

    # What the output says

    def _heard(self, event: OutputEvent) -> None:
        with self.batch():
            match event:
                case Started(item_id):
                    self._heard_started(item_id)
                case Ended(item_id) if item_id == self._loaded:
                    self._failures = 0
                    self._reach_the_end()
                case Failed(item_id, message) if item_id == self._loaded:
                    self._skip(message)
                case StateChanged(state, position) if self._loaded is not None:
                    self._heard_state(state, position)
                case VolumeChanged():
                    self._tell("mixer")

    def _heard_started(self, item_id: int) -> None:
        if item_id == self._loaded and not self._started:
            self._started = True
            if self.state is PlayerState.PLAYING:
                self._position.run()
            self._tell("player")
        elif item_id == self._told_next and item_id in self.queue:
            self._failures = 0
            self._go_over_to(item_id)

    def _go_over_to(self, item_id: int) -> None:
        """Follow an output that has gone on by itself."""
        before = self._programme.current_id
        self._programme.arrive(item_id)
        self._loaded, self._started, self._told_next = item_id, True, None
        self._position.set(0.0)
        self._position.run()
        self._change_state(PlayerState.PLAYING)
        self._consume(before)
        self._offer_next()

    def _reach_the_end(self) -> None:
        """Go on after the end of the current item, as the modes say."""
        if not self._programme.ends_after_one:
            self._leave_for(self._programme.following())
            return
        if self.single is Mode.ONESHOT:
            self._programme.modes.single = Mode.OFF
            self._tell("options")
        following = self._programme.following()
        before = self._programme.current_id
        if following is None:
            self._leave_for(None)
            return
        self._unload()
        self._programme.arrive(following)
        self._position.set(0.0)
        self._change_state(PlayerState.PAUSED)
        self._consume(before)

    def _leave_for(self, item_id: int | None) -> asyncio.Future[None]:
        """Play another item, or stop at the end of the queue; then the one before is consumed."""
        before = self._programme.current_id
        self._programme.arrive(item_id)
        taken = self._halt() if item_id is None else self._begin()
        self._consume(before)
        return taken

    def _consume(self, item_id: int | None) -> None:
        if item_id is None:
            return
        mode = self.consume
        if self._programme.played(item_id):
            self._tell("playlist")
        if mode is not self.consume:
            self._tell("options")

    def _skip(self, message: str) -> None:
        """Go on after a failure, unless nothing in the queue can be played. A failed item is not consumed."""
        self.error = message
        self._failures += 1
        following = self._programme.skipping()
        if following is None or self._failures >= len(self.queue):
            self._programme.arrive(following)
            self._halt()
            return
        self._programme.arrive(following)
        self._begin()

    def _heard_state(self, state: OutputState, position: float | None) -> None:
        if position is not None and self._started:
            self._position.set(position)
        match state:
            case OutputState.PLAYING if self._started:
                self._lost = False
                self._position.run()
                self._change_state(PlayerState.PLAYING)
            case OutputState.PAUSED if self._started:
                self._position.hold()
                self._change_state(PlayerState.PAUSED)
            case OutputState.BUFFERING:
                self._position.hold()
            case OutputState.UNAVAILABLE:
                self._lose()
            case OutputState.IDLE if self._lost:
                self._unload()  # it came back without what it played
            case OutputState.IDLE if self._started:
                self._programme.stopped()
                self._halt()

    def _lose(self) -> None:
        """Wait, paused, for an output that went away: it may come back and play on, or be told to."""
        self._lost = True
        self._position.hold()
        self.error = f"{self.output.name} is not available"
        if self.state is PlayerState.PLAYING:
            self._change_state(PlayerState.PAUSED)

    # Keeping

    async def restore(self) -> None:
        """Take the queue, modes and place that were kept; what played is paused, and nothing sounds by itself."""
        saved = await self._keeper.load(self._resolve)
        if saved is None:
            return
        self.queue.restore(saved.items, saved.queue_version, saved.last_id)
        self._programme.modes = saved.modes
        self._programme.current_id = saved.current if saved.current in self.queue else None
        if saved.random:
            self._programme.set_random(on=True)
        if saved.paused and self.current is not None:
            self.state = PlayerState.PAUSED
            self._position.set(saved.elapsed)

    def _snapshot(self) -> Saved:
        return Saved(
            items=self.queue.items,
            queue_version=self.queue.version,
            last_id=self.queue.last_id,
            current=self._programme.current_id,
            paused=self.state is not PlayerState.STOPPED,
            elapsed=self.elapsed,
            modes=self._programme.modes,
            random=self.random,
        )

    async def close(self) -> None:
        """Keep everything, stop the output and let go of it."""
        await self._keeper.close()
        self.output.listener = None
        if self._loaded is not None:
            self._unload()
            self._driver.give(self.output.stop)
        await self._driver.close()


def _media(item: QueueItem) -> Media:
    return Media(item.id, item.track, item.url)
