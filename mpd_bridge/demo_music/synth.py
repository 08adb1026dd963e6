"""Make the sound of a demo track: each artist has its scale, timbre and tempo, each track its own little melody."""

import math
import random
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from operator import add

from .catalogue import DemoTrack, artist_index
from .tone_code import BLOCK_SECONDS, BURST_START, SYMBOL_SECONDS, SYMBOLS, burst

RATE = 22050  # samples per second
_HIGHEST = 4500.0  # Hz; above it is the tone code
_TABLE_SIZE = 2048
_ATTACK = 0.006  # seconds
_FADE = 0.25  # seconds, at the end of a track
_MELODY_AMPLITUDE, _BASS_AMPLITUDE = 8500, 6000  # of 32767; notes may overlap once
_MOTIF_STEPS = 8

_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_MINOR = (0, 2, 3, 5, 7, 8, 10)
_DORIAN = (0, 2, 3, 5, 7, 9, 10)
_PENTATONIC = (0, 2, 4, 7, 9)
_HIRAJOSHI = (0, 2, 3, 7, 8)
_PHRYGIAN = (0, 1, 4, 5, 7, 8, 10)

_FLUTE = (1.0, 0.25, 0.08)
_REED = (1.0, 0.0, 0.6, 0.0, 0.35, 0.0, 0.2)
_STRING = (1.0, 0.5, 0.33, 0.25, 0.2, 0.16)
_ORGAN = (1.0, 0.7, 0.0, 0.6, 0.0, 0.0, 0.0, 0.4)
_BELL = (1.0, 0.0, 0.0, 0.7, 0.0, 0.0, 0.45)
_BRASS = (0.7, 1.0, 0.9, 0.7, 0.5, 0.3)


@dataclass(frozen=True, slots=True)
class _Style:
    """Describe how an artist sounds: root in Hz, beats per minute, harmonics from the first, decay per second."""

    root: float
    scale: tuple[int, ...]
    tempo: int
    harmonics: tuple[float, ...]
    decay: float
    rests: float  # chance that a step of the melody is silent


_STYLES = (
    _Style(196.0, _MAJOR, 92, _STRING, 3.0, 0.15),
    _Style(233.1, _DORIAN, 132, _REED, 4.0, 0.25),
    _Style(261.6, _HIRAJOSHI, 118, _BELL, 2.5, 0.1),
    _Style(220.0, _MINOR, 126, _ORGAN, 6.0, 0.2),
    _Style(164.8, _PHRYGIAN, 138, _REED, 9.0, 0.1),
    _Style(246.9, _MINOR, 84, _FLUTE, 1.5, 0.15),
    _Style(174.6, _PENTATONIC, 52, _FLUTE, 0.8, 0.2),
    _Style(146.8, _DORIAN, 144, _BRASS, 4.0, 0.15),
    _Style(207.7, _PENTATONIC, 76, _STRING, 2.0, 0.2),
    _Style(130.8, _MAJOR, 60, _ORGAN, 0.9, 0.05),
    _Style(293.7, _PHRYGIAN, 152, _BRASS, 5.0, 0.1),
    _Style(110.0, _MINOR, 66, _STRING, 1.2, 0.25),
    _Style(185.0, _MAJOR, 100, _ORGAN, 8.0, 0.4),
    _Style(155.6, _PENTATONIC, 70, _BELL, 3.5, 0.35),
)


@dataclass(frozen=True, slots=True)
class _Note:
    """Place one note: seconds from the beginning, degree of the scale, seconds of length."""

    start: float
    degree: int
    length: float


def render(track: DemoTrack) -> array[int]:
    """Return the whole track: mono, 16 bit, RATE samples per second."""
    style = _STYLES[artist_index(track.artist)]
    chooser = random.Random(f"melody {track.number}")  # noqa: S311 - a fixed melody is the point
    samples = array("h", bytes(2 * round(track.duration * RATE)))
    for note in _melody(style, chooser, track.duration):
        _mix(samples, note.start, _sound(style, note.degree, note.length, _MELODY_AMPLITUDE))
    for note in _bass(style, chooser, track.duration):
        _mix(samples, note.start, _sound(style, note.degree - 2 * len(style.scale), note.length, _BASS_AMPLITUDE))
    _fade_out(samples)
    for block, start in _blocks(track.duration):
        _mix(samples, start, burst(track.number, block, RATE))
    return samples


