"""/rd/api/requestremotekey/: where a user gets the key that lets a program act for him."""

import asyncio
import logging
from html import escape

from aiohttp import hdrs, web

from .accounts import Account, password_digest
from .accounts_file import account_key
from .form_fields import FormError, form_fields
from .tunesbag_gate import Gate
from .tunesbag_site import Site

LOGGER = logging.getLogger(__name__)

_LONGEST = 1024
_HEADERS = {
    hdrs.CACHE_CONTROL: "no-store",
    hdrs.CONTENT_SECURITY_POLICY: (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    hdrs.REFERRER_POLICY: "no-referrer",
    hdrs.X_CONTENT_TYPE_OPTIONS: "nosniff",
}
_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 28rem; padding: 0 1rem; }
label { display: block; margin: 1rem 0; }
input:not([type=checkbox]), button { box-sizing: border-box; font: inherit; padding: .5rem; width: 100%; }
code { background: #eee; color: #222; display: block; overflow-wrap: anywhere; padding: 1rem; user-select: all; }
.wrong { color: #b00020; }
"""


class RemoteKeyPage:
    """Answer the page: a form for name and password, and behind it the key to copy."""

    def __init__(self, site: Site, gate: Gate) -> None:
        """Keep what it works on."""
        self._site = site
        self._gate = gate

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        if request.method not in {hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_POST}:
            raise web.HTTPMethodNotAllowed(request.method, [hdrs.METH_GET, hdrs.METH_POST])
        app = next((value.strip() for name, value in request.query.items() if name.lower() == "appkey"), "")
        if not self._gate.is_app(app):
            return _page("Unknown application", "<p>This address names no application that is known here.</p>", 404)
        if request.method != hdrs.METH_POST:
            return _page("Let a program use your library", _form(app))
        return await self._give(request, app)

    async def _give(self, request: web.Request, app: str) -> web.Response:
        try:
            form = await form_fields(request)
        except FormError as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        name, password = form.get("username", ""), form.get("password", "")
        account = await self._account(name.strip(), password)
        if account is None:
            wrong = '<p class="wrong" role="alert">Name or password is wrong.</p>'
            return _page("Let a program use your library", wrong + _form(app, name), 403)
        try:
            kept = await asyncio.to_thread(
                self._site.book.give_key, account_key(account.user), app, anew=form.get("anew") == "1"
            )
        except (OSError, ValueError) as error:
            LOGGER.error("The remote key cannot be kept: %s", error)  # noqa: TRY400 - the reason says it all
            return _page("Something went wrong", "<p>The key cannot be kept. Please try again later.</p>", 500)
        key = f'<code id="remotekey">{escape(kept.key)}</code>'
        return _page("Your remote key", f"<p>Copy this key into your program.</p>{key}")

    async def _account(self, name: str, password: str) -> Account | None:
        if len(name) > _LONGEST or len(password) > _LONGEST:
            return None
        return await asyncio.to_thread(self._site.accounts.check, name, password_digest(password))


def _form(app: str, name: str = "") -> str:
    return (
        f"<p>The program with the application key <b>{escape(app)}</b> asks to act for you: to read and play your "
        "library and to change it.</p>"
        '<form method="post">'
        f'<label>Name <input name="username" value="{escape(name)}" autocomplete="username" required></label>'
        '<label>Password <input name="password" type="password" autocomplete="current-password" required></label>'
        '<label><input name="anew" type="checkbox" value="1"> Make a new key; the one it has ends</label>'
        "<button>Show the remote key</button></form>"
    )


def _page(title: str, body: str, status: int = 200) -> web.Response:
    text = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>{body}</body></html>\n"
    )
    return web.Response(status=status, text=text, content_type="text/html", charset="utf-8", headers=_HEADERS)
