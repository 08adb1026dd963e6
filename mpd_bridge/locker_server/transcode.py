"""Convert a music file to MP3 while it is being read."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import suppress
from pathlib import Path
from typing import cast

import av
from av.audio.resampler import AudioResampler

DEFAULT_BIT_RATE = 192_000
_LOW_BIT_RATE = 64_000
_CHUNK = 32_768


class TranscodeError(Exception):
    """The file cannot be decoded."""


class _Sink:
    """Take what the encoder writes; the muxer cannot go back in it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def write(self, content: bytes) -> int:
        self._parts.append(bytes(content))
        self.size += len(content)
        return len(content)

    def take(self) -> bytes:
        content = b"".join(self._parts)
        self._parts.clear()
        self.size = 0
        return content


def mp3_bytes(path: Path, bit_rate: int = DEFAULT_BIT_RATE) -> Generator[bytes]:
    """Yield a file as MP3 of ``bit_rate`` bit/s, some 32 KiB at a time; raise TranscodeError."""
    sink = _Sink()
    sample_rate = 22_050 if bit_rate < _LOW_BIT_RATE else 44_100
    try:
        with (
            av.open(path) as source,
            av.open(cast("str", sink), "w", format="mp3", options={"write_xing": "0", "id3v2_version": "0"}) as target,
        ):
            if not source.streams.audio:
                raise TranscodeError("no audio stream")
            stream = target.add_stream("libmp3lame", rate=sample_rate)
            stream.bit_rate = bit_rate
            stream.layout = "stereo"
            stream.format = "s16p"
            resampler = AudioResampler(format="s16p", layout="stereo", rate=sample_rate, frame_size=1152)
            for frame in source.decode(source.streams.audio[0]):
                for resampled in resampler.resample(frame):
                    target.mux(stream.encode(resampled))
                if sink.size >= _CHUNK:
                    yield sink.take()
            for resampled in resampler.resample(None):
                target.mux(stream.encode(resampled))
            target.mux(stream.encode(None))
    except (av.FFmpegError, ValueError) as error:
        raise TranscodeError(str(error)) from error
    if sink.size:
        yield sink.take()


async def mp3_chunks(path: Path, bit_rate: int = DEFAULT_BIT_RATE) -> AsyncGenerator[bytes]:
    """Yield the same without blocking the loop; it converts no faster than it is read."""
    chunks = mp3_bytes(path, bit_rate)
    step: asyncio.Future[bytes | None] | None = None
    try:
        while True:
            step = asyncio.ensure_future(asyncio.to_thread(next, chunks, None))
            chunk = await asyncio.shield(step)
            if chunk is None:
                return
            yield chunk
    finally:
        if step is not None and not step.done():
            with suppress(Exception, asyncio.CancelledError):
                await step
        await asyncio.to_thread(chunks.close)