def _melody(style: _Style, chooser: random.Random, duration: float) -> Iterator[_Note]:
    """Yield a motif, the motif again, a contrast, the motif: and so on to the end."""
    step = 60 / style.tempo / 2
    motif, contrast = _motif(style, chooser), _motif(style, chooser)
    time = 0.0
    while True:
        for phrase in (motif, motif, contrast, motif):
            for degree in phrase:
                if time >= duration - _FADE:
                    return
                if degree is not None:
                    yield _Note(time, degree, 2 * step)
                time += step


def _motif(style: _Style, chooser: random.Random) -> list[int | None]:
    """Walk up and down the scale by small steps, with rests; never silent on the first step."""
    degree = chooser.randrange(len(style.scale))
    motif: list[int | None] = [degree]
    while len(motif) < _MOTIF_STEPS:
        degree = min(max(degree + chooser.choice((-3, -2, -1, -1, 1, 1, 2, 3)), -3), 9)
        motif.append(None if chooser.random() < style.rests else degree)
    return motif


def _bass(style: _Style, chooser: random.Random, duration: float) -> Iterator[_Note]:
    """Yield one note per half bar, in a progression of four that repeats."""
    half_bar = 2 * 60 / style.tempo
    progression = [0, *chooser.sample(range(1, len(style.scale)), 2), 0]
    time, index = 0.0, 0
    while time < duration - _FADE:
        yield _Note(time, progression[index % len(progression)], half_bar)
        time, index = time + half_bar, index + 1


def _blocks(duration: float) -> Iterator[tuple[int, float]]:
    """Yield the index of each block and where its burst begins, for all bursts that fit whole."""
    block = 0
    while (start := block * BLOCK_SECONDS + BURST_START) + SYMBOLS * SYMBOL_SECONDS <= duration:
        yield block, start
        block += 1


def _mix(samples: array[int], start: float, sound: array[int]) -> None:
    """Add ``sound`` from ``start`` seconds on, as far as ``samples`` reach."""
    begin = round(start * RATE)
    end = min(begin + len(sound), len(samples))
    samples[begin:end] = array("h", map(add, samples[begin:end], sound[: end - begin], strict=True))


def _fade_out(samples: array[int]) -> None:
    count = min(round(_FADE * RATE), len(samples))
    samples[-count:] = array("h", (sample * (count - index) // count for index, sample in enumerate(samples[-count:])))


@cache
def _sound(style: _Style, degree: int, length: float, amplitude: int) -> array[int]:
    """Return one note as samples: a soft attack, then an exponential decay to nothing at its end."""
    octave, place = divmod(degree, len(style.scale))
    frequency = style.root * 2 ** (octave + style.scale[place] / 12)
    table = _wavetable(tuple(style.harmonics[: max(1, int(_HIGHEST / frequency))]))
    count = round(length * RATE)
    attack = round(_ATTACK * RATE)
    step = frequency * _TABLE_SIZE / RATE
    fall = math.exp(-style.decay / RATE)
    sound = array("h")
    level = float(amplitude)
    for index in range(count):
        edge = min(1.0, index / attack, (count - index) / attack)
        sound.append(int(level * edge * table[int(index * step) % _TABLE_SIZE]))
        level *= fall
    return sound


@cache
def _wavetable(harmonics: tuple[float, ...]) -> array[float]:
    """Return one period of a tone, between -1 and 1."""
    period = [
        sum(level * math.sin(2 * math.pi * order * index / _TABLE_SIZE) for order, level in enumerate(harmonics, 1))
        for index in range(_TABLE_SIZE)
    ]
    loudest = max(map(abs, period))
    return array("d", (value / loudest for value in period))
