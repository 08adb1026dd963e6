"""The contract of outputs: where a player's sound goes."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, Flag, auto

from ..models import Track
from ..streams.mixing import Mixing


class OutputFeature(Flag):
    """Tell what an output can do beyond load, play and stop."""

    PAUSE = auto()
    SEEK = auto()
    VOLUME = auto()
    NEXT = auto()
    MIXING = auto()


class OutputState(Enum):
    """Tell what an output is doing."""

    IDLE = auto()
    BUFFERING = auto()
    PLAYING = auto()
    PAUSED = auto()
    UNAVAILABLE = auto()


@dataclass(frozen=True, slots=True)
class Media:
    """Give an output something to play: a library track, or a foreign ``url`` of a queue item without one.

    ``item_id`` is the queue's id of the item, so that events can say what they are about.
    """

    item_id: int
    track: Track | None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class StateChanged:
    """Tell that an output's state is now ``state``; ``position`` in seconds where it is known."""

    state: OutputState
    position: float | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """Tell that an output began to play ``item_id``: after load, or by itself after the one before (NEXT)."""

    item_id: int


@dataclass(frozen=True, slots=True)
class Ended:
    """Tell that ``item_id`` was played to its end and the output has nothing more to play."""

    item_id: int


@dataclass(frozen=True, slots=True)
class Failed:
    """Tell that ``item_id`` cannot be played; ``message`` is for the user and holds no URL of ours."""

    item_id: int
    message: str


@dataclass(frozen=True, slots=True)
class VolumeChanged:
    """Tell the output's own volume, 0 to 100."""

    volume: int


type OutputEvent = StateChanged | Started | Ended | Failed | VolumeChanged


class Output(ABC):
    """Play what a player gives it.

    Commands return once the output has taken them; what happened is told by events, in order, in the event loop.
    Commands raise OutputError. An output belongs to one player at a time: that player sets ``listener``.
    """

    def __init__(self, output_id: str, name: str) -> None:
        """Keep a stable id (it is part of stream tokens) and a name for users."""
        self.id = output_id
        self.name = name
        self.listener: Callable[[OutputEvent], None] | None = None

    @property
    @abstractmethod
    def plugin(self) -> str:
        """Return the kind of output as MPD's ``outputs`` prints it, for example ``httpd``."""

    @property
    @abstractmethod
    def features(self) -> OutputFeature:
        """Return what this output can do now."""

    @property
    @abstractmethod
    def volume(self) -> int | None:
        """Return the volume 0 to 100, or None where there is none."""

    @property
    def absence(self) -> str:
        """Return what users are told when the output is UNAVAILABLE."""
        return f"{self.name} is not available"

    @property
    def attributes(self) -> Mapping[str, str]:
        """Return what can be set of this output, and how it is set now; names are of letters, digits and ``_``."""
        return {}

    async def set_attribute(self, name: str, value: str) -> None:  # noqa: ARG002 - most have none
        """Set one of :attr:`attributes`, which are kept for it over restarts; raise AttributeRefused."""
        raise AttributeRefused("Unsupported attribute")

    @abstractmethod
    async def load(self, media: Media, *, position: float = 0.0, paused: bool = False) -> None:
        """Play ``media`` from ``position`` seconds, in place of what plays now."""

    async def set_next(self, media: Media | None) -> None:  # noqa: B027 - only with NEXT
        """Take what comes after the present media, for playing without a gap; only with NEXT."""

    @abstractmethod
    async def play(self) -> None:
        """Go on after a pause."""

    @abstractmethod
    async def pause(self) -> None:
        """Pause; only with PAUSE."""

    @abstractmethod
    async def stop(self) -> None:
        """Stop and forget what was loaded."""

    async def seek(self, position: float) -> None:  # noqa: B027 - only with SEEK
        """Go on from ``position`` seconds of the present media; only with SEEK."""

    async def set_volume(self, volume: int) -> None:  # noqa: B027 - only with VOLUME
        """Set the volume, 0 to 100; only with VOLUME."""

    def set_mixing(self, mixing: Mixing) -> None:  # noqa: B027 - only with MIXING
        """Take how tracks are mixed, and how loud they are: TRACK or ALBUM, never AUTO; only with MIXING."""

    def restore_volume(self, volume: int) -> None:  # noqa: B027 - a speaker keeps its own
        """Take the volume, 0 to 100, that was kept over a restart, where the output keeps none of its own."""

    async def close(self) -> None:  # noqa: B027 - many start no task
        """End every task that the output started."""

    def emit(self, event: OutputEvent) -> None:
        """Tell the player that owns this output."""
        if self.listener is not None:
            self.listener(event)


class AttributeRefused(ValueError):  # noqa: N818 - says what it is
    """Tell that an output has no such attribute, or none of this value; the message is for the user."""


class OutputError(Exception):
    """Tell that an output did not take a command; the message is for the user."""
