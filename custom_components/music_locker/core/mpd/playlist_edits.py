"""Editing stored playlists: where each lives, and what may be put into it."""

import asyncio
from collections.abc import Sequence
from typing import cast

from ..library import LIBRARY, PlaylistEntry
from ..lockers.base import Capability
from ..models import PlaylistKind, Track
from .errors import AckCode, AckError
from .playlists import Song, StoredPlaylist, check_name, find_playlist, stored_playlists
from .session import Session

MAX_PLAYLIST_LENGTH = 16 * 1024
"""How many songs a playlist takes: MPD's ``max_playlist_length``, when nobody has set another."""


_MANY = 1000  # songs

type Item = PlaylistEntry | str
"""What a playlist is kept as: entries of the library's own, track ids at a service."""


class Slots:
    """Hold what a playlist is kept as; ``shown`` are the places of what clients see of it, and count, None for all."""

    def __init__(self, items: Sequence[Item], shown: Sequence[int] | None = None) -> None:
        """Begin with what there is."""
        self.items = list(items)
        self._shown = None if shown is None or len(shown) == len(items) else list(shown)

    def __len__(self) -> int:
        return len(self.items if self._shown is None else self._shown)

    def insert(self, position: int, new: Sequence[Item]) -> None:
        """Put items at a position."""
        if self._shown is None:
            self.items[position:position] = new
            return
        place, count = self._shown[position] if position < len(self._shown) else len(self.items), len(new)
        self.items[place:place] = new
        self._shown[position:] = [*range(place, place + count), *(each + count for each in self._shown[position:])]

    def take(self, start: int, stop: int) -> list[Item]:
        """Take out the positions from ``start`` to before ``stop``, and return what was there."""
        if self._shown is None:
            taken = self.items[start:stop]
            del self.items[start:stop]
            return taken
        taken = [self.items[place] for place in self._shown[start:stop]]
        gone = set(self._shown[start:stop])
        kept = [place for place in range(len(self.items)) if place not in gone]
        number = {place: index for index, place in enumerate(kept)}
        self.items = [self.items[place] for place in kept]
        self._shown = [number[place] for place in self._shown if place not in gone]
        return taken


async def check_position(session: Session, name: str, position: int) -> None:
    """Raise AckError if songs cannot be put there; a playlist that is not there is an empty one."""
    stored = (await stored_playlists(session.core.library)).get(check_name(name))
    if position > (0 if stored is None else len(_slots(session, stored))):
        raise AckError(AckCode.ARG, "Bad position")


async def add_songs(session: Session, name: str, songs: Sequence[Song], position: int | None = None) -> None:
    """Put songs into a playlist, at its end or at a position, and make it if there is none; raise AckError."""
    stored = (await stored_playlists(session.core.library)).get(check_name(name))
    if position is not None:
        await check_position(session, name, position)
    if stored is None:
        await create(session, name, songs)
        return
    slots = _slots(session, stored)
    items = await _items(session, stored, songs)
    slots.insert(len(slots) if position is None else position, items)
    await _put(session, stored, slots)


async def create(session: Session, name: str, songs: Sequence[Song]) -> None:
    """Make a playlist: at a service that lets playlists be edited and has all of its songs, else in the library."""
    _check_length(len(songs))
    core = session.core
    lockers = {song.locker if isinstance(song, Track) else LIBRARY for song in songs}
    home = lockers.pop() if len(lockers) == 1 else LIBRARY
    if core.outbox.can(home, Capability.PLAYLIST_EDIT):
        await core.outbox.create_playlist(home, name, [song.id for song in songs if isinstance(song, Track)])
    else:
        session.keeping.append(core.library.edit_playlist(name, await _entries(songs))[1])


async def replace_songs(session: Session, name: str, songs: Sequence[Song]) -> None:
    """Put other songs into a playlist; raise AckError."""
    stored = await _find_editable(session, name)
    slots = Slots(await _items(session, stored, songs))
    await _put(session, stored, slots)


async def delete_songs(session: Session, name: str, start: int, stop: int | None) -> None:
    """Take a range of songs out of a playlist; raise AckError."""
    stored = await _find_editable(session, name)
    slots = _slots(session, stored)
    if start > len(slots):
        raise AckError(AckCode.ARG, "Bad song index")
    slots.take(start, len(slots) if stop is None else stop)
    await _put(session, stored, slots)


async def move_songs(session: Session, name: str, start: int, stop: int, to: int) -> None:
    """Move a range of songs of a playlist so that the first is at ``to``; raise AckError."""
    stored = await _find_editable(session, name)
    slots = _slots(session, stored)
    if stop > len(slots) or to + stop - start > len(slots):
        raise AckError(AckCode.ARG, "Bad range")
    slots.insert(to, slots.take(start, stop))
    await _put(session, stored, slots)


