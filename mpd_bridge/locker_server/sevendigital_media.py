"""Sound and pictures of 7digital: streams that cost nothing, downloads that are counted, artwork by size."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping

from aiohttp import hdrs, web

from .catalog import Track
from .locker import Locker
from .media import Media, RangeError, parse_range, send_file, send_stream
from .sevendigital_errors import CallError, ErrorCode
from .sevendigital_formats import FORMATS, Format, downloads, own_format
from .sevendigital_gate import Call
from .sevendigital_locker import LockerListing
from .sevendigital_options import SevendigitalOptions
from .sevendigital_pictures import resized
from .sevendigital_releases import Release
from .sevendigital_store import SevendigitalStore
from .transcode import MIME_TYPES, TranscodeError, converted_chunks

type Begin = Callable[[], Awaitable[None]]
"""Note that sending begins, when nothing can hinder it any more; raise CallError where it may not."""

_ONE_DOWNLOAD = 3600.0  # seconds in which the rest of a download that broke off is asked for
_HEADERS: Mapping[str, str] = {hdrs.CACHE_CONTROL: "private, no-store"}
_PICTURE_HEADERS: Mapping[str, str] = {hdrs.CACHE_CONTROL: "public, max-age=86400"}


class Delivery:
    """Send tracks and pictures."""

    def __init__(
        self, locker: Locker, store: SevendigitalStore, listing: LockerListing, options: SevendigitalOptions
    ) -> None:
        """Keep what is sent."""
        self._locker = locker
        self._store = store
        self._listing = listing
        self._options = options

    async def stream(self, call: Call, request: web.Request) -> web.StreamResponse:
        """Send a track to be listened to: no download is counted. Raise CallError."""
        _release, track = await self._track(call)

        async def begin() -> None:
            if request.method != hdrs.METH_HEAD and not _is_rest(request, track):
                await self._locker.played(track)

        return await self._send(track, _format(call), request, begin)

    async def download(self, call: Call, request: web.Request, now: float) -> web.StreamResponse:
        """Send a track to be kept, while downloads are left, and count it; raise CallError."""
        release, track = await self._track(call)
        wanted = _format(call)
        if wanted is not None and wanted not in downloads(track, conversions=self._options.conversions):
            raise CallError(ErrorCode.NOT_AVAILABLE, "The track cannot be downloaded in this format")

        async def begin() -> None:
            await asyncio.to_thread(self._count, call, release, track, request, now)

        return await self._send(track, wanted, request, begin)

    def _count(self, call: Call, release: Release, track: Track, request: web.Request, now: float) -> None:
        """Count a download; looking at it, and fetching the rest of one that broke off, are none."""
        if _is_rest(request, track) and self._store.downloaded_since(call.key, track.id, now - _ONE_DOWNLOAD):
            return
        initial = self._listing.initial(release)
        if request.method == hdrs.METH_HEAD:
            counted = self._store.remaining(call.key).get(track.id, initial) > 0
        else:
            counted = self._store.count_download(call.key, track.id, initial, now)
        if not counted:
            raise CallError(ErrorCode.NOT_AVAILABLE, "The track has been downloaded as often as its licensor allows")

    async def picture(self, release_id: int, size: int) -> web.Response:
        """Return a release's picture, ``size`` pixels wide; raise CallError."""
        release = (await self._listing.releases()).get(release_id)
        cover = await self._locker.cover(release.cover_track) if release and release.cover_track else None
        if cover is None:
            raise CallError(ErrorCode.NOT_FOUND, "There is no such picture")
        content, mime_type = await asyncio.to_thread(resized, cover, size)
        return web.Response(body=content, content_type=mime_type, headers=_PICTURE_HEADERS)

    async def _track(self, call: Call) -> tuple[Release, Track]:
        """Return the track that is asked for; raise CallError where it is not there or not available."""
        track_id, release_id = call.number("trackId"), call.number("releaseId")
        if track_id is None:
            raise CallError(ErrorCode.MISSING, "Missing parameter trackId")
        release = (await self._listing.releases(call.account.folder)).of_track(track_id)
        if release is None or (release_id is not None and release.id != release_id):
            raise CallError(ErrorCode.NOT_FOUND, "Track not found")
        if release.id in await asyncio.to_thread(self._store.withdrawn):
            raise CallError(ErrorCode.NOT_AVAILABLE, "The release is no longer available")
        return release, next(track for track in release.tracks if track.id == track_id)

    async def _size(self, track: Track) -> int:
        """Return how many bytes the file has now; raise CallError where it is gone."""
        try:
            return (await asyncio.to_thread(self._locker.path(track).stat)).st_size
        except OSError:
            raise CallError(ErrorCode.NOT_FOUND, "Track not found") from None

    async def _send(
        self, track: Track, wanted: Format | None, request: web.Request, begin: Begin
    ) -> web.StreamResponse:
        size = await self._size(track)
        if wanted is not None and wanted != own_format(track):
            return await self._convert(track, wanted, request, begin)
        await begin()
        media = Media(size, track.mime_type, f'"{track.key}"')
        try:
            return await send_file(request, self._locker.path(track), media, _HEADERS)
        except RangeError:
            return web.Response(status=416, headers={hdrs.CONTENT_RANGE: f"bytes */{size}"})

    async def _convert(self, track: Track, wanted: Format, request: web.Request, begin: Begin) -> web.StreamResponse:
        if not wanted.encoding or not self._options.conversions:
            raise CallError(ErrorCode.NOT_AVAILABLE, "The track is not there in this format")
        chunks = converted_chunks(self._locker.path(track), wanted.encoding, wanted.bit_rate)
        try:
            first = await anext(chunks)  # what cannot be converted is found out before it is counted
        except (TranscodeError, StopAsyncIteration) as error:
            raise CallError(ErrorCode.INTERNAL, "The track cannot be converted") from error
        try:
            await begin()
        except BaseException:
            await chunks.aclose()
            raise
        return await send_stream(request, _chain(first, chunks), MIME_TYPES[wanted.encoding], _HEADERS)


def _format(call: Call) -> Format | None:
    """Return the format that is asked for, None for the file as it is; raise CallError."""
    number = call.number("formatId")
    if number is None:
        return None
    found = FORMATS.get(number)
    if found is None:
        raise CallError(ErrorCode.INVALID, "Invalid value for parameter formatId")
    return found


def _is_rest(request: web.Request, track: Track) -> bool:
    """Tell whether a later part of the file is asked for, not its beginning."""
    try:
        part = parse_range(request.headers.get(hdrs.RANGE), track.size)
    except RangeError:
        return True
    return part is not None and part.first > 0


async def _chain(first: bytes, rest: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    try:
        yield first
        async for chunk in rest:
            yield chunk
    finally:
        await rest.aclose()
