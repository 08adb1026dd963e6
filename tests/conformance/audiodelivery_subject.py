"""The Audio Delivery Network, as our own locker server speaks it."""

import re
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from mpd_bridge.locker_server import AudiodeliveryOptions, LockerServer
from mpd_bridge.locker_server.faults import Faults, Handler
from music_locker_core.errors import (
    AuthenticationError,
    LockerError,
    QuotaExceeded,
    RateLimited,
    UploadReason,
    UploadRejected,
)
from music_locker_core.lockers.base import Capability
from tests.conformance import files
from tests.conformance.subject import Call, LockerServerSubject, Refusal

_USER, _READER, _FULL = "listener@example.com", "reader@example.com", "full@example.com"
_LOGIN, _LIST = "login", "list"
_SESSION = re.compile(r"/v1/(?:play|upload|play_session|upload_session)/([0-9a-f-]{36})")


async def _read(session: aiohttp.ClientSession, path: str) -> Any:
    async with session.get(path) as answer:
        return await answer.json()


class _Sorted(Faults):
    """Tell a login and a list apart, and take the lists of collections and of tracks as one kind of call."""

    def __init__(self, server: LockerServer) -> None:
        super().__init__(server.expire_sessions)
        self.calls: Counter[str] = Counter()

    async def apply(self, method: str, request: web.Request, handler: Handler) -> web.StreamResponse:
        kind = self._kind(method, request)
        self.calls[kind] += 1
        return await super().apply(kind, request, handler)

    def _kind(self, method: str, request: web.Request) -> str:
        if method == "get collection":
            return _LOGIN if request.query.get("limit") == "1" else _LIST
        if method == "get delivery" and "_cover" in request.path:
            return "get cover"
        return _LIST if method == "get collection/track" else method


class Audiodelivery(LockerServerSubject):
    """The Audio Delivery Network for a key that acts for an account."""

    name = "audiodelivery"
    service = "audiodelivery"
    capabilities = (
        Capability.STREAM
        | Capability.TRANSCODE
        | Capability.DOWNLOAD
        | Capability.UPLOAD
        | Capability.ARTWORK
        | Capability.PLAYLISTS
    )
    sessions = False
    lists_artists = False
    no_album = "Tracks without an album"
    playlists: ClassVar[Mapping[str, Sequence[str]]] = {
        "Arrival": ("Dancing Queen", "Money & <More> - Don't"),
        "Début": ("Früh, 早い", "Venus as a Boy"),
        "Wheels": ("Long",),
    }
    methods: ClassVar[Mapping[Call, str]] = {
        Call.LOGIN: _LOGIN,
        Call.LIST: _LIST,
        Call.STREAM: "get delivery",
        Call.ART: "get cover",
        Call.UPLOAD: "put upload",
    }
    wrong_logins: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "key": {"api_key": "adn_another"},
        "no key": {"api_key": ""},
        "key of another script": {"api_key": "ключ\n"},
    }
    refusals: ClassVar[Sequence[Refusal]] = (
        Refusal("another type", UploadRejected, files.text, UploadReason.FORMAT, sent=False),
        Refusal("no music", UploadRejected, files.no_music, UploadReason.FORMAT),
        Refusal("empty", UploadRejected, files.empty, UploadReason.EMPTY, sent=False),
        Refusal("known to be too large", UploadRejected, files.huge, UploadReason.TOO_LARGE, sent=False),
        Refusal("too large here", UploadRejected, files.song, UploadReason.TOO_LARGE, 413, "small files"),
        Refusal("full", QuotaExceeded, files.song, None, 403, "full"),
        Refusal("read-only account", AuthenticationError, files.song, None, 403, "reader"),
        Refusal("maintenance", RateLimited, files.song, None, 503, "maintenance"),
        Refusal("not there", LockerError, files.absent, sent=False),
    )

    async def start(self, music: Path, state: Path) -> None:
        self.server = LockerServer(music, state, password_cost=2)
        self.server.faults = self._sorted = _Sorted(self.server)
        self.server.add_account(_USER, "password")
        self.server.add_account(_READER, "password", read_only=True)
        self.server.add_account(_FULL, "password", quota=1)
        self._keys = {user: self.server.audiodelivery.add_key(user) for user in (_USER, _READER, _FULL)}
        await self.server.start()
        self._small = LockerServer(
            music, state / "small", audiodelivery=AudiodeliveryOptions(file_limit=1000), password_cost=2
        )
        self._small.add_account(_USER, "password")
        self._small_key = self._small.audiodelivery.add_key(_USER)

    def settings(self) -> dict[str, str]:
        return {"url": self.server.url, "api_key": self._keys[_USER]}

    def secrets(self) -> frozenset[str]:
        return frozenset({self._keys[_USER]})

    def secrets_sent(self, url: URL, headers: CIMultiDict[str]) -> frozenset[str]:
        signed = {url.query[name] for name in ("verify", "token") if name in url.query}
        return frozenset(signed) | frozenset(_SESSION.findall(url.path))

    async def forget_uploads(self) -> None:
        headers = {"Authorization": f"Bearer {self._keys[_USER]}"}
        async with aiohttp.ClientSession(self.server.url, headers=headers) as session:
            for collection in (await _read(session, "/v1/collection?limit=200"))["collections"]:
                if collection["title"] not in self.playlists:
                    path = f"/v1/collection/{collection['id']}"
                    for track in (await _read(session, f"{path}/track?limit=200"))["tracks"]:
                        (await session.delete(f"/v1/track/{track['id']}")).release()
                    (await session.delete(path)).release()

    def asked(self, call: Call) -> int:
        return self._sorted.calls[self.methods[call]] if call in self.methods else 0

    @asynccontextmanager
    async def refusing(self, state: str) -> AsyncGenerator[dict[str, str]]:
        match state:
            case "reader" | "full":
                yield {**self.settings(), "api_key": self._keys[_READER if state == "reader" else _FULL]}
            case "maintenance":
                self.server.maintenance = True
                try:
                    yield self.settings()
                finally:
                    self.server.maintenance = False
            case "small files":
                await self._small.start()
                try:
                    yield {"url": self._small.url, "api_key": self._small_key}
                finally:
                    await self._small.close()
            case _:
                yield self.settings()
