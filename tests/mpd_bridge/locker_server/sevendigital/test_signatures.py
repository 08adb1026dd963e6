"""OAuth 1.0a: what is signed rightly is answered, all else is told in plain text (row S42)."""

import hashlib
import hmac
import logging
import re
import sqlite3
from base64 import b64encode
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from multidict import CIMultiDict
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA256, SIGNATURE_PLAINTEXT, SIGNATURE_TYPE_QUERY

from mpd_bridge.locker_server import LockerServer, sevendigital_store
from mpd_bridge.locker_server.sevendigital_store import Consumer
from tests.mpd_bridge.locker_server.sevendigital.conftest import JSON, PASSWORD, USER, Answer, Client, Shop

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
    for other in (f"{url}&page=2", url.replace("GB", "US"), url.replace("locker?", "locker/?")):
        refused(await client.send(other, headers=headers), "Invalid oauth_signature")
    refused(await client.send(url, "HEAD", headers=headers), "")
    port = client.server.url.rpartition(":")[2]
    assert port in url
    without_port = client.signer(token=client.token).sign(url.replace(f":{port}", ""))[1]
    refused(await client.send(url, headers=without_port), "Invalid oauth_signature")
    assert (await client.send(url, headers=headers)).status == 200


async def test_wrong_secrets_keys_and_tokens_are_refused(client: Client) -> None:
    token, secret = client.token
    wrong = Consumer(client.consumer.key, "wrong")
    unknown = Consumer("unknown", client.consumer.secret)
    other = client.part.add_consumer("other", "secret")
    refused(await client.locker(consumer=wrong), "Invalid oauth_signature")
    refused(await client.locker(consumer=unknown), "Invalid oauth_consumer_key")
    refused(await client.locker(token=(token, "wrong")), "Invalid oauth_signature")
    refused(await client.locker(token=("unknown", secret)), "Invalid oauth_token")
    refused(await client.locker(consumer=other), "Invalid oauth_token")
    refused(await client.send(LOCKER), "Missing parameter oauth_consumer_key")


async def test_every_parameter_of_the_protocol_is_needed_and_checked(client: Client) -> None:
    url, _headers, _body = client.signer(token=client.token, signature_type=SIGNATURE_TYPE_QUERY).sign(
        client.server.url + LOCKER
    )
    for name in ("consumer_key", "signature_method", "signature", "timestamp", "nonce"):
        without = re.sub(f"&?oauth_{name}=[^&]*", "", url)
        refused(await client.send(without), f"Missing parameter oauth_{name}.")
    for method in (SIGNATURE_PLAINTEXT, SIGNATURE_HMAC_SHA256):
        refused(await client.locker(signature_method=method), "Invalid oauth_signature_method")
    refused(await client.send(url.replace("oauth_version=1.0", "oauth_version=2.0")), "Invalid oauth_version")
    refused(await client.send(f"{url}&oauth_nonce=another"), "oauth_nonce is given twice")
    refused(await client.send(url, headers={"Authorization": 'OAuth oauth_nonce="another"'}), "given twice")
    refused(await client.locker(nonce="n" * 300), "Invalid oauth_nonce")
    refused(await client.locker(nonce=""), "Missing parameter oauth_nonce")


async def test_what_cannot_be_read_is_refused(client: Client) -> None:
    for query in ("x=%ff", "&".join(["x=1"] * 101)):
        refused(await client.send(f"{LOCKER}&{query}"), "cannot be read")
    for header in ("OAuth", "OAuth x", 'OAuth oauth_nonce="', "OAuth =,=,"):
        refused(await client.send(LOCKER, headers={"Authorization": header}), "")
    assert b"cannot be read" in await client.raw(b"GET /1.2/user/locker HTTP/1.1\r\nAuthorization: OAuth x=\xff")
    two = [("Authorization", 'OAuth oauth_nonce="1"'), ("Authorization", 'OAuth oauth_nonce="1"')]
    refused(await client.send(LOCKER, headers=CIMultiDict(two)), "two Authorization headers")
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=none-such"}
    refused(await client.send("/1.2/oauth/requesttoken", "POST", data=b"x=1", headers=form), "cannot be read")


