"""The answers of /api/v1, as the later documents describe them and the surviving clients read them.

In sets ``summary`` stands before artistList and albumList but behind trackList, in searches before all lists: an old
client depends on it. ``discNumber`` and ``genre`` are additions of this server, present where they are known.
"""

import random
from collections.abc import Callable, Iterable, Sequence

from .accounts import Account
from .catalog import Album, Artist, Catalog, Playlist, Track, first_letter, folded
from .mp3tunes_call import Call, Links, Page, number_of
from .mp3tunes_errors import CallError, invalid_parameter
from .mp3tunes_options import Mp3tunesOptions
from .mp3tunes_v0 import SUBSCRIPTION, chosen_albums, chosen_tracks, optional_number
from .mp3tunes_v0 import account_data as account_data_v0
from .mp3tunes_writer import Milliseconds, Value

type Plays = Sequence[tuple[Track, float]]

_RESERVED_LENGTH = 50
_MOST_STATISTICS = 50
_PLAYMIX = "PLAYMIX_TRACK_"
_SEARCH_TYPES = ("artist", "album", "track")
_NOT_IN_MINIMAL_DATA = ("trackNumber", "albumYear")


def account_data(account: Account, used: int, options: Mp3tunesOptions) -> Value:
    """Return accountData: v0's, and what the account may hold and holds (bytes)."""
    user = account_data_v0(account)["user"]
    if not isinstance(user, dict):
        raise TypeError("accountData has no user")
    return {
        "user": {
            **user,
            "maxLockerSize": options.capacity if account.quota is None else account.quota,
            "currentLockerSize": used,
            "maxFileSize": options.file_limit,
            "lockerType": "read-only" if account.read_only else "full",
            "expired": 0,
            "subscriptions": [{**SUBSCRIPTION, "activateDate": None, "expireDate": None}],
        }
    }


def locker_data(catalog: Catalog, plays: Plays, call: Call) -> Value:
    """Return lockerData; raise CallError."""
    kind = call.text("type").lower()
    match kind:
        case "artist":
            artists = _with_token(catalog.artists, lambda artist: artist.name, call)
            return _set(
                kind, "artistList", [artist_fields(artist) for artist in call.page.of(artists)], len(artists), call
            )
        case "album":
            albums = _with_token(chosen_albums(catalog, call), lambda album: album.title, call)
            shown = [album_fields(album) for album in call.page.of(albums)]
            return _set(kind, "albumList", shown, len(albums), call)
        case "track":
            tracks = _with_token(_tracks(catalog, plays, call), lambda track: track.title, call)
            shown = [_track(track, call) for track in call.page.of(tracks)]
            return dict(reversed(_set(kind, "trackList", shown, len(tracks), call).items()))
        case "playlist" | "playmix":
            playlists = tuple(catalog.playlists) if kind == "playlist" else ()
            shown = [_playlist(playlist) for playlist in call.page.of(playlists)]
            return _set(kind, "playlistList", shown, len(playlists), call)
        case _:
            return _tokens(kind, _names(catalog, kind), call)


def _set(kind: str, name: str, shown: Sequence[Value], total: int, call: Call) -> dict[str, Value]:
    return {"summary": _summary(kind, total, total, call.page), name: shown}


def _summary(kind: str, totals: Value, most: int, page: Page) -> dict[str, Value]:
    summary: dict[str, Value] = {"type": kind, "totalResults": totals}
    if page.count is not None:
        summary |= {"set": page.number, "count": page.count, "totalResultSets": page.sets(most)}
    return summary


def _with_token[Entry](entries: Sequence[Entry], name: Callable[[Entry], str], call: Call) -> tuple[Entry, ...]:
    """Return the entries whose name begins with the letter of ``token``, or all."""
    token = call.parameters.get("token", "").strip()
    return tuple(entry for entry in entries if not token or first_letter(name(entry)) == first_letter(token))


def _names(catalog: Catalog, kind: str) -> list[str]:
    match kind:
        case "artist_token":
            return [artist.name for artist in catalog.artists]
        case "album_token":
            return [album.title for album in catalog.albums]
        case "track_token":
            return [track.title for track in catalog.tracks]
        case _:
            raise invalid_parameter("type")


