"""The storage methods of MP3tunes, /storage/<method>/<file key>: files in, files out, answers in headers."""

import asyncio
import logging
import re
import sqlite3
import unicodedata
from collections.abc import AsyncGenerator, Mapping

from aiohttp import ClientError, hdrs, web

from .accounts import Account
from .accounts_file import account_key
from .catalog import Track
from .locker import Locker, LockerFullError, Owner
from .media import Media, RangeError, send_file, send_stream, wanted_range
from .mp3tunes_call import number_of
from .mp3tunes_errors import RETRY_AFTER, SUCCESS, SUCCESS_TEXT, StorageError, StorageFault
from .mp3tunes_gate import Gate
from .mp3tunes_options import Mp3tunesOptions
from .scan import suffix_of
from .sessions import SessionOverError, UnknownSessionError
from .store import Description
from .tags import leading_number, year_of
from .transcode import DEFAULT_BIT_RATE, TranscodeError, mp3_chunks
from .uploads import FILE_TYPES, Received, TooLargeError, content_type, is_readable, receive

LOGGER = logging.getLogger(__name__)

ERROR_NUMBER = "X-MP3tunes-ErrorNo"
ERROR_STRING = "X-MP3tunes-ErrorString"
LOCKER_INFO = "X-Locker-Info"
_BIT_RATES = frozenset({28_000, 56_000, 96_000, 128_000, 192_000})
_READING = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_POST})
_KEY = re.compile(r"[0-9a-fA-F]{32}")
_SIZE = web.RequestKey("size", int)


