"""The file of accounts: read whole, written whole, and changed by one program at a time."""

import json
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath

from .shared_file import SharedFile, Stamp

PASSWORD_COST = 2**14
_HIGHEST_COST = 2**20  # a gigabyte of memory
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Account:
    """One account; a read-only one may not change the locker, ``quota`` is how many bytes it may add.

    ``folder``, below the music folder, is all that it sees; None is everything.
    ``cost`` is scrypt's N of this secret: raising it for new passwords leaves the old ones good.
    """

    user: str
    salt: str = field(repr=False)
    secret: str = field(repr=False)
    first_name: str | None = None
    last_name: str | None = None
    nick_name: str | None = None
    read_only: bool = False
    quota: int | None = None
    folder: str | None = None
    cost: int = PASSWORD_COST

    def check(self) -> None:
        """Raise ValueError or TypeError for what no program of ours has written."""
        texts = (self.user, self.salt, self.secret)
        names = (self.first_name, self.last_name, self.nick_name)
        if not all(isinstance(text, str) and text for text in texts) or not isinstance(self.read_only, bool):
            raise TypeError("user, salt and secret are texts, read_only is true or false")
        if any(name is not None and not isinstance(name, str) for name in names):
            raise TypeError("names are texts")
        if self.quota is not None and (type(self.quota) is not int or self.quota < 0):
            raise TypeError("a quota is a number of bytes")
        if self.folder is not None and (not isinstance(self.folder, str) or folder_name(self.folder) != self.folder):
            raise TypeError("a folder is a path below the music folder")
        if type(self.cost) is not int or self.cost.bit_count() != 1 or not 1 < self.cost <= _HIGHEST_COST:
            raise TypeError("a cost is a power of two")
        bytes.fromhex(self.salt + self.secret)


def account_key(user: str) -> str:
    """Return the form of a name in which two that differ only in case are one."""
    return unicodedata.normalize("NFC", user).casefold()


def folder_name(path: str) -> str:
    """Return a path below the music folder as accounts keep it; raise ValueError for one that leads elsewhere."""
    parts = PurePosixPath(path).parts
    if not parts or ".." in parts or path.startswith("/") or not path.isprintable():
        raise ValueError(f"{path!r} is no path below the music folder")
    return "/".join(parts)


class AccountsFile:
    """``accounts.json``; who changes it locks its folder."""

    def __init__(self, path: Path) -> None:
        """Keep the path."""
        self._file = SharedFile(path)

    def stamp(self) -> Stamp | None:
        """Return the stamp of the file, None when there is none; raise OSError."""
        return self._file.stamp()

    def read(self) -> dict[str, Account]:
        """Return the accounts by their keys; raise ValueError for what is no accounts file, and OSError."""
        try:
            text = self._file.read()
        except UnicodeDecodeError as error:
            raise self._damaged() from error
        if text is None:
            return {}
        try:
            accounts = _entries(text)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise self._damaged() from error
        if accounts is None:
            raise ValueError(f"{self._file.name} was written by a newer version of Music Locker")
        return self._by_key(accounts)

    def _damaged(self) -> ValueError:
        return ValueError(f"{self._file.name} is not a file of accounts")

    def _by_key(self, accounts: list[Account]) -> dict[str, Account]:
        found: dict[str, Account] = {}
        for account in accounts:
            other = found.setdefault(account_key(account.user), account)
            if other is not account:
                raise ValueError(f"{self._file.name} has two accounts of one name: {other.user} and {account.user}")
        return found

    @contextmanager
    def changing(self) -> Iterator[dict[str, Account]]:
        """Give the accounts as the file has them, and write what the block made of them, when it raises nothing.

        Raise what ``read`` raises, TimeoutError where another program does not let go of the file, and OSError.
        """
        with self._file.locked():
            accounts = self.read()
            yield accounts
            content = {"version": _VERSION, "accounts": [asdict(account) for account in accounts.values()]}
            self._file.write(json.dumps(content, indent=1))


def _entries(text: str) -> list[Account] | None:
    """Return the accounts of a file, None for a newer form of it; raise many kinds of errors for a damaged one."""
    content = json.loads(text)
    version = content.get("version", 1)  # the first ones did not tell
    if type(version) is not int:
        raise TypeError("a version is a number")
    if version > _VERSION:
        return None
    accounts = [Account(**entry) for entry in content["accounts"]]
    for account in accounts:
        account.check()
    return accounts
