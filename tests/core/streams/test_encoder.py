"""The encoder of live streams, and what waits for a listener."""

import math
from array import array

import av
import numpy as np
import pytest

from music_locker_core.streams.encoder import Mp3Encoder, gain
from music_locker_core.streams.live import Listener
from music_locker_core.streams.sound import MP3_FRAME, RATE

FRAMES = 80


def tone() -> bytes:
    """Return a loud sine in both channels."""
    wave = (round(20_000 * math.sin(index * 2 * math.pi * 441 / RATE)) for index in range(FRAMES * MP3_FRAME))
    return array("h", (sample for value in wave for sample in (value, value))).tobytes()


def loudness(mp3: bytes) -> float:
    codec = av.CodecContext.create("mp3float", "r")
    assert isinstance(codec, av.AudioCodecContext)
    frames = [frame.to_ndarray() for packet in codec.parse(mp3) for frame in codec.decode(packet)]
    return float(np.abs(np.concatenate(frames, axis=1)).max())


def test_frames_are_of_constant_size() -> None:
    mp3 = Mp3Encoder().encode(tone())
    assert len(mp3) * 8 * RATE / (FRAMES * MP3_FRAME) == pytest.approx(192_000, rel=0.04)
    assert mp3[:2] == b"\xff\xfb"


@pytest.mark.parametrize("volume", [100, 80, 50, 20])
def test_the_volume_is_a_factor(volume: int) -> None:
    assert loudness(Mp3Encoder().encode(tone(), volume)) == pytest.approx(gain(volume) * 20_000 / 32_768, rel=0.1)


def test_the_curve_goes_from_nothing_to_all() -> None:
    assert gain(0) == 0.0
    assert gain(100) == 1.0
    assert gain(50) == pytest.approx(0.119, abs=0.001)


async def test_a_listener_has_so_much_waiting_and_no_more() -> None:
    listener = Listener(b"burst")
    for number in range(100):
        listener.put(bytes([number]) * 10_000)
    waiting = await listener.take()
    assert len(waiting) == 240_000
    assert waiting[-1] == 99


async def test_an_ended_listener_gets_nothing() -> None:
    listener = Listener(b"burst")
    listener.end()
    assert await listener.take() == b""
