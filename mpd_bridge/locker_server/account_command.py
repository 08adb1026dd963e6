"""The command line of the accounts: they are made by hand, also while a server runs that has them."""

import json
import re
import sys
import time
from contextlib import closing
from pathlib import Path

import click
import platformdirs

from .accounts import Account, Accounts
from .accounts_file import account_key
from .audiodelivery_keys import FILE as AUDIODELIVERY_FILE
from .audiodelivery_keys import ApiKeys
from .one_line import one_line
from .sevendigital_store import FILE_NAME as SEVENDIGITAL_FILE
from .sevendigital_store import SevendigitalStore
from .tunesbag_book import FILE as TUNESBAG_FILE
from .tunesbag_book import Book
from .tunesbag_social_store import FILE as STORE_FILE
from .tunesbag_social_store import SocialStore
from .usage import usage

_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,3})?)\s*([KMGT]?)(?:i?B)?", re.IGNORECASE | re.ASCII)
_LONGEST_PASSWORD = 1024
_READ = _LONGEST_PASSWORD + 3  # a line end more, and one letter to tell that there is more

NO_QUOTA = -1
"""The size that stands for no limit; None is what was not said."""


def _bytes(_context: click.Context, _parameter: click.Parameter, value: str | None) -> int | None:
    """Return a number of bytes as people write it: 500M, 1.5G, none."""
    if value is None:
        return None
    if value.strip().lower() == "none":
        return NO_QUOTA
    if (found := _SIZE.fullmatch(value.strip())) is None:
        raise click.BadParameter(f"{value!r} is no size: write 500M or 5G, or none")
    return int(float(found[1]) * _UNITS[found[2].upper()])


def state_folder(value: Path | None) -> Path:
    """Return the folder of accounts, index and trash: what was said, or the user's own."""
    return value or platformdirs.user_state_path("music-locker") / "locker-server"


_state = click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    help="The server's folder for accounts, index and trash; left out: the user's own folder for such things.",
)
_password_file = click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="A file whose only line is the password; - is the standard input.",
)
_quota = click.option(
    "--quota",
    metavar="SIZE",
    callback=_bytes,
    help="How much the account may upload, such as 500M or 5G; none for as much as it likes.",
)
_folder = click.option(
    "--folder", metavar="PATH", help="The part of the music that the account sees, below DIR; / for all of it."
)
_read_only = click.option("--read-only/--read-write", default=None, help="Whether it may change the locker.")


def _accounts(state: Path | None) -> Accounts:
    return Accounts(state_folder(state) / "accounts.json")


