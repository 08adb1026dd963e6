"""Reading a locker to its end, and what that changes."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import batched, chain

from ..errors import NotFound
from ..lockers.base import Adapter, Capability
from ..models import UNKNOWN_ARTIST, Album, MediaKind, Playlist, Track
from .contents import Listed, Reading
from .derived import albums_of, artists_of
from .naming import Former, name_tracks
from .rows import Item, Key, key_of
from .sharing import Sharing

_AT_ONCE = 100  # tracks, before others have their turn


async def read(adapter: Adapter, before: Listed, progress: Callable[[int], None]) -> Reading:
    """Read everything of a locker, and tell how many tracks there are so far; raise LockerError.

    A track that is as it was ``before`` is the very object that it was: many are held twice otherwise.
    """
    async with adapter.reading():
        return await _read(adapter, before, progress)


async def _read(adapter: Adapter, before: Listed, progress: Callable[[int], None]) -> Reading:
    reading = Reading()
    async for artist_page in adapter.artists():
        reading.artists |= {artist.id: artist for artist in artist_page}
    async for album_page in adapter.albums():
        reading.albums |= {album.id: album for album in album_page}
    tracks = reading.tracks
    sharing = Sharing()
    async for track_page in adapter.tracks():
        for some in batched(track_page, _AT_ONCE, strict=False):
            for track in some:
                told = _with_album_artist(track, reading.albums)
                tracks[track.id] = _known(told, before.tracks.get(track.id)) or sharing.track(told)
            await asyncio.sleep(0)
        progress(len(tracks))
    if Capability.PLAYLISTS in adapter.capabilities:
        for playlist in await adapter.playlists():
            with suppress(NotFound):  # it went while the locker was read
                reading.playlist_tracks[playlist.id] = tuple(await adapter.playlist_tracks(playlist.id))
                reading.playlists[playlist.id] = playlist
    await asyncio.to_thread(_complete, reading)
    return reading


def _complete(reading: Reading) -> None:
    """Put in the artists and albums that only tracks name."""
    reading.albums = {**albums_of(reading.tracks.values()), **reading.albums}
    for key, track in reading.tracks.items():
        reading.tracks[key] = _with_album_artist(track, reading.albums)
    reading.artists = {**artists_of(reading.tracks.values(), reading.albums.values()), **reading.artists}


def _with_album_artist(track: Track, albums: Mapping[str, Album]) -> Track:
    """Return a track that tells whose its album is: many a service says that of the album only."""
    album = None if track.album_artist or track.album_id is None else albums.get(track.album_id)
    if album is None or album.artist == UNKNOWN_ARTIST:
        return track
    return replace(track, album_artist=album.artist)


def _known(track: Track, before: Track | None) -> Track | None:
    """Return the track of before if it is no other, but for what the library has given it."""
    if before is not None and replace(track, locker=before.locker, uri=before.uri) == before:
        return before
    return None


def own(reading: Reading, locker: str, segment: str, before: Listed, former: Former) -> Listed:
    """Return what was read with its locker's id and with URIs; ``former`` holds the paths of tracks that went."""
    uris = name_tracks(reading, segment, before, former)
    for key, track in reading.tracks.items():
        reading.tracks[key] = _named(track, locker, uris[key])
    artists = ((key, replace(artist, locker=locker)) for key, artist in reading.artists.items())
    albums = ((key, replace(album, locker=locker)) for key, album in reading.albums.items())
    return Listed(
        artists={key: _same(artist, before.artists.get(key)) for key, artist in artists},
        albums={key: _same(album, before.albums.get(key)) for key, album in albums},
        tracks=reading.tracks,
        playlists={key: replace(playlist, locker=locker) for key, playlist in reading.playlists.items()},
        playlist_tracks=reading.playlist_tracks,
    )


def _same[T](item: T, before: T | None) -> T:
    return before if before is not None and before == item else item


def _named(track: Track, locker: str, uri: str) -> Track:
    return track if track.uri == uri and track.locker == locker else replace(track, locker=locker, uri=uri)


@dataclass(frozen=True, slots=True)
class Difference:
    """Hold what has to be written: the items to put, of which ``added`` are new, and the keys to delete.

    ``left`` are the tracks of before that are not at their path any more; ``rated`` tells that tracks have other
    ratings. ``kinds`` are those of all items that are others than before.
    """

    put: Sequence[Item]
    added: int
    deleted: Sequence[Key]
    left: Sequence[Track]
    rated: bool
    kinds: set[MediaKind]

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to write."""
        return not self.put and not self.deleted


def compare(before: Listed, after: Listed) -> Difference:
    """Return what changed between two readings."""
    put: list[Item] = []
    deleted: list[Key] = []
    added = 0
    for old, new in zip(_groups(before), _groups(after), strict=True):
        changed = [item for item_id, item in new.items() if old.get(item_id) != item]
        put += changed
        added += sum(item.id not in old for item in changed)
        deleted += [key_of(item) for item_id, item in old.items() if item_id not in new]
    others = {item.id for item in put if isinstance(item, Playlist)}
    put += [
        playlist
        for playlist_id, playlist in after.playlists.items()
        if playlist_id not in others and before.playlist_tracks[playlist_id] != after.playlist_tracks[playlist_id]
    ]
    left = [
        track
        for track_id, track in before.tracks.items()
        if track_id not in after.tracks or after.tracks[track_id].uri != track.uri
    ]
    rated = any(isinstance(item, Track) and item.rating != _rating(before, item.id) for item in put)
    kinds = {kind for kind, _ in chain(map(key_of, put), deleted)}
    return Difference(put, added, deleted, left, rated, kinds)


def _rating(listed: Listed, track_id: str) -> int | None:
    track = listed.tracks.get(track_id)
    return None if track is None else track.rating


def _groups(listed: Listed) -> Sequence[Mapping[str, Item]]:
    return listed.artists, listed.albums, listed.tracks, listed.playlists
