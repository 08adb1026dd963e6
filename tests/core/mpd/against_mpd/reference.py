"""A real MPD 0.24, and our server on the same music: the locker server's, over HTTP, as in the demo."""

import asyncio
import fcntl
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import aiohttp

from mpd_bridge import demo_music
from mpd_bridge.locker_server import LockerServer
from music_locker_core.hub import Core
from music_locker_core.lockers import ADAPTERS
from music_locker_core.mpd.access import Access
from music_locker_core.mpd.server import MpdServer
from tests.core.mpd.speaker import Speaker

ROOT = Path(__file__).resolve().parents[4]
LOCKER = "Locker"
"""The one directory in the root of both databases."""
OUTPUTS = ("Default", "Speaker")
"""The names of the outputs of both, in this order; the second is enabled."""
_USER, _PASSWORD = "ann@example.com", "a password"
_SECONDS = 20
_CONFIGURATION = """
music_directory "{folder}/music"
playlist_directory "{folder}/playlists"
db_file "{folder}/database"
sticker_file "{folder}/stickers"
bind_to_address "127.0.0.1"
port "{port}"
auto_update "no"
zeroconf_enabled "no"
replaygain "off"
{more}
"""
_OUTPUT = """
audio_output {{
    type "null"
    name "{name}"
    enabled "{enabled}"
    mixer_type "software"
}}
"""


def cache() -> Path:
    """Return the folder that script/_common.sh names."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("MUSIC_LOCKER_CACHE") or Path(base) / "music-locker")


def demo_folder() -> Path:
    """Return the folder with the demo's music, made now where it is not there yet."""
    folder = cache() / "demo-music"
    folder.mkdir(parents=True, exist_ok=True)
    with (cache() / "demo-music.lock").open("w") as lock:  # the other process of this test run may be making it
        fcntl.flock(lock, fcntl.LOCK_EX)
        demo_music.make(folder)
    return folder / demo_music.FOLDERS[0]


def program() -> str:
    """Return the path of an MPD 0.24; script/mpd fetches one where the machine has none."""
    return subprocess.run([ROOT / "script" / "mpd"], check=True, capture_output=True, text=True).stdout.strip()


class Mpd:
    """Run MPD over ``folder``: ``music``, ``playlists`` and all that it writes are in there."""

    def __init__(self, folder: Path, more: str = "") -> None:
        """Prepare; ``more`` lines are added to its configuration."""
        for name in ("music", "playlists"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        outputs = "".join(_OUTPUT.format(name=name, enabled="yes" if name == OUTPUTS[1] else "no") for name in OUTPUTS)
        (folder / "mpd.conf").write_text(_CONFIGURATION.format(folder=folder, port=self.port, more=more + outputs))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run, and return when it takes connections; its first look at the music may go on."""
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [program(), "--no-daemon", "--stderr", self.folder / "mpd.conf"],
                stdout=log,
                stderr=log,
                start_new_session=True,  # where a session has its share of the processor, so has its idle thread
            )
        end = time.monotonic() + _SECONDS
        while not self._listens():
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < end
            time.sleep(0.01)  # there is nothing to wait on in a program that starts

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
        except ConnectionRefusedError:
            return False
        return True

    def close(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_SECONDS)

    def copy(self, music: Mapping[str, Path]) -> None:
        """Let the music folder have these files under these paths, and the covers beside them."""
        for uri, file in music.items():
            path = self.folder / "music" / uri
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, path)
            for cover in file.parent.glob("cover.*"):
                shutil.copy2(cover, path.parent)

    def write_playlists(self, playlists: Mapping[str, list[str]]) -> None:
        """Let there be these stored playlists, and no others."""
        for path in (self.folder / "playlists").iterdir():
            path.unlink()
        for name, uris in playlists.items():
            (self.folder / "playlists" / f"{name}.m3u").write_text("".join(f"{uri}\n" for uri in uris))


class Bridge:
    """Run our own server: a locker server on the demo's music, a locker there, a player, the MPD face."""

    def __init__(self, folder: Path, *, access: Access | None = None) -> None:
        """Prepare; what it writes is in ``folder``."""
        self._folder = folder
        self._access = access
        self.killed = asyncio.Event()
        self.speaker = Speaker("speaker.default", OUTPUTS[1])

    async def start(self, music: Path | None) -> None:
        """Run over this music, and return when the locker is read; without music there is no locker."""
        self.core = await Core.open(self._folder / "core")
        self._session = aiohttp.ClientSession()
        self._service = None if music is None else await self._open_locker(music)
        await self.core.add_player("default", OUTPUTS[0], self.speaker)
        self._server = MpdServer(self.core, host="127.0.0.1", port=0, access=self._access, kill=self.killed.set)
        await self._server.start()

    async def _open_locker(self, music: Path) -> LockerServer:
        service = LockerServer(music, self._folder / "service", services={"mp3tunes"}, password_cost=2)
        service.add_account(_USER, _PASSWORD)
        await service.start()
        settings = {"url": service.url, "username": _USER, "password": _PASSWORD, "partner_token": "any"}
        await self.core.add_locker("locker", LOCKER, ADAPTERS["mp3tunes"](settings, self._session))
        await self.core.sync("locker")
        return service

    @property
    def port(self) -> int:
        """Return where MPD clients connect."""
        return self._server.port

    async def close(self) -> None:
        await self._server.close()
        await self.core.close()
        await self._session.close()
        if self._service is not None:
            await self._service.close()
        await asyncio.sleep(0)

    def files(self, music: Path) -> dict[str, Path]:
        """Return the file of every track's path."""
        folder = demo_music.FOLDERS[0]
        known = {
            (track.album, track.title): music / track.path.removeprefix(f"{folder}/")
            for track in demo_music.tracks()
            if track.path.startswith(f"{folder}/")
        }
        return {track.uri: known[track.album, track.title] for track in self.core.library.catalog.tracks}
