"""``mpd-bridge run``."""

import asyncio
import contextlib
import gc
import json
import logging
import signal
import sys
from pathlib import Path

import click

from .config import Config, ConfigError, load
from .daemon import Daemon, StartError, daemon
from .event_loop import run
from .options import config_option, configuration
from .state import StateError

_LOGGER = logging.getLogger(__name__)
_LEVELS = ("debug", "info", "warning", "error")


@click.command("run")
@config_option
@click.option("--log-level", type=click.Choice(_LEVELS), default="info", show_default=True, help="How much is logged.")
def command(file: Path, log_level: str) -> None:
    """Run the bridge until SIGINT or SIGTERM.

    Once it is ready it prints one line, "ready" and a JSON object with ports, live streams and process id. The log goes
    to the standard error. SIGHUP reads the configuration again. Exit codes: 0 ended by a signal, 1 cannot start, 2
    wrong configuration.
    """
    logging.basicConfig(level=log_level.upper(), stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    config = configuration(file)
    try:
        run(_run(file, config))
    except (StartError, StateError) as error:
        raise click.ClickException(str(error)) from error


async def _run(file: Path, config: Config) -> None:
    """Run until a signal comes, also during the start or the end, or an MPD client says ``kill``."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine runs in a task
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    reload = asyncio.Event()
    loop.add_signal_handler(signal.SIGHUP, reload.set)
    with contextlib.suppress(asyncio.CancelledError):
        async with daemon(config, kill=task.cancel) as running:
            gc.freeze()  # what the index holds stays: to look through it for garbage holds up everybody
            click.echo(f"ready {json.dumps(running.ready.as_dict())}")
            while await reload.wait():
                reload.clear()
                await _reload(file, running)


async def _reload(file: Path, running: Daemon) -> None:
    """Read the configuration again; a wrong one is one line, and changes nothing."""
    try:
        config = await asyncio.to_thread(load, file)
    except ConfigError as error:
        _LOGGER.error("%s; the old configuration stays", error)  # noqa: TRY400 - a trace says no more
        return
    await running.reloader.reload(config)
