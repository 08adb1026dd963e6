"""Collections and their tracks: the albums of the music folder, and what clients have made, as one list."""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from .audiodelivery_errors import not_found
from .audiodelivery_records import Collection, Details, Edit, Status, Upload
from .audiodelivery_store import Records
from .catalog import Album, Catalog, Track, folded
from .locker import Locker

NAMESPACE = uuid.UUID("a9b2a3c6-2f0e-5d7b-8f43-6d2f1c0f5e11")
_REMEMBERED = 200_000  # ids, which take longest when the collections are made anew
LOOSE_TITLE = "Tracks without an album"
_NO_DETAILS: Details = {}


def album_id(album: Album) -> str:
    """Return an album's id: the same wherever an album of that title and artist is."""
    return str(uuid.uuid5(NAMESPACE, f"album\n{album.artist}\n{album.title}"))


def track_id(track: Track) -> str:
    """Return the id of a track that the folder had by itself: the same wherever that file is."""
    return _id_of_key(track.key)


@lru_cache(_REMEMBERED)
def _id_of_key(key: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"track\n{key}"))


LOOSE_ID = str(uuid.uuid5(NAMESPACE, "loose"))


@dataclass(frozen=True, slots=True)
class Item:
    """One track of a collection; ``track`` is None until its music has come, ``upload`` where no client made it."""

    id: str
    collection_id: str
    order: int
    track: Track | None
    upload: Upload | None
    details: Details

    @property
    def status(self) -> Status:
        """Return where it is on its way."""
        return Status.READY if self.upload is None else self.upload.status


@dataclass(frozen=True)  # without slots: what is cached needs a place
class Shelf:
    """One collection; ``album`` is None for one that a client made, and for the tracks without an album."""

    id: str
    title: str
    details: Details
    album: Album | None
    is_made: bool
    tracks: tuple[Track, ...] = ()
    uploads: tuple[Upload, ...] = ()
    edits: Mapping[str, Edit] | None = None
    by_key: Mapping[str, Track] | None = None

    @cached_property
    def items(self) -> Sequence[Item]:
        """Return its tracks in their order: those of the album, then those that were uploaded to it."""
        edits, by_key = self.edits or {}, self.by_key or {}
        found: list[tuple[str, Track | None, Upload | None, Details]] = [
            (known, track, None, edits[known].details if known in edits else _NO_DETAILS)
            for track in self.tracks
            for known in [track_id(track)]
        ]
        found += [
            (upload.id, by_key.get(upload.key or "") if upload.status is Status.READY else None, upload, upload.details)
            for upload in self.uploads
        ]
        return tuple(
            Item(known, self.id, order, track, upload, details)
            for order, (known, track, upload, details) in enumerate(found, 1)
        )

    @cached_property
    def by_id(self) -> Mapping[str, Item]:
        """Return its tracks by their ids."""
        return {item.id: item for item in self.items}


