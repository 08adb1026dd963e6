"""The HTTP resources: tracks and live streams for speakers, covers for the media browser.

Speakers send no log-in, and neither does the picture of what a page plays, so all of them check their own tokens. They
never answer 401: Home Assistant would count it as a failed log-in, tell the user of it and ban the address.
"""

import hmac
from http import HTTPStatus
from typing import Final

from aiohttp import web
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView

from .const import ARTWORK_URL, LIVE_URL, STREAM_URL
from .core.errors import LockerError, NotFound
from .core.hub import Core
from .identifier import InvalidIdentifierError, escape, unescape
from .live import live_stream
from .runtime import open_core

_ARTWORK_HEADERS: Final = {
    "Cache-Control": "private, max-age=86400",
    # A picture comes from a service: no browser may take it for a document with scripts.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


@callback
def register_views(hass: HomeAssistant) -> None:
    """Register all views."""
    hass.http.register_view(StreamView)
    hass.http.register_view(LiveView)
    hass.http.register_view(ArtworkView)


def artwork_path(hass: HomeAssistant, artwork: tuple[str, str] | None) -> str | None:
    """Return where the media browser finds a cover, given its locker and id; None where there is none."""
    core = open_core(hass)
    if core is None or artwork is None:
        return None
    locker_id, artwork_id = artwork
    token = core.streams.artwork_token(locker_id, artwork_id)
    return ARTWORK_URL.format(token=token, locker=escape(locker_id), artwork=escape(artwork_id))


def _refuse(status: HTTPStatus) -> web.Response:
    return web.Response(status=status, text=f"{status.value}: {status.phrase}")


def _core(request: web.Request) -> Core:
    """Return the core; raise HTTPServiceUnavailable while no entry is set up."""
    core = open_core(request.app[KEY_HASS])
    if core is None:
        raise web.HTTPServiceUnavailable
    return core


class StreamView(HomeAssistantView):
    """Serve one track to one output."""

    url = STREAM_URL
    name = "api:music_locker:stream"
    requires_auth = False

    async def get(self, request: web.Request, **_: str) -> web.StreamResponse:
        """Send the track, or a part of it."""
        return await _core(request).streams.handle(request)

    head = get


class LiveView(HomeAssistantView):
    """Serve what a player plays, as one endless stream."""

    url = LIVE_URL
    name = "api:music_locker:live"
    requires_auth = False

    async def get(self, request: web.Request, token: str, player: str) -> web.StreamResponse:
        """Send sound until the listener goes."""
        output = _core(request).live_output(player)
        if output is None:
            return _refuse(HTTPStatus.NOT_FOUND)
        stream = live_stream(request.app[KEY_HASS], player)
        if stream is None or not hmac.compare_digest(stream.token.encode(), token.encode()):
            return _refuse(HTTPStatus.FORBIDDEN)
        return await output.handle(request)

    head = get


class ArtworkView(HomeAssistantView):
    """Serve covers to who was told their addresses."""

    url = ARTWORK_URL
    name = "api:music_locker:artwork"
    requires_auth = False

    async def get(self, request: web.Request, token: str, locker: str, artwork: str) -> web.Response:
        """Send one picture."""
        core = _core(request)
        try:
            locker_id, artwork_id = unescape(locker), unescape(artwork)
            expected = core.streams.artwork_token(locker_id, artwork_id)
            if not hmac.compare_digest(expected.encode(), token.encode("utf-8", "replace")):
                return _refuse(HTTPStatus.FORBIDDEN)
            if locker_id not in core.locker_ids:
                return _refuse(HTTPStatus.NOT_FOUND)
            picture = await core.streams.artwork(locker_id, artwork_id)
        except InvalidIdentifierError, NotFound:
            return _refuse(HTTPStatus.NOT_FOUND)
        except LockerError:
            return _refuse(HTTPStatus.SERVICE_UNAVAILABLE)
        if not picture.mime_type.startswith("image/"):
            return _refuse(HTTPStatus.NOT_FOUND)
        return web.Response(body=picture.content, content_type=picture.mime_type, headers=_ARTWORK_HEADERS)
