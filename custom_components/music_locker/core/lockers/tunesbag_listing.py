"""tunesBag's items as the models: artists and albums, which the service names but does not number, and tracks.

An album belongs to one artist, because an item knows no other: the covers of the service lie by artist and album too.
"""

from collections.abc import Iterable, Sequence

from ..models import UNKNOWN_ALBUM, UNKNOWN_ARTIST, Album, Artist, Playlist, PlaylistKind, Track
from .derived import named_id
from .tunesbag_links import cover_id
from .tunesbag_parse import KEY, Friend, Item, Set

RECOMMENDATIONS = "recommendations"
_RATING_STEP = 20
_FRIENDS_LIBRARY = "library-"


def track_id(key: str, library: str | None, own: str) -> str:
    """Return the id of an item: its key, with that of its library behind it where that is not the default one.

    What is asked about an item of another library must name the library (items/get/deliver).
    """
    return key if library in {None, own} else f"{key}@{library}"


def item_of(wanted: str) -> tuple[str, str] | None:
    """Return the keys of item and library, empty for the default one, behind a track's id; None for what is no id."""
    key, at, library = wanted.partition("@")
    if not KEY.fullmatch(key) or (at and not KEY.fullmatch(library)):
        return None
    return key, library


def tracks(
    items: Iterable[Item], own: str, covers: frozenset[str] = frozenset(), *, listed: bool = True
) -> list[Track]:
    """Return items as tracks; of those that are not ``listed`` artists and albums are only named."""
    return [_track(item, own, covers, listed=listed) for item in items]


def artists(of: Iterable[Track]) -> list[Artist]:
    """Return the artists of tracks."""
    found = {track.artist_id: track.artist for track in of if track.artist_id is not None}
    return [Artist(artist_id, name) for artist_id, name in found.items()]


def albums(of: Iterable[Track]) -> list[Album]:
    """Return the albums of tracks: their years are the earliest, their days of arrival the latest of their tracks."""
    found: dict[str, list[Track]] = {}
    for track in of:
        if track.album_id is not None:
            found.setdefault(track.album_id, []).append(track)
    return [_album(album_id, held) for album_id, held in found.items()]


def playlist(one: Set, user: str, names: dict[str, str]) -> Playlist:
    """Return a playlist; ``names`` are those of users by their keys."""
    mine = one.user in {None, user} or one.dynamic
    kind = PlaylistKind.DYNAMIC if one.dynamic else PlaylistKind.PLAYLIST
    return Playlist(
        id=one.key,
        title=one.name,
        track_count=None if one.dynamic else one.item_count,
        modified=one.modified,
        editable=mine and not one.dynamic,
        kind=PlaylistKind.RECOMMENDED if one.key == RECOMMENDATIONS else kind,
        owner=None if mine else one.user_name or names.get(one.user or "", one.user),
    )


def friends_library(friend: Friend) -> Playlist:
    """Return the library of a friend."""
    return Playlist(
        id=f"{_FRIENDS_LIBRARY}{friend.library}",
        title=friend.name,
        track_count=friend.item_count,
        kind=PlaylistKind.FRIEND,
        owner=friend.name,
    )


def library_of(playlist_id: str) -> str | None:
    """Return the key of the friend's library that a playlist is, or None for any other playlist."""
    return playlist_id.removeprefix(_FRIENDS_LIBRARY) if playlist_id.startswith(_FRIENDS_LIBRARY) else None


def steps(rating: int) -> int:
    """Return a rating of 0 to 10 in the service's steps, 0 or 20 to 100; an odd one is rounded up."""
    return min(max(rating + 1, 0) // 2, 5) * _RATING_STEP


def readable(friends: Iterable[Friend], own: str) -> Sequence[Friend]:
    """Return the friends whose libraries may be loaded, each once."""
    found = {friend.library: friend for friend in friends if friend.readable and friend.library not in {None, own}}
    return list(found.values())


def _track(item: Item, own: str, covers: frozenset[str], *, listed: bool) -> Track:
    artist = item.artist or UNKNOWN_ARTIST
    album = None if item.album is None or item.album.casefold() == UNKNOWN_ALBUM.casefold() else item.album
    covered = album is not None and f"{artist}|{album}" in covers
    return Track(
        id=track_id(item.key, item.library, own),
        title=item.name or item.key,
        artist=artist,
        artist_id=named_id(artist) if listed else None,
        album=album,
        album_id=named_id(artist, album) if listed and album is not None else None,
        album_artist=artist if album is not None else None,
        number=item.number,
        year=item.year,
        genre=item.genre,
        duration=item.duration,
        size=item.size,
        artwork=cover_id(artist, album) if covered and album is not None else None,
        rating=round(item.rating / 10) if item.rating else None,
        added=item.created,
        listed=listed,
    )


def _album(album_id: str, held: Sequence[Track]) -> Album:
    first = held[0]
    return Album(
        id=album_id,
        title=first.album or UNKNOWN_ALBUM,
        artist=first.artist,
        artist_id=first.artist_id,
        year=min((track.year for track in held if track.year is not None), default=None),
        artwork=next((track.artwork for track in held if track.artwork is not None), None),
        track_count=len(held),
        added=max((track.added for track in held if track.added is not None), default=None),
    )
