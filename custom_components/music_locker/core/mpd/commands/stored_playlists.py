"""Stored playlists (protocol, "Stored playlists"): the lockers' playlists, to be read and queued."""

from collections.abc import Sequence

from ...availability import available
from ...models import Track
from ..adding import insert_position
from ..arguments import ALL
from ..errors import AckCode, AckError
from ..index import Index, index_of
from ..registry import Permission, command
from ..selection import parse_window
from ..session import Session
from ..songs import song_block
from ..tags import clean
from .database import show_playlists

_SECTION = "stored playlists"


@command("listplaylists", section=_SECTION, permission=Permission.READ)
async def listplaylists(session: Session, _arguments: Sequence[str]) -> None:
    """Show the names of all stored playlists."""
    show_playlists(session, await index_of(session.core.library))


@command("listplaylist", section=_SECTION, minimum=1, maximum=2, permission=Permission.READ)
async def listplaylist(session: Session, arguments: Sequence[str]) -> None:
    """Show the paths of a playlist's songs; a range of them is protocol 0.24."""
    for track in await _tracks(session, arguments):
        session.reply.pair("file", clean(track.uri))


@command("listplaylistinfo", section=_SECTION, minimum=1, maximum=2, permission=Permission.READ)
async def listplaylistinfo(session: Session, arguments: Sequence[str]) -> None:
    """Show a playlist's songs; a range of them is protocol 0.24."""
    session.reply.raw([song_block(track, session.tag_mask) for track in await _tracks(session, arguments)])


@command("load", section=_SECTION, minimum=1, maximum=3, permission=Permission.ADD)
async def load(session: Session, arguments: Sequence[str]) -> None:
    """Queue a playlist, or a range of it, at the end or at a position."""
    position = None
    if len(arguments) > 2:  # noqa: PLR2004 - the name, the range, the position
        parse_window(arguments[1])
        position = insert_position(session.player, arguments[2])
    tracks = available(await _tracks(session, arguments[:2]))
    if tracks:
        session.player.add(tracks, position)


async def _tracks(session: Session, arguments: Sequence[str]) -> Sequence[Track]:
    """Return the songs of the playlist that the first argument names, in the range of the second; raise AckError."""
    window = parse_window(arguments[1]) if len(arguments) > 1 else ALL
    index = await index_of(session.core.library)
    return _all_tracks(index, arguments[0])[window.start : window.end]


def _all_tracks(index: Index, name: str) -> Sequence[Track]:
    stored = index.playlists.get(name)
    if stored is None:
        raise AckError(AckCode.NO_EXIST, "No such playlist")
    return index.catalog.playlist_tracks(stored.playlist.locker, stored.playlist.id)
