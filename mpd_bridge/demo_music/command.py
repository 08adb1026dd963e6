"""``mpd-bridge demo-music``."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from .folder import make


@click.command("demo-music")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
def command(directory: Path) -> None:
    """Make a folder of invented music (about 250 tracks, 40 MB) in DIRECTORY.

    What is there already is kept; the same tracks are the same bytes on every machine with the same FFmpeg.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Demo music", total=None)
        try:
            made = make(directory, progress=lambda done, total: bar.update(task, completed=done, total=total))
        except OSError as error:
            raise click.ClickException(f"{directory}: {error.strerror or error}") from error
    click.echo(f"{directory}: {made.made} tracks made, {made.kept} were there")
