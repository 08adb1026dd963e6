"""Tracks of one tone each, with tags about their sound, and what is heard of them."""

import math
from array import array
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
from mutagen import File
from mutagen.id3 import ID3, TXXX
from mutagen.mp4 import MP4, MP4FreeForm

from mpd_bridge.demo_music.catalogue import Encoding
from mpd_bridge.demo_music.encode import encode
from mpd_bridge.demo_music.synth import RATE
from tests.tools.tone_code import Samples

WINDOW = 0.1  # seconds of one look
LEVEL = 0.2  # of a tone, 1 is full scale


@cache
def tone_file(frequency: float, seconds: float, level: float = 0.3, tags: tuple[tuple[str, str], ...] = ()) -> bytes:
    """Return an MP3 of a tone that is heard at LEVEL."""
    period = [round(LEVEL * 32_767 * math.sin(2 * math.pi * frequency * step / RATE)) for step in range(RATE)]
    samples = (array("h", period) * math.ceil(seconds))[: round(seconds * RATE)]
    return tagged(encoded(samples, Encoding.MP3_CBR), dict(tags))


def encoded(samples: array[int], encoding: Encoding) -> bytes:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "sound"
        encode(path, samples, encoding)
        return path.read_bytes()


def tagged(content: bytes, tags: Mapping[str, str]) -> bytes:
    """Return a file with more tags, written as taggers do."""
    file = BytesIO(content)
    kind = File(file)
    file.seek(0)
    if isinstance(kind, MP4):
        if kind.tags is None:
            kind.add_tags()
        assert kind.tags is not None
        for name, value in tags.items():
            kind.tags[f"----:com.apple.iTunes:{name}"] = [MP4FreeForm(value.encode())]
        kind.save(file)
    elif content[:4] == b"OggS":
        assert kind is not None
        kind.update(tags)
        kind.save(file)
    elif tags:
        id3 = ID3()
        for name, value in tags.items():
            id3.add(TXXX(desc=name, text=value))
        id3.save(file)
    return file.getvalue()


def samples_of(mp3: bytes) -> Samples:
    """Return what a listener hears, in mono, between -1 and 1."""
    codec = av.CodecContext.create("mp3float", "r")
    assert isinstance(codec, av.AudioCodecContext)
    frames = [frame for packet in codec.parse(mp3) for frame in codec.decode(packet)]
    samples: Samples = np.concatenate([frame.to_ndarray().mean(axis=0) for frame in frames]).astype(np.float32)
    return samples


def levels(samples: Samples, frequency: float) -> Samples:
    """Return the level of a tone, 1 is LEVEL, in each WINDOW."""
    size = round(WINDOW * 44_100)
    looks = samples[: len(samples) // size * size].reshape(-1, size)
    probe = np.exp(-2j * np.pi * frequency * np.arange(size) / 44_100) * 2 / size
    found: Samples = np.abs(looks @ probe).astype(np.float32)
    return found / LEVEL
