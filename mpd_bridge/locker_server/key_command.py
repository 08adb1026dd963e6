"""The command line of the services' keys: made by hand, shown once, also while a server runs that takes them."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click

from .account_command import state_folder
from .accounts import Accounts
from .accounts_file import account_key
from .audiodelivery_fields import is_uuid
from .audiodelivery_keys import FILE as AUDIODELIVERY_FILE
from .audiodelivery_keys import ApiKeys
from .one_line import one_line
from .sevendigital_store import SevendigitalStore
from .tunesbag_book import FILE as TUNESBAG_FILE
from .tunesbag_book import Book, app_name

SERVICES = ("tunesbag", "sevendigital", "audiodelivery")

_state = click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    help="The server's state folder; left out: the user's own folder for such things.",
)
_service = click.argument("service", type=click.Choice(SERVICES))
_account = click.option("--account", "user", metavar="NAME", help="The account that it is for.")


def _folder(state: Path | None) -> Path:
    folder = state_folder(state)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _user(folder: Path, name: str) -> str:
    """Return an account's name as it is kept; raise ValueError where there is no such account."""
    accounts = Accounts(folder / "accounts.json")
    accounts.check_present(name)
    return accounts.names()[account_key(name.strip())].user


def _api_keys(folder: Path) -> ApiKeys:
    return ApiKeys(folder / AUDIODELIVERY_FILE)


def _book(folder: Path) -> Book:
    return Book(folder / TUNESBAG_FILE)


def _say(**settings: str) -> None:
    """Write what a client needs, under the names that its settings have here."""
    for name, value in settings.items():
        click.echo(f"{name}: {value}")


def _say_once(more: str = "") -> None:
    click.echo(f"Keep it now: it is not shown again.{more}", err=True)


@click.group("key")
def key() -> None:
    """Make, list and remove the keys by which programs use a locker server.

    MP3tunes needs none: its clients log in with an account. A server that is running takes changes over at once.
    """


@key.group()
def add() -> None:
    """Make a key for the service that the next word names."""


@add.command("audiodelivery")
@_account
@click.option("--collection", metavar="UUID", help="The only collection that it may touch.")
@_state
def add_audiodelivery(*, user: str | None, collection: str | None, state: Path | None) -> None:
    """Make an API key of the Audio Delivery Network, for an account or for everything."""
    if collection is not None and not is_uuid(collection):
        raise click.BadParameter("a collection is a UUID", param_hint="--collection")
    with one_line("the keys"):
        folder = _folder(state)
        keys = _api_keys(folder)
        made = keys.add(_user(folder, user) if user else None, collection.lower() if collection else None)
    found = keys.find(made)
    _say(api_key=made)
    _say_once(f" Its name is {found.name}." if found else "")


@add.command("tunesbag")
@_account
@click.option("--app", metavar="KEY", help="The application that the account's remote key is for; its key or its name.")
@click.option("--privileged", is_flag=True, help="The new application may send the password's MD5 instead.")
@_state
def add_tunesbag(*, user: str | None, app: str | None, privileged: bool, state: Path | None) -> None:
    """Make a tunesBag application key, or the remote key by which an application acts for an account.

    Once there is an application key, only the applications that have one may call.
    """
    if app is not None and (user is None or privileged):
        raise click.UsageError("--app is one that is there, and goes with --account only")
    with one_line("the keys"):
        folder = _folder(state)
        name = _user(folder, user) if user else None
        book = _book(folder)
        if app is None:
            app = book.add_application(privileged=privileged).key
            _say(app_key=app)
        else:
            app = next((one.key for one in book.applications() if one.name == app), app)
        if name is not None:
            _say(username=name, remote_key=book.give_key(account_key(name), app, anew=True).key)
    _say_once(f" The application's name is {app_name(app)}.")


@add.command("sevendigital")
@_account
@click.option("--consumer", metavar="KEY", help="The consumer that the account's token is for; left out: a new one.")
@click.option("--unmanaged", is_flag=True, help="A new consumer may only act for users who have allowed it.")
@_state
def add_sevendigital(*, user: str | None, consumer: str | None, unmanaged: bool, state: Path | None) -> None:
    """Make a 7digital consumer, or a token by which one acts for an account."""
    if consumer is not None and (user is None or unmanaged):
        raise click.UsageError("--consumer is one that is there, and goes with --account only")
    with one_line("the keys"):
        folder = _folder(state)
        name = _user(folder, user) if user else None
        with closing(SevendigitalStore(folder)) as store:
            if consumer is None:
                made = store.add_consumer(managed=not unmanaged)
                consumer = made.key
                _say(consumer_key=made.key, consumer_secret=made.secret)
            if name is not None:
                token = store.add_token(name, consumer)
                _say(token=token.token, token_secret=token.secret, user_id=str(store.user_id(name)))
    _say_once()


