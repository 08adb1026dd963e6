"""Search: FTS5 with trigrams finds words of three letters and more, LIKE the beginnings of shorter ones."""

import sqlite3
from collections.abc import Collection, Sequence

from ..models import MediaKind
from .folding import fold
from .rows import Key

_TRIGRAM = 3
_MAX_QUERY = 500  # characters
_MAX_WORDS = 16


def search(
    connection: sqlite3.Connection, query: str, locker: str | None, kinds: Collection[MediaKind], limit: int
) -> Sequence[tuple[str, Key]]:
    """Return the lockers and keys of what holds all words of a query.

    The best come first: the title is the query, begins with it, has it, or only has the words; artists before albums,
    playlists and tracks; short titles before long ones.
    """
    folded = fold(query[:_MAX_QUERY])
    words = list(dict.fromkeys(folded.split()))[:_MAX_WORDS]
    if not words or not kinds or limit <= 0:
        return []
    where, values = _conditions(words)
    where += ["listed", f"kind IN ({', '.join('?' * len(kinds))})"]
    values += [str(kind) for kind in kinds]
    if locker is not None:
        where.append("locker = ?")
        values.append(locker)
    rows = connection.execute(
        "SELECT locker, kind, id FROM items WHERE "  # noqa: S608 - conditions of ours, with values bound
        + " AND ".join(where)
        + " ORDER BY CASE WHEN title = ? THEN 0 WHEN instr(title, ?) = 1 THEN 1 WHEN instr(title, ?) THEN 2 ELSE 3 END,"
        " CASE kind WHEN 'artist' THEN 0 WHEN 'album' THEN 1 WHEN 'playlist' THEN 2 ELSE 3 END,"
        " length(title), title, number LIMIT ?",
        (*values, folded, folded, folded, limit),
    )
    return [(found, (MediaKind(kind), item_id)) for found, kind, item_id in rows]


def _conditions(words: Sequence[str]) -> tuple[list[str], list[str | int]]:
    """Return the conditions that all words make, and their values."""
    conditions: list[str] = []
    values: list[str | int] = []
    if long := [word for word in words if len(word) >= _TRIGRAM]:
        conditions.append("number IN (SELECT rowid FROM search WHERE search MATCH ?)")
        values.append(" AND ".join(f'"{word.replace('"', '""')}"' for word in long))
    for word in words:
        if len(word) < _TRIGRAM:
            # Where words stand without spaces between them, as in Japanese, a short one may be anywhere.
            conditions.append("instr(' ' || words, ?)")
            values.append(f" {word}" if word.isascii() else word)
    return conditions, values
