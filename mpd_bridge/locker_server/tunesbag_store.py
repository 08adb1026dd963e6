"""What tunesBag remembers of its users, in SQLite: ratings, plays, what a playlist is beyond its file.

Users are keys of accounts, tracks and playlists numbers of the locker, times Unix seconds. Every method blocks.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

type Clock = Callable[[], float]

_VERSION = 1
_SAME_PLAY = 60.0  # seconds beyond a track's length in which a report belongs to the play before
SCHEMA = """
CREATE TABLE mark (
    user TEXT NOT NULL, track_id INTEGER NOT NULL, rating INTEGER, times INTEGER NOT NULL DEFAULT 0, lasttime REAL,
    seconds INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (user, track_id)
) WITHOUT ROWID;
CREATE TABLE revision (user TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE playlist (
    id INTEGER PRIMARY KEY, user TEXT NOT NULL, description TEXT NOT NULL, tags TEXT NOT NULL, public INTEGER NOT NULL,
    temporary INTEGER NOT NULL, created REAL NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a user has said of a track, and how often and when it was played for him."""

    rating: int | None = None
    times: int = 0
    lasttime: float | None = None


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a playlist is beyond its file; ``user`` made it."""

    user: str
    description: str
    tags: str
    public: bool
    temporary: bool
    created: float


class Store:
    """The SQLite file; one thread at a time uses it."""

    def __init__(self, path: Path, clock: Clock, schema: str = SCHEMA) -> None:
        """Open the file, make its tables when it is new; raise sqlite3.Error, also for a newer version's file."""
        self._clock = clock
        self._database = sqlite3.connect(path, check_same_thread=False, autocommit=True)
        self._database.row_factory = sqlite3.Row
        try:
            version = self._database.execute("PRAGMA user_version").fetchone()[0]
            if version > _VERSION:
                raise sqlite3.DatabaseError("a newer version of Music Locker wrote it")
            if version < _VERSION:
                self._database.executescript(f"BEGIN; {schema} PRAGMA user_version = {_VERSION}; COMMIT;")
            self._database.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error:
            self._database.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        finally:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")

    def _row(self, query: str, *values: object) -> sqlite3.Row | None:
        with closing(self._database.execute(query, values)) as cursor:
            row: sqlite3.Row | None = cursor.fetchone()
        return row

    def marks(self, user: str) -> Mapping[int, Mark]:
        """Return what a user has rated and played."""
        rows = self._database.execute("SELECT track_id, rating, times, lasttime FROM mark WHERE user = ?", (user,))
        return {row["track_id"]: Mark(row["rating"], row["times"], row["lasttime"]) for row in rows}

    def revision(self, user: str) -> int:
        """Return a number that is another one after each rating of the user."""
        row = self._row("SELECT number FROM revision WHERE user = ?", user)
        return 0 if row is None else int(row["number"])

    def rate(self, user: str, track_id: int, rating: int) -> None:
        """Keep a rating: 0 to 100, 0 is none."""
        with self._writing():
            self._database.execute(
                "INSERT INTO mark (user, track_id, rating) VALUES (?, ?, ?) "
                "ON CONFLICT (user, track_id) DO UPDATE SET rating = excluded.rating",
                (user, track_id, rating),
            )
            self._database.execute(
                "INSERT INTO revision VALUES (?, 1) ON CONFLICT (user) DO UPDATE SET number = number + 1", (user,)
            )

    def played(self, user: str, track_id: int, length: float, seconds: int | None = None) -> bool:
        """Count a play of a track of so many seconds; return False where it belongs to the play before.

        ``seconds`` is how far it was played; None begins a new play.
        """
        now = self._clock()
        row = self._row("SELECT lasttime, seconds FROM mark WHERE user = ? AND track_id = ?", user, track_id)
        is_new = (
            seconds is None
            or row is None
            or row["lasttime"] is None
            or seconds <= row["seconds"]
            or now - row["lasttime"] > length + _SAME_PLAY
        )
        with self._writing():
            self._database.execute(
                "INSERT INTO mark (user, track_id, times, lasttime, seconds) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (user, track_id) DO UPDATE SET times = times + excluded.times, "
                "lasttime = excluded.lasttime, seconds = excluded.seconds",
                (user, track_id, int(is_new), now, seconds or 0),
            )
        return is_new

    def particulars(self) -> Mapping[int, Particulars]:
        """Return what is known of the playlists that users made."""
        rows = self._database.execute("SELECT * FROM playlist")
        return {
            row["id"]: Particulars(
                row["user"],
                row["description"],
                row["tags"],
                bool(row["public"]),
                bool(row["temporary"]),
                row["created"],
            )
            for row in rows
        }

    def describe(self, playlist_id: int, said: Particulars) -> None:
        """Keep what a playlist is beyond its file."""
        values = (playlist_id, said.user, said.description, said.tags, said.public, said.temporary, said.created)
        with self._writing():
            self._database.execute("INSERT OR REPLACE INTO playlist VALUES (?, ?, ?, ?, ?, ?, ?)", values)
