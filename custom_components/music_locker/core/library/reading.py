"""Reading a locker to its end, and what that changes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain

from ..errors import NotFound
from ..lockers.base import Adapter, Capability
from ..models import UNKNOWN_ARTIST, Album, Artist, MediaKind, Playlist, Track
from .contents import Listed
from .derived import albums_of, artists_of
from .naming import Former, name_tracks
from .rows import Item, Key, key_of


async def read(adapter: Adapter, progress: Callable[[int], None]) -> Listed:
    """Read everything of a locker, and tell how many tracks there are so far; raise LockerError."""
    async with adapter.reading():
        return await _read(adapter, progress)


async def _read(adapter: Adapter, progress: Callable[[int], None]) -> Listed:
    artists: dict[str, Artist] = {}
    async for artist_page in adapter.artists():
        artists |= {artist.id: artist for artist in artist_page}
    albums: dict[str, Album] = {}
    async for album_page in adapter.albums():
        albums |= {album.id: album for album in album_page}
    tracks: dict[str, Track] = {}
    async for track_page in adapter.tracks():
        tracks |= {track.id: track for track in track_page}
        progress(len(tracks))
    playlists: dict[str, Playlist] = {}
    playlist_tracks: dict[str, Sequence[str]] = {}
    if Capability.PLAYLISTS in adapter.capabilities:
        for playlist in await adapter.playlists():
            with suppress(NotFound):  # it went while the locker was read
                playlist_tracks[playlist.id] = tuple(await adapter.playlist_tracks(playlist.id))
                playlists[playlist.id] = playlist
    albums = albums_of(tracks.values()) | albums
    tracks = {track.id: _with_album_artist(track, albums) for track in tracks.values()}
    return Listed(artists_of(tracks.values(), albums.values()) | artists, albums, tracks, playlists, playlist_tracks)


def _with_album_artist(track: Track, albums: Mapping[str, Album]) -> Track:
    """Return a track that tells whose its album is: many a service says that of the album only."""
    album = None if track.album_artist or track.album_id is None else albums.get(track.album_id)
    if album is None or album.artist == UNKNOWN_ARTIST:
        return track
    return replace(track, album_artist=album.artist)


def own(listed: Listed, locker: str, segment: str, before: Listed, former: Former) -> Listed:
    """Return what was read with its locker's id and with URIs; ``former`` holds the paths of tracks that went."""
    uris = name_tracks(listed, segment, before, former)
    return Listed(
        artists={key: replace(artist, locker=locker) for key, artist in listed.artists.items()},
        albums={key: replace(album, locker=locker) for key, album in listed.albums.items()},
        tracks={key: replace(track, locker=locker, uri=uris[key]) for key, track in listed.tracks.items()},
        playlists={key: replace(playlist, locker=locker) for key, playlist in listed.playlists.items()},
        playlist_tracks=listed.playlist_tracks,
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """Hold what has to be written: the items to put, of which ``added`` are new, and the keys to delete.

    ``left`` are the tracks of before that are not at their path any more; ``rated`` tells that tracks have other
    ratings.
    """

    put: Sequence[Item]
    added: int
    deleted: Sequence[Key]
    left: Sequence[Track]
    rated: bool

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to write."""
        return not self.put and not self.deleted

    @property
    def kinds(self) -> set[MediaKind]:
        """Return the kinds of items that are others than before."""
        return {kind for kind, _ in chain(map(key_of, self.put), self.deleted)}


def compare(before: Listed, after: Listed) -> Difference:
    """Return what changed between two readings."""
    old, new = dict(_items(before)), dict(_items(after))
    put = [
        item
        for key, item in new.items()
        if old.get(key) != item
        or (isinstance(item, Playlist) and before.playlist_tracks[item.id] != after.playlist_tracks[item.id])
    ]
    added = sum(key_of(item) not in old for item in put)
    left = [
        track
        for track_id, track in before.tracks.items()
        if track_id not in after.tracks or after.tracks[track_id].uri != track.uri
    ]
    rated = any(isinstance(item, Track) and item.rating != _rating(before, item.id) for item in put)
    return Difference(put, added, [key for key in old if key not in new], left, rated)


def _rating(listed: Listed, track_id: str) -> int | None:
    track = listed.tracks.get(track_id)
    return None if track is None else track.rating


def _items(listed: Listed) -> Iterable[tuple[Key, Item]]:
    for group in (listed.artists, listed.albums, listed.tracks, listed.playlists):
        for item in group.values():
            yield key_of(item), item
