"""Who may use the lockers: accounts in a file that only its owner reads.

Kept is scrypt over the MD5 of the password in hex, because one service sends the password and another its MD5.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .files import write_atomically

_COST, _BLOCK, _PARALLEL = 2**14, 8, 1
_LEGACY_DOMAIN = "@mp3tunes.com"


@dataclass(frozen=True, slots=True)
class Account:
    """One account; a read-only one may not change the locker."""

    user: str
    salt: str = field(repr=False)
    secret: str = field(repr=False)
    first_name: str | None = None
    last_name: str | None = None
    nick_name: str | None = None
    read_only: bool = False


def password_digest(password: str) -> str:
    """Return the MD5 of a password in hex, the form that a service may send instead of the password."""
    return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()


def _secret(digest: str, salt: str) -> str:
    return hashlib.scrypt(digest.encode(), salt=bytes.fromhex(salt), n=_COST, r=_BLOCK, p=_PARALLEL).hex()


class Accounts:
    """The accounts of a state folder. Making and checking one takes some 50 ms of computing: not for the loop."""

    def __init__(self, path: Path) -> None:
        """Read the file if there is one; raise ValueError for what is no accounts file, and OSError."""
        self._path = path
        self._accounts = self._read() if path.exists() else {}
        self._dummy_salt = secrets.token_hex(16)

    def _read(self) -> dict[str, Account]:
        try:
            content = json.loads(self._path.read_text())
            return {entry["user"].casefold(): Account(**entry) for entry in content["accounts"]}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"{self._path.name} is not a file of accounts") from error

    def _write(self) -> None:
        content = {"accounts": [asdict(account) for account in self._accounts.values()]}
        write_atomically(self._path, json.dumps(content, indent=1).encode(), mode=0o600)

    def __len__(self) -> int:
        """Return how many accounts there are."""
        return len(self._accounts)

    @property
    def names_are_addresses(self) -> bool:
        """Tell whether every account's name is an e-mail address."""
        return all("@" in name for name in self._accounts)

    def add(  # noqa: PLR0913 - an account has that many particulars
        self,
        user: str,
        password: str,
        *,
        first_name: str | None = None,
        last_name: str | None = None,
        nick_name: str | None = None,
        read_only: bool = False,
    ) -> Account:
        """Make an account, or give an account a new password and names; raise ValueError for an empty name."""
        if not user.strip() or not user.isprintable():
            raise ValueError("an account needs a name")
        salt = secrets.token_hex(16)
        secret = _secret(password_digest(password), salt)
        account = Account(user, salt, secret, first_name, last_name, nick_name, read_only)
        self._accounts[user.casefold()] = account
        self._write()
        return account

    def get(self, user: str) -> Account | None:
        """Return an account; an old client's name with its service's domain behind it is found too."""
        name = user.casefold()
        return self._accounts.get(name) or self._accounts.get(name.removesuffix(_LEGACY_DOMAIN))

    def check(self, user: str, digest: str) -> Account | None:
        """Return the account when the MD5 of the password is right; a wrong name takes as long as a wrong password."""
        account = self.get(user)
        if account is None:
            _secret(digest, self._dummy_salt)
            return None
        return account if hmac.compare_digest(_secret(digest, account.salt), account.secret) else None

    def names(self) -> Mapping[str, Account]:
        """Return all accounts by their names in lower case."""
        return dict(self._accounts)
