"""``mpd-bridge run``."""

import asyncio
import contextlib
import json
import logging
import signal
import sys
from pathlib import Path

import click

from .config import Config, ConfigError, load
from .daemon import StartError, daemon

_LEVELS = ("debug", "info", "warning", "error")


class _WrongConfiguration(click.ClickException):
    exit_code = 2


@click.command("run")
@click.option(
    "--config",
    "file",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The configuration, a TOML file.",
)
@click.option("--log-level", type=click.Choice(_LEVELS), default="info", show_default=True, help="How much is logged.")
def command(file: Path, log_level: str) -> None:
    """Run the bridge until SIGINT or SIGTERM.

    Once it is ready it prints one line, "ready" and a JSON object with ports, live streams and process id. The log goes
    to the standard error. Exit codes: 0 ended by a signal, 1 cannot start, 2 wrong configuration.
    """
    logging.basicConfig(level=log_level.upper(), stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    try:
        config = load(file)
    except ConfigError as error:
        raise _WrongConfiguration(str(error)) from error
    try:
        asyncio.run(_run(config))
    except StartError as error:
        raise click.ClickException(str(error)) from error


async def _run(config: Config) -> None:
    """Run until a signal comes; one that comes during the start or the end is heard as well."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine runs in a task
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        async with daemon(config) as ready:
            click.echo(f"ready {json.dumps(ready.as_dict())}")
            await asyncio.Event().wait()
