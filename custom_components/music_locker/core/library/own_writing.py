"""Writing the library's own playlists: all that changes while one transaction runs goes into the next one."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from .errors import LibraryError
from .own_playlists import OwnPlaylist, delete_own_playlist, write_own_playlist

_LOGGER = logging.getLogger(__name__)

type Changes = Mapping[str, OwnPlaylist | None]
"""Playlists by their ids, None for what is gone or was never there."""


class OwnPlaylistWriter:
    """Write playlists that are shown already; each change is told when it is in the file."""

    def __init__(self, write: Callable[..., Awaitable[Any]], take_back: Callable[[Changes], None]) -> None:
        """Write in transactions of ``write``; ``take_back`` shows what the file holds where that was not possible."""
        self._write = write
        self._take_back = take_back
        self._waiting: dict[str, OwnPlaylist | None] = {}
        self._held: dict[str, OwnPlaylist | None] = {}  # what the file has of those that wait
        self._written: asyncio.Future[None] | None = None  # when they are written
        self._task: asyncio.Task[None] | None = None

    def put(self, playlist_id: str, new: OwnPlaylist | None, old: OwnPlaylist | None) -> asyncio.Future[None]:
        """Write a playlist that was ``old`` so far; what is returned is done then, or has failed with LibraryError."""
        self._waiting[playlist_id] = new
        self._held.setdefault(playlist_id, old)
        if self._written is None:
            self._written = asyncio.get_running_loop().create_future()
            self._written.add_done_callback(_hear)
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="music locker playlists")
        return self._written

    async def close(self) -> None:
        """End when everything is written."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while self._written is not None:
            written, self._written = self._written, None
            changes, self._waiting = self._waiting, {}
            held = {each: self._held.pop(each) for each in changes}
            try:
                await self._write(_write_all, changes, held)
            except Exception as error:  # noqa: BLE001 - whoever waits is to hear of it
                self._not_written(held)
                written.set_exception(_library_error(error))
            else:
                written.set_result(None)
        self._task = None

    def _not_written(self, held: Changes) -> None:
        """Show what the file holds; what has changed again is written whole the next time."""
        self._held.update((each, held[each]) for each in held if each in self._waiting)
        self._take_back({each: before for each, before in held.items() if each not in self._waiting})


def _library_error(error: Exception) -> LibraryError:
    if isinstance(error, LibraryError):
        return error
    _LOGGER.error("Playlists could not be written", exc_info=error)
    return LibraryError("The playlist could not be written")


def _hear(written: asyncio.Future[None]) -> None:
    """Let a failure be known even when nobody waits for it any more."""
    if not written.cancelled():
        written.exception()


def _write_all(connection: sqlite3.Connection, changes: Changes, held: Changes) -> None:
    for playlist_id, new in changes.items():
        if new is not None:
            write_own_playlist(connection, new, held[playlist_id])
        elif held[playlist_id] is not None:
            delete_own_playlist(connection, playlist_id)
