"""The history of playing: how often each track was played, and when last."""

import sqlite3
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from ..models import TrackKey
from .sticker_rows import LAST_PLAYED, PLAY_COUNT, SONG


class Play(NamedTuple):
    """Tell how often a track was played, and when last: seconds since 1970, 0 for a time that was forgotten."""

    times: int = 0
    last: float = 0.0


type Plays = dict[str, Play]
"""What was played of a locker by the tracks' ids, the last one at the end."""


def note_play(connection: sqlite3.Connection, key: TrackKey, at: datetime) -> None:
    """Count a play; one of a locker that is gone meanwhile is not kept."""
    connection.execute(
        "INSERT INTO plays (locker, track, count, last) SELECT id, ?, 1, ? FROM lockers WHERE id = ?"
        " ON CONFLICT (locker, track) DO UPDATE SET count = count + 1, last = excluded.last",
        (key.id, at.timestamp(), key.locker),
    )
    # What a client wrote is older now.
    connection.execute(
        "DELETE FROM stickers WHERE type = ? AND locker = ? AND item = ? AND name = ?", (SONG, *key, LAST_PLAYED)
    )


def load_plays(connection: sqlite3.Connection, locker: str) -> Plays:
    """Return what was played of a locker."""
    found = connection.execute("SELECT track, count, last FROM plays WHERE locker = ? ORDER BY last", (locker,))
    return {track: Play(count, last) for track, count, last in found}


def add_play(plays: Plays, track_id: str, at: datetime) -> None:
    """Count a play."""
    before = plays.pop(track_id, Play())
    plays[track_id] = Play(before.times + 1, at.timestamp())


def last_played(plays: Plays) -> Iterator[str]:
    """Yield the tracks that were played, the last one first; safe in any thread."""
    return (track_id for track_id in reversed(list(plays)) if plays.get(track_id, Play()).last)


def forget_play(plays: Plays, track_id: str, what: Collection[str]) -> None:
    """Forget how often a track was played, or when last, or both."""
    before = plays.get(track_id)
    if before is not None:
        plays[track_id] = Play(0 if PLAY_COUNT in what else before.times, 0 if LAST_PLAYED in what else before.last)


def forget_plays(connection: sqlite3.Connection, locker: str) -> None:
    """Forget what was played of a locker."""
    connection.execute("DELETE FROM plays WHERE locker = ?", (locker,))
