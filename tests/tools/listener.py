"""Another program of the network, which hears what MPD servers come and go."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from zeroconf import ServiceStateChange
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from tests.tools.own_network import ADDRESS

SERVICE = "_mpd._tcp.local."


class Listener:
    """Hear what comes and goes in the network."""

    def __init__(self, zeroconf: AsyncZeroconf) -> None:
        self.zeroconf = zeroconf
        self.changes: asyncio.Queue[tuple[str, ServiceStateChange]] = asyncio.Queue()
        self.browser = AsyncServiceBrowser(zeroconf.zeroconf, SERVICE, handlers=[self._note])

    def _note(self, name: str, state_change: ServiceStateChange, **_: object) -> None:
        self.changes.put_nowait((name.removesuffix(f".{SERVICE}"), state_change))

    async def came(self) -> str:
        """Return the name of what came next, if nothing went before."""
        return await self._next(ServiceStateChange.Added)

    async def went(self) -> str:
        """Return the name of what went next, if nothing came before."""
        return await self._next(ServiceStateChange.Removed)

    async def _next(self, expected: ServiceStateChange) -> str:
        async with asyncio.timeout(20):
            name, change = await self.changes.get()
        assert change is expected
        return name

    async def address(self, name: str) -> tuple[list[str], int | None]:
        info = AsyncServiceInfo(SERVICE, f"{name}.{SERVICE}")
        assert await info.async_request(self.zeroconf.zeroconf, 5000)
        return info.parsed_addresses(), info.port


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    """Listen in the network of a test's own."""
    async with AsyncZeroconf(interfaces=[ADDRESS]) as zeroconf:
        listener = Listener(zeroconf)
        yield listener
        await listener.browser.async_cancel()
