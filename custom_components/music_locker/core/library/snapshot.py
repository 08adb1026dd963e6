"""Looking into the index without owning it: another process may hold it open and write to it meanwhile."""

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from ..models import MediaKind
from .database import SCHEMA_VERSION
from .errors import LibraryError, NewerVersionError, library_error
from .names import segments_of
from .own_playlists import LIBRARY
from .searching import search

_BUSY_TIMEOUT = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class LockerSummary:
    """Tell how much the index lists of a locker; ``synced`` is when something was last read into it."""

    id: str
    title: str
    synced: datetime | None
    artists: int = 0
    albums: int = 0
    tracks: int = 0
    playlists: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """Hold one thing that was found.

    ``uri`` is a track's path for MPD clients, None for what is no track; ``locker`` is None for the library's own.
    """

    kind: MediaKind
    id: str
    locker: str | None
    title: str
    artist: str | None = None
    album: str | None = None
    uri: str | None = None


def summaries(path: Path) -> Sequence[LockerSummary]:
    """Return what the index holds of each locker; blocks. Raise LibraryError."""
    with _opened(path) as connection:
        counts: dict[str, dict[str, int]] = {}
        for locker, kind, count in connection.execute(
            "SELECT locker, kind, count(*) FROM items WHERE listed GROUP BY locker, kind"
        ):
            counts.setdefault(locker, {})[f"{kind}s"] = count
        rows = connection.execute("SELECT id, title, synced FROM lockers ORDER BY rowid")
        return [
            LockerSummary(
                locker,
                title,
                None if synced is None else datetime.fromtimestamp(synced, UTC),
                **counts.get(locker, {}),
            )
            for locker, title, synced in rows
        ]


def find(
    path: Path, query: str, *, locker: str | None = None, kinds: Collection[MediaKind], limit: int
) -> Sequence[Found]:
    """Return what holds all words of a query, the best first, as Library.search does; blocks. Raise LibraryError."""
    with _opened(path) as connection:
        begins = segments_of(connection)
        found = search(connection, query, locker, kinds, limit)
        return [_found(connection, begins.get(name, ""), name, kind, item_id) for name, (kind, item_id) in found]


def segments(path: Path) -> Mapping[str, str]:
    """Return what the URIs of each locker begin with; blocks. Raise LibraryError."""
    with _opened(path) as connection:
        return segments_of(connection)


def track_uri(path: Path, locker: str, track_id: str) -> str | None:
    """Return a track's path for MPD clients, None where the index has not got it; blocks. Raise LibraryError."""
    with _opened(path) as connection:
        found = connection.execute(
            "SELECT path FROM items WHERE locker = ? AND kind = ? AND id = ?", (locker, MediaKind.TRACK, track_id)
        ).fetchone()
        return None if found is None else f"{segments_of(connection)[locker]}/{found[0]}"


def check(path: Path) -> None:
    """Read the whole file; blocks. Raise LibraryError where it is damaged."""
    with _opened(path) as connection:
        (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if answer != "ok":
            raise LibraryError(f"The index {path.name} is damaged: {answer}")


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the file for reading, at one moment of its life."""
    if not path.exists():
        raise LibraryError("There is no index yet: sync first")
    try:
        with closing(
            sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_TIMEOUT, isolation_level=None
            )
        ) as connection:
            connection.execute("BEGIN")
            _require_schema(connection, path.name)
            yield connection
    except sqlite3.Error as error:
        raise library_error(f"The index {path.name} cannot be read", error) from error


def _require_schema(connection: sqlite3.Connection, name: str) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise NewerVersionError(f"The index {name} was made by a newer version of Music Locker: update this one")
    if version < SCHEMA_VERSION:
        raise LibraryError(f"The index {name} was made by an older version of Music Locker: sync once")


def _found(connection: sqlite3.Connection, segment: str, locker: str, kind: MediaKind, item_id: str) -> Found:
    path, text = connection.execute(
        "SELECT path, data FROM items WHERE locker = ? AND kind = ? AND id = ?", (locker, kind, item_id)
    ).fetchone()
    data: dict[str, Any] = orjson.loads(text)
    return Found(
        kind=kind,
        id=item_id,
        locker=None if locker == LIBRARY else locker,
        title=data["name"] if kind is MediaKind.ARTIST else data["title"],
        artist=data.get("artist"),
        album=data.get("album"),
        uri=None if path is None else f"{segment}/{path}",
    )
