"""What the locker holds now: an immutable picture of the store, sorted and indexed for every service.

Lengths are milliseconds, sizes bytes, bit rates bit/s, times Unix seconds. Paths are relative to the music folder.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from .tags import Imprint

UNKNOWN_ARTIST = "Unknown artist"
NO_LETTER = "#"


@dataclass(frozen=True, slots=True)
class Track:
    """One file of the locker; ``key`` is the MD5 of its content and ``sha1`` its SHA-1, both hex."""

    id: int
    key: str
    path: str
    file_name: str
    title: str
    artist_id: int
    artist: str
    album_id: int | None
    album: str | None
    album_artist_id: int | None
    album_artist: str | None
    number: int | None
    disc: int | None
    year: int | None
    genre: str | None
    length: float
    size: int
    bit_rate: int
    mime_type: str
    embedded_cover: bool
    folder_cover: str | None
    added: float
    imprint: Imprint = field(default_factory=Imprint)
    sha1: str = ""
    comment: str | None = None

    @property
    def has_cover(self) -> bool:
        """Tell whether there is a picture in the file or beside it."""
        return self.embedded_cover or self.folder_cover is not None


@dataclass(frozen=True, slots=True)
class Album:
    """One album and its tracks in their order: disc, number, title."""

    id: int
    title: str
    artist_id: int
    artist: str
    tracks: tuple[Track, ...]

    @property
    def size(self) -> int:
        """Return the bytes of all its files."""
        return sum(track.size for track in self.tracks)

    @property
    def cover_track(self) -> Track | None:
        """Return the first track that has a picture."""
        return next((track for track in self.tracks if track.has_cover), None)


@dataclass(frozen=True, slots=True)
class Artist:
    """One artist, the albums that are his or that he plays on, and his tracks."""

    id: int
    name: str
    albums: tuple[Album, ...]
    tracks: tuple[Track, ...]

    @property
    def size(self) -> int:
        """Return the bytes of all his files."""
        return sum(track.size for track in self.tracks)


@dataclass(frozen=True, slots=True)
class Playlist:
    """One playlist file: every entry as written, and those that are tracks of the locker."""

    id: int
    path: str
    title: str
    modified: float
    entries: tuple[str, ...]
    tracks: tuple[Track, ...]

    @property
    def file_name(self) -> str:
        """Return its file's name without folders."""
        return self.path.rpartition("/")[2]

    @property
    def size(self) -> int:
        """Return the bytes of all its tracks."""
        return sum(track.size for track in self.tracks)


