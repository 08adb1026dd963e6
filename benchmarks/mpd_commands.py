"""The database commands of the MPD face beside MPD itself: the same made-up songs, the same commands, in turns.

Both databases are written directly, so nothing has to be encoded or scanned. Times are medians of whole answers, read
to their last byte; a ratio is ours divided by MPD's.
"""

import asyncio
import gzip
import shutil
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import click
from rich.console import Console
from rich.table import Table

from benchmarks.generated_locker import CHANGED, GeneratedLocker
from benchmarks.mpd_client import MpdClient, connect
from music_locker_core.hub import Core
from music_locker_core.models import Track
from music_locker_core.mpd.server import MpdServer
from script.demo_parts.processes import LOOPBACK, answers, free_port, running

_LIMIT = 120.0  # seconds
_REPEATS = 15
_MPD = """\
bind_to_address "127.0.0.1"
port "{port}"
music_directory "{folder}/music"
db_file "{folder}/database"
metadata_to_use "artist,albumartist,title,album,track,date,genre"
max_output_buffer_size "65536"
audio_output {{
    type "null"
    name "null"
}}
"""
_TAGS = ("Artist", "AlbumArtist", "Title", "Album", "Track", "Date", "Genre")


def _commands(track: Track) -> Sequence[str]:
    word = track.title.split()[0]
    folder = track.uri.rpartition("/")[0]
    return (
        "ping",
        "listall",
        "listallinfo",
        f'lsinfo "{folder}"',
        f'find artist "{track.artist}"',
        f'find artist "{track.artist}" album "{track.album}"',
        f'find "((artist == \\"{track.artist}\\") AND (album != \\"{track.album}\\"))"',
        f"search any {word}",
        f'search "(title contains \\"{word}\\")" window 0:50',
        "find genre Jazz sort title window 0:100",
        "list artist",
        "list album group albumartist",
        f'list album artist "{track.artist}"',
        "count genre Jazz",
        "count group artist",
    )


async def _serve(state: Path, port: int, count: int) -> None:
    """Fill an index and serve it until the process is ended."""
    core = await Core.open(state)
    async with aiohttp.ClientSession() as session:
        await core.add_locker("bench", "Bench", GeneratedLocker(session, count))
        await core.sync("bench")
        await core.add_player("default", "Default")
        await MpdServer(core, host=LOOPBACK, port=port).start()
        await asyncio.Event().wait()


def _database(tracks: Sequence[Track]) -> Iterator[str]:
    """Return the lines of MPD's database file."""
    yield "info_begin\nformat: 2\nmpd_version: 0.23.12\nfs_charset: UTF-8\n"
    yield from (f"tag: {tag}\n" for tag in _TAGS)
    yield "info_end\n"
    yield from _directory("", [(track.uri.split("/"), track) for track in tracks])


def _directory(path: str, entries: Sequence[tuple[list[str], Track]]) -> Iterator[str]:
    mtime = int(CHANGED.timestamp())
    for rest, track in entries:
        if len(rest) == 1:
            values = (track.artist, track.album_artist, track.title, track.album, track.number, track.year, track.genre)
            yield f"song_begin: {rest[0]}\nTime: {track.duration}\n"
            yield from (f"{tag}: {value}\n" for tag, value in zip(_TAGS, values, strict=True))
            yield f"Format: 44100:24:2\nmtime: {mtime}\nsong_end\n"
    below = [entry for entry in entries if len(entry[0]) > 1]
    for name, members in groupby(sorted(below, key=lambda entry: entry[0]), key=lambda entry: entry[0][0]):
        inner = f"{path}/{name}" if path else name
        yield f"directory: {name}\nmtime: {mtime}\nbegin: {inner}\n"
        yield from _directory(inner, [(rest[1:], track) for rest, track in members])
        yield f"end: {inner}\n"


async def _tracks(state: Path, count: int) -> Sequence[Track]:
    """Return the tracks with the paths that the library gives them."""
    core = await Core.open(state)
    async with aiohttp.ClientSession() as session:
        await core.add_locker("bench", "Bench", GeneratedLocker(session, count))
        await core.sync("bench")
        tracks = list(core.library.catalog.tracks)
        await core.close()
    return tracks


async def _compare(count: int, folder: Path) -> Table:
    tracks = await _tracks(folder / "paths", count)
    ours, theirs = free_port(), free_port()
    peer = folder / "peer"
    (peer / "music").mkdir(parents=True)
    (peer / "database").write_bytes(gzip.compress("".join(_database(tracks)).encode()))
    (peer / "mpd.conf").write_text(_MPD.format(port=theirs, folder=peer))
    mpd = shutil.which("mpd")
    assert mpd is not None, "the program mpd is missing: run script/setup debian"
    serve: list[str | Path] = [sys.executable, "-m", "benchmarks.mpd_commands", "--tracks", str(count)]
    serve += ["--serve", folder / "ours", "--port", str(ours)]
    async with (
        running("bridge", serve, folder / "ours.out") as bridge,
        running("peer", [mpd, "--no-daemon", "--stderr", peer / "mpd.conf"], folder / "peer.out") as process,
    ):
        await bridge.ready(lambda: answers(ours), _LIMIT)
        await process.ready(lambda: answers(theirs), _LIMIT)
        return await asyncio.to_thread(_table, ours, theirs, tracks[len(tracks) // 2])


def _table(ours: int, theirs: int, track: Track) -> Table:
    table = Table("command", "bytes", "ours, ms", "MPD, ms", "ratio", title="MPD's database commands")
    with connect(ours) as our_client, connect(theirs) as their_client:
        before = time.perf_counter()
        our_client("listallinfo")
        table.add_row("the first answer", "", f"{(time.perf_counter() - before) * 1000:.1f}", "", "")
        for command in _commands(track):
            _time(table, command, our_client, their_client)
    return table


def _time(table: Table, command: str, ours: MpdClient, theirs: MpdClient) -> None:
    """Time a command in turns, so that what else the machine does meets both."""
    size = len(ours(command))
    assert (found := theirs(command)).count(b"\nfile: ") == ours(command).count(b"\nfile: "), (command, found[:200])
    pairs = [(ours.seconds(command), theirs.seconds(command)) for _ in range(_REPEATS)]
    our_time, their_time = (statistics.median(side) * 1000 for side in zip(*pairs, strict=True))
    shown = command if len(command) < 60 else f"{command[:57]}..."  # noqa: PLR2004 - a column's width
    table.add_row(shown, f"{size:,}", f"{our_time:.3f}", f"{their_time:.3f}", f"{our_time / their_time:.2f}")


@click.command()
@click.option("--tracks", default=20_000, show_default=True, help="How many songs.")
@click.option("--serve", type=click.Path(path_type=Path), hidden=True)
@click.option("--port", type=int, hidden=True)
def main(tracks: int, serve: Path | None, port: int | None) -> None:
    """Print how long the database commands take, ours and MPD's."""
    if serve is not None and port is not None:
        asyncio.run(_serve(serve, port, tracks))
        return
    with TemporaryDirectory() as folder:
        table = asyncio.run(_compare(tracks, Path(folder)))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
