"""The MP3tunes adapter: seeds 000 and 001, over version 1 of the API where the server has it, else over version 0."""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Protocol

import aiohttp

from ..errors import LockerConnectionError, NotFound, Unavailable, UploadReason, UploadRejected
from ..models import Account, Album, Artist, Artwork, Playlist, Track
from . import mp3tunes_upload as uploads
from .base import (
    Adapter,
    Capability,
    SearchResult,
    ServiceInfo,
    Setting,
    SettingKind,
    StreamReader,
    Uploaded,
    UploadMetadata,
    UploadRules,
)
from .media import stream_info
from .mp3tunes_client import Mp3tunesClient
from .mp3tunes_parse import FILE_KEY, Listing
from .sending import file_body
from .web import Retry, chunks

PAGE = 500
"""How many items are asked for at once, and given to the library at once."""

_SHUFFLED = re.compile(r"RANDOM_TRACKS|PLAYMIX_TRACK_.*")
_VERSION_0 = Capability.STREAM | Capability.TRANSCODE | Capability.DOWNLOAD | Capability.UPLOAD
_VERSION_1 = _VERSION_0 | Capability.SEARCH | Capability.ARTWORK | Capability.PLAYLISTS | Capability.CHANGE_MARKER
_UPLOAD_ATTEMPTS = 2


class _Named(Protocol):
    """Anything that has an id."""

    @property
    def id(self) -> str:
        """Return what names it in its locker."""


