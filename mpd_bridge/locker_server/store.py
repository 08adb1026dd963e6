"""The store: what was read out of the music folder, in SQLite. Every method blocks; one thread at a time uses it.

Numbers of artists, albums, tracks and playlists are given once and never used again.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from .catalog import UNKNOWN_ARTIST, Catalog, Track
from .scan import Batch, ScannedPlaylist, ScannedTrack, Stamp, suffix_of
from .tags import MIME_TYPES, Imprint, Tags

_VERSION = 4
_UPLOADS = "CREATE TABLE upload (key TEXT PRIMARY KEY, account TEXT NOT NULL);"
_IMPRINTS = "ALTER TABLE track ADD imprint TEXT; UPDATE track SET modified_ns = 0;"  # so that each file is read again
_HASHES = "ALTER TABLE track ADD sha1 TEXT; ALTER TABLE track ADD comment TEXT; UPDATE track SET modified_ns = 0;"
_SCHEMA = f"""
CREATE TABLE artist (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);
CREATE TABLE album (
    id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, artist_id INTEGER NOT NULL REFERENCES artist,
    UNIQUE (artist_id, title)
);
CREATE TABLE track (
    id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, key TEXT NOT NULL,
    size INTEGER NOT NULL, modified_ns INTEGER NOT NULL, folder_cover TEXT, embedded_cover INTEGER NOT NULL,
    title TEXT, number INTEGER, disc INTEGER, year INTEGER, genre TEXT, file_name TEXT,
    artist_id INTEGER NOT NULL REFERENCES artist, album_id INTEGER REFERENCES album,
    length REAL NOT NULL, bit_rate INTEGER NOT NULL, added REAL NOT NULL,
    imprint TEXT, sha1 TEXT, comment TEXT
);
CREATE INDEX track_key ON track (key);
CREATE TABLE unreadable (path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified_ns INTEGER NOT NULL, folder_cover TEXT);
CREATE TABLE playlist (
    id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
    size INTEGER NOT NULL, modified_ns INTEGER NOT NULL
);
CREATE TABLE playlist_entry (
    playlist_id INTEGER NOT NULL REFERENCES playlist ON DELETE CASCADE, position INTEGER NOT NULL, path TEXT NOT NULL,
    PRIMARY KEY (playlist_id, position)
) WITHOUT ROWID;
CREATE TABLE described (
    key TEXT PRIMARY KEY, title TEXT, artist TEXT, album TEXT, number INTEGER, year INTEGER, file_name TEXT
);
CREATE TABLE trash (key TEXT NOT NULL, path TEXT NOT NULL, stored TEXT NOT NULL, track_id INTEGER NOT NULL);
CREATE TABLE play (track_id INTEGER PRIMARY KEY, at REAL NOT NULL);
CREATE TABLE changed (kind TEXT PRIMARY KEY, at INTEGER NOT NULL);
{_UPLOADS}
"""


@dataclass(frozen=True, slots=True)
class Description:
    """What the sender of a file said about it; None leaves the file's own tag."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None
    number: int | None = None
    year: int | None = None
    file_name: str | None = None

    @property
    def empty(self) -> bool:
        """Tell whether nothing was said."""
        return self == Description()


@dataclass(frozen=True, slots=True)
class Trashed:
    """One file in the trash: where it was, where it is now, and the number it had."""

    path: str
    stored: str
    track_id: int


