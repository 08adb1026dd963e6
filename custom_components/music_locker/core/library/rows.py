"""Items as rows of the index, and back."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import orjson

from ..models import Album, Artist, Downloads, MediaKind, Playlist, PlaylistKind, Track
from .contents import Listed
from .folding import fold
from .sharing import Sharing

type Item = Artist | Album | Track | Playlist
type Key = tuple[MediaKind, str]

_KINDS: dict[type, MediaKind] = {
    Artist: MediaKind.ARTIST,
    Album: MediaKind.ALBUM,
    Track: MediaKind.TRACK,
    Playlist: MediaKind.PLAYLIST,
}
_TYPES = {kind: each for each, kind in _KINDS.items()}
_DATES = ("added", "modified")
_ENUMS: dict[str, dict[str, StrEnum]] = {
    "kind": {str(each): each for each in PlaylistKind},
    "downloads": {str(each): each for each in Downloads},
}
_PLAYLIST_TRACKS = "tracks"
_SHARED = {MediaKind.ARTIST: ("name",), MediaKind.ALBUM: ("title",)}  # with the tracks that name them


def key_of(item: Item) -> Key:
    """Return what names an item in its locker."""
    return _KINDS[type(item)], item.id


def title_of(item: Item) -> str:
    """Return what an item is called."""
    return item.name if isinstance(item, Artist) else item.title


def _words_of(item: Item) -> str:
    """Return the folded text that an item is found by: its title and the names around it."""
    names: tuple[str, ...] = (title_of(item),)
    match item:
        case Album():
            names = (item.title, item.artist)
        case Track():
            names = (item.title, item.artist, item.album_artist or "", item.album or "")
        case Playlist():
            names = (item.title, item.owner or "")
    # Each for itself: a name of symbols keeps them only when it is folded alone.
    return " ".join(dict.fromkeys(fold(name) for name in names if name))


def put(connection: sqlite3.Connection, items: Iterable[Item], playlist_tracks: Mapping[str, Sequence[str]]) -> None:
    """Write items; those of ``playlist_tracks`` go with their playlists."""
    for item in items:
        kind, item_id = key_of(item)
        _forget_words(connection, item.locker, kind, item_id)
        (number,) = connection.execute(
            "INSERT INTO items (locker, kind, id, path, title, words, data, listed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (locker, kind, id) DO UPDATE SET"
            " path = excluded.path, title = excluded.title, words = excluded.words, data = excluded.data,"
            " listed = excluded.listed"
            " RETURNING number",
            (
                item.locker,
                kind,
                item_id,
                item.uri.partition("/")[2] if isinstance(item, Track) else None,
                fold(title_of(item)),
                words := _words_of(item),
                _data(item, playlist_tracks),
                not isinstance(item, Track) or item.listed,
            ),
        ).fetchone()
        connection.execute("INSERT INTO search (rowid, words) VALUES (?, ?)", (number, words))


def put_data(connection: sqlite3.Connection, item: Item, playlist_tracks: Mapping[str, Sequence[str]]) -> None:
    """Write an item that is there already, and is found by the same words."""
    connection.execute(
        "UPDATE items SET data = ? WHERE locker = ? AND kind = ? AND id = ?",
        (_data(item, playlist_tracks), item.locker, *key_of(item)),
    )


def delete(connection: sqlite3.Connection, locker: str, keys: Iterable[Key]) -> None:
    """Take items out."""
    for kind, item_id in keys:
        _forget_words(connection, locker, kind, item_id)
        connection.execute("DELETE FROM items WHERE locker = ? AND kind = ? AND id = ?", (locker, kind, item_id))


def delete_all(connection: sqlite3.Connection, locker: str) -> None:
    """Take out everything of a locker."""
    connection.execute(
        "INSERT INTO search (search, rowid, words) SELECT 'delete', number, words FROM items WHERE locker = ?",
        (locker,),
    )
    connection.execute("DELETE FROM items WHERE locker = ?", (locker,))


def _forget_words(connection: sqlite3.Connection, locker: str, kind: MediaKind, item_id: str) -> None:
    # An FTS5 table with external content must be told the old text (SQLite, FTS5, section 4.4.3).
    connection.execute(
        "INSERT INTO search (search, rowid, words)"
        " SELECT 'delete', number, words FROM items WHERE locker = ? AND kind = ? AND id = ?",
        (locker, kind, item_id),
    )


def _data(item: Item, playlist_tracks: Mapping[str, Sequence[str]]) -> bytes:
    if not isinstance(item, Playlist):
        return orjson.dumps(item)
    return orjson.dumps({**orjson.loads(orjson.dumps(item)), _PLAYLIST_TRACKS: list(playlist_tracks[item.id])})


def load(connection: sqlite3.Connection, locker: str, segment: str) -> Listed:
    """Read everything of a locker; ``segment`` begins the URIs."""
    listed: dict[MediaKind, dict[str, Any]] = {kind: {} for kind in _TYPES}
    playlist_tracks: dict[str, Sequence[str]] = {}
    for kind, path, data in _rows(connection, locker):
        if kind is MediaKind.PLAYLIST:
            playlist_tracks[data["id"]] = tuple(data.pop(_PLAYLIST_TRACKS))
        if kind is MediaKind.TRACK:
            data["uri"] = f"{segment}/{path}"
        listed[kind][data["id"]] = _TYPES[kind](**data)
    return Listed(
        artists=listed[MediaKind.ARTIST],
        albums=listed[MediaKind.ALBUM],
        tracks=listed[MediaKind.TRACK],
        playlists=listed[MediaKind.PLAYLIST],
        playlist_tracks=playlist_tracks,
    )


def _rows(connection: sqlite3.Connection, locker: str) -> Iterator[tuple[MediaKind, str | None, dict[str, Any]]]:
    sharing = Sharing()
    for kind, path, text in connection.execute("SELECT kind, path, data FROM items WHERE locker = ?", (locker,)):
        data = orjson.loads(text)
        for name in _DATES:
            if data.get(name) is not None:
                data[name] = sharing.date(data[name])
        for name, members in _ENUMS.items():
            if name in data:
                data[name] = members[data[name]]
        sharing.share(data, *_SHARED.get(kind, ()))
        yield MediaKind(kind), path, data
