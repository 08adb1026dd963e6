"""``mpd-bridge doctor``."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from .checks import Finding, findings
from .config import ConfigError, load
from .options import config_option, json_option, print_json, printable


@click.command("doctor")
@config_option
@json_option
def command(file: Path, *, as_json: bool) -> None:
    """Look for what is wrong, and say what to do about it.

    Configuration, files with secrets, state folder, disk, index, ports, and the log-in to each service are looked at;
    nothing is changed. Exit codes: 0 nothing is wrong, 1 something is, 2 the configuration is wrong.
    """
    try:
        config = load(file)
    except ConfigError as error:
        _show([Finding("configuration", str(error), "correct it: docs/bridge.md shows a whole one")], as_json=as_json)
        raise click.exceptions.Exit(2) from error
    found = [Finding("configuration", str(file)), *asyncio.run(findings(config))]
    _show(found, as_json=as_json)
    if not all(one.ok for one in found):
        raise click.exceptions.Exit(1)


def _show(found: Sequence[Finding], *, as_json: bool) -> None:
    if as_json:
        print_json([{"check": one.check, "ok": one.ok, "message": one.message, "advice": one.advice} for one in found])
        return
    for one in found:
        line = f"{'ok' if one.ok else 'WRONG':5}  {one.check}: {one.message}"
        click.echo(printable(line if one.advice is None else f"{line}; {one.advice}"))
