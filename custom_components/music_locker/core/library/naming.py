"""Giving paths to tracks: each keeps the one it was first given, and no two ever share one (decision 16)."""

from collections import Counter
from collections.abc import Iterable, Mapping

from ..models import Track
from .contents import Listed, Reading
from .uris import directory_of, file_name_of

type Former = Mapping[str, str]
"""The ids of the tracks that left a path, by that path below their locker."""
type _Wish = tuple[str, str, str]

_LISTED_DEPTH = 2  # slashes in a listed track's path; that of an unlisted one has one more


def name_tracks(reading: Reading, segment: str, before: Listed, former: Former) -> Mapping[str, str]:
    """Return a URI for each track by its id: the one that it has, the one that it had, or one that no track ever had.

    A track that comes to be listed, or not, is in another place from then on.
    """
    uris = {
        track_id: known.uri
        for track_id, track in reading.tracks.items()
        if (known := before.tracks.get(track_id)) is not None and known.listed == track.listed
    }
    coming = [track for track_id, track in reading.tracks.items() if track_id not in uris]
    if coming:
        names = _Names(segment, uris.values(), (track.uri for track in before.tracks.values()), former)
        left = _left(former)
        heirs = _heirs(reading, before)
        for track in coming:
            had = left.get((track.id, track.listed))
            kept = names.take(None if had is None else f"{segment}/{had}") or names.take(heirs.get(_song(track)))
            uris[track.id] = kept or names.fresh(_wish(track, reading))
    return uris


class _Names:
    """Know which URIs tracks have now, and which any has had; names that differ in case only count as one."""

    def __init__(self, segment: str, held: Iterable[str], before: Iterable[str], former: Former) -> None:
        self._segment = segment
        self._held = {uri.casefold() for uri in held}
        self._seen = {uri.casefold() for uri in before} | {f"{segment}/{path}".casefold() for path in former}
        self._counts: Counter[str] = Counter()

    def take(self, uri: str | None) -> str | None:
        """Take a URI that was in use once; return None if another track has it now."""
        if uri is None or uri.casefold() in self._held:
            return None
        self._held.add(uri.casefold())
        return uri

    def fresh(self, wish: _Wish) -> str:
        """Take the first URI that no track has or had."""
        directory, stem, extension = wish
        wished = f"{directory}/{stem}{extension}"
        while True:
            self._counts[wished] += 1
            number = "" if self._counts[wished] == 1 else f" ({self._counts[wished]})"
            uri = f"{self._segment}/{directory}/{stem}{number}{extension}"
            if uri.casefold() not in self._seen and self.take(uri) is not None:
                return uri


def _wish(track: Track, reading: Reading) -> _Wish:
    """Return the directory, stem and extension that a track would like to have."""
    album = None if track.album_id is None else reading.albums.get(track.album_id)
    return directory_of(track, None if album is None else album.artist), *file_name_of(track)


def _left(former: Former) -> dict[tuple[str, bool], str]:
    """Return the path that each track left, by its id and whether it was listed there."""
    return {(track_id, path.count("/") == _LISTED_DEPTH): path for path, track_id in former.items()}


def _heirs(reading: Reading, before: Listed) -> dict[tuple[object, ...], str]:
    """Return the URIs of the songs that go: the same song that comes under another id, sent anew, has it again."""
    gone = (track for track_id, track in before.tracks.items() if track_id not in reading.tracks)
    return {_song(track): track.uri for track in gone if track.size is not None and track.duration is not None}


def _song(track: Track) -> tuple[object, ...]:
    """Return what two tracks have in common that are one and the same file."""
    names = track.title, track.artist, track.album, track.disc, track.number
    return *names, track.size, track.duration, track.mime_type, track.listed
