"""Play sessions, and the media that their signed addresses lead to."""

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator
from typing import Any

from aiohttp import hdrs, web

from . import audiodelivery_fields as fields
from . import audiodelivery_writer as writer
from .audiodelivery_errors import CallError, bad_request, expired, not_found
from .audiodelivery_gate import Caller
from .audiodelivery_origins import ANY_ORIGIN
from .audiodelivery_pictures import Pictures
from .audiodelivery_records import PlaySession, Status
from .audiodelivery_service import Service, iso_time
from .audiodelivery_shelf import Item, Shelves
from .audiodelivery_variants import VARIANTS, Variant
from .catalog import Track
from .media import Media, RangeError, send_file, send_stream, wanted_range
from .transcode import TranscodeError, mp3_chunks

LOGGER = logging.getLogger(__name__)

type Value = dict[str, Any]

MEDIA_ROUTE = "/delivery/{track_id:[0-9a-f-]{36}}_{variant:[a-z0-9]+}{suffix:[.]?[a-z0-9]*}"
_SCOPES = frozenset({"collection", "track"})
_MOST_VARIANTS = 20
_FIELDS = ("collection_id", "track_id", "creator_id", "organization_index", "metadata", "is_downloadable")
_IMAGE_SIZES = ("icon", "small", "regular", "large")


