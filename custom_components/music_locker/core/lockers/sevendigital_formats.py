"""The formats of 7digital's files: what their ids and descriptions mean, and which one to take."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from . import convert

MP3_128 = 26
"""The MP3 of 128 kbit/s that the service streams, smaller than any file that it sells."""

MP3_128_RATE = 128  # kbit/s

_FLAC, _MP3, _M4A, _OGG, _WAV = "audio/flac", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav"
# Codec words of descriptions ("MP3 320", "24-bit FLAC") and of older answers' fileFormat.
_CODECS: Mapping[str, str] = {
    "flac": _FLAC,
    "mp3": _MP3,
    "m4a": _M4A,
    "mp4": _M4A,
    "aac": _M4A,
    "alac": _M4A,
    "ogg": _OGG,
    "vorbis": _OGG,
    "opus": _OGG,
    "wav": _WAV,
}
# Where a description is missing: MIME type and kbit/s by the id.
_KNOWN: Mapping[str, tuple[str, int | None]] = {
    "17": (_MP3, 320),
    "48": (_MP3, 256),
    "26": (_MP3, MP3_128_RATE),
    "33": (_M4A, 320),
    "56": (_M4A, 160),
    "45": (_FLAC, None),
    "52": (_FLAC, None),
}
_LOSSLESS = frozenset({_FLAC, _WAV})
_WORD = re.compile(r"[a-z]+[0-9]?[a-z]?")
_BIT_RATE = re.compile(r"(?<![0-9./])([0-9]{2,4})(?![0-9./]|-?\s?bit)")
_LOWEST, _HIGHEST = 32, 2000  # kbit/s that a description can mean
_DEEP = re.compile(r"(?<![0-9])24(?:/|-?\s?bit)")
_DEEP_IDS = frozenset({"52"})


@dataclass(frozen=True, slots=True)
class Format:
    """Describe one format: its id, MIME type (None: not known to play), kbit/s, and whether it has 24 bits a sample."""

    id: str | None
    mime_type: str | None
    bit_rate: int | None = None
    deep: bool = False

    @classmethod
    def of(cls, fields: Mapping[str, object]) -> Self:
        """Read ``format {id, description}``, or the older ``{fileFormat, bitRate, drmFree}``.

        What has copy protection cannot be played.
        """
        drm_free = fields.get("drmFree")
        return cls._read(
            convert.text(fields.get("id")),
            (convert.text(fields.get("description")) or "").casefold(),
            (convert.text(fields.get("fileFormat")) or "").casefold(),
            convert.positive(fields.get("bitRate")),
            playable=drm_free is None or convert.boolean(drm_free),
        )

    @classmethod
    @lru_cache(maxsize=256)  # a locker has many tracks, and few formats
    def _read(
        cls, format_id: str | None, description: str, file_format: str, bit_rate: int | None, *, playable: bool
    ) -> Self:
        words = _WORD.findall(f"{description} {file_format}")
        mime_type = next((_CODECS[word] for word in words if word in _CODECS), None)
        known_type, known_rate = _KNOWN.get(format_id or "", (None, None))
        return cls(
            format_id,
            (mime_type or known_type) if playable else None,
            bit_rate or _bit_rate(description) or known_rate,
            deep=bool(_DEEP.search(description)) or format_id in _DEEP_IDS,
        )

    @property
    def rank(self) -> tuple[bool, bool, bool, int]:
        """Return what orders formats from the worst to the best: playable, lossless, deep, bit rate."""
        playable = self.mime_type is not None and self.id is not None
        return playable, self.mime_type in _LOSSLESS, self.deep, self.bit_rate or 0


def best(formats: Sequence[Format]) -> Format | None:
    """Return the best playable format, among equals the one that the service names first; None where there is none."""
    chosen = max(formats, key=lambda one: one.rank, default=None)
    return chosen if chosen is not None and chosen.rank[0] else None


def _bit_rate(description: str) -> int | None:
    """Return the kbit/s in a description; "16/44.1" and "24-bit" are none."""
    rates = (int(found) for found in _BIT_RATE.findall(description))
    return next((rate for rate in rates if _LOWEST <= rate <= _HIGHEST), None)
