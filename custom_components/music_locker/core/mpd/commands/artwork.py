"""Pictures (protocol, "albumart" and "readpicture"): the lockers' covers, in chunks."""

import asyncio
from collections.abc import Sequence

from ...errors import LockerError, NotFound
from ...library import Catalog
from ...models import Artwork, Track
from ..arguments import parse_unsigned
from ..errors import AckCode, AckError
from ..index import index_of
from ..local_files import refuse_local_files
from ..registry import Permission, command
from ..session import Session

_SECTION = "database"
_MOST_SONGS = 200  # of a directory: who asks for the cover of a whole locker gets one of the first
_PATIENCE = 1.5  # seconds; clients give up after some more, and MPD's answer to them is at once


class _NotYet(Exception):  # noqa: N818 - says what it is
    """The service has not given the picture in time, or cannot now; there may be one."""


@command("albumart", str, parse_unsigned, section=_SECTION, permission=Permission.READ, since="0.21")
async def albumart(session: Session, uri: str, offset: int) -> None:
    """Show a chunk of the cover of a song or a directory."""
    refuse_local_files(uri)
    try:
        artwork = await _fetch(session, await _named(session, uri))
    except _NotYet:
        artwork = None
    if artwork is None:
        raise AckError(AckCode.NO_EXIST, "No file exists")
    if offset > len(artwork.content):
        raise AckError(AckCode.ARG, "Offset too large")
    _show(session, artwork, offset, None)


@command("readpicture", str, parse_unsigned, section=_SECTION, permission=Permission.READ, since="0.22")
async def readpicture(session: Session, uri: str, offset: int) -> None:
    """Show a chunk of a song's picture with its MIME type; nothing where the song has none."""
    refuse_local_files(uri)
    track = session.core.library.catalog.track_by_uri(uri)
    if track is None:
        raise AckError(AckCode.NO_EXIST, "No such song")
    try:
        artwork = await _fetch(session, [track])
    except _NotYet:
        raise AckError(AckCode.NO_EXIST, "No picture available yet") from None
    if artwork is None:
        return
    if offset > len(artwork.content):
        raise AckError(AckCode.ARG, "Bad file offset")
    _show(session, artwork, offset, artwork.mime_type)


def _show(session: Session, artwork: Artwork, offset: int, mime_type: str | None) -> None:
    chunk = artwork.content[offset : offset + session.binary_limit]
    session.reply.binary(chunk, len(artwork.content), mime_type)


async def _named(session: Session, uri: str) -> Sequence[Track]:
    """Return the songs whose cover is meant: the one at this path, or the first ones in or below its directory."""
    track = session.core.library.catalog.track_by_uri(uri)
    if track is not None:
        return [track]
    index = await index_of(session.core.library)
    directory = index.directories.get(uri) or index.directories.get(uri.rpartition("/")[0])
    if directory is None or not directory.path:
        return []
    return index.tracks[directory.start : min(directory.end, directory.start + _MOST_SONGS)]


async def _fetch(session: Session, tracks: Sequence[Track]) -> Artwork | None:
    """Return the first picture that these songs have, from the service or inside their files; raise _NotYet.

    A fetch that takes longer goes on in the streams' own task, and the next command finds the picture in the cache.
    """
    catalog = session.core.library.catalog
    wanted = next(((track.locker, found) for track in tracks if (found := _artwork_id(catalog, track))), None)
    if wanted is not None:
        try:
            async with asyncio.timeout(_PATIENCE):
                return await session.core.streams.artwork(*wanted)
        except NotFound:
            pass
        except (LockerError, TimeoutError) as error:
            raise _NotYet from error
    for track in tracks:
        if (inside := await session.core.streams.embedded_artwork(track)) is not None:
            return inside
    return None


def _artwork_id(catalog: Catalog, track: Track) -> str | None:
    if track.artwork is not None or track.album_id is None:
        return track.artwork
    album = catalog.album(track.locker, track.album_id)
    return None if album is None else album.artwork
