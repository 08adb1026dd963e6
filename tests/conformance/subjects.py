"""The services that are judged here."""

import hashlib
import tempfile
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar

from multidict import CIMultiDict
from yarl import URL

from mpd_bridge.locker_server import LockerServer, Mp3tunesOptions
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
from tests.conformance.audiodelivery_subject import Audiodelivery
from tests.conformance.sevendigital_subject import Sevendigital
from tests.conformance.subject import Call, LockerServerSubject, Refusal, Subject
from tests.conformance.tunesbag_subject import Tunesbag

_USER, _PASSWORD, _READER = "listener@example.com", "plant-Pass word&+%", "reader@example.com"
_TOKEN = "plant-token/+9999"
_BASE = Capability.STREAM | Capability.TRANSCODE | Capability.DOWNLOAD | Capability.UPLOAD


class Mp3tunesV0(LockerServerSubject):
    """MP3tunes as its first documents have it."""

    name = "mp3tunes-v0"
    service = "mp3tunes"
    capabilities = _BASE
    versions: ClassVar[frozenset[int]] = frozenset({0})
    methods: ClassVar[Mapping[Call, str]] = {
        Call.LOGIN: "login",
        Call.MARKER: "lastUpdate",
        Call.LIST: "lockerData",
        Call.STREAM: "lockerGet",
        Call.ART: "albumArtGet",
        Call.SEARCH: "lockerSearch",
        Call.UPLOAD: "lockerPut",
    }
    wrong_logins: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "password": {"password": "another"},
        "user": {"username": "nobody@example.com"},
        "token": {"partner_token": "another"},
        "no password": {"password": ""},
    }
    refusals: ClassVar[Sequence[Refusal]] = (
        Refusal("another type", UploadRejected, files.text, UploadReason.FORMAT, sent=False),
        Refusal("lossless", UploadRejected, files.lossless_under_a_good_name, UploadReason.FORMAT, 415001),
        Refusal("no music", UploadRejected, files.no_music, UploadReason.FORMAT, 403002),
        Refusal("empty", UploadRejected, files.empty, UploadReason.EMPTY, sent=False),
        Refusal("known to be too large", UploadRejected, files.huge, UploadReason.TOO_LARGE, sent=False),
        Refusal("too large here", UploadRejected, files.song, UploadReason.TOO_LARGE, 413001, "small files"),
        Refusal("full", QuotaExceeded, files.song, None, 413002, "full"),
        Refusal("read-only account", AuthenticationError, files.song, None, 401003, "reader"),
        Refusal("maintenance", RateLimited, files.song, None, 503001, "maintenance"),
        Refusal("not there", LockerError, files.absent, sent=False),
    )

    def _options(self, *, file_limit: int = 20 * 2**20, capacity: int | None = None) -> Mp3tunesOptions:
        return Mp3tunesOptions(
            partner_tokens=frozenset({_TOKEN}), versions=self.versions, file_limit=file_limit, capacity=capacity
        )

    async def start(self, music: Path, state: Path) -> None:
        self._music = music
        self.server = LockerServer(music, state, mp3tunes=self._options(), password_cost=2)
        self.server.add_account(_USER, _PASSWORD)
        self.server.add_account(_READER, _PASSWORD, read_only=True)
        await self.server.start()

    def settings(self) -> dict[str, str]:
        return {"url": self.server.url, "username": _USER, "password": _PASSWORD, "partner_token": _TOKEN}

    def secrets(self) -> frozenset[str]:
        return frozenset({_PASSWORD, _TOKEN, hashlib.md5(_PASSWORD.encode(), usedforsecurity=False).hexdigest()})

    def secrets_sent(self, url: URL, headers: CIMultiDict[str]) -> frozenset[str]:
        return frozenset({url.query["sid"]}) if "sid" in url.query else frozenset()

    @asynccontextmanager
    async def refusing(self, state: str) -> AsyncGenerator[dict[str, str]]:
        match state:
            case "":
                yield self.settings()
            case "reader":
                yield {**self.settings(), "username": _READER}
            case "maintenance":
                self.server.maintenance = True
                try:
                    yield self.settings()
                finally:
                    self.server.maintenance = False
            case _:
                options = self._options(capacity=1) if state == "full" else self._options(file_limit=1000)
                with tempfile.TemporaryDirectory() as folder:
                    server = LockerServer(self._music, Path(folder), mp3tunes=options, password_cost=2)
                    server.add_account(_USER, _PASSWORD)
                    await server.start()
                    try:
                        yield {**self.settings(), "url": server.url}
                    finally:
                        await server.close()


class Mp3tunesV1(Mp3tunesV0):
    """MP3tunes as its later documents have it."""

    name = "mp3tunes-v1"
    capabilities = _BASE | Capability.SEARCH | Capability.ARTWORK | Capability.PLAYLISTS | Capability.CHANGE_MARKER
    versions = frozenset({0, 1})


SUBJECTS: tuple[type[Subject], ...] = (Mp3tunesV0, Mp3tunesV1, Sevendigital, Tunesbag, Audiodelivery)
