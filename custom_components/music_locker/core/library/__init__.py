"""The index: every locker's artists, albums, tracks and playlists, in SQLite and in memory."""

from .catalog import Catalog
from .contents import Directory
from .errors import LibraryError, NewerVersionError, StorageFullError
from .events import (
    CatalogChanged,
    LibraryEvent,
    PlaylistsChanged,
    StickersChanged,
    StorageChanged,
    SyncEnded,
    SyncProgress,
    SyncResult,
    SyncStarted,
    TrackRated,
)
from .library import Library
from .own_playlists import LIBRARY, PlaylistEntry

__all__ = [
    "LIBRARY",
    "Catalog",
    "CatalogChanged",
    "Directory",
    "Library",
    "LibraryError",
    "LibraryEvent",
    "NewerVersionError",
    "PlaylistEntry",
    "PlaylistsChanged",
    "StickersChanged",
    "StorageChanged",
    "StorageFullError",
    "SyncEnded",
    "SyncProgress",
    "SyncResult",
    "SyncStarted",
    "TrackRated",
]
