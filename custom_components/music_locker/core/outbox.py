"""The outbox: changes that are made in the library at once, and that a service has yet to be told.

What is told is the difference between an item as it is here and as the service has it, so that many edits become one,
and that nothing is doubled where nobody knows whether the service has heard of it.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from .errors import (
    AuthenticationError,
    LockerConnectionError,
    LockerError,
    NotFound,
    RateLimited,
    ServiceError,
    SessionExpired,
    Unavailable,
    on_one_line,
)
from .library import Library, LibraryEvent, PlaylistEntry, SyncEnded
from .library import edits as make
from .library.edits import Told, Untold
from .library.errors import LibraryError
from .lockers.base import Adapter, Capability
from .models import MediaKind, Playlist, Track, TrackKey

_LOGGER = logging.getLogger(__name__)
_FIRST_DELAY, _LONGEST_DELAY = 1.0, 300.0  # seconds
_FAULTS = 12  # tries of what a service fails at, over some 20 minutes
_CLOSE_TIMEOUT = 10.0  # seconds


class Outbox:
    """Change ratings and playlists of lockers here, and tell their services in the background."""

    def __init__(self, library: Library) -> None:
        """Keep what is changed in ``library``."""
        self._library = library
        self._tellers: dict[str, _Teller] = {}

    def open(self, locker_id: str, adapter: Adapter) -> None:
        """Begin to tell a locker's service, and first what it has not been told before."""
        self._tellers[locker_id] = _Teller(self._library, locker_id, adapter)

    async def close(self, locker_id: str) -> None:
        """End telling a locker's service; what it has not been told is kept."""
        if (teller := self._tellers.pop(locker_id, None)) is not None:
            await teller.close()

    def can(self, locker_id: str, capability: Capability) -> bool:
        """Tell whether a locker is open and its service can do this."""
        teller = self._tellers.get(locker_id)
        return teller is not None and capability in teller.adapter.capabilities

    async def told(self, locker_id: str) -> None:
        """Wait until an open locker's service was told everything, or has refused it."""
        await self._tellers[locker_id].idle.wait()

    # Changes

    async def rate(self, key: TrackKey, rating: int) -> None:
        """Rate a track 0 (not rated) to 10; raise Unavailable where its locker cannot, NotFound, LibraryError."""
        teller = self._teller(key.locker, Capability.RATE, "has no ratings")
        if not 0 <= rating <= 10:  # noqa: PLR2004 - Track.rating
            raise ValueError(rating)
        if self._library.catalog.track(key) is None:
            raise NotFound("The locker has no such track")
        await self._library.edit(key.locker, make.rated, key.id, rating)
        teller.wake()

    async def create_playlist(self, locker_id: str, title: str, track_ids: Sequence[str] = ()) -> str:
        """Make a playlist in a locker and return its id, which is another one once the service has made it.

        Raise Unavailable where the locker cannot, LibraryError.
        """
        teller = self._editor(locker_id)
        playlist_id = make.new_id()
        await self._library.edit(locker_id, make.new_playlist, playlist_id, title, track_ids)
        teller.wake()
        return playlist_id

    async def change_playlist(
        self, playlist: Playlist, *, title: str | None = None, track_ids: Sequence[str] | None = None
    ) -> None:
        """Give a playlist another title or other tracks.

        Raise Unavailable where it cannot be changed, NotFound where it is gone, LibraryError.
        """
        teller = self._editor(playlist.locker)
        if not playlist.editable:
            raise Unavailable("This playlist cannot be changed")
        for playlist_id in (playlist.id, teller.made.get(playlist.id)):  # it may just have been made
            if playlist_id is not None:
                with suppress(KeyError):
                    await self._library.edit(playlist.locker, make.changed_playlist, playlist_id, title, track_ids)
                    teller.wake()
                    return
        raise NotFound("The locker has no such playlist")

    def _editor(self, locker_id: str) -> _Teller:
        return self._teller(locker_id, Capability.PLAYLIST_EDIT, "does not let playlists be changed")

    def _teller(self, locker_id: str, capability: Capability, otherwise: str) -> _Teller:
        try:
            teller = self._tellers[locker_id]
        except KeyError:
            raise Unavailable("The locker is not open") from None
        if capability not in teller.adapter.capabilities:
            raise Unavailable(f"{teller.adapter.info.title} {otherwise}")
        return teller


