"""The command line of what tunesBag knows of accounts: friends, and libraries beside the default one."""

from pathlib import Path

import click

from .account_command import state_folder
from .accounts import Accounts
from .accounts_file import account_key
from .tunesbag_book import FILE, Book
from .tunesbag_libraries import library_key

_state = click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    help="The server's state folder; left out: the user's own folder for such things.",
)


def _opened(state: Path | None, *names: str) -> tuple[Book, list[str]]:
    """Return the file of friends, and the keys of these accounts; raise ClickException."""
    folder = state_folder(state)
    try:
        accounts = Accounts(folder / "accounts.json")
        for name in names:
            accounts.check_present(name)
        return Book(folder / FILE), [account_key(name.strip()) for name in names]
    except OSError as error:
        raise click.ClickException(f"the state folder cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise click.ClickException(str(error)) from None


def _written(error: OSError) -> click.ClickException:
    return click.ClickException(f"{FILE} cannot be written: {error.strerror or error}")


@click.command()
@click.argument("name")
@click.argument("friend")
@click.option("--library/--no-library", default=True, help="Whether FRIEND may load the library of NAME.")
@_state
def befriend(name: str, friend: str, *, library: bool, state: Path | None) -> None:
    """Make the accounts NAME and FRIEND friends at tunesBag; each shows the other its library.

    With --no-library NAME does not show its own, whether they are friends already or not.
    """
    book, (user, other) = _opened(state, name, friend)
    if user == other:
        raise click.UsageError("nobody is a friend of himself")
    try:
        book.befriend(user, other, library=library)
    except OSError as error:
        raise _written(error) from None
    shows = "shows" if library else "does not show"
    click.echo(f"{name} and {friend} are friends; {name} {shows} the library.")


@click.command()
@click.argument("name")
@click.argument("friend")
@_state
def unfriend(name: str, friend: str, *, state: Path | None) -> None:
    """End the friendship of the accounts NAME and FRIEND at tunesBag."""
    book, (user, other) = _opened(state, name, friend)
    try:
        book.unfriend(user, other)
    except OSError as error:
        raise _written(error) from None
    click.echo(f"{name} and {friend} are no friends.")


@click.command()
@click.argument("name")
@click.argument("title")
@click.argument("folder")
@_state
def library(name: str, title: str, folder: str, *, state: Path | None) -> None:
    """Make FOLDER, below the music, the library TITLE of the account NAME at tunesBag; write the key of it."""
    book, (user,) = _opened(state, name)
    try:
        book.set_library(user, title, folder)
    except OSError as error:
        raise _written(error) from None
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    click.echo(library_key(user, title))
