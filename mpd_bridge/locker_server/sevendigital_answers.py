"""The forms of 7digital's answers: XML or JSON as the client accepts, plain text for OAuth, pages for media."""

import math
from collections.abc import Mapping

from aiohttp import hdrs, web

from .sevendigital_errors import CallError, OAuthFault, RateLimitedError
from .sevendigital_options import SevendigitalOptions
from .sevendigital_writer import Value, error_json, error_xml, ok_json, ok_xml

_NO_STORE = {hdrs.CACHE_CONTROL: "private, no-store"}
_XML, _JSON = "application/xml", "application/json"
_PAGE = """<!DOCTYPE html>
<html><head><title>Not available</title></head><body><h1>Not available</h1><p>{message} ({code}).</p></body></html>
"""


class Answers:
    """Write answers."""

    def __init__(self, options: SevendigitalOptions) -> None:
        """Keep how clients are treated."""
        self._options = options

    @staticmethod
    def is_xml(request: web.Request) -> bool:
        """Tell whether the answer is XML: it is, unless JSON is accepted, and XML not rather than that."""
        accepted = _accepted(request.headers.get(hdrs.ACCEPT, ""))
        return accepted.get(_JSON, 0.0) <= 0 or accepted[_JSON] < max(
            accepted.get(_XML, 0.0), accepted.get("text/xml", 0.0)
        )

    def ok(self, request: web.Request, content: dict[str, Value]) -> web.Response:
        """Return a good answer."""
        if self.is_xml(request):
            return _response(ok_xml(content), _XML)
        return _response(ok_json(content, from_xml=self._options.json_from_xml), _JSON)

    def error(self, request: web.Request, error: CallError) -> web.Response:
        """Return an error in the form of the answer that there would have been."""
        status = self._status(error)
        if self.is_xml(request):
            return _response(error_xml(error.code, error.message), _XML, status)
        return _response(error_json(error.code, error.message, from_xml=self._options.json_from_xml), _JSON, status)

    def page(self, error: CallError) -> web.Response:
        """Return the page that comes instead of media (row S38)."""
        return _response(_PAGE.format(message=error.message, code=int(error.code)), "text/html", self._status(error))

    def _status(self, error: CallError) -> int:
        return error.status if self._options.http_errors else 200

    @staticmethod
    def refused(fault: OAuthFault) -> web.Response:
        """Return that a request is not signed as it must be."""
        response = _response(f"OAuth authentication error: {fault}\n", "text/plain", 401)
        response.headers[hdrs.WWW_AUTHENTICATE] = 'OAuth realm="locker"'
        return response

    @staticmethod
    def too_many(limited: RateLimitedError) -> web.Response:
        """Return that a consumer has called too often."""
        response = _response("Too many requests: the limit is reached.\n", "text/plain", 429)
        response.headers[hdrs.RETRY_AFTER] = str(limited.retry_after)
        return response


def _response(text: str, content_type: str, status: int = 200) -> web.Response:
    return web.Response(status=status, text=text, content_type=content_type, charset="utf-8", headers=_NO_STORE)


def _accepted(header: str) -> Mapping[str, float]:
    """Return the types that are accepted, with their weights."""
    found: dict[str, float] = {}
    for entry in header.split(","):
        name, *parameters = (part.strip().lower() for part in entry.split(";"))
        weight = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        try:
            found[name] = float(weight) if math.isfinite(float(weight)) else 0.0
        except ValueError:
            found[name] = 1.0
    return found
