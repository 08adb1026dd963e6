"""Make small music files of every kind, for real: encoded by PyAV, tagged by mutagen."""

import struct
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import av
import mutagen
from mutagen.id3 import APIC, ID3
from mutagen.mp4 import MP4, MP4Cover

PICTURE = b"\xff\xd8\xff\xe0" + b"a cover" * 20
_FORMATS = {
    "mp3": ("mp3", "libmp3lame"),
    "m4a": ("mp4", "aac"),
    "mp4": ("mp4", "aac"),
    "ogg": ("ogg", "vorbis"),
    "flv": ("flv", "libmp3lame"),
    "flac": ("flac", "flac"),
    "alac": ("mp4", "alac"),
    "wma": ("asf", "wmav2"),
}
_OPTIONS = {"strict": "experimental"}  # what FFmpeg calls its own Vorbis encoder
_RATE = 44_100
_BLOCK = 1024
_PERIOD = 200
_WAVE = struct.pack(
    f"<{_PERIOD + _BLOCK}h", *((200 * (index % _PERIOD) - 20_000) // 20 for index in range(_PERIOD + _BLOCK))
)


def encoded(kind: str, seconds: float = 0.3, bit_rate: int | None = None) -> bytes:
    """Return a file of this kind: a soft low tone. ``bit_rate`` is bit/s; None is the encoder's own."""
    return _encoded(kind, seconds, bit_rate)


@cache  # some formats have random numbers in them: the same question must have the same answer
def _encoded(kind: str, seconds: float, bit_rate: int | None) -> bytes:
    container_format, codec = _FORMATS[kind]
    file = BytesIO()
    with av.open(file, "w", format=container_format) as container:
        stream = cast("Any", container.add_stream(codec, rate=_RATE, options=_OPTIONS))
        if bit_rate is not None:
            stream.bit_rate = bit_rate
        # FFmpeg's own Vorbis encoder knows no other.
        stream.layout = layout = "stereo" if codec == "vorbis" else "mono"
        if codec == "wmav2":  # it has no bit rate of its own
            stream.bit_rate = 64_000
        size = 2 * _BLOCK if codec == "wmav2" else _BLOCK
        resampler = av.AudioResampler(format=stream.format, layout=layout, rate=_RATE, frame_size=size)
        for start in range(0, int(seconds * _RATE), _BLOCK):
            frame = av.AudioFrame(format="s16", layout="mono", samples=_BLOCK)
            frame.planes[0].update(_WAVE[2 * (start % _PERIOD) :][: 2 * _BLOCK])
            frame.sample_rate, frame.pts = _RATE, start
            for part in resampler.resample(frame):
                container.mux(stream.encode(part))
        for part in resampler.resample(None):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return file.getvalue()


def make(path: Path, *, seconds: float = 0.3, cover: bool = False, bit_rate: int | None = None, **tags: str) -> Path:
    """Write a music file; its kind is its suffix, tags are named as mutagen's easy tags are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(path.suffix[1:], seconds, bit_rate))
    if tags:
        audio = cast("Any", mutagen.File(path, easy=True))
        if audio.tags is None:
            audio.add_tags()
        for name, value in tags.items():
            audio[name] = value
        audio.save()
    if cover:
        _add_cover(path)
    return path


def _add_cover(path: Path) -> None:
    if path.suffix == ".mp3":
        tags = ID3(path)
        tags.add(APIC(mime="image/jpeg", type=3, data=PICTURE))
        tags.save(path)
    else:
        audio = MP4(path)
        audio["covr"] = [MP4Cover(PICTURE, MP4Cover.FORMAT_JPEG)]
        audio.save()


def decoded_seconds(content: bytes) -> float:
    """Return how long a file plays when it is decoded from its first to its last byte."""
    with cast("Any", av.open(BytesIO(content))) as container:
        return float(sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0)))
