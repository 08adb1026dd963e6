"""Songs as clients see them: rendered with all tags, of which each client is shown those that it wants."""

import re
from collections.abc import Iterable
from functools import lru_cache

from ..models import Track
from ..playback.queue import QueueItem
from .tags import ALL_TAGS, DEFAULT_TAGS, SHOWN, clean, own_value, time_text

_CREDENTIALS = re.compile(r"^([^:/?#]+://)[^/?#]*@")
_LENGTH = re.compile(rb"^(?:Time|duration): [^\n]*\n", re.MULTILINE)
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
    """Return what finds the lines of hidden tags, each by the end of the line before it: it has a literal beginning."""
    names = [name.encode() for name in SHOWN if name.lower() not in mask]
    return re.compile(rb"\n(?:%s): [^\n]*" % b"|".join(names)) if names else None


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


def queue_block(item: QueueItem, position: int, mask: Mask, own: Mask = DEFAULT_TAGS) -> bytes:
    """Return the lines of one song of a queue: the song, its position, its id, and its priority where it has one.

    ``own`` holds the lower-case names of the tags to show of those that clients have given it.
    """
    if item.track is None:
        song = _foreign_song(item, own)
    elif item.start or item.end is not None:
        song = _part_of_song(song_block(item.track, mask), item)
    else:
        song = song_block(item.track, mask)
    if item.priority:
        return b"%sPos: %d\nId: %d\nPrio: %d\n" % (song, position, item.id, item.priority)
    return b"%sPos: %d\nId: %d\n" % (song, position, item.id)


def _foreign_song(item: QueueItem, own: Mask) -> bytes:
    lines = [f"file: {clean(shown_url(item.url or ''))}\n"]
    lines += [f"{name}: {value}\n" for name, value in item.tags if name.lower() in own]
    song = "".join(lines).encode(errors="replace")
    return _part_of_song(song, item) if item.start or item.end is not None else song


def _part_of_song(song: bytes, item: QueueItem) -> bytes:
    """Put the part that is played into a song's lines, and its length in place of the whole one's."""
    file, _, rest = song.partition(b"\n")
    end = "" if item.end is None else f"{item.end:.3f}"
    length = "" if item.duration is None else f"Time: {int(item.duration + 0.5)}\nduration: {item.duration:.3f}\n"
    return b"%s\nRange: %.3f-%s\n%s%s" % (file, item.start, end.encode(), _LENGTH.sub(b"", rest), length.encode())