def _tokens(kind: str, names: Iterable[str], call: Call) -> Value:
    counts: dict[str, int] = {}
    for name in names:
        letter = first_letter(name)
        counts[letter] = counts.get(letter, 0) + 1
    tokens: list[Value] = [{"token": letter, "count": counts[letter]} for letter in sorted(counts)]
    return _set(kind, "tokenList", tokens, len(tokens), call)


def artist_fields(artist: Artist) -> dict[str, Value]:
    """Return an artist."""
    return {
        "artistId": str(artist.id),
        "artistName": artist.name,
        "artistSize": artist.size,
        "albumCount": len(artist.albums),
        "trackCount": len(artist.tracks),
    }


def album_fields(album: Album) -> dict[str, Value]:
    """Return an album; when it was bought or released is not known here."""
    return {
        "albumId": str(album.id),
        "albumTitle": album.title,
        "artistId": str(album.artist_id),
        "artistName": album.artist,
        "trackCount": len(album.tracks),
        "albumSize": album.size,
        "purchaseDate": None,
        "releaseDate": None,
        "hasArt": int(album.cover_track is not None),
    }


def _playlist(playlist: Playlist) -> dict[str, Value]:
    return {
        "playlistId": str(playlist.id),
        "playlistTitle": playlist.title,
        "title": playlist.title,
        "fileName": playlist.file_name,
        "fileCount": len(playlist.tracks),
        "playlistSize": playlist.size,
        "dateModified": int(playlist.modified),
    }


def _track(track: Track, call: Call) -> dict[str, Value]:
    fields = track_fields(track, call.links)
    if call.parameters.get("mindata", "").lower() in {"true", "1"}:
        return {name: value for name, value in fields.items() if name not in _NOT_IN_MINIMAL_DATA}
    return fields


def track_fields(track: Track, links: Links) -> dict[str, Value]:
    """Return a track."""
    fields: dict[str, Value] = {
        "trackId": str(track.id),
        "trackTitle": track.title,
        "trackNumber": optional_number(track.number),
        "trackLength": Milliseconds(track.length),
        "trackFileName": track.file_name,
        "trackFileKey": track.key,
        "trackFileSize": track.size,
        "trackFileMimeType": track.mime_type,
        "downloadURL": links.with_token("lockerget", track.key),
        "playURL": links.with_token("lockerplay", track.key),
        "albumId": optional_number(track.album_id),
        "albumTitle": track.album,
        "albumYear": optional_number(track.year),
        "artistName": track.artist,
        "artistId": str(track.artist_id),
        "hasArt": int(track.has_cover),
        "albumArtURL": links.with_token("albumartget", track.key) if track.has_cover else None,
    }
    if track.disc is not None:
        fields["discNumber"] = str(track.disc)
    if track.genre is not None:
        fields["genre"] = track.genre
    return fields


def _tracks(catalog: Catalog, plays: Plays, call: Call) -> Sequence[Track]:
    """Return the tracks of a playlist, of a list of keys, of an album or artist, or all; raise CallError."""
    playlist_id = call.parameters.get("playlist_id", "").strip()
    keys = call.parameters.get("key", "").strip()
    if playlist_id:
        return _playlist_tracks(catalog, plays, call, playlist_id)
    if keys:
        return [track for key in keys.split(",") if (track := catalog.by_key(key.strip()))]
    return chosen_tracks(catalog, call)[0]


def _playlist_tracks(catalog: Catalog, plays: Plays, call: Call, playlist_id: str) -> Sequence[Track]:
    match playlist_id:
        case "RANDOM_TRACKS":
            return random.sample(catalog.tracks, min(_RESERVED_LENGTH, len(catalog.tracks)))
        case "NEWEST_TRACKS":
            return newest(catalog)[:_RESERVED_LENGTH]
        case "RECENTLY_PLAYED":
            return [track for track, _at in plays[:_RESERVED_LENGTH]]
        case "INBOX":
            return []
        case _ if playlist_id.startswith(_PLAYMIX):
            return _similar(catalog, playlist_id.removeprefix(_PLAYMIX))
    playlist = catalog.playlist(call.number("playlist_id") or 0)
    if playlist is None:
        raise invalid_parameter("playlist_id")
    return playlist.tracks


