"""A folder of many small real MP3 files, tagged alike in every run."""

import io
import random
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from mutagen.id3 import ID3, TALB, TCON, TDRC, TIT2, TPE1, TRCK

ALBUMS_OF_AN_ARTIST = 4
TRACKS_OF_AN_ALBUM = 12
RATE = 44100
SECONDS = 1
_GENRES = ("Folk", "Jazz", "Rock", "Ambient", "Choral")
_WORDS = [
    "amber",
    "brook",
    "candle",
    "distant",
    "ember",
    "field",
    "glass",
    "harbour",
    "island",
    "juniper",
    "kettle",
    "lantern",
    "meadow",
    "night",
    "orchard",
    "paper",
    "quiet",
    "river",
    "silver",
    "thread",
    "under",
    "velvet",
    "winter",
    "yarrow",
    "zephyr",
    "café",
    "näher",
    "müde",
    "señor",
    "façade",
]


def make(folder: Path, tracks: int) -> None:
    """Write ``tracks`` files, unless they are there."""
    done = folder / f".{tracks}"
    if done.exists():
        return
    sound = _sound()
    for path, tags in _files(folder, tracks):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_header(tags) + sound)
    done.touch()


def _files(folder: Path, tracks: int) -> Iterator[tuple[Path, ID3]]:
    chance = random.Random(1)  # noqa: S311 - the same music every time
    for index in range(tracks):
        album, number = divmod(index, TRACKS_OF_AN_ALBUM)
        artist = album // ALBUMS_OF_AN_ARTIST
        title = " ".join(chance.sample(_WORDS, 3)).title()
        named = f"Artist {artist:04} {_WORDS[artist % len(_WORDS)].title()}"
        record = f"Album {album:05} {_WORDS[album * 7 % len(_WORDS)].title()}"
        tags = ID3()
        for frame, text in (
            (TIT2, title),
            (TPE1, named),
            (TALB, record),
            (TRCK, str(number + 1)),
            (TDRC, str(1970 + album % 50)),
            (TCON, _GENRES[artist % len(_GENRES)]),
        ):
            tags.add(frame(encoding=3, text=text))
        yield folder / named / record / f"{number + 1:02} {title}.mp3", tags


def _header(tags: ID3) -> bytes:
    file = io.BytesIO()
    tags.save(file, v2_version=4, padding=lambda _: 0)
    return file.getvalue()


def _sound() -> bytes:
    """Return a second of MP3."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=RATE, options={"write_xing": "0", "id3v2_version": "0"})
        stream.bit_rate = 64_000
        wave = (np.sin(np.arange(RATE * SECONDS) * 0.06) * 8000).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(wave, format="s16", layout="mono")
        frame.sample_rate = RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()
