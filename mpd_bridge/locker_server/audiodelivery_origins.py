"""Let web pages of any origin call: the service's own player and uploader are parts of other people's pages.

No cookie is ever looked at: what lets somebody in is a key, a session's id or a signature, which a page must have.
"""

from collections.abc import Mapping

from aiohttp import hdrs, web

ANY_ORIGIN: Mapping[str, str] = {
    hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*",
    hdrs.ACCESS_CONTROL_EXPOSE_HEADERS: "Accept-Ranges, Content-Range, ETag, Retry-After",
}
_ASKED_BEFORE: Mapping[str, str] = {
    **ANY_ORIGIN,
    hdrs.ACCESS_CONTROL_ALLOW_METHODS: "GET, HEAD, POST, PUT, DELETE",
    hdrs.ACCESS_CONTROL_ALLOW_HEADERS: "Accept-Language, Authorization, Content-Type, Range",
    hdrs.ACCESS_CONTROL_MAX_AGE: "86400",
}


async def asked_before(_request: web.Request) -> web.Response:
    """Answer a browser that asks whether a page may call."""
    return web.Response(status=204, headers=_ASKED_BEFORE)