class Shelves:
    """All collections at one moment."""

    def __init__(
        self, catalog: Catalog, made: Iterable[Collection], edits: Mapping[str, Edit], uploads: Iterable[Upload]
    ) -> None:
        """Look through the catalogue and the records; for 100,000 tracks that takes a second, not for the loop."""
        every = sorted(uploads, key=lambda upload: (upload.created, upload.index))
        own = [upload for upload in every if upload.same_as is None]
        self._same = {upload.id: upload.same_as for upload in every if upload.same_as is not None}
        self._by_key = {track.key: track for track in catalog.tracks}
        self._edits = edits
        self._uploads: dict[str, list[Upload]] = defaultdict(list)
        for upload in own:
            self._uploads[upload.collection_id].append(upload)
        self._elsewhere = {upload.key for upload in own if upload.fresh}
        found = [*self._albums(catalog), *self._made(made)]
        found.sort(key=lambda shelf: (folded(shelf.title), shelf.id))
        self.listed: Sequence[Shelf] = tuple(shelf for shelf in found if shelf.is_made or shelf.tracks or shelf.uploads)
        self._shelves = {shelf.id: shelf for shelf in found}
        self._of_track = {upload.id: upload.collection_id for upload in own}
        for shelf in found:
            self._of_track.update((track_id(track), shelf.id) for track in shelf.tracks)

    def _albums(self, catalog: Catalog) -> Iterable[Shelf]:
        for album in catalog.albums:
            known = album_id(album)
            edit = self._edits.get(known)
            details = edit.details if edit else _NO_DETAILS
            yield self._shelf(known, details.get("title") or album.title, details, album, album.tracks)
        loose = tuple(track for track in catalog.tracks if track.album_id is None)
        edit = self._edits.get(LOOSE_ID)
        details = edit.details if edit else _NO_DETAILS
        yield self._shelf(LOOSE_ID, details.get("title") or LOOSE_TITLE, details, None, loose)

    def _made(self, collections: Iterable[Collection]) -> Iterable[Shelf]:
        for made in collections:
            yield self._shelf(made.id, made.details["title"], made.details, None, (), is_made=True)

    def _shelf(  # noqa: PLR0913 - each is one particular of a collection
        self,
        known: str,
        title: str,
        details: Details,
        album: Album | None,
        tracks: Sequence[Track],
        *,
        is_made: bool = False,
    ) -> Shelf:
        sent = self._uploads.get(known, ())
        uploads = tuple(one for one in sent if one.status is not Status.READY or one.key in self._by_key)
        own = {upload.key for upload in uploads}
        left = tuple(track for track in tracks if track.key not in own and track.key not in self._elsewhere)
        return Shelf(known, title, details, album, is_made, left, uploads, self._edits, self._by_key)

    def collection(self, collection_id: str) -> Shelf:
        """Return a collection; raise CallError."""
        shelf = self._shelves.get(collection_id)
        if shelf is None or (not shelf.is_made and not shelf.items and shelf.album is None):
            raise not_found("Collection")
        return shelf

    def track(self, track_id: str) -> Item:
        """Return a track, under each id that it ever got; raise CallError."""
        known = self._same.get(track_id) or track_id
        shelf = self._shelves.get(self._of_track.get(known, ""))
        item = shelf.by_id.get(known) if shelf else None
        if item is None:
            raise not_found("Track")
        return item

    def same_in(self, collection_id: str, key: str) -> str | None:
        """Return the id of the track of a collection that has this content."""
        shelf = self._shelves.get(collection_id)
        if shelf is None:
            return None
        return next((item.id for item in shelf.items if item.track is not None and item.track.key == key), None)


class Shelving:
    """Give the collections as they are now, made anew when something has changed."""

    def __init__(self, locker: Locker, records: Records) -> None:
        """Keep where they come from."""
        self._locker = locker
        self._records = records
        self._made: dict[str | None, tuple[Catalog, int, Shelves]] = {}

    async def now(self, folder: str | None = None) -> Shelves:
        """Return the collections, those of one folder for an account that sees no more."""
        catalog, revision = await self._locker.catalog(folder), self._records.revision
        made = self._made.get(folder)
        if made is not None and made[0] is catalog and made[1] == revision:
            return made[2]
        records = self._records
        shelves = await asyncio.to_thread(
            Shelves,
            catalog,
            [one for one in records.collections.values() if folder in {None, one.folder}],
            _edits(records.edits.values(), folder),
            [one for one in records.uploads.values() if folder in {None, one.folder}],
        )
        self._made[folder] = catalog, revision, shelves
        return shelves


def _edits(edits: Iterable[Edit], folder: str | None) -> Mapping[str, Edit]:
    """Return what was said in a folder, or else everywhere, by the ids of what it was said of."""
    everywhere = {one.known: one for one in edits if one.folder is None}
    return everywhere if folder is None else everywhere | {one.known: one for one in edits if one.folder == folder}
