"""The library's own playlists: those that no service keeps, of tracks of any locker and of foreign URLs."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import batched, islice
from typing import Final, NamedTuple

import orjson

from ..models import MediaKind, Playlist, TrackKey
from . import rows
from .sticker_rows import PLAYLIST, StickerKey, drop_stickers

LIBRARY: Final = "*"
"""Stands for the library where a locker's id is expected; no locker has this id."""

_BLOCK = 256  # entries that are written at once


class PlaylistEntry(NamedTuple):
    """Hold one place of a playlist: a track with the URI that it had, or with no ``key`` a foreign URL."""

    uri: str
    key: TrackKey | None = None


type OwnPlaylist = tuple[Playlist, Sequence[PlaylistEntry]]
type OwnPlaylists = Mapping[str, OwnPlaylist]


def own_playlist(playlist_id: str, title: str, entries: Iterable[PlaylistEntry]) -> OwnPlaylist:
    """Return a playlist as it is from now on."""
    held = tuple(entries)
    playlist = Playlist(
        playlist_id, title, locker=LIBRARY, track_count=len(held), modified=datetime.now(UTC), editable=True
    )
    return playlist, held


def write_own_playlist(connection: sqlite3.Connection, new: OwnPlaylist, old: OwnPlaylist | None) -> None:
    """Write a playlist; the blocks of entries that ``old`` begins with are there already."""
    playlist, entries = new
    if old is None or old[0].title != playlist.title:
        rows.put(connection, [playlist], {playlist.id: ()})
    else:
        rows.put_data(connection, playlist, {playlist.id: ()})
    known = () if old is None else old[1]
    same = next(
        (number for number, (one, other) in enumerate(zip(known, entries, strict=False)) if one is not other),
        min(len(known), len(entries)),
    )
    if old is not None and same == len(known) == len(entries):
        return
    first = same // _BLOCK
    connection.execute("DELETE FROM playlist_blocks WHERE playlist = ? AND number >= ?", (playlist.id, first))
    changed = batched(islice(entries, first * _BLOCK, None), _BLOCK, strict=False)
    connection.executemany(
        "INSERT INTO playlist_blocks VALUES (?, ?, ?)",
        (
            (playlist.id, number, orjson.dumps([(entry.uri, *(entry.key or ())) for entry in block]))
            for number, block in enumerate(changed, first)
        ),
    )


def delete_own_playlist(connection: sqlite3.Connection, playlist_id: str) -> None:
    """Forget a playlist, and what was written on it."""
    rows.delete(connection, LIBRARY, [(MediaKind.PLAYLIST, playlist_id)])
    connection.execute("DELETE FROM playlist_blocks WHERE playlist = ?", (playlist_id,))
    drop_stickers(connection, StickerKey(PLAYLIST, LIBRARY, playlist_id))


def load_own_playlists(connection: sqlite3.Connection) -> OwnPlaylists:
    """Read all of them."""
    held: dict[str, list[PlaylistEntry]] = {}
    found = connection.execute("SELECT playlist, entries FROM playlist_blocks ORDER BY playlist, number")
    for playlist_id, text in found:
        block = [PlaylistEntry(uri, TrackKey(*key) if key else None) for uri, *key in orjson.loads(text)]
        held.setdefault(playlist_id, []).extend(block)
    return {
        playlist_id: (playlist, tuple(held.get(playlist_id, ())))
        for playlist_id, playlist in rows.load(connection, LIBRARY, "").playlists.items()
    }
