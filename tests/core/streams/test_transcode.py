"""Any track's file becomes PCM, from any position in it."""

import math
import wave
from array import array
from io import BytesIO

import av
import numpy as np
import pytest
from av.video.stream import VideoStream

from mpd_bridge.demo_music import tone_code
from mpd_bridge.demo_music.catalogue import Encoding
from music_locker_core.errors import LockerConnectionError
from music_locker_core.streams.sound import BYTES_PER_SECOND, RATE, DecodeError
from music_locker_core.streams.transcode import Decoder
from tests.core.streams.sound import sound_file
from tests.tools.tone_code import decode_samples

pytestmark = pytest.mark.slow


SECONDS = 21.0
ENCODINGS = (Encoding.MP3_CBR, Encoding.MP3_VBR, Encoding.AAC, Encoding.VORBIS)


class Pipe:
    """A file that cannot be sought in."""

    def __init__(self, content: bytes) -> None:
        self._file = BytesIO(content)

    def read(self, size: int) -> bytes:
        return self._file.read(size)


class BrokenFile(BytesIO):
    """A file whose service breaks off."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > 60_000:
            raise LockerConnectionError
        return super().read(size)


def decode(file: object, position: float = 0.0) -> bytes:
    with Decoder(file, position) as decoder:
        return b"".join(iter(decoder.read, b""))


def codes(pcm: bytes) -> list[tuple[int, float, float]]:
    """Return track number, block's position in the track, and where in the PCM it was heard."""
    mono = np.frombuffer(pcm, np.int16).reshape(-1, 2).mean(axis=1).astype(np.float32) / 32768
    return [(code.number, code.position, code.time) for code in decode_samples(mono, RATE)]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_file_of_any_kind_becomes_pcm_of_its_length(encoding: Encoding) -> None:
    pcm = decode(BytesIO(sound_file(7, SECONDS, encoding)))
    assert len(pcm) / BYTES_PER_SECOND == pytest.approx(SECONDS, abs=0.05)
    assert [number for number, _, _ in codes(pcm)] == [7] * 6


@pytest.mark.parametrize("position", [0.2, 1.0, 7.5, 15.9])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_decoding_begins_at_the_position(encoding: Encoding, position: float) -> None:
    pcm = decode(BytesIO(sound_file(7, SECONDS, encoding)), position)
    assert len(pcm) / BYTES_PER_SECOND == pytest.approx(SECONDS - position, abs=0.05)
    for _, expected, heard in codes(pcm):
        assert position + heard == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("encoding", [Encoding.MP3_CBR, Encoding.MP3_VBR, Encoding.VORBIS])
def test_a_file_that_cannot_be_sought_in_is_decoded_up_to_the_position(encoding: Encoding) -> None:
    pcm = decode(Pipe(sound_file(7, SECONDS, encoding)), 9.0)
    assert len(pcm) / BYTES_PER_SECOND == pytest.approx(SECONDS - 9, abs=0.05)


def test_one_channel_is_as_loud_on_two() -> None:
    samples = array("h", [round(10_000 * math.sin(step / 20)) for step in range(RATE)])
    file = BytesIO()
    with wave.open(file, "wb") as written:
        written.setparams((1, 2, RATE, 0, "NONE", ""))
        written.writeframes(samples.tobytes())
    file.seek(0)
    left, right = np.frombuffer(decode(file), np.int16).reshape(-1, 2).T
    assert left.tolist() == right.tolist() == samples.tolist()


def test_behind_the_end_there_is_no_sound() -> None:
    assert decode(BytesIO(sound_file(7, 3.0)), 4.0) == b""


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_file_tells_its_length(encoding: Encoding) -> None:
    with Decoder(BytesIO(sound_file(7, SECONDS, encoding))) as decoder:
        assert decoder.duration == pytest.approx(SECONDS, abs=0.1)


def test_the_length_can_be_counted() -> None:
    with Decoder(Pipe(sound_file(7, 3.0))) as decoder:
        assert decoder.count() == pytest.approx(3.0, abs=0.05)


def test_damage_in_the_middle_costs_what_is_damaged_only() -> None:
    content = bytearray(sound_file(7, SECONDS))
    middle = len(content) // 2
    content[middle : middle + 6000] = bytes(6000)
    pcm = decode(BytesIO(bytes(content)))
    assert len(pcm) / BYTES_PER_SECOND > SECONDS - 2
    heard = [position for _, position, _ in codes(pcm)]
    assert heard[0] == tone_code.BURST_START
    assert heard[-1] == 5 * tone_code.BLOCK_SECONDS + tone_code.BURST_START


@pytest.mark.parametrize("content", [b"", b"no sound at all" * 1000, bytes(100_000)])
def test_what_is_no_sound_is_refused(content: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(BytesIO(content))


def test_a_playlist_is_not_followed() -> None:
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"
    with pytest.raises(DecodeError):
        decode(BytesIO(playlist))


def test_what_reading_raises_passes_through() -> None:
    with pytest.raises(LockerConnectionError):
        decode(BrokenFile(sound_file(7, SECONDS)))


def test_a_file_without_sound_is_refused() -> None:
    file = BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=25)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(5):
            container.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        container.mux(stream.encode(None))
    file.seek(0)
    with pytest.raises(DecodeError):
        decode(file)
