"""Who calls, and for whom: a consumer with a user's token, or a managed consumer that names its user."""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from .accounts import Account, Accounts
from .accounts_file import account_key
from .part import Shared
from .sevendigital_errors import CallError, ErrorCode, OAuthFault, RateLimitedError
from .sevendigital_oauth import Caller, OAuth, SecretOf, read_signed
from .sevendigital_options import SevendigitalOptions
from .sevendigital_store import Consumer, SevendigitalStore

LIMITS = web.RequestKey("limits", dict[str, str])  # the headers that tell a consumer how often it may call
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Call:
    """One good call: for whom, and with which parameters, their names in lower case."""

    account: Account
    parameters: Mapping[str, str]

    @property
    def key(self) -> str:
        """Return the account's key."""
        return account_key(self.account.user)

    def number(self, name: str, lowest: int = 0, highest: int = 0x7FFFFFFF) -> int | None:
        """Return an int32 parameter, None when it is not there; raise CallError."""
        text = self.parameters.get(name.lower(), "").strip()
        if not text:
            return None
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit()):
            raise CallError(ErrorCode.INVALID, f"Invalid value for parameter {name}")
        number = int(digits[:20]) * (-1 if text[0] == "-" else 1)
        if not lowest <= number <= highest:
            raise CallError(ErrorCode.OUT_OF_RANGE, f"Parameter {name} is out of range ({lowest} to {highest})")
        return number


class Gate:
    """Let in who has signed rightly, and count the calls of each consumer."""

    def __init__(self, shared: Shared, store: SevendigitalStore, options: SevendigitalOptions) -> None:
        """Keep what decides."""
        self._oauth = OAuth(store, shared.clock, options.timestamp_window)
        self._accounts: Accounts = shared.accounts
        self._clock = shared.clock
        self._store = store
        self._options = options
        self._calls: dict[str, tuple[int, int]] = {}

    async def call(self, request: web.Request) -> Call:
        """Return a user's call; raise OAuthFault, RateLimitedError, CallError."""
        caller = await self.caller(request, self._token_secret)
        return Call(await asyncio.to_thread(self._account, caller), caller.parameters)

    async def caller(self, request: web.Request, secret_of: SecretOf) -> Caller:
        """Return who has signed, with a token of which the secret is known; raise OAuthFault, RateLimitedError."""
        signed = await read_signed(request, self._options.base_url)
        caller = await asyncio.to_thread(self._oauth.check, signed, secret_of)
        self._count(caller.consumer, request)
        return caller

    def _count(self, consumer: Consumer, request: web.Request) -> None:
        """Count a call of a consumer, and keep the headers that tell; raise RateLimitedError."""
        limit = self._options.rate_limit
        if limit is None:
            return
        now = self._clock()
        today, reset = int(now // _DAY), math.ceil(_DAY - now % _DAY)
        day, calls = self._calls.get(consumer.key, (today, 0))
        calls = calls + 1 if day == today else 1
        self._calls[consumer.key] = (today, calls)
        current = str(min(calls, limit))
        request[LIMITS] = {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Current": current,
            "X-RateLimit-Reset": str(reset),
        }
        if calls > limit:
            raise RateLimitedError(reset)

    def _token_secret(self, token: str, consumer: Consumer) -> str:
        found = self._store.token(token)
        if found is None or found.consumer != consumer.key:
            raise OAuthFault("Invalid oauth_token: the user has not allowed access, or has taken it back.")
        return found.secret

    def _account(self, caller: Caller) -> Account:
        named = caller.parameters.get("userid", "").strip()
        if not caller.token:
            return self._managed(caller.consumer, named)
        token = self._store.token(caller.token)
        account = self._accounts.get(token.account) if token else None
        if account is None:
            raise OAuthFault("Invalid oauth_token: its user is gone.")
        if named and self._named(named) != account:
            raise CallError(ErrorCode.INVALID, "Invalid value for parameter userId: the token is another user's")
        return account

    def _managed(self, consumer: Consumer, named: str) -> Account:
        if not consumer.managed:
            raise OAuthFault("Missing parameter oauth_token: this consumer acts with its users' tokens only.")
        if not named:
            raise CallError(ErrorCode.MISSING, "Missing parameter userId")
        account = self._named(named)
        if account is None:
            raise CallError(ErrorCode.NOT_FOUND, "User not found")
        return account

    def _named(self, named: str) -> Account | None:
        """Return the account of a number, or of a name."""
        key = None
        if named.isascii() and named.isdigit():
            key = self._store.account_of(int(named[:18]))
        return self._accounts.get(key or named)
