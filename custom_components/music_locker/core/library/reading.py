"""Reading a locker to its end, and what that changes."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from ..errors import NotFound
from ..lockers.base import Adapter, Capability
from ..models import Album, Artist, Playlist, Track
from .contents import Listed
from .derived import albums_of, artists_of
from .rows import Item, Key, key_of
from .uris import directory_of, file_name_of


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
    return Listed(artists_of(tracks.values(), albums.values()) | artists, albums, tracks, playlists, playlist_tracks)


def own(listed: Listed, locker: str, segment: str, before: Listed) -> Listed:
    """Return what was read with its locker's id, and with URIs: those of ``before`` where nothing speaks against it."""
    return Listed(
        artists={key: replace(artist, locker=locker) for key, artist in listed.artists.items()},
        albums={key: replace(album, locker=locker) for key, album in listed.albums.items()},
        tracks=_with_uris(listed, locker, segment, before),
        playlists={key: replace(playlist, locker=locker) for key, playlist in listed.playlists.items()},
        playlist_tracks=listed.playlist_tracks,
    )


def _with_uris(listed: Listed, locker: str, segment: str, before: Listed) -> Mapping[str, Track]:
    """Name the tracks: a known one keeps its name as long as its names would be made from the same tags."""
    uris: dict[str, str] = {}
    for track_id, track in listed.tracks.items():
        known = before.tracks.get(track_id)
        if known is not None and _wish(track, listed) == _wish(known, before):
            uris[track_id] = known.uri
    taken = set(uris.values())
    counts: Counter[tuple[str, str, str]] = Counter()
    for track_id, track in listed.tracks.items():
        if track_id not in uris:
            uris[track_id] = _free(segment, _wish(track, listed), taken, counts)
            taken.add(uris[track_id])
    return {track_id: replace(track, locker=locker, uri=uris[track_id]) for track_id, track in listed.tracks.items()}


def _wish(track: Track, listed: Listed) -> tuple[str, str, str]:
    """Return the directory, stem and extension that a track would like to have."""
    album = None if track.album_id is None else listed.albums.get(track.album_id)
    return directory_of(track, None if album is None else album.artist), *file_name_of(track)


def _free(segment: str, wish: tuple[str, str, str], taken: set[str], counts: Counter[tuple[str, str, str]]) -> str:
    """Return a URI that is not taken; ``counts`` tells how many tracks have had the same wish."""
    directory, stem, extension = wish
    while True:
        counts[wish] += 1
        number = "" if counts[wish] == 1 else f" ({counts[wish]})"
        uri = f"{segment}/{directory}/{stem}{number}{extension}"
        if uri not in taken:
            return uri


@dataclass(frozen=True, slots=True)
class Difference:
    """Hold what has to be written: the items to put, of which ``added`` are new, and the keys to delete."""

    put: Sequence[Item]
    added: int
    deleted: Sequence[Key]

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to write."""
        return not self.put and not self.deleted


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
    return Difference(put, added, [key for key in old if key not in new])


def _items(listed: Listed) -> Iterable[tuple[Key, Item]]:
    for group in (listed.artists, listed.albums, listed.tracks, listed.playlists):
        for item in group.values():
            yield key_of(item), item