async def rename(session: Session, name: str, new_name: str) -> None:
    """Give a playlist another name; raise AckError."""
    if new_name in await stored_playlists(session.core.library):
        raise AckError(AckCode.EXIST, "Playlist exists already")
    stored = await find_playlist(session.core.library, check_name(name))
    _check_editable(session, stored)
    if stored.own:
        entries = _own_entries(session, stored)
        session.keeping.append(session.core.library.edit_playlist(new_name, entries, stored.playlist.id)[1])
    else:
        await session.core.outbox.change_playlist(stored.playlist, title=new_name)


async def remove(session: Session, name: str) -> None:
    """Delete a playlist of the library; raise AckError, also for those of services, which let no program do that."""
    stored = await find_playlist(session.core.library, check_name(name))
    if not stored.own:
        where = session.core.library.catalog.locker_title(stored.playlist.locker)
        raise AckError(AckCode.PERMISSION, f'"{name}" is kept by {where}, which lets no program delete playlists')
    session.keeping.append(session.core.library.remove_playlist(stored.playlist.id))


async def _find_editable(session: Session, name: str) -> StoredPlaylist:
    stored = await find_playlist(session.core.library, check_name(name))
    _check_editable(session, stored)
    return stored


def _check_editable(session: Session, stored: StoredPlaylist) -> None:
    """Raise AckError for a playlist that its service does not let us change, with the reason."""
    if stored.own:
        return
    playlist = stored.playlist
    where = session.core.library.catalog.locker_title(playlist.locker)
    if playlist.owner is not None or playlist.kind is PlaylistKind.FRIEND:
        reason = f"belongs to {playlist.owner or playlist.title}"
    elif playlist.kind in {PlaylistKind.DYNAMIC, PlaylistKind.RECOMMENDED}:
        reason = f"is made by {where} itself"
    elif playlist.editable and playlist.locker not in session.core.locker_ids:
        reason = f"is kept by {where}, which is not open"
    elif not playlist.editable or not session.core.outbox.can(playlist.locker, Capability.PLAYLIST_EDIT):
        reason = f"is kept by {where}, which lets no program change it"
    else:
        return
    raise AckError(AckCode.PERMISSION, f'"{stored.name}" {reason}')


def _own_entries(session: Session, stored: StoredPlaylist) -> Sequence[PlaylistEntry]:
    return session.core.library.catalog.own_playlists[stored.playlist.id][1]


def _slots(session: Session, stored: StoredPlaylist) -> Slots:
    """Return what a playlist is kept as; ids of tracks that a locker has no more are not shown, and stay."""
    _check_editable(session, stored)
    if stored.own:
        return Slots(_own_entries(session, stored))
    listed = session.core.library.catalog.contents[stored.playlist.locker].listed
    ids = listed.playlist_tracks[stored.playlist.id]
    return Slots(ids, [place for place, track_id in enumerate(ids) if track_id in listed.tracks])


async def _items(session: Session, stored: StoredPlaylist, songs: Sequence[Song]) -> list[Item]:
    """Return songs as a playlist keeps them; raise AckError for what its service has not got."""
    if stored.own:
        return list(await _entries(songs))
    ids = [song.id for song in songs if isinstance(song, Track) and song.locker == stored.playlist.locker]
    if len(ids) == len(songs):
        return list(ids)
    where = session.core.library.catalog.locker_title(stored.playlist.locker)
    raise AckError(
        AckCode.ARG,
        f'"{stored.name}" is kept by {where}, which cannot hold songs from elsewhere: take a playlist of another name',
    )


async def _entries(songs: Sequence[Song]) -> Sequence[PlaylistEntry]:
    """Return songs as the library keeps them; many are made in a thread."""
    if len(songs) < _MANY:
        return [_entry(song) for song in songs]
    return await asyncio.to_thread(lambda: [_entry(song) for song in songs])


def _entry(song: Song) -> PlaylistEntry:
    return PlaylistEntry(song.uri, song.key) if isinstance(song, Track) else song


async def _put(session: Session, stored: StoredPlaylist, slots: Slots) -> None:
    _check_length(len(slots))
    items = slots.items
    if stored.own:
        entries = cast("Sequence[PlaylistEntry]", items)
        title = stored.playlist.title
        session.keeping.append(session.core.library.edit_playlist(title, entries, stored.playlist.id)[1])
    else:
        ids = [item for item in items if isinstance(item, str)]
        await session.core.outbox.change_playlist(stored.playlist, track_ids=ids)


def _check_length(count: int) -> None:
    if count > MAX_PLAYLIST_LENGTH:
        raise AckError(AckCode.PLAYLIST_MAX, "Stored playlist is too large")
