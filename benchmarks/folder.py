"""A folder of many small real MP3 files, tagged alike in every run."""

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

import av
import numpy as np
from mutagen.id3 import ID3, TALB, TCON, TDRC, TIT2, TPE1, TRCK

from benchmarks.names import Names

RATE = 44100
SECONDS = 1
_EDITION = 2  # of the music; another one is made anew
_TRACKS_OF_AN_ARTIST = 60
_FEWEST, _MOST = 3, 24  # tracks of an album
_GENRES = ("Rock", "Pop", "Electronic", "Jazz", "Classical", "Hip-Hop", "Folk", "Metal", "Ambient", "Soul", "Reggae")


@dataclass(frozen=True, slots=True)
class Song:
    """Hold the tags of one file."""

    artist: str
    album: str
    number: int
    title: str
    year: int
    genre: str

    @property
    def path(self) -> Path:
        """Return where in the folder the file is."""
        parts = self.artist, f"{self.album} ({self.year})", f"{self.number:02} {self.title}.mp3"
        return Path(*(part.replace("/", "_") for part in parts))


def make(cache: Path, tracks: int) -> Path:
    """Write ``tracks`` files, unless they are there, and return their folder."""
    folder = cache / f"bench-music-{tracks}-{_EDITION}"
    done = folder / ".complete"
    if not done.exists():
        sound = _sound()
        for song in songs(tracks):
            path = folder / song.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_header(song) + sound)
        done.touch()
    return folder


def songs(tracks: int) -> list[Song]:
    """Return the songs, the same every time."""
    chance = random.Random(1)  # noqa: S311 - the same music every time
    names = Names(chance)
    artists = [names.artist() for _ in range(max(tracks // _TRACKS_OF_AN_ARTIST, 1))]
    return list(islice(_albums(chance, names, artists), tracks))


def _albums(chance: random.Random, names: Names, artists: list[str]) -> Iterator[Song]:
    """Yield songs without end: an album of each artist, and then more of some artists than of others."""
    weights = [1 / (place + 1) ** 0.75 for place in range(len(artists))]
    genres = {artist: chance.choice(_GENRES) for artist in artists}
    known: set[tuple[str, str]] = set()
    for number in count():
        artist = artists[number] if number < len(artists) else chance.choices(artists, weights)[0]
        album = names.words((1, 2, 2, 3))
        if (artist, album) in known:
            album += f" {number}"
        known.add((artist, album))
        year = chance.randint(1955, 2025)
        for place in range(min(max(round(chance.gauss(12, 3.5)), _FEWEST), _MOST)):
            yield Song(artist, album, place + 1, names.title(), year, genres[artist])


def _header(song: Song) -> bytes:
    tags = ID3()
    for frame, text in (
        (TIT2, song.title),
        (TPE1, song.artist),
        (TALB, song.album),
        (TRCK, str(song.number)),
        (TDRC, str(song.year)),
        (TCON, song.genre),
    ):
        tags.add(frame(encoding=3, text=text))
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
