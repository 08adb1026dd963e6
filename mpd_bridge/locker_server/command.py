"""The command line of the locker server."""

import asyncio
import errno
import signal
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import override

import click
from click.shell_completion import CompletionItem

from .account_command import account, state_folder
from .accounts_file import account_key
from .audiodelivery_options import AudiodeliveryOptions
from .friends_command import befriend, library, unfriend
from .key_command import key
from .mp3tunes_options import Mp3tunesOptions
from .server import DEFAULT_SESSION_LIFETIME, SERVICES, LockerServer
from .sevendigital_command import withdraw
from .sevendigital_options import DEFAULT_DOWNLOADS, SevendigitalOptions
from .tunesbag_options import TunesbagOptions


def _split_account(text: str) -> tuple[str, str]:
    user, colon, password = text.strip().partition(":")
    if not colon or not user or not password:
        raise click.BadParameter("an account is USER:PASSWORD")
    return user, password


def _accounts(
    _context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    return _of_different_names(map(_split_account, values))


def _account_file(
    _context: click.Context, _parameter: click.Parameter, value: Path | None
) -> tuple[tuple[str, str], ...]:
    if value is None:
        return ()
    try:
        lines = value.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise click.BadParameter(f"{value.name} is not UTF-8") from None
    except OSError as error:
        raise click.BadParameter(f"{value.name} cannot be read: {error.strerror}") from None
    return _of_different_names(_split_account(line) for line in lines if line.strip() and not line.startswith("#"))


def _of_different_names(accounts: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the accounts; raise BadParameter where one name would get two passwords."""
    found: dict[str, tuple[str, str]] = {}
    for user, password in accounts:
        other, _password = found.setdefault(account_key(user), (user, password))
        if found[account_key(user)] != (user, password):
            raise click.BadParameter(f"two accounts of one name: {other} and {user}")
    return tuple(found.values())


async def _serve(server: LockerServer, host: str, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    starting = asyncio.create_task(server.start(host, port))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            await starting
            click.echo(f"Locker server at {server.url}")
            await stopping
    finally:
        for task in (starting, stopping):
            task.cancel()
        await asyncio.gather(starting, stopping, return_exceptions=True)
        await server.close()


class _LockerServer(click.Group):
    """A group whose first word may be a folder: then it is the command that serves it."""

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["serve", *args]
        return super().parse_args(ctx, args)

    @override
    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer what may stand here: a command, or a folder or an option of serving it."""
        served = click.Context(serve, parent=ctx)
        folder = serve.params[0].shell_complete(served, incomplete) if incomplete[:1] != "-" else []
        return [*super().shell_complete(ctx, incomplete), *serve.shell_complete(served, incomplete), *folder]

    @override
    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "DIR [OPTIONS]")
        formatter.write_usage(ctx.command_path, "account COMMAND [ARGS]...")
        formatter.write_usage(ctx.command_path, "key COMMAND [ARGS]...")

    @override
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        serve.format_options(ctx, formatter)
        self.format_commands(ctx, formatter)


@click.group("locker-server", cls=_LockerServer)
def command() -> None:
    """Serve the folder DIR of music as an online locker, or manage the accounts and keys of one.

    A folder that is called like a command is ./account.
    """


for about_friends in (befriend, unfriend, library):
    account.add_command(about_friends)
command.add_command(account)
command.add_command(key)
command.add_command(withdraw)


@command.command(hidden=True)
@click.argument("music", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8090, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
@click.option("--state", type=click.Path(file_okay=False, path_type=Path), help="Folder for accounts, index and trash.")
@click.option(
    "--account",
    "accounts",
    multiple=True,
    callback=_accounts,
    metavar="USER:PASSWORD",
    help="Make an account, or change its password; may be repeated. Accounts are kept.",
)
@click.option(
    "--account-file",
    "more_accounts",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    callback=_account_file,
    help="The same from a file, one USER:PASSWORD a line: a command line can be read by others.",
)
@click.option(
    "--partner-token",
    "tokens",
    multiple=True,
    help="MP3tunes: a partner token that is good; without any, every one is.",
)
@click.option(
    "--session-lifetime",
    default=DEFAULT_SESSION_LIFETIME,
    show_default=True,
    type=click.FloatRange(min=1),
    metavar="SECONDS",
    help="MP3tunes: how long a session lives after its last use.",
)
@click.option(
    "--downloads",
    default=DEFAULT_DOWNLOADS,
    show_default=True,
    type=click.IntRange(min=0),
    help="7digital: how often an account may download a track.",
)
@click.option(
    "--app-key",
    "app_keys",
    multiple=True,
    help="tunesBag: an application key that is good; may be repeated. Those of key add are; without any, every one is.",
)
@click.option(
    "--calls-per-day", type=click.IntRange(min=1), help="7digital: how often a consumer may call; left out: no limit."
)
@click.option(
    "--calls-per-minute",
    type=click.IntRange(min=1),
    help="Audio Delivery Network: how often a key may call; left out: no limit.",
)
@click.option("--base-url", help="The URL by which clients reach the server, when it is behind a proxy.")
@click.option(
    "--rescan",
    default=60.0,
    show_default=True,
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="How often to look for changed files; 0 looks only at the start.",
)
@click.option(
    "--without",
    multiple=True,
    type=click.Choice(SERVICES),
    help="A service that it shall not speak; may be repeated. It speaks all of them.",
)
@click.option(
    "--old-clients", is_flag=True, help="MP3tunes: leave out the success headers, which old clients take for a fault."
)
@click.option("--read-only", is_flag=True, help="Let nobody change the locker: what would, is answered with 503.")
@click.option("--fault-api", is_flag=True, help="Serve /faults, which makes the server misbehave on request.")
def serve(  # noqa: PLR0913 - one argument an option
    music: Path,
    *,
    host: str,
    port: int,
    state: Path | None,
    accounts: tuple[tuple[str, str], ...],
    more_accounts: tuple[tuple[str, str], ...],
    tokens: tuple[str, ...],
    session_lifetime: float,
    app_keys: tuple[str, ...],
    downloads: int,
    calls_per_day: int | None,
    calls_per_minute: int | None,
    base_url: str | None,
    rescan: float,
    without: tuple[str, ...],
    old_clients: bool,
    read_only: bool,
    fault_api: bool,
) -> None:
    """Serve the folder DIR of music as an online locker."""
    options = Mp3tunesOptions(partner_tokens=frozenset(tokens), base_url=base_url, success_headers=not old_clients)
    try:
        server = LockerServer(
            music,
            state_folder(state),
            mp3tunes=options,
            tunesbag=TunesbagOptions(app_keys=frozenset(app_keys), base_url=base_url),
            sevendigital=SevendigitalOptions(downloads=downloads, rate_limit=calls_per_day, base_url=base_url),
            audiodelivery=AudiodeliveryOptions(calls_per_minute=calls_per_minute, base_url=base_url),
            services=frozenset(SERVICES) - frozenset(without),
            session_lifetime=session_lifetime,
            rescan_every=rescan or None,
            fault_api=fault_api,
            read_only=read_only,
        )
        for user, password in (*more_accounts, *accounts):
            server.add_account(user, password)
        if not server.accounts and not server.audiodelivery.has_keys:
            raise click.ClickException("there is no account yet: make one with locker-server account add NAME")
        asyncio.run(_serve(server, host, port))
    except (OSError, ValueError) as error:
        raise click.ClickException(_reason(error, host, port)) from None
    except sqlite3.Error as error:
        raise click.ClickException(f"the index in the state folder cannot be used: {error}") from None


def _reason(error: Exception, host: str, port: int) -> str:
    """Return one line that tells what is wrong."""
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is taken: choose another with --port"
    return str(error)
