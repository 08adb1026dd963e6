"""The address to which a service leads the browser back when the account's owner has let us in, or has not.

The browser comes without a log-in of Home Assistant, so each address holds a state that nobody can guess. It belongs to
one config flow, works once, and is gone with the flow.
"""

import secrets
from http import HTTPStatus
from typing import Final

from aiohttp import web
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.config_entry_oauth2_flow import HEADER_FRONTEND_BASE
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView, current_request
from homeassistant.util.hass_dict import HassKey
from yarl import URL

from .const import AUTHORISED_URL, DOMAIN
from .forms import CONF_ANSWER
from .redaction import redact_logs

_AWAITED: Final[HassKey[dict[str, str]]] = HassKey(f"{DOMAIN}_awaited")  # the flow of each state
_DONE: Final = "Go back to Home Assistant. This window can be closed."
_GONE: Final = "This address has been used, or its time is over. Go back to Home Assistant and begin again."
_PAGE: Final = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Music Locker</title></head>
<body><p>{text}</p><script>window.close()</script></body></html>
"""
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
}


@callback
def register_authorised_view(hass: HomeAssistant) -> None:
    """Register the view, once; a flow may need it before anything is set up."""
    if _AWAITED not in hass.data:
        hass.data[_AWAITED] = {}
        redact_logs()
        hass.http.register_view(AuthorisedView)


@callback
def expect_answer(hass: HomeAssistant, flow_id: str) -> tuple[str, URL] | None:
    """Return a state and the address that leads back to a flow, or None where no address of the browser's is known.

    The frontend tells, with each step of a flow, under which address the browser has opened it.
    """
    if (base := _frontend_base()) is None:
        return None
    register_authorised_view(hass)
    state = secrets.token_urlsafe(32)
    hass.data[_AWAITED][state] = flow_id
    return state, base.with_path(AUTHORISED_URL.format(state=state))


def _frontend_base() -> URL | None:
    request = current_request.get()
    if request is None or (told := request.headers.get(HEADER_FRONTEND_BASE)) is None:
        return None
    try:
        base = URL(told)
    except ValueError:
        return None
    return base if base.scheme in {"http", "https"} and base.host else None


@callback
def expect_no_answer(hass: HomeAssistant, state: str | None) -> None:
    """Forget a state: its flow has ended, or begins its authorisation anew."""
    if state is not None:
        hass.data[_AWAITED].pop(state, None)


class AuthorisedView(HomeAssistantView):
    """Take what a service tells by way of the browser, and let the flow go on."""

    url = AUTHORISED_URL
    name = "api:music_locker:authorised"
    requires_auth = False

    async def get(self, request: web.Request, state: str) -> web.Response:
        """Hand the query over to the flow that waits for it."""
        hass = request.app[KEY_HASS]
        if (flow_id := hass.data[_AWAITED].pop(state, None)) is None:
            return _page(_GONE, HTTPStatus.NOT_FOUND)
        answer = f"?{request.rel_url.raw_query_string}"
        await hass.config_entries.flow.async_configure(flow_id, {CONF_ANSWER: answer})
        return _page(_DONE, HTTPStatus.OK)


def _page(text: str, status: HTTPStatus) -> web.Response:
    return web.Response(text=_PAGE.format(text=text), status=status, content_type="text/html", headers=_HEADERS)
