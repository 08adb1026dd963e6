"""Files to upload: good ones, and one for each reason not to take it."""

from pathlib import Path

from tests.conformance.folder import NEW, put
from tests.mpd_bridge.locker_server import audio

_HUGE = 1 << 31


def song(folder: Path) -> Path:
    """A song that no locker has yet."""
    return put(folder, NEW)


def text(folder: Path) -> Path:
    return _written(folder / "notes.txt", b"no music")


def no_music(folder: Path) -> Path:
    return _written(folder / "noise.mp3", b"no music at all " * 50)


def empty(folder: Path) -> Path:
    return _written(folder / "empty.mp3", b"")


def lossless_under_a_good_name(folder: Path) -> Path:
    return _written(folder / "lossless.mp3", audio.encoded("flac"))


def absent(folder: Path) -> Path:
    return folder / "absent.mp3"


def huge(folder: Path) -> Path:
    """2 GiB that begin as music does; the rest is a hole."""
    path = _written(folder / "huge.mp3", audio.encoded("mp3"))
    with path.open("r+b") as file:
        file.truncate(_HUGE)
    return path


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
