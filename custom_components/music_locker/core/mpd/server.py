"""The MPD server: connections, partitions, and who is told of what."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from ..library.events import (
    CatalogChanged,
    PlaylistsChanged,
    StickersChanged,
    StorageChanged,
    SyncEnded,
    SyncProgress,
    SyncStarted,
    TrackRated,
)
from ..playback.player import Player
from . import commands as commands  # noqa: PLC0414 - registers every command
from .access import Access
from .connection import Connection
from .core import Core
from .idle import OF_A_PARTITION
from .index import index_of
from .instance import Instance
from .limits import Limits
from .session import Session

PROTOCOL_VERSION = "0.24.0"
"""The newest level of the protocol of which everything is there that clients send unasked."""
_CLOSE_TIMEOUT = 5.0  # seconds
_SILENCE = 60.0  # seconds

_LOGGER = logging.getLogger(__name__)


class MpdServer:
    """Speak MPD's protocol for a core; every player is a partition."""

    def __init__(  # noqa: PLR0913 - keywords, each a setting
        self,
        core: Core,
        *,
        host: str,
        port: int,
        access: Access | None = None,
        default_player: str = "default",
        limits: Limits | None = None,
        kill: Callable[[], object] | None = None,
    ) -> None:
        """Serve ``host`` and ``port`` (0: any free one); clients begin in the partition of ``default_player``.

        ``kill`` ends the program when a client says so; without it the command is absent.
        """
        self._instance = Instance(self._tell_soon, default_player=default_player, kill=kill)
        self._core = core
        self._host = host
        self._port = port
        self._access = access or Access()
        self._default_player = default_player
        self._limits = limits or Limits()
        self._server: asyncio.Server | None = None
        self._connections: dict[Connection, None] = {}  # in the order in which they came
        self._to_tell: deque[Connection] = deque()
        self._told_at_once = 1
        self._players: dict[Player, Callable[[], None]] = {}
        self._unsubscribe: Callable[[], None] | None = None
        self._silent_until = 0.0  # about clients that are refused, in the loop's time
        self._telling: asyncio.Handle | None = None
        self._mounts = core.library.catalog.directory("")
        self._indexing: asyncio.Task[object] | None = None

    @property
    def port(self) -> int:
        """Return the port that clients connect to."""
        if self._server is not None and self._server.sockets:
            port: int = self._server.sockets[0].getsockname()[1]
            return port
        return self._port

    async def start(self) -> None:
        """Begin to take connections; raise OSError if the address cannot be had."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connect, self._host, self._port)
        self._unsubscribe = self._core.subscribe(self._on_core_event)
        self._follow_players()
        self._make_index()

    async def close(self) -> None:
        """End every connection and free the port."""
        if self._server is None:
            return
        self._server.close()
        if self._unsubscribe is not None:
            self._unsubscribe()
        for unsubscribe in self._players.values():
            unsubscribe()
        self._players.clear()
        if self._telling is not None:
            self._telling.cancel()
        if self._indexing is not None:
            await asyncio.wait([self._indexing])  # a thread, which cannot be ended
        await asyncio.gather(*(connection.abort() for connection in tuple(self._connections)))
        async with asyncio.timeout(_CLOSE_TIMEOUT):
            await self._server.wait_closed()
        self._server = None

    def _connect(self) -> asyncio.BaseProtocol:
        player = self._core.players.get(self._default_player)
        if player is None or len(self._connections) >= self._limits.max_connections:
            self._note_refusal("no player" if player is None else "too many connections")
            return _Refusal()
        session = Session(
            self._core,
            player,
            access=self._access,
            instance=self._instance,
        )
        connection = Connection(
            session,
            protocol_version=PROTOCOL_VERSION,
            limits=self._limits,
            closed=self._forget,
        )
        self._connections[connection] = None
        self._instance.join(session)
        return connection

    def _note_refusal(self, reason: str) -> None:
        """Log a refusal, but not each of those who come again and again."""
        now = asyncio.get_running_loop().time()
        if now >= self._silent_until:
            self._silent_until = now + _SILENCE
            _LOGGER.warning("Refusing MPD clients: %s", reason)

    def _forget(self, connection: Connection) -> None:
        self._connections.pop(connection, None)
        self._instance.leave(connection.session)

    def _follow_players(self) -> None:
        """Listen to every player that there is, and to no other."""
        present = set(self._core.players.values())
        for player in self._players.keys() - present:
            self._players.pop(player)()
        for player in present - self._players.keys():
            self._players[player] = player.subscribe(self._listener(player))

    def _listener(self, player: Player) -> Callable[[frozenset[str]], None]:
        def listen(subsystems: frozenset[str]) -> None:
            self._instance.notify(self._instance.partition(player), *subsystems)

        return listen

    def _on_core_event(self, event: object) -> None:
        match event:
            case SyncStarted() | SyncEnded():
                self._instance.notify_all("update")
            case CatalogChanged():
                self._make_index()
                self._instance.notify_all("database")
                self._notice_mounts()
            case PlaylistsChanged(renewed=False):
                self._instance.notify_all("stored_playlist")
            case TrackRated() | StickersChanged():
                self._instance.notify_all("sticker")
            case SyncProgress() | StorageChanged() | PlaylistsChanged():
                pass
            case _:  # a player came or went
                self._follow_players()
                self._move_clients()
                self._instance.notify_all("partition")

    def _notice_mounts(self) -> None:
        """Tell of lockers that have come, gone or got another name."""
        mounts = self._core.library.catalog.directory("")
        if mounts != self._mounts:
            self._mounts = mounts
            self._instance.notify_all("mount")

    def _make_index(self) -> None:
        """Make the index of the present catalog ahead of the first command that needs it."""
        if self._indexing is None or self._indexing.done():
            self._indexing = asyncio.create_task(index_of(self._core.library), name="music locker MPD index")
            self._indexing.add_done_callback(_note_failure)

    def _move_clients(self) -> None:
        """Bring the clients of a player that has gone to the default one."""
        for connection in tuple(self._connections):
            session = connection.session
            player = self._core.players.get(session.player.id) or self._core.players.get(self._default_player)
            if player is None:
                connection.close()
            elif player is not session.player:
                session.player = player
                session.idle.add(OF_A_PARTITION)

    def _tell_soon(self) -> None:
        """Tell waiting clients once the present change is complete: several events make one answer."""
        self._to_tell.clear()
        if self._telling is None and any(each.session.idle.waiting for each in self._connections):
            self._telling = asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        """Tell who waits for it: the first alone, then twice as many in each turn, so that few wait for many."""
        if not self._to_tell:
            self._to_tell.extend(each for each in self._connections if each.session.idle.waiting)
            self._told_at_once = 1
        for _ in range(min(self._told_at_once, len(self._to_tell))):
            self._to_tell.popleft().tell()
        self._told_at_once *= 2
        self._telling = asyncio.get_running_loop().call_soon(self._tell) if self._to_tell else None


def _note_failure(task: asyncio.Task[object]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _LOGGER.error("MPD index failed", exc_info=error)


class _Refusal(asyncio.Protocol):
    """Close a connection that is one too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Close without a word, as MPD does."""
        transport.close()