async def test_a_nonce_is_good_once_for_each_consumer_and_also_after_a_restart(shop: Shop, tmp_path: Path) -> None:
    client = await shop()
    again = {"nonce": "once"}
    assert (await client.locker(**again)).status == 200
    refused(await client.locker(**again), "Invalid oauth_nonce: it was used before.")
    refused(await client.locker(consumer=Consumer(client.consumer.key, "wrong"), nonce="new"), "oauth_signature")
    assert (await client.locker(nonce="new")).status == 200
    other = client.part.add_consumer()
    query = f"country=GB&userId={quote(USER)}"
    assert (await client.locker(query, consumer=other, two_legged=True, **again)).status == 200
    await client.server.close()
    (state,) = tmp_path.glob("state*")
    restarted = await shop(state=state)
    refused(await restarted.locker(consumer=client.consumer, token=client.token, **again), "Invalid oauth_nonce")


async def test_a_clock_that_is_wrong_is_told_the_time(client: Client) -> None:
    now = int(client.clock())
    for difference in (-300, 300):
        assert (await client.locker(timestamp=str(now + difference))).status == 200
    refused(await client.locker(timestamp=str(now - 301)), "it is 301 seconds behind the server's clock")
    late = await client.locker(timestamp=str(now + 3600))
    refused(late, "it is 3600 seconds ahead of the server's clock, and 300 are allowed")
    assert "The server's time is 1700000000 (2023-11-14T22:13:20Z)" in late.text
    for wrong in ("now", "-1", "1.5", "1" * 13, "\u0661"):
        refused(await client.locker(timestamp=wrong), "Invalid oauth_timestamp")


async def test_nonces_are_forgotten_when_their_timestamps_are_too_old(shop: Shop) -> None:
    client = await shop(timestamp_window=60)
    for _ in range(3):
        assert (await client.locker()).status == 200
    client.clock.now += 61
    assert (await client.locker()).status == 200
    with closing(sqlite3.connect(client.part.store._path)) as database:
        assert database.execute("SELECT count(*) FROM nonce").fetchone() == (1,)


async def test_more_nonces_than_can_be_remembered_are_too_many_requests(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sevendigital_store, "_MOST_NONCES", 2)
    assert [(await client.locker()).status for _ in range(3)] == [200, 200, 429]
    query = f"country=GB&userId={quote(USER)}"
    assert (await client.locker(query, consumer=client.part.add_consumer(), two_legged=True)).status == 200
    client.clock.now += 301
    assert (await client.locker()).status == 200


async def test_what_stands_in_query_and_header_alike_may_be_signed_once_or_twice(client: Client) -> None:
    """Some clients put the consumer's key into both, and sign it once; the RFC has it signed twice."""
    target = f"{client.server.url}{LOCKER}"
    url, headers, _body = client.signer(token=client.token).sign(target)
    key = f"&oauth_consumer_key={client.consumer.key}"
    assert (await client.send(url + key, headers=headers)).status == 200
    twice = client.signer(token=client.token).sign(target + key)
    assert (await client.send(twice[0], headers=twice[1])).status == 200
    other = client.signer(token=client.token).sign(target)
    refused(await client.send(f"{url}&country=GB", headers=other[1]), "Invalid oauth_signature")
    another = f"&oauth_consumer_key={client.part.add_consumer().key}"
    refused(await client.send(url + another, headers=other[1]), "oauth_consumer_key is given twice")


async def test_a_blank_is_signed_alike_however_it_is_written(client: Client) -> None:
    for sort in ("purchaseDate%20desc", "purchaseDate+desc"):
        assert (await client.locker(f"country=GB&sort={sort}")).status == 200
    for value in ("%20~*'()!+&=/%C3%A9".replace("&=", "%26%3D"), "a%2Fb", ""):
        assert (await client.locker(f"country=GB&extra={value}", in_header=True)).status == 200


