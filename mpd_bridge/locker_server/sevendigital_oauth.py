"""Check OAuth 1.0a signatures, HMAC-SHA1 (RFC 5849), strictly but for one leniency that living clients need."""

import hashlib
import hmac
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from aiohttp import hdrs, web
from oauthlib.oauth1.rfc5849.signature import base_string_uri, normalize_parameters, signature_base_string
from oauthlib.oauth1.rfc5849.utils import escape, parse_authorization_header, unescape

from .origin import origin
from .sevendigital_errors import OAuthFault, RateLimitedError
from .sevendigital_store import Consumer, SevendigitalStore, TooManyNoncesError

type Pairs = Sequence[tuple[str, str]]
type SecretOf = Callable[[str, Consumer], str]
"""Return the secret of a token that a consumer has; raise OAuthFault."""

_REQUIRED = ("oauth_consumer_key", "oauth_signature_method", "oauth_signature", "oauth_timestamp", "oauth_nonce")
_NOT_SIGNED = {"oauth_signature", "realm"}
_MOST_FIELDS = 100
_LONGEST = 255  # characters of a nonce
_MOST_DIGITS = 12
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What of a request is signed, by where it stood; ``url`` has no query."""

    method: str
    url: str
    query: Pairs
    header: Pairs
    body: Pairs

    @property
    def parameters(self) -> dict[str, str]:
        """Return the service's own parameters, their names in lower case; the last of two counts."""
        pairs = (*self.query, *self.body)
        return {name.lower(): value for name, value in pairs if not name.startswith("oauth_")}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who has signed a request: a consumer, with a token or without (then that is "").

    ``oauth`` is the protocol's own parameters, ``parameters`` the service's, their names in lower case.
    """

    consumer: Consumer
    token: str
    oauth: Mapping[str, str]
    parameters: Mapping[str, str]


async def read_signed(request: web.Request, base_url: str | None) -> SignedRequest:
    """Return what is signed of a request; raise OAuthFault for what cannot be read."""
    try:
        is_form = request.method == hdrs.METH_POST and request.content_type == _FORM
        body = await request.text() if is_form else ""
        signed = SignedRequest(
            method=request.method,
            url=(base_url or origin(request)) + request.rel_url.raw_path,
            query=_decoded(request.rel_url.raw_query_string),
            header=_header(request.headers.getall(hdrs.AUTHORIZATION, [])),
            body=_decoded(body),
        )
        for name, value in (*signed.query, *signed.header, *signed.body):
            f"{name}{value}".encode()  # bytes that are no UTF-8 may have come in unquoted
    except (ValueError, LookupError) as error:
        raise OAuthFault("The parameters of the request cannot be read.") from error
    return signed


def _decoded(text: str) -> Pairs:
    return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)


def _header(values: Sequence[str]) -> Pairs:
    signed = [value for value in values if value[:6].lower() == "oauth "]
    if len(signed) > 1:
        raise OAuthFault("There are two Authorization headers.")
    return (
        [(unescape(name), unescape(value)) for name, value in parse_authorization_header(signed[0])] if signed else []
    )


class OAuth:
    """Check who has signed a request; ``clock`` gives Unix seconds. Every method may block for a moment."""

    def __init__(self, store: SevendigitalStore, clock: Callable[[], float], window: int) -> None:
        """Keep where consumers and nonces are, and how many seconds a clock may be wrong."""
        self._store = store
        self._clock = clock
        self._window = window

    def check(self, signed: SignedRequest, secret_of: SecretOf) -> Caller:
        """Return who has signed; raise OAuthFault, RateLimitedError."""
        oauth = _oauth(signed)
        timestamp = self._timestamp(oauth["oauth_timestamp"])
        consumer = self._store.consumer(oauth["oauth_consumer_key"])
        if consumer is None:
            raise OAuthFault("Invalid oauth_consumer_key: there is no such consumer.")
        token = oauth.get("oauth_token", "")
        key = f"{escape(consumer.secret)}&{escape(secret_of(token, consumer) if token else '')}"
        if not any(
            hmac.compare_digest(_signature(signed, pairs, key), oauth["oauth_signature"].encode())
            for pairs in _signed_pairs(signed)
        ):
            raise OAuthFault("Invalid oauth_signature: it is not that of this request, made with these secrets.")
        self._use_nonce(consumer, token, timestamp, oauth["oauth_nonce"])
        return Caller(consumer, token, oauth, signed.parameters)

    def _timestamp(self, text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
            raise OAuthFault("Invalid oauth_timestamp: it is no number of seconds.")
        now = int(self._clock())
        late = now - int(text)
        if abs(late) > self._window:
            reading = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            way = "behind" if late > 0 else "ahead of"
            raise OAuthFault(
                f"Invalid oauth_timestamp: it is {abs(late)} seconds {way} the server's clock, and {self._window} are "
                f"allowed. The server's time is {now} ({reading}): set the clock of your machine."
            )
        return int(text)

    def _use_nonce(self, consumer: Consumer, token: str, timestamp: int, nonce: str) -> None:
        if not 0 < len(nonce) <= _LONGEST:
            raise OAuthFault("Invalid oauth_nonce: it is empty or too long.")
        try:
            new = self._store.use_nonce(consumer.key, token, timestamp, nonce, int(self._clock()) - self._window)
        except TooManyNoncesError:
            raise RateLimitedError(self._window) from None
        if not new:
            raise OAuthFault("Invalid oauth_nonce: it was used before.")


def _oauth(signed: SignedRequest) -> dict[str, str]:
    """Return the OAuth parameters; raise OAuthFault for missing ones and those that contradict each other."""
    oauth: dict[str, str] = {}
    for part in (signed.query, signed.header, signed.body):
        pairs = [(name, value) for name, value in part if name.startswith("oauth_")]
        if twice := [name for name, number in Counter(name for name, _value in pairs).items() if number > 1]:
            raise OAuthFault(f"{twice[0]} is given twice.")
        for name, value in pairs:
            if oauth.setdefault(name, value) != value:
                raise OAuthFault(f"{name} is given twice.")
    for name in _REQUIRED:
        if not oauth.get(name):
            raise OAuthFault(f"Missing parameter {name}.")
    if oauth["oauth_signature_method"] != "HMAC-SHA1":
        raise OAuthFault("Invalid oauth_signature_method: it must be HMAC-SHA1.")
    if oauth.get("oauth_version", "1.0") != "1.0":
        raise OAuthFault("Invalid oauth_version: it must be 1.0.")
    return oauth


def _signed_pairs(signed: SignedRequest) -> list[Pairs]:
    """Return the readings of what was signed: what stands in query and header alike was signed once, or twice."""
    parts = (*signed.query, *signed.header, *signed.body)
    both = {pair for pair in signed.header if pair[0].startswith("oauth_")} & set(signed.query)
    as_written = [pair for pair in parts if pair[0] not in _NOT_SIGNED]
    if not both:
        return [as_written]
    rest = [pair for pair in as_written if pair not in both]
    return [[*rest, *(pair for pair in both if pair[0] not in _NOT_SIGNED)], as_written]


def _signature(signed: SignedRequest, pairs: Pairs, key: str) -> bytes:
    url = urlsplit(signed.url)
    where = base_string_uri(f"{url.scheme}://{url.netloc}{url.path}")
    text = signature_base_string(cast("Any", signed.method), where, normalize_parameters(cast("Any", pairs)))
    return b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha1).digest())