def folded(text: str) -> str:
    """Return a text for comparing: no case, no accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def first_letter(name: str) -> str:
    """Return the letter under which a name is filed, in upper case; "#" for what begins with no letter."""
    first = folded(name)[:1].upper()
    return first if first.isalpha() else NO_LETTER


def _album_order(track: Track) -> tuple[int, int, str, int]:
    return (track.disc or 0, track.number or 0, folded(track.title), track.id)


def _track_order(track: Track) -> tuple[str, str, int, int, str, int]:
    return (folded(track.artist), folded(track.album or ""), *_album_order(track))


class Catalog:
    """Everything the locker holds at one moment; made anew after every change."""

    def __init__(
        self, tracks: Iterable[Track], playlists: Iterable[tuple[int, str, str, float, tuple[str, ...]]]
    ) -> None:
        """Sort and index the tracks; playlists come as (id, path, title, modified, entries)."""
        every = sorted(tracks, key=lambda track: track.path)
        self._every = every
        self._playlist_rows = list(playlists)
        self._below: dict[str, Catalog] = {}
        by_key: dict[str, Track] = {}
        for track in every:
            by_key.setdefault(track.key, track)
        self._by_key: Mapping[str, Track] = by_key
        self._by_path: Mapping[str, Track] = {track.path: by_key[track.key] for track in every}
        self.paths: Mapping[str, Sequence[str]] = _paths_by_key(every)
        self.tracks: Sequence[Track] = tuple(sorted(by_key.values(), key=_track_order))
        self._by_id: Mapping[int, Track] = {track.id: track for track in self.tracks}
        self.albums: Sequence[Album] = _albums(self.tracks)
        self._albums: Mapping[int, Album] = {album.id: album for album in self.albums}
        self.artists: Sequence[Artist] = _artists(self.tracks, self.albums)
        self._artists: Mapping[int, Artist] = {artist.id: artist for artist in self.artists}
        self.playlists: Sequence[Playlist] = self._read_playlists(self._playlist_rows)
        self._playlists: Mapping[int, Playlist] = {playlist.id: playlist for playlist in self.playlists}

    def _read_playlists(self, rows: Iterable[tuple[int, str, str, float, tuple[str, ...]]]) -> Sequence[Playlist]:
        playlists = [
            Playlist(*row, tuple(track for entry in row[-1] if (track := self._by_path.get(entry)))) for row in rows
        ]
        return tuple(sorted(playlists, key=lambda playlist: (-playlist.modified, folded(playlist.title), playlist.id)))

    def below(self, folder: str) -> Catalog:
        """Return what of it lies in a folder."""
        if (found := self._below.get(folder)) is None:
            inside = f"{folder}/"
            tracks = [track for track in self._every if track.path.startswith(inside)]
            found = Catalog(tracks, [row for row in self._playlist_rows if row[1].startswith(inside)])
            self._below[folder] = found
        return found

    @cached_property
    def size(self) -> int:
        """Return the bytes of all files, a file that is there twice counted once."""
        return sum(track.size for track in self.tracks)

    def by_key(self, key: str) -> Track | None:
        """Return the track whose content has this MD5."""
        return self._by_key.get(key.lower())

    def by_path(self, path: str) -> Track | None:
        """Return the track that a file of the folder is; a second copy of a file is the same track."""
        return self._by_path.get(path)

    def track(self, track_id: int) -> Track | None:
        """Return a track by its number."""
        return self._by_id.get(track_id)

    def album(self, album_id: int) -> Album | None:
        """Return an album by its number."""
        return self._albums.get(album_id)

    def artist(self, artist_id: int) -> Artist | None:
        """Return an artist by its number."""
        return self._artists.get(artist_id)

    def playlist(self, playlist_id: int) -> Playlist | None:
        """Return a playlist by its number."""
        return self._playlists.get(playlist_id)


def _paths_by_key(tracks: Iterable[Track]) -> Mapping[str, Sequence[str]]:
    paths: dict[str, list[str]] = defaultdict(list)
    for track in tracks:
        paths[track.key].append(track.path)
    return paths


def _albums(tracks: Iterable[Track]) -> Sequence[Album]:
    members: dict[int, list[Track]] = defaultdict(list)
    for track in tracks:
        if track.album_id is not None:
            members[track.album_id].append(track)
    albums = [
        Album(
            album_id,
            album_tracks[0].album or "",
            album_tracks[0].album_artist_id or album_tracks[0].artist_id,
            album_tracks[0].album_artist or album_tracks[0].artist,
            tuple(sorted(album_tracks, key=_album_order)),
        )
        for album_id, album_tracks in members.items()
    ]
    return tuple(sorted(albums, key=lambda album: (folded(album.title), folded(album.artist), album.id)))


def _artists(tracks: Iterable[Track], albums: Iterable[Album]) -> Sequence[Artist]:
    names: dict[int, str] = {}
    own_tracks: dict[int, list[Track]] = defaultdict(list)
    own_albums: dict[int, dict[int, Album]] = defaultdict(dict)
    for track in tracks:
        names[track.artist_id] = track.artist
        own_tracks[track.artist_id].append(track)
        if track.album_artist_id is not None and track.album_artist_id != track.artist_id:
            names[track.album_artist_id] = track.album_artist or ""
            own_tracks[track.album_artist_id].append(track)
    for album in albums:
        own_albums[album.artist_id][album.id] = album
        for track in album.tracks:
            own_albums[track.artist_id][album.id] = album
    artists = [
        Artist(artist_id, name, tuple(own_albums[artist_id].values()), tuple(own_tracks[artist_id]))
        for artist_id, name in names.items()
    ]
    return tuple(sorted(artists, key=lambda artist: (folded(artist.name), artist.id)))
