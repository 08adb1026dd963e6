"""What the library tells its listeners."""

from dataclasses import dataclass

from ..errors import LockerError
from ..models import TrackKey


@dataclass(frozen=True, slots=True)
class SyncResult:
    """Tell what a sync did: how many of all kinds were added, updated, removed, and what the locker holds now."""

    changed: bool
    added: int
    updated: int
    removed: int
    tracks: int
    albums: int
    artists: int
    playlists: int


@dataclass(frozen=True, slots=True)
class SyncStarted:
    """Tell that a locker is being read."""

    locker: str


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """Tell how many tracks are read, of how many where the service has told."""

    locker: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class SyncEnded:
    """Tell how a sync ended: with a result, with an error, or with neither where it was cancelled."""

    locker: str
    result: SyncResult | None = None
    error: LockerError | None = None


@dataclass(frozen=True, slots=True)
class CatalogChanged:
    """Tell that there is a new catalog with other songs."""

    version: int


@dataclass(frozen=True, slots=True)
class PlaylistsChanged:
    """Tell that the playlists of a locker, or of the library itself (``LIBRARY``), are others than before.

    With ``renewed`` they are the same, and one has another id.
    """

    locker: str
    renewed: bool = False


@dataclass(frozen=True, slots=True)
class TrackRated:
    """Tell that a track was rated here, 0 (not rated) to 10."""

    key: TrackKey
    rating: int


@dataclass(frozen=True, slots=True)
class StickersChanged:
    """Tell that there are other stickers, ratings of a service or counts of plays."""


@dataclass(frozen=True, slots=True)
class StorageChanged:
    """Tell that the disk is full, each time that something could not be written, or that it is full no more."""

    full: bool


type LibraryEvent = (
    SyncStarted
    | SyncProgress
    | SyncEnded
    | CatalogChanged
    | PlaylistsChanged
    | TrackRated
    | StickersChanged
    | StorageChanged
)
