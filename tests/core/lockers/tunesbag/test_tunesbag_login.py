"""Keys, log-in and how every call is sent, before a real locker server, with answers in XML and in JSON."""

import hashlib

import aiohttp
import pytest
from yarl import URL

from mpd_bridge.locker_server import Fault
from music_locker_core.errors import AuthenticationError, LockerError, NotFound, ServiceError, Unavailable
from music_locker_core.lockers import tunesbag_links as links
from music_locker_core.lockers.base import AuthorisationKind, AuthorisationRequest
from music_locker_core.lockers.tunesbag import Tunesbag
from music_locker_core.lockers.tunesbag_client import TunesbagClient
from music_locker_core.lockers.tunesbag_connection import Format
from tests.core.lockers.tunesbag.conftest import ANN, APP, PASSWORD, PRIVILEGED, Account


@pytest.mark.row("T1", side="adapter")
@pytest.mark.row("T2", side="adapter")
@pytest.mark.row("T4", side="adapter")
@pytest.mark.row("T5", side="adapter")
@pytest.mark.row("T9", side="adapter")
@pytest.mark.row("T10", side="adapter")
async def test_every_call_is_a_form_with_the_three_keys_and_none_in_its_address(ann: Account, answers: Format) -> None:
    await ann.client.search_sets("Früh & <mehr> 早い + 100%")
    (request,) = ann.sent
    assert (request.verb, request.url.path, request.url.query_string) == ("POST", "/api/rest/sets/search", "")
    assert request.form == {
        "appkey": APP,
        "username": ANN,
        "remotekey": ann.settings["remote_key"],
        "format": answers.value,
        "search": "Früh & <mehr> 早い + 100%",
    }
    assert request.headers["Content-Type"].endswith("charset=utf-8")


@pytest.mark.row("T1", side="adapter")
@pytest.mark.parametrize(
    ("typed", "called"),
    [
        ("www.tunesBag.com", "https://www.tunesbag.com/api/rest/items/get"),
        ("http://www.tunesBag.com", "http://www.tunesbag.com/api/rest/items/get"),
        ("https://locker.example/tunes/", "https://locker.example/tunes/api/rest/items/get"),
    ],
)
async def test_the_base_address_is_the_users_to_choose(typed: str, called: str) -> None:
    async with aiohttp.ClientSession() as session:
        assert str(links.api(TunesbagClient({"url": typed}, session).base, "items/get")) == called


@pytest.mark.row("T8")
async def test_the_remote_key_is_copied_from_the_services_own_page(ann: Account) -> None:
    assert Tunesbag.info.authorisation is not None
    assert (Tunesbag.info.authorisation.kind, Tunesbag.info.authorisation.unless) == (
        AuthorisationKind.COPIED_KEY,
        "password",
    )
    settings = ann.settings
    assert links.key_page(settings["url"], "a key/+&") == URL(
        f"{settings['url']}/rd/api/requestremotekey/?appkey=a+key/%2B%26"
    )
    async with aiohttp.ClientSession() as session:
        with pytest.raises(AuthenticationError) as unknown:
            await Tunesbag.begin_authorisation({**settings, "app_key": "a key/+&"}, session)
        assert unknown.value.setting == "app_key"
        request = await Tunesbag.begin_authorisation(settings, session)
        assert "app_key" not in repr(request)
        assert settings["app_key"] not in repr(request)
        async with session.get(request.page) as page:
            assert page.status == 200
        granted = await Tunesbag.finish_authorisation(settings, session, request, f" {settings['remote_key']}\n")
        assert granted == {"remote_key": settings["remote_key"]}
        with pytest.raises(AuthenticationError) as refusal:
            await Tunesbag.finish_authorisation(settings, session, AuthorisationRequest(request.page), " ")
        assert refusal.value.setting == "remote_key"


@pytest.mark.row("T5", side="adapter")
@pytest.mark.row("T10", side="adapter")
@pytest.mark.row("T38", side="adapter")
@pytest.mark.row("T39", side="adapter")
@pytest.mark.row("T106", side="adapter")
async def test_a_login_checks_the_access_and_asks_who_it_is(ann: Account) -> None:
    account = await ann.adapter.login()
    assert (account.unique_id, account.name) == (ann.key(ANN), "Ann Ärmel")
    assert [request.method for request in ann.sent] == ["user/checkaccess", "user/info"]


