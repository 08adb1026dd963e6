"""Convert a music file to MP3 or AAC while it is being read."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import av
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream

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


@dataclass(frozen=True, slots=True)
class _Encoding:
    """How FFmpeg makes one kind of file."""

    container: str
    codec: str
    sample_format: str
    frame_size: int
    options: dict[str, str]


_ENCODINGS = {
    "mp3": _Encoding("mp3", "libmp3lame", "s16p", 1152, {"write_xing": "0", "id3v2_version": "0"}),
    "aac": _Encoding("adts", "aac", "fltp", 1024, {}),
}
MIME_TYPES = {"mp3": "audio/mpeg", "aac": "audio/aac"}
"""What a file can be converted to, and the type of that."""


def converted(path: Path, encoding: str, bit_rate: int, seconds: float | None = None) -> Generator[bytes]:
    """Yield a file as MP3 or AAC of ``bit_rate`` bit/s, some 32 KiB at a time; raise TranscodeError.

    ``seconds`` is where to end; None is the end of the file.
    """
    sink = _Sink()
    wanted = _ENCODINGS[encoding]
    sample_rate = 22_050 if bit_rate < _LOW_BIT_RATE else 44_100
    try:
        with (
            av.open(path) as source,
            av.open(cast("str", sink), "w", format=wanted.container, options=wanted.options) as target,
        ):
            if not source.streams.audio:
                raise TranscodeError("no audio stream")
            stream = cast("AudioStream", target.add_stream(wanted.codec, rate=sample_rate))
            stream.bit_rate = bit_rate
            stream.layout = "stereo"
            stream.format = wanted.sample_format
            resampler = AudioResampler(
                format=wanted.sample_format, layout="stereo", rate=sample_rate, frame_size=wanted.frame_size
            )
            for frame in source.decode(source.streams.audio[0]):
                if seconds is not None and frame.time is not None and frame.time >= seconds:
                    break
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


async def converted_chunks(
    path: Path, encoding: str, bit_rate: int = DEFAULT_BIT_RATE, seconds: float | None = None
) -> AsyncGenerator[bytes]:
    """Yield the same without blocking the loop; it converts no faster than it is read."""
    chunks = converted(path, encoding, bit_rate, seconds)
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


def mp3_chunks(path: Path, bit_rate: int = DEFAULT_BIT_RATE) -> AsyncGenerator[bytes]:
    """Yield a file as MP3 of ``bit_rate`` bit/s; raise TranscodeError."""
    return converted_chunks(path, "mp3", bit_rate)
