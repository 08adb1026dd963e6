"""The Audio Delivery Network adapter: seed 003, and what the service's own interface description adds."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar

import aiohttp

from ..errors import AuthenticationError, NotFound, ServiceError, SessionExpired, Unavailable
from ..models import Account, Album, Artist, Artwork, Playlist, Track
from . import audiodelivery_parse as parse
from . import audiodelivery_upload as uploads
from .addresses import base_url, place
from .audiodelivery_batch import Uploads, is_late
from .audiodelivery_client import PAGE, AudiodeliveryClient
from .audiodelivery_items import ID, Playing, Progress, State, Variant, best_variant, chosen_delivery
from .base import (
    Adapter,
    Capability,
    ServiceInfo,
    Setting,
    SettingKind,
    StreamReader,
    Uploaded,
    UploadMetadata,
    UploadRules,
)
from .media import picture_type, stream_info
from .sessions import SessionKeeper
from .web import Retry, chunks

UPLOADS = "Music Locker"
"""The title of the collection that takes uploads where the settings name none; it is made when it is needed."""

_KEPT_SESSIONS = 64
_USUAL = (Variant("hq"), Variant("lq"))
_MP3 = "audio/mpeg"
_UNKNOWN = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED})
_ALWAYS = Capability.STREAM | Capability.DOWNLOAD | Capability.UPLOAD | Capability.ARTWORK | Capability.PLAYLISTS


class Audiodelivery(Adapter):
    """Speak the Audio Delivery Network's API with one key.

    Ids are the service's own; artists and albums, which it has none of, are made by the library from what the tracks
    say. Addresses of files are signed and soon end: they are asked for when they are needed and never kept.
    """

    info: ClassVar[ServiceInfo] = ServiceInfo(
        service="audiodelivery",
        title="Audio Delivery Network",
        settings=(
            Setting("url", SettingKind.URL, default="https://api.audiodelivery.net"),
            Setting("api_key", SettingKind.PASSWORD),
            Setting("collection_id", required=False),
        ),
        capabilities=_ALWAYS | Capability.TRANSCODE,
        uploads=UploadRules(uploads.FILE_TYPES, uploads.LARGEST_FILE),
    )

    def __init__(self, settings: Mapping[str, str], session: aiohttp.ClientSession, retry: Retry | None = None) -> None:
        """Keep the settings, the HTTP session, which the caller owns and closes, and how reads are tried again."""
        super().__init__(settings, session, retry)
        self._client = AudiodeliveryClient(settings, session, self._retry)
        self._uploads = Uploads(self._client, self._retry, self._target, self._states)
        self._logins = SessionKeeper(self._log_in)
        self._variants: Sequence[Variant] | None = None
        self._play_sessions: OrderedDict[str, parse.Session] = OrderedDict()
        self._read: dict[str, Sequence[str]] | None = None

    @property
    def capabilities(self) -> Capability:
        """Return what this locker can do: MP3 on request only where the organization has a variant of that kind."""
        converts = self._variants is None or any(
            variant.mime_type == _MP3 and not variant.original for variant in self._variants
        )
        return _ALWAYS | Capability.TRANSCODE if converts else _ALWAYS

    async def login(self) -> Account:
        """Try the key, learn the variants, and tell whose key it is."""
        return await self._logins.renew()

    async def close(self) -> None:
        """End a login that is under way; the HTTP session is its owner's."""
        await self._logins.close()

    async def _log_in(self) -> Account:
        try:
            await self._client.collections(limit=1)
        except NotFound as error:
            url = base_url(self._settings.get("url", ""))
            raise ServiceError(f"{place(url)} is not an Audio Delivery Network", code=error.code) from None
        self._variants = None
        await self._known_variants()
        return await self._account()

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[None]:
        """Read each collection once, for its tracks and for their order."""
        read = self._read = {}
        try:
            yield
        finally:
            if self._read is read:
                self._read = None

    async def artists(self) -> AsyncGenerator[Sequence[Artist]]:
        """Read none: the service has no lists of artists."""
        return
        yield

    async def albums(self) -> AsyncGenerator[Sequence[Album]]:
        """Read none: the service has no lists of albums."""
        return
        yield

    async def tracks(self) -> AsyncGenerator[Sequence[Track]]:
        """Read all tracks, collection by collection, page by page."""
        best = best_variant(await self._known_variants())
        seen: set[str] = set()
        for collection in await self.playlists():
            ids: list[str] = []

            def read(offset: int, collection: Playlist = collection) -> Awaitable[parse.Page[Track]]:
                return self._client.tracks(collection, offset, best)

            async for page in self._pages(read):
                ids += (track.id for track in page)
                fresh = [track for track in page if track.id not in seen]
                seen.update(track.id for track in fresh)
                if fresh:
                    yield fresh
            if self._read is not None:
                self._read[collection.id] = ids

    async def playlists(self) -> Sequence[Playlist]:
        """Read all collections."""
        found = {
            collection.id: collection async for page in self._pages(self._client.collections) for collection in page
        }
        return list(found.values())

    async def playlist_tracks(self, playlist_id: str) -> Sequence[str]:
        """Return the ids of a collection's tracks, in its order, without those whose file never came."""
        if not ID.fullmatch(playlist_id):
            raise NotFound("The locker has no such collection")
        if self._read is not None and (read := self._read.get(playlist_id)) is not None:
            return read
        return [state.track_id async for state in self._states(playlist_id) if state.progress is not Progress.ANNOUNCED]

    @asynccontextmanager
    async def stream(
        self, track_id: str, *, offset: int = 0, mp3: bool = False, bit_rate: int | None = None
    ) -> AsyncGenerator[StreamReader]:
        """Open a track's bytes from ``offset`` on, in the best variant, or the best of at most ``bit_rate`` kbit/s."""
        variants = await self._known_variants()

        async def address() -> str:
            playing = await self._playing(track_id)
            delivery = chosen_delivery(playing.deliveries, variants, mp3=mp3, bit_rate=bit_rate)
            if delivery is None:
                raise Unavailable("The service delivers no variant of the track")
            return delivery.url

        async with self._opened(track_id, address, offset) as reader:
            yield reader

    @asynccontextmanager
    async def download(self, track_id: str, *, offset: int = 0) -> AsyncGenerator[StreamReader]:
        """Open the original file for keeping, or the best variant; raise Unavailable where the key allows none."""
        variants = await self._known_variants()

        async def address() -> str:
            best = best_variant(variants) or _USUAL[0]
            indexes = [variant.index for variant in variants]
            session, _ = await self._client.play_session(track_id, indexes, downloadable=True)
            try:
                return await self._client.download(session, track_id, best.index)
            except AuthenticationError as error:
                raise Unavailable("The key allows no downloads", code=error.code, request_id=error.request_id) from None

        async with self._opened(track_id, address, offset) as reader:
            yield reader

    async def artwork(self, artwork_id: str) -> Artwork:
        """Read one picture: ``track-<track id>``."""
        kind, _, track_id = artwork_id.partition("-")
        if kind != "track" or not ID.fullmatch(track_id):
            raise NotFound("The locker has no such picture")
        try:
            content = await self._cover(track_id)
        except SessionExpired:
            try:
                content = await self._cover(track_id)
            except SessionExpired as error:
                raise ServiceError(str(error), code=error.code, request_id=error.request_id) from None
        if (mime_type := picture_type(content)) is None:
            raise (
                NotFound("The locker has no such picture")
                if not content
                else ServiceError("The service answered with something else in place of the picture")
            )
        return Artwork(content, mime_type)

    async def upload(
        self, path: Path, metadata: UploadMetadata | None = None, progress: Callable[[int, int], None] | None = None
    ) -> Uploaded:
        """Send a file to the collection of the settings, or to the one called :data:`UPLOADS`.

        A file that was sent before is known by its content. One whose connection broke is sent once more, and
        ``progress`` begins anew. The track's own id is told.
        """
        file = await asyncio.to_thread(uploads.describe, path)
        return await self._uploads.upload(file, metadata or UploadMetadata(), progress)

    async def _account(self) -> Account:
        """Tell whose key it is: the organization, or where the key may not ask for that, the server."""
        account = await _permitted(self._client.organization())
        if account is None and (found := await _permitted(self._client.organization_id())) is not None:
            account = await _permitted(self._client.organization(found)) or Account(found.casefold(), self.info.title)
        host = place(base_url(self._settings.get("url", "")))
        return account or Account(host.casefold(), f"{self.info.title} ({host})")

    async def _known_variants(self) -> Sequence[Variant]:
        """Return in which variants tracks are delivered, asked for once after each login."""
        if self._variants is None:
            found = [variant async for page in self._pages(self._client.variants) for variant in page]
            self._variants = found or _USUAL
        return self._variants

    async def _playing(self, track_id: str) -> Playing:
        """Return a track's addresses, within the play session that is kept for it or a new one."""
        if not ID.fullmatch(track_id):
            raise NotFound("The locker has no such track")
        session = self._play_sessions.pop(track_id, None)
        if session is not None and not is_late(session.until):
            try:
                playing = await self._client.playing(session, track_id)
            except SessionExpired:
                pass
            else:
                self._keep(track_id, session)
                return playing
        indexes = [variant.index for variant in await self._known_variants()]
        session, first = await self._client.play_session(track_id, indexes)
        self._keep(track_id, session)
        try:
            return first or await self._client.playing(session, track_id)
        except SessionExpired as error:
            raise ServiceError(str(error), code=error.code, request_id=error.request_id) from None

    def _keep(self, track_id: str, session: parse.Session) -> None:
        self._play_sessions[track_id] = session
        while len(self._play_sessions) > _KEPT_SESSIONS:
            self._play_sessions.popitem(last=False)

    @asynccontextmanager
    async def _opened(
        self, track_id: str, address: Callable[[], Awaitable[str]], offset: int
    ) -> AsyncGenerator[StreamReader]:
        """Open what is at an address, which is asked for anew once where it has ended."""
        if not ID.fullmatch(track_id):
            raise NotFound("The locker has no such track")
        async with AsyncExitStack() as stack:
            try:
                response = await stack.enter_async_context(self._client.media(await address(), offset))
            except SessionExpired:
                try:
                    response = await stack.enter_async_context(self._client.media(await address(), offset))
                except SessionExpired as error:
                    raise ServiceError("The service refuses the addresses that it signs", code=error.code) from None
            info, left = stream_info(response, offset)
            reader = chunks(response, left)
            try:
                yield StreamReader(info, reader)
            finally:
                await reader.aclose()

    async def _cover(self, track_id: str) -> bytes:
        cover = (await self._playing(track_id)).cover
        if cover is None:
            raise NotFound("The locker has no such picture")
        return await self._client.picture(cover)

    async def _target(self) -> str:
        """Return the collection that takes uploads."""
        chosen = self._settings.get("collection_id", "").strip()
        if chosen:
            if not ID.fullmatch(chosen):
                raise NotFound("The collection for uploads is not an id of the service")
            return chosen
        for collection in await self.playlists():
            if collection.title == UPLOADS:
                return collection.id
        return await self._client.create_collection(UPLOADS)

    async def _states(self, collection_id: str) -> AsyncGenerator[State]:
        async for page in self._pages(lambda offset: self._client.states(collection_id, offset)):
            for state in page:
                yield state

    @staticmethod
    async def _pages[Item](read: Callable[[int], Awaitable[parse.Page[Item]]]) -> AsyncGenerator[Sequence[Item]]:
        """Yield what is in a list, page by page, whether its ``count`` is that of the page or of all.

        The same page again is the end: a server may know no paging.
        """
        offset = 0
        before: Sequence[Item] | None = None
        while True:
            page = await read(offset)
            if page.items and page.items == before:
                return
            yield page.items
            offset += page.read
            before = page.items
            if page.read == 0 or (page.read < PAGE and (page.count is None or page.count <= offset)):
                return


async def _permitted[Result](asked: Awaitable[Result]) -> Result | None:
    """Return an answer, or None where the key may not ask for it or the server does not have it."""
    try:
        return await asked
    except NotFound, AuthenticationError:
        return None
    except ServiceError as error:
        if error.code in _UNKNOWN:
            return None
        raise
