"""The tone code: a quiet chirp in every 4 seconds of a demo track that says which track it is, and where in it.

Each block of 4 s begins with a burst of 5 symbols of 80 ms: the sync tone, three hexadecimal digits (highest first) and
a check digit. A digit d is a sine of 5000 + 200 d Hz, the sync tone is 8400 Hz; the music stays below 4500 Hz. The
three digits hold the track number times 8 plus the block's index, so a decoder knows the position as well.
"""

import math
from array import array

BLOCK_SECONDS = 4.0
BURST_START = 0.1  # seconds after the beginning of the block
SYMBOL_SECONDS = 0.08
SYMBOLS = 5
DIGIT_TONES = tuple(5000.0 + 200.0 * digit for digit in range(16))  # Hz
SYNC_TONE = 8400.0  # Hz
BLOCKS = 8  # block indices begin again after 32 s
MAX_NUMBER = 511

_AMPLITUDE = 2600  # of 32767
_EDGE_SECONDS = 0.008  # a soft edge, so that no symbol clicks


def check_digit(high: int, middle: int, low: int) -> int:
    """Return the digit that follows these three; it tells every single wrong digit."""
    return (1 + 3 * high + 5 * middle + 7 * low) % 16


def digits(number: int, block: int) -> tuple[int, int, int, int]:
    """Return the four digits of a track number (1 to MAX_NUMBER) and a block's index; raise ValueError."""
    if not 1 <= number <= MAX_NUMBER:
        raise ValueError(f"The tone code holds 1 to {MAX_NUMBER}, not {number}")
    value = number * BLOCKS + block % BLOCKS
    high, middle, low = value >> 8, value >> 4 & 15, value & 15
    return high, middle, low, check_digit(high, middle, low)


def burst(number: int, block: int, rate: int) -> array[int]:
    """Return the samples (16 bit, ``rate`` per second) of one burst."""
    samples = array("h")
    for tone in (SYNC_TONE, *(DIGIT_TONES[digit] for digit in digits(number, block))):
        samples.extend(_symbol(tone, rate))
    return samples


def _symbol(tone: float, rate: int) -> array[int]:
    count = round(SYMBOL_SECONDS * rate)
    edge = round(_EDGE_SECONDS * rate)
    step = 2 * math.pi * tone / rate
    return array(
        "h",
        (
            round(_AMPLITUDE * min(1.0, index / edge, (count - 1 - index) / edge) * math.sin(step * index))
            for index in range(count)
        ),
    )
