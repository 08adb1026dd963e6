"""What the Audio Delivery Network's part remembers beside the music; times are Unix seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

type Details = Mapping[str, Any]
"""What a client has said about a thing, by the names of the fields."""


class Status(StrEnum):
    """Where a track is on its way from a name to music."""

    INITIALIZED = "initialized"
    PROCESSING = "processing"
    READY = "ready"
    INCOMPLETE = "incomplete"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection that a client has made; ``folder`` is what its account sees, None is everything."""

    id: str
    created: float
    details: Details
    folder: str | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """What a client has said of an album or a track that the music folder had by itself.

    An album of one title may be in the folders of several accounts: ``folder`` is where it was said, None everywhere.
    """

    id: str
    details: Details
    folder: str | None = None

    @classmethod
    def of(cls, known: str, details: Details, folder: str | None) -> Edit:
        """Return what is said of an album or a track in a folder."""
        return cls(known if folder is None else f"{known} {folder}", details, folder)

    @property
    def known(self) -> str:
        """Return the id of the album or the track."""
        return self.id.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class Upload:
    """A track that a client has made.

    ``owner`` and ``user`` say whose room it takes, ``folder`` what these see. ``key`` is the MD5 of what was sent.
    ``fresh``: the locker did not have that before. ``same_as``: the track of the same collection that it turned out to
    be. ``size`` is what the client has announced. ``address_until``: when its address ends. ``shown_from``: until then
    it counts as in processing.
    """

    id: str
    collection_id: str
    owner: str
    user: str | None
    created: float
    address_until: float
    details: Details
    size: int | None = None
    status: Status = Status.INITIALIZED
    key: str | None = None
    fresh: bool = False
    same_as: str | None = None
    shown_from: float = 0.0
    index: int = 1
    folder: str | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """The picture of a collection or a track, a file in the part's own folder."""

    id: str
    file: str


@dataclass(frozen=True, slots=True)
class UploadSession:
    """A time in which tracks can be added to a collection by whoever knows its id; ``user`` is whose key made it."""

    id: str
    expires: float
    owner: str
    user: str | None
    collection_id: str
    details: Details
    tracks: int = 0


@dataclass(frozen=True, slots=True)
class PlaySession:
    """A time in which a collection or a track can be played by whoever knows the session's id."""

    id: str
    expires: float
    scope: str
    target: str
    variants: tuple[str, ...]
    downloadable: bool
    user: str | None = None
    details: Details = field(default_factory=dict)


type Record = Collection | Edit | Upload | Cover | UploadSession | PlaySession
