"""Songs as clients see them: rendered with all tags, of which each client is shown those that it wants."""

import re
from collections.abc import Iterable
from functools import lru_cache

from ..models import Track
from ..playback.queue import QueueItem
from .tags import ALL_TAGS, SHOWN, clean, own_value, time_text

_CREDENTIALS = re.compile(r"^([^:/?#]+://)[^/?#]*@")
_MOST_KEPT = 32_768  # songs

type Mask = frozenset[str]

_FIELDS = tuple((name, name.lower()) for name in SHOWN)


def render_song(track: Track) -> bytes:
    """Return the lines of one song with all its tags, in the order of ``src/SongPrint.cxx``."""
    lines = [f"file: {clean(track.uri)}\n"]
    if track.modified is not None:
        lines.append(f"Last-Modified: {time_text(track.modified)}\n")
    if track.added is not None:
        lines.append(f"Added: {time_text(track.added)}\n")
    for name, tag in _FIELDS:
        value = own_value(track, tag)
        if value:
            lines.append(f"{name}: {value}\n")
    if track.duration is not None:
        lines.append(f"Time: {int(track.duration + 0.5)}\nduration: {track.duration:.3f}\n")
    return "".join(lines).encode(errors="replace")


def masked(songs: bytes, mask: Mask) -> bytes:
    """Return rendered songs without the tags that ``mask`` (lower-case names) has not."""
    hidden = _hidden(mask)
    return songs if hidden is None else hidden.sub(b"", songs)


@lru_cache(maxsize=64)
def _hidden(mask: Mask) -> re.Pattern[bytes] | None:
    """Return what finds the lines of hidden tags; none of them is the first line of a song."""
    names = [name.encode() for name in SHOWN if name.lower() not in mask]
    return re.compile(rb"(?:\n(?:%s): [^\n]*)+" % b"|".join(names)) if names else None


_KEPT: dict[int, tuple[Track, bytes]] = {}


def song_block(track: Track, mask: Mask) -> bytes:
    """Return the lines of one song with the tags of ``mask``; some songs are kept, those of queues among them."""
    entry = _KEPT.get(id(track))
    block = entry[1] if entry is not None and entry[0] is track else _keep(track)
    return block if mask is ALL_TAGS else masked(block, mask)


def song_blocks(tracks: Iterable[Track]) -> list[bytes]:
    """Return the lines of many songs, each with all its tags."""
    kept = _KEPT.get
    return [
        entry[1] if (entry := kept(id(track))) is not None and entry[0] is track else _keep(track) for track in tracks
    ]


def _keep(track: Track) -> bytes:
    if len(_KEPT) >= _MOST_KEPT:
        _KEPT.clear()
    block = render_song(track)
    _KEPT[id(track)] = track, block
    return block


def shown_url(url: str) -> str:
    """Return a foreign URL as clients see it: without user name and password, as MPD's own song lines are."""
    return _CREDENTIALS.sub(r"\1", url)


def queue_block(item: QueueItem, position: int, mask: Mask) -> bytes:
    """Return the lines of one song of a queue: the song, its position, its id, and its priority where it has one."""
    song = (
        f"file: {clean(shown_url(item.url or ''))}\n".encode() if item.track is None else song_block(item.track, mask)
    )
    if item.priority:
        return b"%sPos: %d\nId: %d\nPrio: %d\n" % (song, position, item.id, item.priority)
    return b"%sPos: %d\nId: %d\n" % (song, position, item.id)