class Store:
    """The SQLite file; ``clock`` gives Unix seconds."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        """Open the file, make its tables when it is new; raise sqlite3.Error, also for a newer version's file."""
        self._clock = clock
        # Transactions are begun by hand: SQLite ends one by itself when the disk is full, and Python's own way would
        # then never begin another.
        self._database = sqlite3.connect(path, check_same_thread=False, autocommit=True)
        self._database.row_factory = sqlite3.Row
        try:
            self._make_tables()
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA foreign_keys = ON")
        except sqlite3.Error:
            self._database.close()
            raise

    def _make_tables(self) -> None:
        version = self._value("PRAGMA user_version") or 0
        if version > _VERSION:
            raise sqlite3.DatabaseError("a newer version of Music Locker wrote it")
        if version < _VERSION:
            missing = _SCHEMA if version == 0 else "".join((_UPLOADS, _IMPRINTS, _HASHES)[version - 1 :])
            self._database.executescript(f"BEGIN; {missing} PRAGMA user_version = {_VERSION}; COMMIT;")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Write what the block does, all of it or nothing; raise sqlite3.Error."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        finally:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _value(self, query: str, *values: object) -> int | None:
        with closing(self._database.execute(query, values)) as cursor:
            row = cursor.fetchone()
        return None if row is None else row[0]

    def known(self) -> dict[str, Stamp]:
        """Return the stamp of every file that was read."""
        return {
            row["path"]: Stamp(row["size"], row["modified_ns"], row["folder_cover"])
            for row in self._database.execute(
                "SELECT path, size, modified_ns, folder_cover FROM track UNION ALL "
                "SELECT path, size, modified_ns, folder_cover FROM unreadable UNION ALL "
                "SELECT path, size, modified_ns, NULL FROM playlist"
            )
        }

    def apply(self, batch: Batch) -> None:
        """Write what a scan found."""
        with self._writing():
            for track in batch.tracks:
                self._keep_track(track, batch.gone)
            for playlist in batch.playlists:
                self._keep_playlist(playlist)
            for path in batch.removed:
                self._forget(path)
            if batch.tracks or any(suffix_of(path) in MIME_TYPES for path in batch.removed):
                self._touch("locker")
            if batch.playlists or any(suffix_of(path) not in MIME_TYPES for path in batch.removed):
                self._touch("playlist")

    def _keep_track(self, scanned: ScannedTrack, gone: AbstractSet[str], track_id: int | None = None) -> None:
        stamp = scanned.stamp
        self._database.execute("DELETE FROM unreadable WHERE path = ?", (scanned.path,))
        if scanned.tags is None:
            self._database.execute("DELETE FROM track WHERE path = ?", (scanned.path,))
            self._database.execute(
                "INSERT INTO unreadable VALUES (?, ?, ?, ?)", (scanned.path, stamp.size, stamp.modified_ns, stamp.cover)
            )
            return
        if self._value("SELECT id FROM track WHERE path = ?", scanned.path) is None:
            self._follow_move(scanned, gone)
        said = self._description(scanned.key)
        tags = scanned.tags
        artist_id = self._artist(said.artist or tags.artist or UNKNOWN_ARTIST)
        album_id = self._album(said.album or tags.album, self._album_artist(said, tags))
        columns: dict[str, object] = {
            "path": scanned.path,
            "key": scanned.key,
            "size": stamp.size,
            "modified_ns": stamp.modified_ns,
            "folder_cover": stamp.cover,
            "embedded_cover": tags.cover,
            "title": said.title or tags.title,
            "number": tags.number if said.number is None else said.number,
            "disc": tags.disc,
            "year": said.year or tags.year,
            "genre": tags.genre,
            "file_name": said.file_name,
            "artist_id": artist_id,
            "album_id": album_id,
            "length": tags.length,
            "bit_rate": tags.bit_rate,
            "added": self._clock(),
            "imprint": _imprint_text(tags.imprint),
            "sha1": scanned.sha1,
            "comment": tags.comment,
        }
        if track_id is not None:
            columns["id"] = track_id
        kept = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in {"id", "path", "added"})
        self._database.execute(
            f"INSERT INTO track ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))}) "  # noqa: S608 - own names
            f"ON CONFLICT (path) DO UPDATE SET {kept}",
            tuple(columns.values()),
        )

    def _follow_move(self, scanned: ScannedTrack, gone: AbstractSet[str]) -> None:
        """Give a moved file the row, and so the number, that it had under its old path."""
        for row in self._database.execute("SELECT path FROM track WHERE key = ?", (scanned.key,)).fetchall():
            if row["path"] in gone:
                self._database.execute("UPDATE track SET path = ? WHERE path = ?", (scanned.path, row["path"]))
                return

    @staticmethod
    def _album_artist(said: Description, tags: Tags) -> str:
        return said.artist or tags.album_artist or tags.artist or UNKNOWN_ARTIST

    def _artist(self, name: str) -> int:
        self._database.execute("INSERT OR IGNORE INTO artist (name) VALUES (?)", (name,))
        return self._value("SELECT id FROM artist WHERE name = ?", name) or 0

    def _album(self, title: str | None, artist: str) -> int | None:
        if title is None:
            return None
        artist_id = self._artist(artist)
        self._database.execute("INSERT OR IGNORE INTO album (title, artist_id) VALUES (?, ?)", (title, artist_id))
        return self._value("SELECT id FROM album WHERE title = ? AND artist_id = ?", title, artist_id)

    def _keep_playlist(self, scanned: ScannedPlaylist) -> None:
        self._database.execute(
            "INSERT INTO playlist (path, title, size, modified_ns) VALUES (?, ?, ?, ?) ON CONFLICT (path) DO UPDATE "
            "SET title = excluded.title, size = excluded.size, modified_ns = excluded.modified_ns",
            (scanned.path, scanned.playlist.title, scanned.stamp.size, scanned.stamp.modified_ns),
        )
        playlist_id = self._value("SELECT id FROM playlist WHERE path = ?", scanned.path)
        self._database.execute("DELETE FROM playlist_entry WHERE playlist_id = ?", (playlist_id,))
        self._database.executemany(
            "INSERT INTO playlist_entry VALUES (?, ?, ?)",
            ((playlist_id, position, path) for position, path in enumerate(scanned.playlist.entries)),
        )

    def _forget(self, path: str) -> None:
        self._database.execute("DELETE FROM track WHERE path = ?", (path,))
        self._database.execute("DELETE FROM unreadable WHERE path = ?", (path,))
        self._database.execute("DELETE FROM playlist WHERE path = ?", (path,))

    def _description(self, key: str) -> Description:
        row = self._database.execute(
            "SELECT title, artist, album, number, year, file_name FROM described WHERE key = ?", (key,)
        ).fetchone()
        return Description() if row is None else Description(*row)

    def paths(self, key: str) -> list[str]:
        """Return the paths of the files with this content."""
        return [
            row["path"] for row in self._database.execute("SELECT path FROM track WHERE key = ? ORDER BY path", (key,))
        ]

    def describe(self, key: str, description: Description) -> None:
        """Keep what the sender of a file says about it, over later scans."""
        with self._writing():
            self._database.execute(
                "INSERT OR REPLACE INTO described (key, title, artist, album, number, year, file_name) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    key,
                    description.title,
                    description.artist,
                    description.album,
                    description.number,
                    description.year,
                    description.file_name,
                ),
            )

    def uploaded(self, key: str, account: str) -> None:
        """Note who added a file."""
        with self._writing():
            self._database.execute("INSERT OR REPLACE INTO upload VALUES (?, ?)", (key, account))

    def uploader(self, key: str) -> str | None:
        """Return who added a file, None for one that lay in the folder."""
        row = self._database.execute("SELECT account FROM upload WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row["account"])

    def used(self, account: str) -> int:
        """Return how many bytes of what an account has added the locker holds."""
        query = "SELECT sum(size) FROM (SELECT DISTINCT key, size FROM track) JOIN upload USING (key) WHERE account = ?"
        return self._value(query, account) or 0

    def trash(self, key: str, moved: Iterable[tuple[str, str]]) -> None:
        """Note that files (path, name in the trash) with this key were thrown away."""
        with self._writing():
            for path, stored in moved:
                self._database.execute(
                    "INSERT INTO trash SELECT key, path, ?, id FROM track WHERE path = ? AND key = ?",
                    (stored, path, key),
                )
                self._forget(path)
            self._touch("locker")

    def trashed(self, key: str) -> list[Trashed]:
        """Return the files with this key that are in the trash."""
        rows = self._database.execute("SELECT path, stored, track_id FROM trash WHERE key = ?", (key,))
        return [Trashed(*row) for row in rows]

    def restore(self, trashed: Trashed, scanned: ScannedTrack) -> None:
        """Note that a file is back from the trash, with the number it had."""
        with self._writing():
            self._keep_track(scanned, frozenset(), trashed.track_id)
            self._database.execute("DELETE FROM trash WHERE stored = ?", (trashed.stored,))
            self._touch("locker")

    def played(self, track_id: int) -> None:
        """Note that a track is played now."""
        with self._writing():
            self._database.execute("INSERT OR REPLACE INTO play VALUES (?, ?)", (track_id, self._clock()))

    def plays(self) -> list[tuple[int, float]]:
        """Return (track, time) of what was played, the last one first."""
        rows = self._database.execute("SELECT track_id, at FROM play ORDER BY at DESC, rowid DESC")
        return [(row["track_id"], row["at"]) for row in rows]

    def _touch(self, kind: str) -> None:
        """Raise the time of the last change: by a second at least, so that two changes never have one time."""
        before = self._value("SELECT at FROM changed WHERE kind = ?", kind) or 0
        now = max(int(self._clock()), before + 1)
        self._database.execute("INSERT OR REPLACE INTO changed VALUES (?, ?)", (kind, now))

    def changed(self, kind: str) -> int:
        """Return the Unix time of the last change of the "locker" or of a "playlist"; 0 when there was none."""
        return self._value("SELECT at FROM changed WHERE kind = ?", kind) or 0

    def catalog(self) -> Catalog:
        """Read everything."""
        rows = self._database.execute(
            "SELECT track.*, artist.name AS artist, album.title AS album, album.artist_id AS album_artist_id, "
            "owner.name AS album_artist FROM track JOIN artist ON artist.id = track.artist_id "
            "LEFT JOIN album ON album.id = track.album_id LEFT JOIN artist AS owner ON owner.id = album.artist_id"
        )
        return Catalog(map(_track, rows), self._playlists())

    def _playlists(self) -> list[tuple[int, str, str, float, tuple[str, ...]]]:
        entries: dict[int, list[str]] = {}
        for row in self._database.execute(
            "SELECT playlist_id, path FROM playlist_entry ORDER BY playlist_id, position"
        ):
            entries.setdefault(row["playlist_id"], []).append(row["path"])
        return [
            (row["id"], row["path"], row["title"], row["modified_ns"] / 1e9, tuple(entries.get(row["id"], ())))
            for row in self._database.execute("SELECT id, path, title, modified_ns FROM playlist")
        ]


def _imprint_text(imprint: Imprint) -> str | None:
    said = {name: text for name, text in asdict(imprint).items() if text is not None}
    return json.dumps(said) if said else None


def _track(row: sqlite3.Row) -> Track:
    name = row["path"].rpartition("/")[2]
    return Track(
        id=row["id"],
        key=row["key"],
        path=row["path"],
        file_name=row["file_name"] or name,
        title=row["title"] or name.rpartition(".")[0],
        artist_id=row["artist_id"],
        artist=row["artist"],
        album_id=row["album_id"],
        album=row["album"],
        album_artist_id=row["album_artist_id"],
        album_artist=row["album_artist"],
        number=row["number"],
        disc=row["disc"],
        year=row["year"],
        genre=row["genre"],
        length=row["length"],
        size=row["size"],
        bit_rate=row["bit_rate"],
        mime_type=MIME_TYPES[suffix_of(name)],
        embedded_cover=bool(row["embedded_cover"]),
        folder_cover=row["folder_cover"],
        added=row["added"],
        imprint=Imprint(**json.loads(row["imprint"])) if row["imprint"] else Imprint(),
        sha1=row["sha1"] or "",
        comment=row["comment"],
    )
