"""The formats of 7digital by their numbers, and which of them a track can be had in."""

from collections.abc import Sequence
from dataclasses import dataclass

from .catalog import Track

_NEARLY_320 = 288_000
_NEARLY_256 = 176_000
_COMPACT_DISC = 1_411_200  # bit/s before it is packed; a FLAC file of more holds more than 16 bits at 44.1 kHz


@dataclass(frozen=True, slots=True)
class Format:
    """One format; ``encoding`` and ``bit_rate`` (bit/s) are there for those that a file can be converted to."""

    id: int
    description: str
    encoding: str = ""
    bit_rate: int = 0


MP3_320 = Format(17, "MP3 320", "mp3", 320_000)
MP3_256 = Format(48, "MP3 256", "mp3", 256_000)
MP3_128 = Format(26, "MP3 128", "mp3", 128_000)
M4A_320 = Format(33, "M4A 320")
FLAC_16 = Format(45, "FLAC 16-bit/44.1kHz")
FLAC_24 = Format(52, "FLAC 24-bit")
AAC_160 = Format(56, "AAC 160", "aac", 160_000)
# Of a folder only: the service sells neither, and has no numbers for them.
OGG_320 = Format(901, "OGG 320")
WAV = Format(902, "WAV 16-bit/44.1kHz")
_SOLD = (MP3_320, MP3_256, MP3_128, M4A_320, FLAC_16, FLAC_24, AAC_160)
FORMATS = {found.id: found for found in (*_SOLD, OGG_320, WAV)}
_BY_TYPE = {"audio/mp4": M4A_320, "audio/ogg": OGG_320, "audio/wav": WAV}


def own_format(track: Track) -> Format | None:
    """Return the format that a file is in, None for one that the service does not know."""
    match track.mime_type:
        case "audio/mpeg" if track.bit_rate >= _NEARLY_320:
            return MP3_320
        case "audio/mpeg":
            return MP3_256 if track.bit_rate >= _NEARLY_256 else MP3_128
        case "audio/flac":
            return FLAC_24 if track.bit_rate > _COMPACT_DISC else FLAC_16
    return _BY_TYPE.get(track.mime_type)


def downloads(track: Track, *, conversions: bool) -> Sequence[Format]:
    """Return the formats to download a track in: its own, then MP3 that is no more than it."""
    own = own_format(track)
    originals = (own,) if own else ()
    if not conversions:
        return originals
    match own:
        case Format(id=MP3_320.id):
            return (MP3_320, MP3_256)
        case Format(id=MP3_256.id | MP3_128.id):
            return originals
        case _:
            return (*originals, MP3_320, MP3_256)
