"""Make a picture smaller, with the decoders that sound needs too."""

import logging
from fractions import Fraction
from io import BytesIO
from typing import Any, cast

import av

from .tags import Cover

LOGGER = logging.getLogger(__name__)

_JPEG = "image/jpeg"
_LARGEST = 2000  # pixels


def resized(cover: Cover, size: int) -> tuple[bytes, str]:
    """Return a picture as a JPEG of at most ``size`` pixels each way, and its type; as it is where that fails."""
    try:
        return _resized(cover.content, min(size, _LARGEST)), _JPEG
    except (av.FFmpegError, ValueError, StopIteration) as error:
        LOGGER.debug("A picture cannot be made smaller: %s", type(error).__name__)
        return cover.content, cover.mime_type if cover.mime_type.startswith("image/") else "application/octet-stream"


def _resized(content: bytes, size: int) -> bytes:
    with av.open(BytesIO(content), "r") as container:
        frame = next(container.decode(video=0))
    scale = min(1.0, size / max(frame.width, frame.height))
    width, height = (max(1, round(side * scale)) for side in (frame.width, frame.height))
    encoder = cast("Any", av.CodecContext.create("mjpeg", "w"))
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuvj420p"
    encoder.time_base = Fraction(1)
    small = frame.reformat(width=width, height=height, format="yuvj420p")
    small.pts = 0
    return b"".join(bytes(packet) for packet in (*encoder.encode(small), *encoder.encode(None)))
