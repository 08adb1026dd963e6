"""Logging in: the good account, wrong ones, services that are not there, and what is something else."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from music_locker_core.errors import AuthenticationError, LockerConnectionError, LockerError, ServiceError
from music_locker_core.lockers import ADAPTERS
from tests.conformance.harness import Site
from tests.conformance.subject import Call


async def test_a_good_account_is_known_again(site: Site) -> None:
    account = await site.adapter.login()
    assert account.unique_id
    assert account.name
    assert await site.another(site.subject.settings()).login() == account


async def test_settings_are_those_that_the_service_declares(site: Site) -> None:
    declared = {setting.key: setting for setting in ADAPTERS[site.subject.service].info.settings}
    given = site.subject.settings()
    assert set(given) <= set(declared)
    assert {key for key, setting in declared.items() if setting.required} <= set(given)
    assert all(declared[key].secret for key, value in given.items() if value in site.subject.secrets())


async def test_wrong_credentials_are_an_authentication_error_and_are_not_tried_again(site: Site) -> None:
    for name, wrong in site.subject.wrong_logins.items():
        adapter = site.another({**site.subject.settings(), **wrong})
        before = await site.asked(Call.LOGIN)
        with pytest.raises(AuthenticationError):
            await adapter.login()
        assert await site.asked(Call.LOGIN) - before <= 2, name
        with pytest.raises(AuthenticationError):
            await anext(aiter(adapter.tracks()))


async def test_a_login_that_failed_can_be_tried_again(site: Site) -> None:
    adapter = site.another(site.subject.settings())
    await site.break_next(Call.LOGIN, status=500, count=None)
    with pytest.raises(ServiceError) as refusal:
        await adapter.login()
    assert refusal.value.code == 500
    await site.mend()
    assert await adapter.login()


async def test_calls_that_need_a_login_at_once_share_one(site: Site) -> None:
    adapter = site.another(site.subject.settings())
    before = await site.asked(Call.LOGIN)
    await asyncio.gather(*(anext(aiter(adapter.tracks())) for _ in range(4)))
    assert await site.asked(Call.LOGIN) - before <= 2


async def test_a_service_that_is_not_there_is_a_connection_error(site: Site, unused_tcp_port: int) -> None:
    for address in (f"http://127.0.0.1:{unused_tcp_port}", f"https://127.0.0.1:{unused_tcp_port}"):
        adapter = site.another(site.subject.at(address))
        with pytest.raises(LockerConnectionError):
            await adapter.login()


@pytest.mark.parametrize("address", ["", "no address", "http://", "ftp://127.0.0.1", "http://127.0.0.1:99999", "[::"])
async def test_what_is_no_address_is_a_connection_error(site: Site, address: str) -> None:
    with pytest.raises(LockerConnectionError):
        await site.another(site.subject.at(address)).login()


ENTITIES = """<!DOCTYPE a [<!ENTITY b "cccccccccc"><!ENTITY d "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<a><status>1</status><ok>true</ok><session_id>&d;</session_id></a>"""
DTD = '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a><status>1</status><session_id>5</session_id></a>'
LARGE = 50_000_000

OTHERS: dict[str, Callable[[], web.Response]] = {
    "nothing": web.Response,
    "404": lambda: web.Response(status=404, text="not here"),
    "page": lambda: web.Response(text="<html><body>It works!</body></html>", content_type="text/html"),
    "object": lambda: web.json_response({}),
    "list": lambda: web.json_response([1, 2]),
    "null": lambda: web.json_response(None),
    "bytes": lambda: web.Response(body=bytes(range(256))),
    "redirect": lambda: web.Response(status=302, headers={"Location": "http://127.0.0.1:9/"}),
    "502": lambda: web.Response(status=502),
    "entities": lambda: web.Response(text=ENTITIES, content_type="text/xml"),
    "dtd": lambda: web.Response(text=DTD, content_type="text/xml"),
    "large": lambda: web.Response(body=b"[" + b" " * LARGE, content_type="application/json"),
    "compressed": lambda: web.Response(body=gzip.compress(bytes(LARGE), 1), headers={"Content-Encoding": "gzip"}),
}


@pytest.fixture
async def other() -> AsyncIterator[TestServer]:
    """A server that answers everything with what its path names first."""

    async def answer(request: web.Request) -> web.Response:
        return OTHERS[request.match_info["kind"]]()

    application = web.Application()
    application.router.add_route("*", "/{kind}/{path:.*}", answer)
    server = TestServer(application)
    async with server:
        yield server


async def test_something_else_is_told_from_a_wrong_password(site: Site, other: TestServer) -> None:
    for kind in OTHERS:
        adapter = site.another(site.subject.at(str(other.make_url(f"/{kind}"))))
        with pytest.raises(LockerError) as refusal:
            await adapter.login()
        assert isinstance(refusal.value, (ServiceError, LockerConnectionError)), (kind, refusal.value)
        assert str(refusal.value)


async def test_a_port_that_speaks_no_http_is_a_connection_error(site: Site) -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"OK MPD 0.24.0\n")
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as mpd:
        port = mpd.sockets[0].getsockname()[1]
        with pytest.raises(LockerConnectionError):
            await site.another(site.subject.at(f"http://127.0.0.1:{port}")).login()


async def test_a_closed_http_session_is_a_connection_error(site: Site) -> None:
    session = aiohttp.ClientSession()
    await session.close()
    adapter = ADAPTERS[site.subject.service](site.subject.settings(), session)
    with pytest.raises(LockerConnectionError):
        await adapter.login()
