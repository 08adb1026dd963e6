"""What the 7digital part remembers: consumers, tokens, nonces, downloads, withdrawn releases; in SQLite, mode 0600.

Every method blocks for a moment and may be called from any thread. The file may be used beside a running server,
which sees what has changed at once.
"""

import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .accounts_file import account_key

FILE_NAME = "sevendigital.sqlite3"
_MODE = 0o600
_VERSION = 1
_BUSY = 5.0  # seconds to wait for another program that writes
_MOST_NONCES = 100_000  # of one consumer in one window
_SCHEMA = """
CREATE TABLE IF NOT EXISTS consumer (key TEXT PRIMARY KEY, secret TEXT NOT NULL, managed INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS token (
    token TEXT PRIMARY KEY, secret TEXT NOT NULL, account TEXT NOT NULL,
    consumer TEXT NOT NULL REFERENCES consumer ON DELETE CASCADE
);
CREATE TABLE IF NOT EXISTS user (id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS nonce (
    consumer TEXT NOT NULL, token TEXT NOT NULL, timestamp INTEGER NOT NULL, nonce TEXT NOT NULL,
    PRIMARY KEY (consumer, timestamp, nonce, token)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS download (
    account TEXT NOT NULL, track_id INTEGER NOT NULL, remaining INTEGER NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (account, track_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS withdrawn (release_id INTEGER PRIMARY KEY);
"""


@dataclass(frozen=True, slots=True)
class Consumer:
    """One program that may call; a managed one names its users itself (``userId``), without their tokens."""

    key: str
    secret: str = field(repr=False)
    managed: bool = True


@dataclass(frozen=True, slots=True)
class Token:
    """What lets a consumer act for an account, which is named by its key."""

    token: str = field(repr=False)
    secret: str = field(repr=False)
    account: str
    consumer: str


class TooManyNoncesError(Exception):
    """A consumer has sent more requests than can be remembered."""


