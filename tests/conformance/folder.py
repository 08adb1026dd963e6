"""The folder of music that every locker is judged over: small real files, and what is known of each."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.mpd_bridge.locker_server import audio

PLAYLIST = "Party!"
PLAYLIST_TITLES = ("Venus as a Boy", "Dancing Queen", "Venus as a Boy")


@dataclass(frozen=True, slots=True)
class Song:
    """One file, and what a locker must know of it."""

    path: str
    title: str
    artist: str
    album: str
    number: int
    mime_type: str
    seconds: float = 0.3
    cover: bool = False

    def tags(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "artist": self.artist,
            "album": self.album,
            "tracknumber": str(self.number),
            "genre": "Pop",
            "date": "1976",
        }


QUEEN = Song("Abba/Arrival/01.mp3", "Dancing Queen", "Abba", "Arrival", 1, "audio/mpeg", cover=True)
SONGS = (
    QUEEN,
    Song("Abba/Arrival/02.m4a", "Money & <More> - Don't", "Abba", "Arrival", 2, "audio/mp4"),
    Song("Björk/Début/03.ogg", "Früh, 早い", "Björk", "Début", 3, "audio/ogg"),
    Song("Björk/Début/04.mp3", "Venus as a Boy", "Björk", "Début", 4, "audio/mpeg"),
    Song("long.mp3", "Long", "Cream", "Wheels", 1, "audio/mpeg", seconds=4.0),
)
LONG = SONGS[-1]
NEW = Song("New/05.mp3", "Brand new", "Newcomer", "Fresh", 5, "audio/mpeg", seconds=0.5)


def put(folder: Path, song: Song) -> Path:
    """Write a song into a folder."""
    return audio.make(folder / song.path, seconds=song.seconds, cover=song.cover, **song.tags())


def fill(folder: Path) -> Path:
    """Write the whole folder."""
    for song in SONGS:
        put(folder, song)
    lines = ["#EXTM3U", f"#PLAYLIST:{PLAYLIST}", "Björk/Début/04.mp3", "Abba/Arrival/01.mp3", "Björk/Début/04.mp3"]
    (folder / "party.m3u8").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def content(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def restore(folder: Path, before: dict[str, bytes]) -> None:
    """Make a folder hold again what it held before."""
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        if path.relative_to(folder).as_posix() not in before:
            path.unlink()
    for name, data in before.items():
        path = folder / name
        if not path.exists() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
