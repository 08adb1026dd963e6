"""URIs: the readable paths of tracks, which MPD clients see and keep in their playlists."""

import re
import unicodedata

from ..models import UNKNOWN_ALBUM, UNKNOWN_ARTIST, Track

MAX_SEGMENT = 200
"""How many characters of a name a path keeps, the suffix that makes it unique and the extension not counted."""

UNLISTED = "Friends"
"""What the URIs of tracks that are not listed begin with, below their locker."""

_UNSAFE = re.compile(r"[/\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_EXTENSION = re.compile(r".\.([A-Za-z0-9]{1,5})")
_EXTENSIONS = {
    "audio/aac": "aac",
    "audio/flac": "flac",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/x-flac": "flac",
    "audio/x-m4a": "m4a",
    "audio/x-ms-wma": "wma",
    "audio/x-wav": "wav",
}


def segment(name: str, otherwise: str) -> str:
    """Return a name as one segment of a path: never empty, "." or "..", and without "/" and control characters."""
    safe = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip()[:MAX_SEGMENT].rstrip()
    if not safe:
        return otherwise
    return "_" * len(safe) if safe in {".", ".."} else safe


def directory_of(track: Track, album_artist: str | None = None) -> str:
    """Return the artist and album segments of a track; ``album_artist`` is what its album says.

    A track that is not listed has one segment more, so that no listed one is ever named like it.
    """
    artist = track.album_artist or album_artist or track.artist
    directory = f"{segment(artist, UNKNOWN_ARTIST)}/{segment(track.album or '', UNKNOWN_ALBUM)}"
    return directory if track.listed else f"{UNLISTED}/{directory}"


def file_name_of(track: Track) -> tuple[str, str]:
    """Return a track's stem, such as "01 Title" or "2-01 Title", and its extension with the dot, or none."""
    number = "" if track.number is None else f"{track.number:02} "
    disc = f"{track.disc}-" if number and track.disc is not None and track.disc > 1 else ""
    return f"{disc}{number}{segment(track.title, 'Untitled')}", _extension(track)


def _extension(track: Track) -> str:
    name = track.file_name or ""
    found = _EXTENSION.fullmatch(name[-7:].lstrip(".")) or _EXTENSION.search(name[-7:])
    extension = found[1].lower() if found and name.endswith(found[0]) else _EXTENSIONS.get(track.mime_type)
    return f".{extension}" if extension else ""
