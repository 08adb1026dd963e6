"""The daemon: one core with its lockers and players, an MPD server and an HTTP server, for as long as it is wanted."""

import asyncio
import errno
import logging
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import aiohttp

from music_locker_core.errors import AuthenticationError, LockerError
from music_locker_core.hub import Core, CoreEvent, PlayersChanged
from music_locker_core.library import LibraryError, SyncEnded
from music_locker_core.mpd.server import MpdServer

from .config import DEFAULT_PLAYER, DEFAULT_PLAYER_NAME, Config, HttpConfig, LockerConfig
from .http_server import HttpServer
from .logins import adapter_of, log_in, with_advice
from .reloading import Reloader
from .state import StateError, own

_LOGGER = logging.getLogger(__name__)


class StartError(Exception):
    """Tell, in one line, why the daemon cannot start."""


@dataclass(frozen=True, slots=True)
class Address:
    """Say where a server listens."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Ready:
    """Say where everything is, once it is there; ``live`` holds the address of each player's live stream."""

    pid: int
    state: str
    mpd: Address
    http: Address
    live: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for the ``ready`` line."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Daemon:
    """Hold a running daemon: what it said when it was ready, and what takes a new configuration."""

    ready: Ready
    reloader: Reloader


@asynccontextmanager
async def daemon(config: Config, *, kill: Callable[[], object] | None = None) -> AsyncIterator[Daemon]:
    """Run everything for the time of the block; raise StartError or StateError.

    ``kill`` ends the block when an MPD client says so.

    A locker whose service refuses its credentials ends the start: only the user can mend that. A service that cannot be
    reached does not: what the index holds is served, and syncing goes on trying.
    """
    async with AsyncExitStack() as stack:
        state = stack.enter_context(own(config.state_directory))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        core = await _open_core(config.state_directory)
        stack.push_async_callback(core.close)
        stack.callback(core.subscribe(_log_event))
        with _explain_storage():
            await _forget_lockers(core, config)
            await core.add_player(DEFAULT_PLAYER, DEFAULT_PLAYER_NAME)
            for player in config.players:
                await core.add_player(player.id, player.name)
            await core.partitions.open(DEFAULT_PLAYER)
        http = HttpServer(core)
        with _explain_port("http", config.http.host, config.http.port):
            await http.start(config.http.host, config.http.port)
        stack.push_async_callback(http.close)
        mpd = MpdServer(
            core,
            host=config.mpd.host,
            port=config.mpd.port,
            access=config.mpd.access,
            limits=config.mpd.limits,
            default_player=DEFAULT_PLAYER,
            kill=kill,
        )
        with _explain_port("mpd", config.mpd.host, config.mpd.port):
            await mpd.start()
        stack.push_async_callback(mpd.close)
        if config.mpd.announced:
            from .announcing import announced  # noqa: PLC0415 - 4 MB that others do without

            await stack.enter_async_context(announced(config.mpd.host, mpd.port))
        await _open_lockers(core, config, session)
        syncs: dict[str, Mapping[str, Any]] = {}

        def facts() -> Ready:
            return Ready(
                pid=os.getpid(),
                state=str(config.state_directory),
                mpd=Address(config.mpd.host, mpd.port),
                http=Address(config.http.host, http.port),
                live={player: _base_url(config.http, http.port) + f"/live/{player}.mp3" for player in core.players},
            )

        def announce() -> None:
            state.announce(facts().as_dict() | {"syncs": syncs})

        def tell() -> None:
            with suppress(StateError):  # a disk that is full is told by the index
                announce()

        def note(event: CoreEvent) -> None:
            if isinstance(event, SyncEnded) and (event.result or event.error):
                syncs[event.locker] = _told(event)
                tell()
            elif isinstance(event, PlayersChanged):
                tell()

        announce()
        stack.callback(core.subscribe(note))
        yield Daemon(facts(), Reloader(core, config, session, announce))


def _base_url(config: HttpConfig, port: int) -> str:
    """Return the address that listeners are told."""
    if config.base_url is not None:
        return config.base_url
    host = f"[{config.host}]" if ":" in config.host else config.host
    return f"http://{host}:{port}"


async def _open_core(directory: Path) -> Core:
    with _explain_storage():
        core = await Core.open(directory)
    if core.library.rebuilt:
        _LOGGER.warning("The index was damaged: it was moved aside in %s, and lockers are read again", directory)
    return core


@contextmanager
def _explain_storage() -> Iterator[None]:
    """Tell in one line what is wrong with what was kept: newer, not readable, no space for it."""
    try:
        yield
    except LibraryError as error:
        raise StartError(str(error)) from error


@contextmanager
def _explain_port(table: str, host: str, port: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "another program listens there" if taken else error.strerror or str(error)
        raise StartError(f"[{table}] cannot listen on {host} port {port}: {reason}") from error


async def _forget_lockers(core: Core, config: Config) -> None:
    """Drop from the index what the configuration names no more."""
    wanted = {locker.name for locker in config.lockers}
    for locker_id in set(core.library.catalog.locker_ids) - wanted:
        await core.remove_locker(locker_id)


async def _open_lockers(core: Core, config: Config, session: aiohttp.ClientSession) -> None:
    """Log in everywhere at once, then leave each locker to its periodic sync."""
    try:
        async with asyncio.TaskGroup() as group:
            for locker in config.lockers:
                group.create_task(_open_locker(core, locker, session))
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None


async def _open_locker(core: Core, locker: LockerConfig, session: aiohttp.ClientSession) -> None:
    adapter = adapter_of(locker, session)
    try:
        await log_in(adapter)
    except AuthenticationError as error:
        await adapter.close()
        raise StartError(f"{locker.name}: {with_advice(error)}") from error
    except LockerError as error:
        _LOGGER.warning("%s: %s; what is known of it is served", locker.name, error)
    await core.add_locker(locker.name, locker.name, adapter, sync_interval=locker.sync_interval)


def _told(ended: SyncEnded) -> Mapping[str, Any]:
    """Return how a sync ended, for other processes."""
    return {
        "result": None if ended.result is None else asdict(ended.result),
        "error": None if ended.error is None else with_advice(ended.error),
    }


def _log_event(event: CoreEvent) -> None:
    if isinstance(event, SyncEnded) and event.result is not None and event.result.changed:
        result = event.result
        _LOGGER.info("%s: %s tracks in %s albums", event.locker, result.tracks, result.albums)