async def test_behind_a_proxy_the_public_url_is_what_is_signed(shop: Shop) -> None:
    client = await shop(base_url="https://music.example.org/locker")
    for public in ("https://music.example.org/locker", "https://MUSIC.example.org:443/locker"):
        url, headers, _body = client.signer(token=client.token).sign(public + LOCKER)
        assert (await client.send(url.replace(public, client.server.url), headers=headers)).status == 200
    refused(await client.locker(), "Invalid oauth_signature")


async def test_a_consumer_that_is_not_managed_needs_its_users_tokens(client: Client) -> None:
    app = client.part.add_consumer("app", "secret", managed=False)
    query = f"country=GB&userId={quote(USER)}"
    refused(await client.locker(query, consumer=app, two_legged=True), "Missing parameter oauth_token")
    assert (await client.locker(query, consumer=app, token=client.part.token(USER, app))).status == 200


async def test_tokens_end_when_they_are_revoked_or_their_user_is_gone(client: Client) -> None:
    second = client.part.token(USER, client.consumer)
    assert client.part.revoke(USER) == 2
    for token in (client.token, second):
        refused(await client.locker(token=token), "Invalid oauth_token")
    client.token = client.part.token(USER, client.consumer)
    client.server.accounts.remove(USER)
    refused(await client.locker(), "Invalid oauth_token: its user is gone.")
    client.server.add_account("bob", PASSWORD)
    for user, consumer in (("nobody", client.consumer.key), ("bob", "nothing")):
        with pytest.raises(ValueError, match="there is no"):
            client.part.token(user, consumer)


async def test_the_tokens_of_who_is_gone_do_not_come_back_with_the_name(shop: Shop, tmp_path: Path) -> None:
    client = await shop()
    client.server.accounts.remove(USER)
    await client.server.close()
    (state,) = tmp_path.glob("state*")
    server = LockerServer(tmp_path, state, password_cost=2)
    await server.start()
    await server.close()
    restarted = await shop(state=state)
    refused(await restarted.locker(consumer=client.consumer, token=client.token), "Invalid oauth_token")


async def test_keys_and_tokens_can_be_made_without_a_server_that_runs(
    shop: Shop, shop_music: Path, tmp_path: Path
) -> None:
    state = tmp_path / "made"
    made = LockerServer(shop_music, state, password_cost=2)
    made.add_account(USER, PASSWORD)
    consumer = made.sevendigital.add_consumer("key", "secret")
    token = made.sevendigital.token(USER, "key")
    assert {path.stat().st_mode & 0o777 for path in state.glob("sevendigital.sqlite3*")} == {0o600}
    assert "secret" not in repr(consumer)
    await made.close()
    client = await shop(state=state)
    assert (await client.locker(consumer=consumer, token=token)).status == 200
    client.part.add_consumer("key", "changed")
    refused(await client.locker(consumer=consumer, token=token), "Invalid oauth_signature")
    assert client.part.store.remove_consumer("key")
    assert not client.part.store.remove_consumer("key")
    refused(await client.locker(consumer=consumer, token=token), "Invalid oauth_consumer_key")
    with pytest.raises(ValueError, match="letters and digits"):
        client.part.add_consumer("a/b")


async def test_no_log_holds_keys_or_tokens(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    token = client.token[0]
    good = client.signer(token=client.token).sign(client.server.url + LOCKER)
    bad = client.signer(token=(token, "wrong")).sign(client.server.url + LOCKER)
    caplog.set_level(logging.DEBUG)
    caplog.clear()  # of what this side's signer has said
    assert (await client.send(good[0], headers=good[1])).status == 200
    refused(await client.send(bad[0], headers=bad[1]), "Invalid oauth_signature")
    for secret in (*client.token, client.consumer.key, client.consumer.secret):
        assert secret not in caplog.text
