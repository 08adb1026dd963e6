"""Stickers as rows of the index, and back; each function runs in one transaction."""

import sqlite3
from collections.abc import Collection
from math import isinf
from typing import Final, NamedTuple

SONG: Final = "song"
PLAYLIST: Final = "playlist"
RATING: Final = "rating"
PLAY_COUNT: Final = "playCount"
LAST_PLAYED: Final = "lastPlayed"


class StickerKey(NamedTuple):
    """Name what carries stickers: a song or a playlist by its locker and id, the value of a tag, a filter."""

    type: str
    locker: str
    item: str


class Sticker(NamedTuple):
    """Hold a value; with a ``rating`` it is shown as long as that is the rating of the song."""

    value: str
    rating: int | None = None


type Row = tuple[StickerKey, str, Sticker]
"""What carries a sticker, the sticker's name, and the sticker."""


def load_stickers(connection: sqlite3.Connection) -> list[Row]:
    """Return all stickers."""
    found = connection.execute("SELECT type, locker, item, name, value, rating FROM stickers")
    return [
        (StickerKey(kind, locker, item), name, Sticker(value, rating))
        for kind, locker, item, name, value, rating in found
    ]


def put_sticker(connection: sqlite3.Connection, key: StickerKey, name: str, sticker: Sticker) -> None:
    """Write a sticker."""
    connection.execute("REPLACE INTO stickers VALUES (?, ?, ?, ?, ?, ?)", (*key, name, *sticker))


def delete_stickers(connection: sqlite3.Connection, key: StickerKey, names: Collection[str]) -> None:
    """Take stickers off, and with them what they show of a song's plays."""
    connection.executemany(
        "DELETE FROM stickers WHERE type = ? AND locker = ? AND item = ? AND name = ?", [(*key, name) for name in names]
    )
    if key.type == SONG:
        for name, column in ((PLAY_COUNT, "count"), (LAST_PLAYED, "last")):
            if name in names:
                connection.execute(f"UPDATE plays SET {column} = 0 WHERE locker = ? AND track = ?", key[1:])  # noqa: S608 - one of two names


def move_stickers(connection: sqlite3.Connection, key: StickerKey, item: str) -> None:
    """Put all stickers on what is the same thing under another id."""
    connection.execute(
        "UPDATE OR REPLACE stickers SET item = ? WHERE type = ? AND locker = ? AND item = ?", (item, *key)
    )


def drop_stickers(connection: sqlite3.Connection, key: StickerKey) -> None:
    """Forget what was written on something that is no more."""
    connection.execute("DELETE FROM stickers WHERE type = ? AND locker = ? AND item = ?", key)


def forget_stickers(connection: sqlite3.Connection, locker: str) -> None:
    """Forget what was written on the songs and playlists of a locker."""
    connection.execute("DELETE FROM stickers WHERE locker = ?", (locker,))


def add_up(connection: sqlite3.Connection, value: str, amount: str, sign: int) -> str:
    """Return a value with an amount added (``sign`` 1) or subtracted (-1), by the rules of SQLite, as in MPD."""
    (total,) = connection.execute("SELECT ? + ? * ?", (value, amount, sign)).fetchone()
    return _number(total) if isinstance(total, float) else str(total or 0)


def _number(value: float) -> str:
    """Return a number with 15 digits and a point; SQLite writes more of them since 3.47."""
    if isinf(value):
        return "Inf" if value > 0 else "-Inf"
    digits, exponent, power = f"{value:.15g}".partition("e")
    return (digits if "." in digits else f"{digits}.0") + exponent + power
