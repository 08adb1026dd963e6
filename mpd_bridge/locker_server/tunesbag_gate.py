"""Who may call the tunesBag API: application keys, remote keys, and passwords of privileged applications."""

import asyncio
import hashlib
import hmac

from .accounts import Account
from .accounts_file import account_key
from .tunesbag_call import Form
from .tunesbag_errors import CallError, Fault
from .tunesbag_site import Site

_REMEMBERED = 100
_LONGEST_APP_KEY = 200


class Gate:
    """Check the mandatory elements of a request."""

    def __init__(self, site: Site) -> None:
        """Keep what the checks need."""
        self._site = site
        self._good: dict[bytes, Account] = {}

    def is_app(self, app: str) -> bool:
        """Tell whether an application key is one of ours; every one is when there are none."""
        options, book = self._site.options, self._site.book
        if not 0 < len(app) <= _LONGEST_APP_KEY or not app.isprintable():
            return False
        if app in options.app_keys | options.privileged_keys | options.outdated_keys or book.application(app):
            return True
        return not options.app_keys and not book.applications()

    def _is_privileged(self, app: str) -> bool:
        kept = self._site.book.application(app)
        return app in self._site.options.privileged_keys or (kept is not None and kept.privileged)

    def check_app(self, form: Form) -> str:
        """Return the application's key; raise CallError."""
        app = form.parameters.get("appkey", "").strip()
        if not self.is_app(app):
            raise CallError(Fault.APP_KEY)
        if app in self._site.options.outdated_keys:
            raise CallError(Fault.TOO_OLD)
        return app

    async def check_user(self, form: Form) -> Account:
        """Return whose remote key or password it is; raise CallError."""
        app = self.check_app(form)
        account = self._site.accounts.get(form.parameters.get("username", "").strip())
        remote_key = form.parameters.get("remotekey", "").strip()
        digest = form.parameters.get("hashpassword", "").strip().lower()
        if account is None:
            raise CallError(Fault.FORBIDDEN)
        if remote_key and self._is_key(account, app, remote_key):
            return account
        if digest and self._is_privileged(app) and await self._is_password(account, digest):
            return account
        raise CallError(Fault.FORBIDDEN)

    def _is_key(self, account: Account, app: str, given: str) -> bool:
        kept = self._site.book.remote_key(account_key(account.user), app)
        return kept is not None and hmac.compare_digest(kept.key.encode(), given.upper().encode())

    async def _is_password(self, account: Account, digest: str) -> bool:
        """Check a password; one that was good is remembered, as a hash, until the account changes."""
        known = hashlib.sha256(f"{account.salt}\0{digest}".encode()).digest()
        if self._good.get(known) == account:
            return True
        if await asyncio.to_thread(self._site.accounts.check, account.user, digest) is None:
            return False
        if len(self._good) >= _REMEMBERED:
            self._good.clear()
        self._good[known] = account
        return True
