"""Tokens: what makes the URL of a stream good for one track on one output, and for nothing else.

A token is checked without a database and outlives restarts; raising an output's generation revokes all it was given.
It stands only in URLs handed to that output, so nothing in this package logs a token, a path or a URL.
"""

import base64
import binascii
import hashlib
import hmac
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from ..models import Track, TrackKey

STREAM_PATH = "/api/music_locker/stream"

_TOKEN_BYTES = 16
_PURPOSE = b"music_locker stream"
_ARTWORK_PURPOSE = b"music_locker artwork"
_EXTENSIONS = {
    "audio/aac": "aac",
    "audio/aacp": "aac",
    "audio/aiff": "aiff",
    "audio/flac": "flac",
    "audio/m4a": "m4a",
    "audio/mp3": "mp3",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/opus": "opus",
    "audio/vorbis": "ogg",
    "audio/wav": "wav",
    "audio/x-aiff": "aiff",
    "audio/x-flac": "flac",
    "audio/x-m4a": "m4a",
    "audio/x-ms-wma": "wma",
    "audio/x-wav": "wav",
    "application/ogg": "ogg",
}
_EXTENSION_LENGTH = 5


class Tokens:
    """Make and check the tokens of the registered outputs."""

    def __init__(self, key: bytes) -> None:
        """Keep the installation's key, a secret of at least 16 bytes."""
        if len(key) < _TOKEN_BYTES:
            raise ValueError("The installation key has fewer than 16 bytes")
        self._key = key
        self._generations: dict[str, int] = {}

    def register(self, output_id: str, generation: int) -> None:
        """Accept the tokens of this output in this generation, and those of no other generation."""
        self._generations[output_id] = generation

    def unregister(self, output_id: str) -> None:
        """Accept no token of this output any more."""
        self._generations.pop(output_id, None)

    def path(self, output_id: str, track: Track) -> str:
        """Return the path of a track's stream for an output; raise LookupError for one that is not registered."""
        if output_id not in self._generations:
            raise LookupError("The output is not registered")
        token = self._token(output_id, self._generations[output_id], track.key)
        return f"{STREAM_PATH}/{token}/{file_name(track)}"

    def key_of(self, token: str, file: str) -> TrackKey | None:
        """Return the track that ``file`` names, or None where ``token`` is no output's token for it.

        The time it takes tells nothing of the right token: every output's is made and compared in whole.
        """
        key = parse_file_name(file)
        if key is None:
            return None
        given = token.encode("utf-8", "replace")
        valid = False
        for output_id, generation in self._generations.items():
            valid |= hmac.compare_digest(self._token(output_id, generation, key).encode("ascii"), given)
        return key if valid else None

    def key_of_url(self, url_or_path: str) -> TrackKey | None:
        """Return the track of one of our own stream URLs, or None for every other URL."""
        try:
            path = urlsplit(url_or_path).path
        except ValueError:
            return None
        prefix, _, rest = path.partition(STREAM_PATH + "/")
        token, _, file = rest.partition("/")
        return self.key_of(token, file) if not prefix and file else None

    def of_artwork(self, locker: str, artwork_id: str) -> str:
        """Return the token of a picture; it is the same for everybody, and outlives restarts."""
        return self._digest(_ARTWORK_PURPOSE, locker.encode(), artwork_id.encode())

    def _token(self, output_id: str, generation: int, key: TrackKey) -> str:
        generation_number = str(generation).encode("ascii")
        return self._digest(_PURPOSE, output_id.encode(), generation_number, key.locker.encode(), key.id.encode())

    def _digest(self, *fields: bytes) -> str:
        # Each field goes behind its length, so that no two sets of fields make the same message.
        message = b"".join(len(field).to_bytes(4) + field for field in fields)
        return _encode(hmac.digest(self._key, message, hashlib.sha256)[:_TOKEN_BYTES])


def file_name(track: Track) -> str:
    """Return the last part of a stream's path: it names the track, and its extension the kind of file."""
    return f"{_encode(track.locker.encode())}.{_encode(track.id.encode())}.{extension(track)}"


def parse_file_name(file: str) -> TrackKey | None:
    """Return the track that a file name names, or None for anything that :func:`file_name` does not make."""
    match file.split("."):
        case [locker, track_id, _]:
            try:
                return TrackKey(_decode(locker), _decode(track_id))
            except ValueError, binascii.Error:
                return None
    return None


def extension(track: Track) -> str:
    """Return the extension for a track's MIME type, else that of its file name, else ``mp3``."""
    known = _EXTENSIONS.get(track.mime_type.partition(";")[0].strip().lower())
    if known is not None:
        return known
    own = PurePosixPath(track.file_name or "").suffix[1:].lower()
    return own if own.isascii() and own.isalnum() and len(own) <= _EXTENSION_LENGTH else "mp3"


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def _decode(text: str) -> str:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
