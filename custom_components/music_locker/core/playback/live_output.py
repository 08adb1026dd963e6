"""The live output: what a player plays as one endless MP3 over HTTP, for whoever listens.

One task does it all. While somebody listens it takes PCM from decks, block by block, and sends what the encoder makes
of it, LEAD seconds ahead of the clock; a pause is silence. While nobody listens nothing is fetched, decoded or encoded:
the position goes on by the clock, and tracks start and end in their time.
"""

import asyncio
import logging
from collections.abc import Mapping

from aiohttp import web

from ..models import Track
from ..streams import Streams
from ..streams.decks import Decks
from ..streams.live import Broadcast
from ..streams.measuring import measure_while
from ..streams.mixing import Mixing
from ..streams.pace import Pace
from ..streams.pieces import Piece
from ..streams.sound import BIT_RATES, BYTES_PER_SECOND, FRAME_BYTES, FULL_VOLUME, MP3_FRAME
from .output import (
    AttributeRefused,
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

_LOGGER = logging.getLogger(__name__)

LEAD = 1.0  # seconds that the listeners are ahead of the clock
BLOCK_BYTES = 4 * MP3_FRAME * FRAME_BYTES
BLOCK_SECONDS = BLOCK_BYTES / BYTES_PER_SECOND

_PATIENCE = 0.8  # seconds to wait for sound before listeners get silence; less than LEAD, so that nobody runs dry
_TOO_LATE = 2.0  # seconds behind the clock (a suspended machine) that are not caught up
_SILENCE = Piece(bytes(BLOCK_BYTES))
_CLOSE_TIMEOUT = 10.0
_FOREIGN = "The live stream plays the locker's tracks only"


class LiveOutput(Output):
    """Play to the listeners of an HTTP stream."""

    plugin = "httpd"
    features = ~OutputFeature(0)  # all that there are

    def __init__(self, output_id: str, name: str, streams: Streams, *, pace: Pace | None = None) -> None:
        """Keep the parts; without ``pace`` it is the machine's clock."""
        super().__init__(output_id, name)
        self._streams = streams
        self._pace = pace or Pace()
        self._volume = FULL_VOLUME
        self._media: Media | None = None
        self._following: Media | None = None
        self._state = OutputState.IDLE
        self._position = 0.0  # seconds, at _since while the clock alone moves it
        self._since = 0.0
        self._started = False
        self._starving = False
        self._patient_until: float | None = None  # on the loop's clock
        self._duration: float | None = None  # of the present media, where it was measured
        self._sent_until = 0.0  # on the clock
        self._wake = asyncio.Event()
        self._decks = Decks(streams, self._wake.set)
        self._broadcast = Broadcast(name, self._listeners_changed)
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def volume(self) -> int:
        """Return the volume, 0 to 100."""
        return self._volume

    @property
    def attributes(self) -> Mapping[str, str]:
        """Return ``bitrate``, in kbit/s."""
        return {"bitrate": str(self._broadcast.bit_rate)}

    async def set_attribute(self, name: str, value: str) -> None:
        """Set ``bitrate``: from then on once nobody listens; raise AttributeRefused."""
        if name != "bitrate":
            raise AttributeRefused("Unsupported attribute")
        if value not in map(str, BIT_RATES):
            raise AttributeRefused(f"A bit rate is one of {', '.join(map(str, BIT_RATES))} kbit/s")
        self._broadcast.bit_rate = int(value)

    @property
    def position(self) -> float:
        """Return how far the present media has come, in seconds."""
        if self._state is OutputState.PLAYING and self._decks.present is None:
            return self._position + self._pace.now() - self._since
        return self._position

    # Commands

    async def load(self, media: Media, *, position: float = 0.0, paused: bool = False) -> None:
        """Play ``media`` from ``position`` on; the next media is forgotten."""
        self._run()
        self._following = None
        self._begin(media, position)
        self._state = OutputState.PAUSED if paused else OutputState.PLAYING
        self._open_deck()
        if paused:
            self._tell(StateChanged(OutputState.PAUSED, position))
        self._wake.set()

    async def set_next(self, media: Media | None) -> None:
        """Take what comes after the present media; it is fetched ahead while somebody listens."""
        self._following = media
        self._decks.drop_following()
        if media is not None and self._broadcast.listening:
            self._prefetch(media)
        self._wake.set()

    async def play(self) -> None:
        """Go on after a pause."""
        self._run()
        if self._media is None:
            raise OutputError("There is nothing to play")
        if self._state is OutputState.PLAYING:
            return
        self._since = self._pace.now()
        self._state = OutputState.PLAYING
        self._open_deck()
        if self._started:
            self._tell(StateChanged(OutputState.PLAYING, self._position))
        self._wake.set()

    async def pause(self) -> None:
        """Send silence, and keep the position."""
        if self._state is OutputState.PLAYING:
            self._position = self.position
            self._state = OutputState.PAUSED
            self._starving = False
            self._tell(StateChanged(OutputState.PAUSED, self._position))
            self._wake.set()

    async def stop(self) -> None:
        """Send silence, and forget the media."""
        if self._media is not None:
            self._forget()
            self._tell(StateChanged(OutputState.IDLE))

    async def seek(self, position: float) -> None:
        """Go on from ``position`` seconds."""
        if self._media is None:
            raise OutputError("There is nothing to seek in")
        started = self._started
        self._begin(self._media, position)
        self._started = started
        self._open_deck()
        if started or self._state is OutputState.PAUSED:
            self._tell(StateChanged(self._state, self._position))
        self._wake.set()

    async def set_volume(self, volume: int) -> None:
        """Set the volume for all listeners, 0 to 100."""
        self._volume = min(max(volume, 0), FULL_VOLUME)
        self._tell(VolumeChanged(self._volume))

    def set_mixing(self, mixing: Mixing) -> None:
        """Mix what overlaps from now on, and even the loudness out at once."""
        self._decks.set_mixing(mixing)

    def restore_volume(self, volume: int) -> None:
        """Begin with the volume that listeners had."""
        self._volume = volume

    async def close(self) -> None:
        """End the stream of every listener, every task and every thread."""
        self._closed = True
        self._forget()
        self._broadcast.close()
        tasks = set(self._decks.tasks)
        if self._task is not None:
            self._task.cancel()
            tasks.add(self._task)
        if tasks:
            await asyncio.wait(tasks, timeout=_CLOSE_TIMEOUT)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer GET and HEAD of the live stream."""
        if not self._closed:
            self._run()
        return await self._broadcast.handle(request)

    # The one task

    def _run(self) -> None:
        if self._closed:
            raise OutputError("The live stream is closed")
        if self._task is None:
            self._task = asyncio.create_task(self._work(), name=f"music locker live stream {self.id}")

    async def _work(self) -> None:
        while True:
            self._wake.clear()
            try:
                if self._broadcast.listening:
                    await self._send_block()
                elif self._state is OutputState.PLAYING:
                    await self._pass_time()
                else:
                    await self._wake.wait()
            except Exception:
                # One track must not end the stream for ever.
                _LOGGER.exception("Unexpected error in the live stream %s", self.id)
                self._fail("The track cannot be played")
                await self._pace.wait(self._wake, LEAD)

    async def _send_block(self) -> None:
        """Send the next block when its time has come."""
        if self._sent_until < self._pace.now() - _TOO_LATE:
            self._sent_until = self._pace.now()
        early = self._sent_until + BLOCK_SECONDS - LEAD - self._pace.now()
        if early > 0:
            await self._pace.wait(self._wake, early)
            return
        if sound := await self._block():
            await self._broadcast.send(sound, self._volume)
            self._sent_until += BLOCK_SECONDS

    async def _pass_time(self) -> None:
        """Wait until the present media would be over, or for news."""
        media = self._media
        if media is None or media.track is None:
            self._fail(_FOREIGN)
            return
        duration = media.track.duration or self._duration
        if duration is None:
            await self._measure(media, media.track)
            return
        self._announce()
        remaining = duration - self.position
        if remaining > 0:
            await self._pace.wait(self._wake, remaining)
        else:
            following = None if self._following is None else self._following.track
            mixed = 0.0 if following is None else self._decks.unheard_overlap(duration, following)
            self._go_on(min(mixed, duration - self._position) - remaining)

    async def _measure(self, media: Media, track: Track) -> None:
        """Learn the length of a track whose locker tells none; leave off when something else is wanted."""
        found = await measure_while(
            lambda: media is self._media and not self._broadcast.listening, self._streams, track, self._wake
        )
        if media is self._media and isinstance(found, str):
            self._fail(found)
        elif media is self._media and not isinstance(found, str):
            self._duration = found

    # Sound

    async def _block(self) -> list[Piece] | None:
        """Return the next sound, or None where things changed while it was waited for."""
        media = self._media
        if media is None or self._state is not OutputState.PLAYING:
            return [_SILENCE]
        if media.track is None:
            self._fail(_FOREIGN)
            return None
        self._decks.prepare(None if self._following is None else self._following.track)
        if not self._decks.ready(BLOCK_BYTES):
            return await self._starve()
        if self._decks.failure is not None:
            self._fail(self._decks.failure)
            return None
        self._announce()
        return self._take()

    def _open_deck(self) -> None:
        """Begin to decode where the present media is, if somebody listens."""
        media = self._media
        if self._broadcast.listening and self._decks.present is None and media is not None and media.track is not None:
            self._decks.open(media.track, self._position)

    async def _starve(self) -> list[Piece] | None:
        """Wait for sound, as long as listeners do not notice; then give silence until it comes."""
        if self._starving:
            return [_SILENCE]
        self._patient_until = self._patient_until or asyncio.get_running_loop().time() + _PATIENCE
        try:
            async with asyncio.timeout_at(self._patient_until):
                await self._wake.wait()
        except TimeoutError:
            if not self._decks.give_up_waiting(BLOCK_BYTES):
                self._starving = True
                self._tell(StateChanged(OutputState.BUFFERING, self._position))
        return None

    def _take(self) -> list[Piece]:
        """Return one block, over the border to the next track where there is one."""
        self._patient_until = None
        pieces: list[Piece] = []
        missing = BLOCK_BYTES
        while (deck := self._decks.present) is not None and self._state is OutputState.PLAYING:
            taken = self._decks.take(missing)
            pieces += taken
            size = sum(len(piece.pcm) for piece in taken)
            self._position += size / BYTES_PER_SECOND
            missing -= size
            if not missing or not deck.ended or deck.error is not None:
                break
            self._go_on(self._decks.overlapped)
        return [*pieces, Piece(bytes(missing))] if missing else pieces

    # Transitions

    def _begin(self, media: Media, position: float) -> None:
        self._decks.drop()
        self._place(media, position)

    def _place(self, media: Media, position: float) -> None:
        if media is not self._media:
            self._duration = None
        self._media = media
        self._position = max(0.0, position)
        self._since = self._pace.now()
        self._started = self._starving = False
        self._patient_until = None

    def _announce(self) -> None:
        """Tell once that the present media plays, and again after it had to wait for bytes."""
        if self._media is None or (self._started and not self._starving):
            return
        if not self._started:
            self._tell(Started(self._media.item_id))
        self._started, self._starving = True, False
        self._tell(StateChanged(OutputState.PLAYING, self.position))

    def _go_on(self, surplus: float) -> None:
        """End the present media; the next one has been playing for ``surplus`` seconds."""
        ended, following = self._media, self._following
        if following is None:
            self._forget()
            if ended is not None:
                self._tell(Ended(ended.item_id))
            self._tell(StateChanged(OutputState.IDLE))
            return
        self._decks.move_on()
        self._place(following, surplus)
        self._following = None
        if following.track is None:
            self._tell(Started(following.item_id))
            self._fail(_FOREIGN)
            return
        self._open_deck()
        self._announce()

    def _fail(self, message: str) -> None:
        failed = self._media
        self._forget()
        if failed is not None:
            self._tell(Failed(failed.item_id, message))
        self._tell(StateChanged(OutputState.IDLE))

    def _forget(self) -> None:
        self._decks.drop()
        self._media = self._following = None
        self._state = OutputState.IDLE
        self._position = 0.0
        self._started = self._starving = False
        self._wake.set()

    def _listeners_changed(self) -> None:
        """Go over from the clock to decoding, or back."""
        self._position = self.position
        self._since = self._pace.now()
        if self._broadcast.listening:
            self._sent_until = self._since
            self._open_deck()
            if self._following is not None:
                self._prefetch(self._following)
        else:
            self._starving = False
            self._decks.drop()
        self._wake.set()

    def _prefetch(self, media: Media) -> None:
        if media.track is not None:
            self._streams.prefetch(media.track)

    def _tell(self, event: OutputEvent) -> None:
        """Tell soon: the player is still inside its command, and is not to be called back there."""
        asyncio.get_running_loop().call_soon(self._emit_open, event)

    def _emit_open(self, event: OutputEvent) -> None:
        if not self._closed:
            self.emit(event)
