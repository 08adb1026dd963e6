"""Collections and tracks: list, make, change, remove."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web

from . import audiodelivery_fields as fields
from . import audiodelivery_writer as writer
from .audiodelivery_errors import CallError, bad_request, check_right, not_found
from .audiodelivery_gate import Caller
from .audiodelivery_records import Collection, Details, Edit, Status
from .audiodelivery_service import Service
from .audiodelivery_shelf import NAMESPACE, Item, Shelf
from .audiodelivery_variants import VARIANTS

type Value = dict[str, Any]

_COMMON = (
    "creator_id",
    "organization_index",
    "metadata",
    "theme",
    "is_cover_overridable",
    "is_theme_overridable",
    "player_color",
    "player_subtitle",
)
COLLECTION_FIELDS = ("title", *_COMMON)
TRACK_FIELDS = ("file_name", "player_title", *_COMMON)


class Library:
    """Answer /v1/organization, /v1/collection and /v1/track."""

    def __init__(self, service: Service) -> None:
        """Keep what the methods work on."""
        self._service = service

    async def get_organization(self, request: web.Request, caller: Caller) -> Value:
        """Return whose key it is: each account, and each key without one, is an organization of its own."""
        known = str(uuid.uuid5(NAMESPACE, f"organization\n{caller.owner}"))
        if "organization_id" in request.match_info and fields.path_uuid(request, "organization_id") != known:
            raise not_found("Organization")
        return {"organization_id": known, "organization": {"id": known, "name": caller.key.user or caller.key.name}}

    async def list_collections(self, request: web.Request, caller: Caller) -> Value:
        """Return a page of the collections, and how many there are."""
        page = fields.page(request)
        listed = (await self._service.shelving.now(caller.folder)).listed
        only = caller.key.collection_id
        if only is not None:
            listed = [shelf for shelf in listed if shelf.id == only]
        return {"count": len(listed), "collections": [writer.collection(shelf) for shelf in page.of(listed)]}

    async def _shelf(self, request: web.Request, caller: Caller) -> Shelf:
        collection_id = fields.path_uuid(request, "collection_id")
        caller.check_collection(collection_id)
        return (await self._service.shelving.now(caller.folder)).collection(collection_id)

    async def get_collection(self, request: web.Request, caller: Caller) -> Value:
        """Return one collection."""
        shelf = await self._shelf(request, caller)
        return {"collection_id": shelf.id, "collection": writer.collection(shelf)}

    async def list_tracks(self, request: web.Request, caller: Caller) -> Value:
        """Return a page of the tracks of a collection, and how many there are."""
        page = fields.page(request)
        shelf = await self._shelf(request, caller)
        return {"count": len(shelf.items), "tracks": [self._track(request, item) for item in page.of(shelf.items)]}

    def _track(self, request: web.Request, item: Item) -> Value:
        return writer.track(item, self._service.base(request), self._service.clock())

    def _check_right(self, caller: Caller) -> None:
        check_right(caller.account, maintenance=self._service.maintenance)

    async def make_collection(self, request: web.Request, caller: Caller) -> Value:
        """Make an empty collection."""
        self._check_right(caller)
        if caller.key.collection_id is not None:
            raise CallError(403, "This key is for one collection.")
        details = fields.take(await fields.read_object(request), COLLECTION_FIELDS, ("title",))
        made = Collection(str(uuid.uuid4()), self._service.clock(), details, caller.folder)
        await self._service.records.keep(made)
        shelf = (await self._service.shelving.now(caller.folder)).collection(made.id)
        return {"collection_id": shelf.id, "collection": writer.collection(shelf)}

    async def change_collection(self, request: web.Request, caller: Caller) -> Value:
        """Change what is said of a collection; of an album that is the service's own, and no tag is written."""
        self._check_right(caller)
        shelf = await self._shelf(request, caller)
        said = fields.take(await fields.read_object(request), COLLECTION_FIELDS, clearing=True)
        if "title" in said and not said["title"]:
            raise bad_request("title is required.")
        records = self._service.records
        made = records.collections.get(shelf.id)
        details = _merged(shelf.details, said)
        edit = Edit.of(shelf.id, details, caller.folder)
        await records.keep(edit if made is None else replace(made, details=details))
        return await self.get_collection(request, caller)

    async def remove_collection(self, request: web.Request, caller: Caller) -> Value:
        """Remove an empty collection."""
        self._check_right(caller)
        shelf = await self._shelf(request, caller)
        if shelf.items or not shelf.is_made:
            raise CallError(409, "The collection still has tracks.")
        await self._service.records.keep(forgotten=[self._service.records.collections[shelf.id]])
        return {"collection_id": shelf.id, "deleted_collection": writer.collection(shelf)}

    async def _item(self, request: web.Request, caller: Caller) -> Item:
        item = (await self._service.shelving.now(caller.folder)).track(fields.path_uuid(request, "track_id"))
        caller.check_collection(item.collection_id)
        return item

    async def get_track(self, request: web.Request, caller: Caller) -> Value:
        """Return one track."""
        item = await self._item(request, caller)
        return {"track_id": item.id, "track": self._track(request, item)}

    async def change_track(self, request: web.Request, caller: Caller) -> Value:
        """Change what is said of a track; no tag is written."""
        self._check_right(caller)
        item = await self._item(request, caller)
        said = fields.take(await fields.read_object(request), TRACK_FIELDS, clearing=True)
        details = _merged(item.details, said)
        edit = Edit.of(item.id, details, caller.folder)
        await self._service.records.keep(edit if item.upload is None else replace(item.upload, details=details))
        return await self.get_track(request, caller)

    async def remove_track(self, request: web.Request, caller: Caller) -> Value:
        """Move a track's file into the trash; one that never got its music is forgotten."""
        self._check_right(caller)
        item = await self._item(request, caller)
        if item.status is Status.PROCESSING:
            raise CallError(409, "The track is in processing.")
        told = self._track(request, item)
        if item.track is not None:
            await self._service.locker.throw_away(item.track.key, caller.to_owner())
        if item.upload is not None:
            uploads = self._service.records.uploads.values()
            gone = [upload for upload in uploads if item.upload.id in {upload.id, upload.same_as}]
            await self._service.records.keep(forgotten=gone)
        return {"track_id": item.id, "deleted_track": told}

    async def list_variants(self, request: web.Request, _caller: Caller) -> Value:
        """Return a page of the variants that every track has."""
        page = fields.page(request)
        variants = list(VARIANTS.values())
        return {"count": len(variants), "variants": [variant.as_json() for variant in page.of(variants)]}

    async def get_variant(self, request: web.Request, _caller: Caller) -> Value:
        """Return one variant."""
        variant_id = fields.path_uuid(request, "variant_id")
        found = next((variant for variant in VARIANTS.values() if variant.id == variant_id), None)
        if found is None:
            raise not_found("Variant")
        return {"variant_id": found.id, "variant": found.as_json()}


def _merged(details: Details, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was said before with what is said now; null takes back."""
    merged = {**details, **said}
    return {name: value for name, value in merged.items() if value is not None}
