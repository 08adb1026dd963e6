"""The command that takes releases out of 7digital's shop, also while a server runs that notices it at once."""

import sqlite3
from contextlib import closing
from pathlib import Path

import click

from .account_command import state_folder
from .sevendigital_store import SevendigitalStore


@click.command()
@click.argument("releases", metavar="[RELEASE]...", nargs=-1, type=click.IntRange(min=1))
@click.option("--back", is_flag=True, help="Put the releases back.")
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    help="The server's state folder; left out: the user's own folder for such things.",
)
def withdraw(releases: tuple[int, ...], *, back: bool, state: Path | None) -> None:
    """Let releases be no longer available at 7digital, by the numbers that its locker lists.

    Then their tracks can be neither streamed nor downloaded there. Without a number, the releases that are not
    available are listed.
    """
    folder = state_folder(state)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(SevendigitalStore(folder)) as store:
            for release in releases:
                store.withdraw(release, withdrawn=not back)
            withdrawn = sorted(store.withdrawn())
    except OSError as error:
        raise click.ClickException(f"the state folder cannot be used: {error.strerror}") from None
    except sqlite3.Error as error:
        raise click.ClickException(f"the state folder's file of 7digital cannot be used: {error}") from None
    for release in withdrawn if not releases else ():
        click.echo(release)
