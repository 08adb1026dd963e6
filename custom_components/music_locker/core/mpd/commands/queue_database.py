"""Filters over the queue (protocol, "The Queue": ``playlistfind`` and ``playlistsearch``)."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import batched

from ...models import UNKNOWN_ARTIST, Track
from ...playback.queue import QueueItem
from ..calculating import calculate
from ..errors import AckCode, AckError
from ..filters import Song, compile_filter, has_pattern, leaves
from ..index import index_of
from ..patterns import Patience
from ..registry import Permission, command, several
from ..selecting import NOT_SORTED
from ..selection import Selection, parse_selection
from ..session import Session
from ..songs import queue_block
from ..tags import value_or_fallback

_SECTION = "queue"
_TEXTS = frozenset({"Title", "Artist", "Album", "Genre"})
_NUMERIC = frozenset({"track", "disc"})
_PIECE = 128  # songs, some 30 KiB
_COST = 16  # rows of an index that are looked at in the time in which one song is tested

type _Entry = tuple[int, QueueItem]


@command("playlistfind", several(), section=_SECTION, permission=Permission.READ, since="0.13")
async def playlistfind(session: Session, *arguments: str) -> None:
    """Show the queued songs that a filter takes, case being significant."""
    await _show_matches(session, arguments, folded=False)


@command("playlistsearch", several(), section=_SECTION, permission=Permission.READ, since="0.13")
async def playlistsearch(session: Session, *arguments: str) -> None:
    """Show the queued songs that a filter takes, case being of no significance."""
    await _show_matches(session, arguments, folded=True)


async def _show_matches(session: Session, arguments: Sequence[str], *, folded: bool) -> None:
    selection = parse_selection(arguments, folded=folded, stripped=session.strip_diacritics, queue=True)
    entries = list(enumerate(session.player.queue))

    find = partial(_find, selection, entries)
    if has_pattern(selection.filter):
        index = await index_of(session.core.library)
        found = await index.turn.run(find)
    else:
        rows = len(entries) * len(leaves(selection.filter)) * _COST
        found = await calculate(partial(find, Patience()), rows=rows)
    mask, own = session.tag_mask, session.tag_types
    session.reply.stream(
        b"".join([queue_block(item, position, mask, own) for position, item in some])
        for some in batched(found, _PIECE, strict=False)
    )


def _find(selection: Selection, entries: list[_Entry], patience: Patience) -> list[_Entry]:
    matches = compile_filter(selection.filter, patience)
    found = [entry for entry in entries if matches(_song(entry[1]))]
    if selection.sort is not None:
        key = _sort_key(selection.sort)
        found.sort(key=lambda entry: key(entry[1]), reverse=selection.descending)
    window = selection.window
    if window.start > len(entries if selection.sort is None else found):
        raise AckError(AckCode.ARG, "Bad song index")
    return found[window.start : window.end]


def _song(item: QueueItem) -> Song:
    if item.track is not None:
        return Song(item.track.uri, item.track, item.priority)
    return Song(item.url or "", _stand_in(item) if item.tags else None, item.priority)


def _stand_in(item: QueueItem) -> Track:
    """Return what filters see of the tags that clients have given a URL: the first value of each text."""
    fields = {name: value for name, value in reversed(item.tags) if name in _TEXTS}
    title = fields.pop("Title", "")
    return Track(
        "", title, artist=fields.get("Artist", UNKNOWN_ARTIST), album=fields.get("Album"), genre=fields.get("Genre")
    )


def _sort_key(tag: str) -> Callable[[QueueItem], str | float]:
    if tag == "prio":
        return lambda item: item.priority
    if tag in {"last-modified", "added"}:
        return lambda item: _seconds(item, added=tag == "added")
    if tag in _NUMERIC:
        return lambda item: int(_value(item, tag) or 0)
    return lambda item: _value(item, tag)


def _value(item: QueueItem, tag: str) -> str:
    return "" if item.track is None or tag == NOT_SORTED else value_or_fallback(item.track, tag)


def _seconds(item: QueueItem, *, added: bool) -> float:
    when = None if item.track is None else item.track.added if added else item.track.modified
    return 0.0 if when is None else when.timestamp()
