"""What is written to the index and read from it as a whole; each function runs in one transaction."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ..models import MediaKind
from . import rows
from .catalog import Catalog
from .contents import Contents, Listed
from .edits import Untold, forget_untold, load_untold
from .history import Plays, forget_plays, load_plays
from .names import forget_names, name_locker, note_former, segments_of
from .own_playlists import load_own_playlists
from .reading import Difference
from .sticker_rows import Row, forget_stickers, load_stickers


@dataclass(frozen=True, slots=True)
class Known:
    """Hold what the file says of all lockers: the catalog, of each its marker, plays and untold edits, and stickers."""

    catalog: Catalog
    markers: Mapping[str, str | None]
    plays: Mapping[str, Plays]
    untold: Mapping[str, Mapping[rows.Key, Untold]]
    stickers: Sequence[Row]


def read_all(connection: sqlite3.Connection) -> Known:
    """Read everything."""
    contents: dict[str, Contents] = {}
    markers: dict[str, str | None] = {}
    begins = segments_of(connection)
    lockers = connection.execute("SELECT id, title, marker, synced FROM lockers ORDER BY rowid").fetchall()
    for locker, title, marker, synced in lockers:
        name = begins[locker]
        read = None if synced is None else datetime.fromtimestamp(synced, UTC)
        contents[locker] = Contents(locker, title, name, rows.load(connection, locker, name), read)
        markers[locker] = marker
    (version,) = connection.execute("SELECT version FROM catalog").fetchone()
    return Known(
        Catalog(version, contents, load_own_playlists(connection)),
        markers,
        {locker: load_plays(connection, locker) for locker in contents},
        {locker: load_untold(connection, locker) for locker in contents},
        load_stickers(connection),
    )


def add_locker(connection: sqlite3.Connection, locker: str, title: str) -> None:
    """Make a locker known, or give it another title."""
    connection.execute(
        "INSERT INTO lockers (id, title) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET title = excluded.title",
        (locker, title),
    )
    name_locker(connection, locker, title)
    _next_version(connection)


def remove_locker(connection: sqlite3.Connection, locker: str) -> None:
    """Forget a locker and everything of it."""
    rows.delete_all(connection, locker)
    forget_plays(connection, locker)
    forget_stickers(connection, locker)
    forget_names(connection, locker)
    forget_untold(connection, locker)
    connection.execute("DELETE FROM lockers WHERE id = ?", (locker,))
    _next_version(connection)


def write_difference(  # noqa: PLR0913, PLR0917 - one argument for each thing that is written
    connection: sqlite3.Connection,
    locker: str,
    after: Listed,
    difference: Difference,
    marker: str | None,
    synced: datetime,
) -> None:
    """Write what a sync found."""
    rows.delete(connection, locker, difference.deleted)
    rows.put(connection, difference.put, after.playlist_tracks)
    note_former(connection, locker, difference.left)
    connection.execute("UPDATE lockers SET marker = ?, synced = ? WHERE id = ?", (marker, synced.timestamp(), locker))
    if difference.kinds - {MediaKind.PLAYLIST}:
        _next_version(connection)


def _next_version(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE catalog SET version = version + 1")


def save_state(connection: sqlite3.Connection, key: str, value: bytes) -> None:
    """Keep a value by name."""
    connection.execute(
        "INSERT INTO state VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value)
    )


def load_state(connection: sqlite3.Connection, key: str) -> bytes | None:
    """Return the value of a name, None if there is none."""
    found = connection.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
    return None if found is None else bytes(found[0])


def delete_state(connection: sqlite3.Connection, key: str) -> None:
    """Forget a name."""
    connection.execute("DELETE FROM state WHERE key = ?", (key,))