class SevendigitalStore:
    """The file, made when it is first used; raise OSError, sqlite3.Error, also for a newer version's file."""

    def __init__(self, state: Path) -> None:
        """Keep the path; ``state`` is the server's state folder."""
        self._path = state / FILE_NAME
        self._lock = threading.RLock()
        self._open: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None

    @property
    def _database(self) -> sqlite3.Connection:
        if self._open is None:
            _make(self._path)
            self._open = _connect(self._path)
        return self._open

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            yield self._database

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Write what the block does, all of it or nothing."""
        with self._lock:
            database = self._database
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
                database.execute("COMMIT")
            finally:
                if database.in_transaction:
                    database.execute("ROLLBACK")

    def add_consumer(self, key: str | None = None, secret: str | None = None, *, managed: bool = True) -> Consumer:
        """Make a consumer, or give one another secret; what is not said is made up. Raise ValueError."""
        consumer = Consumer(key or secrets.token_hex(8), secret or secrets.token_hex(16), managed)
        if not all(text.isascii() and text.isalnum() for text in (consumer.key, consumer.secret)):
            raise ValueError("a consumer's key and secret are letters and digits")
        with self._writing() as database:
            database.execute(
                "INSERT INTO consumer VALUES (?, ?, ?) ON CONFLICT (key) "
                "DO UPDATE SET secret = excluded.secret, managed = excluded.managed",
                (consumer.key, consumer.secret, consumer.managed),
            )
        return consumer

    def consumers(self) -> list[Consumer]:
        """Return all consumers."""
        with self._reading() as database:
            rows = database.execute("SELECT key, secret, managed FROM consumer ORDER BY key").fetchall()
        return [Consumer(key, secret, bool(managed)) for key, secret, managed in rows]

    def consumer(self, key: str) -> Consumer | None:
        """Return a consumer."""
        with self._reading() as database:
            row = database.execute("SELECT key, secret, managed FROM consumer WHERE key = ?", (key,)).fetchone()
        return None if row is None else Consumer(row[0], row[1], bool(row[2]))

    def remove_consumer(self, key: str) -> bool:
        """Remove a consumer with its tokens; return False when there is none."""
        with self._writing() as database:
            return database.execute("DELETE FROM consumer WHERE key = ?", (key,)).rowcount > 0

    def add_token(self, user: str, consumer: str) -> Token:
        """Make a token for an account; raise ValueError where there is no such consumer."""
        token = Token(secrets.token_hex(16), secrets.token_hex(20), account_key(user), consumer)
        try:
            with self._writing() as database:
                database.execute(
                    "INSERT INTO token (token, secret, account, consumer) VALUES (?, ?, ?, ?)",
                    (token.token, token.secret, token.account, token.consumer),
                )
        except sqlite3.IntegrityError:
            raise ValueError(f"there is no consumer {consumer!r}") from None
        return token

    def token(self, token: str) -> Token | None:
        """Return a token."""
        with self._reading() as database:
            query = "SELECT token, secret, account, consumer FROM token WHERE token = ?"
            row = database.execute(query, (token,)).fetchone()
        return None if row is None else Token(*row)

    def revoke(self, user: str) -> int:
        """Make every token of an account invalid; return how many there were."""
        with self._writing() as database:
            return database.execute("DELETE FROM token WHERE account = ?", (account_key(user),)).rowcount

    def tokens(self) -> list[tuple[str, str]]:
        """Return (account, consumer) of every token."""
        with self._reading() as database:
            return database.execute("SELECT account, consumer FROM token ORDER BY account, consumer").fetchall()

    def token_accounts(self) -> set[str]:
        """Return the accounts that have tokens."""
        with self._reading() as database:
            return {account for (account,) in database.execute("SELECT DISTINCT account FROM token")}

    def user_id(self, user: str) -> int:
        """Return the number of an account, given once."""
        with self._writing() as database:
            database.execute("INSERT OR IGNORE INTO user (account) VALUES (?)", (account_key(user),))
            row = database.execute("SELECT id FROM user WHERE account = ?", (account_key(user),)).fetchone()
        return int(row[0])

    def account_of(self, user_id: int) -> str | None:
        """Return the account that has a number."""
        with self._reading() as database:
            row = database.execute("SELECT account FROM user WHERE id = ?", (user_id,)).fetchone()
        return None if row is None else str(row[0])

    def use_nonce(self, consumer: str, token: str, timestamp: int, nonce: str, oldest: int) -> bool:
        """Note that a nonce is used, and forget those before ``oldest``; return False for one that was used before.

        Raise TooManyNoncesError.
        """
        with self._writing() as database:
            database.execute("DELETE FROM nonce WHERE consumer = ? AND timestamp < ?", (consumer, oldest))
            (known,) = database.execute("SELECT count(*) FROM nonce WHERE consumer = ?", (consumer,)).fetchone()
            if known >= _MOST_NONCES:
                raise TooManyNoncesError
            values = (consumer, token, timestamp, nonce)
            return database.execute("INSERT OR IGNORE INTO nonce VALUES (?, ?, ?, ?)", values).rowcount > 0

    def remaining(self, account: str) -> Mapping[int, int]:
        """Return how many downloads an account has left of the tracks that it has downloaded."""
        with self._reading() as database:
            return dict(database.execute("SELECT track_id, remaining FROM download WHERE account = ?", (account,)))

    def set_remaining(self, user: str, track_id: int, remaining: int) -> None:
        """Let an account download a track so many times more."""
        with self._writing() as database:
            database.execute(
                "INSERT OR REPLACE INTO download VALUES (?, ?, ?, 0)", (account_key(user), track_id, remaining)
            )

    def count_download(self, account: str, track_id: int, at_first: int, now: float) -> bool:
        """Take one download of a track from an account; return False when none is left."""
        with self._writing() as database:
            database.execute(
                "INSERT OR IGNORE INTO download VALUES (?, ?, ?, 0)", (account, track_id, max(0, at_first))
            )
            return (
                database.execute(
                    "UPDATE download SET remaining = remaining - 1, at = ? "
                    "WHERE account = ? AND track_id = ? AND remaining > 0",
                    (now, account, track_id),
                ).rowcount
                > 0
            )

    def downloaded_since(self, account: str, track_id: int, since: float) -> bool:
        """Tell whether an account has begun a download of a track since then."""
        with self._reading() as database:
            query = "SELECT at >= ? FROM download WHERE account = ? AND track_id = ? AND at > 0"
            row = database.execute(query, (since, account, track_id)).fetchone()
        return row is not None and bool(row[0])

    def withdraw(self, release_id: int, *, withdrawn: bool = True) -> None:
        """Take a release out of the shop, or put it back."""
        with self._writing() as database:
            if withdrawn:
                database.execute("INSERT OR IGNORE INTO withdrawn VALUES (?)", (release_id,))
            else:
                database.execute("DELETE FROM withdrawn WHERE release_id = ?", (release_id,))

    def withdrawn(self) -> frozenset[int]:
        """Return the releases that are not available."""
        with self._reading() as database:
            return frozenset(number for (number,) in database.execute("SELECT release_id FROM withdrawn"))


def _make(path: Path) -> None:
    """Make the file when it is not there: SQLite would let others read it, and with sudo it would be root's."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, _MODE)
    except FileExistsError:
        return
    try:
        if os.geteuid() == 0:
            folder = path.parent.stat()
            os.fchown(descriptor, folder.st_uid, folder.st_gid)
    finally:
        os.close(descriptor)


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=_BUSY, check_same_thread=False, autocommit=True)
    try:
        with closing(database.execute("PRAGMA user_version")) as cursor:
            version = cursor.fetchone()[0]
        if version > _VERSION:
            raise sqlite3.DatabaseError("a newer version of Music Locker wrote it")  # noqa: TRY301 - closes it too
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("PRAGMA foreign_keys = ON")
        if version < _VERSION:
            database.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
    except BaseException:
        database.close()
        raise
    return database
