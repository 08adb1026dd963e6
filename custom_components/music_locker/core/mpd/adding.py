"""What ``add`` and ``addid`` name: a track, a folder, one of our stream URLs, or a foreign URL."""

import re
from collections.abc import Sequence
from itertools import repeat

from ..availability import available, require_available
from ..models import Track
from ..pieces import in_pieces
from ..playback.long_edits import MANY, prepare
from ..playback.player import Player
from ..streams.tokens import STREAM_PATH
from .arguments import parse_position
from .errors import AckCode, AckError
from .index import index_of
from .local_files import refuse_local_files
from .registry import BulkArguments
from .session import Session

_SCHEME = re.compile(r"([^/]+)://")
_FOREIGN = frozenset({"http", "https"})


async def find_addition(session: Session, uri: str) -> Sequence[Track | str]:
    """Return the tracks that a URI names, those of a folder in MPD's order, or a foreign URL.

    What a locker does not give is left out of a folder, and refused by itself. Raise AckError, Unavailable.
    """
    if uri != "/":
        refuse_local_files(uri)
    addition = _track_or_url(session, uri)
    if addition is not None:
        return [addition]
    index = await index_of(session.core.library)
    folder = index.directories.get("" if uri == "/" else uri)
    if folder is None:
        raise AckError(AckCode.NO_EXIST, "No such directory")
    return await available_of(index.tracks[folder.start : folder.end])


async def available_of(tracks: Sequence[Track]) -> Sequence[Track]:
    """Return the tracks that can be played; raise Unavailable where there are tracks, but no such."""
    if len(tracks) <= MANY:
        return available(tracks)
    found: list[Track] = []
    async for some in in_pieces(tracks):
        found += [track for track in some if track.available]
    return found or available(tracks[:1])


async def queue_things(session: Session, things: Sequence[Track | str], position: str | None = None) -> None:
    """Queue tracks and URLs at a position, or at the end; raise AckError."""
    player, library = session.player, session.core.library
    catalog = library.catalog
    new = await prepare(player.queue, things)
    player.add(new, None if position is None else insert_position(player, position))
    if library.catalog is not catalog:  # what was found has changed in the meantime
        player.library_changed()


def require_track_or_url(session: Session, uri: str) -> Track | str:
    """Return the one track that a URI names, or a foreign URL; raise AckError, Unavailable."""
    refuse_local_files(uri)
    addition = _track_or_url(session, uri)
    if addition is None:
        raise AckError(AckCode.NO_EXIST, "No such song")
    return addition


def add_run(session: Session, commands: BulkArguments) -> Sequence[int]:
    """Add the tracks that these URIs name, each behind the one before, and return their ids.

    End before what is no track, cannot be played, or is to go somewhere else.
    """
    queue = session.player.queue
    first = commands[0][1] if commands else ""
    start = int(first) if first else len(queue)
    if start > len(queue):
        return ()
    places = [str(place) for place in range(start, start + len(commands))] if first else repeat("")
    find = session.core.library.catalog.track_by_uri
    tracks: list[Track] = []
    for (uri, position), place in zip(commands, places, strict=False):
        track = find(uri)
        if track is None or not track.available or position != place:
            break
        tracks.append(track)
    return session.player.add(tracks[: queue.room], start)


def insert_position(player: Player, text: str) -> int:
    """Return where to insert; raise AckError."""
    current = player.current
    position = None if current is None else player.queue.position_of(current.id)
    return parse_position(text, len(player.queue), position)


def current_position(player: Player) -> int:
    """Return where the current song is; raise AckError if there is none."""
    if player.current is None:
        raise AckError(AckCode.PLAYER_SYNC, "No current song")
    return player.queue.position_of(player.current.id)


def _track_or_url(session: Session, uri: str) -> Track | str | None:
    """Return what is queued as one song; a foreign URL is kept as it is and never fetched here."""
    catalog = session.core.library.catalog
    if (scheme := _SCHEME.match(uri)) is not None:
        if scheme[1].lower() not in _FOREIGN:
            raise AckError(AckCode.ARG, "Unsupported URI scheme")
        if STREAM_PATH not in uri:
            return uri
        key = session.core.streams.track_of(uri)
        track = None if key is None else catalog.track(key)
        if track is None:  # an old address of ours: it holds a token, and no output could play it
            raise AckError(AckCode.NO_EXIST, "No such song")
    else:
        track = catalog.track_by_uri(uri)
    if track is not None:
        require_available(track)
    return track
