"""What tunesBag's users tell each other, in the same SQLite file: news, recommendations, messages, invitations.

Users are keys of accounts, times Unix seconds. Every method blocks, and raises sqlite3.Error.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from .tunesbag_store import SCHEMA, Clock, Store

FILE = "tunesbag.sqlite3"
_SCHEMA = """
CREATE TABLE news (
    key TEXT PRIMARY KEY, action INTEGER NOT NULL, user TEXT NOT NULL, affected TEXT NOT NULL, content TEXT NOT NULL,
    link TEXT NOT NULL, object_key TEXT NOT NULL, title TEXT NOT NULL, param TEXT NOT NULL, created REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX news_created ON news (created);
CREATE TABLE share (
    key TEXT PRIMARY KEY, type INTEGER NOT NULL, object_key TEXT NOT NULL, md5 TEXT, title TEXT NOT NULL,
    user TEXT NOT NULL, recipients TEXT NOT NULL, comment TEXT NOT NULL, created REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE recipient (
    share TEXT NOT NULL REFERENCES share, user TEXT NOT NULL, viewed INTEGER NOT NULL, PRIMARY KEY (share, user)
) WITHOUT ROWID;
CREATE TABLE message (
    key TEXT PRIMARY KEY, sender TEXT NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL,
    object_key TEXT NOT NULL, is_read INTEGER NOT NULL, created REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE invitation (user TEXT NOT NULL, address TEXT NOT NULL, text TEXT NOT NULL, created REAL NOT NULL);
"""
_OF_USER = (
    "DELETE FROM recipient WHERE user = :user OR share IN (SELECT key FROM share WHERE user = :user)",
    "DELETE FROM share WHERE user = :user",
    "DELETE FROM news WHERE user = :user OR affected = :user",
    "DELETE FROM message WHERE sender = :user OR recipient = :user",
    "DELETE FROM invitation WHERE user = :user",
    "DELETE FROM mark WHERE user = :user",
    "DELETE FROM revision WHERE user = :user",
    "DELETE FROM playlist WHERE user = :user",
)


@dataclass(frozen=True, slots=True)
class Event:
    """One piece of news; ``affected`` is the user that it is about, "" for nobody else."""

    key: str
    action: int
    user: str
    affected: str
    content: str
    link: str
    object_key: str
    title: str
    param: str
    created: float


@dataclass(frozen=True, slots=True)
class Share:
    """One recommendation; ``recipients`` is as it was written, ``md5`` names the file where it is a track."""

    key: str
    type: int
    object_key: str
    md5: str | None
    title: str
    user: str
    recipients: str
    comment: str
    created: float


@dataclass(frozen=True, slots=True)
class Message:
    """One message from user to user."""

    key: str
    sender: str
    recipient: str
    subject: str
    body: str
    object_key: str
    is_read: bool
    created: float


class SocialStore(Store):
    """The SQLite file with all its tables."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open the file; raise sqlite3.Error."""
        super().__init__(path, clock, SCHEMA + _SCHEMA)

    def _insert(self, table: str, entry: Any) -> None:
        values = astuple(entry)
        self._database.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608 - own names

    def tell(self, event: Event) -> None:
        """Keep a piece of news."""
        with self._writing():
            self._insert("news", event)

    def news(self, since: float) -> Sequence[Event]:
        """Return what is new since a time, the latest first."""
        rows = self._database.execute("SELECT * FROM news WHERE created >= ? ORDER BY created DESC, key", (since,))
        return [Event(*row) for row in rows]

    def share(self, share: Share, users: Sequence[str]) -> None:
        """Keep a recommendation, and to which users it goes."""
        with self._writing():
            self._insert("share", share)
            self._database.executemany(
                "INSERT OR IGNORE INTO recipient VALUES (?, ?, 0)", ((share.key, user) for user in users)
            )

    def shares(self, user: str) -> Sequence[tuple[Share, str, bool]]:
        """Return (recommendation, recipient, viewed) of those from a user and to him, the latest first.

        The recipient is "" where no account got it.
        """
        rows = self._database.execute(
            "SELECT share.*, coalesce(recipient.user, ''), coalesce(viewed, 0) FROM share LEFT JOIN recipient "
            "ON recipient.share = share.key WHERE share.user = ? OR recipient.user = ? "
            "ORDER BY created DESC, share.key, recipient.user",
            (user, user),
        )
        return [(Share(*row[:-2]), row[-2], bool(row[-1])) for row in map(tuple, rows)]

    def viewed(self, user: str, md5: str) -> None:
        """Note that a user has heard what was recommended to him."""
        with self._writing():
            self._database.execute(
                "UPDATE recipient SET viewed = 1 WHERE user = ? AND share IN (SELECT key FROM share WHERE md5 = ?)",
                (user, md5),
            )

    def send(self, message: Message) -> None:
        """Keep a message."""
        with self._writing():
            self._insert("message", message)

    def messages(self, user: str) -> Sequence[Message]:
        """Return the messages from a user and to him, the latest first; those to him are read now."""
        rows = self._database.execute(
            "SELECT * FROM message WHERE sender = ? OR recipient = ? ORDER BY created DESC, key", (user, user)
        ).fetchall()
        with self._writing():
            self._database.execute("UPDATE message SET is_read = 1 WHERE recipient = ?", (user,))
        return [Message(**{**row, "is_read": bool(row["is_read"])}) for row in map(dict, rows)]

    def invite(self, user: str, address: str, text: str) -> None:
        """Keep an invitation; nobody sends it."""
        with self._writing():
            self._database.execute("INSERT INTO invitation VALUES (?, ?, ?, ?)", (user, address, text, self._clock()))

    def forget(self, user: str) -> None:
        """Forget what a user has said, heard and been told; the files of his playlists stay."""
        with self._writing():
            for statement in _OF_USER:
                self._database.execute(statement, {"user": user})

    def fans(self, track_ids: Sequence[int], rating: int) -> Sequence[str]:
        """Return who has given one of these tracks such a rating, or a higher one."""
        wanted = set(track_ids)
        rows = self._database.execute("SELECT DISTINCT user, track_id FROM mark WHERE rating >= ?", (rating,))
        return sorted({row["user"] for row in rows if row["track_id"] in wanted})
