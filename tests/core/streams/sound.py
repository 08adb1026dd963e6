"""Files with known sound: the tone code of the demo music over silence, encoded by FFmpeg."""

from array import array
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from mpd_bridge.demo_music import tone_code
from mpd_bridge.demo_music.catalogue import Encoding
from mpd_bridge.demo_music.encode import encode
from mpd_bridge.demo_music.synth import RATE

MIME_TYPES = {
    Encoding.MP3_CBR: "audio/mpeg",
    Encoding.MP3_VBR: "audio/mpeg",
    Encoding.AAC: "audio/mp4",
    Encoding.VORBIS: "audio/ogg",
}


@cache
def sound_file(number: int, seconds: float, encoding: Encoding = Encoding.MP3_CBR) -> bytes:
    """Return a file whose bursts say ``number`` in each block of four seconds."""
    samples = array("h", bytes(2 * round(seconds * RATE)))
    block = 0
    while (start := block * tone_code.BLOCK_SECONDS + tone_code.BURST_START) + 0.5 <= seconds:
        burst = tone_code.burst(number, block, RATE)
        begin = round(start * RATE)
        samples[begin : begin + len(burst)] = burst
        block += 1
    with TemporaryDirectory() as directory:
        path = Path(directory) / "sound"
        encode(path, samples, encoding)
        return path.read_bytes()
