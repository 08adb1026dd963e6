"""No password, session id, partner token or address with one of them in any log, text or representation."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import quote, quote_plus

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from mpd_bridge.locker_server import Fault
from mpd_bridge.locker_server.faults import WrongBody
from music_locker_core.errors import LockerError
from music_locker_core.lockers import create_adapter
from music_locker_core.lockers.base import Adapter
from music_locker_core.lockers.mp3tunes_client import LockerSession
from music_locker_core.lockers.mp3tunes_parse import parse_login
from tests.core.lockers import sounds
from tests.core.lockers.conftest import IMPATIENT, PASSWORD, TOKEN, USER, Connect

PLANTED = {"username": USER, "password": "SECRET-pass word/&ü", "partner_token": "SECRET-token+"}
SID = "5ec2e75e55105ec2e75e55105ec2e75e"

pytestmark = pytest.mark.row("M13")


def forms(secret: str) -> set[str]:
    return {secret, quote(secret), quote_plus(secret), quote(secret, safe=""), secret[:12]}


def leaks(text: str, *secrets: str) -> list[str]:
    return [form for secret in secrets for form in forms(secret) if form in text]


def told(error: BaseException) -> str:
    """All that a traceback would show of an error's own."""
    chain: list[BaseException | None] = [error, error.__cause__, error.__context__]
    return " ".join(f"{one!s} {one!r} {getattr(one, 'args', ())!r}" for one in chain if one is not None)


def visible(error: LockerError) -> str:
    """What is shown of an error: a context that was suppressed is not."""
    hidden = error.__suppress_context__
    return f"{error!s} {error!r} {error.__cause__!r} {'' if hidden else told(error)}"


CALLS: dict[str, Callable[[Adapter, Path], Awaitable[object]]] = {
    "login": lambda adapter, _song: adapter.login(),
    "albums": lambda adapter, _song: _first(adapter.albums()),
    "search": lambda adapter, _song: adapter.search("abba"),
    "marker": lambda adapter, _song: adapter.change_marker(),
    "artwork": lambda adapter, _song: adapter.artwork("album-1"),
    "upload": lambda adapter, song: adapter.upload(song),
    "stream": lambda adapter, _song: _opened(adapter),
}


async def _first(pages: AsyncIterator[object]) -> object:
    return await anext(pages)


async def _opened(adapter: Adapter) -> None:
    async with adapter.stream("0" * 32) as reader:
        async for _chunk in reader.chunks:
            pass


