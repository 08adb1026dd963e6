"""Who may call: API keys, the accounts that they act for, and how often."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import hdrs, web

from .accounts import Account, Accounts
from .accounts_file import account_key
from .audiodelivery_errors import CallError
from .audiodelivery_keys import ApiKey, ApiKeys
from .audiodelivery_options import AudiodeliveryOptions
from .locker import Owner

LOGGER = logging.getLogger(__name__)

_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a key, and the account that it acts for."""

    key: ApiKey
    account: Account | None

    @property
    def owner(self) -> str:
        """Return under what name the locker counts what this caller adds."""
        return owner_name(self.key.user) if self.key.user else f"audiodelivery:{self.key.name}"

    @property
    def folder(self) -> str | None:
        """Return the folder that the caller sees, None for everything."""
        return self.account.folder if self.account else None

    def to_owner(self) -> Owner:
        """Return whose room a file takes, and what may be thrown away."""
        return Owner(self.owner, self.account.quota if self.account else None, self.folder)

    def check_collection(self, collection_id: str) -> None:
        """Raise CallError for another collection than that of the key."""
        if self.key.collection_id is not None and self.key.collection_id != collection_id:
            raise CallError(403, "This key is for another collection.")


def owner_name(user: str) -> str:
    """Return under what name the locker counts what an account adds."""
    return account_key(user)


class Gate:
    """Check API keys."""

    def __init__(
        self, keys: ApiKeys, accounts: Accounts, options: AudiodeliveryOptions, clock: Callable[[], float]
    ) -> None:
        """Keep what the checks need."""
        self.keys = keys
        self._accounts = accounts
        self._options = options
        self._clock = clock
        self._counts: dict[str, int] = {}
        self._minute = 0.0

    async def caller(self, request: web.Request) -> Caller:
        """Return who calls; raise CallError."""
        await self._renew()
        scheme, _blank, secret = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise CallError(401, "An API key is required.")
        key = self.keys.find(secret.strip())
        account = self.account(key.user) if key else None
        if key is None or (key.user is not None and account is None):
            raise CallError(401, "The API key is not valid.")
        self._count(key.name)
        return Caller(key, account)

    def account(self, user: str | None) -> Account | None:
        """Return the account of a key or a session, None where it acts for none or that is gone."""
        return self._accounts.get(user) if user else None

    def _account_of(self, user: str | None) -> Account | None:
        """Return the account of a session; raise CallError where it is gone."""
        account = self.account(user)
        if user is not None and account is None:
            raise CallError(403, "The account of this session is gone.")
        return account

    def folder(self, user: str | None) -> str | None:
        """Return the folder that a session's account sees, None for everything; raise CallError."""
        account = self._account_of(user)
        return account.folder if account else None

    def owner(self, name: str, user: str | None) -> Owner:
        """Return whose room a file takes; raise CallError where the account is gone or may not add files."""
        account = self._account_of(user)
        if account is not None and account.read_only:
            raise CallError(403, "This account may not change the locker.")
        return Owner(name, account.quota if account else None, account.folder if account else None)

    async def _renew(self) -> None:
        try:
            if self.keys.is_stale:
                await asyncio.to_thread(self.keys.renew)
        except (OSError, ValueError) as error:
            LOGGER.error("The API keys stay as they were: %s", error)  # noqa: TRY400 - the reason says it all

    def _count(self, name: str) -> None:
        """Count a call of a key; raise CallError for one too many."""
        most = self._options.calls_per_minute
        if most is None:
            return
        now = self._clock()
        if not 0 <= now - self._minute < _MINUTE:
            self._minute, self._counts = now, {}
        self._counts[name] = self._counts.get(name, 0) + 1
        if self._counts[name] > most:
            raise CallError(429, "Too many calls.", retry_after=max(1, int(self._minute + _MINUTE - now)))
