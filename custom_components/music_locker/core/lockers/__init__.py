"""The adapter layer: one module per service behind one contract."""

from collections.abc import Mapping
from types import MappingProxyType

import aiohttp

from ..errors import NotFound
from .audiodelivery import Audiodelivery
from .base import Adapter
from .mp3tunes import Mp3tunes
from .sevendigital import Sevendigital
from .tunesbag import Tunesbag
from .web import Retry

_CLASSES: tuple[type[Adapter], ...] = (Mp3tunes, Tunesbag, Audiodelivery, Sevendigital)

ADAPTERS: Mapping[str, type[Adapter]] = MappingProxyType({adapter.info.service: adapter for adapter in _CLASSES})
"""The adapter of each service, by the service's name."""


def create_adapter(
    service: str, settings: Mapping[str, str], session: aiohttp.ClientSession, retry: Retry | None = None
) -> Adapter:
    """Return an adapter for one locker; the caller owns the HTTP session. Raise NotFound for an unknown service."""
    if (adapter := ADAPTERS.get(service)) is None:
        raise NotFound(f"There is no service called {service}")
    return adapter(settings, session, retry)
