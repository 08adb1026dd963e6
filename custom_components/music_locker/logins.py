"""What the forms of lockers ask the services: to let us in, and whose locker it is."""

import asyncio
from collections.abc import Awaitable, Collection, Mapping
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from yarl import URL

from .core.errors import AuthenticationError, LockerConnectionError, LockerError, RateLimited
from .core.lockers.base import Adapter, AuthorisationRequest
from .core.models import Account

_TIMEOUT: Final = 30.0  # seconds


async def log_in(hass: HomeAssistant, adapter_class: type[Adapter], settings: Mapping[str, str]) -> Account:
    """Log in once; raise LockerError."""
    adapter = adapter_class(settings, async_get_clientsession(hass))
    try:
        return await _in_time(adapter.login())
    finally:
        await adapter.close()


async def begin_authorisation(
    hass: HomeAssistant, adapter_class: type[Adapter], settings: Mapping[str, str], callback: URL | None
) -> AuthorisationRequest:
    """Return the page to open; raise LockerError."""
    return await _in_time(adapter_class.begin_authorisation(settings, async_get_clientsession(hass), callback))


async def finish_authorisation(
    hass: HomeAssistant,
    adapter_class: type[Adapter],
    settings: Mapping[str, str],
    request: AuthorisationRequest,
    answer: str,
) -> Mapping[str, str]:
    """Return what was granted; raise LockerError."""
    session = async_get_clientsession(hass)
    return await _in_time(adapter_class.finish_authorisation(settings, session, request, answer))


async def _in_time[Answer](work: Awaitable[Answer]) -> Answer:
    try:
        async with asyncio.timeout(_TIMEOUT):
            return await work
    except TimeoutError as error:
        raise LockerConnectionError("The service has not answered in time") from error


def form_errors(error: LockerError, fields: Collection[str]) -> dict[str, str]:
    """Return what a form with these fields shows of an error, at the field that is wrong where that is known."""
    match error:
        case AuthenticationError(setting=str(key)) if key in fields:
            return {key: "refused"}
        case AuthenticationError():
            return {"base": "invalid_auth"}
        case LockerConnectionError():
            return {"base": "cannot_connect"}
        case RateLimited():
            return {"base": "busy"}
        case _:
            return {"base": "not_a_locker"}
