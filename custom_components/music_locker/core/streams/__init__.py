"""The bytes of tracks: tokens, cache, relay, conversion, the live stream."""

from .streams import Streams
from .tokens import STREAM_PATH

__all__ = ["STREAM_PATH", "Streams"]
