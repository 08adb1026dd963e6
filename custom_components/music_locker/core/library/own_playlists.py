"""The library's own playlists: those that no service keeps, of tracks of any locker and of foreign URLs."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from ..models import MediaKind, Playlist, TrackKey
from . import rows

LIBRARY: Final = "*"
"""Stands for the library where a locker's id is expected; no locker has this id."""


@dataclass(frozen=True, slots=True)
class PlaylistEntry:
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
    """Write a playlist; entries that ``old`` begins with are there already."""
    playlist, entries = new
    rows.put(connection, [playlist], {playlist.id: ()})
    known = () if old is None else old[1]
    same = next(
        (number for number, (one, other) in enumerate(zip(known, entries, strict=False)) if one is not other),
        min(len(known), len(entries)),
    )
    connection.execute("DELETE FROM playlist_items WHERE playlist = ? AND position >= ?", (playlist.id, same))
    connection.executemany(
        "INSERT INTO playlist_items (playlist, position, uri, locker, track) VALUES (?, ?, ?, ?, ?)",
        (
            (playlist.id, position, entry.uri, *(entry.key or (None, None)))
            for position, entry in enumerate(entries[same:], same)
        ),
    )


def delete_own_playlist(connection: sqlite3.Connection, playlist_id: str) -> None:
    """Forget a playlist."""
    rows.delete(connection, LIBRARY, [(MediaKind.PLAYLIST, playlist_id)])
    connection.execute("DELETE FROM playlist_items WHERE playlist = ?", (playlist_id,))


def load_own_playlists(connection: sqlite3.Connection) -> OwnPlaylists:
    """Read all of them."""
    held: dict[str, list[PlaylistEntry]] = {}
    found = connection.execute("SELECT playlist, uri, locker, track FROM playlist_items ORDER BY playlist, position")
    for playlist_id, uri, locker, track in found:
        key = None if locker is None else TrackKey(locker, track)
        held.setdefault(playlist_id, []).append(PlaylistEntry(uri, key))
    return {
        playlist_id: (playlist, tuple(held.get(playlist_id, ())))
        for playlist_id, playlist in rows.load(connection, LIBRARY, "").playlists.items()
    }