class _Teller:
    """Tell one service what it has yet to be told, one thing after the other."""

    def __init__(self, library: Library, locker_id: str, adapter: Adapter) -> None:
        self.adapter = adapter
        self.idle = asyncio.Event()
        self.made: dict[str, str] = {}  # the ids of playlists that the service has made, by those that they had before
        self._library = library
        self._locker = locker_id
        self._work = asyncio.Event()
        self._reached = asyncio.Event()
        self._faults = 0
        self._delay = _FIRST_DELAY
        self._unsubscribe = library.subscribe(self._library_told)
        self._task = asyncio.create_task(self._run(), name=f"music locker outbox {locker_id}")

    def wake(self) -> None:
        """Look again for what there is to tell."""
        self.idle.clear()
        self._work.set()

    async def close(self) -> None:
        self._unsubscribe()
        self._task.cancel()
        await asyncio.wait([self._task], timeout=_CLOSE_TIMEOUT)
        self.idle.set()

    def _library_told(self, event: LibraryEvent) -> None:
        if isinstance(event, SyncEnded) and event.locker == self._locker and event.result is not None:
            self._reached.set()

    async def _run(self) -> None:
        while True:
            self._work.clear()
            while untold := next(iter(self._library.untold(self._locker).values()), None):
                self.idle.clear()
                try:
                    await self._try(untold)
                except LibraryError as error:
                    _LOGGER.debug("What a service was told could not be noted: %s", error)
                    await self._wait(None)
                except Exception:  # the changes of a locker are not to wait for a restart
                    _LOGGER.exception("What %s has yet to be told is tried again", self._locker)
                    await self._wait(None)
            if not self._work.is_set():
                self.idle.set()
            await self._work.wait()

    async def _try(self, untold: Untold) -> None:
        """Tell one thing, or wait until it can be tried again."""
        self._reached.clear()
        try:
            await self._tell(untold)
        except LibraryError:
            raise
        except AuthenticationError:
            await self._reached.wait()  # each refused log-in would count as one more
        except ServiceError as error:
            self._faults += 1
            if self._faults < _FAULTS:
                await self._wait(None)
            else:
                await self._drop(untold, error)
        except LockerConnectionError, SessionExpired:
            await self._wait(None)
        except RateLimited as error:
            await self._wait(error.retry_after)
        except LockerError as error:
            await self._drop(untold, error)
        else:
            self._faults, self._delay = 0, _FIRST_DELAY

    async def _wait(self, seconds: float | None) -> None:
        """Wait longer each time, and at least so long; a sync that reaches the service ends it."""
        delay = max(self._delay, seconds or 0.0)
        self._delay = min(2 * self._delay, _LONGEST_DELAY)
        with suppress(TimeoutError):
            async with asyncio.timeout(delay):
                await self._reached.wait()

    async def _drop(self, untold: Untold, error: LockerError) -> None:
        """Take a change back that the service refuses; a playlist that it does not make is the library's own then."""
        contents = self._library.catalog.contents[self._locker]
        became = "is again what it was"
        if untold.kind is MediaKind.TRACK:
            track = contents.listed.tracks.get(untold.id)
            what = f"the rating of {untold.id if track is None else track.title}"
        else:
            playlist = contents.listed.playlists.get(untold.id)
            what = f"the playlist {untold.id if playlist is None else playlist.title}"
            if untold.told is None and playlist is not None:
                await self._keep(playlist, contents.iter_playlist(untold.id))
                became = "is kept here alone"
        _LOGGER.warning("%s has refused %s, which %s: %s", contents.title, on_one_line(what), became, error)
        self._faults, self._delay = 0, _FIRST_DELAY
        await self._library.edit(self._locker, make.dropped, untold.key)

    async def _keep(self, playlist: Playlist, tracks: Iterable[Track]) -> None:
        """Keep a playlist in the library, unless that was done before the program ended."""
        entries = [PlaylistEntry(track.uri, track.key) for track in tracks]
        own = self._library.catalog.own_playlists.values()
        if not any(each.title == playlist.title and list(held) == entries for each, held in own):
            await self._library.put_playlist(playlist.title, entries)

    async def _tell(self, untold: Untold) -> None:
        """Tell one difference, or a part of it; raise LockerError."""
        wanted = make.present(self._library.catalog.contents[self._locker].listed, untold.key)
        if wanted is None or wanted == untold.told:
            await self._library.edit(self._locker, make.settled, untold.key)
        elif untold.kind is MediaKind.TRACK:
            await self.adapter.rate(untold.id, wanted.rating or 0)
            await self._library.edit(self._locker, make.told, untold.key, wanted)
        elif untold.told is None:
            await self._make_playlist(untold, wanted.title)
        elif wanted.title != untold.told.title:
            await self.adapter.rename_playlist(untold.id, wanted.title)
            await self._library.edit(self._locker, make.told, untold.key, replace(untold.told, title=wanted.title))
        else:
            await self._fill_playlist(untold, untold.told, wanted)

    async def _make_playlist(self, untold: Untold, title: str) -> None:
        """Have the service make a playlist, or find the one that it has made when its answer was lost."""
        new_id = None
        if untold.tried:
            known = self._library.catalog.contents[self._locker].listed.playlists
            found = [each.id for each in await self.adapter.playlists() if each.editable and each.title == title]
            new_id = next((each for each in found if each not in known), None)
        else:
            await self._library.edit(self._locker, make.tried, untold.key)
        if new_id is None:
            new_id = await self.adapter.create_playlist(title)
        self.made[untold.id] = new_id
        await self._library.edit(self._locker, make.made, untold.id, new_id, title)

    async def _fill_playlist(self, untold: Untold, told: Told, wanted: Told) -> None:
        """Add what is new behind the rest, or write all anew."""
        if untold.tried:
            told = replace(told, tracks=tuple(await self.adapter.playlist_tracks(untold.id)))
        else:
            await self._library.edit(self._locker, make.tried, untold.key)
        count = len(told.tracks)
        if wanted.tracks[:count] != told.tracks:
            await self.adapter.replace_playlist(untold.id, wanted.tracks)
        elif len(wanted.tracks) > count:
            await self.adapter.add_to_playlist(untold.id, wanted.tracks[count:])
        await self._library.edit(self._locker, make.told, untold.key, wanted)
