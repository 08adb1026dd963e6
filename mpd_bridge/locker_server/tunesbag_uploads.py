"""items/add and items/checkhashvalues."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import defusedxml
from defusedxml import ElementTree

from .locker import LockerFullError, Owner
from .scan import suffix_of
from .store import Description
from .tunesbag_call import Call, Fields, Upload
from .tunesbag_errors import CallError, Fault
from .tunesbag_letters import Letters
from .tunesbag_libraries import Libraries, Library
from .tunesbag_method import Method
from .tunesbag_site import Site
from .tunesbag_writer import Table
from .uploads import content_type, is_readable

_HASH_LIST_LIMIT = 4 * 2**20  # bytes
_MOST_HASHES = 20_000
_SUFFIXES: Mapping[str, Sequence[str]] = {
    "mp3": ("mp3",),
    "wma": ("wma",),
    "ogg": ("ogg", "oga", "opus"),
    "mp4": ("m4a", "mp4"),
}
"""The kinds of files that are taken, and how their names end, the usual way first."""
_TYPES = frozenset({"audio/mpeg", "audio/mp3", "audio/x-ms-wma", "application/ogg", "audio/ogg", "audio/mp4"})
_NO_TYPE = frozenset({"", "application/octet-stream"})
_ORDER = ("requestkey", "errormessage", "error", "items")
_HASH = re.compile(r"[0-9A-F]{40}")
_EXISTS, _METADATA_ONLY, _UPLOAD = 200, 204, 404


class Uploads:
    """The methods that take files."""

    def __init__(self, site: Site, libraries: Libraries, letters: Letters) -> None:
        """Keep what the methods work on."""
        self._site = site
        self._libraries = libraries
        self._letters = letters

    def methods(self) -> Mapping[str, Method]:
        """Return the methods by their names."""
        limit = self._site.options.file_limit
        return {
            "items/add": Method(self._add, changes=True, file="file", limit=limit),
            "items/checkhashvalues": Method(self._check, order=_ORDER, file="filedata", limit=_HASH_LIST_LIMIT),
        }

    async def _add(self, call: Call) -> Fields:
        upload = call.form.files.get("file")
        if upload is None:
            raise CallError(Fault.FILE_MISSING)
        notify = call.flag("notifyuser")
        library = await self._libraries.own(call.user, call.text("librarykey").upper())
        kind = await self._kind(call, upload)
        received = upload.received
        if received.md5 in library.by_content or self._libraries.is_pending(received.md5):
            raise CallError(Fault.EXISTS)
        owner = Owner(call.user, call.account.quota, library.place.folder)
        name = _file_name(upload.name, kind)
        self._libraries.added(received.md5)
        try:
            await self._site.locker.keep_upload(received.path, received.md5, name, Description(), owner)
        except LockerFullError:
            raise CallError(Fault.QUOTA) from None
        if notify:
            await self._letters.send(call.user, call.user, "New item", f"{name} was added to your library.")
        return {}

    async def _kind(self, call: Call, upload: Upload) -> str:
        """Return what kind of file was sent; raise CallError for one that is not taken."""
        said = (call.text("content-type") or upload.content_type).partition(";")[0].strip().lower()
        if call.text("type") not in {"", "0", "0.0"} or (said not in _NO_TYPE and said not in _TYPES):
            raise CallError(Fault.INVALID_FILE)
        kind = await asyncio.to_thread(_kind_of, upload.received.path)
        if kind is None:
            raise CallError(Fault.INVALID_FILE)
        return kind

    async def _check(self, call: Call) -> Fields:
        hashes = await asyncio.to_thread(_hashes, call)
        libraries = [await self._libraries.load(place) for place in self._libraries.of(call.user)]
        everything = await self._site.locker.catalog()
        elsewhere = {track.sha1.upper() for track in everything.tracks} if self._site.options.metadata_only else set()
        rows = [(value, _status(value.upper(), libraries, elsewhere)) for value in hashes]
        return {"items": Table(("hashvalue", "statuscode"), rows)}


def _kind_of(path: Path) -> str | None:
    kind = content_type(path)
    return kind if kind in _SUFFIXES and is_readable(path) else None


def _file_name(name: str, kind: str) -> str:
    """Return the name under which a file is kept: it ends as files of its kind do."""
    suffixes = _SUFFIXES[kind]
    return name if suffix_of(name) in suffixes else f"{name or 'upload'}.{suffixes[0]}"


def _hashes(call: Call) -> Sequence[str]:
    """Return the hash values of the list that was sent; raise CallError."""
    upload = call.form.files.get("filedata")
    content = upload.received.path.read_bytes() if upload else call.text("filedata").encode()
    if not content:
        raise CallError(Fault.FILE_MISSING)
    try:
        root = ElementTree.fromstring(content, forbid_dtd=True)
    except ElementTree.ParseError, defusedxml.DefusedXmlException, ValueError, LookupError:
        raise CallError(Fault.FILE_EMPTY, "The list of hash values cannot be read") from None
    values = [(element.text or "").strip() for element in root.iterfind("item/hashvalue")]
    if root.tag != "items" or len(values) > _MOST_HASHES:
        raise CallError(Fault.FILE_EMPTY, "The list of hash values cannot be read")
    return values


def _status(value: str, libraries: Sequence[Library], elsewhere: set[str]) -> int:
    if not _HASH.fullmatch(value):
        return _UPLOAD
    if any(value in library.sha1s for library in libraries):
        return _EXISTS
    return _METADATA_ONLY if value in elsewhere else _UPLOAD
