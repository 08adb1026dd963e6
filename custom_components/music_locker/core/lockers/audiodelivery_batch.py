"""Uploads to one collection of the Audio Delivery Network, as a batch: one session for many files, while it lives."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from ..errors import (
    AuthenticationError,
    LockerConnectionError,
    LockerError,
    NotFound,
    QuotaExceeded,
    ServiceError,
    SessionExpired,
    UploadReason,
    UploadRejected,
)
from . import audiodelivery_parse as parse
from . import audiodelivery_upload as uploads
from .audiodelivery_client import AudiodeliveryClient
from .audiodelivery_items import Progress, State
from .base import Uploaded, UploadMetadata
from .sending import Progress as Told
from .sending import file_body
from .web import Retry

MARGIN = timedelta(seconds=20)
"""How long before its end a session or an address counts as over: time for the request, and for clocks that differ."""

BATCH_NAME = "Music Locker"
"""What the service is told that a batch is called."""

_ATTEMPTS = 2
_POLLS = 14
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.02, 10.0  # seconds
_REFUSED: Mapping[int, type[LockerError]] = {
    HTTPStatus.UNAUTHORIZED: AuthenticationError,
    HTTPStatus.FORBIDDEN: QuotaExceeded,
}


def is_late(until: datetime | None) -> bool:
    """Tell whether a session or an address is over, or about to be."""
    return until is not None and datetime.now(UTC) + MARGIN >= until


@dataclass(slots=True)
class _Batch:
    """One upload session: where its tracks go, and which files the collection has, by their index."""

    session: parse.Session
    known: dict[str, str] = field(default_factory=dict)


class Uploads:
    """Send files with one session while it lives."""

    def __init__(
        self,
        client: AudiodeliveryClient,
        retry: Retry,
        target: Callable[[], Awaitable[str]],
        states: Callable[[str], AsyncIterator[State]],
    ) -> None:
        """Keep how the collection is found that takes uploads, and how its tracks are read."""
        self._client = client
        self._pause = max(retry.delay, _SHORTEST_PAUSE)
        self._target = target
        self._states = states
        self._batch: _Batch | None = None
        self._opening = asyncio.Lock()

    async def upload(self, file: uploads.UploadFile, metadata: UploadMetadata, progress: Told | None) -> Uploaded:
        """Send a file, unless the collection has it; wait until the service has looked at it."""
        batch = await self._open()
        if (known := batch.known.get(file.index)) is not None and await self._is_there(known):
            return Uploaded(known, already_there=True)
        announcement = file.announcement(metadata)
        for attempt in range(_ATTEMPTS):
            announced = await self._announced(announcement)
            try:
                await self._sent(file, announced, progress)
                await self._processed(announced.track_id)
            except SessionExpired as error:
                await self._forgotten(announced.track_id)
                if attempt + 1 == _ATTEMPTS:
                    raise _refusal(error) from None
            except LockerError:
                await self._forgotten(announced.track_id)
                raise
            else:
                break
        batch.known[file.index] = announced.track_id
        return Uploaded(announced.track_id)

    async def _open(self, instead_of: _Batch | None = None) -> _Batch:
        """Return the batch, or a new one where it is late or the one that did not work."""
        async with self._opening:
            batch = self._batch
            if batch is None or batch is instead_of or is_late(batch.session.until):
                collection_id = await self._target()
                known = {
                    state.index: state.track_id
                    async for state in self._states(collection_id)
                    if state.index is not None and state.progress in {Progress.READY, Progress.WORKING}
                }
                session = await self._client.upload_session(collection_id, metadata={"batch_name": BATCH_NAME})
                batch = self._batch = _Batch(session, known)
            return batch

    async def _announced(self, announcement: dict[str, object]) -> parse.Announced:
        """Announce a track, with a new session where the old one has ended."""
        batch = await self._open()
        try:
            return await self._client.announce(batch.session, announcement)
        except SessionExpired as error:
            if await self._is_alive(batch.session):
                raise _refusal(error) from None
        batch = await self._open(instead_of=batch)
        try:
            return await self._client.announce(batch.session, announcement)
        except SessionExpired as error:
            raise _refusal(error) from None

    async def _is_alive(self, session: parse.Session) -> bool:
        """Ask whether a session still lives."""
        try:
            return not is_late((await self._client.upload_session_again(session)).until)
        except SessionExpired:
            return False

    async def _sent(self, file: uploads.UploadFile, announced: parse.Announced, progress: Told | None) -> None:
        """Send the file, once more where the connection breaks, and then its cover.

        Raise SessionExpired where the address is refused, or late for the second try.
        """
        target = announced.file
        for attempt in range(_ATTEMPTS):
            try:
                body = file_body(file.path, file.size, progress)
                await self._client.send_file(target, body, uploads.headers(file))
            except (LockerConnectionError, SessionExpired) as error:
                if await self._has_arrived(announced.track_id, being_sent=error.code == HTTPStatus.CONFLICT):
                    break
                if isinstance(error, SessionExpired) or attempt + 1 == _ATTEMPTS:
                    raise
                if is_late(target.until):
                    raise SessionExpired("The address for the file has ended") from None
            else:
                break
        if file.cover is not None and announced.cover is not None:
            content, headers = uploads.cover_body(file.cover, announced.cover)
            with suppress(LockerError):  # the music is there; the service may find the cover in the file by itself
                await self._client.send_file(announced.cover, content, headers)

    async def _processed(self, track_id: str) -> None:
        """Wait until the service has read a file, a minute or two at most; raise UploadRejected where it could not."""
        for attempt in range(_POLLS):
            match (await self._client.state(track_id)).progress:
                case Progress.READY:
                    return
                case Progress.FAILED:
                    raise UploadRejected("The service could not read the file", reason=UploadReason.FORMAT)
            await asyncio.sleep(min(self._pause * 2**attempt, _LONGEST_PAUSE))

    async def _has_arrived(self, track_id: str, *, being_sent: bool) -> bool:
        """Tell whether a file came though its answer did not; one that is being sent yet is waited for."""
        for attempt in range(_POLLS if being_sent else 1):
            with suppress(LockerError):
                if await self._is_there(track_id):
                    return True
            if being_sent:
                await asyncio.sleep(min(self._pause * 2**attempt, _LONGEST_PAUSE))
        return False

    async def _is_there(self, track_id: str) -> bool:
        """Tell whether the service still has a track that plays or will."""
        try:
            return (await self._client.state(track_id)).progress in {Progress.READY, Progress.WORKING}
        except NotFound:
            return False

    async def _forgotten(self, track_id: str) -> None:
        """Take back a track whose file has not come, or cannot be read."""
        with suppress(LockerError):
            if (await self._client.state(track_id)).progress in {Progress.ANNOUNCED, Progress.FAILED}:
                await self._client.delete_track(track_id)


def _refusal(error: SessionExpired) -> LockerError:
    """Return what it means that a session that lives, or a new one, is refused.

    Whoever may open a session may add files; so what is forbidden in it is forbidden for want of room.
    """
    kind: type[LockerError] = _REFUSED.get(error.code, ServiceError) if isinstance(error.code, int) else ServiceError
    return kind(str(error), code=error.code, request_id=error.request_id)
