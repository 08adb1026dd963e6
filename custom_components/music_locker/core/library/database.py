"""The file of the index: SQLite in WAL mode, written by one thread and read for searches by another."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, Self

from .errors import LibraryError, NewerVersionError, library_error
from .names import name_lockers

SCHEMA_VERSION = 7
_BUSY_TIMEOUT = 10.0  # seconds

_PLAYS = """
CREATE TABLE IF NOT EXISTS plays (
    locker TEXT NOT NULL,
    track TEXT NOT NULL,
    count INTEGER NOT NULL,
    last REAL NOT NULL, -- seconds since 1970
    PRIMARY KEY (locker, track)
) STRICT;
CREATE INDEX IF NOT EXISTS plays_by_time ON plays (locker, last);
"""
_NAMES = """
CREATE TABLE IF NOT EXISTS segments (
    locker TEXT PRIMARY KEY,
    segment TEXT NOT NULL UNIQUE -- what the URIs of its tracks begin with
) STRICT;
CREATE TABLE IF NOT EXISTS former_paths (
    number INTEGER PRIMARY KEY,
    locker TEXT NOT NULL,
    path TEXT NOT NULL, -- below its locker
    track TEXT NOT NULL, -- the one that left it last
    UNIQUE (locker, path)
) STRICT;
"""
_PLAYLISTS = """
CREATE TABLE IF NOT EXISTS outbox ( -- items that are here as their service has yet to be told
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    locker TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    told BLOB, -- what the service has as JSON, NULL for a playlist that it has yet to make
    tried INTEGER NOT NULL, -- 1 where nobody knows whether the service has heard of it
    UNIQUE (locker, kind, id)
) STRICT;
"""
_STICKERS = """
CREATE TABLE IF NOT EXISTS stickers (
    type TEXT NOT NULL, -- as MPD calls it: song, playlist, filter, or a tag
    locker TEXT NOT NULL, -- empty for tags and filters
    item TEXT NOT NULL, -- the id of a song or playlist, the value of a tag, a filter
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    rating INTEGER, -- of ratings: that of the song when this was written
    PRIMARY KEY (type, locker, item, name)
) STRICT, WITHOUT ROWID;
"""
_BLOCKS = """
DROP TABLE IF EXISTS playlist_items;
CREATE TABLE IF NOT EXISTS playlist_blocks ( -- of playlists that are no locker's
    playlist TEXT NOT NULL,
    number INTEGER NOT NULL, -- from 0, each with so many entries
    entries BLOB NOT NULL, -- as JSON: URI, locker, track
    PRIMARY KEY (playlist, number)
) STRICT, WITHOUT ROWID;
"""
_SCHEMA = f"""
CREATE TABLE lockers (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    marker TEXT,
    synced REAL -- seconds since 1970, NULL before the first sync
) STRICT;
CREATE TABLE items (
    number INTEGER PRIMARY KEY,
    locker TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    path TEXT, -- of tracks, below their locker
    title TEXT NOT NULL, -- folded
    words TEXT NOT NULL, -- folded: the title and the names around it
    data BLOB NOT NULL, -- the item as JSON; of playlists with the ids of their tracks
    listed INTEGER NOT NULL DEFAULT 1, -- 0 for tracks that only playlists lead to
    UNIQUE (locker, kind, id)
) STRICT;
CREATE VIRTUAL TABLE search USING fts5 (words, content = 'items', content_rowid = 'number', tokenize = 'trigram');
CREATE TABLE state (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TABLE catalog (version INTEGER NOT NULL) STRICT;
{_PLAYS}{_NAMES}{_PLAYLISTS}{_STICKERS}{_BLOCKS}"""
_UNNAMED = 3
_LISTED = "ALTER TABLE items ADD COLUMN listed INTEGER NOT NULL DEFAULT 1;"
# What an index of each older version lacks.
_MIGRATIONS = {1: _PLAYS, 2: _LISTED, _UNNAMED: _NAMES, 4: _PLAYLISTS, 5: _STICKERS, 6: _BLOCKS}


class Database:
    """Hold the file's two connections, each in its thread."""

    def __init__(self, writer: sqlite3.Connection, reader: sqlite3.Connection, *, rebuilt: bool) -> None:
        """Use :meth:`open`."""
        self.rebuilt = rebuilt
        self._writer = writer
        self._reader = reader
        self._writing = ThreadPoolExecutor(1, "music locker index")
        self._reading = ThreadPoolExecutor(1, "music locker search")
        self._closed = False

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the file or make it; blocks. One that is damaged is moved aside. Raise LibraryError."""
        rebuilt = False
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                writer = _connect(path)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                move_aside(path)
                writer, rebuilt = _connect(path), True
            reader = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        except (sqlite3.Error, OSError) as error:
            raise library_error(f"The index {path.name} cannot be opened", error) from error
        return cls(writer, reader, rebuilt=rebuilt)

    async def write[**P, R](
        self, work: Callable[Concatenate[sqlite3.Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run ``work`` with the writing connection, in one transaction; raise LibraryError."""

        def transaction() -> R:
            with self._writer:
                self._writer.execute("BEGIN IMMEDIATE")
                return work(self._writer, *args, **kwargs)

        return await self._run(self._writing, transaction)

    async def read[**P, R](
        self, work: Callable[Concatenate[sqlite3.Connection, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run ``work`` with the reading connection, which waits for no writer; raise LibraryError."""
        return await self._run(self._reading, lambda: work(self._reader, *args, **kwargs))

    async def _run[R](self, executor: ThreadPoolExecutor, work: Callable[[], R]) -> R:
        if self._closed:
            raise LibraryError("The index is closed")
        try:
            return await asyncio.get_running_loop().run_in_executor(executor, work)
        except sqlite3.Error as error:
            raise library_error("The index cannot be used", error) from error

    async def close(self) -> None:
        """Close the file after the work that was begun."""
        if self._closed:
            return
        self._closed = True
        for executor, connection in ((self._reading, self._reader), (self._writing, self._writer)):
            await asyncio.get_running_loop().run_in_executor(executor, connection.close)
            await asyncio.to_thread(executor.shutdown)


def _connect(path: Path) -> sqlite3.Connection:
    """Open the file for writing, whole and with the present schema."""
    connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT, isolation_level=None, check_same_thread=False)
    try:
        version = _checked_version(connection, path.name)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        _prepare(connection, version)
    except BaseException:
        connection.close()
        raise
    return connection


def _checked_version(connection: sqlite3.Connection, name: str) -> int:
    """Return the schema's version, 0 for a new file; raise NewerVersionError before anything is changed."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise NewerVersionError(f"The index {name} was made by a newer version of Music Locker: update this one")
    return int(version)


def _prepare(connection: sqlite3.Connection, version: int) -> None:
    """Make what a new file, or that of an older version, lacks; raise DatabaseError for damage."""
    if version == 0:
        _create(connection)
    elif version < SCHEMA_VERSION:
        lacking = "".join(_MIGRATIONS[older] for older in range(version, SCHEMA_VERSION))
        connection.executescript(f"BEGIN; {lacking}")
        if version <= _UNNAMED:
            name_lockers(connection)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if answer != "ok":
        raise sqlite3.DatabaseError(answer)


def _create(connection: sqlite3.Connection) -> None:
    # The version of the catalog begins with the time, so that it also grows when a damaged index is begun anew.
    connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
    connection.execute("INSERT INTO catalog VALUES (?)", (int(time.time()),))


def move_aside(path: Path) -> None:
    """Keep a damaged file under another name; raise OSError."""
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.replace(path.with_name(path.name + suffix + ".damaged"))
