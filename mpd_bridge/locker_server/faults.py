"""Faults on request: what a bad network and a bad service do to a client, for tests and for trying clients out."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from aiohttp import web

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

DROP_AFTER = web.RequestKey("drop_after", int)
_HTML = "<!DOCTYPE html>\n<html><head><title>Please sign in</title></head><body><h1>Please sign in</h1></body></html>\n"


class WrongBody(StrEnum):
    """Name a body that comes instead of the right one."""

    HTML = "html"  # a page, with 200, as a captive portal sends it
    TRUNCATED = "truncated"  # the first half of the right body, with a Content-Length that agrees
    MALFORMED = "malformed"  # text that is neither JSON nor XML
    EMPTY = "empty"


@dataclass(slots=True)
class Fault:
    """One fault, for the next ``count`` requests of ``method`` (None: until it is removed) after the first ``skip``.

    ``method`` is a method's name in any case, "*" means every one. ``latency`` is seconds. ``drop_after`` breaks the
    connection after so many bytes of the answer's body, or of the uploaded file; ``lose_answer`` does what was asked
    and breaks the connection before it answers. ``status`` answers with an HTTP status only. ``expire_sessions`` ends
    all sessions first.
    """

    method: str = "*"
    count: int | None = 1
    skip: int = 0
    latency: float = 0.0
    status: int | None = None
    retry_after: int | None = None
    drop_after: int | None = None
    lose_answer: bool = False
    body: WrongBody | None = None
    expire_sessions: bool = False
    hits: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Check what a test or an HTTP request has asked for; raise ValueError."""
        self.method = self.method.lower()
        if self.body is not None:
            self.body = WrongBody(self.body)
        if self.status is not None and not 100 <= self.status <= 599:  # noqa: PLR2004 - HTTP's range
            raise ValueError("status must be an HTTP status")


class Faults:
    """The faults that are waiting for their requests, first come, first served."""

    def __init__(self, expire_sessions: Callable[[], None]) -> None:
        """Begin without faults."""
        self._expire_sessions = expire_sessions
        self._waiting: list[Fault] = []
        self._closed = asyncio.Event()

    def close(self) -> None:
        """Let every delayed answer go on at once: the server ends."""
        self._closed.set()

    def add(self, fault: Fault) -> Fault:
        """Let a fault wait; return it, so that its hits can be counted."""
        self._waiting.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Take back a fault; one that is used up is gone already."""
        if fault in self._waiting:
            self._waiting.remove(fault)

    def clear(self) -> None:
        """Take back all faults."""
        self._waiting.clear()

    def __len__(self) -> int:
        """Return how many faults are waiting."""
        return len(self._waiting)

    def _take(self, method: str) -> Fault | None:
        for fault in self._waiting:
            if fault.method not in {"*", method.lower()}:
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.hits += 1
            if fault.count is not None:
                fault.count -= 1
                if fault.count <= 0:
                    self._waiting.remove(fault)
            return fault
        return None

    async def apply(self, method: str, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request of this method, with the fault that waits for it."""
        fault = self._take(method)
        if fault is None:
            return await handler(request)
        if fault.expire_sessions:
            self._expire_sessions()
        if fault.latency:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closed.wait(), fault.latency)
        if fault.drop_after is not None:
            request[DROP_AFTER] = fault.drop_after
        return _instead(fault) or await _spoilt(fault, request, await handler(request))


def _instead(fault: Fault) -> web.Response | None:
    """Return what is answered without doing what was asked."""
    if fault.status is not None:
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        return web.Response(status=fault.status, headers=headers)
    match fault.body:
        case WrongBody.HTML:
            return web.Response(text=_HTML, content_type="text/html")
        case WrongBody.MALFORMED:
            return web.Response(text='{"status":1,,<item>', content_type="application/json")
        case WrongBody.EMPTY:
            return web.Response(body=b"")
        case _:
            return None


async def _spoilt(fault: Fault, request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """Return the right answer, lost, cut or broken off; a stream was sent, and broken off, already."""
    if fault.lose_answer:
        return hang_up(request, response)
    if isinstance(response, web.Response) and fault.body is WrongBody.TRUNCATED:
        body = _body(response)
        return web.Response(body=body[: len(body) // 2], content_type=response.content_type)
    if isinstance(response, web.Response) and fault.drop_after is not None:
        return await _drop(request, response, fault.drop_after)
    return response


def hang_up[Answer: web.StreamResponse | None](request: web.Request, response: Answer) -> Answer:
    """Break the connection off, as a network does."""
    if request.transport is not None:
        request.transport.abort()
    return response


async def _drop(request: web.Request, response: web.Response, after: int) -> web.StreamResponse:
    """Send the headers of a whole answer, and its first bytes only."""
    body = _body(response)
    headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
    broken = web.StreamResponse(status=response.status, headers=headers)
    broken.content_length = len(body)
    await broken.prepare(request)
    await broken.write(body[:after])
    return hang_up(request, broken)


def _body(response: web.Response) -> bytes:
    return response.body if isinstance(response.body, bytes) else b""


def fault_routes(faults: Faults) -> list[web.RouteDef]:
    """Return the HTTP face of the faults: GET lists, POST adds (a JSON object), DELETE takes back all."""

    async def show(_request: web.Request) -> web.Response:
        waiting = [{entry.name: getattr(fault, entry.name) for entry in fields(fault)} for fault in faults._waiting]  # noqa: SLF001 - the same module
        return web.json_response({"faults": waiting})

    async def add(request: web.Request) -> web.Response:
        try:
            wanted: Any = await request.json()
            faults.add(Fault(**wanted))
        except (ValueError, TypeError) as error:
            return web.json_response({"error": f"not a fault: {error}"}, status=400)
        return web.json_response({"faults": len(faults)}, status=201)

    async def clear(_request: web.Request) -> web.Response:
        faults.clear()
        return web.json_response({"faults": 0})

    return [web.get("/faults", show), web.post("/faults", add), web.delete("/faults", clear)]
