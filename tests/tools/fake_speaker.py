"""A speaker for tests: it takes the commands of an output, and plays, fails or goes away when it is told to."""

from music_locker_core.playback.output import (
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

ALL = OutputFeature.PAUSE | OutputFeature.SEEK | OutputFeature.VOLUME | OutputFeature.NEXT


class FakeSpeaker(Output):
    """Note every command in ``commands``; tell events only when a test says so, but ``Started`` if ``prompt``."""

    def __init__(self, output_id: str = "speaker", features: OutputFeature = ALL, *, prompt: bool = True) -> None:
        """Begin with nothing loaded and a volume of 50."""
        super().__init__(output_id, output_id.title())
        self.commands: list[tuple[object, ...]] = []
        self.loaded: Media | None = None
        self.following: Media | None = None
        self.refuses: str | None = None
        self._features = features
        self._prompt = prompt
        self._volume = 50

    @property
    def plugin(self) -> str:
        """Return a kind of output that is no real one."""
        return "fake"

    @property
    def features(self) -> OutputFeature:
        """Return what the test asked for."""
        return self._features

    @property
    def volume(self) -> int | None:
        """Return the volume, if it has one."""
        return self._volume if OutputFeature.VOLUME in self._features else None

    def _take(self, *command: object) -> None:
        self.commands.append(command)
        if self.refuses is not None:
            raise OutputError(self.refuses)

    async def load(self, media: Media, *, position: float = 0.0, paused: bool = False) -> None:
        """Load, and begin at once if prompt."""
        self._take("load", media.item_id, position)
        self.loaded, self.following = media, None
        if self._prompt and not paused:
            self.emit(Started(media.item_id))

    async def set_next(self, media: Media | None) -> None:
        """Keep what comes next."""
        self._take("next", None if media is None else media.item_id)
        self.following = media

    async def play(self) -> None:
        """Go on."""
        self._take("play")

    async def pause(self) -> None:
        """Pause."""
        self._take("pause")

    async def stop(self) -> None:
        """Forget what was loaded."""
        self._take("stop")
        self.loaded = self.following = None

    async def seek(self, position: float) -> None:
        """Seek."""
        self._take("seek", position)

    async def set_volume(self, volume: int) -> None:
        """Take a volume and tell of it."""
        self._take("volume", volume)
        self._volume = volume
        self.emit(VolumeChanged(volume))

    def restore_volume(self, volume: int) -> None:
        """Begin with the volume that it had."""
        self._volume = volume

    # What a test has it do

    def end(self) -> None:
        """Play to the end, and go on by itself with what comes next."""
        assert self.loaded is not None
        gone, self.loaded, self.following = self.loaded, self.following, None
        self.emit(Ended(gone.item_id) if self.loaded is None else Started(self.loaded.item_id))

    def fail(self, message: str = "It cannot be decoded") -> None:
        """Fail to play what is loaded."""
        assert self.loaded is not None
        self.emit(Failed(self.loaded.item_id, message))

    def report(self, state: OutputState, position: float | None = None) -> None:
        """Tell a state, as one does whose own buttons were pressed or that went away."""
        self.emit(StateChanged(state, position))

    def names(self) -> list[object]:
        """Return the names of the commands so far."""
        return [command[0] for command in self.commands]


class Clock:
    """A clock that only a test moves."""

    def __init__(self) -> None:
        """Begin at a time that is no special one."""
        self.now: float = 1000.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now
