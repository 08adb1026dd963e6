"""The three legs: a program asks, the user allows it on a page, the program fetches the token (row S42)."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

from tests.mpd_bridge.locker_server.sevendigital.conftest import JSON, PASSWORD, USER, Answer, Client, Shop

pytestmark = pytest.mark.row("S42", side="server")
CALLBACK = "https://home.example.org/callback?flow=7%2F1"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Program:
    """A program that wants a user's token."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.token = ("", "")

    async def ask(self, callback: str | None = CALLBACK, *, method: str = "POST") -> Answer:
        """Get a request token."""
        given: dict[str, Any] = {} if callback is None else {"callback_uri": callback}
        answer = await self.client.get(
            "/1.2/oauth/requesttoken", method=method, two_legged=True, in_header=True, **given
        )
        if answer.status == 200:
            fields = dict(parse_qsl(answer.text, strict_parsing=True))
            self.token = fields["oauth_token"], fields["oauth_token_secret"]
        return answer

    @property
    def page(self) -> str:
        """Return where the user answers."""
        return f"/{self.client.consumer.key}/oauth/authorise?oauth_token={self.token[0]}"

    async def answer(self, **fields: str) -> Answer:
        """Answer as the user does, who has the page before him."""
        shown = await self.client.send(self.page)
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown.text))
        typed = {"username": USER, "password": PASSWORD, "answer": "allow"} | fields
        return await self.client.send(self.page, "POST", data=urlencode(hidden | typed), headers=FORM)

    async def fetch(self, verifier: str, **options: Any) -> Answer:
        """Get the user's token."""
        by: dict[str, Any] = {"token": self.token, "verifier": verifier, "method": "POST", "in_header": True} | options
        return await self.client.get("/1.2/oauth/accesstoken", **by)

    async def allowed(self) -> str:
        """Ask, let the user allow it, and return the verifier."""
        await self.ask()
        return query_of(await self.answer())["oauth_verifier"]


def query_of(answer: Answer) -> Mapping[str, str]:
    """Return the parameters of the address that a browser is sent to."""
    assert answer.status == 303
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def refused(answer: Answer, because: str) -> None:
    """Check that a call is refused in plain text."""
    assert (answer.status, answer.headers["Content-Type"]) == (401, "text/plain; charset=utf-8")
    assert because in answer.text


@pytest.fixture
def program(client: Client) -> Program:
    return Program(client)


@pytest.mark.row("S4", side="server")
async def test_a_user_allows_access_and_the_program_comes_back_with_a_token(client: Client, program: Program) -> None:
    asked = await program.ask()
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded; charset=utf-8"
    assert parse_qs(asked.text)["oauth_callback_confirmed"] == ["true"]
    page = await client.send(program.page)
    assert (page.status, page.headers["X-Frame-Options"]) == (200, "DENY")
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert all(text in page.text for text in (client.consumer.key, 'name="username"', 'type="password"'))
    back = await program.answer()
    assert back.headers["Location"].startswith(f"{CALLBACK}&")
    assert query_of(back)["flow"] == "7/1"
    assert query_of(back)["oauth_token"] == program.token[0]
    fetched = dict(parse_qsl((await program.fetch(query_of(back)["oauth_verifier"])).text))
    token = fetched["oauth_token"], fetched["oauth_token_secret"]
    assert token[0] != program.token[0]
    assert (await client.locker(token=token)).status == 200


async def test_a_pin_is_shown_where_no_browser_can_come_back(program: Program) -> None:
    for callback in ("oob", None):
        await program.ask(callback, method="GET")
        page = await program.answer()
        pin = re.search(r'id="pin">(\d{8})<', page.text)
        assert (page.status, page.headers["Cache-Control"]) == (200, "no-store")
        assert pin is not None
        refused(await program.fetch("wrong"), "Invalid oauth_verifier")
        assert (await program.fetch(pin[1], method="GET")).status == 200


async def test_a_request_is_answered_once_and_fetched_once(client: Client, program: Program) -> None:
    verifier = await program.allowed()
    assert (await client.send(program.page)).status == 404
    assert (await program.fetch(verifier)).status == 200
    refused(await program.fetch(verifier), "was used")