@key.command("list")
@click.argument("service", type=click.Choice(SERVICES), required=False)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@_state
def list_keys(service: str | None, *, as_json: bool, state: Path | None) -> None:
    """List the keys of a service, or of all, by their names; nothing secret is shown."""
    with one_line("the keys"):
        folder = _folder(state)
        listed = [entry for one in SERVICES if service in {None, one} for entry in _LISTS[one](folder)]
    if as_json:
        click.echo(json.dumps(listed, ensure_ascii=False))
        return
    for entry in listed:
        click.echo("  ".join(str(value) for value in entry.values() if value is not None))
    if not listed:
        click.echo("there is no key yet: make one with locker-server key add SERVICE", err=True)


type _Entry = dict[str, str | None]


def _list_audiodelivery(folder: Path) -> Iterator[_Entry]:
    for one in _api_keys(folder).all():
        for_what = f"for the collection {one.collection_id}" if one.collection_id else None
        yield {"service": "audiodelivery", "name": one.name, "account": one.user or "no account", "only": for_what}


def _list_sevendigital(folder: Path) -> Iterator[_Entry]:
    with closing(SevendigitalStore(folder)) as store:
        for one in store.consumers():
            kind = "managed consumer" if one.managed else "consumer"
            yield {"service": "sevendigital", "name": one.key, "kind": kind, "account": None}
        for user, consumer in store.tokens():
            yield {"service": "sevendigital", "name": consumer, "kind": "token of", "account": user}


def _list_tunesbag(folder: Path) -> Iterator[_Entry]:
    book = _book(folder)
    for app in book.applications():
        kind = "privileged application" if app.privileged else "application"
        yield {"service": "tunesbag", "name": app.name, "kind": kind, "account": None}
    for one in book.remote_keys():
        yield {"service": "tunesbag", "name": app_name(one.app), "kind": "remote key of", "account": one.user}


_LISTS = {"tunesbag": _list_tunesbag, "audiodelivery": _list_audiodelivery, "sevendigital": _list_sevendigital}


@key.command()
@_service
@click.argument("name", required=False)
@click.option("--account", "user", metavar="NAME", help="Remove what an account has allowed, and no program.")
@_state
def remove(service: str, name: str | None, *, user: str | None, state: Path | None) -> None:
    """Remove the key NAME of a service, or with --account the tokens of an account."""
    if (name is None) == (user is None):
        raise click.UsageError("say which: a NAME as list shows it, or --account")
    with one_line("the keys"):
        folder = _folder(state)
        if name is not None:
            _REMOVALS[service](folder, name.strip())
            click.echo(f"Removed the key {name.strip()} of {service}.")
        elif user is not None:
            removed = _OF_ACCOUNT[service](folder, user.strip())
            click.echo(f"Removed {removed} of {user.strip()}.")


def _remove_audiodelivery(folder: Path, name: str) -> None:
    _api_keys(folder).remove(name)


def _remove_sevendigital(folder: Path, name: str) -> None:
    with closing(SevendigitalStore(folder)) as store:
        if not store.remove_consumer(name):
            raise ValueError(f"there is no consumer {name!r}")


def _remove_tunesbag(folder: Path, name: str) -> None:
    _book(folder).remove_application(name.lower())


def _revoke_tunesbag(folder: Path, user: str) -> str:
    return _counted(_book(folder).revoke(account_key(user)), "remote key")


def _revoke_audiodelivery(folder: Path, user: str) -> str:
    return _counted(_api_keys(folder).revoke(user), "key")


def _revoke_sevendigital(folder: Path, user: str) -> str:
    with closing(SevendigitalStore(folder)) as store:
        return _counted(store.revoke(user), "token")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


_REMOVALS = {"tunesbag": _remove_tunesbag, "audiodelivery": _remove_audiodelivery, "sevendigital": _remove_sevendigital}
_OF_ACCOUNT = {
    "tunesbag": _revoke_tunesbag,
    "audiodelivery": _revoke_audiodelivery,
    "sevendigital": _revoke_sevendigital,
}
