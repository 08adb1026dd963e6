"""The library by itself: how fast a made-up locker is indexed, opened, browsed and searched."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sized
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import click
from rich.console import Console
from rich.table import Table

from benchmarks.generated_locker import GeneratedLocker
from music_locker_core.library import Library

_REPEATS = 7


async def _timed[R](work: Callable[[], Awaitable[R]]) -> tuple[R, float]:
    """Return a result and the seconds that it took."""
    start = time.perf_counter()
    return await work(), time.perf_counter() - start


async def _measure(count: int, table: Table) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "library.db")
        library = await Library.open(path)
        await library.add_locker("one", "Music")
        async with aiohttp.ClientSession() as session:
            locker = GeneratedLocker(session, count)
            _, first = await _timed(lambda: library.sync("one", locker, force=True))
            _, again = await _timed(lambda: library.sync("one", locker, force=True))
        table.add_row("first sync", f"{first:.2f} s", f"{count / first:,.0f} tracks/s")
        table.add_row("sync without a change", f"{again:.2f} s", f"{count / again:,.0f} tracks/s")
        await library.close()
        library, opened = await _timed(lambda: Library.open(path))
        table.add_row("open: check and snapshot", f"{opened:.2f} s", f"{count / opened:,.0f} tracks/s")
        _browse(library, table)
        title = library.catalog.tracks[count // 2].title
        for query in (title, title[:5], title.split()[0], "lan", "the", "mo", "o", "zzzz"):
            await _search(f"search {query!r}", library.search, query, table)
        track = library.catalog.tracks[count // 2]
        for said in (f"play some {track.artist}", f"the song {title} by {track.artist}", "mo by o by mo by o by mo"):
            await _search(f"find {said!r}", library.find, said, table)
        await library.close()


def _browse(library: Library, table: Table) -> None:
    catalog = library.catalog
    start = time.perf_counter()
    page = [(album.id, album.title) for album in catalog.albums("one")[:500]]
    tracks = catalog.genre_tracks("one", catalog.genres("one")[0])
    directory = catalog.directory("Music")
    seconds = time.perf_counter() - start
    assert directory is not None
    shown = f"{len(page)} albums, {len(tracks)} tracks of a genre, {len(directory.directories)} directories"
    table.add_row("browse", f"{seconds * 1000:.2f} ms", shown)


async def _search(name: str, search: Callable[[str], Awaitable[Sized]], query: str, table: Table) -> None:
    times = []
    for _ in range(_REPEATS):
        found, seconds = await _timed(lambda: search(query))
        times.append(seconds)
    table.add_row(name, f"{statistics.median(times) * 1000:.1f} ms", f"{len(found)} found")


@click.command()
@click.option("--tracks", default=20_000, show_default=True, help="How many tracks the locker has.")
def main(tracks: int) -> None:
    """Print how fast the library is with so many tracks."""
    table = Table("what", "time", "of", title=f"library, {tracks:,} tracks")
    asyncio.run(_measure(tracks, table))
    Console().print(table)


if __name__ == "__main__":
    main()
