"""How a program gets a user's token: it asks, the user allows it in a browser, it fetches the token (OAuth 1.0a)."""

import asyncio
import hmac
from urllib.parse import urlencode

from aiohttp import hdrs, web

from . import sevendigital_page as pages
from .accounts import Account, Accounts, password_digest
from .accounts_file import account_key
from .form_fields import FormError, form_fields
from .part import Shared
from .sevendigital_errors import OAuthFault
from .sevendigital_gate import Gate
from .sevendigital_options import SevendigitalOptions
from .sevendigital_requests import OUT_OF_BAND, RequestToken, RequestTokens
from .sevendigital_store import Consumer, SevendigitalStore

_FORM = "application/x-www-form-urlencoded"
_OVER = "Unknown request", "The program's request is not known, is answered, or has run out. Begin anew in the program."


class Login:
    """Answer the three steps."""

    def __init__(self, shared: Shared, store: SevendigitalStore, gate: Gate, options: SevendigitalOptions) -> None:
        """Begin without questions."""
        self._accounts: Accounts = shared.accounts
        self._store = store
        self._gate = gate
        self._requests = RequestTokens(shared.clock, options.request_token_lifetime)

    def forget(self) -> None:
        """End every question that waits."""
        self._requests.clear()

    async def request_token(self, request: web.Request) -> web.Response:
        """Return a request token; raise OAuthFault, RateLimitedError."""
        caller = await self._gate.caller(request, _no_token)
        made = self._requests.add(caller.consumer.key, caller.oauth.get("oauth_callback") or OUT_OF_BAND)
        return _form_encoded(oauth_token=made.token, oauth_token_secret=made.secret, oauth_callback_confirmed="true")

    async def access_token(self, request: web.Request) -> web.Response:
        """Return the user's token for a request token that was allowed, once; raise OAuthFault, RateLimitedError."""
        caller = await self._gate.caller(request, self._request_secret)
        asked = self._requests.get(caller.token)
        if asked is None:
            raise _unknown_token()
        if asked.account is None or asked.verifier is None:
            raise OAuthFault("Invalid oauth_token: the user has not allowed access yet.")
        if not hmac.compare_digest(caller.oauth.get("oauth_verifier", "").encode(), asked.verifier.encode()):
            self._requests.fail(asked)
            raise OAuthFault("Invalid oauth_verifier.")
        self._requests.remove(asked)
        token = await asyncio.to_thread(self._store.add_token, asked.account, caller.consumer.key)
        return _form_encoded(oauth_token=token.token, oauth_token_secret=token.secret)

    def _request_secret(self, token: str, consumer: Consumer) -> str:
        asked = self._requests.get(token)
        if asked is None or asked.consumer != consumer.key:
            raise _unknown_token()
        return asked.secret

    async def page(self, request: web.Request) -> web.Response:
        """Return the page that asks the user."""
        asked = self._asked(request, request.query.get("oauth_token", ""))
        return pages.told(*_OVER, 404) if asked is None else pages.form(asked.consumer, asked.token)

    def _asked(self, request: web.Request, token: str) -> RequestToken | None:
        """Return the question that the address names, while it waits."""
        asked = self._requests.get(token)
        waits = asked is not None and asked.account is None and asked.consumer == request.match_info["consumer"]
        return asked if waits else None

    async def answer(self, request: web.Request) -> web.Response:
        """Take the user's answer."""
        try:
            fields = await form_fields(request)
        except FormError as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        token = fields.get("oauth_token") or request.query.get("oauth_token", "")
        asked = self._asked(request, token)
        if asked is None:
            return pages.told(*_OVER, 404)
        if fields.get("answer") == "refuse":
            return self._refused(asked)
        user = fields.get("username", "").strip()
        account = await asyncio.to_thread(self._accounts.check, user, password_digest(fields.get("password", "")))
        if account is None:
            self._requests.fail(asked)
            return pages.form(asked.consumer, asked.token, user, "The user name or the password is wrong.")
        if self._asked(request, token) is None:  # it may have been answered or have run out in the meantime
            return pages.told(*_OVER, 404)
        return self._allowed(asked, account)

    def _allowed(self, asked: RequestToken, account: Account) -> web.Response:
        verifier = self._requests.allow(asked, account_key(account.user))
        if asked.callback == OUT_OF_BAND:
            return pages.pin(asked.consumer, verifier)
        return pages.redirect(asked.address(oauth_verifier=verifier))

    def _refused(self, asked: RequestToken) -> web.Response:
        self._requests.remove(asked)
        if asked.callback == OUT_OF_BAND:
            return pages.told("Access is refused", "You can close this page.")
        return pages.redirect(asked.address(oauth_problem="user_refused"))


def _no_token(_token: str, _consumer: Consumer) -> str:
    raise OAuthFault("Invalid oauth_token: this call has none.")


def _unknown_token() -> OAuthFault:
    return OAuthFault("Invalid oauth_token: it is unknown, was used, or has run out.")


def _form_encoded(**values: str) -> web.Response:
    return web.Response(text=urlencode(values), content_type=_FORM, headers={hdrs.CACHE_CONTROL: "no-store"})
