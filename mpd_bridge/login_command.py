"""``mpd-bridge login``."""

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import click

from music_locker_core.errors import LockerError
from music_locker_core.lockers import ADAPTERS
from music_locker_core.lockers.base import Setting
from music_locker_core.models import Account

from . import secrets_file
from .config import Config, LockerConfig
from .logins import adapter_of, log_in
from .options import complete_lockers, config_option, configuration, locker_of, printable
from .state import StateError, holder

_LONGEST = 1024  # letters


@click.command("login")
@click.argument("locker", shell_complete=complete_lockers)
@config_option
def command(locker: str, *, file: Path) -> None:
    """Log in to LOCKER, or to the only locker of a service, and keep the secrets that the configuration does not give.

    They are asked for without showing them, or are lines of the standard input, and are kept in secrets.json in the
    state folder, which only its owner can read. Exit codes: 0 logged in, 1 not, 2 wrong configuration or usage.
    """
    config = configuration(file, secrets=False)
    chosen = _chosen(config, locker)
    asked = dict(_asked(chosen))
    account = _checked(replace(chosen, settings={**chosen.settings, **asked}))
    click.echo(f"Logged in to {printable(chosen.name)} as {printable(account.name)}.")
    if not asked:
        click.echo("The configuration gives all secrets: nothing is kept.")
        return
    try:
        kept = secrets_file.keep(config.state_directory, chosen.name, asked)
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
    """Ask for each secret that is given nowhere, or only by an earlier login."""
    for setting in ADAPTERS[locker.service].info.settings:
        given = setting.key in locker.settings and setting.key not in locker.kept
        if setting.secret and not given and (value := _secret(setting)):
            yield setting.key, value


def _secret(setting: Setting) -> str:
    """Return what is typed unseen, or the next line of the standard input; empty only where it may be."""
    words = setting.key.replace("_", " ")
    if sys.stdin.isatty():
        default = None if setting.required else ""
        typed: str = click.prompt(words.capitalize(), hide_input=True, default=default, show_default=False)
    else:
        typed = _line()
    if setting.required and not typed:
        raise click.ClickException(f"There is no {words}: type it, or give it as a line of the standard input")
    if not typed.isprintable() or len(typed) > _LONGEST:
        raise click.ClickException(f"A {words} is one line of at most {_LONGEST} letters")
    return typed


def _line() -> str:
    try:
        return sys.stdin.readline(_LONGEST + 3).removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise click.ClickException("The standard input is not UTF-8") from None


def _checked(locker: LockerConfig) -> Account:
    try:
        return asyncio.run(_log_in(locker))
    except LockerError as error:
        raise click.ClickException(f"{printable(locker.name)}: {printable(str(error))}") from error


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
