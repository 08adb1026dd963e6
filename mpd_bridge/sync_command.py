"""``mpd-bridge sync``."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import aiohttp
import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from music_locker_core.errors import LockerError
from music_locker_core.hub import Core, CoreEvent
from music_locker_core.library import LibraryError, SyncEnded, SyncProgress
from music_locker_core.library.snapshot import segments

from .config import Config, LockerConfig
from .consoles import progress_console
from .logins import adapter_of, with_advice
from .mpd_client import NO_EXIST, MpdClient, MpdError, connected
from .options import (
    complete_lockers,
    config_option,
    configuration,
    json_option,
    locker_of,
    print_json,
    printable,
)
from .state import INDEX, StateError, StateInUse, holder, own

_IDLE_SECONDS: Final = 60.0

type Outcome = Mapping[str, Any]
type _Show = Callable[[str, int, int | None], None]


@click.command("sync")
@click.argument("locker", required=False, shell_complete=complete_lockers)
@click.option("--force", is_flag=True, help="Read everything, also where the service says that nothing changed.")
@json_option
@config_option
def command(locker: str | None, *, force: bool, as_json: bool, file: Path) -> None:
    """Read LOCKER anew, or all lockers, where they changed, and wait for the end.

    A bridge that runs is asked to do it. Exit codes: 0 every locker was read or is as it was, 1 one was not, 2 wrong
    configuration or usage.
    """
    config = configuration(file)
    lockers = config.lockers if locker is None else [locker_of(config, locker)]
    try:
        outcomes = asyncio.run(sync_lockers(config, lockers, force=force))
    except (StateError, LibraryError, MpdError) as error:
        raise click.ClickException(printable(str(error))) from error
    if as_json:
        print_json(outcomes)
    else:
        for name, outcome in outcomes.items():
            click.echo(sentence(printable(name), outcome), err=outcome["error"] is not None)
    if any(outcome["error"] is not None for outcome in outcomes.values()):
        raise click.exceptions.Exit(1)


def sentence(name: str, outcome: Outcome) -> str:
    """Say how a sync ended."""
    if outcome["error"] is not None:
        return f"Error: {name}: {printable(outcome['error'])}"
    result = outcome["result"]
    holds = f"{name} holds {result['tracks']} tracks in {result['albums']} albums"
    if not result["changed"]:
        return f"{holds}; nothing has changed."
    return f"{holds}; {result['added']} added, {result['updated']} changed, {result['removed']} removed."


async def sync_lockers(config: Config, lockers: Sequence[LockerConfig], *, force: bool) -> Mapping[str, Outcome]:
    """Sync here, or where the bridge runs; raise StateError, LibraryError or MpdError."""
    with _progress() as progress:
        bars = {locker.name: progress.add_task(printable(locker.name), total=None) for locker in lockers}

        def show(name: str, done: int, total: int | None) -> None:
            if name in bars:
                progress.update(bars[name], completed=done, total=total)

        try:
            with own(config.state_directory):
                return await _sync_here(config.state_directory, lockers, show, force=force)
        except StateInUse:
            running = holder(config.state_directory)
        if running is None or (address := running.mpd_address()) is None:
            raise StateInUse(f"The state folder {config.state_directory} is in use by another mpd-bridge")
        async with connected(*address, config.mpd.password) as client:
            return await _sync_there(client, config, lockers, force=force)


def _progress() -> Progress:
    console = progress_console()
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("tracks"),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )


# Here


async def _sync_here(
    directory: Path, lockers: Sequence[LockerConfig], show: _Show, *, force: bool
) -> Mapping[str, Outcome]:
    outcomes: dict[str, Outcome] = {}

    def told(event: CoreEvent) -> None:
        if isinstance(event, SyncProgress):
            show(event.locker, event.done, event.total)
        elif isinstance(event, SyncEnded) and event.result is not None:
            show(event.locker, event.result.tracks, event.result.tracks)

    async def one(core: Core, locker: LockerConfig, session: aiohttp.ClientSession) -> None:
        await core.add_locker(locker.name, locker.name, adapter_of(locker, session))
        try:
            result = await core.sync(locker.name, force=force)
        except LockerError as error:
            outcomes[locker.name] = {"result": None, "error": with_advice(error)}
        else:
            outcomes[locker.name] = {"result": asdict(result), "error": None}

    async with aiohttp.ClientSession() as session:
        core = await Core.open(directory)
        try:
            core.subscribe(told)
            await asyncio.gather(*(one(core, locker, session) for locker in lockers))
        finally:
            await core.close()
    return {locker.name: outcomes[locker.name] for locker in lockers}


# Where the bridge runs


async def _sync_there(
    client: MpdClient, config: Config, lockers: Sequence[LockerConfig], *, force: bool
) -> Mapping[str, Outcome]:
    """Ask for the sync, wait until nothing is read any more, and return what the bridge tells of it."""
    verb = "rescan" if force else "update"
    await _start(client, verb, config, lockers)
    while "updating_db" in await client.ask("status"):
        await client.idle("update", wait=_IDLE_SECONDS)
    running = holder(config.state_directory)
    syncs: Mapping[str, Outcome] = {} if running is None else running.facts.get("syncs", {})
    unknown: Outcome = {"result": None, "error": "The bridge that runs does not know this locker: restart it"}
    return {locker.name: syncs.get(locker.name, unknown) for locker in lockers}


async def _start(client: MpdClient, verb: str, config: Config, lockers: Sequence[LockerConfig]) -> None:
    if len(lockers) == len(config.lockers):
        await client.ask(verb)
        return
    begins = await asyncio.to_thread(segments, config.state_directory / INDEX)
    for locker in lockers:
        try:
            await client.ask(verb, begins.get(locker.name, locker.name))
        except MpdError as error:
            if error.code != NO_EXIST:
                raise
            await client.ask(verb)  # a locker without tracks has no folder: read them all
