"""Pictures: album covers, covers of playlists in three sizes, and a coloured square for each user."""

import asyncio
import hashlib
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from urllib.parse import quote

import av
from aiohttp import hdrs, web

from .catalog import Catalog, Track
from .part import Handler
from .sevendigital_pictures import resized
from .tunesbag_call import Call, Fields
from .tunesbag_libraries import Libraries, Library
from .tunesbag_method import Method
from .tunesbag_sets import Sets
from .tunesbag_site import Site

_ORDER = ("requestkey", "data", "errormessage", "error")
_LARGEST = {"small": 48, "big": 200}
_CACHE = {hdrs.CACHE_CONTROL: "public, max-age=3600"}
_IMAGE_TYPE = re.compile(r"image/[a-z0-9.+-]+", re.ASCII)
_DARKEST = 64  # of a colour's parts


def profile_path(user: str) -> str:
    """Return the path of a user's picture: first three letters, name, size."""
    return f"/res/images/profile_images/{quote(user[:3], safe='')}/{quote(user, safe='')}_big.jpg"


class Pictures:
    """Answer misc/check/albumcovers and /res/images/."""

    def __init__(self, site: Site, libraries: Libraries, sets: Sets) -> None:
        """Keep what they are made of."""
        self._site = site
        self._libraries = libraries
        self._sets = sets

    def methods(self) -> Mapping[str, Method]:
        """Return the method by its name."""
        return {"misc/check/albumcovers": Method(self._check, order=_ORDER)}

    def routes(self) -> Mapping[str, tuple[str, Handler]]:
        """Return what answers each path, with the name of it."""
        return {
            "/res/images/album_images/{artist}/{album}.jpg": ("album_images", self._album),
            "/res/images/playlist_images/{last}/{key}.{size:48|120|300}.jpg": ("playlist_images", self._playlist),
            "/res/images/profile_images/{first}/{name}_{size:small|big}.jpg": ("profile_images", self._profile),
        }

    async def _check(self, call: Call) -> Fields:
        libraries = await self._libraries.wanted(call.user, call.keys("librarykeys"))
        return {"data": await asyncio.to_thread(_list, libraries)}

    async def _album(self, request: web.Request) -> web.StreamResponse:
        catalog = await self._site.locker.catalog()
        wanted = request.match_info["artist"], request.match_info["album"]
        track = await asyncio.to_thread(_with_cover, catalog, wanted)
        cover = await self._site.locker.cover(track) if track else None
        if cover is None:
            return _no_picture()
        return web.Response(body=cover.content, content_type=_type(cover.mime_type), headers=_CACHE)

    async def _playlist(self, request: web.Request) -> web.StreamResponse:
        key, size = request.match_info["key"].upper(), int(request.match_info["size"])
        if request.match_info["last"].upper() != key[-3:]:
            return _no_picture()
        for user in self._site.accounts.names():
            for one in await self._sets.of(user):
                if one.key == key and one.playlist is not None:
                    track = next((track for track in one.playlist.tracks if track.has_cover), None)
                    cover = await self._site.locker.cover(track) if track else None
                    if cover is None:
                        return _no_picture()
                    content, mime_type = await asyncio.to_thread(resized, cover, size)
                    return web.Response(body=content, content_type=_type(mime_type), headers=_CACHE)
        return _no_picture()

    async def _profile(self, request: web.Request) -> web.StreamResponse:
        """Send a square in the colour of a name, whether there is such a user or not."""
        name, size = request.match_info["name"], _LARGEST[request.match_info["size"]]
        if request.match_info["first"] != name[:3]:
            return _no_picture()
        digest = hashlib.sha256(name.casefold().encode()).digest()
        colour = bytes(max(part, _DARKEST) for part in digest[:3])
        content = await asyncio.to_thread(_square, colour, size)
        return web.Response(body=content, content_type="image/jpeg", headers=_CACHE)


def _named(track: Track) -> set[tuple[str, str]]:
    """Return the names under which a client looks for a cover: the album's artist, and the track's own."""
    if not track.album or "|" in track.album:
        return set()
    artists = {track.artist, track.album_artist or track.artist}
    return {(artist, track.album) for artist in artists if "|" not in artist}


def _list(libraries: Iterable[Library]) -> str:
    """Return the albums that have a cover, a line each."""
    tracks = (track for library in libraries for track in library.tracks if track.has_cover)
    names = {one for track in tracks for one in _named(track)}
    return "\n".join(f"{artist}|{album}" for artist, album in sorted(names))


def _with_cover(catalog: Catalog, names: tuple[str, str]) -> Track | None:
    return next((track for track in catalog.tracks if track.has_cover and names in _named(track)), None)


def _no_picture() -> web.Response:
    return web.Response(status=404, text="There is no such picture.")


def _type(mime_type: str) -> str:
    """Return a picture's type; a file may call its picture anything, also a page."""
    return mime_type if _IMAGE_TYPE.fullmatch(mime_type) else "application/octet-stream"


def _square(colour: bytes, size: int) -> bytes:
    frame = av.VideoFrame(size, size, "rgb24")
    plane = frame.planes[0]
    line = (colour * size).ljust(plane.line_size, b"\0")
    plane.update(line * size)
    return _jpeg(frame.reformat(format="yuvj420p"))


def _jpeg(frame: av.VideoFrame) -> bytes:
    """Return a picture as JPEG; raise FFmpegError."""
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height = frame.width, frame.height
    encoder.pix_fmt, encoder.time_base = "yuvj420p", Fraction(1, 25)
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