class Play:
    """Answer /v1/play_session, /v1/play and the addresses of media."""

    def __init__(self, service: Service, pictures: Pictures) -> None:
        """Keep what the methods work on."""
        self._service = service
        self._pictures = pictures

    async def make_session(self, request: web.Request, caller: Caller) -> Value:
        """Begin a play session of a collection or a track."""
        scope = request.match_info["scope"].lower()
        if scope not in _SCOPES:
            raise bad_request("The scope must be collection or track.")
        body = await fields.read_object(request)
        details = fields.take(body, _FIELDS)
        target = details.pop(f"{scope}_id", None)
        if target is None and scope == "collection":
            target = caller.key.collection_id
        if target is None:
            raise bad_request(f"{scope}_id is required.")
        session = PlaySession(
            str(uuid.uuid4()),
            self._service.clock() + fields.lifetime(body),
            scope,
            await self._target(scope, target, caller),
            _variants(body),
            bool(details.pop("is_downloadable", False)),
            caller.key.user,
            details,
        )
        records = self._service.records
        await records.keep(session, forgotten=records.outdated())
        items = await self._items(session)
        answer = await self._session(request, session, items)
        first = await self._playing(request, session, items[0]) if items else None
        return {**answer, "first_track": first, "expires_at": iso_time(session.expires)}

    async def _target(self, scope: str, target: str, caller: Caller) -> str:
        shelves = await self._service.shelving.now(caller.folder)
        if scope == "collection":
            caller.check_collection(target)
            return shelves.collection(target).id
        item = shelves.track(target)
        caller.check_collection(item.collection_id)
        return item.id

    def _open_session(self, request: web.Request) -> PlaySession:
        session = self._service.records.play_sessions.get(fields.path_uuid(request, "play_session_id"))
        if session is None:
            raise not_found("Play session")
        if session.expires <= self._service.clock():
            raise expired("play session")
        return session

    async def _items(self, session: PlaySession) -> list[Item]:
        """Return the tracks of a session that can be played."""
        shelves = await self._shelves(session)
        if session.scope == "track":
            items = [shelves.track(session.target)]
        else:
            items = list(shelves.collection(session.target).items)
        return [item for item in items if self._is_ready(item)]

    async def _shelves(self, session: PlaySession) -> Shelves:
        return await self._service.shelving.now(self._service.gate.folder(session.user))

    def _is_ready(self, item: Item) -> bool:
        return item.track is not None and writer.shown_status(item, self._service.clock()) is Status.READY

    async def _session(self, request: web.Request, session: PlaySession, items: list[Item]) -> Value:
        base, now = self._service.base(request), self._service.clock()

        def tracks() -> list[Value]:
            return [writer.track(item, base, now) for item in items]

        return {
            "play_session_id": session.id,
            "play_session": writer.play_session(session),
            "tracks": await asyncio.to_thread(tracks),
        }

    async def get_session(self, request: web.Request) -> Value:
        """Return a play session and its tracks."""
        session = self._open_session(request)
        answer = await self._session(request, session, await self._items(session))
        return {**answer, "expires_at": iso_time(session.expires)}

    async def _item(self, request: web.Request, session: PlaySession) -> Item:
        item = (await self._shelves(session)).track(fields.path_uuid(request, "track_id"))
        if session.target != (item.id if session.scope == "track" else item.collection_id):
            raise not_found("Track")
        if not self._is_ready(item):
            raise CallError(422, "The track cannot be played yet.")
        return item

    async def get_track(self, request: web.Request) -> Value:
        """Return a track of a session with the signed addresses of its variants."""
        session = self._open_session(request)
        playing = await self._playing(request, session, await self._item(request, session))
        return {"play_session_id": session.id, "play_session": writer.play_session(session), **playing}

    async def _playing(self, request: web.Request, session: PlaySession, item: Item) -> Value:
        base = self._service.base(request)
        return {
            "track_id": item.id,
            "cover_image": self._images(base, session, item),
            "track": writer.track(item, base, self._service.clock()),
            "levels": None,
            "variants": [self._variant(base, session, item, VARIANTS[name]) for name in session.variants],
        }

    def _until(self, session: PlaySession) -> float:
        return min(session.expires, self._service.clock() + self._service.options.address_lifetime)

    def _address(self, base: str, session: PlaySession, path: str) -> str:
        return base + self._service.signer.sign(hdrs.METH_GET, path, self._until(session))

    def _images(self, base: str, session: PlaySession, item: Item) -> Value | None:
        """Return the addresses of a track's picture, which has one size only."""
        if not self._pictures.is_there(item):
            return None
        url = self._address(base, session, f"{writer.prefix(item.id)}_cover")
        return {size: {"url": url, "type": "image", "width": None, "height": None} for size in _IMAGE_SIZES}

    def _variant(self, base: str, session: PlaySession, item: Item, variant: Variant) -> Value:
        music = _music(item)
        path = writer.prefix(item.id) + variant.file_name(music)
        as_it_is = variant.bit_rate is None
        bit_rate = round(music.bit_rate / 1000) if variant.bit_rate is None else variant.bit_rate
        return {
            "id": variant.id,
            "url": self._address(base, session, path),
            "path": path,
            "size": music.size if as_it_is else None,
            "data": None,
            "props": {"codec": None if as_it_is else "mp3", "bitrate": bit_rate, "is_stereo": True},
            "variant": variant.as_json(),
            "file_name": path.rpartition("/")[2],
            "is_public": False,
            "content_type": variant.content_type(music),
        }

    async def download(self, request: web.Request) -> Value:
        """Return the signed address of one variant, where the session allows downloads."""
        session = self._open_session(request)
        if not session.downloadable:
            raise CallError(403, "This play session allows no downloads.")
        item = await self._item(request, session)
        variant = VARIANTS.get(request.match_info["variant"].lower())
        if variant is None or variant.index not in session.variants:
            raise not_found("Variant")
        path = writer.prefix(item.id) + variant.file_name(_music(item))
        url = self._address(self._service.base(request), session, path)
        download = {"variant": variant.index, "url": url, "expires_at": iso_time(self._until(session))}
        return {"play_session_id": session.id, "track_id": item.id, "download": download}

    async def media(self, request: web.Request) -> web.StreamResponse:
        """Send a variant, or a picture."""
        self._service.signer.check(hdrs.METH_GET, request)
        item = (await self._service.shelving.now()).track(fields.path_uuid(request, "track_id"))
        name = request.match_info["variant"]
        if name == "cover":
            return await self._cover(item)
        if name not in VARIANTS:
            raise not_found("Variant")
        music, variant = _music(item), VARIANTS[name]
        if variant.bit_rate is not None:
            return await self._converted(request, music, variant.bit_rate)
        return await self._original(request, music)

    async def _cover(self, item: Item) -> web.Response:
        cover = await self._pictures.of(item)
        if cover is None:
            raise not_found("Cover")
        return web.Response(body=cover.content, content_type=writer.image_type(cover.mime_type), headers=ANY_ORIGIN)

    async def _original(self, request: web.Request, music: Track) -> web.StreamResponse:
        path = self._service.locker.path(music)
        try:
            size = (await asyncio.to_thread(path.stat)).st_size
        except OSError:
            raise not_found("Track") from None
        media = Media(size, music.mime_type, f'"{music.key}"')
        try:
            part = wanted_range(request, media)
            if request.method != hdrs.METH_HEAD and (part is None or part.first == 0):
                await self._service.locker.played(music)
            return await send_file(request, path, media, ANY_ORIGIN)
        except RangeError:
            return web.Response(status=416, headers={hdrs.CONTENT_RANGE: f"bytes */{size}"})

    async def _converted(self, request: web.Request, music: Track, bit_rate: int) -> web.StreamResponse:
        chunks = mp3_chunks(self._service.locker.path(music), bit_rate * 1000)
        try:
            first = await anext(chunks)  # what cannot be converted is found out before the headers are sent
        except (TranscodeError, StopAsyncIteration) as error:
            LOGGER.warning("%s cannot be converted: %s", music.path, error)
            raise CallError(500, "The track cannot be converted.") from None
        if request.method != hdrs.METH_HEAD:
            await self._service.locker.played(music)
        return await send_stream(request, _chain(first, chunks), "audio/mpeg", ANY_ORIGIN)


async def _chain(first: bytes, rest: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    try:
        yield first
        async for chunk in rest:
            yield chunk
    finally:
        await rest.aclose()


def _music(item: Item) -> Track:
    if item.track is None:
        raise not_found("Track")
    return item.track


def _variants(body: fields.Object) -> tuple[str, ...]:
    """Return the known ones of the variants that are asked for; raise CallError where there is none."""
    asked = body.get("variants")
    if not isinstance(asked, list) or not asked or len(asked) > _MOST_VARIANTS:
        raise bad_request("variants must be a list of names.")
    if not all(isinstance(name, str) for name in asked):
        raise bad_request("variants must be a list of names.")
    known = tuple(dict.fromkeys(name.lower() for name in asked if name.lower() in VARIANTS))
    if not known:
        raise bad_request("There are no such variants.")
    return known
