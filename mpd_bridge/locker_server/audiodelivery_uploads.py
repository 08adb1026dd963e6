"""Upload sessions: tracks and their addresses, the music and the pictures that are sent there."""

import asyncio
import uuid
from dataclasses import replace
from typing import Any

from aiohttp import hdrs, web
from aiohttp.multipart import BodyPartReader, MultipartReader

from . import audiodelivery_fields as fields
from . import audiodelivery_writer as writer
from .audiodelivery_errors import CallError, bad_request, check_right, expired, not_found, unavailable
from .audiodelivery_gate import Caller
from .audiodelivery_library import TRACK_FIELDS
from .audiodelivery_pictures import Pictures, picture_suffix
from .audiodelivery_processing import Processing, received_path
from .audiodelivery_records import Status, Upload, UploadSession
from .audiodelivery_service import Service, iso_time
from .audiodelivery_shelf import Shelf
from .locker import Owner
from .uploads import Received, TooLargeError, receive

type Value = dict[str, Any]

_SESSION_FIELDS = ("collection_id", "creator_id", "organization_index", "metadata")
_PICTURE_LIMIT = 10 * 2**20
_PIECE = 65_536
_MOST_TRACKS = 10_000
_WAITING = frozenset({Status.INITIALIZED, Status.INCOMPLETE, Status.ERROR})


