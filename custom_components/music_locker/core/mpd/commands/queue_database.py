"""Filters over the queue (protocol, "The Queue": ``playlistfind`` and ``playlistsearch``)."""

from collections.abc import Callable, Sequence

from ...playback.queue import QueueItem
from ..filters import Song, compile_filter
from ..registry import Permission, command, several
from ..selection import parse_selection
from ..session import Session
from ..songs import queue_block
from ..tags import value_or_fallback

_SECTION = "queue"
_NUMERIC = frozenset({"track", "disc"})


@command("playlistfind", several(), section=_SECTION, permission=Permission.READ, since="0.13")
def playlistfind(session: Session, *arguments: str) -> None:
    """Show the queued songs that a filter takes, case being significant."""
    _show_matches(session, arguments, folded=False)


@command("playlistsearch", several(), section=_SECTION, permission=Permission.READ, since="0.13")
def playlistsearch(session: Session, *arguments: str) -> None:
    """Show the queued songs that a filter takes, case being of no significance."""
    _show_matches(session, arguments, folded=True)


def _show_matches(session: Session, arguments: Sequence[str], *, folded: bool) -> None:
    selection = parse_selection(arguments, folded=folded, queue=True)
    matches = compile_filter(selection.filter)
    found = [(position, item) for position, item in enumerate(session.player.queue) if matches(_song(item))]
    if selection.sort is not None:
        key = _sort_key(selection.sort)
        found.sort(key=lambda entry: key(entry[1]), reverse=selection.descending)
    mask = session.tag_mask
    window = selection.window
    session.reply.raw([queue_block(item, position, mask) for position, item in found[window.start : window.end]])


def _song(item: QueueItem) -> Song:
    uri = item.url or "" if item.track is None else item.track.uri
    return Song(uri, item.track, item.priority)


def _sort_key(tag: str) -> Callable[[QueueItem], str | float]:
    if tag == "prio":
        return lambda item: item.priority
    if tag in {"last-modified", "added"}:
        return lambda item: _seconds(item, added=tag == "added")
    if tag in _NUMERIC:
        return lambda item: int(_value(item, tag) or 0)
    return lambda item: _value(item, tag)


def _value(item: QueueItem, tag: str) -> str:
    return "" if item.track is None else value_or_fallback(item.track, tag)


def _seconds(item: QueueItem, *, added: bool) -> float:
    when = None if item.track is None else item.track.added if added else item.track.modified
    return 0.0 if when is None else when.timestamp()
