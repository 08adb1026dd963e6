"""What one locker holds: its items with what is looked up by, built once and never changed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from ..models import Album, Artist, Playlist, Track
from .sorting import sorted_gently


@dataclass(frozen=True, slots=True)
class Listed:
    """Hold what was read of a locker: items by their ids, and of each playlist the ids of its tracks."""

    artists: Mapping[str, Artist] = field(default_factory=dict)
    albums: Mapping[str, Album] = field(default_factory=dict)
    tracks: Mapping[str, Track] = field(default_factory=dict)
    playlists: Mapping[str, Playlist] = field(default_factory=dict)
    playlist_tracks: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """Hold what is being read of a locker, as Listed does.

    What a track becomes takes its place. A second set of 100,000 would need memory, and would have Python look for
    garbage in all objects of the process, which holds everything up (decision 17).
    """

    artists: dict[str, Artist] = field(default_factory=dict)
    albums: dict[str, Album] = field(default_factory=dict)
    tracks: dict[str, Track] = field(default_factory=dict)
    playlists: dict[str, Playlist] = field(default_factory=dict)
    playlist_tracks: dict[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Directory:
    """Hold one directory of the tree that MPD clients see: the full paths of those in it, and its tracks."""

    path: str
    directories: Sequence[str]
    tracks: Sequence[Track]


class Contents:
    """Answer what is asked about one locker. Building takes time: do it off the event loop."""

    def __init__(self, locker: str, title: str, segment: str, listed: Listed, synced: datetime | None) -> None:
        """Sort everything; ``segment`` is the first segment of the tracks' URIs.

        A track that is not ``listed`` is in no list; only its key, its URI and playlists lead to it.
        """
        self.locker = locker
        self.title = title
        self.segment = segment
        self.listed = listed
        self.synced = synced
        self.tracks: Sequence[Track] = sorted_gently(
            (track for track in listed.tracks.values() if track.listed), key=lambda track: track.uri.split("/")
        )
        self.artists: Sequence[Artist] = sorted_gently(listed.artists.values(), key=lambda artist: _folded(artist.name))
        self.albums: Sequence[Album] = sorted_gently(
            listed.albums.values(), key=lambda album: (*_folded(album.title), *_folded(album.artist))
        )
        self.playlists = by_title(listed.playlists.values())
        self.genres: Sequence[str] = sorted({track.genre for track in self.tracks if track.genre}, key=_folded)
        self._group_tracks()
        self._group_albums()
        self.recently_added: Sequence[Track] = sorted_gently(
            (track for track in self.tracks if track.added is not None), key=_added, reverse=True
        )
        self.by_title: Sequence[Track] = sorted_gently(self.tracks, key=lambda track: _folded(track.title))
        self.by_rating = _by_rating(self.by_title)
        self.directories = _directories(self.tracks, segment)

    def _group_tracks(self) -> None:
        by_album: defaultdict[str, list[Track]] = defaultdict(list)
        by_genre: defaultdict[str, list[Track]] = defaultdict(list)
        by_artist: defaultdict[str, list[Track]] = defaultdict(list)
        for track in self.tracks:
            if track.album_id is not None:
                by_album[track.album_id].append(track)
            if track.genre:
                by_genre[track.genre].append(track)
            for artist_id in self._artists_of(track):
                by_artist[artist_id].append(track)
        order = self._record_order
        self.album_tracks: Mapping[str, Sequence[Track]] = {
            album_id: sorted_gently(group, _album_order) for album_id, group in by_album.items()
        }
        self.genre_tracks: Mapping[str, Sequence[Track]] = {
            genre: sorted_gently(group, order) for genre, group in by_genre.items()
        }
        self.artist_tracks: Mapping[str, Sequence[Track]] = {
            artist_id: sorted_gently(group, order) for artist_id, group in by_artist.items()
        }

    def _artists_of(self, track: Track) -> set[str]:
        """Return who a track counts for: its own artist, and that of its album."""
        album = None if track.album_id is None else self.listed.albums.get(track.album_id)
        ids = (track.artist_id, None if album is None else album.artist_id)
        return {artist_id for artist_id in ids if artist_id is not None}

    def _record_order(self, track: Track) -> tuple[object, ...]:
        return (track.year or 0, *_folded(track.album or ""), *_album_order(track))

    def _group_albums(self) -> None:
        by_artist: defaultdict[str, dict[str, Album]] = defaultdict(dict)
        for album in self.albums:
            if album.artist_id is not None:
                by_artist[album.artist_id][album.id] = album
        for artist_id, tracks in self.artist_tracks.items():
            for album_id in {track.album_id for track in tracks}:
                if album_id is not None and album_id in self.listed.albums:
                    by_artist[artist_id][album_id] = self.listed.albums[album_id]
        self.artist_albums: Mapping[str, Sequence[Album]] = {
            artist_id: sorted(albums.values(), key=lambda album: (album.year or 0, *_folded(album.title)))
            for artist_id, albums in by_artist.items()
        }

    def seen(self, synced: datetime) -> Self:
        """Return the same contents, read again at another time."""
        again = copy(self)
        again.synced = synced
        return again

    def with_playlists(self, playlists: Mapping[str, Playlist], playlist_tracks: Mapping[str, Sequence[str]]) -> Self:
        """Return the same contents with other playlists."""
        other = copy(self)
        other.listed = replace(self.listed, playlists=playlists, playlist_tracks=playlist_tracks)
        other.playlists = by_title(playlists.values())
        return other

    def with_rating(self, track_id: str, rating: int | None) -> Self:
        """Return the same contents with another rating of one track."""
        old = self.listed.tracks[track_id]
        new = replace(old, rating=rating)

        def replaced(tracks: Sequence[Track]) -> Sequence[Track]:
            return [new if track is old else track for track in tracks]

        def in_groups(
            groups: Mapping[str, Sequence[Track]], keys: Iterable[str | None]
        ) -> Mapping[str, Sequence[Track]]:
            return {**groups, **{key: replaced(groups[key]) for key in keys if key is not None and key in groups}}

        other = copy(self)
        other.listed = replace(self.listed, tracks={**self.listed.tracks, track_id: new})
        other.tracks = replaced(self.tracks)
        other.recently_added = replaced(self.recently_added)
        other.by_title = replaced(self.by_title)
        other.by_rating = _by_rating(other.by_title)
        other.album_tracks = in_groups(self.album_tracks, [old.album_id])
        other.genre_tracks = in_groups(self.genre_tracks, [old.genre])
        other.artist_tracks = in_groups(self.artist_tracks, self._artists_of(old))
        path = old.uri.rpartition("/")[0]
        if (found := self.directories.get(path)) is not None:
            other.directories = {**self.directories, path: replace(found, tracks=replaced(found.tracks))}
        return other

    def playlist_tracks(self, playlist_id: str) -> Sequence[Track]:
        """Return a playlist's tracks in its order."""
        return list(self.iter_playlist(playlist_id))

    def iter_playlist(self, playlist_id: str) -> Iterator[Track]:
        """Yield a playlist's tracks in its order; those that the locker has no more are left out."""
        return filter(None, map(self.listed.tracks.get, self.listed.playlist_tracks.get(playlist_id, ())))


