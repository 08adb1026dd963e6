"""items/get/deliver, its player, and the media behind their tickets."""

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from html import escape

from aiohttp import hdrs, web

from .catalog import Track
from .media import Media, RangeError, send_file, send_stream
from .transcode import DEFAULT_BIT_RATE, MIME_TYPES, TranscodeError, converted_chunks
from .tunesbag_call import Call, Fields
from .tunesbag_errors import CallError, Fault, invalid
from .tunesbag_libraries import Libraries
from .tunesbag_method import Method
from .tunesbag_site import Site
from .tunesbag_social_store import SocialStore
from .tunesbag_store import Store
from .tunesbag_tickets import Delivery, Tickets

LOGGER = logging.getLogger(__name__)

_BIT_RATES = frozenset({0, 24, 32, 40, 48, 64, 96, 128, 192, 320})  # kbit/s
_PREVIEW_BIT_RATE = 96
_COLOUR = re.compile(r"[0-9A-Fa-f]{6}")
_ORDER = ("requestkey", "errormessage", "contentlength", "error", "contenttype", "location", "result")
_READING = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})


class Deliveries:
    """The methods that hand out media."""

    def __init__(self, site: Site, libraries: Libraries) -> None:
        """Keep what the methods work on."""
        self._site = site
        self._libraries = libraries
        self.tickets = Tickets(site.options.ticket_lifetime, site.clock)

    def methods(self) -> Mapping[str, Method]:
        """Return the methods by their names."""
        return {
            "items/get/deliver": Method(self._deliver, order=_ORDER),
            "items/get/deliver/player": Method(self._player),
        }

    async def _deliver(self, call: Call) -> Fields | web.StreamResponse:
        track = await self._track(call)
        delivery = _delivery(call, track, self._site.options.preview_seconds)
        options = call.options()
        if "logplayed" in options:
            await self._played(call.user, track)
        location = f"/deliver/ticket/{self.tickets.give(delivery)}/deliver.pl"
        if "forwardtoplayurl" in options:
            return web.Response(status=302, headers={hdrs.LOCATION: location})
        is_original = delivery.encoding is None
        return {
            "contentlength": await self._size(track) if is_original else -1,
            "contenttype": track.mime_type if is_original else MIME_TYPES[delivery.encoding or ""],
            "location": location,
        }

    async def _track(self, call: Call) -> Track:
        """Return the item that is asked for: of a library that may be read, or of the default one."""
        key = call.required("entrykey").upper()
        place = {one.key: one for one in self._libraries.readable(call.user)}.get(call.text("librarykey").upper())
        if place is not None:
            track = (await self._libraries.load(place)).by_key.get(key)
            if track is None:
                raise CallError(Fault.NOT_FOUND)
            return track
        return (await self._libraries.item(call.user, key))[1]

    async def _size(self, track: Track) -> int:
        try:
            return await asyncio.to_thread(lambda: self._site.locker.path(track).stat().st_size)
        except OSError:
            raise CallError(Fault.NOT_FOUND) from None

    async def _played(self, user: str, track: Track) -> None:
        await self._site.remember(Store.played, user, track.id, track.length / 1000)
        await self._site.remember(SocialStore.viewed, user, track.key)
        await self._site.locker.played(track)

    async def _player(self, call: Call) -> Fields:
        track = await self._track(call)
        colour = call.text("bgcolor") or "FFFFFF"
        if not _COLOUR.fullmatch(colour):
            raise invalid("bgcolor")
        ticket = self.tickets.give(Delivery(call.user, track.path))
        autoplay = " autoplay" if call.flag("autostart") else ""
        source = escape(f"{self._site.base(call.request)}/deliver/ticket/{ticket}/deliver.pl")
        content = (
            f'<div id="player_{ticket}" style="background-color:#{colour}">{escape(track.artist)} - '
            f'{escape(track.title)} <audio controls{autoplay} src="{source}"></audio></div>'
        )
        return {"content": content}

    async def media(self, request: web.Request) -> web.StreamResponse:
        """Send what a ticket delivers."""
        if request.method not in _READING:
            raise web.HTTPMethodNotAllowed(request.method, _READING)
        delivery = self.tickets.take(request.match_info["ticket"])
        track = (await self._site.locker.catalog()).by_path(delivery.path) if delivery else None
        if delivery is None or track is None:
            return web.Response(status=404, text="There is no such ticket, or it is over.")
        try:
            if delivery.encoding is None:
                return await self._original(request, track)
            return await self._converted(request, track, delivery)
        except (TranscodeError, StopAsyncIteration) as error:
            LOGGER.warning("%s cannot be converted: %s", track.path, error)
            return web.Response(status=500, text="The file cannot be converted.")

    async def _original(self, request: web.Request, track: Track) -> web.StreamResponse:
        try:
            size = await self._size(track)
        except CallError:
            return web.Response(status=404, text="The file is gone.")
        try:
            return await send_file(
                request, self._site.locker.path(track), Media(size, track.mime_type, f'"{track.key}"'), {}
            )
        except RangeError:
            return web.Response(status=416, headers={hdrs.CONTENT_RANGE: f"bytes */{size}"})

    async def _converted(self, request: web.Request, track: Track, delivery: Delivery) -> web.StreamResponse:
        encoding = delivery.encoding or "mp3"
        chunks = converted_chunks(self._site.locker.path(track), encoding, delivery.bit_rate, delivery.seconds)
        first = await anext(chunks)  # what cannot be converted is found out before the headers are sent
        return await send_stream(request, _chain(first, chunks), MIME_TYPES[encoding], {})


async def _chain(first: bytes, rest: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    async with aclosing(rest):
        yield first
        async for chunk in rest:
            yield chunk


def _delivery(call: Call, track: Track, preview_seconds: float) -> Delivery:
    """Return how an item is wanted; raise CallError.

    The original is delivered where neither a bit rate nor another format than its own is asked for.
    """
    encoding = call.text("targetformat").lower()
    if encoding and encoding not in MIME_TYPES:
        raise CallError(Fault.FORMAT)
    rate = _bit_rate(call)
    if call.flag("preview"):
        rate = (rate or _PREVIEW_BIT_RATE) * 1000
        return Delivery(call.user, track.path, encoding or "mp3", rate, preview_seconds)
    if rate:
        return Delivery(call.user, track.path, encoding or "mp3", rate * 1000)
    if encoding and track.mime_type not in _SAME[encoding]:
        return Delivery(call.user, track.path, encoding, DEFAULT_BIT_RATE)
    return Delivery(call.user, track.path)


_SAME = {"mp3": {"audio/mpeg"}, "aac": {"audio/mp4", "audio/aac"}}
"""The types of files that are in a format already."""


def _bit_rate(call: Call) -> int:
    try:
        rate = call.number("targetbitrate")
    except CallError:
        raise CallError(Fault.BIT_RATE) from None
    if rate not in _BIT_RATES:
        raise CallError(Fault.BIT_RATE)
    return rate
