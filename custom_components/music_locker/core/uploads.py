"""Sending files to a locker: what is checked before, and what becomes of each file, for every face."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from stat import S_ISREG
from typing import Final

from .errors import AuthenticationError, LockerError, UploadReason, UploadRejected
from .hub import Core, UnknownLocker
from .library import Catalog
from .lockers.base import Adapter, Capability, UploadMetadata, UploadRules
from .models import TrackKey

LATER: Final[Sequence[float]] = (1.0, 3.0, 6.0)
"""After how many seconds a locker is read again: some services list a file only when they have looked at it."""

type Progress = Callable[[Path, int, int], None]


class UploadStatus(StrEnum):
    """Tell what became of a file."""

    UPLOADED = "uploaded"
    ALREADY_THERE = "already_there"
    REJECTED = "rejected"  # the service does not take it
    FAILED = "failed"  # it may be taken another time


@dataclass(frozen=True, slots=True)
class UploadOutcome:
    """Tell what became of one file: ``reason`` is in words where it is not there, ``track_id`` is None if unknown."""

    path: Path
    status: UploadStatus
    reason: str | None = None
    track_id: str | None = None

    @property
    def there(self) -> bool:
        """Tell whether the locker has the file now."""
        return self.status in {UploadStatus.UPLOADED, UploadStatus.ALREADY_THERE}


def takes_uploads(adapter: Adapter) -> bool:
    """Tell whether files can be sent to a locker."""
    return Capability.UPLOAD in adapter.capabilities


def check(path: Path, rules: UploadRules | None) -> None:
    """Look at a file before anything is sent; blocks.

    Raise UploadRejected for what the service is known to refuse, LockerError where there is no file to read.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise LockerError(f"It cannot be read: {error.strerror}") from None
    except ValueError:
        raise LockerError("It cannot be read: no file has such a name") from None
    if not S_ISREG(found.st_mode):
        raise LockerError("It is not a file")
    if found.st_size == 0:
        raise UploadRejected("It is empty", reason=UploadReason.EMPTY)
    if rules is None:
        return
    if path.suffix.removeprefix(".").casefold() not in rules.suffixes:
        raise UploadRejected(f"The service takes {', '.join(sorted(rules.suffixes))} only", reason=UploadReason.FORMAT)
    if rules.largest is not None and found.st_size > rules.largest:
        most = f"{rules.largest / (1 << 20):.4g}"
        raise UploadRejected(f"The service takes files of at most {most} MB", reason=UploadReason.TOO_LARGE)


async def send(
    adapter: Adapter,
    files: Sequence[Path],
    metadata: UploadMetadata | None = None,
    *,
    known: Callable[[str], bool],
    progress: Progress | None = None,
) -> AsyncGenerator[UploadOutcome]:
    """Send one file after the other, and tell what became of each; an error of one does not end the others.

    ``known`` tells whether the locker had a track id before: some services do not. ``progress`` is told (file, bytes
    sent, bytes in all). After a refused login nothing more is sent: each try would count as one more.
    """
    sent: set[str] = set()
    refused: AuthenticationError | None = None
    for path in files:
        outcome = UploadOutcome(path, UploadStatus.FAILED, str(refused))
        if refused is None:
            try:
                outcome = await _send(adapter, path, metadata, progress)
            except AuthenticationError as error:
                refused = error
                outcome = UploadOutcome(path, UploadStatus.FAILED, str(error))
        if outcome.status is UploadStatus.UPLOADED and outcome.track_id is not None:
            if outcome.track_id in sent or known(outcome.track_id):
                outcome = UploadOutcome(path, UploadStatus.ALREADY_THERE, track_id=outcome.track_id)
            sent.add(outcome.track_id or "")
        yield outcome


async def _send(
    adapter: Adapter, path: Path, metadata: UploadMetadata | None, progress: Progress | None
) -> UploadOutcome:
    """Send one file; raise AuthenticationError."""

    def told(done: int, total: int) -> None:
        if progress is not None:
            progress(path, done, total)

    try:
        await asyncio.to_thread(check, path, adapter.info.uploads)
        uploaded = await adapter.upload(path, metadata, told)
    except AuthenticationError:
        raise
    except UploadRejected as error:
        return UploadOutcome(path, UploadStatus.REJECTED, str(error))
    except LockerError as error:
        return UploadOutcome(path, UploadStatus.FAILED, str(error))
    status = UploadStatus.ALREADY_THERE if uploaded.already_there else UploadStatus.UPLOADED
    return UploadOutcome(path, status, track_id=uploaded.track_id)


async def upload(
    core: Core, locker_id: str, files: Sequence[Path], metadata: UploadMetadata | None = None
) -> list[UploadOutcome]:
    """Send files to an open locker, and then read it, so that they are found; raise UnknownLocker.

    A locker that cannot be read is told of by the library's event: the files are there all the same.
    """
    before = core.library.catalog
    sending = send(
        core.adapter(locker_id),
        files,
        metadata,
        known=lambda track_id: before.track(TrackKey(locker_id, track_id)) is not None,
    )
    outcomes = [outcome async for outcome in sending]
    if any(outcome.there for outcome in outcomes):
        with suppress(LockerError, UnknownLocker):  # it may have been closed meanwhile
            await core.sync(locker_id, again=True)
            for seconds in LATER:
                outcomes = await _name(outcomes, before, core.library.catalog, locker_id)
                if all(_is_found(outcome, core.library.catalog, locker_id) for outcome in outcomes):
                    break
                await asyncio.sleep(seconds)
                await core.sync(locker_id, force=True, again=True)
    return await _name(outcomes, before, core.library.catalog, locker_id)


async def _name(outcomes: list[UploadOutcome], before: Catalog, now: Catalog, locker_id: str) -> list[UploadOutcome]:
    """Find the tracks of the files whose ids the service has not told, without keeping the loop from others."""
    if all(outcome.track_id is not None or outcome.status is not UploadStatus.UPLOADED for outcome in outcomes):
        return outcomes
    return await asyncio.to_thread(_named, outcomes, before, now, locker_id)


def _is_found(outcome: UploadOutcome, now: Catalog, locker_id: str) -> bool:
    """Tell whether the index has a file that was sent; of others nothing is awaited."""
    if outcome.status is not UploadStatus.UPLOADED:
        return True
    return outcome.track_id is not None and now.track(TrackKey(locker_id, outcome.track_id)) is not None


def _named(outcomes: Sequence[UploadOutcome], before: Catalog, now: Catalog, locker_id: str) -> list[UploadOutcome]:
    """Find the tracks of files without an id: what is new has the file's name, or is alone."""
    found = now.contents.get(locker_id)
    taken = {outcome.track_id for outcome in outcomes}
    new = [
        track
        for track in (() if found is None else found.tracks)
        if before.track(track.key) is None and track.id not in taken
    ]
    unnamed = [each for each in outcomes if each.status is UploadStatus.UPLOADED and each.track_id is None]
    named: list[UploadOutcome] = []
    for outcome in outcomes:
        track_id = outcome.track_id
        if outcome in unnamed:
            same = [track for track in new if track.file_name == outcome.path.name]
            if len(same) == 1 or (len(unnamed) == len(new) == 1):
                track_id = (same or new)[0].id
        named.append(replace(outcome, track_id=track_id))
    return named