def echo(status: int, content_type: str, *, in_headers: bool = False) -> web.Application:
    """A server that lets in everybody, and answers any other call with all that it was sent."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/login"):
            return web.json_response({"status": 1, "session_id": SID})
        sent = f"{request.url} {request.raw_path} {dict(request.query)}"
        text = sent if content_type == "text/plain" else f'{{"status":0,"errorMessage":{web.json_response(sent).text}}}'
        headers = {"X-MP3tunes-ErrorString": sent, "X-MP3tunes-ErrorNo": "500001"} if in_headers else {}
        return web.Response(status=status, text=text, content_type=content_type, headers=headers)

    application = web.Application(client_max_size=10**8)
    application.router.add_route("*", "/{path:.*}", answer)
    return application


@pytest.mark.parametrize("call", [name for name in CALLS if name != "login"])
@pytest.mark.parametrize(
    "application",
    [
        lambda: echo(200, "application/json"),
        lambda: echo(403, "text/plain"),
        lambda: echo(400, "application/json", in_headers=True),
    ],
    ids=["refusal", "plain", "headers"],
)
async def test_a_service_that_repeats_what_it_was_sent_reveals_nothing(
    application: Callable[[], web.Application], call: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "aiohttp.access")  # the log of the stub, not of the adapter
    song = sounds.make(tmp_path / "song.mp3")
    async with TestServer(application()) as server, aiohttp.ClientSession() as session:
        adapter = create_adapter("mp3tunes", {"url": str(server.make_url("/")), **PLANTED}, session, IMPATIENT)
        with pytest.raises(LockerError) as refusal:
            await CALLS[call](adapter, song)
        shown = visible(refusal.value) + caplog.text + repr(adapter) + repr(vars(refusal.value))
        assert leaks(shown, PLANTED["password"], PLANTED["partner_token"], SID) == []
        await adapter.close()


async def test_a_key_that_was_copied_with_blanks_is_hidden_as_it_is_sent() -> None:
    async def answer(request: web.Request) -> web.Response:
        told = {"ok": False, "message": f"no such key: {request.headers['Authorization']}"}
        return web.json_response(told, status=401)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(application) as server, aiohttp.ClientSession() as session:
        settings = {"url": str(server.make_url("/")), "api_key": "adn_SECRET-\n part"}
        adapter = create_adapter("audiodelivery", settings, session, IMPATIENT)
        with pytest.raises(LockerError, match="no such key") as refusal:
            await adapter.login()
        assert "SECRET" not in visible(refusal.value)
        await adapter.close()


@pytest.mark.parametrize("breaks", ["closed", "refused", "garbage", "tls"])
async def test_the_errors_of_the_http_library_reveal_nothing(breaks: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        if breaks == "garbage":
            writer.write(b"HTTP/1.1 two hundred\r\nX: y\r\n\r\n")
        writer.close()

    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(await asyncio.start_server(break_off, "127.0.0.1", 0))
        port = server.sockets[0].getsockname()[1]
        if breaks == "refused":
            server.close()
        scheme = "https" if breaks == "tls" else "http"
        session = await stack.enter_async_context(aiohttp.ClientSession())
        adapter = create_adapter("mp3tunes", {"url": f"{scheme}://127.0.0.1:{port}", **PLANTED}, session, IMPATIENT)
        with pytest.raises(LockerError) as refusal:
            await adapter.login()
        assert leaks(visible(refusal.value) + caplog.text, PLANTED["password"], PLANTED["partner_token"]) == []
        assert "/api/" not in visible(refusal.value) + caplog.text


@pytest.mark.parametrize("before", [180, 190, 195])
async def test_a_secret_at_the_end_of_a_long_message_is_not_cut_into_a_part_of_it(before: int) -> None:
    async def refuse(request: web.Request) -> web.Response:
        message = "x" * before + request.query["password"] + " " + request.query_string
        return web.json_response({"status": 0, "errorMessage": message})

    application = web.Application()
    application.router.add_get("/api/v1/login", refuse)
    async with TestServer(application) as server, aiohttp.ClientSession() as session:
        adapter = create_adapter("mp3tunes", {"url": str(server.make_url("/")), **PLANTED}, session, IMPATIENT)
        with pytest.raises(LockerError) as refusal:
            await adapter.login()
        assert len(str(refusal.value)) == 200
        assert "SECR" not in str(refusal.value)


async def test_a_whole_run_with_faults_logs_no_secret(
    connect: Connect, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    locker = await connect()
    account = await locker.adapter.login()
    tracks = [track for page in [page async for page in locker.adapter.tracks()] for track in page]
    locker.server.sessions.expire_all()
    await locker.adapter.upload(sounds.make(tmp_path / "song.mp3", seconds=0.7))
    locker.server.faults.add(Fault("lockerData", body=WrongBody.HTML))
    with pytest.raises(LockerError) as refusal:
        await _first(locker.adapter.albums())
    sids = {sent.url.query["sid"] for sent in locker.sent if "sid" in sent.url.query}
    assert len(sids) == 2
    assert leaks(caplog.text + repr((account, tracks)) + visible(refusal.value), PASSWORD, TOKEN, *sids) == []


def test_what_holds_a_secret_does_not_show_it() -> None:
    login = parse_login(f'{{"status":1,"session_id":"{SID}","username":"me"}}'.encode())
    assert SID not in f"{login!r} {login!s} {LockerSession(SID, 1)!r}"
