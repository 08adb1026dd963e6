"""What the owner of the server decides for tunesBag, and the keys it gave out: a file that only its owner reads.

Remote keys let a program in, so the file is 0600. The command line changes it while a server runs.
"""

import hashlib
import json
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .accounts_file import folder_name
from .shared_file import SharedFile, Stamp

FILE = "tunesbag.json"
_VERSION = 1
_NAME_LETTERS = 8


@dataclass(frozen=True, slots=True)
class Friendship:
    """One side of a friendship: what ``user`` shows ``friend``, both keys of accounts; ``since`` is Unix seconds."""

    user: str
    friend: str
    library: bool
    since: float


@dataclass(frozen=True, slots=True)
class RemoteKey:
    """The key by which a program acts for a user."""

    user: str
    app: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Application:
    """A program that may call; a privileged one may send Hashpassword instead of a remote key (row T6)."""

    key: str = field(repr=False)
    privileged: bool = False

    @property
    def name(self) -> str:
        """Return what it is called where its key is not to be seen."""
        return app_name(self.key)


@dataclass(frozen=True, slots=True)
class LibraryFolder:
    """One library of a user beside the default one: a folder below the music folder."""

    user: str
    name: str
    folder: str


@dataclass(frozen=True, slots=True)
class _Content:
    keys: tuple[RemoteKey, ...] = ()
    friends: tuple[Friendship, ...] = ()
    libraries: tuple[LibraryFolder, ...] = ()
    apps: tuple[Application, ...] = ()


def app_name(app: str) -> str:
    """Return what a program is called where its key is not to be seen."""
    return hashlib.sha256(app.encode("utf-8", "surrogateescape")).hexdigest()[:_NAME_LETTERS]


class Book:
    """``tunesbag.json``; names of users are keys of accounts. Changing it blocks, and raises OSError, ValueError."""

    def __init__(self, path: Path) -> None:
        """Keep the path and read it if it is there; raise ValueError for what is no such file, and OSError."""
        self._file = SharedFile(path)
        self._stamp: Stamp | None = None
        self._content = _Content()
        self._by_secret: Mapping[tuple[str, str], RemoteKey] = {}
        self.renew()

    @property
    def is_stale(self) -> bool:
        """Tell whether the file has changed since it was read; raise OSError."""
        return self._file.stamp() != self._stamp

    def renew(self) -> None:
        """Read the file again when it has changed; raise ValueError, OSError."""
        stamp = self._file.stamp()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        self._take(self._read())

    def _take(self, content: _Content) -> None:
        self._content = content
        self._by_secret = {(one.user, one.app): one for one in content.keys}

    def _read(self) -> _Content:
        try:
            text = self._file.read()
            return _Content() if text is None else _content(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"{self._file.name} cannot be read by this version of Music Locker") from error

    @contextmanager
    def _changing(self) -> Iterator[dict[str, list[Any]]]:
        with self._file.locked():
            content = self._read()
            lists: dict[str, list[Any]] = {
                "keys": list(content.keys),
                "friends": list(content.friends),
                "libraries": list(content.libraries),
                "apps": list(content.apps),
            }
            yield lists
            written = {name: [asdict(one) for one in entries] for name, entries in lists.items()}
            self._file.write(json.dumps({"version": _VERSION, **written}, indent=1))
        self.renew()

    def application(self, app: str) -> Application | None:
        """Return a program by its key."""
        return next((one for one in self._content.apps if one.key == app), None)

    def applications(self) -> tuple[Application, ...]:
        """Return every program that was made here."""
        return self._content.apps

    def remote_keys(self) -> tuple[RemoteKey, ...]:
        """Return every remote key."""
        return self._content.keys

    def add_application(self, *, privileged: bool = False) -> Application:
        """Make the key of a program; once there is one, only such programs may call."""
        made = Application(secrets.token_hex(16).upper(), privileged)
        with self._changing() as lists:
            lists["apps"].append(made)
        return made

    def remove_application(self, name: str) -> None:
        """Remove a program with its users' remote keys; raise ValueError where there is none of that name."""
        with self._changing() as lists:
            if not any(one.name == name for one in lists["apps"]):
                raise ValueError(f"there is no application {name!r}")
            lists["apps"] = [one for one in lists["apps"] if one.name != name]
            lists["keys"] = [one for one in lists["keys"] if app_name(one.app) != name]

    def revoke(self, user: str) -> int:
        """Take back every remote key of a user; return how many there were."""
        with self._changing() as lists:
            before = len(lists["keys"])
            lists["keys"] = [one for one in lists["keys"] if one.user != user]
            return before - len(lists["keys"])

    def remote_key(self, user: str, app: str) -> RemoteKey | None:
        """Return the key of a user and a program, None when there is none."""
        return self._by_secret.get((user, app))

    def give_key(self, user: str, app: str, *, anew: bool = False) -> RemoteKey:
        """Return the key of a user and a program, made when there is none; ``anew`` ends the one there was."""
        with self._changing() as lists:
            old = next((one for one in lists["keys"] if (one.user, one.app) == (user, app)), None)
            if old is not None and not anew:
                return RemoteKey(old.user, old.app, old.key)
            made = RemoteKey(user, app, secrets.token_hex(16).upper())
            lists["keys"] = [one for one in lists["keys"] if one is not old] + [made]
        return made

    def befriend(self, user: str, friend: str, *, library: bool = True) -> None:
        """Make two users friends; ``library`` tells whether ``friend`` may load the library of ``user``.

        The other side stays as it is, and shows its library when it is new.
        """
        now = time.time()
        with self._changing() as lists:
            before: list[Friendship] = lists["friends"]
            known = {(one.user, one.friend): one for one in before}
            old = known.get((user, friend))
            known[user, friend] = Friendship(user, friend, library, old.since if old else now)
            known.setdefault((friend, user), Friendship(friend, user, library=True, since=now))
            lists["friends"] = list(known.values())

    def unfriend(self, user: str, friend: str) -> None:
        """End a friendship."""
        pair = {user, friend}
        with self._changing() as lists:
            lists["friends"] = [one for one in lists["friends"] if {one.user, one.friend} != pair]

    def set_library(self, user: str, name: str, folder: str) -> None:
        """Make a folder a library of a user, or let a library be another folder."""
        below = folder_name(folder)
        with self._changing() as lists:
            others = [one for one in lists["libraries"] if (one.user, one.name) != (user, name)]
            lists["libraries"] = [*others, LibraryFolder(user, name, below)]

    def forget(self, user: str) -> None:
        """Forget a user: keys, friendships and libraries."""
        with self._changing() as lists:
            for name in ("keys", "friends", "libraries"):
                lists[name] = [one for one in lists[name] if user not in {one.user, getattr(one, "friend", None)}]

    def friends(self, user: str) -> Mapping[str, Friendship]:
        """Return what a user shows each of his friends, by their names."""
        return {one.friend: one for one in self._content.friends if one.user == user}

    def libraries(self, user: str) -> Mapping[str, str]:
        """Return the folders of a user's libraries, beside the default one, by their names."""
        return {one.name: one.folder for one in self._content.libraries if one.user == user}


def _content(read: Any) -> _Content:
    """Return what a file says; raise many kinds of errors for a damaged or a newer one."""
    if read["version"] != _VERSION:
        raise ValueError("another version")
    return _Content(
        tuple(RemoteKey(**one) for one in read["keys"]),
        tuple(Friendship(**one) for one in read["friends"]),
        tuple(LibraryFolder(**one) for one in read["libraries"]),
        tuple(Application(**one) for one in read.get("apps", ())),
    )
