"""Encode samples with PyAV, byte for byte the same on every run."""

from array import array
from dataclasses import dataclass
from pathlib import Path

import av
import av.audio.stream

from .catalogue import Encoding
from .synth import RATE

_CHUNK = RATE  # samples per frame handed to the resampler


@dataclass(frozen=True, slots=True)
class _Settings:
    """Hold what FFmpeg calls a format, a codec, a channel layout and its options."""

    container: str
    codec: str
    layout: str
    bit_rate: int | None
    options: dict[str, str]
    container_options: dict[str, str]


_QP2LAMBDA = 118  # FFmpeg's unit of global_quality
_SETTINGS = {
    Encoding.MP3_CBR: _Settings("mp3", "libmp3lame", "mono", 96_000, {}, {"id3v2_version": "0"}),
    Encoding.MP3_VBR: _Settings(
        "mp3",
        "libmp3lame",
        "mono",
        None,
        {"flags": "+qscale", "global_quality": str(5 * _QP2LAMBDA)},
        {"id3v2_version": "0"},
    ),
    Encoding.AAC: _Settings("ipod", "aac", "mono", 80_000, {}, {}),
    # FFmpeg's own Vorbis encoder: two channels only, and asked for by name.
    Encoding.VORBIS: _Settings("ogg", "vorbis", "stereo", 96_000, {"strict": "experimental"}, {}),
}
_OUTPUT_RATE = 44_100


def encode(path: Path, samples: array[int], encoding: Encoding) -> None:
    """Write ``samples`` (mono, 16 bit, RATE per second) to ``path``; raise OSError."""
    settings = _SETTINGS[encoding]
    # Without bitexact FFmpeg writes its version and random stream numbers.
    options = {"fflags": "+bitexact", **settings.container_options}
    with av.open(path, "w", format=settings.container, container_options=options) as container:
        stream = container.add_stream(settings.codec, rate=_OUTPUT_RATE, options=settings.options | {"threads": "1"})
        assert isinstance(stream, av.audio.stream.AudioStream)  # noqa: S101 - every codec above is an audio codec
        stream.codec_context.layout = settings.layout
        if settings.bit_rate is not None:
            stream.codec_context.bit_rate = settings.bit_rate
        _feed(container, stream, samples)


def _feed(container: av.container.OutputContainer, stream: av.audio.stream.AudioStream, samples: array[int]) -> None:
    context = stream.codec_context
    resampler = av.AudioResampler(format=context.format.name, layout=context.layout, rate=_OUTPUT_RATE)
    for start in range(0, len(samples), _CHUNK):
        for frame in resampler.resample(_frame(samples[start : start + _CHUNK], start)):
            container.mux(stream.encode(frame))
    for frame in resampler.resample(None):
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def _frame(samples: array[int], start: int) -> av.AudioFrame:
    frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples))
    frame.sample_rate = RATE
    frame.pts = start
    frame.planes[0].update(samples.tobytes())
    return frame
