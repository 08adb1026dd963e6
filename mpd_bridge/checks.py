"""What ``doctor`` looks at; each check tells what it found, and what to do where that is wrong."""

import asyncio
import errno
import shutil
import socket
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from music_locker_core.errors import AuthenticationError, LockerError
from music_locker_core.library import LibraryError, NewerVersionError, snapshot

from .config import Config, LockerConfig
from .logins import ADVICE, adapter_of, log_in
from .mpd_client import MpdError, connected
from .state import INDEX, Holder, StateError, holder

_LEAST_SPACE: Final = 200 * 2**20  # bytes
_FOR_OTHERS: Final = stat.S_IRWXO | stat.S_IWGRP


@dataclass(frozen=True, slots=True)
class Finding:
    """Tell what a check found; ``advice`` says what to do, and is None where nothing is wrong."""

    check: str
    message: str
    advice: str | None = None

    @property
    def ok(self) -> bool:
        """Tell whether nothing is wrong."""
        return self.advice is None


async def findings(config: Config) -> Sequence[Finding]:
    """Look at everything that a configuration names."""
    running, folder = await asyncio.to_thread(_state, config.state_directory)
    files = await asyncio.to_thread(lambda: [*_secrets(config.secret_files), *_space(config.state_directory)])
    index = await asyncio.to_thread(_index, config.state_directory / INDEX)
    if running is None:
        ports = [
            _free_port("MPD port", "mpd", config.mpd.host, config.mpd.port),
            _free_port("HTTP port", "http", config.http.host, config.http.port),
        ]
    else:
        ports = [await _our_mpd(running, config.mpd.password)]
    async with aiohttp.ClientSession() as session:
        logins = await asyncio.gather(*(_login(locker, session) for locker in config.lockers))
    return [folder, *files, index, *ports, *logins]


def _state(directory: Path) -> tuple[Holder | None, Finding]:
    try:
        running = holder(directory)
    except StateError as error:
        return None, Finding("state folder", str(error), "let the user of the bridge own it")
    if running is not None:
        return running, Finding("state folder", f"in use by the bridge, process {running.pid}")
    parent = _existing(directory)
    if not parent.is_dir() or not _writable(parent):
        return None, Finding("state folder", f"{parent} cannot be written", "let the user of the bridge own it")
    return None, Finding("state folder", str(directory))


def _existing(path: Path) -> Path:
    """Return the folder, or what is there on the way to it."""
    return next((one for one in (path, *path.parents) if one.exists()), path)


def _writable(directory: Path) -> bool:
    probe = directory / ".music-locker-doctor"
    try:
        probe.touch(mode=0o600)
        probe.unlink()
    except OSError:
        return False
    return True


def _space(directory: Path) -> Iterator[Finding]:
    try:
        free = shutil.disk_usage(_existing(directory)).free
    except OSError:  # the state folder is told to be wrong
        return
    message = f"{free // 2**20} MB are free"
    yield Finding("disk", message, "make room: index and cache need it" if free < _LEAST_SPACE else None)


def _secrets(files: Iterable[Path]) -> Iterator[Finding]:
    """Look at who else can read the files that hold secrets, or change them."""
    for file in files:
        try:
            mode = file.stat().st_mode
        except OSError as error:
            yield Finding("secrets", f"{file}: {error.strerror}", "give it back, or log in again")
            continue
        if mode & _FOR_OTHERS:
            yield Finding("secrets", f"{file} is open to other users", f"chmod 600 {file}")
        else:
            yield Finding("secrets", f"{file} is closed to other users")


def _index(path: Path) -> Finding:
    if not path.exists():
        return Finding("index", "there is none yet; the first sync makes it")
    try:
        snapshot.check(path)
        tracks = sum(locker.tracks for locker in snapshot.summaries(path))
    except NewerVersionError as error:
        return Finding("index", str(error), "install the newest version of Music Locker")
    except LibraryError as error:
        return Finding("index", str(error), "run mpd-bridge sync: it makes a damaged index anew")
    return Finding("index", f"whole, {tracks} tracks")


def _free_port(check: str, table: str, host: str, port: int) -> Finding:
    """Try to listen, as the bridge would."""
    try:
        _listen(host, port)
    except OSError as error:
        place = f"{host} port {port}"
        if error.errno == errno.EADDRINUSE:
            return Finding(check, f"another program listens on {place}", f"end it, or choose another port in [{table}]")
        return Finding(
            check, f"cannot listen on {place}: {error.strerror}", f"choose another host or port in [{table}]"
        )
    return Finding(check, f"{port or 'any'} is free")


def _listen(host: str, port: int) -> None:
    for family, kind, protocol, _, address in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    ):
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            probe.bind(address)
            probe.listen(1)


async def _our_mpd(running: Holder, password: str | None) -> Finding:
    """Ask the bridge that runs."""
    if (address := running.mpd_address()) is None:
        return Finding("MPD port", "the bridge is not ready", "try again when it has started or a sync has ended")
    try:
        async with connected(*address, password) as client:
            await client.ask("status")
    except MpdError as error:
        return Finding("MPD port", str(error), "restart the bridge")
    return Finding("MPD port", f"{address[1]} is the bridge's, and it answers")


async def _login(locker: LockerConfig, session: aiohttp.ClientSession) -> Finding:
    check = f"locker {locker.name}"
    adapter = adapter_of(locker, session)
    try:
        account = await log_in(adapter)
    except AuthenticationError as error:
        return Finding(check, str(error), ADVICE)
    except LockerError as error:
        return Finding(check, str(error), "see whether its url is right, and try again later")
    finally:
        await adapter.close()
    return Finding(check, f"logged in as {account.name}")
