"""Pictures (protocol, "albumart" and "readpicture"): the lockers' covers, in chunks."""

import asyncio
from collections.abc import Iterable, Sequence

from ...errors import LockerError, NotFound
from ...library import Catalog
from ...models import Artwork, Track
from ..arguments import parse_unsigned
from ..errors import AckCode, AckError
from ..index import index_of
from ..registry import Permission, command
from ..session import Session

_SECTION = "database"
_PATIENCE = 1.5  # seconds; clients give up after some more, and MPD's answer to them is at once


class _NotYet(Exception):  # noqa: N818 - says what it is
    """The service has not given the picture in time, or cannot now; there may be one."""


@command("albumart", section=_SECTION, minimum=2, maximum=2, permission=Permission.READ)
async def albumart(session: Session, arguments: Sequence[str]) -> None:
    """Show a chunk of the cover of a song or a directory."""
    uri, offset = arguments[0], parse_unsigned(arguments[1])
    try:
        artwork = await _fetch(session, await _named(session, uri))
    except _NotYet:
        artwork = None
    if artwork is None:
        raise AckError(AckCode.NO_EXIST, "No file exists")
    if offset > len(artwork.content):
        raise AckError(AckCode.ARG, "Offset too large")
    _show(session, artwork, offset, None)


@command("readpicture", section=_SECTION, minimum=2, maximum=2, permission=Permission.READ)
async def readpicture(session: Session, arguments: Sequence[str]) -> None:
    """Show a chunk of a song's picture with its MIME type; nothing where the song has none."""
    uri, offset = arguments[0], parse_unsigned(arguments[1])
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


async def _named(session: Session, uri: str) -> Iterable[Track]:
    """Return the songs whose cover is meant: the one at this path, or those in or below the directory."""
    track = session.core.library.catalog.track_by_uri(uri)
    if track is not None:
        return [track]
    index = await index_of(session.core.library, session.tag_mask)
    directory = index.directories.get(uri)
    return [] if directory is None or not uri else index.tracks[directory.start : directory.end]


async def _fetch(session: Session, tracks: Iterable[Track]) -> Artwork | None:
    """Return the first picture that these songs have, or None; raise _NotYet.

    A fetch that takes longer goes on in the streams' own task, and the next command finds the picture in the cache.
    """
    catalog = session.core.library.catalog
    wanted = next(((track.locker, found) for track in tracks if (found := _artwork_id(catalog, track))), None)
    if wanted is None:
        return None
    try:
        async with asyncio.timeout(_PATIENCE):
            return await session.core.streams.artwork(*wanted)
    except NotFound:
        return None
    except (LockerError, TimeoutError) as error:
        raise _NotYet from error


def _artwork_id(catalog: Catalog, track: Track) -> str | None:
    if track.artwork is not None or track.album_id is None:
        return track.artwork
    album = catalog.album(track.locker, track.album_id)
    return None if album is None else album.artwork
