"""``mpd-bridge search``."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click
from rich.table import Table

from music_locker_core.library import LibraryError
from music_locker_core.library.snapshot import Found, find
from music_locker_core.models import MediaKind

from .consoles import table_console
from .options import (
    complete_lockers,
    config_option,
    configuration,
    json_option,
    locker_of,
    print_json,
    printable,
)
from .state import INDEX

_KINDS: Final = (MediaKind.ARTIST, MediaKind.ALBUM, MediaKind.TRACK, MediaKind.PLAYLIST)
_LIMIT: Final = 20


@click.command("search")
@click.argument("query")
@click.option("--locker", shell_complete=complete_lockers, help="Search this locker only.")
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice([str(kind) for kind in _KINDS]), help="Find only these kinds."
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=_LIMIT, show_default=True, help="How many at most.")
@json_option
@config_option
def command(  # noqa: PLR0913 - one argument for each option
    query: str, *, locker: str | None, kinds: Collection[str], limit: int, as_json: bool, file: Path
) -> None:
    """Find what holds all words of QUERY: artists, albums, tracks and playlists, the best first.

    The index is searched, whether the bridge runs or not. Exit codes: 0 searched, 1 the index cannot be read, 2 wrong
    configuration or usage.
    """
    config = configuration(file, secrets=False)
    if locker is not None:
        locker_of(config, locker)
    words = query.encode(errors="replace").decode()  # an argument may hold bytes that are no text
    if not words.strip():
        raise click.UsageError("say what to search for")
    try:
        found = find(
            config.state_directory / INDEX,
            words,
            locker=locker,
            kinds=[kind for kind in _KINDS if not kinds or kind in kinds],
            limit=limit,
        )
    except LibraryError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        print_json([asdict(one) for one in found])
    elif found:
        _print(found)
    else:
        click.echo("Nothing is found.", err=True)


def _print(found: Sequence[Found]) -> None:
    table = Table("Kind", "Title", "Artist", "Album", "Locker")
    for one in found:
        table.add_row(*(printable(cell or "") for cell in (one.kind, one.title, one.artist, one.album, one.locker)))
    table_console().print(table)
