"""Artists and albums of services that list tracks only: made from what the tracks say of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from ..models import UNKNOWN_ALBUM, UNKNOWN_ARTIST, Album, Artist, Track

VARIOUS_ARTISTS = "Various Artists"


def albums_of(tracks: Iterable[Track]) -> dict[str, Album]:
    """Return the albums that tracks name by an id; tracks that are not listed name none."""
    groups: defaultdict[str, list[Track]] = defaultdict(list)
    for track in tracks:
        if track.album_id is not None and track.listed:
            groups[track.album_id].append(track)
    return {album_id: _album(album_id, group) for album_id, group in groups.items()}


def artists_of(tracks: Iterable[Track], albums: Iterable[Album]) -> dict[str, Artist]:
    """Return the artists that tracks and albums name by an id; tracks that are not listed name none."""
    names: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for track in tracks:
        if track.artist_id is not None and track.listed:
            names.setdefault(track.artist_id, track.artist)
            counts[track.artist_id] += 1
    for album in albums:
        if album.artist_id is not None:
            names.setdefault(album.artist_id, album.artist)
    return {artist_id: Artist(artist_id, name, track_count=counts[artist_id]) for artist_id, name in names.items()}


def _album(album_id: str, tracks: list[Track]) -> Album:
    """Return one album; its artist is what its tracks name as that, or who made all of them."""
    names = {track.album_artist for track in tracks if track.album_artist}
    makers = {(track.artist, track.artist_id) for track in tracks}
    by_one = makers.pop() if len(makers) == 1 else None
    artist = min(names) if names else by_one[0] if by_one else VARIOUS_ARTISTS
    return Album(
        id=album_id,
        title=next((track.album for track in tracks if track.album), UNKNOWN_ALBUM),
        artist=artist or UNKNOWN_ARTIST,
        artist_id=by_one[1] if by_one and by_one[0] == artist else _id_of(artist, tracks),
        year=min((track.year for track in tracks if track.year is not None), default=None),
        artwork=next((track.artwork for track in tracks if track.artwork is not None), None),
        track_count=len(tracks),
        added=min((track.added for track in tracks if track.added is not None), default=None),
    )


def _id_of(artist: str, tracks: list[Track]) -> str | None:
    """Return the id by which one of the tracks knows an artist."""
    return next((track.artist_id for track in tracks if track.artist == artist), None)
