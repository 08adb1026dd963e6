"""Pieces of PCM: one after the other, each scaled, and mixed with another where two tracks overlap.

Scaling is plain arithmetic, some milliseconds for a tenth of a second of sound, and is for threads.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

_UNIT = 1 << 14
_HALF = _UNIT >> 1
_SHIFT = 14
_LOWEST, _HIGHEST = -(1 << 15), (1 << 15) - 1


@dataclass(frozen=True, slots=True)
class Piece:
    """Hold PCM to be multiplied by ``gain``; ``other``, up to as long, is added, multiplied by its own."""

    pcm: bytes
    gain: float = 1.0
    other: bytes = b""
    other_gain: float = 1.0


def joined(pieces: Sequence[Piece]) -> tuple[bytes, float]:
    """Return all PCM, and by what it is still to be multiplied: the encoder can do that for less."""
    if len({piece.gain for piece in pieces}) == 1 and not any(piece.other for piece in pieces):
        return b"".join(piece.pcm for piece in pieces), pieces[0].gain
    return b"".join(map(_mixed, pieces)), 1.0


def _mixed(piece: Piece) -> bytes:
    if piece.gain == 1.0 and not piece.other:
        return piece.pcm
    gain, other_gain = round(piece.gain * _UNIT), round(piece.other_gain * _UNIT)
    samples, others = _samples(piece.pcm), _samples(piece.other)
    both = len(others)
    sums = [(one * gain + other * other_gain + _HALF) >> _SHIFT for one, other in zip(samples, others, strict=False)]
    sums += [(one * gain + _HALF) >> _SHIFT for one in samples[both:]]
    if sums and (min(sums) < _LOWEST or max(sums) > _HIGHEST):
        sums = [min(max(each, _LOWEST), _HIGHEST) for each in sums]
    return array("h", sums).tobytes()


def _samples(pcm: bytes) -> array[int]:
    samples = array("h")
    samples.frombytes(pcm)
    return samples
