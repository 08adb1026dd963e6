"""Signatures as oauthlib makes them, over addresses that are sent exactly as they were signed."""

import logging
import re
from urllib.parse import parse_qsl, unquote

import pytest
from oauthlib.oauth1 import SIGNATURE_TYPE_QUERY, Client
from yarl import URL

from music_locker_core.lockers.sevendigital_oauth import Credentials, signed, signed_post

WHO = Credentials("key", "consumer secret&", "token/+", "token secret=")
URL_ = URL("https://api.7digital.com/1.2/user/locker")
QUERY = {"country": "GB", "sort": "purchaseDate desc", "userId": "~*'()!+&=/ é\ud800"}


def given(header: str) -> dict[str, str]:
    return {name: unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', header)}


def reference(parameters: dict[str, str], **more: str) -> Client:
    """A client of oauthlib that signs with the same nonce and time."""
    nonce, timestamp = parameters["oauth_nonce"], parameters["oauth_timestamp"]
    return Client("key", "consumer secret&", "token/+", "token secret=", nonce=nonce, timestamp=timestamp, **more)


@pytest.mark.row("S3", "S42", side="adapter")
def test_a_call_is_signed_in_its_header_over_the_query_as_it_is_sent() -> None:
    request = signed(WHO, URL_, QUERY, headers={"Accept": "application/json"})
    assert request.url.raw_query_string.startswith(
        "country=GB&sort=purchaseDate%20desc&userId=~%2A%27%28%29%21%2B%26%3D"
    )
    header = request.headers["Authorization"]
    _, headers, _ = reference(given(header)).sign(str(request.url))
    assert headers["Authorization"] == header
    assert request.headers["Accept"] == "application/json"


@pytest.mark.row("S4", "S42", side="adapter")
def test_media_are_signed_in_the_query_with_the_users_token() -> None:
    request = signed(WHO, URL("https://stream.svc.7digital.net/stream/locker"), {"trackId": "1"}, in_query=True)
    sent = dict(parse_qsl(request.url.raw_query_string))
    plain = "https://stream.svc.7digital.net/stream/locker?trackId=1"
    again, _, _ = reference(sent, signature_type=SIGNATURE_TYPE_QUERY).sign(plain)
    assert (str(request.url), sent["oauth_token"]) == (again, "token/+")
    assert "Authorization" not in request.headers


@pytest.mark.row("S42", side="adapter")
def test_an_exchange_of_tokens_signs_its_callback_and_its_verifier() -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    request = signed_post(WHO, URL_, callback="https://home.example/?a=b c")
    header = request.headers["Authorization"]
    _, headers, _ = reference(given(header), callback_uri="https://home.example/?a=b c").sign(
        str(URL_), "POST", "", form
    )
    assert (request.method, headers["Authorization"]) == ("POST", header)
    header = signed_post(WHO, URL_, verifier="1234").headers["Authorization"]
    _, headers, _ = reference(given(header), verifier="1234").sign(str(URL_), "POST", "", form)
    assert headers["Authorization"] == header


def test_two_requests_have_two_nonces_and_nothing_is_logged_or_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    first, second = (signed(WHO, URL_, {}) for _ in range(2))
    assert given(first.headers["Authorization"])["oauth_nonce"] != given(second.headers["Authorization"])["oauth_nonce"]
    assert caplog.records == []
    shown = repr((first, second, WHO, signed(WHO, URL_, {}, in_query=True)))
    assert "secret" not in shown
    assert "token/" not in shown
    assert "oauth_signature" not in shown


@pytest.mark.row("S42", side="adapter")
def test_an_application_alone_signs_without_a_token() -> None:
    request = signed(Credentials("key", "secret"), URL_, {"userId": "1234"})
    assert "oauth_token" not in given(request.headers["Authorization"])
