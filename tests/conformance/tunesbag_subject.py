"""tunesBag, as our own locker server speaks it."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar

from multidict import CIMultiDict
from yarl import URL

from mpd_bridge.locker_server import LockerServer, TunesbagOptions
from music_locker_core.errors import (
    LockerError,
    QuotaExceeded,
    RateLimited,
    Unavailable,
    UploadReason,
    UploadRejected,
)
from music_locker_core.lockers.base import Capability
from tests.conformance import files
from tests.conformance.subject import Call, LockerServerSubject, Refusal

_USER, _PASSWORD = "listener@example.com", "plant-Pass word&+%"
_READER, _FULL = "reader@example.com", "full@example.com"
_APP = "plant-app-key/+9999"


class Tunesbag(LockerServerSubject):
    """tunesBag: keys in every call, files by tickets."""

    name = "tunesbag"
    service = "tunesbag"
    capabilities = (
        Capability.STREAM
        | Capability.TRANSCODE
        | Capability.DOWNLOAD
        | Capability.UPLOAD
        | Capability.ARTWORK
        | Capability.PLAYLISTS
        | Capability.PLAYLIST_EDIT
        | Capability.RATE
        | Capability.REPORT_PLAY
        | Capability.SOCIAL
        | Capability.CHANGE_MARKER
    )
    sessions = False
    lists = 1
    tells_types = False
    methods: ClassVar[Mapping[Call, str]] = {
        Call.LOGIN: "user/checkaccess",
        Call.MARKER: "items/library/lastkey",
        Call.LIST: "items/get",
        Call.STREAM: "deliver/ticket",
        Call.ART: "album_images",
        Call.UPLOAD: "items/add",
        Call.EDIT: "set/additems",
        Call.RATE: "items/rate",
        Call.REPORT: "item/log/playstatus",
    }
    wrong_logins: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "key": {"remote_key": "another"},
        "no key": {"remote_key": ""},
        "user": {"username": "nobody@example.com"},
        "application": {"app_key": "another"},
        "not privileged": {"password": _PASSWORD},
    }
    refusals: ClassVar[Sequence[Refusal]] = (
        Refusal("another type", UploadRejected, files.text, UploadReason.FORMAT, sent=False),
        Refusal("lossless", UploadRejected, files.lossless_under_a_good_name, UploadReason.FORMAT, 4101),
        Refusal("no music", UploadRejected, files.no_music, UploadReason.FORMAT, 4101),
        Refusal("empty", UploadRejected, files.empty, UploadReason.EMPTY, sent=False),
        Refusal("full", QuotaExceeded, files.song, None, 4100, "full"),
        Refusal("read-only account", Unavailable, files.song, None, 1001, "reader"),
        Refusal("maintenance", RateLimited, files.song, None, 999, "maintenance"),
        Refusal("not there", LockerError, files.absent, sent=False),
    )

    async def start(self, music: Path, state: Path) -> None:
        options = TunesbagOptions(app_keys=frozenset({_APP}))
        self.server = LockerServer(music, state, tunesbag=options, password_cost=2)
        self.server.add_account(_USER, _PASSWORD)
        self.server.add_account(_READER, _PASSWORD, read_only=True)
        self.server.add_account(_FULL, _PASSWORD, quota=1)
        self._keys = {user: self.server.tunesbag.remote_key(user, _APP) for user in (_USER, _READER, _FULL)}
        await self.server.start()

    def settings(self) -> dict[str, str]:
        return self._account(_USER)

    def _account(self, user: str) -> dict[str, str]:
        return {"url": self.server.url, "username": user, "app_key": _APP, "remote_key": self._keys[user]}

    def secrets(self) -> frozenset[str]:
        return frozenset({_APP, self._keys[_USER]})

    def secrets_sent(self, url: URL, headers: CIMultiDict[str]) -> frozenset[str]:
        return frozenset({url.parts[3]}) if url.path.startswith("/deliver/ticket/") else frozenset()

    @asynccontextmanager
    async def refusing(self, state: str) -> AsyncGenerator[dict[str, str]]:
        self.server.maintenance = state == "maintenance"
        try:
            yield self._account({"reader": _READER, "full": _FULL}.get(state, _USER))
        finally:
            self.server.maintenance = False
