"""Who may use the lockers: accounts in a file that only its owner reads.

Kept is scrypt over the MD5 of the password in hex, because one service sends the password and another its MD5.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from .accounts_file import PASSWORD_COST, Account, AccountsFile, account_key, folder_name
from .shared_file import Stamp

__all__ = ["Account", "Accounts", "password_digest"]

_BLOCK, _PARALLEL = 8, 1
_MEMORY = 2**31 - 1  # bytes that scrypt may take; the library allows 32 MiB only
_LEGACY_DOMAIN = "@mp3tunes.com"


def password_digest(password: str) -> str:
    """Return the MD5 of a password in hex, the form that a service may send instead of the password."""
    return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()


def _secret(digest: str, salt: str, cost: int) -> str:
    return hashlib.scrypt(
        digest.encode(), salt=bytes.fromhex(salt), n=cost, r=_BLOCK, p=_PARALLEL, maxmem=_MEMORY
    ).hex()


class Accounts:
    """The accounts of a state folder, which several programs may change.

    Making and checking one takes some 50 ms of computing, and changing one waits for others who do: not for the loop.
    Every change begins with what the file says then, and raises ValueError for a damaged file, and OSError.
    """

    def __init__(self, path: Path, *, cost: int = PASSWORD_COST) -> None:
        """Read the file if there is one; raise ValueError for what is no accounts file, and OSError.

        ``cost`` is scrypt's N for passwords that are set here.
        """
        self._cost = cost
        self._file = AccountsFile(path)
        self._stamp: Stamp | None = None
        self._accounts: Mapping[str, Account] = {}
        self._dummy_salt = secrets.token_hex(16)
        self.renew()

    def __len__(self) -> int:
        """Return how many accounts there are."""
        return len(self._accounts)

    @property
    def is_stale(self) -> bool:
        """Tell whether the file has changed since it was read."""
        return self._file.stamp() != self._stamp

    def renew(self) -> None:
        """Read the file again; what was read before stays when that fails, and is not tried again for this file."""
        stamp = self._file.stamp()
        try:
            self._accounts = self._file.read()
        finally:
            self._stamp = stamp

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
        read_only: bool | None = None,
        quota: int | None = None,
        folder: str | None = None,
        must_be_new: bool = False,
    ) -> Account:
        """Make an account, or give an account a new password and what else is said; what is not said stays.

        ``quota`` is bytes, ``folder`` a path below the music folder. Raise ValueError for a name, a password or a
        folder that is none, and for a name that is taken when it ``must_be_new``.
        """
        name = _name(user)
        secret = _new_secret(password, self._cost)
        with self._file.changing() as accounts:
            old = accounts.get(account_key(name))
            if must_be_new:
                _refuse_taken(accounts, name)
            before = old or Account(name, *secret)
            account = Account(
                before.user,
                *secret,
                first_name=before.first_name if first_name is None else first_name,
                last_name=before.last_name if last_name is None else last_name,
                nick_name=before.nick_name if nick_name is None else nick_name,
                read_only=before.read_only if read_only is None else read_only,
                quota=before.quota if quota is None else quota,
                folder=before.folder if folder is None else folder_name(folder),
                cost=self._cost,
            )
            accounts[account_key(name)] = account
        self.renew()
        return account

    def set_password(self, user: str, password: str) -> Account:
        """Give an account a new password; raise ValueError where there is no such account."""
        salt, secret = _new_secret(password, self._cost)
        return self._change(user, lambda account: replace(account, salt=salt, secret=secret, cost=self._cost))

    def set_quota(self, user: str, quota: int | None) -> Account:
        """Let an account add so many bytes, None for as many as it likes; raise ValueError without such an account."""
        return self._change(user, lambda account: replace(account, quota=quota))

    def set_folder(self, user: str, folder: str | None) -> Account:
        """Let an account see one folder only, None for everything; raise ValueError for no such account or folder."""
        below = None if folder is None else folder_name(folder)
        return self._change(user, lambda account: replace(account, folder=below))

    def set_read_only(self, user: str, *, read_only: bool) -> Account:
        """Let an account change the locker or not; raise ValueError where there is no such account."""
        return self._change(user, lambda account: replace(account, read_only=read_only))

    def _change(self, user: str, changed: Callable[[Account], Account]) -> Account:
        with self._file.changing() as accounts:
            key = _present(accounts, user)
            account = accounts[key] = changed(accounts[key])
        self.renew()
        return account

    def remove(self, user: str) -> Account:
        """Remove an account; raise ValueError where there is no such account."""
        with self._file.changing() as accounts:
            account = accounts.pop(_present(accounts, user))
        self.renew()
        return account

    def check_free(self, user: str) -> None:
        """Raise ValueError for a name that is none or is taken."""
        _refuse_taken(self._accounts, _name(user))

    def check_present(self, user: str) -> None:
        """Raise ValueError where there is no such account."""
        _present(self._accounts, user)

    def get(self, user: str) -> Account | None:
        """Return an account; an old client's name with its service's domain behind it is found too."""
        name = account_key(user)
        return self._accounts.get(name) or self._accounts.get(name.removesuffix(_LEGACY_DOMAIN))

    def check(self, user: str, digest: str) -> Account | None:
        """Return the account when the MD5 of the password is right; a wrong name takes as long as a wrong password."""
        account = self.get(user)
        if account is None:
            _secret(digest, self._dummy_salt, self._cost)
            return None
        return account if hmac.compare_digest(_secret(digest, account.salt, account.cost), account.secret) else None

    def names(self) -> Mapping[str, Account]:
        """Return all accounts by their names in lower case; it is another mapping after each change."""
        return self._accounts


def _new_secret(password: str, cost: int) -> tuple[str, str]:
    if not password:
        raise ValueError("an account needs a password")
    salt = secrets.token_hex(16)
    return salt, _secret(password_digest(password), salt, cost)


def _name(user: str) -> str:
    name = user.strip()
    if not name or not name.isprintable():
        raise ValueError("an account needs a name, without control characters")
    return name


def _refuse_taken(accounts: Mapping[str, Account], name: str) -> None:
    if (old := accounts.get(account_key(name))) is not None:
        raise ValueError(f"there is an account {old.user} already")


def _present(accounts: Mapping[str, Account], user: str) -> str:
    key = account_key(user.strip())
    if key not in accounts:
        raise ValueError(f"there is no account {user.strip()!r}")
    return key
