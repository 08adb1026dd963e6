"""Request tokens: a consumer asks for a user's permission, for a short time and once."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from .sevendigital_errors import OAuthFault

OUT_OF_BAND = "oob"
_MOST_WAITING = 1000
_MOST_FAILURES = 10
_PIN_DIGITS = 8
_NOT_FOR_BROWSERS = {"javascript", "data", "vbscript", "file", "blob", "about"}


@dataclass(slots=True)
class RequestToken:
    """One question to a user; ``account`` and ``verifier`` are there when it was answered with yes."""

    token: str = field(repr=False)
    secret: str = field(repr=False)
    consumer: str
    callback: str = field(repr=False)
    until: float
    account: str | None = None
    verifier: str | None = field(default=None, repr=False)
    failures: int = 0

    def address(self, **answer: str) -> str:
        """Return where the browser goes with an answer."""
        parts = urlsplit(self.callback)
        query = "&".join(filter(None, (parts.query, urlencode({"oauth_token": self.token, **answer}))))
        return parts._replace(query=query).geturl()


class RequestTokens:
    """The questions that wait for an answer; they end with the server."""

    def __init__(self, clock: Callable[[], float], lifetime: float) -> None:
        """Begin without any; ``lifetime`` is seconds."""
        self._clock = clock
        self._lifetime = lifetime
        self._waiting: OrderedDict[str, RequestToken] = OrderedDict()

    def add(self, consumer: str, callback: str) -> RequestToken:
        """Make one; raise OAuthFault for a callback that no browser may be sent to."""
        _check_callback(callback)
        token = RequestToken(
            secrets.token_hex(16), secrets.token_hex(20), consumer, callback, self._clock() + self._lifetime
        )
        self._waiting[token.token] = token
        while len(self._waiting) > _MOST_WAITING:
            self._waiting.popitem(last=False)
        return token

    def get(self, token: str) -> RequestToken | None:
        """Return one whose time has not run out."""
        found = self._waiting.get(token)
        if found is not None and found.until <= self._clock():
            self.remove(found)
            return None
        return found

    def allow(self, token: RequestToken, account: str) -> str:
        """Note that the user says yes; return the verifier, which is short where it must be typed."""
        typed = token.callback == OUT_OF_BAND
        token.verifier = f"{secrets.randbelow(10**_PIN_DIGITS):0{_PIN_DIGITS}}" if typed else secrets.token_hex(12)
        token.account = account
        token.failures = 0
        return token.verifier

    def fail(self, token: RequestToken) -> None:
        """Note a wrong password or verifier; after ten the question is void."""
        token.failures += 1
        if token.failures >= _MOST_FAILURES:
            self.remove(token)

    def remove(self, token: RequestToken) -> bool:
        """Forget one; return False when it is gone already."""
        return self._waiting.pop(token.token, None) is not None

    def clear(self) -> None:
        """Forget all."""
        self._waiting.clear()


def _check_callback(callback: str) -> None:
    if callback == OUT_OF_BAND:
        return
    try:
        parts = urlsplit(callback)
    except ValueError:
        parts = urlsplit("")
    if not callback.isprintable() or not parts.scheme or parts.scheme.lower() in _NOT_FOR_BROWSERS:
        raise OAuthFault("Invalid oauth_callback: it is neither an address nor oob.")