def newest(catalog: Catalog) -> list[Track]:
    """Return the tracks, the one that came last first."""
    return sorted(catalog.tracks, key=lambda track: (-track.added, -track.id))


def _similar(catalog: Catalog, track_id: str) -> Sequence[Track]:
    """Return tracks like this one: of its artist first, then of its genre."""
    number = number_of(track_id)
    track = None if number is None else catalog.track(number)
    if track is None:
        raise invalid_parameter("playlist_id")
    others = [other for other in catalog.tracks if other.id != track.id]
    same_artist = [other for other in others if other.artist_id == track.artist_id]
    same_genre = [
        other for other in others if track.genre and other.genre == track.genre and other.artist_id != track.artist_id
    ]
    return [track, *same_artist, *same_genre][:_RESERVED_LENGTH]


def locker_search(catalog: Catalog, call: Call) -> Value:
    """Return what has every word of ``s`` in its name; raise CallError."""
    asked = {name.strip().lower() for name in call.text("type").split(",")} - {""}
    if not asked or not asked.issubset(_SEARCH_TYPES):
        raise invalid_parameter("type")
    words = folded(call.text("s")).split()
    level = call.parameters.get("result_data_level", "min").lower()

    def matches(name: str) -> bool:
        text = folded(name)
        return bool(words) and all(word in text for word in words)

    artists = [artist for artist in catalog.artists if matches(artist.name)] if "artist" in asked else []
    albums = [album for album in catalog.albums if matches(album.title)] if "album" in asked else []
    tracks = [track for track in catalog.tracks if matches(track.title)] if "track" in asked else []
    counts = {"artist": len(artists), "album": len(albums), "track": len(tracks)}
    kinds = [kind for kind in _SEARCH_TYPES if kind in asked]
    page = call.page
    found: dict[str, list[Value]] = {
        "artist": [_found_artist(artist, level, call.links) for artist in page.of(artists)],
        "album": [_found_album(album, level, call.links) for album in page.of(albums)],
        "track": [track_fields(track, call.links) for track in page.of(tracks)],
    }
    totals: dict[str, Value] = {kind: counts[kind] for kind in kinds}
    answer: dict[str, Value] = {"summary": _summary(",".join(kinds), totals, max(counts.values()), page)}
    return answer | {f"{kind}List": found[kind] for kind in kinds}


def _found_artist(artist: Artist, level: str, links: Links) -> dict[str, Value]:
    if level != "max":
        return artist_fields(artist)
    return artist_fields(artist) | {"albumList": [_found_album(album, level, links) for album in artist.albums]}


def _found_album(album: Album, level: str, links: Links) -> dict[str, Value]:
    if level != "max":
        return album_fields(album)
    return album_fields(album) | {"trackList": [track_fields(track, links) for track in album.tracks]}


def locker_stats(catalog: Catalog, plays: Plays, call: Call) -> Value:
    """Return what was added or played last: no session, so no URLs; raise CallError."""
    if call.text("type").lower() != "track":
        raise invalid_parameter("type")
    match call.text("filter").lower():
        case "recently_added":
            shown = [(track, track.added) for track in newest(catalog)]
        case "recently_played":
            shown = list(plays)
        case _:
            raise invalid_parameter("filter")
    count = call.number("count") or _MOST_STATISTICS
    if count > _MOST_STATISTICS:
        raise CallError("The count input parameter failed validation.")
    return {"trackList": [_statistic(track, at) for track, at in shown[:count]]}


def _statistic(track: Track, at: float) -> Value:
    return {
        "trackId": str(track.id),
        "trackTitle": track.title,
        "trackNumber": optional_number(track.number),
        "trackLength": Milliseconds(track.length),
        "albumId": optional_number(track.album_id),
        "albumTitle": track.album,
        "artistId": str(track.artist_id),
        "artistName": track.artist,
        "timestamp": int(at),
    }
