"""No secret of a locker in a log, in the text of an error, or in what an object says of itself."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from music_locker_core.errors import LockerError
from music_locker_core.library import Library
from music_locker_core.lockers.base import Capability
from music_locker_core.models import Track
from tests.conformance import files
from tests.conformance.folder import QUEEN
from tests.conformance.harness import Site
from tests.conformance.subject import Call


def forms(secret: str) -> set[str]:
    """All ways in which a secret may be written."""
    return {secret, quote(secret), quote_plus(secret), quote(secret, safe=""), repr(secret)[1:-1]}


def leaked(text: str, secrets: frozenset[str] | set[str]) -> set[str]:
    return {secret for secret in secrets if any(form in text for form in forms(secret))}


def told(error: BaseException) -> str:
    """All that is ever shown of an error: its texts, and those of the errors behind it."""
    texts = [str(error), repr(error), repr(error.__dict__)]
    behind = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return " ".join([*texts, "" if behind is None else told(behind)])


async def everything(site: Site, library: Library, song: Path) -> list[str]:
    """Use all that the service can; return what the objects say, and what the errors tell."""
    track = next(iter(library.catalog.tracks), Track("0" * 32, "unknown"))
    calls: list[tuple[Capability, Callable[[], Awaitable[object]]]] = [
        (Capability(0), site.adapter.login),
        (Capability(0), lambda: library.sync("judged", site.adapter, force=True)),
        (Capability.STREAM, lambda: _listen(site, track.id)),
        (Capability.SEARCH, lambda: site.adapter.search("abba")),
        (Capability.ARTWORK, lambda: site.adapter.artwork(track.artwork or "album-1")),
        (Capability.UPLOAD, lambda: site.adapter.upload(song)),
    ]
    said = [repr(site.adapter), str(site.adapter)]
    for capability, call in calls:
        if capability in site.adapter.capabilities:
            try:
                said.append(repr(await call()))
            except LockerError as error:
                said.append(told(error))
    return [*said, repr(library.catalog.tracks), repr(library.catalog.contents)]


async def _listen(site: Site, track_id: str) -> str:
    async with site.adapter.stream(track_id) as reader:
        return repr((reader, reader.info, [len(chunk) async for chunk in reader.chunks]))


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    library = await Library.open(tmp_path / "library.db")
    await library.add_locker("judged", "Judged")
    yield library
    await library.close()


FAULTS: list[dict[str, Any]] = [
    {},
    {"expire_sessions": True},
    {"status": 401},
    {"status": 403},
    {"status": 500},
    {"body": "html"},
    {"body": "truncated"},
    {"drop_after": 10},
    {"lose_answer": True},
]


async def test_a_whole_life_with_every_fault_tells_no_secret(
    site: Site, library: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    song = files.song(tmp_path)
    said: list[str] = []
    for fault in FAULTS:
        for call in Call if fault else ():
            await site.break_next(call, **fault)
        said += await everything(site, library, song)
        await site.mend()
    assert any(QUEEN.title in text for text in said)
    secrets = site.subject.secrets() | site.secrets
    assert len(site.secrets) > 1
    ours = [record for record in caplog.records if not record.name.startswith("mpd_bridge.locker_server")]
    logged = "\n".join(logging.Formatter().format(record) for record in ours)
    assert leaked("\n".join(said) + logged, secrets) == set()


async def test_a_service_that_repeats_what_it_was_sent_is_not_repeated(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def repeat(request: web.Request) -> web.Response:
        sent = f"{request.url} {request.raw_path} {dict(request.query)} {dict(request.headers)} {await request.text()}"
        status = int(request.match_info["status"])
        headers = {"X-Error": sent, "X-MP3tunes-ErrorString": sent, "WWW-Authenticate": sent, "Location": "/elsewhere"}
        if request.match_info["kind"] == "text":
            return web.Response(status=status, text=sent, headers=headers)
        words = {"status": 0, "error": sent, "message": sent, "errorMessage": sent}
        return web.json_response(words, status=status, headers=headers)

    application = web.Application()
    application.router.add_route("*", "/{kind}/{status}/{path:.*}", repeat)
    server = TestServer(application)
    async with server, aiohttp.ClientSession():
        for kind in ("text", "json"):
            for status in (200, 302, 400, 401, 403, 418, 429, 500):
                adapter = site.another(site.subject.at(str(server.make_url(f"/{kind}/{status}"))))
                with pytest.raises(LockerError) as refusal:
                    await adapter.login()
                assert leaked(told(refusal.value), site.subject.secrets()) == set(), (kind, status)
    ours = [record for record in caplog.records if record.name.startswith("music_locker_core")]
    assert leaked("\n".join(record.getMessage() for record in ours), site.subject.secrets()) == set()
