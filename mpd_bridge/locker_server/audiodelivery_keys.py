"""The API keys of the Audio Delivery Network's part: made by hand, kept as hashes, shown once."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .accounts_file import account_key
from .shared_file import SharedFile, Stamp

FILE = "audiodelivery_keys.json"
_VERSION = 1
_PREFIX = "adn_"
_SECRET_BYTES = 24
_NAME_LETTERS = 8


class KeyFileError(ValueError):
    """The file holds no keys."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key; ``user`` is the account that it acts for, ``collection_id`` the only collection that it may touch."""

    name: str
    digest: str = field(repr=False)
    user: str | None = None
    collection_id: str | None = None

    def check(self) -> None:
        """Raise TypeError for what no program of ours has written."""
        others = (self.user, self.collection_id)
        if not all(isinstance(text, str) and text for text in (self.name, self.digest)):
            raise TypeError("name and digest are texts")
        if any(other is not None and not isinstance(other, str) for other in others):
            raise TypeError("user and collection_id are texts")


class ApiKeys:
    """The keys of a state folder; what changes them waits for other programs that do, and is not for the loop."""

    def __init__(self, path: Path) -> None:
        """Read the file if there is one; raise KeyFileError, OSError."""
        self._file = SharedFile(path)
        self._stamp: Stamp | None = None
        self._keys: Mapping[str, ApiKey] = {}
        self.renew()

    @property
    def is_stale(self) -> bool:
        """Tell whether the file has changed since it was read; raise OSError."""
        return self._file.stamp() != self._stamp

    def renew(self) -> None:
        """Read the file again; what was read before stays when that fails, and is not tried again for this file."""
        stamp = self._file.stamp()
        try:
            self._keys = self._read()
        finally:
            self._stamp = stamp

    def _read(self) -> dict[str, ApiKey]:
        try:
            text = self._file.read()
            keys = [] if text is None else _entries(text)
        except ValueError, TypeError, KeyError, AttributeError, RecursionError:
            raise KeyFileError(f"{self._file.name} is not a file of API keys") from None
        return {key.digest: key for key in keys}

    def add(self, user: str | None = None, collection_id: str | None = None) -> str:
        """Make a key and return it; it cannot be had again. Raise KeyFileError, OSError."""
        key = _PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
        digest = _digest(key)
        with self._file.locked():
            keys = self._read()
            keys[digest] = ApiKey(digest[:_NAME_LETTERS], digest, user, collection_id)
            self._write(keys)
        self.renew()
        return key

    def remove(self, name: str) -> ApiKey:
        """Remove a key by its name; raise ValueError where there is none."""
        with self._file.locked():
            keys = self._read()
            found = next((key for key in keys.values() if key.name == name.strip().lower()), None)
            if found is None:
                raise ValueError(f"there is no key {name.strip()!r}")
            del keys[found.digest]
            self._write(keys)
        self.renew()
        return found

    def revoke(self, user: str) -> int:
        """Remove every key of an account; return how many there were. Raise KeyFileError, OSError."""
        if not any(_is_of(key, user) for key in self._keys.values()):
            return 0
        with self._file.locked():
            keys = self._read()
            left = {digest: key for digest, key in keys.items() if not _is_of(key, user)}
            self._write(left)
        self.renew()
        return len(keys) - len(left)

    def _write(self, keys: Mapping[str, ApiKey]) -> None:
        content = {"version": _VERSION, "keys": [asdict(key) for key in keys.values()]}
        self._file.write(json.dumps(content, indent=1))

    def find(self, key: str) -> ApiKey | None:
        """Return what a key is, None for one that is not ours."""
        return self._keys.get(_digest(key))

    def all(self) -> tuple[ApiKey, ...]:
        """Return all keys, the oldest first."""
        return tuple(self._keys.values())

    def __len__(self) -> int:
        """Return how many keys there are."""
        return len(self._keys)


def _is_of(key: ApiKey, user: str) -> bool:
    return key.user is not None and account_key(key.user) == account_key(user)


def _digest(key: str) -> str:
    """Return the hash of a key, which has too many letters to be guessed: no salt, and found without trying all."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def _entries(text: str) -> list[ApiKey]:
    content = json.loads(text)
    if content["version"] > _VERSION:
        raise ValueError("a newer version")
    keys = [ApiKey(**entry) for entry in content["keys"]]
    for key in keys:
        key.check()
    return keys
