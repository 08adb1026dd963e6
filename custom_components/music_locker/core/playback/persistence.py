"""Keep a player's queue and place, so that they outlive the process."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any, Protocol

import orjson

from ..library.errors import LibraryError, NewerVersionError
from ..models import Track, TrackKey
from ..pieces import in_pieces
from ..streams.mixing import Mixing, ReplayGain
from .programme import Mode, Modes
from .queue import QueueItem

_LOGGER = logging.getLogger(__name__)
_VERSION = 2
_READABLE = frozenset({1, _VERSION})  # before 2 items had no tags and were no part of a track
_PIECE = 500  # items that are encoded at once: others have their turn in between
_DELAY = 1.0  # seconds between a change and its writing, which takes the changes in between along
_WHILE_PLAYING = 10.0  # seconds between two notes of the place; what a crash may lose
_CLOSE_TIMEOUT = 10.0


class PlayerStore(Protocol):
    """Keep bytes by name; the library is one."""

    async def save_state(self, key: str, value: bytes) -> None:
        """Keep a value; raise LibraryError."""

    async def load_state(self, key: str) -> bytes | None:
        """Return a value, or None if there is none."""


@dataclass(frozen=True, slots=True)
class Saved:
    """Hold what is kept: ``paused`` tells that ``elapsed`` seconds of the current item had played."""

    items: Sequence[QueueItem]
    queue_version: int
    last_id: int
    current: int | None
    last_loaded_playlist: str
    paused: bool
    elapsed: float
    modes: Modes
    random: bool
    volume: int | None


def names_of(player_id: str) -> tuple[str, str]:
    """Return under which names a player's queue and its place are kept."""
    return f"player.{player_id}", f"player.{player_id}.place"


class Keeper:
    """Write a player down some time after it changed, and now and then while it plays."""

    def __init__(self, player_id: str, store: PlayerStore, snapshot: Callable[[], Saved]) -> None:
        """Ask ``snapshot`` for what is to be kept."""
        self._key, self._place_key = names_of(player_id)
        self._store = store
        self._snapshot = snapshot
        self._dirty = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self._written: tuple[int, int] | None = None
        self._written_place = b""

    def changed(self) -> None:
        """Note that there is something to keep; what an output still tells while its player closes, is not."""
        self._dirty.set()
        if self._task is None and not self._closed:
            self._task = asyncio.create_task(self._run(), name=f"music locker {self._key}")

    async def close(self) -> None:
        """Keep what has not been kept yet."""
        self._closed = True
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.wait([self._task], timeout=_CLOSE_TIMEOUT)
        self._task = None
        try:
            async with asyncio.timeout(_CLOSE_TIMEOUT):
                await self._write()
        except (LibraryError, TimeoutError) as error:
            _LOGGER.warning("%s: the queue could not be kept: %s", self._key, error or "it took too long")

    async def load(self, resolve: Callable[[TrackKey], Track | None]) -> Saved | None:
        """Return what was kept, without the tracks that the library knows no more; None if there is nothing to read.

        Raise NewerVersionError for what a newer version has kept, so that it is not written over.
        """
        kept, place = await self._store.load_state(self._key), await self._store.load_state(self._place_key)
        if kept is None:
            return None
        try:
            return await _decode(orjson.loads(kept), {} if place is None else orjson.loads(place), resolve)
        except (ValueError, KeyError, TypeError) as error:
            _LOGGER.warning("%s: what was kept cannot be read (%s); the queue begins empty", self._key, error)
            return None

    async def _run(self) -> None:
        told = False
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_WHILE_PLAYING):
                    await self._dirty.wait()
                await asyncio.sleep(_DELAY)
            self._dirty.clear()
            try:
                await self._write()
                told = False
            except LibraryError as error:  # for example a full disk: the next time may go well
                if not told:
                    _LOGGER.warning("%s: the queue cannot be kept now: %s", self._key, error)
                told = True

    async def _write(self) -> None:
        """Write the place, and the queue only if it is another one: it may be long."""
        saved = self._snapshot()
        written = (saved.queue_version, saved.last_id)
        if written != self._written:
            await self._store.save_state(self._key, await _encode_queue(saved))
            self._written = written
        place = _encode_place(saved)
        if place != self._written_place:
            await self._store.save_state(self._place_key, place)
            self._written_place = place


