"""GET /1.2/user/locker: the releases that a user has, by pages."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from weakref import WeakKeyDictionary

from .catalog import Catalog, Track
from .locker import Locker
from .sevendigital_errors import CallError, ErrorCode
from .sevendigital_formats import downloads
from .sevendigital_gate import Call
from .sevendigital_options import SevendigitalOptions
from .sevendigital_releases import Release, Releases, name_id, slug
from .sevendigital_store import SevendigitalStore
from .sevendigital_writer import Value

_PAGE_SIZE = 10
_MOST_ON_A_PAGE = 50
_DEFAULT_SORT = "releaseTitle asc"
_COUNTRY = re.compile("[A-Za-z]{2}")
_IMAGE = 50  # the size that is listed


@dataclass(frozen=True, slots=True)
class _Page:
    number: int
    size: int
    total: int
    releases: Sequence[tuple[Release, Sequence[Track]]]


@dataclass(frozen=True, slots=True)
class _Shop:
    """What is the same for every release of an answer."""

    origin: str
    remaining: Mapping[int, int]
    withdrawn: frozenset[int]


class LockerListing:
    """List the locker, and answer what a release is."""

    def __init__(self, locker: Locker, store: SevendigitalStore, options: SevendigitalOptions) -> None:
        """Keep what is listed."""
        self._locker = locker
        self._store = store
        self._options = options
        self._limits = {name.casefold(): limit for name, limit in options.downloads_by_licensor.items()}
        self._releases: WeakKeyDictionary[Catalog, Releases] = WeakKeyDictionary()

    async def releases(self, folder: str | None = None) -> Releases:
        """Return what the locker holds now, or what of it lies in the folder that an account sees."""
        catalog = await self._locker.catalog(folder)
        releases = self._releases.get(catalog)
        if releases is None:
            releases = self._releases[catalog] = await asyncio.to_thread(Releases, catalog)
        return releases

    async def answer(self, call: Call, origin: str, *, xml: bool) -> dict[str, Value]:
        """Return one page; raise CallError, sqlite3.Error, OSError."""
        releases = await self.releases(call.account.folder)
        return await asyncio.to_thread(self._answer, releases, call, origin, xml)

    def _answer(self, releases: Releases, call: Call, origin: str, xml: bool) -> dict[str, Value]:  # noqa: FBT001 - to_thread
        _check_country(call)
        page = _page(releases, call)
        shop = _Shop(origin, self._store.remaining(call.key), self._store.withdrawn())
        older = xml and self._options.older_xml
        listed: list[Value] = [
            self._locker_release(release, tracks, shop, older=older) for release, tracks in page.releases
        ]
        numbers: dict[str, Value] = {"page": page.number, "pageSize": page.size, "totalItems": page.total}
        return {"locker": {"lockerReleases": {**numbers, "lockerRelease": listed}}}

    def initial(self, release: Release) -> int:
        """Return how often a track of a release may be downloaded."""
        return self._limits.get((self._licensor(release) or "").casefold(), self._options.downloads)

    def _licensor(self, release: Release) -> str | None:
        label = release.label
        return None if label is None else self._options.licensors.get(label, label)

    def _locker_release(
        self, release: Release, tracks: Sequence[Track], shop: _Shop, *, older: bool
    ) -> dict[str, Value]:
        available = release.id not in shop.withdrawn
        return {
            "release": self._release(release, shop.origin, available=available, older=older),
            "lockerTracks": {
                "lockerTrack": [
                    self._locker_track(release, track, shop, available=available, older=older) for track in tracks
                ]
            },
            "available": available,
        }

    def _release(self, release: Release, origin: str, *, available: bool, older: bool) -> dict[str, Value]:
        described: dict[str, Value] = {
            "id": release.id,
            "title": release.title,
            "version": "",
            "type": release.kind,
            "barcode": None if older else release.barcode,
            "artist": _artist(release.artist_id, release.artist),
            "slug": f"{slug(release.title)}-{release.id}".strip("-"),
            "image": image_url(origin, release.id) if release.has_cover else None,
            "label": _named(release.label),
            "licensor": _named(self._licensor(release)),
        }
        if available:
            described["download"] = _present({"releaseDate": release.released})
        return _present(described)

    def _locker_track(
        self, release: Release, track: Track, shop: _Shop, *, available: bool, older: bool
    ) -> dict[str, Value]:
        described: dict[str, Value] = {"track": _track(release, track)}
        if available:
            described["remainingDownloads"] = shop.remaining.get(track.id, self.initial(release))
        if not older:
            described["purchaseId"] = release.purchase_id
        described["purchaseDate"] = datetime.fromtimestamp(track.added, UTC)
        if not older:
            described["completeAlbumPurchase"] = release.kind == "Album"
        described["downloadUrls"] = {"downloadUrl": self._urls(release, track, shop.origin)} if available else None
        return described

    def _urls(self, release: Release, track: Track, origin: str) -> Value:
        where = f"{origin}/media/user/downloadtrack"
        ids = f"releaseid={release.id}&shopid={self._options.shop_id}&trackid={track.id}"
        return [
            {
                "url": f"{where}?formatid={offered.id}&{ids}",
                "format": {"id": offered.id, "description": offered.description},
            }
            for offered in downloads(track, conversions=self._options.conversions)
        ]


def _track(release: Release, track: Track) -> dict[str, Value]:
    number = track.number or release.tracks.index(track) + 1
    return _present(
        {
            "id": track.id,
            "title": track.title,
            "version": track.imprint.version or "",
            "artist": _artist(track.artist_id, track.artist),
            "trackNumber": number,
            "duration": round(track.length / 1000),
            "isrc": track.imprint.isrc,
            "disc": track.disc or 1,
            "number": number,
        }
    )


def _present(described: dict[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in described.items() if value is not None}


def _artist(artist_id: int, name: str) -> Value:
    return {"id": artist_id, "name": name, "appearsAs": name, "slug": slug(name)}


def _named(name: str | None) -> Value:
    return None if name is None else {"id": name_id(name), "name": name}


def image_url(origin: str, release_id: int) -> str:
    """Return where a release's picture is: folders are made of the digits of its number, the size stands behind it."""
    digits = f"{release_id:010}"
    return f"{origin}/static/img/sleeveart/{digits[:2]}/{digits[2:5]}/{digits[5:8]}/{digits}_{_IMAGE}.jpg"