class Storage:
    """Answer lockerGet, lockerPlay, lockerPut, lockerDelete and albumArtGet, in any case of their letters."""

    def __init__(self, locker: Locker, gate: Gate, options: Mp3tunesOptions) -> None:
        """Keep what the methods work on."""
        self.maintenance = False
        self._locker = locker
        self._gate = gate
        self._options = options

    async def handle(self, method: str, key: str, request: web.Request) -> web.StreamResponse:
        """Answer one request; ``method`` is in lower case."""
        try:
            return await self._answer(method, key, request)
        except StorageError as error:
            return self._failure(error.fault)
        except LockerFullError:
            return self._failure(StorageFault.LOCKER_FULL)
        except RangeError:
            size = request.get(_SIZE, 0)
            headers = {hdrs.CONTENT_RANGE: f"bytes */{size}", ERROR_STRING: "Range Not Satisfiable"}
            return web.Response(status=416, headers=headers)
        except (ConnectionError, ClientError) as error:
            LOGGER.debug("The client of %s left: %s", method, type(error).__name__)
            raise
        except OSError as error:
            LOGGER.error("%s failed: %s", method, error.strerror)  # noqa: TRY400 - the reason says it all
            return self._failure(StorageFault.STORAGE)
        except sqlite3.Error as error:
            LOGGER.error("%s could not use the index: %s", method, error)  # noqa: TRY400 - the reason says it all
            return self._failure(StorageFault.STORAGE)

    async def _answer(self, method: str, key: str, request: web.Request) -> web.StreamResponse:
        if not self._gate.is_on_host(request, self._gate.bases(request).storage):
            raise StorageError(StorageFault.NOT_FOUND)
        if method == "lockerput":
            _check_verb(request, frozenset({hdrs.METH_PUT}))
            return await self._put(key, request)
        _check_verb(request, _READING)
        match method:
            case "lockerget" | "lockerplay":
                account = self._account(request, token_required=False)
                return await self._get(await self._track(key, account.folder), request)
            case "albumartget":
                account = self._account(request, token_required=False)
                return await self._art(key, request, account.folder)
            case "lockerdelete":
                account = self._account(request, token_required=True)
                self._check_right(account)
                return await self._delete(key, request, _owner(account))
            case _:
                raise StorageError(StorageFault.NOT_FOUND)

    def _account(self, request: web.Request, *, token_required: bool) -> Account:
        """Check token and session; the URLs in our own listings have no token, so reading does without."""
        token = request.query.get("partner_token", "")
        if (token or (token_required and not self._options.partner_token_optional)) and not self._gate.token_is_good(
            token
        ):
            raise StorageError(StorageFault.PARTNER_TOKEN)
        try:
            return self._gate.account(request.query.get("sid", ""))
        except SessionOverError:
            raise StorageError(StorageFault.SESSION_OVER) from None
        except UnknownSessionError, LookupError:
            raise StorageError(StorageFault.INVALID_SESSION) from None

    def _check_right(self, account: Account) -> None:
        if account.read_only:
            raise StorageError(StorageFault.NOT_AUTHORIZED)
        if self.maintenance:
            raise StorageError(StorageFault.UNAVAILABLE)

    def _failure(self, fault: StorageFault) -> web.Response:
        headers = {ERROR_NUMBER: str(int(fault)), ERROR_STRING: fault.text}
        if fault is StorageFault.UNAVAILABLE:
            headers[hdrs.RETRY_AFTER] = str(RETRY_AFTER)
        return web.Response(status=fault.status, headers=headers)

    def _success(self) -> dict[str, str]:
        if not self._options.success_headers:
            return {}
        return {ERROR_NUMBER: str(SUCCESS), ERROR_STRING: SUCCESS_TEXT}

    async def _track(self, key: str, folder: str | None) -> Track:
        track = (await self._locker.catalog(folder)).by_key(key)
        if track is None:
            raise StorageError(StorageFault.NOT_FOUND)
        return track

    async def _get(self, track: Track, request: web.Request) -> web.StreamResponse:
        headers = {**self._success(), LOCKER_INFO: _locker_info(track)}
        wanted = request.query.get("fileformat", "").lower()
        bit_rate = leading_number(request.query.get("bitrate"))
        if wanted not in {"", "mp3"}:
            raise StorageError(StorageFault.FORMAT_UNKNOWN)
        if bit_rate in _BIT_RATES or (wanted == "mp3" and track.mime_type != "audio/mpeg"):
            return await self._transcode(track, bit_rate, request, headers)
        size = await asyncio.to_thread(self._size, track)
        request[_SIZE] = size
        media = Media(size, track.mime_type, f'"{track.key}"')
        part = wanted_range(request, media)
        if request.method != hdrs.METH_HEAD and (part is None or part.first == 0):
            await self._locker.played(track)
        return await send_file(request, self._locker.path(track), media, headers)

    def _size(self, track: Track) -> int:
        try:
            return self._locker.path(track).stat().st_size
        except OSError:
            raise StorageError(StorageFault.NOT_FOUND) from None

    async def _transcode(
        self, track: Track, bit_rate: int | None, request: web.Request, headers: Mapping[str, str]
    ) -> web.StreamResponse:
        rate = bit_rate if bit_rate in _BIT_RATES and bit_rate is not None else DEFAULT_BIT_RATE
        chunks = mp3_chunks(self._locker.path(track), rate)
        try:
            first = await anext(chunks)  # what cannot be converted is found out before the headers are sent
        except (TranscodeError, StopAsyncIteration) as error:
            LOGGER.warning("%s cannot be converted: %s", track.path, error)
            raise StorageError(StorageFault.STORAGE) from None
        if request.method != hdrs.METH_HEAD:
            await self._locker.played(track)
        return await send_stream(request, _chain(first, chunks), "audio/mpeg", headers)

    async def _art(self, key: str, request: web.Request, folder: str | None) -> web.StreamResponse:
        if request.query.get("alternative") == "1":
            number = number_of(key)
            album = None if number is None else (await self._locker.catalog(folder)).album(number)
            track = album.cover_track if album else None
        else:
            track = await self._track(key, folder)
        cover = await self._locker.cover(track) if track else None
        if cover is None:
            raise StorageError(StorageFault.NOT_FOUND)
        return web.Response(body=cover.content, content_type=_image_type(cover.mime_type), headers=self._success())

    async def _delete(self, key: str, request: web.Request, owner: Owner) -> web.StreamResponse:
        if request.query.get("action", "").lower() == "restore":
            done = await self._locker.restore(key.lower(), owner)
        else:
            done = await self._locker.throw_away(key.lower(), owner)
        if not done:
            raise StorageError(StorageFault.NOTHING_TO_DELETE)
        return web.Response(headers=self._success())

    async def _put(self, key: str, request: web.Request) -> web.StreamResponse:
        account = self._account(request, token_required=True)
        self._check_right(account)
        if not _KEY.fullmatch(key):
            raise StorageError(StorageFault.MD5_MISMATCH)
        if request.content_length == 0:
            raise StorageError(StorageFault.EMPTY_FILE)
        await self._check_room(request.content_length or 0)
        await self._locker.check_room(_owner(account), key.lower(), request.content_length or 0)
        name = header_text(request, "X-Original-Filename")
        if name and suffix_of(name) not in FILE_TYPES:
            raise StorageError(StorageFault.FORMAT_UNKNOWN)
        folder = await self._locker.upload_folder()
        await _invite(request)
        try:
            async with receive(request, folder, self._options.file_limit) as received:
                await self._check(received, key.lower(), name, request)
                said = _description(request, name)
                kind = await asyncio.to_thread(content_type, received.path)
                file_name = name or f"{key.lower()}.{kind}"
                await self._locker.keep_upload(received.path, key.lower(), file_name, said, _owner(account))
        except TooLargeError:
            raise StorageError(StorageFault.TOO_LARGE) from None
        return web.Response(headers=self._success())

    async def _check_room(self, size: int) -> None:
        if size > self._options.file_limit:
            raise StorageError(StorageFault.TOO_LARGE)
        capacity = self._options.capacity
        if capacity is not None and (await self._locker.catalog()).size + size > capacity:
            raise StorageError(StorageFault.LOCKER_FULL)

    async def _check(self, received: Received, key: str, name: str, request: web.Request) -> None:
        """Raise StorageError for a file that is damaged, is another one, or is of no valid type."""
        if received.size == 0:
            raise StorageError(StorageFault.EMPTY_FILE)
        crc = request.headers.get("X-MP3tunes-CRC", "").strip()
        if crc and received.crc32 not in _crc_values(crc):
            raise StorageError(StorageFault.CRC_MISMATCH)
        if received.md5 != key:
            raise StorageError(StorageFault.MD5_MISMATCH)
        kind = await asyncio.to_thread(content_type, received.path)
        if kind is None and name:
            raise StorageError(StorageFault.FORMAT_UNSUPPORTED)
        if kind not in FILE_TYPES:
            raise StorageError(StorageFault.FORMAT_UNKNOWN)
        if not await asyncio.to_thread(is_readable, received.path):
            raise StorageError(StorageFault.FORMAT_UNSUPPORTED)
        if request.content_length is None:
            await self._check_room(received.size)