def _password(file: Path | None) -> str:
    """Return the password: from a file, typed unseen where somebody can type, or else the standard input's line."""
    if file is None and sys.stdin.isatty():
        text: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return text
    try:
        return _only_line(sys.stdin.readline(_READ) if file is None or str(file) == "-" else _start_of(file))
    except OSError as error:
        raise click.ClickException(f"the password cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise click.ClickException("the password is not UTF-8") from None


def _start_of(file: Path) -> str:
    with file.open(encoding="utf-8") as opened:
        return opened.read(_READ)


def _only_line(text: str) -> str:
    line = text.removesuffix("\n").removesuffix("\r")
    if not line:
        raise click.ClickException("there is no password: type it, or give it with --password-file")
    if not line.isprintable() or len(line) > _LONGEST_PASSWORD:
        raise click.ClickException(f"a password is one line of at most {_LONGEST_PASSWORD} letters")
    return line


def _quota_of(size: int | None) -> int | None:
    return None if size == NO_QUOTA else size


def _folder_of(said: str | None) -> str | None:
    """Return the folder that was said, None for all of the music."""
    return None if said in {None, "", "/", "."} else said


@click.group("account")
def account() -> None:
    """Make, change and remove the accounts of a locker server.

    A server that is running takes changes over at once. Who is removed, or gets another password, is logged out.
    """


@account.command()
@click.argument("name")
@_password_file
@_quota
@_folder
@_read_only
@_state
def add(  # noqa: PLR0913 - one parameter an option
    name: str,
    *,
    password_file: Path | None,
    quota: int | None,
    folder: str | None,
    read_only: bool | None,
    state: Path | None,
) -> None:
    """Make the account NAME, for most clients an e-mail address.

    The password is asked for, or is a line of the standard input.
    """
    with one_line("accounts.json"):
        accounts = _accounts(state)
        accounts.check_free(name)
        made = accounts.add(
            name,
            _password(password_file),
            quota=_quota_of(quota),
            folder=_folder_of(folder),
            read_only=read_only,
            must_be_new=True,
        )
    click.echo(f"Made the account {made.user}.")


@account.command()
@click.argument("name")
@_password_file
@_state
def passwd(name: str, *, password_file: Path | None, state: Path | None) -> None:
    """Give the account NAME another password, asked for or a line of the standard input."""
    with one_line("accounts.json"):
        accounts = _accounts(state)
        accounts.check_present(name)
        changed = accounts.set_password(name, _password(password_file))
    click.echo(f"Changed the password of {changed.user}.")


@account.command()
@click.argument("name")
@_quota
@_folder
@_read_only
@_state
def change(name: str, *, quota: int | None, folder: str | None, read_only: bool | None, state: Path | None) -> None:
    """Change what the account NAME may do."""
    if quota is None and folder is None and read_only is None:
        raise click.UsageError("say what to change: --quota, --folder, --read-only or --read-write")
    with one_line("accounts.json"):
        accounts = _accounts(state)
        if quota is not None:
            accounts.set_quota(name, _quota_of(quota))
        if folder is not None:
            accounts.set_folder(name, _folder_of(folder))
        if read_only is not None:
            accounts.set_read_only(name, read_only=read_only)
        changed = accounts.names()[account_key(name.strip())]
    click.echo(_line(changed))


@account.command()
@click.argument("name")
@_state
def remove(name: str, *, state: Path | None) -> None:
    """Remove the account NAME, with the keys that act for it. What it has uploaded stays in the folder."""
    with one_line("accounts.json"):
        removed = _accounts(state).remove(name)
        _forget(state_folder(state), removed.user)
    click.echo(f"Removed the account {removed.user}.")


def _forget(folder: Path, user: str) -> None:
    """Take back keys, and forget what is an account's own: the next one of that name may be somebody else's."""
    Book(folder / TUNESBAG_FILE).forget(account_key(user))
    if (folder / STORE_FILE).exists():
        with closing(SocialStore(folder / STORE_FILE, time.time)) as social:
            social.forget(account_key(user))
    ApiKeys(folder / AUDIODELIVERY_FILE).revoke(user)
    if (folder / SEVENDIGITAL_FILE).exists():
        with closing(SevendigitalStore(folder)) as store:
            store.revoke(user)


@account.command("list")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, sizes in bytes.")
@_state
def list_accounts(*, as_json: bool, state: Path | None) -> None:
    """List the accounts, what they may do, and how much of what they have uploaded is there."""
    with one_line("accounts.json"):
        accounts = list(_accounts(state).names().values())
    added = usage(state_folder(state))
    listed = [(one, added.get(account_key(one.user), 0)) for one in accounts]
    if as_json:
        kept = [
            {"user": one.user, "read_only": one.read_only, "quota": one.quota, "folder": one.folder, "used": used}
            for one, used in listed
        ]
        click.echo(json.dumps(kept, ensure_ascii=False))
        return
    for one, used in listed:
        click.echo(f"{_line(one)}  {used / _UNITS['M']:.1f}M used")
    if not accounts:
        click.echo("There is no account yet: make one with account add NAME.", err=True)


def _line(one: Account) -> str:
    rights = "read-only" if one.read_only else "read-write"
    quota = "no quota" if one.quota is None else f"quota {_written(one.quota)}"
    return "  ".join([one.user, rights, quota, *([] if one.folder is None else [f"folder {one.folder}"])])


def _written(size: int) -> str:
    """Return a size in the largest unit in which it is whole."""
    unit = next(unit for unit in reversed(_UNITS) if size % _UNITS[unit] == 0)
    return f"{size // _UNITS[unit]}{unit}" if size else "0"
