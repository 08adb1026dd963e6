"""What sound is here, and the way to what decodes and encodes it: FFmpeg is loaded when something first plays.

It is 15 MB in memory, and takes a tenth of a second, in the thread that opens a file: a daemon that only answers
clients does without.
"""

from types import TracebackType
from typing import Protocol, Self

from .mixing import SoundTags

RATE = 44_100  # samples per second
FRAME_BYTES = 4  # bytes of one sample in both channels
BYTES_PER_SECOND = RATE * FRAME_BYTES

BIT_RATE = 192  # kbit/s, where nobody chose another
BIT_RATES = (64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
"""What MPEG-1 layer III has for stereo of a bearable sound, in kbit/s."""
MP3_FRAME = 1152  # samples in one frame of MPEG-1 layer III
FULL_VOLUME = 100


class DecodeError(Exception):
    """The file is no sound that can be decoded."""


class OpenFile(Protocol):
    """Decode one file; :class:`.transcode.Decoder` does. Its methods block, and raise DecodeError."""

    @property
    def duration(self) -> float | None:
        """Return the length in seconds as the file tells it, or None."""

    @property
    def tags(self) -> SoundTags:
        """Return the file's tags that are about its sound."""

    def read(self) -> bytes:
        """Return the next PCM; none at the end."""

    def count(self) -> float:
        """Return how many seconds of sound there are, by decoding all that is left."""

    def close(self) -> None:
        """Free what is held."""

    def __enter__(self) -> Self:
        """Return itself."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Close."""


class Encoder(Protocol):
    """Encode PCM; :class:`.encoder.Mp3Encoder` does. It blocks."""

    bit_rate: int

    def encode(self, pcm: bytes | bytearray, volume: int = FULL_VOLUME, factor: float = 1.0) -> bytes:
        """Return whole MP3 frames."""


def open_file(file: object, position: float = 0.0) -> OpenFile:
    """Begin to decode a file from ``position`` seconds on; blocks. Raise DecodeError."""
    from .transcode import Decoder  # noqa: PLC0415 - see the head of this module

    return Decoder(file, position)


def make_encoder(bit_rate: int) -> Encoder:
    """Make an encoder for one of BIT_RATES, in kbit/s; blocks."""
    from .encoder import Mp3Encoder  # noqa: PLC0415 - as above

    return Mp3Encoder(bit_rate)
