"""Logging in at a service, for everything that does so once."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Final

import aiohttp

from music_locker_core.errors import AuthenticationError, LockerConnectionError, LockerError
from music_locker_core.lockers import ADAPTERS
from music_locker_core.lockers.base import Adapter, AuthorisationRequest
from music_locker_core.models import Account

from .config import LockerConfig

ADVICE: Final = "correct its user name and secrets, or run mpd-bridge login"
LOGIN_SECONDS: Final = 10.0


def adapter_of(locker: LockerConfig, session: aiohttp.ClientSession) -> Adapter:
    """Return a locker's adapter; the caller owns and closes both."""
    return ADAPTERS[locker.service](locker.settings, session)


async def log_in(adapter: Adapter) -> Account:
    """Log in, or raise LockerError; a service that does not answer in time is LockerConnectionError."""
    return await _in_time(adapter.login())


async def begin_authorisation(locker: LockerConfig) -> AuthorisationRequest:
    """Return the page at which the account's owner lets us in; raise LockerError."""
    async with aiohttp.ClientSession() as session:
        return await _in_time(ADAPTERS[locker.service].begin_authorisation(locker.settings, session))


async def finish_authorisation(locker: LockerConfig, request: AuthorisationRequest, answer: str) -> Mapping[str, str]:
    """Return the secrets for what the page showed; raise LockerError."""
    async with aiohttp.ClientSession() as session:
        return await _in_time(ADAPTERS[locker.service].finish_authorisation(locker.settings, session, request, answer))


async def _in_time[Answer](work: Awaitable[Answer]) -> Answer:
    try:
        async with asyncio.timeout(LOGIN_SECONDS):
            return await work
    except TimeoutError as error:
        raise LockerConnectionError(f"The service has not answered within {LOGIN_SECONDS:.0f} seconds") from error


def with_advice(error: LockerError) -> str:
    """Return an error's message, and what to do where the service refuses the locker."""
    return f"{error}; {ADVICE}" if isinstance(error, AuthenticationError) else str(error)
