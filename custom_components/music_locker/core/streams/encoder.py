"""The encoder of live streams: PCM in, MP3 frames out, one encoder over all tracks, so that nothing joins or breaks."""

import math
from fractions import Fraction

import av
from av.filter import Graph

from .sound import BIT_RATE, FRAME_BYTES, FULL_VOLUME, MP3_FRAME, RATE

_TIME_BASE = Fraction(1, RATE)
_CURVE = 25.0


class Mp3Encoder:
    """Encode PCM (16 bit, stereo, RATE) as MP3 of constant bit rate. Not for two threads at once."""

    def __init__(self, bit_rate: int = BIT_RATE) -> None:
        """Make it for one of BIT_RATES, in kbit/s."""
        self.bit_rate = bit_rate
        codec = av.CodecContext.create("libmp3lame", "w")
        assert isinstance(codec, av.AudioCodecContext)  # noqa: S101 - what the codec is
        codec.sample_rate = RATE
        codec.layout = "stereo"
        codec.format = "s16p"
        codec.bit_rate = bit_rate * 1000
        codec.time_base = _TIME_BASE
        # Without the bit reservoir every frame stands for itself: a listener may begin, or miss some, anywhere.
        codec.options = {"reservoir": "0"}
        codec.open()
        self._codec = codec
        self._samples = 0
        self._factor = 1.0
        self._graph = _graph(self._factor)

    def encode(self, pcm: bytes | bytearray, volume: int = FULL_VOLUME, factor: float = 1.0) -> bytes:
        """Return whole MP3 frames for ``pcm``, whose length is a multiple of MP3_FRAME samples.

        ``volume`` is 0 to 100, on the curve of MPD's software mixer; samples are multiplied by ``factor`` as well.
        What comes out lags one or two frames behind.
        """
        factor *= gain(volume)
        if factor != self._factor:
            self._graph = _graph(factor)
            self._factor = factor
        encoded = bytearray()
        step = MP3_FRAME * FRAME_BYTES
        for start in range(0, len(pcm), step):
            self._graph.push(self._frame(pcm[start : start + step]))
            scaled = self._graph.pull()
            assert isinstance(scaled, av.AudioFrame)  # noqa: S101 - an audio graph gives audio
            for packet in self._codec.encode(scaled):
                encoded += bytes(packet)
        return bytes(encoded)

    def _frame(self, pcm: bytes | bytearray) -> av.AudioFrame:
        frame = av.AudioFrame(format="s16", layout="stereo", samples=MP3_FRAME)
        frame.sample_rate = RATE
        frame.time_base = _TIME_BASE
        frame.pts = self._samples
        frame.planes[0].update(bytes(pcm))
        self._samples += MP3_FRAME
        return frame


def gain(volume: int) -> float:
    """Return the factor, 0 to 1, for a volume of 0 to 100: the curve of MPD's software mixer, which ears find even."""
    return (math.exp(volume / _CURVE) - 1) / (math.exp(FULL_VOLUME / _CURVE) - 1)


def _graph(factor: float) -> Graph:
    """Return a filter that scales, and arranges samples as the encoder takes them."""
    graph = Graph()
    graph.link_nodes(
        graph.add_abuffer(sample_rate=RATE, format="s16", layout="stereo", time_base=_TIME_BASE),
        graph.add("volume", volume=f"{factor:.6f}", precision="float"),
        graph.add("aformat", sample_fmts="s16p", channel_layouts="stereo", sample_rates=str(RATE)),
        graph.add("abuffersink"),
    )
    graph.configure()
    return graph
