"""Signing for 7digital: OAuth 1.0a with HMAC-SHA1 (RFC 5849), in a header for API calls, in the query for media."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from oauthlib.common import Request as OauthRequest
from oauthlib.oauth1 import SIGNATURE_TYPE_AUTH_HEADER, SIGNATURE_TYPE_QUERY, Client
from oauthlib.oauth1.rfc5849 import signature
from yarl import URL

from .web import Request

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Hold who signs: the application, and the user's token where there is one (3-legged)."""

    consumer_key: str
    consumer_secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    token_secret: str | None = field(default=None, repr=False)


class _Signer(Client):
    """Sign as oauthlib does, without its log lines, which hold tokens and signatures."""

    def get_oauth_signature(self, request: OauthRequest) -> str:
        """Return the signature of a request without a body, whose own parameters are complete."""
        given = signature.collect_parameters(uri_query=urlsplit(request.uri).query)
        # It takes pairs, whatever its stubs say.
        parameters = signature.normalize_parameters([*given, *request.oauth_params])  # type: ignore[arg-type]
        place = signature.base_string_uri(request.uri)
        base = signature.signature_base_string(request.http_method, place, parameters)
        return str(signature.sign_hmac_sha1_with_client(base, self))


def signed(
    credentials: Credentials,
    url: URL,
    query: Mapping[str, str],
    *,
    in_query: bool = False,
    headers: Mapping[str, str] | None = None,
) -> Request:
    """Return a signed GET with a nonce and time of its own; the query is written as it is signed (RFC 5849, 3.6)."""
    asked = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in query.items())
    kind = SIGNATURE_TYPE_QUERY if in_query else SIGNATURE_TYPE_AUTH_HEADER
    uri, added, _ = _signer(credentials, kind).sign(f"{url}?{asked}" if asked else str(url))
    return Request("GET", URL(uri, encoded=True), {**(headers or {}), **added})


def signed_post(
    credentials: Credentials, url: URL, *, callback: str | None = None, verifier: str | None = None
) -> Request:
    """Return a signed POST of the token exchange; ``callback`` begins one, ``verifier`` ends one."""
    signer = _signer(credentials, SIGNATURE_TYPE_AUTH_HEADER)
    signer.callback_uri, signer.verifier = callback, verifier
    uri, headers, _ = signer.sign(str(url), "POST", "", {"Content-Type": _FORM})
    return Request("POST", URL(uri, encoded=True), headers, b"")


def _signer(credentials: Credentials, kind: str) -> _Signer:
    return _Signer(
        credentials.consumer_key,
        client_secret=credentials.consumer_secret,
        resource_owner_key=credentials.token,
        resource_owner_secret=credentials.token_secret,
        signature_type=kind,
    )


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "replace"), safe="~")
