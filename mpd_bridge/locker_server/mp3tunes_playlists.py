"""The methods of /api/v1 that change playlists."""

from collections.abc import Awaitable, Callable

from .catalog import Catalog, Playlist, Track
from .locker import Locker
from .mp3tunes_call import Call
from .mp3tunes_errors import CallError, invalid_parameter
from .mp3tunes_writer import Value

_TITLE_LENGTH = 200


async def playlist_add(locker: Locker, call: Call) -> Value:
    """Make a playlist of a title and, when they are given, the keys of its tracks; raise CallError, OSError."""
    catalog = await locker.catalog(call.folder)
    title = _title(call)
    good, bad = _tracks(catalog, call.parameters.get("keys", ""))
    playlist = await locker.add_playlist(title, good, call.folder)
    return _added(playlist, good, bad)


async def playlist_edit(locker: Locker, call: Call) -> Value:
    """Give a playlist another title; raise CallError, OSError."""
    playlist = _playlist(await locker.catalog(call.folder), call)
    title = _title(call)
    await locker.write_playlist(playlist, title, playlist.entries)
    return {"status": 1, "errorMessage": None, "playlistId": str(playlist.id), "playlistTitle": title}


async def playlist_delete(locker: Locker, call: Call) -> Value:
    """Throw a playlist away; raise CallError, OSError."""
    playlist = _playlist(await locker.catalog(call.folder), call)
    await locker.remove_playlist(playlist)
    return {"status": 1, "errorMessage": None, "playlistId": str(playlist.id)}


async def playlist_track_add(locker: Locker, call: Call) -> Value:
    """Put tracks at the end of a playlist; raise CallError, OSError."""
    catalog = await locker.catalog(call.folder)
    playlist = _playlist(catalog, call)
    keys = call.parameters.get("keys") or call.text("file_key")
    good, bad = _tracks(catalog, keys)
    await locker.write_playlist(playlist, playlist.title, [*playlist.entries, *(track.path for track in good)])
    return _added(playlist, good, bad)


async def playlist_track_delete(locker: Locker, call: Call) -> Value:
    """Take a track out of a playlist, wherever it stands in it; raise CallError, OSError."""
    catalog = await locker.catalog(call.folder)
    playlist = _playlist(catalog, call)
    key = _member(playlist, call)
    entries = [entry for entry in playlist.entries if entry not in catalog.paths[key]]
    await locker.write_playlist(playlist, playlist.title, entries)
    return {"status": 1, "errorMessage": None, "playlistId": str(playlist.id), "fileKey": key}


async def playlist_track_reorder(locker: Locker, call: Call) -> Value:
    """Move a track to a position, the first one is 1; raise CallError, OSError."""
    catalog = await locker.catalog(call.folder)
    playlist = _playlist(catalog, call)
    key = _member(playlist, call)
    position = call.number("position") or 0
    answer: dict[str, Value] = {"playlistId": str(playlist.id), "fileKey": key, "position": position}
    if not 1 <= position <= len(playlist.tracks):
        return {"status": 0, "errorMessage": "Invalid playlist position", **answer}
    entries = list(playlist.entries)
    entry = next(entry for entry in entries if entry in catalog.paths[key])
    entries.remove(entry)
    entries.insert(_index(catalog, entries, position), entry)
    await locker.write_playlist(playlist, playlist.title, entries)
    return {"status": 1, "errorMessage": None, **answer}


def _index(catalog: Catalog, entries: list[str], position: int) -> int:
    """Return where a position among the tracks is among all entries: some may be no tracks of the locker."""
    tracks = [index for index, entry in enumerate(entries) if catalog.by_path(entry) is not None]
    return tracks[position - 1] if position <= len(tracks) else len(entries)


def _title(call: Call) -> str:
    title = " ".join(call.text("title").split())
    if len(title) > _TITLE_LENGTH or not title.isprintable():
        raise invalid_parameter("title")
    return title


def _playlist(catalog: Catalog, call: Call) -> Playlist:
    call.text("playlist_id")
    playlist = catalog.playlist(call.number("playlist_id") or 0)
    if playlist is None:
        raise invalid_parameter("playlist_id")
    return playlist


def _member(playlist: Playlist, call: Call) -> str:
    key = call.text("file_key").lower()
    if all(track.key != key for track in playlist.tracks):
        raise CallError("The file_key input parameter failed validation.")
    return key


def _tracks(catalog: Catalog, keys: str) -> tuple[list[Track], list[str]]:
    """Return the tracks of a comma list of keys, and the keys that the locker has not."""
    good, bad = [], []
    for key in filter(None, (part.strip() for part in keys.split(","))):
        track = catalog.by_key(key)
        if track is None:
            bad.append(key)
        else:
            good.append(track)
    return good, bad


def _added(playlist: Playlist, good: list[Track], bad: list[str]) -> Value:
    return {
        "status": 1,
        "playlistId": str(playlist.id),
        "tracksAdded": len(good),
        "validKeys": [track.key for track in good],
        "invalidKeys": bad,
    }


EDITS: dict[str, Callable[[Locker, Call], Awaitable[Value]]] = {
    "playlistadd": playlist_add,
    "playlistedit": playlist_edit,
    "playlistdelete": playlist_delete,
    "playlisttrackadd": playlist_track_add,
    "playlisttrackdelete": playlist_track_delete,
    "playlisttrackreorder": playlist_track_reorder,
}