class Uploads:
    """Answer /v1/upload_session, /v1/upload, and the addresses that they give out."""

    def __init__(self, service: Service, pictures: Pictures) -> None:
        """Keep what the methods work on."""
        self._service = service
        self._pictures = pictures
        self._processing = Processing(service, pictures)
        self._numbering = asyncio.Lock()
        self._taking = asyncio.Lock()  # a sender may come back before it is noticed that he had left

    async def resume(self) -> None:
        """Go on with what was being worked on when the server ended."""
        await self._processing.resume()

    async def close(self) -> None:
        """End what is being worked on."""
        await self._processing.close()

    async def make_session(self, request: web.Request, caller: Caller) -> Value:
        """Begin an upload session, with a first track where one is described."""
        check_right(caller.account, maintenance=self._service.maintenance)
        body = await fields.read_object(request)
        session = await self._new_session(body, caller)
        told: Value = {}
        upload = None
        if body.get("track") is not None:
            upload = await self._new_upload(session, body["track"])
            session = replace(session, tracks=1)
            told = self._new_track(request, upload, session.expires)
        records = self._service.records
        await records.keep(session, *([upload] if upload else []), forgotten=records.outdated())
        return {
            "upload_session_id": session.id,
            "upload_session": writer.created_session(session),
            "player_color": None,
            "player_color_light": None,
            "player_color_dark": None,
            "expires_at": iso_time(session.expires),
            **told,
        }

    async def _new_session(self, body: fields.Object, caller: Caller) -> UploadSession:
        details = fields.take(body, _SESSION_FIELDS, () if caller.key.collection_id else ("collection_id",))
        collection_id = details.pop("collection_id", caller.key.collection_id)
        caller.check_collection(collection_id)
        collection = (await self._service.shelving.now(caller.folder)).collection(collection_id)
        until = self._service.clock() + fields.lifetime(body)
        return UploadSession(str(uuid.uuid4()), until, caller.owner, caller.key.user, collection.id, details)

    async def get_session(self, request: web.Request) -> Value:
        """Return an upload session."""
        session = self._open_session(request)
        return {"upload_session_id": session.id, "upload_session": writer.upload_session(session)}

    def _open_session(self, request: web.Request) -> UploadSession:
        session = self._service.records.upload_sessions.get(fields.path_uuid(request, "upload_session_id"))
        if session is None:
            raise not_found("Upload session")
        if session.expires <= self._service.clock():
            raise expired("upload session")
        return session

    async def add_track(self, request: web.Request) -> Value:
        """Make a track of an upload session, and the addresses for its music and its picture."""
        session = self._open_session(request)
        if self._service.maintenance:
            raise unavailable()
        if session.tracks >= _MOST_TRACKS:
            raise CallError(429, "The upload session has too many tracks.")
        body = await fields.read_object(request)
        upload = await self._new_upload(session, body)
        async with self._numbering:
            now = self._service.records.upload_sessions[session.id]
            counted = replace(now, tracks=now.tracks + 1)
            upload = replace(upload, index=counted.tracks)
            await self._service.records.keep(counted, upload)
        return {
            "upload_session_id": session.id,
            **self._new_track(request, upload, session.expires),
            "upload_session": writer.upload_session(session),
        }

    async def make_track(self, request: web.Request, caller: Caller) -> Value:
        """Make a track without a session of its own."""
        check_right(caller.account, maintenance=self._service.maintenance)
        body = await fields.read_object(request)
        session = await self._new_session({**body, "metadata": None}, caller)
        upload = await self._new_upload(session, body)
        await self._service.records.keep(upload)
        return self._new_track(request, upload, session.expires)

    async def _new_upload(self, session: UploadSession, body: object) -> Upload:
        if not isinstance(body, dict):
            raise bad_request("track must be an object.")
        details = fields.take(body, TRACK_FIELDS, ("file_name",))
        size = fields.size(body)
        owner = self._service.gate.owner(session.owner, session.user)
        await self._check_size(owner, size)
        now = self._service.clock()
        until = min(session.expires, now + self._service.options.address_lifetime)
        return Upload(
            str(uuid.uuid4()),
            session.collection_id,
            session.owner,
            session.user,
            now,
            until,
            details,
            size,
            folder=owner.folder,
        )

    async def _check_size(self, owner: Owner, size: int | None) -> None:
        """Raise CallError, LockerFullError for a file that would not be taken."""
        if size is None:
            return
        if size == 0:
            raise CallError(422, "The file is empty.")
        if size > self._service.options.file_limit:
            raise CallError(413, f"A file may have {self._service.options.file_limit} bytes.")
        await self._service.locker.check_room(owner, "", size)

    def _new_track(self, request: web.Request, upload: Upload, until: float) -> Value:
        base = self._service.base(request)
        return {
            "track_id": upload.id,
            "track": writer.new_track(upload, base),
            "track_upload": self._address(base, hdrs.METH_PUT, f"/ingest/{upload.id}", until),
            "track_cover_upload": self._address(base, hdrs.METH_POST, f"/ingest/{upload.id}/cover", until),
        }

    def _address(self, base: str, verb: str, path: str, until: float | None = None) -> Value:
        """Return where something can be sent, and until when."""
        now = self._service.clock()
        end = now + self._service.options.address_lifetime
        end = int(end if until is None else min(end, until))
        url = base + self._service.signer.sign(verb, path, end)
        return {"method": verb, "upload_url": url, "ttl": int(end - now), "expires_at": iso_time(end)}

    async def collection_cover(self, request: web.Request, caller: Caller) -> Value:
        """Return the address to which a collection's picture can be sent."""
        check_right(caller.account, maintenance=self._service.maintenance)
        collection_id = fields.path_uuid(request, "collection_id")
        caller.check_collection(collection_id)
        shelf = (await self._service.shelving.now(caller.folder)).collection(collection_id)
        if not shelf.is_made:
            await self._check_alone(caller, shelf)
        path = f"/ingest/collection/{shelf.id}/cover"
        upload = self._address(self._service.base(request), hdrs.METH_POST, path)
        return {
            "collection_id": shelf.id,
            "collection": writer.collection(shelf),
            "collection_cover_upload": upload,
        }

    async def track_cover(self, request: web.Request, caller: Caller) -> Value:
        """Return the address to which a track's picture can be sent."""
        check_right(caller.account, maintenance=self._service.maintenance)
        shelves = await self._service.shelving.now(caller.folder)
        item = shelves.track(fields.path_uuid(request, "track_id"))
        caller.check_collection(item.collection_id)
        if item.upload is None:
            await self._check_alone(caller, shelves.collection(item.collection_id))
        base = self._service.base(request)
        return {
            "track_id": item.id,
            "track": writer.track(item, base, self._service.clock()),
            "track_cover_upload": self._address(base, hdrs.METH_POST, f"/ingest/{item.id}/cover"),
        }

    async def _check_alone(self, caller: Caller, shelf: Shelf) -> None:
        """Raise CallError where an album reaches beyond the caller's folder: its picture would be others' too."""
        if caller.folder is None:
            return
        whole = (await self._service.shelving.now()).collection(shelf.id)
        if len(whole.items) != len(shelf.items):
            raise CallError(403, "The collection is not this account's alone.")

    async def put(self, request: web.Request) -> Value:
        """Take the music of a track; it is looked through after the answer."""
        self._service.signer.check(hdrs.METH_PUT, request)
        upload = self._upload(request)
        if self._service.maintenance:
            raise unavailable()
        owner = self._service.gate.owner(upload.owner, upload.user)
        await self._check_size(owner, request.content_length)
        try:
            folder = await self._service.locker.upload_folder()
            async with receive(request, folder, self._service.options.file_limit) as received, self._taking:
                await self._take(upload.id, received, owner)
        except TooLargeError:
            raise CallError(413, f"A file may have {self._service.options.file_limit} bytes.") from None
        return {"track_id": upload.id}

    def _upload(self, request: web.Request) -> Upload:
        upload = self._service.records.uploads.get(fields.path_uuid(request, "track_id"))
        if upload is None:
            raise not_found("Track")
        return upload

    async def _take(self, upload_id: str, received: Received, owner: Owner) -> None:
        """Check what was sent and begin to work on it; the same again is as good as once."""
        upload = self._service.records.uploads.get(upload_id)
        if upload is None:
            raise not_found("Track")
        if upload.status not in _WAITING:
            if received.md5 != upload.key:
                raise CallError(409, "The track has other music already.")
            return
        if upload.size is not None and received.size != upload.size:
            await self._service.records.keep(replace(upload, status=Status.INCOMPLETE))
            raise CallError(422, f"The file has {received.size} bytes and not the {upload.size} that were announced.")
        await self._check_size(owner, received.size)
        target = received_path(self._service.locker.folder, upload.id)
        await asyncio.to_thread(received.path.replace, target)
        shown_from = self._service.clock() + self._service.options.processing_time
        begun = replace(upload, status=Status.PROCESSING, key=received.md5, shown_from=shown_from)
        await self._service.records.keep(begun)
        self._processing.begin(upload.id)

    async def put_track_cover(self, request: web.Request) -> Value:
        """Take the picture of a track; that of an uploaded track is laid beside its file."""
        track_id = await self._take_picture(request, "track_id")
        item = (await self._service.shelving.now()).track(track_id)
        await self._pictures.put_beside(item)
        return {"track_id": track_id}

    async def put_collection_cover(self, request: web.Request) -> Value:
        """Take the picture of a collection."""
        return {"collection_id": await self._take_picture(request, "collection_id")}

    async def _take_picture(self, request: web.Request, name: str) -> str:
        self._service.signer.check(hdrs.METH_POST, request)
        owner_id = fields.path_uuid(request, name)
        if self._service.maintenance:
            raise unavailable()
        content = await _picture(request)
        suffix = picture_suffix(content)
        if suffix is None:
            raise CallError(422, "A picture must be a JPEG or a PNG.")
        await self._pictures.keep(owner_id, content, suffix)
        return owner_id


async def _picture(request: web.Request) -> bytes:
    """Return the bytes of a picture, the body or the first file of a form; raise CallError."""
    if request.content_type != "multipart/form-data":
        return await _bounded(request.content.read)
    try:
        form = await request.multipart()
        part = await form.next()
        while isinstance(part, MultipartReader) or (part is not None and part.filename is None):
            part = await form.next()
        if not isinstance(part, BodyPartReader):
            raise bad_request("The form has no file.")
        return await _bounded(part.read_chunk)
    except ValueError:
        raise bad_request("The form cannot be read.") from None


async def _bounded(read: Any) -> bytes:
    content = bytearray()
    while piece := await read(_PIECE):
        content += piece
        if len(content) > _PICTURE_LIMIT:
            raise CallError(413, f"A picture may have {_PICTURE_LIMIT} bytes.")
    return bytes(content)
