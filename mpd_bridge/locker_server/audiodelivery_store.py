"""Keep the records of the Audio Delivery Network's part in SQLite, and hold all of them in memory."""

import asyncio
import json
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

from .audiodelivery_records import Collection, Cover, Edit, PlaySession, Record, Status, Upload, UploadSession

FILE = "audiodelivery.sqlite3"
_VERSION = 1
_SCHEMA = """
CREATE TABLE record (kind TEXT NOT NULL, id TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE signing (secret TEXT NOT NULL);
INSERT INTO signing VALUES (lower(hex(randomblob(32))));
"""
_REMEMBERED = 86_400.0  # seconds for which what has run out is told from what never was
_SHELVED = (Collection, Edit, Upload)


class Records:
    """All records by their ids; ``revision`` is another number whenever what is listed may have changed.

    Writing raises OSError and sqlite3.Error, after which nothing has changed.
    """

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        """Keep the path; ``clock`` gives Unix seconds."""
        self._path = path
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, "audiodelivery-store")
        self._database: sqlite3.Connection | None = None
        self.secret = ""
        self.revision = 0
        self.collections: dict[str, Collection] = {}
        self.edits: dict[str, Edit] = {}
        self.uploads: dict[str, Upload] = {}
        self.covers: dict[str, Cover] = {}
        self.upload_sessions: dict[str, UploadSession] = {}
        self.play_sessions: dict[str, PlaySession] = {}

    async def open(self) -> None:
        """Open the file and read everything; raise OSError, sqlite3.Error."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._open)

    def _open(self) -> None:
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))  # it holds what URLs are signed with
        database = sqlite3.connect(self._path, check_same_thread=False, autocommit=True)
        try:
            _make_tables(database)
            database.execute("PRAGMA journal_mode = WAL")
            self.secret = database.execute("SELECT secret FROM signing").fetchone()[0]
            for kind, content in database.execute("SELECT kind, content FROM record"):
                self._remember(_read(kind, content))
        except BaseException:
            database.close()
            raise
        self._database = database

    async def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._database.close)
            self._database = None
        await asyncio.to_thread(self._thread.shutdown)

    def _remember(self, record: Record) -> None:
        match record:
            case Collection():
                self.collections[record.id] = record
            case Edit():
                self.edits[record.id] = record
            case Upload():
                self.uploads[record.id] = record
            case Cover():
                self.covers[record.id] = record
            case UploadSession():
                self.upload_sessions[record.id] = record
            case PlaySession():
                self.play_sessions[record.id] = record
        self.revision += isinstance(record, _SHELVED)

    def _forget(self, record: Record) -> None:
        for shelf in (self.collections, self.edits, self.uploads, self.covers):
            if shelf.get(record.id) is record:
                del shelf[record.id]
        for sessions in (self.upload_sessions, self.play_sessions):
            if sessions.get(record.id) is record:
                del sessions[record.id]
        self.revision += isinstance(record, _SHELVED)

    async def keep(self, *kept: Record, forgotten: Iterable[Record] = ()) -> None:
        """Write records, new ones or others in their place, and take away those that are forgotten: all or nothing."""
        gone = tuple(forgotten)
        await asyncio.get_running_loop().run_in_executor(self._thread, self._write, kept, gone)
        for record in kept:
            self._remember(record)
        for record in gone:
            self._forget(record)

    def assume(self, record: Record) -> None:
        """Take a record for kept that cannot be written; the next start knows the one before."""
        self._remember(record)

    def _write(self, kept: Iterable[Record], gone: Iterable[Record]) -> None:
        if self._database is None:
            raise sqlite3.ProgrammingError("the records are closed")
        self._database.execute("BEGIN IMMEDIATE")
        try:
            self._database.executemany(
                "INSERT OR REPLACE INTO record VALUES (?, ?, ?)",
                [(type(one).__name__, one.id, json.dumps(asdict(one))) for one in kept],
            )
            self._database.executemany(
                "DELETE FROM record WHERE kind = ? AND id = ?", [(type(one).__name__, one.id) for one in gone]
            )
            self._database.execute("COMMIT")
        finally:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")

    def outdated(self) -> list[Record]:
        """Return what ran out a day ago or more: sessions, and tracks whose music never came."""
        before = self._clock() - _REMEMBERED
        sessions: list[UploadSession | PlaySession] = [*self.upload_sessions.values(), *self.play_sessions.values()]
        never_sent = [
            upload
            for upload in self.uploads.values()
            if upload.status in {Status.INITIALIZED, Status.INCOMPLETE} and upload.address_until < before
        ]
        return [*(session for session in sessions if session.expires < before), *never_sent]

    def expire_all(self) -> None:
        """Let every session and every signed address run out, until the server is started again."""
        now = self._clock()
        for upload_session in list(self.upload_sessions.values()):
            self.upload_sessions[upload_session.id] = replace(upload_session, expires=now)
        for play_session in list(self.play_sessions.values()):
            self.play_sessions[play_session.id] = replace(play_session, expires=now)
        self.secret = secrets.token_hex(32)


def _make_tables(database: sqlite3.Connection) -> None:
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version > _VERSION:
        raise sqlite3.DatabaseError("a newer version of Music Locker wrote it")
    if version < _VERSION:
        database.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")


def _read(kind: str, content: str) -> Record:
    values = json.loads(content)
    match kind:
        case "Collection":
            return Collection(**values)
        case "Edit":
            return Edit(**values)
        case "Upload":
            return Upload(**{**values, "status": Status(values["status"])})
        case "Cover":
            return Cover(**values)
        case "UploadSession":
            return UploadSession(**values)
        case "PlaySession":
            return PlaySession(**{**values, "variants": tuple(values["variants"])})
        case _:
            raise sqlite3.DatabaseError(f"a record of an unknown kind: {kind}")
