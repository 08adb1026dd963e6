"""Logging in: addresses, parameters, refusals, expired sessions, and servers that are something else."""

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from yarl import URL

from mpd_bridge.locker_server import Bases, Fault, Mp3tunesOptions
from mpd_bridge.locker_server.faults import WrongBody
from music_locker_core.errors import AuthenticationError, LockerConnectionError, LockerError, ServiceError
from music_locker_core.lockers import ADAPTERS
from music_locker_core.lockers.base import Capability, SettingKind
from music_locker_core.lockers.mp3tunes import Mp3tunes
from music_locker_core.lockers.mp3tunes_client import hosts
from music_locker_core.models import Account
from tests.core.lockers.conftest import PASSWORD, READER, TOKEN, USER, Connect, Locker


@pytest.mark.row("M1", side="adapter")
@pytest.mark.row("M14", side="adapter")
@pytest.mark.row("M15", side="adapter")
async def test_a_login_is_one_get_with_the_account_in_its_query(locker: Locker, version: int) -> None:
    login = locker.calls("login")[-1]
    assert (login.verb, login.url.path) == ("GET", f"/api/v{version}/login")
    assert dict(login.url.query) == {
        "username": USER,
        "password": PASSWORD,
        "partner_token": TOKEN,
        "output": "json",
    }
    assert "%26" in login.url.raw_query_string  # the password's "&" is encoded


@pytest.mark.row("M16", side="adapter")
@pytest.mark.row("M20", side="adapter")
@pytest.mark.row("M21", side="adapter")
@pytest.mark.row("M23")
async def test_a_login_tells_whose_locker_it_is(connect: Connect, version: int) -> None:
    locker = await connect(version=version)
    assert await locker.adapter.login() == Account(USER, "Robert Paulson")
    account = locker.calls("accountData")[-1].url
    assert account.path == f"/api/v{version}/accountData"
    assert set(account.query) == {"sid", "partner_token", "output"}


@pytest.mark.row("M21", side="adapter")
async def test_an_account_with_a_nickname_is_called_by_it(connect: Connect) -> None:
    locker = await connect(settings={"username": READER})
    assert await locker.adapter.login() == Account(READER, "Bookworm")


@pytest.mark.row("M7", side="adapter")
@pytest.mark.row("M8", side="adapter")
@pytest.mark.row("M2", side="adapter")
@pytest.mark.row("M3", side="adapter")
@pytest.mark.row("M4", side="adapter")
async def test_every_call_has_a_token_and_asks_for_json_also_where_a_server_would_do_without(
    connect: Connect, version: int
) -> None:
    lenient = Mp3tunesOptions(partner_tokens=frozenset({TOKEN}), partner_token_optional=True)
    locker = await connect(version=version, options=lenient)
    await locker.adapter.login()
    tracks = [track for page in [page async for page in locker.adapter.tracks()] for track in page]
    async with locker.adapter.stream(tracks[0].id):
        pass
    assert {sent.url.query["partner_token"] for sent in locker.sent} == {TOKEN}
    assert {sent.url.query.get("output") for sent in locker.sent if sent.url.path.startswith("/api")} == {"json"}
    assert not any("debug" in sent.url.query for sent in locker.sent)


@pytest.mark.row("M6", side="adapter")
async def test_each_method_goes_to_its_own_host(connect: Connect) -> None:
    bases = Bases("http://shop.locker.test", "http://ws.locker.test", "http://content.locker.test")
    options = Mp3tunesOptions(partner_tokens=frozenset({TOKEN}), bases=bases)
    own = {
        "url": "http://locker.test",
        "login_url": bases.authentication,
        "data_url": bases.general,
        "content_url": f"{bases.storage}/",
    }
    locker = await connect(options=options, settings=own)
    await locker.adapter.login()
    (page,) = [page async for page in locker.adapter.tracks()]
    async with locker.adapter.stream(page[0].id) as reader:
        assert reader.info.length == page[0].size
    assert {(sent.method, sent.url.host) for sent in locker.sent} == {
        ("login", "shop.locker.test"),
        ("accountData", "ws.locker.test"),
        ("lockerData", "ws.locker.test"),
        ("lockerGet", "content.locker.test"),
    }


@pytest.mark.row("M6", side="adapter")
async def test_a_method_on_the_wrong_host_is_one_clear_error(connect: Connect) -> None:
    bases = Bases("http://shop.locker.test", "http://ws.locker.test", "http://content.locker.test")
    options = Mp3tunesOptions(partner_tokens=frozenset({TOKEN}), bases=bases)
    locker = await connect(options=options, settings={"url": "http://ws.locker.test"})
    with pytest.raises(ServiceError, match=r"ws\.locker\.test is not an MP3tunes server"):
        await locker.adapter.login()


@pytest.mark.row("M6", side="adapter")
@pytest.mark.row("M13")
def test_the_services_own_address_means_its_three_hosts_with_https() -> None:
    own = hosts({"url": "mp3tunes.com"})
    assert [str(url) for url in (own.login, own.data, own.content)] == [
        "https://shop.mp3tunes.com",
        "https://ws.mp3tunes.com",
        "https://content.mp3tunes.com",
    ]
    assert hosts({"url": "http://mp3tunes.com"}).login.scheme == "https"
    assert hosts({"url": "locker.example:8000/music/"}).login == URL("https://locker.example:8000/music")


