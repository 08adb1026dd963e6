"""Core: the one object per process that holds the library, the streams, the lockers and the players."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from .errors import LockerConnectionError, LockerError
from .library import CatalogChanged, Library, LibraryEvent, SyncEnded, SyncResult
from .library.errors import LibraryError, library_error
from .lockers.base import Adapter, Capability
from .models import Track, TrackKey
from .open_locker import Job, OpenLocker
from .outbox import Outbox
from .partitions import Partitions
from .playback.live_output import LiveOutput
from .playback.output import Output
from .playback.outputs import Outputs
from .playback.player import Player
from .players import Players
from .streams import Streams
from .waiting import outcome

_LOGGER = logging.getLogger(__name__)
_KEY_BYTES = 32
_CACHE_LIMIT = 1 << 30  # bytes of cached tracks
_ARTWORK_AT_ONCE = 2
_CLOSE_TIMEOUT = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class PlayersChanged:
    """Tell that a player was added or removed."""


type CoreEvent = LibraryEvent | PlayersChanged


class UnknownLocker(LookupError):  # noqa: N818 - says what it is
    """No locker of this id is open."""


class Core:
    """Hold the parts together and own their tasks. Faces call it; it tells them by listeners only."""

    def __init__(self, library: Library, streams: Streams) -> None:
        """Use :meth:`open`."""
        self.library = library
        self.streams = streams
        self.outbox = library.stickers.ratings = Outbox(library)
        self._players = Players(
            library, streams, changed=lambda: self._tell(PlayersChanged()), played=self._report_play
        )
        self.partitions = Partitions(library, self._players)
        self._lockers: dict[str, OpenLocker] = {}
        self._listeners: list[Callable[[CoreEvent], None]] = []
        self._last_job = 0
        self._closed = False
        self._unsubscribe = library.subscribe(self._library_told)

    @classmethod
    async def open(cls, directory: Path, *, cache_limit: int = _CACHE_LIMIT) -> Self:
        """Open or make what is kept in ``directory``: index, cache, installation key; raise LibraryError."""
        try:
            key = await asyncio.to_thread(_installation_key, directory)
        except OSError as error:
            raise library_error(f"The folder {directory.name} cannot be used", error) from error
        library = await Library.open(directory / "library.db")
        lockers: dict[str, OpenLocker] = {}

        def adapter(locker_id: str) -> Adapter | None:
            found = lockers.get(locker_id)
            return None if found is None else found.adapter

        def track(track_key: TrackKey) -> Track | None:
            return library.catalog.track(track_key)

        streams = Streams(cache_dir=directory / "cache", cache_limit=cache_limit, key=key, adapter=adapter, track=track)
        try:
            await streams.open()
        except OSError as error:
            await library.close()
            raise library_error("The cache cannot be opened", error) from error
        except BaseException:
            await library.close()
            raise
        core = cls(library, streams)
        core._lockers = lockers
        try:
            await core._players.load()
            await core.partitions.load()
        except BaseException:
            await core.close()
            raise
        return core

    async def close(self) -> None:
        """End every task, keep every queue, close the index; once is enough."""
        if self._closed:
            return
        self._closed = True
        for locker_id in list(self._lockers):
            await self.close_locker(locker_id)
        await self._players.close()
        await self.streams.close()
        self._unsubscribe()
        await self.library.close()

    def subscribe(self, listener: Callable[[CoreEvent], None]) -> Callable[[], None]:
        """Call ``listener`` with every event, in the event loop; the answer ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _library_told(self, event: LibraryEvent) -> None:
        if isinstance(event, CatalogChanged):
            for player in self.players.values():
                player.library_changed()
        if isinstance(event, SyncEnded) and (event.result or event.error) and event.locker in self._lockers:
            locker = self._lockers[event.locker]
            if not isinstance(event.error, LibraryError):  # which tells nothing of the service
                locker.reachable = not isinstance(event.error, LockerConnectionError)
            locker.note(self.library.catalog.contents[event.locker].title, event.error)
        self._tell(event)

    def _tell(self, event: CoreEvent) -> None:
        for listener in tuple(self._listeners):
            listener(event)

    # Lockers

    @property
    def locker_ids(self) -> Iterable[str]:
        """Return the lockers that are open now (the library may know more)."""
        return self._lockers.keys()

    def adapter(self, locker_id: str) -> Adapter:
        """Return the adapter of an open locker; raise UnknownLocker."""
        return self._open_locker(locker_id).adapter

    def _open_locker(self, locker_id: str) -> OpenLocker:
        try:
            return self._lockers[locker_id]
        except KeyError:
            raise UnknownLocker(locker_id) from None

    def service(self, locker_id: str) -> str | None:
        """Return the service of an open locker, None where it is not open."""
        locker = self._lockers.get(locker_id)
        return None if locker is None else locker.adapter.info.service

    def reachable(self, locker_id: str) -> bool | None:
        """Tell whether the last sync of an open locker reached its service; None before the first, and unopened."""
        locker = self._lockers.get(locker_id)
        return None if locker is None else locker.reachable

    async def add_locker(
        self, locker_id: str, title: str, adapter: Adapter, *, sync_interval: float | None = None
    ) -> None:
        """Open a locker; with ``sync_interval`` seconds it is read now and again after each interval."""
        await self.library.add_locker(locker_id, title)
        locker = OpenLocker(adapter)
        self._lockers[locker_id] = locker
        self.outbox.open(locker_id, adapter)
        if sync_interval is not None:
            locker.periodic = asyncio.create_task(
                self._sync_for_ever(locker_id, sync_interval), name=f"music locker sync {locker_id}"
            )

    async def close_locker(self, locker_id: str) -> None:
        """End what runs for a locker; the index keeps it."""
        locker = self._open_locker(locker_id)
        await _end(locker.periodic, locker.sync, locker.artwork, *locker.reports)
        await self.outbox.close(locker_id)
        del self._lockers[locker_id]
        await locker.adapter.close()

    async def remove_locker(self, locker_id: str) -> None:
        """Forget a locker: close it if it is open, and drop it from the index."""
        if locker_id in self._lockers:
            await self.close_locker(locker_id)
        await self.library.remove_locker(locker_id)

    async def sync(self, locker_id: str, *, force: bool = False, again: bool = False) -> SyncResult:
        """Bring the index up to date with a locker, or join the sync that runs; raise LockerError, UnknownLocker."""
        self.start_sync([locker_id], force=force, again=again)
        task = self._open_locker(locker_id).sync
        assert task is not None  # noqa: S101 - start_sync has just made it
        return await outcome(task)

    def start_sync(self, locker_ids: Iterable[str] | None = None, *, force: bool = False, again: bool = False) -> int:
        """Start to sync these lockers (all if None) without waiting, and return MPD's job number, at least 1.

        With ``again`` a sync that runs begins once more after its end: what it has read already may have changed.
        """
        self._last_job += 1
        for locker_id in list(self._lockers if locker_ids is None else locker_ids):
            locker = self._open_locker(locker_id)
            if locker.sync is None or locker.sync.done():
                locker.job = Job(self._last_job, force)
                locker.sync = asyncio.create_task(
                    self._sync(locker_id, locker, locker.job), name=f"music locker sync {locker_id}"
                )
                locker.sync.add_done_callback(_take_failure)
            elif again:
                forced = force or (locker.next_job is not None and locker.next_job.force)
                locker.next_job = Job(self._last_job, forced)
        return self._last_job

    @property
    def update_job(self) -> int | None:
        """Return the job number of the oldest sync that runs, or None."""
        return min((locker.job.number for locker in self._lockers.values() if locker.job is not None), default=None)

    async def _sync(self, locker_id: str, locker: OpenLocker, job: Job) -> SyncResult:
        try:
            result = await self._read(locker_id, locker, job)
        finally:
            locker.job = None
        if Capability.ARTWORK in locker.adapter.capabilities and (locker.artwork is None or locker.artwork.done()):
            locker.artwork = asyncio.create_task(
                self._fetch_artwork(locker_id), name=f"music locker artwork {locker_id}"
            )
        return result

    async def _read(self, locker_id: str, locker: OpenLocker, job: Job) -> SyncResult:
        while True:
            locker.job, locker.next_job = job, None
            try:
                result = await self.library.sync(locker_id, locker.adapter, force=job.force)
            except LockerError:
                if locker.next_job is None:
                    raise
            else:
                if locker.next_job is None:
                    return result
            job = locker.next_job

    async def _sync_for_ever(self, locker_id: str, interval: float) -> None:
        while True:
            with contextlib.suppress(LockerError):  # told by the library's event
                await self.sync(locker_id)
            await asyncio.sleep(interval)

    async def _fetch_artwork(self, locker_id: str) -> None:
        """Fill the cache with covers, so that no MPD command has to wait for a service."""
        catalog = self.library.catalog
        named = {album.artwork for album in catalog.albums(locker_id)}
        named |= {track.artwork for track in catalog.tracks if track.locker == locker_id}
        wanted = iter(sorted(artwork for artwork in named if artwork is not None))

        async def fetch() -> None:
            for artwork_id in wanted:
                with contextlib.suppress(LockerError):  # a cover less
                    await self.streams.prefetch_artwork(locker_id, artwork_id)

        async with asyncio.TaskGroup() as group:
            for _ in range(_ARTWORK_AT_ONCE):
                group.create_task(fetch())

    # Players

    async def add_player(self, player_id: str, name: str, output: Output | None = None) -> Player:
        """Add a player with the queue that it had; without an output it plays to its live stream.

        Raise LibraryError where the queue that it had cannot be read, NewerVersionError among them.
        """
        await self.partitions.release(player_id)
        return await self._players.add(player_id, name, output)

    async def remove_player(self, player_id: str) -> None:
        """Stop a player and close its outputs; its queue is kept for when it comes back."""
        await self._players.remove(player_id)

    async def forget_player(self, player_id: str) -> None:
        """Drop the queue that was kept for a player that is removed."""
        await self._players.forget(player_id)

    @property
    def players(self) -> dict[str, Player]:
        """Return the players that there are, by their ids."""
        return self._players.present

    @property
    def outputs(self) -> Outputs:
        """Return the outputs of the players, and which belongs to whom."""
        return self._players.outputs

    def live_output(self, player_id: str) -> LiveOutput | None:
        """Return the live stream of a player, or None where there is no such player."""
        return self._players.live_output(player_id)

    def _report_play(self, track: Track, seconds: float) -> None:
        if (locker := self._lockers.get(track.locker)) is not None:
            locker.report_play(track, seconds)


def _installation_key(directory: Path) -> bytes:
    """Read the key that stream tokens are made with, or make it; one that was cut short is made anew."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "stream.key"
    if path.exists():
        with path.open("rb") as file:
            key = file.read(_KEY_BYTES + 1)
        if len(key) == _KEY_BYTES:
            return key
    key = secrets.token_bytes(_KEY_BYTES)
    path.touch(mode=0o600, exist_ok=True)
    path.write_bytes(key)
    return key


def _take_failure(task: asyncio.Task[SyncResult]) -> None:
    """Take what nobody waits for: the library's event has told it."""
    if not task.cancelled():
        task.exception()


async def _end(*tasks: asyncio.Task[object] | asyncio.Task[None] | asyncio.Task[SyncResult] | None) -> None:
    running = [task for task in tasks if task is not None and not task.done()]
    for task in running:
        task.cancel()
    if running:
        await asyncio.wait(running, timeout=_CLOSE_TIMEOUT)
