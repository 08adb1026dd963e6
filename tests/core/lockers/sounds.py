"""Make small music files for real: encoded by PyAV, tagged by mutagen."""

import tempfile
from array import array
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import av
import mutagen
from mutagen.id3 import APIC, ID3

from mpd_bridge.demo_music.catalogue import Encoding
from mpd_bridge.demo_music.encode import encode
from mpd_bridge.demo_music.synth import RATE

PICTURE = b"\xff\xd8\xff\xe0" + b"a cover" * 20
_ENCODINGS = {"mp3": Encoding.MP3_CBR, "m4a": Encoding.AAC, "ogg": Encoding.VORBIS}


@cache
def encoded(kind: str, seconds: float = 0.3) -> bytes:
    """A file of this kind: a soft low tone."""
    samples = array("h", ((200 * (index % 200) - 20_000) // 20 for index in range(int(seconds * RATE))))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"tone.{kind}"
        encode(path, samples, _ENCODINGS[kind])
        return path.read_bytes()


@cache
def silence_of(kind: str) -> bytes:
    """A file of flac, of alac in an MP4 container, or of MP3 in an FLV container."""
    codec = "libmp3lame" if kind == "flv" else kind
    file = BytesIO()
    with av.open(file, "w", format="mp4" if kind == "alac" else kind) as container:
        stream = cast("Any", container.add_stream(codec, rate=44_100, layout="mono"))
        silence = av.AudioFrame(format="s16", layout="mono", samples=4096)
        silence.sample_rate, silence.pts = 44_100, 0
        silence.planes[0].update(bytes(8192))
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=44_100)
        for frame in [*resampler.resample(silence), None]:
            container.mux(stream.encode(frame))
    return file.getvalue()


def make(path: Path, *, seconds: float = 0.3, cover: bool = False, tags: dict[str, str] | None = None) -> Path:
    """Write a music file; its kind is its suffix, tags are named as mutagen's easy tags are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(path.suffix[1:], seconds))
    if tags:
        audio = cast("Any", mutagen.File(path, easy=True))
        if audio.tags is None:
            audio.add_tags()
        audio.update(tags)
        audio.save()
    if cover:
        pictures = ID3(path)
        pictures.add(APIC(mime="image/jpeg", type=3, data=PICTURE))
        pictures.save(path)
    return path
