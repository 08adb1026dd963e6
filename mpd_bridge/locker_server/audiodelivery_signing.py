"""Addresses that are good for a time and for one thing: their path, verb and end are signed (HMAC-SHA256)."""

import hashlib
import hmac
from collections.abc import Callable

from aiohttp import web

from .audiodelivery_errors import CallError
from .audiodelivery_store import Records

_DIGITS = 12


class Signer:
    """Sign addresses with the secret of the records, and check them."""

    def __init__(self, records: Records, clock: Callable[[], float]) -> None:
        """Keep where the secret is; ``clock`` gives Unix seconds."""
        self._records = records
        self._clock = clock

    def sign(self, verb: str, path: str, until: float) -> str:
        """Return a path with its end and its signature, which comes last."""
        end = int(until)
        return f"{path}?expires={end}&verify={self._signature(verb, path, str(end))}"

    def check(self, verb: str, request: web.Request) -> None:
        """Raise CallError for a request whose address is not signed for this verb, or has run out."""
        end = request.query.get("expires", "")
        signature = request.query.get("verify", "")
        right = self._signature(verb, request.path, end)
        if not hmac.compare_digest(signature.encode("utf-8", "surrogateescape"), right.encode()):
            raise CallError(403, "The address is not signed.")
        if not end.isascii() or not end.isdigit() or len(end) > _DIGITS or int(end) <= self._clock():
            raise CallError(403, "The address has expired.")

    def _signature(self, verb: str, path: str, end: str) -> str:
        text = f"{verb}\n{path}\n{end}".encode("utf-8", "surrogateescape")
        return hmac.new(self._records.secret.encode(), text, hashlib.sha256).hexdigest()
