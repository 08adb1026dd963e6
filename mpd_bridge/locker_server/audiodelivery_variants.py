"""The forms in which a track can be had: the file as it is, and MP3 of some bit rates."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .audiodelivery_shelf import NAMESPACE
from .catalog import Track
from .scan import suffix_of


@dataclass(frozen=True, slots=True)
class Variant:
    """One form; ``bit_rate`` is kbit/s, None for the file as it is."""

    index: str
    bit_rate: int | None

    @property
    def id(self) -> str:
        """Return its UUID."""
        return str(uuid.uuid5(NAMESPACE, f"variant\n{self.index}"))

    def file_name(self, track: Track) -> str:
        """Return the name of its file behind a track's prefix."""
        return f"_{self.index}.{suffix_of(track.path) if self.bit_rate is None else 'mp3'}"

    def content_type(self, track: Track) -> str:
        """Return what is sent."""
        return track.mime_type if self.bit_rate is None else "audio/mpeg"

    def as_json(self) -> dict[str, Any]:
        """Return what the list of variants tells."""
        kind = "original" if self.bit_rate is None else "transcode"
        return {
            "id": self.id,
            "index": self.index,
            "name": self.index,
            "type": kind,
            "format": None if self.bit_rate is None else "mp3",
            "bitrate": self.bit_rate,
        }


VARIANTS: Mapping[str, Variant] = {
    variant.index: variant
    for variant in (
        Variant("hq", None),
        Variant("lq", 96),
        *(Variant(str(rate), rate) for rate in (320, 256, 192, 128, 96, 64, 32)),
    )
}
