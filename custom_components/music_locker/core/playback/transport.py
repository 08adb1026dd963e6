"""The transport: what a player is to do, and what its output is told for that.

What is to be done is decided at once, in the event loop, by commands and by the output's events; what the output must
do is given to the driver, in order. An event about anything but what the output was last told to play is stale and
counts for nothing.
"""

import asyncio
from collections.abc import Callable
from enum import Enum, auto

from ..availability import require_available
from ..errors import Unavailable
from .changes import Changes
from .driver import Driver
from .hearing import Hearing
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
from .part_end import PartEnd
from .position import Position
from .programme import Mode, Programme
from .queue import QueueItem


class PlayerState(Enum):
    """Tell what a player is to do."""

    STOPPED = auto()
    PLAYING = auto()
    PAUSED = auto()


class Transport:
    """Play a programme on an output. Commands answer with what is done once the output has taken them."""

    def __init__(
        self, programme: Programme, output: Output, changes: Changes, clock: Callable[[], float], hearing: Hearing
    ) -> None:
        """Keep the parts; ``clock`` gives seconds."""
        self.output = output
        self.state = PlayerState.STOPPED
        self.error: str | None = None
        self.position = Position(clock)
        self._part_end = PartEnd(self.position, self._reach_the_end_of_the_part)
        self._offset = 0.0  # seconds of the track at which the present item begins
        self._programme = programme
        self._changes = changes
        self._hearing = hearing
        self._driver = Driver(self._not_taken)
        # What the output was told: the item to play, whether it began to, and what comes after it.
        self._loaded: int | None = None
        self._started = False
        self._told_next: int | None = None
        self._load_number = 0
        self._failures = 0
        self._lost = False
        output.listener = self._heard

    async def wait(self, taken: asyncio.Future[None]) -> None:
        """Wait until the output has taken a command; raise OutputError."""
        await self._driver.wait(taken)

    async def settle(self) -> None:
        """Wait until the output has taken, or refused, everything that it was given."""
        await self._driver.settle()

    async def close(self) -> None:
        """Stop the output and let go of it."""
        self.output.listener = None
        if self._loaded is not None:
            self._unload()
            self._driver.give(self.output.stop)
        await self._driver.close()

    # Commands

    def forgive(self) -> None:
        """Forget what failed: the user wants to hear something."""
        self._failures = 0
        self.error = None

    def begin(self, elapsed: float = 0.0) -> asyncio.Future[None]:
        """Have the output play the current item; a later load makes an earlier one that still waits needless."""
        if not elapsed:  # what goes on in the middle had its turn before, and keeps what it was given since
            self._spend_priority()
        item = self._programme.current
        assert item is not None  # noqa: S101 - callers have just made one current
        self._hearing.leave(self.position.now)
        self._hearing.begin(item, elapsed)
        self._loaded, self._started, self._told_next = item.id, False, None
        self._lost = False
        self._load_number += 1
        number, media = self._load_number, _media(item)
        self.position.hold()
        self.position.set(elapsed)
        self._play_part(item)
        self._change_state(PlayerState.PLAYING)

        async def load() -> None:
            if number != self._load_number:
                return
            try:
                _require_available(media)
            except Unavailable as error:
                self._heard(Failed(media.item_id, str(error)))
            else:
                self.offer_mixing()
                await self.output.load(media, position=item.start + elapsed)

        taken = self._driver.give(load)
        self.offer_next()
        return taken

    def _spend_priority(self) -> None:
        if self._programme.spend_priority():
            self._changes.tell("playlist")

    def hold(self) -> asyncio.Future[None]:
        """Pause."""
        self.position.hold()
        self._change_state(PlayerState.PAUSED)
        if OutputFeature.PAUSE in self.output.features:
            return self._driver.give(self.output.pause)
        # It can only stop, and is told where to begin when playing goes on.
        self._unload()
        return self._driver.give(self.output.stop)

    def go_on(self) -> asyncio.Future[None]:
        """Go on after a pause."""
        self.error = None
        if self._loaded is None:
            return self.begin(self.position.now)
        if self._started:
            self.position.run()
        self._change_state(PlayerState.PLAYING)
        return self._driver.give(self.output.play)

    def halt(self) -> asyncio.Future[None]:
        """Stop; the current item stays current."""
        self._unload()
        self.position.set(0.0)
        self._change_state(PlayerState.STOPPED)
        return self._driver.give(self.output.stop)

    def seek(self, target: float) -> asyncio.Future[None]:
        """Go to ``target`` seconds of the current item."""
        if self._loaded is not None and OutputFeature.SEEK in self.output.features:
            self.position.set(target)
            self._changes.tell("player")
            place = self._offset + target
            return self._driver.give(lambda: self.output.seek(place))
        if self.state is PlayerState.PLAYING:
            return self.begin(target)
        return self.cue(target)

    def cue(self, target: float) -> asyncio.Future[None]:
        """Let the output be silent; it is told of the current item and ``target`` seconds when playing goes on."""
        self._unload()
        self.position.set(target)
        self._changes.tell("player")
        return self._driver.give(self.output.stop)

    def set_volume(self, volume: int) -> asyncio.Future[None]:
        """Set the output's volume, 0 to 100; raise OutputError where it has none."""
        if OutputFeature.VOLUME not in self.output.features:
            raise OutputError(f"{self.output.name} has no volume")
        return self._driver.give(lambda: self.output.set_volume(volume))

    def change_output(self, output: Output) -> asyncio.Future[None] | None:
        """Go on with another output, at the same place; None if it has nothing to do yet."""
        before, self.output = self.output, output
        before.listener = None
        output.listener = self._heard
        self.position.hold()
        loaded = self._loaded is not None
        self._unload()
        self._changes.tell("output", *(["mixer"] if before.volume is not None or output.volume is not None else []))
        if loaded:
            self._driver.give(before.stop)
        return self.begin(self.position.now) if self.state is PlayerState.PLAYING else None

    def leave_for(self, item_id: int | None) -> asyncio.Future[None]:
        """Play another item, or stop at the end of the queue; then the one before is consumed."""
        before = self._programme.current_id
        self._programme.arrive(item_id)
        taken = self.halt() if item_id is None else self.begin()
        self._consume(before)
        return taken

    def offer_mixing(self) -> None:
        """Tell an output that can mix how that is done now."""
        if self._loaded is not None and OutputFeature.MIXING in self.output.features:
            self.output.set_mixing(self._programme.modes.mixing.settled(random=self._programme.random))

    def offer_next(self) -> None:
        """Tell an output that can play without a gap what comes next, if it does not know."""
        if self._loaded is None or OutputFeature.NEXT not in self.output.features:
            return
        following = self._following_without_gap()
        if following == self._told_next:
            return
        self._told_next = following
        media = None if following is None else _media(self._programme.queue.item(following))
        if media is not None and media.track is not None and not media.track.available:
            media = None  # it is passed over when its time has come
        number = self._load_number

        async def set_next() -> None:
            if number == self._load_number:
                await self.output.set_next(media)

        self._driver.give(set_next)

    def _following_without_gap(self) -> int | None:
        """Return the id that an output may go on to by itself: it knows nothing of parts."""
        following = self._programme.by_itself()
        current = self._programme.current
        if following is None or current is None or current.end is not None:
            return None
        return None if self._programme.queue.item(following).start else following

    def _play_part(self, item: QueueItem) -> None:
        """Let the present item end where it shall."""
        self._offset = item.start
        self._part_end.wait_for(item.duration if item.end is not None else None)

    def _unload(self) -> None:
        """Take nothing more that the output says of what it was told to play, nor begin what still waits."""
        self._hearing.leave(self.position.now)
        self._load_number += 1
        self._loaded, self._started, self._told_next = None, False, None
        self._lost = False
        self._part_end.wait_for(None)
        self.position.hold()

    def _not_taken(self, error: OutputError) -> None:
        """Stop with an error: the output refuses what it is told."""
        self.error = str(error)
        self._unload()
        self.position.set(0.0)
        self._change_state(PlayerState.STOPPED)

    def _change_state(self, state: PlayerState) -> None:
        self.state = state
        self._changes.tell("player")

    # What the output says

    def _heard(self, event: OutputEvent) -> None:
        with self._changes.batch():
            match event:
                case Started(item_id):
                    self._heard_started(item_id)
                case Ended(item_id) if item_id == self._loaded:
                    self._failures = 0
                    self._hearing.leave(self.position.now, ended=True)
                    self._reach_the_end()
                case Failed(item_id, message) if item_id == self._loaded:
                    self._skip(message)
                case StateChanged(state, position) if self._loaded is not None:
                    self._heard_state(state, position)
                case VolumeChanged():
                    self._changes.tell("mixer")

    def _heard_started(self, item_id: int) -> None:
        if item_id == self._loaded and not self._started:
            self._started = True
            if self.state is PlayerState.PLAYING:
                self.position.run()
            self._changes.tell("player")
        elif item_id == self._told_next and item_id in self._programme.queue:
            self._failures = 0
            self._go_over_to(item_id)

    def _go_over_to(self, item_id: int) -> None:
        """Follow an output that has gone on by itself."""
        before = self._programme.current_id
        self._programme.arrive(item_id)
        self._spend_priority()
        self._hearing.leave(self.position.now, ended=True)
        item = self._programme.queue.item(item_id)
        self._hearing.begin(item, 0.0)
        self._loaded, self._started, self._told_next = item_id, True, None
        self.position.set(0.0)
        self.position.run()
        self._play_part(item)
        self._change_state(PlayerState.PLAYING)
        self._consume(before)
        self.offer_next()

    def _reach_the_end_of_the_part(self) -> None:
        """Go on as after the end, with an output that would play on."""
        with self._changes.batch():
            self._failures = 0
            self._hearing.leave(self.position.now)
            if self._programme.ends_after_one:
                self._driver.give(self.output.stop)
            self._reach_the_end()

    def _reach_the_end(self) -> None:
        """Go on after the end of the current item, as the modes say."""
        if not self._programme.ends_after_one:
            self.leave_for(self._programme.following())
            return
        if self._programme.modes.single is Mode.ONESHOT:
            self._programme.modes.single = Mode.OFF
            self._changes.tell("options")
        following = self._programme.following()
        before = self._programme.current_id
        if following is None:
            self.leave_for(None)
            return
        self._unload()
        self._programme.arrive(following)
        self.position.set(0.0)
        self._change_state(PlayerState.PAUSED)
        self._consume(before)

    def _consume(self, item_id: int | None) -> None:
        if item_id is None:
            return
        mode = self._programme.modes.consume
        if self._programme.played(item_id):
            self._changes.tell("playlist")
        if mode is not self._programme.modes.consume:
            self._changes.tell("options")

    def _skip(self, message: str) -> None:
        """Go on after a failure, unless nothing in the queue can be played. A failed item is not consumed."""
        self.error = message
        self._failures += 1
        following = self._programme.skipping()
        if following is None or self._failures >= len(self._programme.queue):
            self._programme.arrive(following)
            self.halt()
            return
        self._programme.arrive(following)
        self.begin()

    def _heard_state(self, state: OutputState, position: float | None) -> None:
        if position is not None and self._started:
            self.position.set(max(position - self._offset, 0.0))
        match state:
            case OutputState.PLAYING if self._started:
                self._lost = False
                self.position.run()
                self._change_state(PlayerState.PLAYING)
            case OutputState.PAUSED if self._started:
                self.position.hold()
                self._change_state(PlayerState.PAUSED)
            case OutputState.BUFFERING:
                self.position.hold()
            case OutputState.UNAVAILABLE:
                self._lose()
            case OutputState.IDLE if self._lost:
                self._unload()  # it came back without what it played
            case OutputState.IDLE if self._started:
                self._programme.stopped()
                self.halt()

    def _lose(self) -> None:
        """Wait, paused, for an output that went away: it may come back and play on, or be told to."""
        self._lost = True
        self.position.hold()
        self.error = self.output.absence
        if self.state is PlayerState.PLAYING:
            self._change_state(PlayerState.PAUSED)


def _require_available(media: Media) -> None:
    if media.track is not None:
        require_available(media.track)


def _media(item: QueueItem) -> Media:
    return Media(item.id, item.track, item.url)