async def test_a_token_comes_only_after_the_user_has_allowed_it(client: Client, program: Program) -> None:
    await program.ask()
    refused(await program.fetch(""), "has not allowed access yet")
    refused(await client.locker(token=program.token), "Invalid oauth_token")
    verifier = query_of(await program.answer())["oauth_verifier"]
    refused(await program.fetch(verifier, consumer=client.part.add_consumer()), "Invalid oauth_token")
    refused(await program.fetch(verifier, token=(program.token[0], "wrong")), "Invalid oauth_signature")
    refused(await program.fetch(verifier, token=client.token), "Invalid oauth_token")
    refused(await client.get("/1.2/oauth/accesstoken", two_legged=True), "Invalid oauth_token")
    refused(await client.get("/1.2/oauth/requesttoken"), "this call has none")
    refused(await client.send("/1.2/oauth/requesttoken", "POST"), "Missing parameter oauth_consumer_key")
    assert (await program.fetch(verifier)).status == 200


async def test_who_refuses_sends_the_program_back_without_a_verifier(client: Client, program: Program) -> None:
    await program.ask()
    back = query_of(await program.answer(answer="refuse", password=""))
    assert back == {"flow": "7/1", "oauth_token": program.token[0], "oauth_problem": "user_refused"}
    refused(await program.fetch("any"), "Invalid oauth_token")
    await program.ask("oob")
    assert "Access is refused" in (await program.answer(answer="refuse")).text
    assert (await client.send(program.page)).status == 404


async def test_a_wrong_password_asks_again_and_ten_end_it(program: Program) -> None:
    await program.ask()
    for wrong in ({"password": "wrong"}, {"username": '"><b>nobody'}, {"username": "", "password": ""}):
        page = await program.answer(**wrong)
        assert (page.status, 'role="alert"' in page.text, "<b>" in page.text) == (403, True, False)
    for _ in range(7):
        assert (await program.answer(password="wrong")).status == 403
    assert (await program.answer()).status == 404


async def test_ten_wrong_verifiers_end_a_request(program: Program) -> None:
    verifier = await program.allowed()
    for _ in range(10):
        refused(await program.fetch("wrong"), "Invalid oauth_verifier")
    refused(await program.fetch(verifier), "Invalid oauth_token")


async def test_a_request_runs_out(shop: Shop) -> None:
    client = await shop(request_token_lifetime=60)
    program = Program(client)
    await program.ask()
    client.clock.now += 61
    assert (await client.send(program.page)).status == 404
    verifier = await program.allowed()
    client.clock.now += 61
    refused(await program.fetch(verifier), "has run out")
    await program.ask()
    client.server.expire_sessions()
    assert (await program.answer()).status == 404
    assert (await client.locker()).status == 200


async def test_the_page_is_of_the_program_that_asked(client: Client, program: Program) -> None:
    await program.ask()
    other = client.part.add_consumer()
    for page in (
        program.page.replace(client.consumer.key, other.key),
        program.page[:-1],
        program.page.partition("?")[0],
    ):
        assert (await client.send(page)).status == 404
        posted = await client.send(page, "POST", data=f"username={USER}&password=x", headers=FORM)
        assert posted.status == 404


async def test_a_callback_must_be_an_address_for_a_browser(program: Program) -> None:
    for callback in (
        "javascript:alert(1)",
        "DATA:text/html,x",
        "file:///etc/passwd",
        "/relative",
        "http://[",
        "a\nb:c",
    ):
        refused(await program.ask(callback), "Invalid oauth_callback")


async def test_a_program_on_a_telephone_has_an_address_of_its_own_kind(program: Program) -> None:
    await program.ask("my-app:back")
    assert (await program.answer()).headers["Location"].startswith("my-app:back?oauth_token=")


async def test_parameters_may_stand_in_a_signed_form(client: Client) -> None:
    signer = client.signer(callback_uri="https://home.example.org/back", signature_type="BODY")
    url, headers, body = signer.sign(f"{client.server.url}/1.2/oauth/requesttoken", "POST", headers=dict(FORM), body="")
    assert (await client.send(url, "POST", data=body, headers=headers)).status == 200
    changed = (body or "").replace("callback", "callback2")
    refused(await client.send(url, "POST", data=changed, headers=headers), "Invalid oauth_signature")


async def test_a_form_that_is_none_is_refused(client: Client, program: Program) -> None:
    await program.ask()
    for content_type in ("multipart/form-data", "application/x-www-form-urlencoded; charset=none-such"):
        answer = await client.send(program.page, "POST", data=b"%", headers={"Content-Type": content_type})
        assert answer.status == 400
    assert (await client.send(program.page, "POST", data=b"", headers=JSON)).status == 403


async def test_of_many_requests_the_oldest_are_forgotten(client: Client, program: Program) -> None:
    await program.ask()
    for _ in range(1000):
        client.part._login._requests.add(client.consumer.key, "oob")
    assert (await client.send(program.page)).status == 404
