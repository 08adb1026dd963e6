"""The calls of tunesBag's API about users, items, playlists and files (seed 002)."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

import aiohttp

from ..errors import LockerError, NotFound, ServiceError, Unavailable
from ..models import Artwork
from . import tunesbag_links as links
from . import tunesbag_parse as parse
from .media import PAGES, picture_type
from .tunesbag_connection import File, TunesbagConnection, Value
from .tunesbag_errors import status_error
from .tunesbag_values import NO_HEADERS
from .web import MEBIBYTE, beginning

FIELDS: Final = (
    "entrykey,name,artist,album,genre,yr,tracknumber,totaltime,size,rating,dt_created,librarykey,userkey,times,lasttime"
)
"""What is asked of each item; the service's own choice leaves most out."""

BIT_RATES: Final = (32, 64, 96)
"""The bit rates that a file can be converted to, in kbit/s."""

LONGEST_TEXT: Final = 250
"""How many letters a comment or the text of an invitation has at most."""

_PICTURE = 16 * MEBIBYTE
_PICTURE_SECONDS = 30
_LONGEST_PAGE = 64 * 1024
_GONE = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class TicketExpired(Unavailable):
    """The address of the file is over: a new one must be asked for."""


class TunesbagClient(TunesbagConnection):
    """Call tunesBag for one account; every method raises LockerError's classes only."""

    async def user(self, name: str | None = None) -> parse.User:
        """Call user/info for the account's own user, or for another."""
        return await self.ask("user/info", parse.parse_user, **({} if name is None else {"username": name}))

    async def friends(self) -> Sequence[parse.Friend]:
        """Call user/friends."""
        return await self.ask("user/friends", parse.parse_friends)

    async def items(  # noqa: PLR0913 - as many as the function has
        self,
        libraries: Sequence[str] = (),
        *,
        keys: Sequence[str] = (),
        fields: str = FIELDS,
        expression: str = "",
        order: str = "",
        limit: int = 0,
        unique: bool = False,
    ) -> parse.Items:
        """Call items/get: the items of libraries, the default one without any; ``limit`` 0 is all of them.

        ``order`` is ALBUM, ARTIST, RATING, NAME, CREATED or RECENTLYPLAYED. ``unique`` asks for a table of the unique
        values. ``expression`` is sent as it is: the document leaves out how one is written.
        """
        return await self.ask(
            "items/get",
            parse.parse_items,
            librarykeys=",".join(libraries),
            filter_entrykeys=",".join(keys),
            fields=fields,
            filter_expression=expression,
            orderBy=order,
            maxrows=limit,
            options="uniquetable" if unique else "",
        )

    async def last_keys(self, libraries: Sequence[str] = ()) -> Mapping[str, str]:
        """Call items/library/lastkey: what differs when a library has changed, by library."""
        return await self.ask("items/library/lastkey", parse.parse_last_keys, librarykeys=",".join(libraries))

    async def rate(self, key: str, rating: int, comment: str = "") -> None:
        """Call items/rate: 0 (not rated) to 100 in steps of 20, with a comment of at most 250 letters."""
        if len(comment) > LONGEST_TEXT:
            raise LockerError(f"A comment has at most {LONGEST_TEXT} letters")
        await self.change("items/rate", parse.parse_nothing, entrykey=key, type=0, rating=rating, comment=comment)

    async def log_play(self, key: str, seconds: int) -> None:
        """Call item/log/playstatus: so many seconds of an item were heard."""
        await self.change("item/log/playstatus", parse.parse_nothing, entrykey=key, seconds=seconds)

    # Playlists

    async def sets(self, *, accessible: bool = False, options: Sequence[str] = ()) -> Sequence[parse.Set]:
        """Call sets/get/allaccessible, with the playlists of friends, or sets/get.

        ``options`` of sets/get are notemporary, ownonly and nodynamic.
        """
        method = "sets/get/allaccessible" if accessible else "sets/get"
        return await self.ask(method, parse.parse_sets, options=",".join(options))

    async def search_sets(self, words: str) -> Sequence[parse.Set]:
        """Call sets/search: playlists by artist, track or name."""
        return await self.ask("sets/search", parse.parse_sets, search=words)

    async def set_items(self, key: str, *, simple: bool = False) -> parse.SetItems:
        """Call sets/set/getitems; ``simple`` leaves the items out but for their keys."""
        options = "simplelist" if simple else ""
        return await self.ask("sets/set/getitems", parse.parse_set_items, setkey=key, options=options)

    async def save_set(
        self, key: str, name: str, *, description: str = "", tags: Sequence[str] = (), public: bool = False
    ) -> str:
        """Call set/save: make a playlist (empty ``key``) or change one; return its key."""
        return await self.change(
            "set/save",
            parse.parse_key,
            setkey=key,
            name=name,
            description=description,
            tags=" ".join(tags),
            public=int(public),
        )

    async def add_to_set(self, key: str, items: Sequence[str], *, clear: bool = False) -> None:
        """Call set/additems; ``clear`` takes out what is in the playlist before."""
        options = "clearplaylist" if clear else ""
        await self.change("set/additems", parse.parse_nothing, setkey=key, itemkeys=",".join(items), options=options)

    # Files

    async def deliver(  # noqa: PLR0913 - as many as the function has
        self,
        key: str,
        library: str = "",
        *,
        target_format: str = "",
        bit_rate: int = 0,
        options: Sequence[str] = (),
        preview: bool = False,
    ) -> parse.Delivery:
        """Call items/get/deliver: where the file is for a short while; ``bit_rate`` 0 is the original.

        ``target_format`` is mp3 or aac; ``options`` are LOGPLAYED and FORWARDTOPLAYURL.
        """
        return await self.ask(
            "items/get/deliver",
            parse.parse_delivery,
            libraryKey=library,
            entrykey=key,
            options=",".join(options),
            targetformat=target_format,
            targetbitrate=bit_rate,
            preview="true" if preview else "",
        )

    @asynccontextmanager
    async def fetch(self, delivery: parse.Delivery, offset: int) -> AsyncGenerator[aiohttp.ClientResponse]:
        """Open what a delivery leads to, from ``offset`` on where its length is known; raise TicketExpired.

        The answer is 200 or 206, or 416 where ``offset`` is not inside the file; every other one raises.
        """
        with self.hiding(delivery.location):
            url = links.located(self.base, delivery.location)
            if url is None:
                raise ServiceError("The service does not tell where the file is")
            headers = {"Accept-Encoding": "identity"}
            if offset and delivery.length is not None:
                headers["Range"] = f"bytes={offset}-"
            response = await self.web.open(url, headers)
        try:
            with self.hiding(delivery.location):
                await _check_file(response)
            yield response
        finally:
            response.close()

    async def hash_states(self, values: Sequence[str]) -> Mapping[str, int]:
        """Call items/checkhashvalues: 200 (there), 204 (send the metadata) or 404 (send) by SHA-1 in upper case."""
        listed = "".join(f"<item><hashvalue>{value.upper()}</hashvalue></item>" for value in values)
        document = f'<?xml version="1.0" encoding="utf-8"?><items>{listed}</items>'.encode()
        file = File("filedata", "hashvalues.xml", "text/xml", lambda: document)
        return await self.send("items/checkhashvalues", parse.parse_hash_states, {}, file=file)

    async def add(
        self,
        name: str,
        mime_type: str,
        body: Callable[[], AsyncIterator[bytes]],
        library: str = "",
        *,
        notify: bool = False,
    ) -> bool:
        """Call items/add, once: send a file; return False where the user's library has it already.

        ``body`` is called anew where the keys had to be checked.
        """
        fields: dict[str, Value] = {"librarykey": library, "Type": 0, "Content-Type": mime_type, "NotifyUser": notify}
        file = File("file", name, mime_type, body)
        return await self.send("items/add", parse.parse_added, fields, file=file, once=True)

    async def covers(self, libraries: Sequence[str] = ()) -> frozenset[str]:
        """Call misc/check/albumcovers: a line "artist|album" for every album that has a cover."""
        return await self.ask("misc/check/albumcovers", parse.parse_covers, librarykeys=",".join(libraries))

    async def picture(self, path: str) -> Artwork:
        """Read a picture of the service; raise NotFound where there is none."""
        answer = await self.web.read(links.at(self.base, path), limit=_PICTURE, seconds=_PICTURE_SECONDS)
        if answer.status in _GONE or not answer.body:
            raise NotFound("The locker has no such picture")
        if answer.status != HTTPStatus.OK:
            raise status_error(answer.status, answer.headers)
        if (mime_type := picture_type(answer.body)) is None:
            raise ServiceError("The service answered with a page in place of the picture")
        return Artwork(answer.body, mime_type)


async def _check_file(response: aiohttp.ClientResponse) -> None:
    """Raise the error that an answer tells, if it is not a file."""
    if response.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return
    if response.status in _GONE:
        raise TicketExpired("The service gives the file no more", code=response.status)
    if response.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise status_error(response.status, response.headers)
    if response.content_type in PAGES:
        parse.parse_nothing(await beginning(response, _LONGEST_PAGE), response.status, NO_HEADERS)
        raise ServiceError("The service answered with a page in place of the file", code=response.status)
