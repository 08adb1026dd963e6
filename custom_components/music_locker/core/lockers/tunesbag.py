"""The tunesBag adapter (seed 002)."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar

import aiohttp
from yarl import URL

from ..errors import AuthenticationError, LockerConnectionError, NotFound, Unavailable
from ..models import Account, Album, Artist, Artwork, Playlist, Track
from . import tunesbag_links as links
from . import tunesbag_listing as listing
from . import tunesbag_reading as whole
from . import tunesbag_upload as uploads
from .base import (
    Adapter,
    Authorisation,
    AuthorisationKind,
    AuthorisationRequest,
    Capability,
    ServiceInfo,
    Setting,
    SettingKind,
    StreamReader,
    Uploaded,
    UploadMetadata,
    UploadRules,
)
from .media import stream_info
from .sending import Progress, file_body
from .tunesbag_client import BIT_RATES, TicketExpired, TunesbagClient
from .tunesbag_connection import Format
from .tunesbag_parse import Delivery, SetItems
from .tunesbag_social import TunesbagSocial
from .web import Retry, chunks

PAGE = 500
"""How many items are given to the library at once."""

_MP3 = frozenset({"audio/mpeg", "audio/mp3", "audio/x-mpeg"})
_UPLOAD_ATTEMPTS = 2
_CAPABILITIES = (
    Capability.STREAM
    | Capability.TRANSCODE
    | Capability.DOWNLOAD
    | Capability.UPLOAD
    | Capability.ARTWORK
    | Capability.PLAYLISTS
    | Capability.PLAYLIST_EDIT
    | Capability.RATE
    | Capability.REPORT_PLAY
    | Capability.SOCIAL
    | Capability.CHANGE_MARKER
)


@dataclass(slots=True)
class _Frame:
    """Hold what was read for one sync."""

    read: whole.Reading | None = None


class Tunesbag(Adapter):
    """Speak tunesBag's API for one account.

    A track's id is the key of its item, with the key of its library behind it where that is not the user's default one.
    Artists and albums have no keys: their ids are made from their names. The service has no search for items that its
    document explains.
    """

    info: ClassVar[ServiceInfo] = ServiceInfo(
        service="tunesbag",
        title="tunesBag",
        settings=(
            Setting("url", SettingKind.URL, default="https://www.tunesbag.com"),
            Setting("username"),
            Setting("app_key", SettingKind.PASSWORD),
            Setting("password", SettingKind.PASSWORD, required=False),
            Setting("remote_key", SettingKind.PASSWORD, required=False, granted=True),
        ),
        capabilities=_CAPABILITIES,
        authorisation=Authorisation(AuthorisationKind.COPIED_KEY, unless="password"),
        uploads=UploadRules(frozenset(uploads.MIME_TYPES)),
    )

    def __init__(
        self,
        settings: Mapping[str, str],
        session: aiohttp.ClientSession,
        retry: Retry | None = None,
        answers: Format = Format.JSON,
    ) -> None:
        """Keep the settings, the HTTP session, which the caller owns and closes, and how reads are tried again.

        ``answers`` is the form that is asked for: JSON is the shorter one, and read faster.
        """
        super().__init__(settings, session, retry)
        self._client = TunesbagClient(settings, session, self._retry, answers)
        self._hashes = uploads.Hashes()
        self._frame: _Frame | None = None
        self.social = TunesbagSocial(self._client)

    @property
    def capabilities(self) -> Capability:
        """Return what this locker can do."""
        return _CAPABILITIES

    @classmethod
    async def begin_authorisation(
        cls,
        settings: Mapping[str, str],
        session: aiohttp.ClientSession,
        callback: URL | None = None,  # noqa: ARG003 - the key is copied by hand
    ) -> AuthorisationRequest:
        """Return the page at which the user copies the remote key, once the service knows the application's key."""
        adapter = cls(settings, session)
        try:
            await adapter.ping()
        finally:
            await adapter.close()
        return AuthorisationRequest(links.key_page(settings.get("url", ""), settings.get("app_key", "")))

    @classmethod
    async def finish_authorisation(
        cls,
        settings: Mapping[str, str],  # noqa: ARG003 - the key says all
        session: aiohttp.ClientSession,  # noqa: ARG003 - the log-in that follows asks the service
        request: AuthorisationRequest,  # noqa: ARG003 - nothing is pending
        answer: str,
    ) -> Mapping[str, str]:
        """Return the remote key that was copied; the log-in that follows finds out whether it is right."""
        if not (key := answer.strip()):
            raise AuthenticationError("The remote key is missing", setting="remote_key")
        return {"remote_key": key}

    async def login(self) -> Account:
        """Check the keys anew and tell whose they are; the account's id is the user's key."""
        me = await self._client.log_in()
        return Account(me.user, me.name)

    async def ping(self) -> None:
        """Ask the service whether it is there, and whether it knows the application key."""
        await self._client.ping()

    async def change_marker(self) -> str | None:
        """Return what differs when the library, that of a friend or a playlist has changed."""
        return await whole.marker(self._client, await self._client.identity())

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[None]:
        """Read everything once: inside, the lists come out of that one reading."""
        self._frame = _Frame()
        try:
            yield
        finally:
            self._frame = None

    async def artists(self) -> AsyncGenerator[Sequence[Artist]]:
        """Read everything, and give the artists."""
        for page in _pages(await asyncio.to_thread(listing.artists, (await self._read()).own)):
            yield page

    async def albums(self) -> AsyncGenerator[Sequence[Album]]:
        """Read everything, and give the albums."""
        for page in _pages(await asyncio.to_thread(listing.albums, (await self._read()).own)):
            yield page

    async def tracks(self) -> AsyncGenerator[Sequence[Track]]:
        """Read everything, and give the tracks; those of others are not listed."""
        read = await self._read()
        for page in _pages([*read.own, *read.others]):
            yield page

    async def playlists(self) -> Sequence[Playlist]:
        """Read the playlists: the user's, the service's, those of friends, and friends' libraries."""
        return (await self._read()).playlists

    async def playlist_tracks(self, playlist_id: str) -> Sequence[str]:
        """Return the track ids of a playlist, in its order, with those that come more than once."""
        read = None if self._frame is None else self._frame.read
        if read is not None and playlist_id in read.playlist_tracks:
            return read.playlist_tracks[playlist_id]
        me = await self._client.identity()
        if (library := listing.library_of(playlist_id)) is not None:
            return [track.id for track in await whole.library_tracks(self._client, me, _checked(library))]
        ids, _ = await whole.set_tracks(self._client, me, _checked(playlist_id))
        return ids

    @asynccontextmanager
    async def stream(
        self, track_id: str, *, offset: int = 0, mp3: bool = False, bit_rate: int | None = None
    ) -> AsyncGenerator[StreamReader]:
        """Open a track's bytes: each play asks for a ticket of its own, and once more where that one is over.

        The original is sent by default, also for ``mp3`` where it is one; converted are 32, 64 or 96 kbit/s, and
        converting ignores ``offset``.
        """
        key, library = _item(track_id)
        async with AsyncExitStack() as opened:
            delivery = await self._deliver(key, library, mp3=mp3, bit_rate=bit_rate)
            try:
                response = await opened.enter_async_context(self._client.fetch(delivery, offset))
            except TicketExpired:
                delivery = await self._deliver(key, library, mp3=mp3, bit_rate=bit_rate)
                response = await opened.enter_async_context(self._client.fetch(delivery, offset))
            info, left = stream_info(response, offset)
            reader = chunks(response, left)
            try:
                yield StreamReader(info, reader)
            finally:
                await reader.aclose()

    async def artwork(self, artwork_id: str) -> Artwork:
        """Read the cover of an album; its id holds the names of artist and album."""
        if (path := links.cover_path(artwork_id)) is None:
            raise NotFound("The locker has no such picture")
        return await self._client.picture(path)

    async def upload(
        self, path: Path, metadata: UploadMetadata | None = None, progress: Callable[[int, int], None] | None = None
    ) -> Uploaded:
        """Send a file, unless the library has it; the service takes it in a little later.

        The service reads the file's own tags: where ``metadata`` gives others, a copy with these is sent. A file whose
        connection broke is looked for by its hash, and sent once more only where it has not arrived.
        """
        tagged = uploads.tagged(path, metadata)
        copy = await asyncio.to_thread(tagged.__enter__)
        try:
            return await self._upload(await asyncio.to_thread(self._hashes.describe, copy), progress)
        finally:
            await asyncio.to_thread(tagged.__exit__, None, None, None)

    async def create_playlist(self, title: str) -> str:
        """Make an empty playlist and return its key."""
        return await self._client.save_set("", title)

    async def rename_playlist(self, playlist_id: str, title: str) -> None:
        """Give a playlist another title; what else it says of itself is sent again as it was."""
        before = (await self._editable(playlist_id)).set
        assert before is not None  # noqa: S101 - _editable has seen it
        await self._client.save_set(
            before.key, title, description=before.description, tags=before.tags, public=before.public
        )

    async def add_to_playlist(self, playlist_id: str, track_ids: Sequence[str]) -> None:
        """Put tracks behind those of a playlist."""
        keys = [_item(track_id)[0] for track_id in track_ids]
        await self._editable(playlist_id)
        if keys:
            await self._client.add_to_set(playlist_id, keys)

    async def replace_playlist(self, playlist_id: str, track_ids: Sequence[str]) -> None:
        """Put other tracks into a playlist: the document knows no other way to take one out."""
        keys = [_item(track_id)[0] for track_id in track_ids]
        await self._editable(playlist_id)
        await self._client.add_to_set(playlist_id, keys, clear=True)

    async def rate(self, track_id: str, rating: int) -> None:
        """Rate a track; the service has five steps, and an odd rating is rounded up."""
        await self._client.rate(_item(track_id)[0], listing.steps(rating))

    async def report_play(self, track_id: str, seconds: float) -> None:
        """Tell the service that so many seconds of a track were heard."""
        await self._client.log_play(_item(track_id)[0], max(0, round(seconds)))

    async def close(self) -> None:
        """End a log-in that is under way; the HTTP session is its owner's."""
        await self._client.close()

    async def _read(self) -> whole.Reading:
        """Return what was read inside this frame, or read everything."""
        frame = self._frame or _Frame()
        if frame.read is None:
            frame.read = await whole.read(self._client, await self._client.identity())
        return frame.read

    async def _deliver(self, key: str, library: str, *, mp3: bool, bit_rate: int | None) -> Delivery:
        """Ask where a track's bytes are."""
        if bit_rate is None:
            delivery = await self._client.deliver(key, library)
            if not mp3 or delivery.mime_type in _MP3:
                return delivery
        return await self._client.deliver(key, library, target_format="mp3", bit_rate=_bit_rate(bit_rate))

    async def _upload(self, file: uploads.UploadFile, progress: Progress | None) -> Uploaded:
        if await self._is_there(file):
            return Uploaded(None, already_there=True)
        body = partial(file_body, file.path, file.size, progress)
        for attempt in range(_UPLOAD_ATTEMPTS):
            try:
                added = await self._client.add(file.path.name, file.mime_type, body)
            except LockerConnectionError:
                if await self._is_there(file):
                    break  # it had arrived: only the answer was lost
                if attempt + 1 == _UPLOAD_ATTEMPTS:
                    raise
            else:
                return Uploaded(None, already_there=not added)
        return Uploaded(None)

    async def _is_there(self, file: uploads.UploadFile) -> bool:
        """Tell whether the library has a file; 204 asks for metadata alone, for which the document has no call."""
        states = await self._client.hash_states([file.sha1])
        return states.get(file.sha1) == HTTPStatus.OK

    async def _editable(self, playlist_id: str) -> SetItems:
        """Return a playlist that the user may change; raise NotFound, Unavailable."""
        found = await self._client.set_items(_checked(playlist_id), simple=True)
        if found.set is None:
            raise NotFound("The locker has no such playlist")
        me = await self._client.identity()
        if found.set.dynamic or found.set.user not in {None, me.user}:
            raise Unavailable("This playlist cannot be changed")
        return found


def _item(track_id: str) -> tuple[str, str]:
    """Return the keys of item and library behind a track's id; raise NotFound for what can be no id."""
    if (found := listing.item_of(track_id)) is None:
        raise NotFound("The locker has no such track")
    return found


def _checked(key: str) -> str:
    """Return a key of a playlist or library; raise NotFound for what can be none."""
    if listing.item_of(key) != (key, ""):
        raise NotFound("The locker has no such playlist")
    return key


def _bit_rate(wanted: int | None) -> int:
    """Return the best bit rate within what is wanted, and the least one where all are above it."""
    return max((rate for rate in BIT_RATES if wanted is None or rate <= wanted), default=min(BIT_RATES))


def _pages[Item](items: Sequence[Item]) -> list[Sequence[Item]]:
    return [items[start : start + PAGE] for start in range(0, len(items), PAGE)]