@pytest.mark.row("T39", side="adapter")
@pytest.mark.row("T40", side="adapter")
@pytest.mark.row("T41", side="adapter")
@pytest.mark.row("T26", side="adapter")
async def test_a_user_has_a_default_library_a_quota_and_a_picture(ann: Account) -> None:
    user = await ann.client.user()
    assert (user.key, user.library) == (ann.key(ANN), ann.library(ANN))
    assert (user.first_name, user.surname) == ("Ann", "Ärmel")
    assert user.item_count == 5
    assert user.picture == links.user_image_path(ANN)
    assert user.quota is not None
    assert user.quota > 2**32
    assert 0 < (user.quota_used or 0) < user.quota


@pytest.mark.row("T6", side="adapter")
@pytest.mark.row("T38", side="adapter")
async def test_a_privileged_application_sends_the_hash_of_the_password_instead(ann: Account) -> None:
    client = ann.another(app_key=PRIVILEGED, remote_key="", password=PASSWORD)
    assert (await client.log_in()).user == ann.key(ANN)
    sent = ann.sent[-1].form
    assert sent["Hashpassword"] == hashlib.md5(PASSWORD.encode(), usedforsecurity=False).hexdigest()
    assert "remotekey" not in sent
    for settings in ({"app_key": PRIVILEGED, "password": "another"}, {"app_key": APP, "password": PASSWORD}):
        with pytest.raises(AuthenticationError) as refusal:
            await ann.another(**settings).log_in()
        assert refusal.value.setting == "password"


@pytest.mark.row("T22", side="adapter")
@pytest.mark.parametrize(
    ("wrong", "setting", "code"),
    [
        ({"remote_key": "another"}, "remote_key", 20010),
        ({"remote_key": ""}, "remote_key", None),
        ({"app_key": "another"}, "app_key", 20001),
        ({"username": "nobody@example.com"}, "remote_key", 20010),
    ],
    ids=str,
)
async def test_a_refused_login_names_the_setting_and_keeps_code_and_request_key(
    ann: Account, wrong: dict[str, str], setting: str, code: int | None
) -> None:
    with pytest.raises(AuthenticationError) as refusal:
        await ann.another(**wrong).log_in()
    assert (refusal.value.setting, refusal.value.code) == (setting, code)
    assert (refusal.value.request_id is None) == (code is None)


@pytest.mark.row("T7", side="adapter")
@pytest.mark.row("T37", side="adapter")
async def test_a_ping_needs_the_application_key_only_and_can_ask_for_an_error(ann: Account) -> None:
    await ann.adapter.ping()
    assert set(ann.sent[-1].form) == {"appkey", "format"}
    for number, error in ((1002, NotFound), (1001, Unavailable), (31337, ServiceError)):
        with pytest.raises(error) as refusal:
            await ann.client.ping(number)
        assert (refusal.value.code, bool(refusal.value.request_id)) == (number, True)
    with pytest.raises(AuthenticationError):
        await ann.another(app_key="another").ping()


async def test_a_refusal_in_the_middle_is_checked_once_and_then_it_counts(ann: Account) -> None:
    client = ann.client
    server = ann.locker_server
    await ann.server.call(server.faults.add, Fault("items/library/lastkey", status=401))
    assert await client.last_keys()
    assert [request.method for request in ann.sent] == [
        "items/library/lastkey",
        "user/checkaccess",
        "user/info",
        "items/library/lastkey",
    ]
    await ann.server.call(server.faults.add, Fault("items/library/lastkey", status=401, count=None))
    with pytest.raises(AuthenticationError):
        await client.last_keys()


async def test_no_secret_is_in_what_objects_and_errors_say(ann: Account) -> None:
    key = (await ann.client.items(limit=1)).items[0].key
    delivery = await ann.client.deliver(key)
    said = [repr(ann.adapter), repr(ann.client), repr(ann.adapter.social), repr(delivery)]
    for wrong in ({"remote_key": "another-key"}, {"url": "http://127.0.0.1:9"}):
        with pytest.raises(LockerError) as refusal:
            await ann.another(**wrong).items()
        said.append(repr(refusal.value))
    secrets = {APP, ann.settings["remote_key"], "another-key", delivery.location}
    assert not [secret for secret in secrets for text in said if secret in text]
