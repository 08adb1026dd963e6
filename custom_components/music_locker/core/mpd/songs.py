"""Songs as clients see them, rendered once per track and set of tags."""

import re
from collections import OrderedDict
from collections.abc import Iterable

from ..models import Track
from ..playback.queue import QueueItem
from .tags import ALL_TAGS, SHOWN, clean, own_value, time_text

_CREDENTIALS = re.compile(r"^([^:/?#]+://)[^/?#]*@")
_MOST_MASKS = 4
_MOST_BLOCKS = 1_000_000

type Mask = frozenset[str]


class SongBlocks:
    """Keep the rendered songs for one set of tags; a block belongs to the very object that it was rendered from."""

    __slots__ = ("_blocks", "_fields")

    def __init__(self, mask: Mask) -> None:
        """Begin empty; ``mask`` holds the lower-case names of the tags to show."""
        self._fields = tuple((name, name.lower()) for name in SHOWN if name.lower() in mask)
        self._blocks: dict[int, tuple[Track, bytes]] = {}

    def block(self, track: Track) -> bytes:
        """Return the lines of one song."""
        entry = self._blocks.get(id(track))
        if entry is not None and entry[0] is track:
            return entry[1]
        if len(self._blocks) >= _MOST_BLOCKS:
            self._blocks = {}
        block = self._render(track)
        self._blocks[id(track)] = track, block
        return block

    def keep_only(self, tracks: Iterable[Track]) -> None:
        """Render these tracks and forget all others."""
        self._blocks = {id(track): (track, self.block(track)) for track in tracks}

    def _render(self, track: Track) -> bytes:
        lines = [f"file: {clean(track.uri)}\n"]
        if track.modified is not None:
            lines.append(f"Last-Modified: {time_text(track.modified)}\n")
        for name, tag in self._fields:
            value = own_value(track, tag)
            if value:
                lines.append(f"{name}: {value}\n")
        if track.duration is not None:
            lines.append(f"Time: {int(track.duration + 0.5)}\nduration: {track.duration:.3f}\n")
        return "".join(lines).encode(errors="replace")


_BY_MASK: OrderedDict[Mask, SongBlocks] = OrderedDict()


def song_blocks(mask: Mask) -> SongBlocks:
    """Return the blocks for a set of tags; the sets used last are kept."""
    shown = mask if mask is ALL_TAGS else mask & ALL_TAGS
    blocks = _BY_MASK.get(shown)
    if blocks is None:
        blocks = _BY_MASK[shown] = SongBlocks(shown)
        if len(_BY_MASK) > _MOST_MASKS:
            _BY_MASK.popitem(last=False)
    else:
        _BY_MASK.move_to_end(shown)
    return blocks


def song_block(track: Track, mask: Mask) -> bytes:
    """Return the lines of one song with the tags of ``mask`` (lower-case names)."""
    return song_blocks(mask).block(track)


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
