"""What every method of the tunesBag part works on: the locker, the accounts, and what the part remembers."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate

from aiohttp import web

from .accounts import Account, Accounts
from .accounts_file import account_key
from .locker import Locker
from .origin import origin
from .part import Shared
from .tunesbag_book import FILE as BOOK
from .tunesbag_book import Book
from .tunesbag_keys import key_of
from .tunesbag_options import TunesbagOptions
from .tunesbag_social_store import FILE as STORE
from .tunesbag_social_store import SocialStore
from .uploads import remove_remains

_ONLINE = 300.0  # seconds after his last call in which a user is online


class Site:
    """The part's own state; the loop calls it and never waits for a disk."""

    def __init__(self, shared: Shared, options: TunesbagOptions) -> None:
        """Read the book; raise OSError, and ValueError for a damaged one."""
        self.locker: Locker = shared.locker
        self.accounts: Accounts = shared.accounts
        self.clock = shared.clock
        self.options = options
        self.book = Book(shared.state / BOOK)
        self.maintenance = False
        self.editing = asyncio.Lock()
        self.state: Path = shared.state
        self._thread = ThreadPoolExecutor(1, "tunesbag-store")
        self._store: SocialStore | None = None
        self._seen: dict[str, float] = {}

    async def open(self) -> None:
        """Open the store; raise sqlite3.Error."""
        await asyncio.to_thread(remove_remains, self.state)
        loop = asyncio.get_running_loop()
        self._store = await loop.run_in_executor(self._thread, SocialStore, self.state / STORE, self.clock)

    async def close(self) -> None:
        """Close the store."""
        if self._store is not None:
            await self.remember(SocialStore.close)
            self._store = None
        await asyncio.to_thread(self._thread.shutdown)

    async def remember[**Given, Result](
        self, method: Callable[Concatenate[SocialStore, Given], Result], *given: Given.args, **named: Given.kwargs
    ) -> Result:
        """Call a method of the store in its thread; raise sqlite3.Error."""
        store = self._store
        if store is None:
            raise RuntimeError("the store is closed")
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: method(store, *given, **named))

    def base(self, request: web.Request) -> str:
        """Return the server's address as its clients reach it, without a slash at the end."""
        return (self.options.base_url or origin(request)).rstrip("/")

    def users(self) -> dict[str, Account]:
        """Return the accounts by the keys that tunesBag gives them."""
        return {user_key(user): account for user, account in self.accounts.names().items()}

    def see(self, account: Account) -> None:
        """Note that an account calls now."""
        self._seen[account_key(account.user)] = self.clock()

    def is_online(self, user: str) -> bool:
        """Tell whether a user has called a short time ago."""
        return self.clock() - self._seen.get(user, -_ONLINE) < _ONLINE


def user_key(user: str) -> str:
    """Return the key of a user, of the key of his account."""
    return key_of("user", user)
