"""Read the tone code of demo music: from samples, from an encoded file, or from a stream as it comes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from mpd_bridge.demo_music import tone_code

_HOP = 0.01  # seconds between two looks
_WINDOW = 0.06  # seconds that one look takes in; shorter than a symbol
_CLEAR = 0.6  # a look is clear when one tone has this share of the band's energy
_QUIET = 1e-9  # energy below which there is no tone (full scale is 1)
_TONES = np.array((*tone_code.DIGIT_TONES, tone_code.SYNC_TONE))
_SYNC = len(tone_code.DIGIT_TONES)
_UNCLEAR = -1
_LOOKS_PER_SYMBOL = round(tone_code.SYMBOL_SECONDS / _HOP)

type Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Code:
    """Tell that the burst of block ``block`` of track ``number`` begins at ``time`` seconds of what was read."""

    time: float
    number: int
    block: int

    @property
    def position(self) -> float:
        """Return the position in the track, in seconds modulo 32, at ``time``."""
        return self.block * tone_code.BLOCK_SECONDS + tone_code.BURST_START


def decode_samples(samples: Samples, rate: int) -> list[Code]:
    """Find all codes in mono samples between -1 and 1."""
    return list(_codes(_looks(samples, rate)))


def decode_file(path: Path) -> list[Code]:
    """Find all codes in an audio file of any format."""
    with av.open(path, "r") as container:
        return _decode_frames(container.decode(audio=0))


def decode_bytes(content: bytes, container_format: str | None = None) -> list[Code]:
    """Find all codes in the bytes of an audio file; ``container_format`` is FFmpeg's name of it, if it must be told."""
    with av.open(BytesIO(content), "r", format=container_format) as container:
        return _decode_frames(container.decode(audio=0))


def numbers(codes: Iterable[Code]) -> list[int]:
    """Return the track numbers in the order in which they are heard, each run of one number once."""
    heard: list[int] = []
    for code in codes:
        if not heard or heard[-1] != code.number:
            heard.append(code.number)
    return heard


class Mp3StreamDecoder:
    """Read an MP3 stream chunk by chunk, beginning anywhere in it."""

    _OVERLAP = 1.0  # seconds kept, so that a burst is seen whole

    def __init__(self) -> None:
        codec = av.CodecContext.create("mp3float", "r")
        assert isinstance(codec, av.AudioCodecContext)
        self._codec = codec
        self._samples: Samples = np.zeros(0, np.float32)
        self._start = 0.0
        self._seen = -1.0
        self.rate = 0

    @property
    def seconds(self) -> float:
        """Return how many seconds of sound have come."""
        return self._start + (len(self._samples) / self.rate if self.rate else 0.0)

    def feed(self, chunk: bytes) -> list[Code]:
        """Take the next bytes and return the codes found since the last call; times count from the first sound."""
        parts = [self._samples]
        for packet in self._codec.parse(chunk):
            try:
                frames = self._codec.decode(packet)
            except av.error.InvalidDataError:  # the first frames lean on bytes that were sent before we came
                continue
            for frame in frames:
                self.rate = frame.sample_rate
                parts.append(_mono(frame))
        self._samples = np.concatenate(parts)
        if not self.rate:
            return []
        found = [
            Code(self._start + code.time, code.number, code.block)
            for code in decode_samples(self._samples, self.rate)
            if self._start + code.time > self._seen + tone_code.SYMBOL_SECONDS
        ]
        if found:
            self._seen = found[-1].time
        self._forget()
        return found

    def _forget(self) -> None:
        surplus = len(self._samples) - round(self._OVERLAP * self.rate)
        if surplus > self.rate:
            self._samples = self._samples[surplus:]
            self._start += surplus / self.rate


def _decode_frames(frames: Iterator[av.AudioFrame]) -> list[Code]:
    parts: list[Samples] = []
    rate = 0
    try:
        for frame in frames:
            rate = frame.sample_rate
            parts.append(_mono(frame))
    except av.error.InvalidDataError:
        if not parts:
            raise
    return decode_samples(np.concatenate(parts), rate) if parts else []


def _mono(frame: av.AudioFrame) -> Samples:
    samples = frame.to_ndarray()
    scale = 1.0 if samples.dtype.kind == "f" else 2.0 ** (8 * samples.dtype.itemsize - 1)
    channels = samples if frame.format.is_planar else samples.reshape(-1, frame.layout.nb_channels).T
    mono: Samples = (channels.mean(axis=0) / scale).astype(np.float32)
    return mono


def _looks(samples: Samples, rate: int) -> NDArray[np.int64]:
    """Return, every _HOP seconds, which tone is clear, or _UNCLEAR."""
    window = round(_WINDOW * rate)
    starts = np.round(np.arange(0, max(0, len(samples) - window), _HOP * rate)).astype(int)
    if not len(starts):
        return np.zeros(0, np.int64)
    times = np.arange(window) / rate
    shape = np.hanning(window)
    probes = (shape * np.exp(-2j * np.pi * _TONES[:, None] * times) * 2 / shape.sum()).T.astype(np.complex64)
    pieces = np.lib.stride_tricks.sliding_window_view(samples, window)[starts]
    energy = np.abs(pieces @ probes) ** 2
    best = energy.argmax(axis=1)
    highest = energy.max(axis=1)
    is_clear = (highest > _QUIET) & (highest > _CLEAR * energy.sum(axis=1))
    return np.where(is_clear, best, _UNCLEAR)


def _codes(looks: NDArray[np.int64]) -> Iterator[Code]:
    """Read the digits behind each sync tone; of several good readings of one burst take the middle one."""
    readings: list[tuple[int, int]] = []  # (look, value)
    for look in np.flatnonzero(looks == _SYNC):
        value = _value(looks, int(look))
        if readings and (value != readings[-1][1] or look - readings[-1][0] > _LOOKS_PER_SYMBOL):
            yield _code(readings)
            readings = []
        if value is not None:
            readings.append((int(look), value))
    if readings:
        yield _code(readings)


def _value(looks: NDArray[np.int64], look: int) -> int | None:
    places = [look + _LOOKS_PER_SYMBOL * place for place in range(1, tone_code.SYMBOLS)]
    if places[-1] >= len(looks):
        return None
    high, middle, low, check = (int(looks[place]) for place in places)
    if _SYNC in {high, middle, low, check} or _UNCLEAR in {high, middle, low, check}:
        return None
    return None if check != tone_code.check_digit(high, middle, low) else high << 8 | middle << 4 | low


def _code(readings: list[tuple[int, int]]) -> Code:
    look, value = readings[len(readings) // 2]
    margin = (tone_code.SYMBOL_SECONDS - _WINDOW) / 2  # a look in the symbol's middle begins so much after it
    number, block = divmod(value, tone_code.BLOCKS)
    return Code(max(0.0, look * _HOP - margin), number, block)