async def _encode_queue(saved: Saved) -> bytes:
    """Return what is kept of the items, made in pieces: a thread would hold everything else up for longer."""
    pieces = []
    for some in batched(saved.items, _PIECE, strict=False):
        pieces.append(orjson.dumps(list(map(_encode_item, some)))[1:-1])
        await asyncio.sleep(0)
    about = {"format": _VERSION, "version": saved.queue_version, "last_id": saved.last_id}
    return b'%s,"items":[%s]}' % (orjson.dumps(about)[:-1], b",".join(pieces))


def _encode_item(item: QueueItem) -> list[object]:
    track = item.track
    row: list[object] = [item.id, None, None, item.url, item.priority]
    if track is not None:
        row[1:3] = track.locker, track.id
    if item.tags or item.start or item.end is not None:
        row += item.tags, item.start, item.end
    return row


def _encode_place(saved: Saved) -> bytes:
    return orjson.dumps(
        {
            "format": _VERSION,
            "current": saved.current,
            "last_loaded_playlist": saved.last_loaded_playlist,
            "paused": saved.paused,
            "elapsed": round(saved.elapsed, 3),
            "random": saved.random,
            "volume": saved.volume,
            "repeat": saved.modes.repeat,
            "single": saved.modes.single.value,
            "consume": saved.modes.consume.value,
            "mixing": _encode_mixing(saved.modes.mixing),
        }
    )


async def _decode(kept: dict[str, Any], place: dict[str, Any], resolve: Callable[[TrackKey], Track | None]) -> Saved:
    for part in (kept, place or kept):
        if part["format"] > _VERSION:
            raise NewerVersionError("A queue was kept by a newer version of Music Locker: update this one")
        if part["format"] not in _READABLE:
            raise ValueError(f"its format is {part['format']}, and this version knows {_VERSION}")
    modes = Modes(
        repeat=bool(place.get("repeat")),
        single=Mode(place.get("single", Mode.OFF.value)),
        consume=Mode(place.get("consume", Mode.OFF.value)),
        mixing=_decode_mixing(place.get("mixing")),
    )
    items: list[QueueItem] = []
    async for rows in in_pieces(kept["items"]):
        items += [item for row in rows if (item := _decode_item(row, resolve)) is not None]
    return Saved(
        items=items,
        queue_version=int(kept["version"]),
        last_id=int(kept["last_id"]),
        current=place.get("current"),
        last_loaded_playlist=str(place.get("last_loaded_playlist", "")),
        paused=bool(place.get("paused")),
        elapsed=float(place.get("elapsed", 0.0)),
        modes=modes,
        random=bool(place.get("random")),
        volume=_volume(place.get("volume")),
    )


def _encode_mixing(mixing: Mixing) -> list[object]:
    """Return texts for what need not be finite: JSON has no word for that."""
    return [mixing.crossfade, repr(mixing.mixramp_db), repr(mixing.mixramp_delay), mixing.replay_gain.value]


def _decode_mixing(kept: Sequence[Any] | None) -> Mixing:
    """Return what was kept; raise TypeError, ValueError."""
    if kept is None:
        return Mixing()
    crossfade, mixramp_db, mixramp_delay, replay_gain = kept
    return Mixing(int(crossfade), float(mixramp_db), float(mixramp_delay), ReplayGain(replay_gain))


def _volume(kept: object) -> int | None:
    """Return the volume, 0 to 100, or None where none was kept; raise TypeError, ValueError."""
    return None if kept is None else min(max(int(str(kept)), 0), 100)


def _decode_item(row: Sequence[Any], resolve: Callable[[TrackKey], Track | None]) -> QueueItem | None:
    """Return an item, or None if its track is gone."""
    item_id, locker, track_id, url, priority, *more = row
    track = None if locker is None else resolve(TrackKey(locker, track_id))
    if locker is not None and track is None:
        return None
    tags, start, end = more or ((), 0.0, None)
    return QueueItem(item_id, track, url, priority, tuple((str(name), str(value)) for name, value in tags), start, end)
