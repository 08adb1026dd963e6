"""Logging in at a service, for everything that does so once."""

import asyncio
from typing import Final

import aiohttp

from music_locker_core.errors import LockerConnectionError
from music_locker_core.lockers import ADAPTERS
from music_locker_core.lockers.base import Adapter
from music_locker_core.models import Account

from .config import LockerConfig

LOGIN_SECONDS: Final = 10.0


def adapter_of(locker: LockerConfig, session: aiohttp.ClientSession) -> Adapter:
    """Return a locker's adapter; the caller owns and closes both."""
    return ADAPTERS[locker.service](locker.settings, session)


async def log_in(adapter: Adapter) -> Account:
    """Log in, or raise LockerError; a service that does not answer in time is LockerConnectionError."""
    try:
        async with asyncio.timeout(LOGIN_SECONDS):
            return await adapter.login()
    except TimeoutError as error:
        raise LockerConnectionError(f"The service has not answered within {LOGIN_SECONDS:.0f} seconds") from error
