"""The account's owner lets us in at the service's own page, and we become able to read the locker (row S42)."""

import re
from collections.abc import Mapping

import aiohttp
import pytest
from yarl import URL

from music_locker_core.errors import AuthenticationError, LockerConnectionError, LockerError, ServiceError
from music_locker_core.lockers.base import AuthorisationRequest
from music_locker_core.lockers.sevendigital import Sevendigital
from tests.core.lockers.sevendigital.conftest import MORE, PASSWORD, USER, Shop

pytestmark = pytest.mark.row("S42", side="adapter")
CALLBACK = URL("https://home.example.org/callback?flow=7%2F1")


def application(shop: Shop, **others: str) -> dict[str, str]:
    return shop.settings(token="", token_secret="", **others)


async def begun(shop: Shop, callback: URL | None = None) -> AuthorisationRequest:
    return await Sevendigital.begin_authorisation(application(shop), shop.session, callback)


async def answered(shop: Shop, request: AuthorisationRequest, answer: str) -> tuple[str, str]:
    """Open the page and answer as the owner does; return the page that is shown, and where it leads."""
    async with shop.session.get(request.page) as shown:
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', await shown.text()))
    typed = {**hidden, "username": USER, "password": PASSWORD, "answer": answer}
    async with shop.session.post(request.page, data=typed, allow_redirects=False) as page:
        return await page.text(), page.headers.get("Location", "")


async def finished(shop: Shop, request: AuthorisationRequest, answer: str) -> Mapping[str, str]:
    return await Sevendigital.finish_authorisation(application(shop), shop.session, request, answer)


async def test_a_pin_becomes_a_token_that_reads_the_locker(shop: Shop) -> None:
    request = await begun(shop)
    assert request.page.path == f"/{shop.consumer.key}/oauth/authorise"
    assert request.page.query["oauth_token"] == request.pending["token"]
    assert 'oauth_callback="oob"' in shop.sent[0].headers["Authorization"]
    page, _ = await answered(shop, request, "allow")
    pin = re.search(r"\b(\d{8})\b", page)
    assert pin is not None
    with pytest.raises(AuthenticationError):
        await finished(shop, request, "00000000")
    granted = await finished(shop, request, pin[1])
    assert set(granted) == {"token", "token_secret"}
    adapter = shop.adapter(application(shop) | dict(granted))
    assert (await adapter.login()).unique_id == shop.consumer.key
    assert len(await shop.tracks(adapter)) == MORE + 4


@pytest.mark.parametrize("whole", [True, False])
async def test_what_comes_back_with_the_browser_becomes_a_token(shop: Shop, *, whole: bool) -> None:
    request = await begun(shop, CALLBACK)
    _, location = await answered(shop, request, "allow")
    assert location.startswith(str(CALLBACK))
    answer = location if whole else "?" + URL(location).raw_query_string
    assert await shop.adapter(application(shop) | dict(await finished(shop, request, answer))).login()


async def test_an_owner_who_refuses_is_an_authentication_error(shop: Shop) -> None:
    request = await begun(shop, CALLBACK)
    _, location = await answered(shop, request, "refuse")
    before = len(shop.sent)
    with pytest.raises(AuthenticationError, match="owner has refused"):
        await finished(shop, request, "?" + URL(location).raw_query_string)
    with pytest.raises(AuthenticationError, match="another authorisation"):
        await finished(shop, request, "?oauth_token=another&oauth_verifier=1")
    assert len(shop.sent) == before


async def test_a_token_that_nobody_has_allowed_is_not_given(shop: Shop) -> None:
    request = await begun(shop)
    for answer in ("", "12345678", "?", "?oauth_verifier=1"):
        with pytest.raises(AuthenticationError):
            await finished(shop, request, answer)


async def test_an_unknown_application_and_a_service_that_is_not_there_are_told_apart(
    shop: Shop, unused_tcp_port: int
) -> None:
    wrong: list[tuple[dict[str, str], type[LockerError]]] = [
        ({"consumer_key": "nobody"}, AuthenticationError),
        ({"consumer_secret": "another"}, AuthenticationError),
        ({"url": f"http://127.0.0.1:{unused_tcp_port}"}, LockerConnectionError),
        ({"url": f"{shop.server.url}/elsewhere"}, ServiceError),
    ]
    for settings, error in wrong:
        with pytest.raises(error) as refusal:
            await Sevendigital.begin_authorisation(application(shop, **settings), shop.session)
        assert shop.consumer.secret not in f"{refusal.value} {refusal.value!r}"


async def test_a_revoked_token_asks_for_another_authorisation(shop: Shop) -> None:
    shop.server.sevendigital.revoke(USER)
    with pytest.raises(AuthenticationError):
        await shop.adapter().login()


async def test_nothing_that_is_begun_shows_its_secrets(shop: Shop) -> None:
    request = await begun(shop)
    for secret in (*request.pending.values(), shop.consumer.secret):
        assert secret not in repr(request)
    async with aiohttp.ClientSession() as session:
        repeating = {"url": shop.server.url, "consumer_key": "no", "consumer_secret": "planted"}
        with pytest.raises(AuthenticationError) as refusal:
            await Sevendigital.finish_authorisation(repeating, session, request, "planted-pin")
    for secret in (*request.pending.values(), "planted"):
        assert secret not in str(refusal.value)
