"""The answers of /api/v0, as the Oboe API Documentation prints them (chapter 2, Organization)."""

from collections.abc import Sequence

from .accounts import Account
from .catalog import Album, Artist, Catalog, Playlist, Track
from .mp3tunes_call import Call, Links
from .mp3tunes_errors import invalid_parameter
from .mp3tunes_writer import Milliseconds, Value

SUBSCRIPTION: dict[str, Value] = {"name": "user_locker_annual", "description": "Locker Account - Annual"}


def optional_number(number: int | None) -> str | None:
    """Return a number as the service has it: as text."""
    return None if number is None else str(number)


def account_data(account: Account) -> dict[str, Value]:
    """Return accountData (Example 2.5)."""
    return {
        "user": {
            "email": account.user,
            "nickName": account.nick_name,
            "firstName": account.first_name,
            "lastName": account.last_name,
            "subscriptions": [SUBSCRIPTION],
        }
    }


def locker_data(catalog: Catalog, call: Call) -> Value:
    """Return lockerData; without a type it is the list of tracks. Raise CallError."""
    match call.parameters.get("type", "").strip().lower():
        case "artist":
            return [_artist(artist) for artist in catalog.artists]
        case "album":
            return [album_fields(album) for album in chosen_albums(catalog, call)]
        case "track" | "":
            return _tracks(catalog, call)
        case "playlist":
            return [_playlist(playlist) for playlist in catalog.playlists]
        case _:
            raise invalid_parameter("type")


def _artist(artist: Artist) -> dict[str, Value]:
    return {"artistId": str(artist.id), "artistName": artist.name}


def album_fields(album: Album) -> dict[str, Value]:
    """Return an album (Example 2.9)."""
    return {
        "albumId": str(album.id),
        "albumTitle": album.title,
        "artistId": str(album.artist_id),
        "artistName": album.artist,
    }


def _playlist(playlist: Playlist) -> dict[str, Value]:
    """Return a playlist (Example 2.13, which prints dateModified empty)."""
    return {
        "playlistId": str(playlist.id),
        "title": playlist.title,
        "fileName": playlist.file_name,
        "fileCount": str(len(playlist.tracks)),
        "dateModified": None,
    }


def _tracks(catalog: Catalog, call: Call) -> dict[str, Value]:
    tracks, album = chosen_tracks(catalog, call)
    answer: dict[str, Value] = {} if album is None else {"albumData": album_fields(album)}
    answer["trackList"] = [_track(track, call.links) for track in tracks]
    return answer


def _track(track: Track, links: Links) -> dict[str, Value]:
    """Return a track (Example 2.11)."""
    return {
        "trackId": str(track.id),
        "trackTitle": track.title,
        "trackNumber": optional_number(track.number),
        "trackLength": Milliseconds(track.length),
        "trackFileName": track.file_name,
        "trackFileKey": track.key,
        "downloadURL": links.download(track.key),
        "albumTitle": track.album,
        "albumYear": optional_number(track.year),
        "artistName": track.artist,
    }


def chosen_artist(catalog: Catalog, call: Call) -> Artist | None:
    """Return the artist of artist_id, None where it is absent; raise CallError for one that the locker has not."""
    artist_id = call.number("artist_id")
    if artist_id is None:
        return None
    artist = catalog.artist(artist_id)
    if artist is None:
        raise invalid_parameter("artist_id")
    return artist


def chosen_album(catalog: Catalog, call: Call) -> Album | None:
    """Return the album of album_id, None where it is absent; raise CallError for one that the locker has not."""
    album_id = call.number("album_id")
    if album_id is None:
        return None
    album = catalog.album(album_id)
    if album is None:
        raise invalid_parameter("album_id")
    return album


def chosen_albums(catalog: Catalog, call: Call) -> Sequence[Album]:
    """Return all albums, or those of artist_id; raise CallError."""
    artist = chosen_artist(catalog, call)
    return catalog.albums if artist is None else artist.albums


def chosen_tracks(catalog: Catalog, call: Call) -> tuple[Sequence[Track], Album | None]:
    """Return the tracks of album_id and of artist_id, where they are given, and the album; raise CallError."""
    artist, album = chosen_artist(catalog, call), chosen_album(catalog, call)
    tracks = catalog.tracks if artist is None else artist.tracks
    if album is not None:
        tracks = album.tracks
        if artist is not None:
            tracks = tuple(track for track in tracks if artist.id in {track.artist_id, track.album_artist_id})
    return tracks, album