@pytest.mark.parametrize(
    "typed", ["", "ftp://locker.example", "http://", "http://[::1", "https://me:word@locker.example", "http://a:99999"]
)
async def test_what_is_no_address_is_told_so_without_a_request(connect: Connect, typed: str) -> None:
    locker = await connect(settings={"url": typed})
    with pytest.raises(LockerConnectionError, match=r"^The server address"):
        await locker.adapter.login()
    assert locker.sent == []


@pytest.mark.row("M9", side="adapter")
@pytest.mark.row("M17", side="adapter")
async def test_a_wrong_partner_token_is_refused_once(connect: Connect, version: int) -> None:
    locker = await connect(version=version, settings={"partner_token": "wrong"})
    with pytest.raises(AuthenticationError, match=r"^The partner_token input parameter failed validation\.$"):
        await locker.adapter.login()
    assert len(locker.sent) == 2 - version


@pytest.mark.row("M17", side="adapter")
async def test_a_wrong_password_is_refused_once(connect: Connect, version: int) -> None:
    locker = await connect(version=version, settings={"password": "wrong"})
    with pytest.raises(AuthenticationError, match=r"^Login failed$"):
        await locker.adapter.login()
    assert len(locker.sent) == 2 - version


@pytest.mark.row("M18", side="adapter")
@pytest.mark.parametrize("username", ["", "nobody"])
async def test_a_user_name_that_is_no_address_is_told_so(connect: Connect, version: int, username: str) -> None:
    locker = await connect(version=version, settings={"username": username})
    with pytest.raises(AuthenticationError, match=r"^The provided email address is not properly formatted$"):
        await locker.adapter.login()


@pytest.mark.row("M19", side="adapter")
@pytest.mark.row("M51")
async def test_the_first_call_logs_in_and_all_others_use_its_session(connect: Connect, version: int) -> None:
    locker = await connect(version=version)
    (page,) = [page async for page in locker.adapter.tracks()]
    async with locker.adapter.stream(page[0].id) as reader:
        assert [chunk async for chunk in reader.chunks]
    first, *others = [sent for sent in locker.sent if sent.url.query.get("sid") or sent.method != "login"]
    assert len({sent.url.query["sid"] for sent in (first, *others)}) == 1
    assert len(locker.calls("login")) == 2 - version


@pytest.mark.row("M24", side="adapter")
@pytest.mark.row("M68", side="adapter")
@pytest.mark.row("X7")
@pytest.mark.parametrize("http_errors", [False, True])
async def test_an_expired_session_is_renewed_by_one_login_unseen(
    connect: Connect, version: int, http_errors: bool
) -> None:
    options = Mp3tunesOptions(partner_tokens=frozenset({TOKEN}), http_errors=http_errors)
    locker = await connect(version=version, options=options)
    await locker.adapter.login()
    locker.server.sessions.expire_all()
    locker.sent.clear()
    assert [page async for page in locker.adapter.albums()]
    assert [sent.method for sent in locker.sent] == ["lockerData", "login", "lockerData"]
    assert locker.calls("login")[0].url.path == f"/api/v{version}/login"  # the version is not looked for again


async def test_calls_that_find_the_session_expired_together_share_one_login(locker: Locker) -> None:
    keys = [track.id for page in [page async for page in locker.adapter.tracks()] for track in page]
    locker.server.sessions.expire_all()
    locker.sent.clear()

    async def read(key: str) -> bytes:
        async with locker.adapter.stream(key) as reader:
            return b"".join([chunk async for chunk in reader.chunks])

    assert all(await asyncio.gather(*(read(key) for key in keys)))
    assert len(locker.calls("login")) == 1


@pytest.mark.row("X7")
async def test_a_session_that_expires_at_once_again_needs_the_user(locker: Locker) -> None:
    locker.server.faults.add(Fault(method="accountData", count=None, expire_sessions=True))
    locker.sent.clear()
    with pytest.raises(AuthenticationError, match="Not logged in"):
        await locker.client.account()
    assert [sent.method for sent in locker.sent][-3:] == ["accountData", "login", "accountData"]


async def test_a_password_that_was_changed_needs_the_user_at_the_next_login(locker: Locker) -> None:
    await asyncio.to_thread(locker.server.add_account, USER, "another")
    locker.server.sessions.expire_all()
    with pytest.raises(AuthenticationError, match="Login failed"):
        _ = [page async for page in locker.adapter.albums()]


async def test_a_server_that_cannot_be_reached_is_told_by_its_place(connect: Connect) -> None:
    locker = await connect()
    await locker.server.close()
    with pytest.raises(LockerConnectionError, match=r"^127\.0\.0\.1:\d+ (cannot be reached|broke off its answer)$"):
        await locker.adapter.login()


