"""The daemon's HTTP server: streams for outputs, live streams for listeners, and a sign of life; nothing else."""

from importlib.metadata import version
from typing import Final, Self

from aiohttp import web

from music_locker_core.hub import Core

from .http_log import HTTP_LOGGER

_CLOSE_SECONDS: Final = 1.0  # live streams never end by themselves


class HttpServer:
    """Serve one core's sound over HTTP."""

    def __init__(self, core: Core) -> None:
        """Lay out the paths; :meth:`start` binds the port."""
        self._core = core
        application = web.Application()
        application.router.add_route("GET", "/health", _health)
        # HEAD must reach the handlers as well: they know lengths without sending bytes.
        for method in ("GET", "HEAD"):
            application.router.add_route(method, "/api/music_locker/stream/{token}/{file}", core.streams.handle)
            application.router.add_route(method, "/live/{player}.mp3", self._live)
        # No access log: paths hold tokens.
        self._runner = web.AppRunner(application, access_log=None, logger=HTTP_LOGGER, shutdown_timeout=_CLOSE_SECONDS)
        self._port = 0

    @property
    def port(self) -> int:
        """Return the real port."""
        return self._port

    async def start(self, host: str, port: int) -> Self:
        """Listen; port 0 takes a free one. Raise OSError."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except BaseException:
            await self._runner.cleanup()
            raise
        self._port = self._runner.addresses[0][1]
        return self

    async def close(self) -> None:
        """Stop listening, and end what is still being sent."""
        await self._runner.cleanup()

    async def _live(self, request: web.Request) -> web.StreamResponse:
        output = self._core.live_output(request.match_info["player"])
        if output is None:
            raise web.HTTPNotFound(text="There is no such player.\n")
        return await output.handle(request)


async def _health(_: web.Request) -> web.Response:
    return web.json_response({"status": "ok", "version": version("music-locker")})