def _check_country(call: Call) -> None:
    country = call.parameters.get("country", "").strip()
    if not country:
        raise CallError(ErrorCode.MISSING, "Missing parameter country")
    if not _COUNTRY.fullmatch(country):
        raise CallError(ErrorCode.INVALID, "Invalid value for parameter country: it is two letters (ISO 3166-1)")


def _page(releases: Releases, call: Call) -> _Page:
    """Return what is asked for; raise CallError."""
    size = call.number("pageSize", 1, _MOST_ON_A_PAGE) or _PAGE_SIZE
    number = call.number("page", 1) or 1
    listed = _narrowed(releases, call, _sorted(releases, call))
    first = (number - 1) * size
    return _Page(number, size, len(listed), listed[first : first + size])


def _sorted(releases: Releases, call: Call) -> Sequence[Release]:
    listed = releases.sorted(call.parameters.get("sort", "").strip() or _DEFAULT_SORT)
    if listed is None:
        choices = "releaseTitle, purchaseDate or artistName, a blank, asc or desc"
        raise CallError(ErrorCode.NOT_A_CHOICE, f"Invalid value for parameter sort: it is {choices}")
    return listed


def _narrowed(releases: Releases, call: Call, listed: Sequence[Release]) -> Sequence[tuple[Release, Sequence[Track]]]:
    """Return the releases, and of each the tracks, that releaseId, trackId and purchaseId leave."""
    release_id, track_id, purchase_id = (call.number(name) for name in ("releaseId", "trackId", "purchaseId"))
    if track_id is not None and release_id is None:
        raise CallError(ErrorCode.MISSING, "Missing parameter releaseId: trackId goes with it")
    if purchase_id is not None:
        bought = releases.of_purchase(purchase_id)
        if bought is None:
            raise CallError(ErrorCode.NOT_FOUND, "Purchase not found")
        listed = [bought]
    if release_id is not None:
        found = releases.get(release_id)
        listed = [found] if found in listed and found is not None else []
    if track_id is None:
        return [(release, release.tracks) for release in listed]
    narrowed = [(release, [track for track in release.tracks if track.id == track_id]) for release in listed]
    return [(release, tracks) for release, tracks in narrowed if tracks]
