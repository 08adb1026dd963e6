"""``mpd-bridge status``."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click
from rich.table import Table

from music_locker_core.library import LibraryError
from music_locker_core.library.snapshot import LockerSummary, summaries

from .config import DEFAULT_PLAYER, DEFAULT_PLAYER_NAME, Config
from .consoles import table_console
from .options import config_option, configuration, json_option, print_json, printable
from .state import INDEX, Holder, StateError, holder

_COUNTS: Final = ("artists", "albums", "tracks", "playlists")


@click.command("status")
@config_option
@json_option
def command(file: Path, *, as_json: bool) -> None:
    """Show what runs, and what is known of each locker.

    Nothing is asked of a service: counts are those of the index. Exit codes: 0 shown, 1 state or index cannot be read,
    2 wrong configuration.
    """
    config = configuration(file, secrets=False)
    try:
        running = holder(config.state_directory)
        known = _known(config.state_directory / INDEX)
    except (StateError, LibraryError) as error:
        raise click.ClickException(str(error)) from error
    lockers = _lockers(config, known)
    if as_json:
        print_json({"running": _facts(running), "lockers": lockers, "players": _players(config, running)})
        return
    click.echo(_sentence(running))
    _print_lockers(lockers)
    _print_players(_players(config, running))


def _known(index: Path) -> Mapping[str, LockerSummary]:
    return {one.id: one for one in summaries(index)} if index.exists() else {}


def _lockers(config: Config, known: Mapping[str, LockerSummary]) -> Sequence[dict[str, Any]]:
    """Tell of each locker of the configuration what the index says, if it says anything."""
    told: list[dict[str, Any]] = []
    for locker in config.lockers:
        summary = known.get(locker.name, LockerSummary(locker.name, locker.name, None))
        counts = {count: getattr(summary, count) for count in _COUNTS}
        synced = None if summary.synced is None else summary.synced.isoformat(timespec="seconds")
        told.append({"name": locker.name, "service": locker.service, **counts, "synced": synced})
    return told


def _players(config: Config, running: Holder | None) -> Sequence[dict[str, str | None]]:
    """Tell of the players: those of the process that runs, else those that the configuration would give it."""
    names = {DEFAULT_PLAYER: DEFAULT_PLAYER_NAME} | {player.id: player.name for player in config.players}
    live: Mapping[str, str] = {} if running is None else running.facts.get("live", {})
    return [{"id": one, "name": names.get(one, one), "live": live.get(one)} for one in live or names]


def _facts(running: Holder | None) -> dict[str, Any] | None:
    if running is None:
        return None
    return {"pid": running.pid, "mpd": running.facts.get("mpd"), "http": running.facts.get("http")}


def _sentence(running: Holder | None) -> str:
    if running is None:
        return "The bridge does not run."
    if (address := running.mpd_address()) is None:
        return "The state folder is in use, but the bridge is not ready."
    return f"The bridge runs as process {running.pid}; MPD clients connect to {address[0]} port {address[1]}."


def _print_lockers(lockers: Sequence[Mapping[str, Any]]) -> None:
    if not lockers:
        click.echo("The configuration names no locker.")
        return
    table = Table("Locker", "Service")
    for count in _COUNTS:
        table.add_column(count.capitalize(), justify="right")
    table.add_column("Last sync")
    for one in lockers:
        counts = [str(one[count]) for count in _COUNTS]
        table.add_row(printable(one["name"]), one["service"], *counts, one["synced"] or "never")
    table_console().print(table)


def _print_players(players: Sequence[Mapping[str, str | None]]) -> None:
    table = Table("Player", "Partition", "Live stream")
    for one in players:
        table.add_row(printable(one["name"] or ""), one["id"], one["live"] or "")
    table_console().print(table)
