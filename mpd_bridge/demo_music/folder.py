"""Make the folder of demo music: every file whole or not there, and nothing made twice."""

import hashlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

import av
import orjson

from . import catalogue, covers, encode, synth, tags, tone_code
from .catalogue import DemoTrack

_MANIFEST = ".demo-music.json"
_FEW = 4  # so many tracks are made faster than a process is started


@dataclass(frozen=True, slots=True)
class Made:
    """Tell what was done: tracks made now, tracks that were there."""

    made: int
    kept: int


def make(
    directory: Path,
    *,
    tracks: Iterable[DemoTrack] | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Made:
    """Make ``tracks`` (all, and the playlists, if None) in ``directory``; raise OSError.

    What is there already is kept. ``workers`` is how many processes work, None lets the machine decide; ``progress`` is
    told (tracks done, tracks to do). Files in the folder that are not the demo's are left alone.
    """
    wanted = list(catalogue.tracks() if tracks is None else tracks)
    directory.mkdir(parents=True, exist_ok=True)
    sizes = _read_manifest(directory)
    missing = [track for track in wanted if sizes.get(track.path, 0) != _size(directory / track.path)]
    done = 0
    try:
        for finished in _work(directory, missing, workers or os.process_cpu_count() or 1):
            sizes |= finished
            done += len(finished)
            if progress is not None:
                progress(done, len(missing))
    finally:
        if missing:
            _write_manifest(directory, sizes)
    if tracks is None:
        for playlist in catalogue.playlists():
            _write_playlist(directory, playlist)
    return Made(done, len(wanted) - done)


def _work(directory: Path, missing: Sequence[DemoTrack], workers: int) -> Iterable[dict[str, int]]:
    """Make the tracks album by album (an album shares its cover and its notes), and yield the sizes of each."""
    if workers == 1 or len(missing) <= _FEW:
        for track in missing:
            yield _make_tracks(directory, [track])
        return
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _leave_interrupts_to_parent) as pool:
        albums = [list(album) for _, album in groupby(missing, key=lambda track: (track.album_artist, track.album))]
        futures = [pool.submit(_make_tracks, directory, album) for album in albums]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _make_tracks(directory: Path, tracks: Sequence[DemoTrack]) -> dict[str, int]:
    """Make tracks and return their sizes by path."""
    return {track.path: _make_track(directory, track) for track in tracks}


def _make_track(directory: Path, track: DemoTrack) -> int:
    path = directory / track.path
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = None
    if track.album is not None and track.album_artist is not None:
        picture = covers.cover(track.album_artist, track.album)
        _replace(path.with_name(f"cover.{picture.extension}"), picture.content)
    part = path.with_name(f".{path.name}.part")
    encode.encode(part, synth.render(track), track.encoding)
    tags.write_tags(part, track, picture)
    part.replace(path)
    return path.stat().st_size


def _write_playlist(directory: Path, playlist: catalogue.DemoPlaylist) -> None:
    lines = ["#EXTM3U"]
    for track in playlist.tracks:
        entry = track.path.removeprefix(f"{playlist.folder}/")
        lines += [f"#EXTINF:{round(track.duration)},{track.artist} - {track.title}", entry]
    path = directory / playlist.folder / f"{catalogue.safe_name(playlist.title)}.m3u8"
    _replace(path, ("\n".join(lines) + "\n").encode())


def _replace(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` unless it is there; readers see the old file or the new one."""
    if _size(path) == len(content) and path.read_bytes() == content:
        return
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


@cache
def _recipe() -> str:
    """Return a text that differs whenever these modules or FFmpeg would make other bytes."""
    digest = hashlib.sha256(repr(sorted(av.library_versions.items())).encode())
    for module in (catalogue, covers, encode, synth, tags, tone_code):
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()


def _read_manifest(directory: Path) -> dict[str, int]:
    """Return the sizes by path of what the same recipe has made here; none if the manifest is not its own."""
    try:
        manifest = orjson.loads((directory / _MANIFEST).read_bytes())
    except FileNotFoundError, orjson.JSONDecodeError:
        return {}
    if not isinstance(manifest, dict) or manifest.get("recipe") != _recipe():
        return {}
    return dict(manifest["sizes"])


def _write_manifest(directory: Path, sizes: dict[str, int]) -> None:
    content = {"recipe": _recipe(), "sizes": sizes}
    _replace(directory / _MANIFEST, orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
