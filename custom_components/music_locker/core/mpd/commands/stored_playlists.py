"""Stored playlists (protocol, "Stored playlists"): the lockers' playlists, to be read and queued."""

from collections.abc import Sequence

from ...availability import available
from ...models import Track
from ..adding import insert_position
from ..arguments import ALL, Range
from ..errors import AckCode, AckError
from ..playlists import stored_playlists
from ..registry import Permission, command, optional
from ..selection import parse_window
from ..session import Session
from ..songs import song_block
from ..tags import clean
from .database import show_playlists

_SECTION = "stored playlists"


@command("listplaylists", section=_SECTION, permission=Permission.READ, since="0.14")
def listplaylists(session: Session) -> None:
    """Show the names of all stored playlists."""
    show_playlists(session)


@command("listplaylist", str, optional(parse_window), section=_SECTION, permission=Permission.READ, since="0.12")
def listplaylist(session: Session, name: str, window: Range = ALL) -> None:
    """Show the paths of a playlist's songs, all or a range."""
    for track in _tracks(session, name, window):
        session.reply.pair("file", clean(track.uri))


@command("listplaylistinfo", str, optional(parse_window), section=_SECTION, permission=Permission.READ, since="0.12")
def listplaylistinfo(session: Session, name: str, window: Range = ALL) -> None:
    """Show a playlist's songs, all or a range."""
    session.reply.raw([song_block(track, session.tag_mask) for track in _tracks(session, name, window)])


@command("load", str, optional(parse_window), optional(str), section=_SECTION, permission=Permission.ADD, since="0.10")
def load(session: Session, name: str, window: Range = ALL, position: str | None = None) -> None:
    """Queue a playlist, or a range of it, at the end or at a position."""
    to = None if position is None else insert_position(session.player, position)
    tracks = available(_tracks(session, name, window))
    session.player.last_loaded_playlist = name
    if tracks:
        session.player.add(tracks, to)


def _tracks(session: Session, name: str, window: Range) -> Sequence[Track]:
    """Return the songs of a playlist in a range; raise AckError."""
    library = session.core.library
    stored = stored_playlists(library).get(name)
    if stored is None:
        raise AckError(AckCode.NO_EXIST, "No such playlist")
    tracks = library.catalog.playlist_tracks(stored.playlist.locker, stored.playlist.id)
    return tracks[window.start : window.end]
