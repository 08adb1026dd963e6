"""Who may call: partner tokens, sessions, and the host that a method belongs to."""

import hmac

from aiohttp import web
from yarl import URL

from .accounts import Account, Accounts
from .mp3tunes_options import Bases, Mp3tunesOptions
from .origin import origin
from .sessions import Sessions


class Gate:
    """Check tokens and sessions, and know the public URLs."""

    def __init__(self, accounts: Accounts, sessions: Sessions, options: Mp3tunesOptions) -> None:
        """Keep what the checks need."""
        self._accounts = accounts
        self._sessions = sessions
        self._options = options

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
        base = (self._options.base_url or origin(request)).rstrip("/")
        return Bases(base, base, base)

    def is_on_host(self, request: web.Request, base: str) -> bool:
        """Tell whether a request came to the host it belongs to; always, when all three hosts are one."""
        return self._options.bases is None or URL(base).host_port_subcomponent == request.host.casefold()
