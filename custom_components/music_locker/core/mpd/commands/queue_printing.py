"""Commands that print the queue (protocol, "The Queue")."""

from collections.abc import Iterable
from itertools import batched

from ...playback.queue import QueueItem
from ..arguments import ALL, Range, parse_range, parse_unsigned, parse_version
from ..queue_listing import changed_positions, position_of, positions_of, print_positions, print_songs
from ..registry import Permission, command, optional
from ..session import Session
from ..songs import shown_url
from ..tags import clean

_SECTION = "queue"
_PIECE = 512  # songs


@command("playlist", section=_SECTION, permission=Permission.READ, since="0.10")
def playlist(session: Session) -> None:
    """Print where each song is and what its file is; kept for old clients."""
    entries = enumerate(session.player.queue.items)
    session.reply.stream(_paths(some) for some in batched(entries, _PIECE, strict=False))


def _paths(entries: Iterable[tuple[int, QueueItem]]) -> bytes:
    return "".join([f"{at}:file: {clean(_uri(item))}\n" for at, item in entries]).encode(errors="replace")


def _uri(item: QueueItem) -> str:
    return shown_url(item.url or "") if item.track is None else item.track.uri


@command("playlistinfo", optional(parse_range), section=_SECTION, permission=Permission.READ, since="0.10")
def playlistinfo(session: Session, chosen: Range = ALL) -> None:
    """Print the songs at these positions, or all."""
    print_songs(session, positions_of(session.player, chosen))


@command("playlistid", optional(parse_unsigned), section=_SECTION, permission=Permission.READ, since="0.11")
def playlistid(session: Session, item_id: int | None = None) -> None:
    """Print the song with an id, or all songs."""
    if item_id is None:
        positions = range(len(session.player.queue))
    else:
        position = position_of(session.player, item_id)
        positions = range(position, position + 1)
    print_songs(session, positions)


@command("plchanges", parse_version, optional(parse_range), section=_SECTION, permission=Permission.READ, since="0.11")
def plchanges(session: Session, version: int, wanted: Range = ALL) -> None:
    """Print the songs that are at another position, or other songs, than in a version."""
    print_songs(session, changed_positions(session.player, version, wanted))


@command(
    "plchangesposid", parse_version, optional(parse_range), section=_SECTION, permission=Permission.READ, since="0.12"
)
def plchangesposid(session: Session, version: int, wanted: Range = ALL) -> None:
    """Print the positions and ids of what ``plchanges`` prints."""
    if changes := changed_positions(session.player, version, wanted):
        print_positions(session, changes)
