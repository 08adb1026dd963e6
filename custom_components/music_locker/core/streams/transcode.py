"""Transcoding: any track's file becomes PCM (16 bit, stereo, 44.1 kHz), from any position in it.

All of it blocks, and is for threads.
"""

import contextlib
from collections.abc import Generator, Iterator
from fractions import Fraction
from typing import IO, Self, cast

import av
import av.error
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from .mixing import SoundTags, read_sound_tags
from .sound import BYTES_PER_SECOND, FRAME_BYTES, RATE, DecodeError

# Only containers that hold the sound themselves: a playlist format would make FFmpeg open what the file names.
_CONTAINERS = "aac,ac3,aiff,ape,asf,caf,dsf,eac3,flac,matroska,webm,mov,mp4,m4a,mp3,mpc,mpc8,ogg,tta,wav,w64,wv"
_OPTIONS = {"format_whitelist": _CONTAINERS, "protocol_whitelist": "", "probesize": str(512 * 1024)}
_READ_SIZE = 32 * 1024
_SAMPLE_BYTES = FRAME_BYTES // 2
_MICROSECONDS = 1_000_000
_RUN_UP = 0.5  # seconds decoded and thrown away before a position: codecs lean on what was before
_MOST_DAMAGED = 200  # reads in a row that give nothing


class Decoder:
    """Decode one file from ``position`` seconds on.

    ``file`` has read; where its seekable says so also seek and tell. What its methods raise passes through.
    """

    def __init__(self, file: object, position: float = 0.0) -> None:
        """Open the file; raise DecodeError."""
        try:
            # PyAV asks for no more of a file than its methods.
            container = av.open(cast("IO[bytes]", file), "r", buffer_size=_READ_SIZE, container_options=_OPTIONS)
        except (av.error.FFmpegError, ValueError) as error:
            raise DecodeError("The file is no sound that can be decoded") from error
        self._container: InputContainer = container
        try:
            self._stream = _audio_stream(container)
        except BaseException:
            container.close()
            raise
        self._start = float((self._stream.start_time or 0) * (self._stream.time_base or Fraction(0)))
        self._seekable = bool(getattr(file, "seekable", bool)())
        self._position = max(0.0, position)
        self._blocks = self._decode()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def duration(self) -> float | None:
        """Return the length in seconds as the file tells it, or None."""
        if self._stream.duration is not None and self._stream.time_base is not None:
            return float(self._stream.duration * self._stream.time_base)
        return None if self._container.duration is None else self._container.duration / _MICROSECONDS

    @property
    def tags(self) -> SoundTags:
        """Return the file's tags that are about its sound: those of the container, or in Ogg of the stream."""
        return read_sound_tags({**self._container.metadata, **self._stream.metadata})

    def read(self) -> bytes:
        """Return the next PCM, some milliseconds or more; none at the end. Raise DecodeError where nothing decodes."""
        return next(self._blocks, b"")

    def count(self) -> float:
        """Return how many seconds of sound there are, by decoding all that is left."""
        return sum(len(block) for block in self._blocks) / BYTES_PER_SECOND

    def close(self) -> None:
        """Free what FFmpeg holds."""
        self._blocks.close()
        self._container.close()

    def _decode(self) -> Generator[bytes]:
        """Yield PCM from the position on: the surplus of the run-up is cut off to the sample."""
        self._seek()
        converter = _Converter()
        heard = False
        for frame in self._frames():
            heard = True
            pcm = converter.convert(frame)
            time = self._position if frame.time is None else frame.time - self._start
            surplus = round((self._position - time) * RATE) * FRAME_BYTES if frame.time is not None else 0
            if surplus < len(pcm):
                yield pcm[max(0, surplus) :]
        if not heard and not (self.duration and self._position >= self.duration):
            raise DecodeError("The file holds no sound that can be decoded")
        yield from filter(None, [converter.rest()])

    def _seek(self) -> None:
        """Go to shortly before the position where the container can; else decoding runs there from the beginning."""
        target = self._position + self._start - _RUN_UP
        if target <= self._start or not self._seekable:
            return
        try:
            with contextlib.suppress(av.error.FFmpegError):
                self._container.seek(round(target * _MICROSECONDS), backward=True)
                return
            # Some containers have moved already when they fail.
            self._container.seek(0)
        except av.error.FFmpegError as error:
            raise DecodeError("The file does not let itself be sought in") from error

    def _frames(self) -> Iterator[AudioFrame]:
        """Yield what decodes; damaged parts are left out."""
        packets = self._container.demux(self._stream)
        damaged = 0
        while damaged < _MOST_DAMAGED:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                yield from packet.decode()
                damaged = 0
            except av.error.EOFError:
                return
            except av.error.FFmpegError:
                damaged += 1


class _Converter:
    """Bring frames of any format to ours; one file may change its format on the way."""

    def __init__(self) -> None:
        self._resampler: av.AudioResampler | None = None
        self._form: tuple[str, str, int] | None = None

    def convert(self, frame: AudioFrame) -> bytes:
        """Return a frame's sound, and what was held back of the one before."""
        form = (frame.format.name, frame.layout.name, frame.sample_rate)
        before = b"" if form == self._form else self.rest()
        if self._resampler is None or form != self._form:
            # Made stereo by FFmpeg, one channel would be 3 dB softer on each of the two.
            layout = "mono" if frame.layout.nb_channels == 1 else "stereo"
            self._resampler = av.AudioResampler(format="s16", layout=layout, rate=RATE)
            self._form = form
        return before + _bytes(self._resampler.resample(frame))

    def rest(self) -> bytes:
        """Return what the resampler has held back."""
        return b"" if self._resampler is None else _bytes(self._resampler.resample(None))


def _bytes(frames: list[AudioFrame]) -> bytes:
    return b"".join(map(_stereo, frames))


def _stereo(frame: AudioFrame) -> bytes:
    """Return a frame's samples; those of one channel are in both."""
    channels = frame.layout.nb_channels
    samples = bytes(frame.planes[0])[: frame.samples * channels * _SAMPLE_BYTES]
    if channels > 1:
        return samples
    both = bytearray(2 * len(samples))
    for start in range(_SAMPLE_BYTES):
        both[start::FRAME_BYTES] = both[start + _SAMPLE_BYTES :: FRAME_BYTES] = samples[start::_SAMPLE_BYTES]
    return bytes(both)


def _audio_stream(container: InputContainer) -> AudioStream:
    """Return the first audio stream; covers and the like are not read."""
    for stream in container.streams.audio:
        return stream
    raise DecodeError("The file holds no sound")
