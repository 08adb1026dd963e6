"""The output that plays on another integration's media player, by Home Assistant's own actions.

What the speaker does is read from its state. It may be polled, so it is asked for its state when a track should begin
or end. It may be anybody's: what is told to the player is only about media that this output itself has loaded.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine
from enum import Enum, auto
from typing import Any, Final, override
from urllib.parse import unquote

from homeassistant.components.media_player import (
    ATTR_MEDIA_CONTENT_ID,
    ATTR_MEDIA_CONTENT_TYPE,
    ATTR_MEDIA_ENQUEUE,
    ATTR_MEDIA_EXTRA,
    ATTR_MEDIA_SEEK_POSITION,
    ATTR_MEDIA_VOLUME_LEVEL,
    SERVICE_PLAY_MEDIA,
    MediaPlayerEnqueue,
    MediaPlayerEntityFeature,
    MediaType,
)
from homeassistant.const import (
    SERVICE_MEDIA_PAUSE,
    SERVICE_MEDIA_PLAY,
    SERVICE_MEDIA_SEEK,
    SERVICE_MEDIA_STOP,
    SERVICE_TURN_OFF,
    SERVICE_VOLUME_SET,
)
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event

from .core.models import Track
from .core.playback.output import (
    Ended,
    Failed,
    Media,
    Output,
    OutputError,
    OutputFeature,
    OutputState,
    Started,
    StateChanged,
    VolumeChanged,
)
from .core.streams import Streams
from .reachability import base_url
from .speaker import Speaker
from .speaker_clock import SpeakerClock

START_CHECKS: Final = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds between the questions whether it has begun
END_CHECK: Final = 0.5  # seconds between the questions whether it has ended
END_CHECKS: Final = 20  # after so many the speaker's own pace must do
LONG_OUTAGE: Final = 30.0  # seconds; a speaker that was away for longer does not go on by itself

_FEATURES = {
    MediaPlayerEntityFeature.PAUSE: OutputFeature.PAUSE,
    MediaPlayerEntityFeature.SEEK: OutputFeature.SEEK,
    MediaPlayerEntityFeature.VOLUME_SET: OutputFeature.VOLUME,
}


class _Phase(Enum):
    """Tell how far what we loaded has come."""

    NOTHING = auto()
    LOADING = auto()
    ACTIVE = auto()


class HomeAssistantOutput(Output):
    """Play on a media player entity."""

    def __init__(
        self, hass: HomeAssistant, output_id: str, entity_id: str, streams: Streams, *, address: str | None = None
    ) -> None:
        """Follow the entity; :meth:`close` ends that. It is given ``address`` in place of what Home Assistant says."""
        self._speaker = Speaker(hass, entity_id)
        super().__init__(output_id, self._speaker.name)
        self._hass = hass
        self._streams = streams
        self._base_url = address
        self._phase = _Phase.NOTHING
        self._media: Media | None = None
        self._mark: str | None = None
        self._content_before: str | None = None
        self._content_accepted: str | None = None
        self._clock = SpeakerClock()
        self._length: float | None = None
        self._begun = asyncio.Event()
        self._reported = OutputState.IDLE
        self._volume = self._speaker.volume
        self._away_since = time.monotonic() if self._speaker.state is OutputState.UNAVAILABLE else None
        self._checks: asyncio.Task[None] | None = None
        self._available_listeners: list[Callable[[], None]] = []
        self._stop_following: Callable[[], None] | None = async_track_state_change_event(
            hass, entity_id, self._state_changed
        )

    @property
    @override
    def plugin(self) -> str:
        """Return the kind of output."""
        return "homeassistant"

    @property
    @override
    def features(self) -> OutputFeature:
        """Return what the speaker can do now."""
        of_speaker = self._speaker.features
        found = OutputFeature(0)
        for theirs, ours in _FEATURES.items():
            if theirs in of_speaker:
                found |= ours
        return found

    @property
    @override
    def volume(self) -> int | None:
        """Return the speaker's volume as it was last known."""
        return self._volume

    @property
    def available(self) -> bool:
        """Return whether the speaker is there."""
        return self._away_since is None

    def on_available_changed(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` when the speaker comes or goes; the answer ends that."""
        self._available_listeners.append(listener)
        return lambda: self._available_listeners.remove(listener)

    # Commands

    @override
    async def load(self, media: Media, *, position: float = 0.0, paused: bool = False) -> None:
        """Have the speaker play ``media``."""
        address = self._address(media)
        if not self.available:
            raise OutputError(f"{self.name} is not available")
        self._forget()
        self._media, self._phase = media, _Phase.LOADING
        self._mark = None if media.track is None else address.rsplit("/", 2)[-2]
        self._content_before = self._speaker.content
        self._clock = SpeakerClock()
        self._length = None if media.track is None else media.track.duration
        try:
            await self._speaker.act(SERVICE_PLAY_MEDIA, self._play_media_data(media, address))
        except OutputError:
            self._forget()
            raise
        if self._media is not media:
            return
        self._look()
        self._check(self._see_it_begin(media, position=position, paused=paused))

    @override
    async def play(self) -> None:
        """Go on after a pause."""
        await self._speaker.act(SERVICE_MEDIA_PLAY)

    @override
    async def pause(self) -> None:
        """Pause the speaker."""
        await self._speaker.act(SERVICE_MEDIA_PAUSE)

    @override
    async def stop(self) -> None:
        """Stop the speaker, unless it plays what somebody else loaded."""
        if self._phase is _Phase.NOTHING:
            return
        self._forget()
        self._report(OutputState.IDLE)
        of_speaker = self._speaker.features
        if MediaPlayerEntityFeature.STOP in of_speaker:
            await self._speaker.act(SERVICE_MEDIA_STOP)
        elif MediaPlayerEntityFeature.PAUSE in of_speaker:
            await self._speaker.act(SERVICE_MEDIA_PAUSE)
        elif MediaPlayerEntityFeature.TURN_OFF in of_speaker:
            await self._speaker.act(SERVICE_TURN_OFF)

    @override
    async def seek(self, position: float) -> None:
        """Go to ``position`` seconds."""
        await self._speaker.act(SERVICE_MEDIA_SEEK, {ATTR_MEDIA_SEEK_POSITION: position})
        self._clock.set(position)
        self._report(self._reported, position)
        if self._begun.is_set():
            self._check(self._see_it_end())

    @override
    async def set_volume(self, volume: int) -> None:
        """Set the speaker's volume."""
        await self._speaker.act(SERVICE_VOLUME_SET, {ATTR_MEDIA_VOLUME_LEVEL: volume / 100})

    @override
    async def close(self) -> None:
        """Follow the speaker no more; what it plays goes on."""
        if self._stop_following is not None:
            self._stop_following()
            self._stop_following = None
        checks = self._checks
        self._forget()
        if checks is not None:
            await asyncio.wait({checks})

    def _address(self, media: Media) -> str:
        """Return what the speaker is told to open; raise OutputError."""
        if media.track is None:
            if media.url is None:
                raise OutputError("There is nothing to play")
            return media.url
        return f"{self._base_url or base_url(self._hass)}{self._streams.path(self.id, media.track)}"

    def _play_media_data(self, media: Media, address: str) -> dict[str, Any]:
        data: dict[str, Any] = {ATTR_MEDIA_CONTENT_TYPE: MediaType.MUSIC, ATTR_MEDIA_CONTENT_ID: address}
        if media.track is not None:
            data[ATTR_MEDIA_EXTRA] = {"metadata": _metadata(media.track)}
        if MediaPlayerEntityFeature.MEDIA_ENQUEUE in self._speaker.features:
            data[ATTR_MEDIA_ENQUEUE] = MediaPlayerEnqueue.REPLACE
        return data

    # What the speaker does

    @callback
    def _state_changed(self, _: Event[EventStateChangedData]) -> None:
        self._look()

    @callback
    def _look(self) -> None:
        """Read the speaker's state, and tell the player what is new."""
        now = self._speaker.state
        if now is OutputState.UNAVAILABLE:
            self._note_away()
            return
        away_for = self._note_there()
        self._note_volume()
        match self._phase:
            case _Phase.LOADING if now is not OutputState.IDLE and self._is_ours():
                self._note_start(now)
            case _Phase.ACTIVE if now is OutputState.IDLE:
                self._note_silence(away_for)
            case _Phase.ACTIVE if self._is_ours():
                self._note_progress(now)
            case _Phase.ACTIVE:
                self._forget()
                self._report(OutputState.IDLE)
            case _Phase.NOTHING if away_for is not None:
                self._report(OutputState.IDLE)

    def _note_away(self) -> None:
        if self._away_since is None:
            self._away_since = time.monotonic()
            self._report(OutputState.UNAVAILABLE)
            self._tell_available()

    def _note_there(self) -> float | None:
        """Return for how many seconds the speaker was away, None where it was not."""
        if self._away_since is None:
            return None
        away_for = time.monotonic() - self._away_since
        self._away_since = None
        self._tell_available()
        return away_for

    def _tell_available(self) -> None:
        for listener in tuple(self._available_listeners):
            listener()

    def _note_volume(self) -> None:
        volume = self._speaker.volume
        if volume is not None and volume != self._volume:
            self._volume = volume
            self.emit(VolumeChanged(volume))

    def _note_start(self, now: OutputState) -> None:
        assert self._media is not None  # noqa: S101 - LOADING has media
        self._phase = _Phase.ACTIVE
        self._begun.set()
        self.emit(Started(self._media.item_id))
        self._note_progress(now)

    def _note_progress(self, now: OutputState) -> None:
        if now is OutputState.PLAYING:
            self._clock.run()
        else:
            self._clock.hold()
        self._length = self._speaker.length or self._length
        told = self._speaker.position
        moved = told is not None and self._clock.correct(told)
        if moved or now is not self._reported:
            self._report(now, self._clock.position)
            if self._checks is None or self._checks.done():
                self._check(self._see_it_end())

    def _note_silence(self, away_for: float | None) -> None:
        """Tell whether the track ended, or somebody stopped the speaker in the middle of it."""
        media = self._media
        assert media is not None  # noqa: S101 - ACTIVE has media
        ended = self._is_at_end() and (away_for is None or away_for < LONG_OUTAGE)
        self._forget()
        if ended:
            self._reported = OutputState.IDLE
            self.emit(Ended(media.item_id))
        else:
            self._report(OutputState.IDLE)

    def _is_at_end(self) -> bool:
        """Tell whether the estimate is near the end; lengths in tags and whole seconds are never exact."""
        if self._length is None:
            return True
        return self._clock.position >= self._length - min(10.0, max(1.5, self._length / 10))

    def _is_ours(self) -> bool:
        """Tell whether the speaker plays what we loaded, as far as it says what it plays."""
        content = self._speaker.content
        if content is None or content == self._content_accepted:
            return True
        if self._mark is not None and self._mark in unquote(content):
            return True
        own_name = self._mark is None or not content.startswith(("http://", "https://"))
        if self._phase is _Phase.LOADING and content != self._content_before and own_name:
            self._content_accepted = content  # the speaker has its own name for what it was given
            return True
        return False

    def _report(self, state: OutputState, position: float | None = None) -> None:
        self._reported = state
        self.emit(StateChanged(state, position))

    def _forget(self) -> None:
        """Know nothing of what was loaded."""
        self._phase = _Phase.NOTHING
        self._media = self._mark = self._content_before = self._content_accepted = self._length = None
        self._begun.clear()
        if self._checks is not None and self._checks is not asyncio.current_task():
            self._checks.cancel()
        self._checks = None

    # Asking the speaker, which may be polled too rarely for us

    def _check(self, questions: Coroutine[Any, Any, None]) -> None:
        """Ask the speaker something from now on, in place of what was asked before."""
        if self._checks is not None:
            self._checks.cancel()
        self._checks = self._hass.async_create_background_task(questions, f"music locker output {self.id}")

    async def _see_it_begin(self, media: Media, *, position: float, paused: bool) -> None:
        """Wait until the speaker plays, bring it to where it shall be, then wait for the end."""
        for seconds in START_CHECKS:
            try:
                async with asyncio.timeout(seconds):
                    await self._begun.wait()
                    break
            except TimeoutError:
                await self._ask()
        if not self._begun.is_set():
            self._forget()
            self.emit(Failed(media.item_id, f"{self.name} did not begin to play"))
            return
        with contextlib.suppress(OutputError):  # it plays, though not where or how it should
            if position > 0 and OutputFeature.SEEK in self.features:
                await self._speaker.act(SERVICE_MEDIA_SEEK, {ATTR_MEDIA_SEEK_POSITION: position})
                self._clock.set(position)
                self._report(self._reported, position)
            if paused and OutputFeature.PAUSE in self.features:
                await self._speaker.act(SERVICE_MEDIA_PAUSE)
        await self._see_it_end()

    async def _see_it_end(self) -> None:
        """Ask the speaker when the track should be over, until it is."""
        for _ in range(END_CHECKS):
            if self._length is None or self._reported is not OutputState.PLAYING:
                return
            await asyncio.sleep(max(self._length - self._clock.position, END_CHECK))
            await self._ask()

    async def _ask(self) -> None:
        await self._speaker.ask()
        self._look()


def _metadata(track: Track) -> dict[str, Any]:
    """Return what speakers with a display show, in the words of Cast's music metadata."""
    found = {"metadataType": 3, "title": track.title, "artist": track.artist, "albumName": track.album}
    return {key: value for key, value in found.items() if value is not None}
