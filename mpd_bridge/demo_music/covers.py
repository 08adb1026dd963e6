"""Draw album covers: real PNG and JPEG pictures, each album its own, without a drawing library."""

import io
import math
import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import av

SIZE = 320  # pixels, both ways
_COLOURS = 5


@dataclass(frozen=True, slots=True)
class Cover:
    """Hold one picture."""

    content: bytes
    mime_type: str

    @property
    def extension(self) -> str:
        """Return the ending of the file's name, without the dot."""
        return "png" if self.mime_type == "image/png" else "jpg"


@cache
def cover(album_artist: str, album: str) -> Cover:
    """Return the cover of an album, always the same one; about half of them are JPEG."""
    chooser = random.Random(f"{album_artist}\n{album}")  # noqa: S311 - a fixed picture is the point
    palette = _palette(chooser)
    shape = chooser.choice((_rings, _rays, _waves, _tiles))(chooser)
    rows = [bytes(shape(x, y) % _COLOURS for x in range(SIZE)) for y in range(SIZE)]
    if chooser.random() < 0.5:  # noqa: PLR2004 - one half
        return Cover(_png(rows, palette), "image/png")
    return Cover(_jpeg(rows, palette), "image/jpeg")


def _palette(chooser: random.Random) -> list[bytes]:
    """Return colours as RGB triples, from dark to light around one hue."""
    hue = chooser.random() * 2 * math.pi
    colours = []
    for index in range(_COLOURS):
        light = 60 + 150 * index // (_COLOURS - 1)
        colours.append(bytes(int(light + 45 * math.cos(hue + index / 3 + turn * 2 * math.pi / 3)) for turn in range(3)))
    chooser.shuffle(colours)
    return colours


type _Shape = Callable[[int, int], int]


def _rings(chooser: random.Random) -> _Shape:
    centre_x, centre_y = chooser.randrange(SIZE), chooser.randrange(SIZE)
    width = chooser.randint(14, 40)
    return lambda x, y: int(math.hypot(x - centre_x, y - centre_y)) // width


def _rays(chooser: random.Random) -> _Shape:
    centre_x, centre_y = chooser.randrange(SIZE), chooser.randrange(SIZE)
    count = chooser.randint(8, 24)
    return lambda x, y: int((math.atan2(y - centre_y, x - centre_x) / math.pi + 1) * count)


def _waves(chooser: random.Random) -> _Shape:
    length, height, width = chooser.randint(20, 60), chooser.randint(6, 30), chooser.randint(16, 40)
    return lambda x, y: int(y + height * math.sin(x / length)) // width


def _tiles(chooser: random.Random) -> _Shape:
    width, height, slant = chooser.randint(24, 64), chooser.randint(24, 64), chooser.randint(1, 3)
    return lambda x, y: x // width + slant * (y // height)


def _png(rows: list[bytes], palette: list[bytes]) -> bytes:
    """Return a PNG with a palette (PNG specification, chapter 11)."""
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 3, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    chunks = ((b"IHDR", header), (b"PLTE", b"".join(palette)), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )


def _jpeg(rows: list[bytes], palette: list[bytes]) -> bytes:
    frame = av.VideoFrame(SIZE, SIZE, "rgb24")
    plane = frame.planes[0]
    padding = bytes(plane.line_size - 3 * SIZE)
    plane.update(b"".join(b"".join(palette[pixel] for pixel in row) + padding for row in rows))
    picture = io.BytesIO()
    with av.open(picture, "w", format="image2pipe", container_options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("mjpeg", rate=1, options={"flags": "+bitexact+qscale", "global_quality": "590"})
        stream.width, stream.height, stream.pix_fmt = SIZE, SIZE, "yuvj420p"
        container.mux(stream.encode(frame.reformat(format="yuvj420p")))
        container.mux(stream.encode(None))
    return picture.getvalue()
