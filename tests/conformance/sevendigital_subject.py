"""7digital, as our own locker server speaks it."""

import re
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote

from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from mpd_bridge.locker_server import LockerServer
from mpd_bridge.locker_server.faults import Faults, Handler
from music_locker_core.lockers.base import Capability
from tests.conformance.subject import Call, LockerServerSubject, Refusal

_USER = "listener@example.com"
_SECRET = "plantedconsumersecret"
_LOGIN, _MARKER, _LIST = "login", "change marker", "list"


class _Sorted(Faults):
    """Tell a login, a change marker and a list apart, which are calls of one method, by what they ask for."""

    def __init__(self, server: LockerServer) -> None:
        super().__init__(server.expire_sessions)
        self.calls: Counter[str] = Counter()

    async def apply(self, method: str, request: web.Request, handler: Handler) -> web.StreamResponse:
        kind = self._kind(request) if method == "user/locker" else method
        self.calls[kind] += 1
        return await super().apply(kind, request, handler)

    def _kind(self, request: web.Request) -> str:
        if request.query.get("pageSize") == "1":
            return _LOGIN
        return _MARKER if request.query.get("sort") == "purchaseDate desc" else _LIST


class Sevendigital(LockerServerSubject):
    """7digital for a user who has authorised the application."""

    name = "sevendigital"
    service = "sevendigital"
    capabilities = (
        Capability.STREAM | Capability.TRANSCODE | Capability.DOWNLOAD | Capability.ARTWORK | Capability.CHANGE_MARKER
    )
    sessions = False
    lists = 1
    methods: ClassVar[Mapping[Call, str]] = {
        Call.LOGIN: _LOGIN,
        Call.MARKER: _MARKER,
        Call.LIST: _LIST,
        Call.STREAM: "stream/locker",
        Call.ART: "static",
    }
    wrong_logins: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "consumer": {"consumer_key": "another"},
        "consumer secret": {"consumer_secret": "another"},
        "token": {"token": "another"},
        "token secret": {"token_secret": "another"},
        "no token": {"token": "", "token_secret": ""},
        "user": {"user_id": "99999999"},
    }
    refusals: ClassVar[Sequence[Refusal]] = ()

    async def start(self, music: Path, state: Path) -> None:
        self.server = LockerServer(music, state, password_cost=2)
        self.server.faults = self._sorted = _Sorted(self.server)
        self.server.add_account(_USER, "password")
        consumer = self.server.sevendigital.add_consumer(secret=_SECRET)
        self._key = consumer.key
        self._token, self._token_secret = self.server.sevendigital.token(_USER, consumer)
        await self.server.start()

    def settings(self) -> dict[str, str]:
        return {
            "url": self.server.url,
            "consumer_key": self._key,
            "consumer_secret": _SECRET,
            "country": "GB",
            "token": self._token,
            "token_secret": self._token_secret,
        }

    def secrets(self) -> frozenset[str]:
        return frozenset({_SECRET, self._token, self._token_secret})

    def secrets_sent(self, url: URL, headers: CIMultiDict[str]) -> frozenset[str]:
        header = re.findall(r'oauth_signature="([^"]+)"', headers.get("Authorization", ""))
        return frozenset(map(unquote, header)) | frozenset(url.query.getall("oauth_signature", []))

    def asked(self, call: Call) -> int:
        return self._sorted.calls[self.methods[call]] if call in self.methods else 0

    @asynccontextmanager
    async def refusing(self, state: str) -> AsyncGenerator[dict[str, str]]:
        yield self.settings()
