"""The pictures that music files hold."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def embedded_pictures(path: Path) -> Sequence[bytes]:
    """Return the pictures in a file, in its order; blocks. A file that cannot be read has none."""
    import mutagen  # noqa: PLC0415 - 5 MB that most processes never need

    try:
        audio: Any = mutagen.File(path)
        return [] if audio is None else _pictures(audio)
    except mutagen.MutagenError, OSError, ValueError, LookupError, AttributeError, TypeError:
        return []


def _pictures(audio: Any) -> list[bytes]:
    """Return the pictures of a file: FLAC's own, ID3's, MP4's, and those that Ogg comments carry."""
    from mutagen.flac import Picture  # noqa: PLC0415 - as above

    tags = audio.tags or {}
    found = [picture.data for picture in getattr(audio, "pictures", ())]
    if hasattr(tags, "getall"):
        found += [frame.data for frame in tags.getall("APIC")]
    else:
        found += [bytes(cover) for cover in tags.get("covr", ())]
        found += [Picture(base64.b64decode(block)).data for block in tags.get("metadata_block_picture", ())]
    return found
