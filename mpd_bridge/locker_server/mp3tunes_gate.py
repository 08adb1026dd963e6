"""Who may call: partner tokens, sessions, and the host that a method belongs to."""

import asyncio
import hmac
import logging
import re

from aiohttp import web
from yarl import URL

from .accounts import Account, Accounts
from .mp3tunes_options import Bases, Mp3tunesOptions
from .sessions import Sessions

LOGGER = logging.getLogger(__name__)

_HOST = re.compile(r"(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?", re.ASCII)


class Gate:
    """Check tokens and sessions, and know the public URLs."""

    def __init__(self, accounts: Accounts, sessions: Sessions, options: Mp3tunesOptions) -> None:
        """Keep what the checks need."""
        self._accounts = accounts
        self._sessions = sessions
        self._options = options
        self._known = accounts.names()

    async def renew(self) -> None:
        """Take over what was changed in the accounts; who is gone or has another password is logged out."""
        try:
            if self._accounts.is_stale:
                await asyncio.to_thread(self._accounts.renew)
        except (OSError, ValueError) as error:
            LOGGER.error("The accounts stay as they were: %s", error)  # noqa: TRY400 - the reason says it all
        before, self._known = self._known, self._accounts.names()
        if before is self._known:
            return
        for name, account in before.items():
            now = self._known.get(name)
            if now is None or now.secret != account.secret:
                self._sessions.close_all_of(account.user)

    def token_is_good(self, token: str) -> bool:
        """Tell whether a partner token is one of ours; every token is when there are none."""
        good = self._options.partner_tokens
        return bool(token) and (not good or any(hmac.compare_digest(token.encode(), one.encode()) for one in good))

    def account(self, sid: str) -> Account:
        """Return whose session it is; raise SessionOverError, UnknownSessionError."""
        user = self._sessions.user(sid)
        account = self._accounts.get(user)
        if account is None:
            raise LookupError(user)
        return account

    def bases(self, request: web.Request) -> Bases:
        """Return the URLs of the three hosts as this client reaches them."""
        if self._options.bases is not None:
            return self._options.bases
        base = (self._options.base_url or _origin(request)).rstrip("/")
        return Bases(base, base, base)

    def is_on_host(self, request: web.Request, base: str) -> bool:
        """Tell whether a request came to the host it belongs to; always, when all three hosts are one."""
        return self._options.bases is None or URL(base).host_port_subcomponent == request.host.casefold()


def _origin(request: web.Request) -> str:
    """Return the server's URL as the client calls it, or its own address where that is no URL."""
    host = request.host.rpartition("@")[2]
    if _HOST.fullmatch(host):
        try:
            return str(URL(f"{request.scheme}://{host}").origin())
        except ValueError:  # brackets without an address in them, a port that is too high
            LOGGER.debug("A client called the server by no name")
    name = request.transport.get_extra_info("sockname") if request.transport else None
    address, port = (name[0], name[1]) if name else ("127.0.0.1", 80)
    return str(URL.build(scheme=request.scheme, host=address, port=port))
