"""MP3tunes as a part of the locker server."""

from collections.abc import Iterable, Mapping

from aiohttp import web

from .accounts import Account
from .mp3tunes_api import Api
from .mp3tunes_gate import Gate
from .mp3tunes_options import Mp3tunesOptions
from .mp3tunes_storage import Storage, expect_later
from .part import Serve, Shared
from .sessions import Sessions


class Mp3tunesPart:
    """Answer /api/v0, /api/v1 and /storage."""

    def __init__(self, shared: Shared, sessions: Sessions, options: Mp3tunesOptions) -> None:
        """Make the two halves of the service: its methods and its storage."""
        self._sessions = sessions
        gate = Gate(shared.accounts, sessions, options)
        self._api = Api(shared.locker, shared.accounts, sessions, gate, options)
        self._storage = Storage(shared.locker, gate, options)

    @property
    def maintenance(self) -> bool:
        """Tell whether changing is answered with 503001."""
        return self._storage.maintenance

    @maintenance.setter
    def maintenance(self, value: bool) -> None:
        self._storage.maintenance = self._api.maintenance = value

    async def open(self) -> None:
        """Open nothing: sessions end with the server."""

    async def close(self) -> None:
        """Close nothing."""

    def expire_sessions(self) -> None:
        """End every session."""
        self._sessions.expire_all()

    def accounts_changed(self, before: Mapping[str, Account], now: Mapping[str, Account]) -> None:
        """Log out who is gone or has another password."""
        for name, account in before.items():
            if name not in now or now[name].secret != account.secret:
                self._sessions.close_all_of(account.user)

    def routes(self, serve: Serve) -> Iterable[web.RouteDef]:
        """Return the routes of the methods and of the storage."""

        async def api(request: web.Request) -> web.StreamResponse:
            method = request.match_info["method"].lower()
            version = int(request.match_info["version"][1:])

            async def answer(request: web.Request) -> web.StreamResponse:
                return await self._api.handle(version, method, request)

            return await serve(method, request, answer)

        async def storage(request: web.Request) -> web.StreamResponse:
            method = request.match_info["method"].lower()

            async def answer(request: web.Request) -> web.StreamResponse:
                return await self._storage.handle(method, request.match_info["key"], request)

            return await serve(method, request, answer)

        files = "/storage/{method:[A-Za-z]+}/{key:[^/]*}{slash:/*}"
        yield web.route("*", "/api/{version:v[01]}/{method:[A-Za-z]+}{slash:/*}", api)
        yield web.route("*", files, storage, expect_handler=expect_later)