def _owner(account: Account) -> Owner:
    return Owner(account_key(account.user), account.quota, account.folder)


def _check_verb(request: web.Request, verbs: frozenset[str]) -> None:
    if request.method not in verbs:
        raise web.HTTPMethodNotAllowed(request.method, verbs)


async def expect_later(_request: web.Request) -> None:
    """Leave "100 Continue" to lockerPut, which sends it when nothing speaks against the file."""


async def _invite(request: web.Request) -> None:
    """Send "100 Continue" to a client that waits for it."""
    if request.headers.get(hdrs.EXPECT, "").lower() == "100-continue" and request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")


async def _chain(first: bytes, rest: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    try:
        yield first
        async for chunk in rest:
            yield chunk
    finally:
        await rest.aclose()


def header_text(request: web.Request, name: str) -> str:
    """Return a header whose bytes are UTF-8 (or, from old clients, Latin-1), without control characters."""
    raw = request.headers.get(name, "").encode("utf-8", "surrogateescape")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return "".join(letter for letter in text if unicodedata.category(letter)[0] != "C").strip()


def _description(request: web.Request, name: str) -> Description:
    return Description(
        title=header_text(request, "X-MP3tunes-Track-Title") or None,
        artist=header_text(request, "X-MP3tunes-Artist-Name") or None,
        album=header_text(request, "X-MP3tunes-Album-Title") or None,
        number=leading_number(header_text(request, "X-MP3tunes-Track-Number")),
        year=year_of(header_text(request, "X-MP3tunes-Year")),
        file_name=re.split(r"[/\\]", name)[-1] or None,
    )


def _crc_values(text: str) -> set[int]:
    """Return the numbers that a CRC header may mean: the documents do not say whether it is decimal or hex."""
    values = set()
    for base in (10, 16):
        try:
            values.add(int(text, base) & 0xFFFFFFFF)
        except ValueError:
            continue
    return values


def _locker_info(track: Track) -> str:
    number = f"{track.number:02}" if track.number is not None else ""
    text = " - ".join((track.artist, track.album or "", number, track.title))
    return "".join(letter for letter in text if unicodedata.category(letter)[0] != "C")


def _image_type(mime_type: str) -> str:
    return mime_type if re.fullmatch(r"image/[a-z0-9.+-]+", mime_type) else "application/octet-stream"
