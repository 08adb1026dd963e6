"""``mpd-bridge login``."""

import asyncio
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import aiohttp
import click
from click.shell_completion import CompletionItem

from music_locker_core.errors import LockerError
from music_locker_core.lockers import ADAPTERS
from music_locker_core.lockers.base import AuthorisationKind
from music_locker_core.models import Account

from . import secrets_file
from .config import Config, LockerConfig
from .logins import adapter_of, begin_authorisation, finish_authorisation, log_in
from .options import complete_lockers, config_option, configuration, locker_of, printable
from .state import StateError, holder

_LONGEST = 1024  # letters
_ANSWERS = {AuthorisationKind.COPIED_KEY: "key", AuthorisationKind.REDIRECT: "PIN"}


def _complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer a shell the names of the lockers, and those of the services."""
    services = [CompletionItem(service) for service in ADAPTERS if service.startswith(incomplete)]
    return [*complete_lockers(context, parameter, incomplete), *services]


@click.command("login")
@click.argument("locker", shell_complete=_complete)
@config_option
def command(locker: str, *, file: Path) -> None:
    """Log in to LOCKER, or to the only locker of a service, and keep the secrets that the configuration does not give.

    They are asked for without showing them, or are lines of the standard input, and are kept in secrets.json in the
    state folder, which only its owner can read. Where the service asks the owner of the account on a page of its own,
    the page is printed first; the key or PIN that it shows is asked for in the same way. Exit codes: 0 logged in, 1
    not, 2 wrong configuration or usage.
    """
    config = configuration(file, secrets=False)
    chosen = _chosen(config, locker)
    given = {key: value for key, value in chosen.settings.items() if key not in chosen.kept}
    secrets = dict(_asked(replace(chosen, settings=given)))
    try:
        secrets |= _granted(replace(chosen, settings={**given, **secrets}))
        account = asyncio.run(_log_in(replace(chosen, settings={**given, **secrets})))
    except LockerError as error:
        raise click.ClickException(f"{printable(chosen.name)}: {printable(str(error))}") from error
    click.echo(f"Logged in to {printable(chosen.name)} as {printable(account.name)}.")
    if not secrets:
        click.echo("The configuration gives all secrets: nothing is kept.")
        return
    try:
        kept = secrets_file.keep(config.state_directory, chosen.name, secrets)
    except secrets_file.SecretsError as error:
        raise click.ClickException(f"{config.state_directory / secrets_file.SECRETS}: {error}") from error
    click.echo(f"The secrets are kept in {kept}.")
    _tell_running(config.state_directory)


def _chosen(config: Config, name: str) -> LockerConfig:
    """Return the locker of this name, or the only one of the service of this name."""
    named = [locker for locker in config.lockers if locker.name == name]
    if named or name not in ADAPTERS:
        return locker_of(config, name)
    match [locker for locker in config.lockers if locker.service == name]:
        case [locker]:
            return locker
        case []:
            raise click.UsageError(f"The configuration has no locker of {name}: write a [[locker]] for it first")
        case several:
            names = ", ".join(printable(locker.name) for locker in several)
            raise click.UsageError(f"Say which locker of {name}: {names}")


def _asked(locker: LockerConfig) -> Iterator[tuple[str, str]]:
    """Ask for each secret that is not given, apart from those that an authorisation grants."""
    for setting in ADAPTERS[locker.service].info.settings:
        if setting.secret and not setting.granted and setting.key not in locker.settings:
            value = _secret(setting.key.replace("_", " "), required=setting.required)
            if value:
                yield setting.key, value


def _granted(locker: LockerConfig) -> Mapping[str, str]:
    """Let the account's owner authorise us where that is needed, and return what is granted; raise LockerError."""
    info = ADAPTERS[locker.service].info
    needed = info.authorisation_for(locker.settings)
    if needed is None or not info.lacks_authorisation(locker.settings):
        return {}
    request = asyncio.run(begin_authorisation(locker))
    click.echo(f"Open this page, log in there and let Music Locker in: {printable(str(request.page))}")
    answer = _secret(_ANSWERS[needed.kind], required=True)
    return asyncio.run(finish_authorisation(locker, request, answer.strip()))


def _secret(words: str, *, required: bool) -> str:
    """Return what is typed unseen, or the next line of the standard input; empty only where it may be."""
    if sys.stdin.isatty():
        prompt = _capitalised(words) if required else f"{_capitalised(words)} (Enter for none)"
        typed: str = click.prompt(prompt, hide_input=True, default=None if required else "", show_default=False)
    else:
        typed = _line()
    if required and not typed:
        raise click.ClickException(f"There is no {words}: type it, or give it as a line of the standard input")
    if not typed.isprintable() or len(typed) > _LONGEST:
        raise click.ClickException(f"A {words} is one line of at most {_LONGEST} letters")
    return typed


def _capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]


def _line() -> str:
    try:
        return sys.stdin.readline(_LONGEST + 3).removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise click.ClickException("The standard input is not UTF-8") from None


async def _log_in(locker: LockerConfig) -> Account:
    async with aiohttp.ClientSession() as session:
        adapter = adapter_of(locker, session)
        try:
            return await log_in(adapter)
        finally:
            await adapter.close()


def _tell_running(directory: Path) -> None:
    """Say how a bridge that runs gets the secrets."""
    try:
        running = holder(directory)
    except StateError:
        return
    if running is not None and running.mpd_address() is not None:
        click.echo(f"The bridge runs: kill -HUP {running.pid} lets it use them.")
