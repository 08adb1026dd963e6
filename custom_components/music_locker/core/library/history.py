"""The history of playing: how often each track was played, and when last."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from ..models import TrackKey

REMEMBERED: Final = 1000  # tracks of each locker that are at hand in memory


def note_play(connection: sqlite3.Connection, key: TrackKey, at: datetime) -> None:
    """Count a play; one of a locker that is gone meanwhile is not kept."""
    connection.execute(
        "INSERT INTO plays (locker, track, count, last) SELECT id, ?, 1, ? FROM lockers WHERE id = ?"
        " ON CONFLICT (locker, track) DO UPDATE SET count = count + 1, last = excluded.last",
        (key.id, at.timestamp(), key.locker),
    )


def latest_plays(connection: sqlite3.Connection, locker: str) -> Sequence[str]:
    """Return the ids of a locker's tracks that were played, the last one first."""
    found = connection.execute(
        "SELECT track FROM plays WHERE locker = ? ORDER BY last DESC LIMIT ?", (locker, REMEMBERED)
    )
    return tuple(track for (track,) in found)


def play_count(connection: sqlite3.Connection, key: TrackKey) -> int:
    """Return how often a track was played."""
    found = connection.execute(
        "SELECT count FROM plays WHERE locker = ? AND track = ?", (key.locker, key.id)
    ).fetchone()
    return 0 if found is None else int(found[0])


def forget_plays(connection: sqlite3.Connection, locker: str) -> None:
    """Forget what was played of a locker."""
    connection.execute("DELETE FROM plays WHERE locker = ?", (locker,))