class Mp3tunes(Adapter):
    """Speak MP3tunes' API for one account.

    A track's id is its file key (the MD5 of the file), which is all that a stream needs. The ids of artists, albums and
    playlists are the service's own. Version 0 has no search, pictures or change marker, and no way to a playlist's
    tracks.
    """

    info: ClassVar[ServiceInfo] = ServiceInfo(
        service="mp3tunes",
        title="MP3tunes",
        settings=(
            Setting("url", SettingKind.URL, default="https://mp3tunes.com"),
            Setting("username"),
            Setting("password", SettingKind.PASSWORD),
            Setting("partner_token", SettingKind.PASSWORD),
            Setting("login_url", SettingKind.URL, required=False),
            Setting("data_url", SettingKind.URL, required=False),
            Setting("content_url", SettingKind.URL, required=False),
        ),
        capabilities=_VERSION_1,
        uploads=UploadRules(uploads.FILE_TYPES, uploads.LARGEST_FILE),
    )

    def __init__(self, settings: Mapping[str, str], session: aiohttp.ClientSession, retry: Retry | None = None) -> None:
        """Keep the settings, the HTTP session, which the caller owns and closes, and how reads are tried again."""
        super().__init__(settings, session, retry)
        self._client = Mp3tunesClient(settings, session, self._retry)

    @property
    def capabilities(self) -> Capability:
        """Return what this locker can do: all that version 1 can, until a login finds that the server has version 0."""
        return _VERSION_0 if self._client.version == 0 else _VERSION_1

    async def login(self) -> Account:
        """Log in anew and tell whose locker it is; the account's id is its e-mail address."""
        await self._client.log_in()
        return await self._client.account()

    async def change_marker(self) -> str | None:
        """Return when the locker and its playlists changed last, or None with version 0."""
        if await self._client.ready() == 0:
            return None
        locker = await self._client.last_update("locker")
        playlists = await self._client.last_update("playlist")
        return None if locker is None or playlists is None else f"{locker} {playlists}"

    async def artists(self) -> AsyncGenerator[Sequence[Artist]]:
        """Read all artists, page by page."""
        async for page in self._pages(self._client.artists):
            yield page

    async def albums(self) -> AsyncGenerator[Sequence[Album]]:
        """Read all albums, page by page."""
        async for page in self._pages(self._client.albums):
            yield page

    async def tracks(self) -> AsyncGenerator[Sequence[Track]]:
        """Read all tracks, page by page."""
        pages = self._pages(self._client.tracks) if await self._client.ready() else self._tracks_of_version_0()
        async for page in pages:
            yield page

    async def playlists(self) -> Sequence[Playlist]:
        """Read all playlists, without those that the service shuffles anew each time."""
        if await self._client.ready() == 0:
            return ()
        pages = [page async for page in self._pages(self._client.playlists)]
        return [playlist for page in pages for playlist in page if not _SHUFFLED.fullmatch(playlist.id)]

    async def playlist_tracks(self, playlist_id: str) -> Sequence[str]:
        """Return the track ids of a playlist, in its order, with those that come more than once.

        Where no summary tells how many pages there are, a full one that comes twice is of a server that ignores paging.
        """
        if await self._client.ready() == 0:
            raise Unavailable("Version 0 of the API does not tell a playlist's tracks")
        keys: list[str] = []
        number = 0
        while True:
            listing = await self._client.tracks(playlist_id=playlist_id, count=PAGE, set=number)
            page = [track.id for track in listing.items]
            if listing.sets is None and len(page) >= PAGE and keys[-len(page) :] == page:
                return keys
            keys += page
            number += 1
            if _is_last(listing, number):
                return keys

    async def search(self, query: str, limit: int = 100) -> SearchResult:
        """Search the locker at the service."""
        if await self._client.ready() == 0:
            raise Unavailable("Version 0 of the API has no search")
        found = await self._client.search(query, limit)
        return SearchResult(found.artists[:limit], found.albums[:limit], found.tracks[:limit])

    @asynccontextmanager
    async def stream(
        self,
        track_id: str,
        *,
        offset: int = 0,
        mp3: bool = False,
        bit_rate: int | None = None,  # noqa: ARG002 - MP3tunes has no bit rates
    ) -> AsyncGenerator[StreamReader]:
        """Open a track's bytes from ``offset`` on, or from an earlier one where the service ignores ranges."""
        if not FILE_KEY.fullmatch(track_id):
            raise NotFound("The locker has no such track")
        async with self._client.get(track_id, offset, "mp3" if mp3 else None) as response:
            info, left = stream_info(response, offset)
            reader = chunks(response, left)
            try:
                yield StreamReader(info, reader)
            finally:
                await reader.aclose()

    async def artwork(self, artwork_id: str) -> Artwork:
        """Read one picture: ``album-<album id>`` or ``track-<file key>``."""
        kind, _, key = artwork_id.partition("-")
        if kind not in {"album", "track"} or not FILE_KEY.fullmatch(key):
            raise NotFound("The locker has no such picture")
        if await self._client.ready() == 0:
            raise Unavailable("Version 0 of the API has no pictures")
        return await self._client.artwork(key, of_album=kind == "album")

    async def upload(
        self, path: Path, metadata: UploadMetadata | None = None, progress: Callable[[int, int], None] | None = None
    ) -> Uploaded:
        """Send a file; its file key is its track id.

        A file that was damaged on the way, or whose connection broke, is sent once more, and ``progress`` begins anew:
        the key is the file's own hash, so nothing can be doubled.
        """
        file = await asyncio.to_thread(uploads.describe, path)
        headers = uploads.headers(file, metadata or UploadMetadata())
        for attempt in range(_UPLOAD_ATTEMPTS):
            try:
                await self._client.put(file.md5, headers, lambda: file_body(file.path, file.size, progress))
            except (UploadRejected, LockerConnectionError) as error:
                damaged = isinstance(error, LockerConnectionError) or error.reason == UploadReason.DAMAGED
                if not damaged or attempt + 1 == _UPLOAD_ATTEMPTS:
                    raise
            else:
                break
        return Uploaded(file.md5)

    async def close(self) -> None:
        """End a login that is under way; the HTTP session is its owner's."""
        await self._client.close()

    async def _pages[Item: _Named](
        self, read: Callable[..., Awaitable[Listing[Item]]]
    ) -> AsyncGenerator[Sequence[Item]]:
        """Yield all items, each id once: asked for page by page in version 1, cut out of one answer in version 0.

        A locker may change between two pages, and a server may ignore paging: what was there before is left out, and a
        page with nothing new is the end.
        """
        if await self._client.ready() == 0:
            for page in _cut((await read()).items):
                yield page
            return
        seen: set[str] = set()
        number = 0
        while True:
            listing = await read(count=PAGE, set=number)
            page = _unseen(listing.items, seen)
            if page:
                yield page
            number += 1
            if not page or _is_last(listing, number):
                return

    async def _tracks_of_version_0(self) -> AsyncGenerator[Sequence[Track]]:
        """Yield all tracks with the ids of their artists and albums, which version 0 leaves out of its tracks.

        A title that only one album has names that album. Of albums that share a title, each is read for its tracks.
        """
        artist_ids = {artist.name: artist.id for artist in (await self._client.artists()).items}
        by_title: dict[str, list[Album]] = {}
        for album in (await self._client.albums()).items:
            by_title.setdefault(album.title, []).append(album)
        of_key: dict[str, Album] = {}
        for album in (album for albums in by_title.values() if len(albums) > 1 for album in albums):
            of_key |= dict.fromkeys((track.id for track in (await self._client.tracks(album_id=album.id)).items), album)
        for page in _cut((await self._client.tracks()).items):
            yield [
                _completed(track, of_key.get(track.id) or _only(by_title, track.album), artist_ids) for track in page
            ]


def _completed(track: Track, album: Album | None, artist_ids: Mapping[str, str]) -> Track:
    """Return a track with the ids of its artist and album."""
    artist_id = track.artist_id or artist_ids.get(track.artist)
    if album is None:
        return replace(track, artist_id=artist_id)
    return replace(track, artist_id=artist_id, album=album.title, album_id=album.id, album_artist=album.artist)


def _only(albums: Mapping[str, Sequence[Album]], title: str | None) -> Album | None:
    """Return the album with this title where there is just one."""
    found = albums.get(title or "", ())
    return found[0] if len(found) == 1 else None


def _unseen[Item: _Named](items: Sequence[Item], seen: set[str]) -> list[Item]:
    """Return the items whose ids were not seen yet, and remember them."""
    fresh = {item.id: item for item in items if item.id not in seen}
    seen.update(fresh)
    return list(fresh.values())


def _cut[Item: _Named](items: Sequence[Item]) -> list[Sequence[Item]]:
    """Return the items, each id once, in pages."""
    once = _unseen(items, set())
    return [once[start : start + PAGE] for start in range(0, len(once), PAGE)]


def _is_last(listing: Listing[object], read: int) -> bool:
    """Tell whether a page is the last one after ``read`` pages; a full page without a summary is not."""
    if not listing.items:
        return True
    return len(listing.items) < PAGE if listing.sets is None else read >= listing.sets
