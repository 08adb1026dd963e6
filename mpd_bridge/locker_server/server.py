"""The locker server: one HTTP server over one locker, with a part for each service."""

import asyncio
import logging
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

from aiohttp import web

from ..http_log import HTTP_LOGGER, UNREADABLE
from .accounts import Account, Accounts
from .accounts_file import PASSWORD_COST
from .audiodelivery_options import AudiodeliveryOptions
from .audiodelivery_part import AudiodeliveryPart
from .faults import Faults, fault_routes
from .locker import Locker
from .mp3tunes_options import Mp3tunesOptions
from .mp3tunes_part import Mp3tunesPart
from .part import Handler, Part, Shared
from .sessions import Sessions
from .sevendigital_options import SevendigitalOptions
from .sevendigital_part import SevendigitalPart
from .tunesbag_options import TunesbagOptions
from .tunesbag_part import TunesbagPart

LOGGER = logging.getLogger(__name__)

SERVICES = ("mp3tunes", "tunesbag", "sevendigital", "audiodelivery")
DEFAULT_SESSION_LIFETIME = 4 * 3600.0
_LINE_LIMIT = 65_536  # bytes of a request line: lists of file keys are long
_SHUTDOWN_TIMEOUT = 2.0


class LockerServer:
    """Serve a music folder. What it must remember is in the state folder, made when it is not there (mode 0700).

    ``services`` are those that it speaks. ``clock`` gives Unix seconds. ``rescan_every`` seconds the folder is looked
    through anew. ``fault_api`` serves /faults over HTTP. ``read_only`` begins with ``maintenance``. ``password_cost``
    is scrypt's N for new passwords. ``calls`` counts the requests of each method, in lower case.
    """

    def __init__(  # noqa: PLR0913 - each is a switch of its own
        self,
        music_dir: Path,
        state_dir: Path,
        *,
        mp3tunes: Mp3tunesOptions | None = None,
        tunesbag: TunesbagOptions | None = None,
        sevendigital: SevendigitalOptions | None = None,
        audiodelivery: AudiodeliveryOptions | None = None,
        services: AbstractSet[str] = frozenset(SERVICES),
        session_lifetime: float = DEFAULT_SESSION_LIFETIME,
        clock: Callable[[], float] = time.time,
        rescan_every: float | None = None,
        fault_api: bool = False,
        read_only: bool = False,
        password_cost: int = PASSWORD_COST,
    ) -> None:
        """Read the accounts; raise OSError, and ValueError for a damaged file of accounts or of keys."""
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        options = mp3tunes or Mp3tunesOptions()
        self.accounts = Accounts(state_dir / "accounts.json", cost=password_cost)
        self.sessions = Sessions(session_lifetime, clock)
        self.faults = Faults(self.expire_sessions)
        self.calls: Counter[str] = Counter()
        self.locker = Locker(music_dir, state_dir, clock)
        shared = Shared(self.locker, self.accounts, state_dir, clock)
        self.tunesbag = TunesbagPart(shared, tunesbag or TunesbagOptions())
        self.sevendigital = SevendigitalPart(shared, sevendigital or SevendigitalOptions())
        self.audiodelivery = AudiodeliveryPart(shared, audiodelivery or AudiodeliveryOptions())
        self._by_service: Mapping[str, Part] = {
            "mp3tunes": Mp3tunesPart(shared, self.sessions, options),
            "tunesbag": self.tunesbag,
            "sevendigital": self.sevendigital,
            "audiodelivery": self.audiodelivery,
        }
        self._parts = tuple(self._by_service.values())
        self._services = services
        self._known = self.accounts.names()
        self._rescan_every = rescan_every
        self._fault_api = fault_api
        self._runner: web.AppRunner | None = None
        self._rescanning: asyncio.Task[None] | None = None
        self._url = ""
        self.maintenance = read_only

    @property
    def url(self) -> str:
        """Return the address it listens on, without a slash at the end."""
        return self._url

    @property
    def maintenance(self) -> bool:
        """Tell whether the locker is read-only for a while: playing works, changing is answered with 503."""
        return self.locker.read_only

    @maintenance.setter
    def maintenance(self, value: bool) -> None:
        self.locker.read_only = value
        for part in self._parts:
            part.maintenance = value

    def expire_sessions(self) -> None:
        """End what every service hands out for a time, as if that had run out."""
        for part in self._parts:
            part.expire_sessions()

    def add_account(  # noqa: PLR0913 - an account has that many particulars
        self,
        user: str,
        password: str,
        *,
        first_name: str | None = None,
        last_name: str | None = None,
        nick_name: str | None = None,
        read_only: bool | None = None,
        quota: int | None = None,
        folder: str | None = None,
    ) -> Account:
        """Make an account or change its password; it blocks for some 50 ms. Raise ValueError, OSError."""
        return self.accounts.add(
            user,
            password,
            first_name=first_name,
            last_name=last_name,
            nick_name=nick_name,
            read_only=read_only,
            quota=quota,
            folder=folder,
        )

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Look through the folder and listen; raise OSError, and sqlite3.Error for a damaged store."""
        try:
            await self.locker.open()
            for part in self._parts:
                await part.open()
            self._runner = web.AppRunner(
                self._application(),
                access_log=None,  # its lines would hold passwords and sessions
                logger=HTTP_LOGGER,
                handle_signals=False,
                max_line_size=_LINE_LIMIT,
                shutdown_timeout=_SHUTDOWN_TIMEOUT,
            )
            await self._runner.setup()
            await web.TCPSite(self._runner, host, port).start()
        except BaseException:
            await self.close()
            raise
        address = self._runner.addresses[0]
        name = f"[{address[0]}]" if ":" in address[0] else address[0]
        self._url = f"http://{name}:{address[1]}"
        if self._rescan_every is not None:
            self._rescanning = asyncio.create_task(self._rescan(self._rescan_every))

    async def close(self) -> None:
        """Stop listening, end what is under way and close the store."""
        if self._rescanning is not None:
            self._rescanning.cancel()
            await asyncio.gather(self._rescanning, return_exceptions=True)
            self._rescanning = None
        self.faults.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        for part in self._parts:
            await part.close()
        await self.locker.close()

    async def scan(self) -> None:
        """Look through the folder now."""
        await self.locker.scan()

    async def _rescan(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await self.locker.scan()
            except OSError as error:
                LOGGER.warning("The folder cannot be looked through: %s", error.strerror)
            except sqlite3.Error as error:
                LOGGER.warning("What is new in the folder cannot be written down: %s", error)

    def _application(self) -> web.Application:
        application = web.Application()
        for service, part in self._by_service.items():
            if service in self._services:
                application.add_routes(part.routes(self._serve))
        if self._fault_api:
            application.add_routes(fault_routes(self.faults))
        return application

    async def _serve(self, method: str, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Count a request, take over changed accounts, and answer it, with the fault that waits for it."""

        async def answer(request: web.Request) -> web.StreamResponse:
            await self._renew_accounts()
            try:
                return await handler(request)
            except UNREADABLE as error:
                raise web.HTTPBadRequest(text="The request cannot be read.") from error

        self.calls[method.lower()] += 1
        return await self.faults.apply(method, request, answer)

    async def _renew_accounts(self) -> None:
        try:
            if self.accounts.is_stale:
                await asyncio.to_thread(self.accounts.renew)
        except (OSError, ValueError) as error:
            LOGGER.error("The accounts stay as they were: %s", error)  # noqa: TRY400 - the reason says it all
        before, self._known = self._known, self.accounts.names()
        if before is not self._known:
            for part in self._parts:
                part.accounts_changed(before, self._known)