def _folded(text: str) -> tuple[str, str]:
    return text.casefold(), text


def by_title(playlists: Iterable[Playlist]) -> Sequence[Playlist]:
    """Return playlists in the order of their titles."""
    return sorted(playlists, key=lambda each: _folded(each.title))


def _by_rating(by_title: Iterable[Track]) -> Sequence[Track]:
    return sorted((track for track in by_title if track.rating), key=lambda track: track.rating or 0, reverse=True)


def _album_order(track: Track) -> tuple[int, float, str, str]:
    """Sort the tracks of an album: disc, number, title (row M39); those without a number come last."""
    number = float("inf") if track.number is None else track.number
    return track.disc or 1, number, *_folded(track.title)


def _added(track: Track) -> datetime:
    assert track.added is not None  # noqa: S101 - the caller took only such
    return track.added


def _directories(tracks: Sequence[Track], segment: str) -> Mapping[str, Directory]:
    """Return the directories of a locker by path."""
    held: defaultdict[str, list[Track]] = defaultdict(list)
    below: defaultdict[str, set[str]] = defaultdict(set)
    held[segment] = []
    for track in tracks:
        held[track.uri.rpartition("/")[0]].append(track)
    for path in tuple(held):
        inner = path
        while inner != segment:
            outer = inner.rpartition("/")[0]
            below[outer].add(inner)
            inner = outer
    return {
        path: Directory(path, tuple(sorted(below[path])), sorted_gently(held[path], _album_order))
        for path in {*held, *below}
    }
