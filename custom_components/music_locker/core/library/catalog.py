"""The catalog: what all lockers hold at one moment, in memory. Reading it never waits."""

import random
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from datetime import datetime
from itertools import chain

from ..models import Album, Artist, Playlist, PlaylistKind, Track, TrackKey
from .contents import Contents, Directory, by_title
from .own_playlists import LIBRARY, OwnPlaylists, PlaylistEntry


class Catalog:
    """Answer from an unchanging snapshot; a new sync makes a new catalog with a higher ``version``."""

    def __init__(self, version: int, contents: Mapping[str, Contents], own: OwnPlaylists | None = None) -> None:
        """Join the lockers' contents and the library's ``own`` playlists, by their ids.

        Catalogs that differ in playlists and ratings only have the same ``songs``, which is good for comparing.
        """
        self.version = version
        self.songs = object()
        self._contents = dict(contents)
        self._own: OwnPlaylists = own or {}
        ordered = sorted(contents.values(), key=lambda each: each.segment)
        self.tracks: Sequence[Track] = tuple(chain.from_iterable(each.tracks for each in ordered))
        self._by_uri = {track.uri: track for each in ordered for track in each.listed.tracks.values()}
        self._by_segment = {each.segment: each for each in ordered}

    def with_edited(self, contents: Contents, *, rated: str | None = None) -> Catalog:
        """Return the same catalog with other playlists of one locker, and with what it says of one ``rated`` track."""
        other = copy(self)
        other._put(contents)  # noqa: SLF001 - its own class
        if rated is not None:
            other._put_rated(contents.listed.tracks[rated])  # noqa: SLF001 - its own class
        return other

    def with_own_playlists(self, own: OwnPlaylists) -> Catalog:
        """Return the same catalog with other playlists of the library's own."""
        other = copy(self)
        other._own = own  # noqa: SLF001 - its own class
        return other

    @property
    def own_playlists(self) -> OwnPlaylists:
        """Return the library's own playlists by their ids; lists know them as those of the locker ``LIBRARY``."""
        return self._own

    def _put(self, contents: Contents) -> None:
        self._contents = {**self._contents, contents.locker: contents}
        self._by_segment = {**self._by_segment, contents.segment: contents}

    def _put_rated(self, track: Track) -> None:
        old = self._by_uri[track.uri]
        self.tracks = tuple(track if each is old else each for each in self.tracks)
        self._by_uri = {**self._by_uri, track.uri: track}

    @property
    def locker_ids(self) -> Sequence[str]:
        """Return the ids of all lockers, in the order of their titles."""
        return [each.locker for each in self._by_segment.values()]

    @property
    def contents(self) -> Mapping[str, Contents]:
        """Return what each locker holds."""
        return self._contents

    def locker_title(self, locker: str) -> str:
        """Return what a locker is called, as the first segment of its tracks' URIs; raise KeyError."""
        return self._contents[locker].segment

    def last_sync(self, locker: str) -> datetime | None:
        """Return when a locker was last read, None if never."""
        found = self._contents.get(locker)
        return None if found is None else found.synced

    # One item

    def track(self, key: TrackKey) -> Track | None:
        """Return a track by its key."""
        found = self._contents.get(key.locker)
        return None if found is None else found.listed.tracks.get(key.id)

    def track_by_uri(self, uri: str) -> Track | None:
        """Return a track by its URI."""
        return self._by_uri.get(uri)

    def artist(self, locker: str, artist_id: str) -> Artist | None:
        """Return an artist by id."""
        found = self._contents.get(locker)
        return None if found is None else found.listed.artists.get(artist_id)

    def album(self, locker: str, album_id: str) -> Album | None:
        """Return an album by id."""
        found = self._contents.get(locker)
        return None if found is None else found.listed.albums.get(album_id)

    def playlist(self, locker: str, playlist_id: str) -> Playlist | None:
        """Return a playlist by id."""
        if locker == LIBRARY:
            return self._own[playlist_id][0] if playlist_id in self._own else None
        found = self._contents.get(locker)
        return None if found is None else found.listed.playlists.get(playlist_id)

    # Lists; empty for what there is not

    def artists(self, locker: str) -> Sequence[Artist]:
        """Return a locker's artists by name."""
        found = self._contents.get(locker)
        return () if found is None else found.artists

    def albums(self, locker: str) -> Sequence[Album]:
        """Return a locker's albums by title."""
        found = self._contents.get(locker)
        return () if found is None else found.albums

    def playlists(self, locker: str, kind: PlaylistKind | None = None) -> Sequence[Playlist]:
        """Return a locker's playlists by title, of one kind or of all."""
        if locker == LIBRARY:
            found = by_title(playlist for playlist, _ in self._own.values())
        else:
            found = self._contents[locker].playlists if locker in self._contents else ()
        return found if kind is None else [each for each in found if each.kind is kind]

    def genres(self, locker: str) -> Sequence[str]:
        """Return the genres of a locker's tracks."""
        found = self._contents.get(locker)
        return () if found is None else found.genres

    def artist_albums(self, locker: str, artist_id: str) -> Sequence[Album]:
        """Return the albums that an artist made or is heard on, by year."""
        found = self._contents.get(locker)
        return () if found is None else found.artist_albums.get(artist_id, ())

    def artist_tracks(self, locker: str, artist_id: str) -> Sequence[Track]:
        """Return an artist's tracks, album by album."""
        found = self._contents.get(locker)
        return () if found is None else found.artist_tracks.get(artist_id, ())

    def album_tracks(self, locker: str, album_id: str) -> Sequence[Track]:
        """Return an album's tracks: by disc, number, title."""
        found = self._contents.get(locker)
        return () if found is None else found.album_tracks.get(album_id, ())

    def genre_tracks(self, locker: str, genre: str) -> Sequence[Track]:
        """Return a genre's tracks, album by album."""
        found = self._contents.get(locker)
        return () if found is None else found.genre_tracks.get(genre, ())

    def playlist_tracks(self, locker: str, playlist_id: str) -> Sequence[Track]:
        """Return a playlist's tracks in its order."""
        return list(self.iter_playlist(locker, playlist_id))

    def iter_playlist(self, locker: str, playlist_id: str) -> Iterator[Track]:
        """Yield a playlist's tracks in its order; those that are gone, and URLs, are left out."""
        if locker == LIBRARY:
            return (song for song in self.own_songs(playlist_id) if isinstance(song, Track))
        found = self._contents.get(locker)
        return iter(()) if found is None else found.iter_playlist(playlist_id)

    def own_songs(self, playlist_id: str) -> Iterator[Track | PlaylistEntry]:
        """Yield what a playlist of the library's own holds: tracks that there are, and entries as they were kept."""
        _, entries = self._own.get(playlist_id, (None, ()))
        for entry in entries:
            track = None if entry.key is None else self.track(entry.key) or self._by_uri.get(entry.uri)
            yield entry if track is None else track

    def recently_added(self, locker: str, limit: int = 100) -> Sequence[Track]:
        """Return the tracks that came last, the newest first; none where the service tells no dates."""
        found = self._contents.get(locker)
        return () if found is None else found.recently_added[:limit]

    def tracks_by_title(self, locker: str) -> Sequence[Track]:
        """Return a locker's tracks by title."""
        found = self._contents.get(locker)
        return () if found is None else found.by_title

    def top_rated(self, locker: str, limit: int = 100) -> Sequence[Track]:
        """Return the tracks with the best ratings; none where the service has no ratings."""
        found = self._contents.get(locker)
        return () if found is None else found.by_rating[:limit]

    def random_albums(self, locker: str, limit: int) -> Sequence[Album]:
        """Return some albums, others each time."""
        albums = self.albums(locker)
        return random.sample(albums, min(limit, len(albums)))

    def directory(self, path: str) -> Directory | None:
        """Return a directory of the tree of URIs; ``""`` is its root, which holds the lockers."""
        if not path:
            return Directory("", tuple(self._by_segment), ())
        found = self._by_segment.get(path.partition("/")[0])
        return None if found is None else found.directories.get(path)