SOMETHING_ELSE = {
    "page": (200, "text/html", "<!DOCTYPE html><html><body>Please sign in</body></html>"),
    "feed": (200, "text/xml", "<rss><channel/></rss>"),
    "list": (200, "application/json", "[1, 2]"),
    "json": (200, "application/json", '{"message": "hello"}'),
    "number": (200, "application/json", "12"),
    "nothing": (200, "text/plain", ""),
    "redirect": (302, "text/html", ""),
    "not_found": (404, "text/html", "<h1>Not found</h1>"),
    "teapot": (418, "text/plain", "short and stout"),
}


@pytest.mark.parametrize("name", SOMETHING_ELSE)
async def test_a_server_that_is_something_else_is_one_clear_error(connect: Connect, name: str) -> None:
    status, kind, text = SOMETHING_ELSE[name]
    requests: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        requests.append(request.path)
        headers = {"Location": "http://127.0.0.1:1/elsewhere"} if status == 302 else {}
        return web.Response(status=status, content_type=kind, text=text, headers=headers)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(application) as other:
        locker = await connect(settings={"url": str(other.make_url("/"))})
        with pytest.raises(ServiceError):
            await locker.adapter.login()
        assert len(requests) <= 2  # one for each version


async def test_a_server_that_does_not_speak_http_is_one_clear_error(connect: Connect) -> None:
    async def speak(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"OK MPD 0.24.0\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        locker = await connect(settings={"url": f"http://127.0.0.1:{port}"})
        with pytest.raises(LockerConnectionError, match=r"^127\.0\.0\.1:\d+ did not answer in HTTP$"):
            await locker.adapter.login()


@pytest.mark.parametrize("body", [WrongBody.TRUNCATED, WrongBody.MALFORMED, WrongBody.EMPTY, WrongBody.HTML])
async def test_a_spoilt_answer_to_the_login_is_a_service_error_that_needs_no_user(
    connect: Connect, body: WrongBody
) -> None:
    locker = await connect()
    locker.server.faults.add(Fault(method="login", body=body))
    with pytest.raises(ServiceError):
        await locker.adapter.login()
    assert await locker.adapter.login() == Account(USER, "Robert Paulson")


async def test_the_version_is_found_out_by_the_first_login(connect: Connect) -> None:
    newer, older = await connect(), await connect(version=0)
    await newer.adapter.login()
    await older.adapter.login()
    assert [sent.url.path for sent in older.calls("login")] == ["/api/v1/login", "/api/v0/login"]
    later = Capability.SEARCH | Capability.ARTWORK | Capability.PLAYLISTS | Capability.CHANGE_MARKER
    assert newer.adapter.capabilities == older.adapter.capabilities | later
    assert not older.adapter.capabilities & later


async def test_closing_ends_a_login_that_is_under_way(connect: Connect) -> None:
    asked, over = asyncio.Event(), asyncio.Event()

    async def keep_waiting(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await over.wait()
        writer.close()

    async with await asyncio.start_server(keep_waiting, "127.0.0.1", 0) as server, asyncio.timeout(5):
        locker = await connect(settings={"url": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"})
        login = asyncio.create_task(locker.adapter.login())
        await asked.wait()
        await locker.adapter.close()
        with pytest.raises(asyncio.CancelledError):
            await login
        over.set()


@pytest.mark.row("M83")
def test_the_partner_token_is_asked_of_the_user_and_none_is_built_in() -> None:
    (token,) = [setting for setting in Mp3tunes.info.settings if setting.key == "partner_token"]
    assert (token.kind, token.required, token.default, token.secret) == (SettingKind.PASSWORD, True, None, True)
    assert ADAPTERS["mp3tunes"] is Mp3tunes


@pytest.mark.row("M69", side="adapter")
async def test_a_session_that_a_restarted_server_does_not_know_is_renewed_once(connect: Connect, version: int) -> None:
    port = unused_port()
    locker = await connect(version=version, port=port)
    await locker.adapter.login()
    (page,) = [page async for page in locker.adapter.tracks()]
    await locker.server.close()
    await connect(port=port)
    locker.sent.clear()
    async with locker.adapter.stream(page[0].id) as reader:
        assert reader.info.length is not None
    assert [sent.method for sent in locker.sent] == ["lockerGet", "login", "lockerGet"]


@pytest.mark.row("M71", side="adapter")
async def test_a_partner_token_that_was_withdrawn_needs_the_user_and_no_login(connect: Connect) -> None:
    port = unused_port()
    locker = await connect(port=port)
    await locker.adapter.login()
    (page,) = [page async for page in locker.adapter.tracks()]
    await locker.server.close()
    await connect(port=port, options=Mp3tunesOptions(partner_tokens=frozenset({"another"})))
    locker.sent.clear()
    with pytest.raises(AuthenticationError, match="Invalid Partner Token") as refusal:
        async with locker.adapter.stream(page[0].id):
            pass
    assert refusal.value.code == 401005
    assert [sent.method for sent in locker.sent] == ["lockerGet"]


def test_every_refusal_is_of_one_family() -> None:
    assert all(issubclass(error, LockerError) for error in (AuthenticationError, LockerConnectionError, ServiceError))
