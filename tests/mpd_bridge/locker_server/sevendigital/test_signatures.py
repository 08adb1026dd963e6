"""OAuth 1.0a: what is signed rightly is answered, all else is told in plain text (row S42)."""

import hashlib
import hmac
from base64 import b64encode
from urllib.parse import quote

import pytest

from tests.mpd_bridge.locker_server.sevendigital.conftest import JSON, USER, Answer, Client

pytestmark = pytest.mark.row("S42", side="server")
LOCKER = "/1.2/user/locker?country=GB"


def refused(answer: Answer, because: str) -> None:
    """Check that a request is refused, and why."""
    assert (answer.status, answer.headers["Content-Type"]) == (401, "text/plain; charset=utf-8")
    assert answer.headers["WWW-Authenticate"].startswith("OAuth ")
    assert because in answer.text


async def test_a_request_is_signed_in_header_or_query_with_two_legs_or_three(client: Client) -> None:
    for in_header in (True, False):
        three = await client.get(LOCKER, in_header=in_header, headers=JSON)
        two = await client.get(f"{LOCKER}&userId={quote(USER)}", in_header=in_header, two_legged=True, headers=JSON)
        by_number = f"{LOCKER}&userId={client.part.user_id(USER)}"
        again = await client.get(by_number, in_header=in_header, two_legged=True, headers=JSON)
        assert three.status == two.status == again.status == 200
        assert three.json == two.json == again.json


async def test_a_signature_that_nobody_else_has_made_is_taken(client: Client) -> None:
    """Sign by RFC 5849 itself: no code of a library on this side."""
    pairs = {
        "country": "GB",
        "oauth_consumer_key": client.consumer.key,
        "oauth_nonce": "7d8f3e4a",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(int(client.clock())),
        "oauth_token": client.token[0],
        "sort": "purchaseDate desc",
    }

    def escaped(text: str) -> str:
        return quote(text, safe="-._~")

    query = "&".join(f"{escaped(name)}={escaped(value)}" for name, value in sorted(pairs.items()))
    base = f"GET&{escaped(client.server.url + '/1.2/user/locker')}&{escaped(query)}"
    digest = hmac.new(f"{client.consumer.secret}&{client.token[1]}".encode(), base.encode(), hashlib.sha1).digest()
    answer = await client.send(f"/1.2/user/locker?{query}&oauth_signature={escaped(b64encode(digest).decode())}")
    assert answer.status == 200


async def test_what_differs_from_what_was_signed_is_refused(client: Client) -> None:
    url, headers, _body = client.signer(token=client.token).sign(client.server.url + LOCKER)
    refused(await client.send(f"{url}&page=2", headers=headers), "Invalid oauth_signature")
    refused(await client.send(url.replace("GB", "US"), headers=headers), "Invalid oauth_signature")
    refused(await client.send(url.replace("locker?", "locker/?"), headers=headers), "Invalid oauth_signature")
    assert (await client.send(url, headers=headers)).status == 200
