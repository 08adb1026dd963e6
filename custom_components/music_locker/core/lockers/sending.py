"""The bytes of files on their way to a service."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import BinaryIO

from ..errors import LockerError

_CHUNK = 256 * 1024

type Progress = Callable[[int, int], None]


async def file_body(path: Path, size: int, progress: Progress | None) -> AsyncGenerator[bytes]:
    """Yield a file's ``size`` bytes, and tell how many were taken.

    Raise LockerError where it cannot be read, or has become shorter.
    """
    sent = 0
    try:
        source = await asyncio.to_thread(path.open, "rb")
        try:
            while chunk := await asyncio.to_thread(_read, source, size - sent):
                yield chunk
                sent += len(chunk)
                if progress is not None:
                    progress(sent, size)
        finally:
            await asyncio.to_thread(source.close)
    except OSError as error:
        raise LockerError(f"{path.name} cannot be read: {error.strerror}") from None
    if sent < size:
        raise LockerError(f"{path.name} was changed while it was sent")


def _read(source: BinaryIO, left: int) -> bytes:
    return source.read(min(_CHUNK, left))
