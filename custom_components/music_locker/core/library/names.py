"""The names that the index keeps: what the URIs of each locker begin with, and the paths that tracks have left."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Final

from ..models import Track
from .uris import segment

REMEMBERED_PATHS: Final = 100_000
"""How many paths of each locker that tracks have left are remembered."""


def segments_of(connection: sqlite3.Connection) -> Mapping[str, str]:
    """Return what the URIs of each locker begin with."""
    return dict(connection.execute("SELECT locker, segment FROM segments"))


def name_locker(connection: sqlite3.Connection, locker: str, title: str) -> None:
    """Let a locker's URIs begin with its title; two lockers of one title get different ones, each for good."""
    connection.execute("DELETE FROM segments WHERE locker = ?", (locker,))
    taken = {each.casefold() for each in segments_of(connection).values()}
    wish = name = segment(title, "Locker")
    count = 1
    while name.casefold() in taken:
        count += 1
        name = f"{wish} ({count})"
    connection.execute("INSERT INTO segments VALUES (?, ?)", (locker, name))


def name_lockers(connection: sqlite3.Connection) -> None:
    """Name the lockers of an index from before their names were kept, in the order that named them then."""
    for locker, title in connection.execute("SELECT id, title FROM lockers ORDER BY rowid").fetchall():
        name_locker(connection, locker, title)


def former_paths(connection: sqlite3.Connection, locker: str) -> Mapping[str, str]:
    """Return the paths that tracks of a locker have left, each with the id of the last one that had it."""
    return dict(connection.execute("SELECT path, track FROM former_paths WHERE locker = ?", (locker,)))


def note_former(connection: sqlite3.Connection, locker: str, tracks: Iterable[Track]) -> None:
    """Remember the paths that tracks have left; the oldest are forgotten where there are too many."""
    connection.executemany(
        "INSERT OR REPLACE INTO former_paths (locker, path, track) VALUES (?, ?, ?)",
        ((locker, track.uri.partition("/")[2], track.id) for track in tracks),
    )
    connection.execute(
        "DELETE FROM former_paths WHERE number IN"
        " (SELECT number FROM former_paths WHERE locker = ? ORDER BY number DESC LIMIT -1 OFFSET ?)",
        (locker, REMEMBERED_PATHS),
    )


def forget_names(connection: sqlite3.Connection, locker: str) -> None:
    """Forget how a locker and its tracks were called."""
    connection.execute("DELETE FROM segments WHERE locker = ?", (locker,))
    connection.execute("DELETE FROM former_paths WHERE locker = ?", (locker,))
