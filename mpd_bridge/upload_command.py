"""``mpd-bridge upload``."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
import click
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from music_locker_core.errors import LockerError
from music_locker_core.library import LibraryError
from music_locker_core.library.snapshot import track_uri
from music_locker_core.lockers import ADAPTERS
from music_locker_core.lockers.base import Capability, UploadMetadata
from music_locker_core.uploads import LATER, UploadOutcome, UploadStatus, send, takes_uploads

from .config import Config, LockerConfig
from .consoles import progress_console
from .logins import adapter_of, log_in, with_advice
from .mpd_client import MpdError
from .options import (
    complete_lockers,
    config_option,
    configuration,
    json_option,
    locker_of,
    print_json,
    printable,
)
from .state import INDEX, StateError
from .sync_command import Outcome, sentence, sync_lockers

_HIGHEST: Final = 9_999

type _Told = Callable[[UploadOutcome], None]


@dataclass(frozen=True, slots=True)
class _Result:
    """Hold what became of each file, and of the sync after that, or why there was none."""

    files: Sequence[UploadOutcome]
    sync: Outcome | None

    @property
    def complete(self) -> bool:
        """Tell whether every file is in the locker and in the index."""
        return all(outcome.there for outcome in self.files) and (self.sync is None or self.sync["error"] is None)


@click.command("upload")
@click.argument("locker", shell_complete=complete_lockers)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--title", help="The title, for one file.")
@click.option("--artist", help="The artist, instead of what the files say.")
@click.option("--album", help="The album, instead of what the files say.")
@click.option("--number", type=click.IntRange(0, _HIGHEST), help="The number on the album, for one file.")
@click.option("--year", type=click.IntRange(0, _HIGHEST), help="The year, instead of what the files say.")
@json_option
@config_option
def command(locker: str, files: Sequence[Path], *, as_json: bool, file: Path, **tags: Any) -> None:
    """Send FILES to LOCKER, one after the other, and then read it, so that they are found.

    A file that is not taken does not end the others. Exit codes: 0 all are there, 1 some are not, 2 wrong configuration
    or usage.
    """
    config = configuration(file)
    chosen = locker_of(config, locker)
    if Capability.UPLOAD not in ADAPTERS[chosen.service].info.capabilities:
        raise click.UsageError(f"{printable(chosen.name)} takes no uploads")
    if len(files) > 1 and (tags["title"] is not None or tags["number"] is not None):
        raise click.UsageError("a title or a number can be given for one file only")
    try:
        with _progress(files, lines=not as_json) as (progress, told):
            sent = asyncio.run(_send(config, chosen, files, UploadMetadata(**tags), progress, told))
        result = _Result(sent, asyncio.run(_sync(config, chosen, sent)))
    except LockerError as error:
        raise click.ClickException(f"{printable(chosen.name)}: {printable(with_advice(error))}") from error
    if as_json:
        print_json(_described(config, chosen, result))
    elif result.sync is not None:
        click.echo(sentence(printable(chosen.name), result.sync), err=result.sync["error"] is not None)
    if not result.complete:
        raise click.exceptions.Exit(1)


async def _send(  # noqa: PLR0913, PLR0917 - what an upload is made of
    config: Config,
    locker: LockerConfig,
    files: Sequence[Path],
    metadata: UploadMetadata,
    progress: Callable[[Path, int, int], None],
    told: _Told,
) -> Sequence[UploadOutcome]:
    """Send everything; raise LockerError where the service does not let us in."""
    outcomes = []
    async with aiohttp.ClientSession() as session:
        adapter = adapter_of(locker, session)
        try:
            await log_in(adapter)
            if not takes_uploads(adapter):
                raise LockerError("It takes no uploads")
            sending = send(
                adapter,
                files,
                metadata,
                known=lambda track_id: _uri(config, locker, track_id) is not None,
                progress=progress,
            )
            async for outcome in sending:
                outcomes.append(outcome)
                told(outcome)
        finally:
            await adapter.close()
    return outcomes


async def _sync(config: Config, locker: LockerConfig, files: Sequence[UploadOutcome]) -> Outcome | None:
    """Read the locker, and some seconds later again where it lists nothing new yet; None where nothing is there."""
    if not any(outcome.there for outcome in files):
        return None
    sent = any(outcome.status is UploadStatus.UPLOADED for outcome in files)
    try:
        told = (await sync_lockers(config, [locker], force=False))[locker.name]
        for seconds in LATER:
            if not sent or told["result"] is None or told["result"]["changed"]:
                break
            await asyncio.sleep(seconds)
            told = (await sync_lockers(config, [locker], force=True))[locker.name]
    except (StateError, LibraryError, MpdError) as error:
        return {"result": None, "error": str(error)}
    return told


def _uri(config: Config, locker: LockerConfig, track_id: str | None) -> str | None:
    """Return the path that MPD clients know a track by, None for one that the index has not."""
    if track_id is None:
        return None
    try:
        return track_uri(config.state_directory / INDEX, locker.name, track_id)
    except LibraryError:  # there is none yet
        return None


def _described(config: Config, locker: LockerConfig, result: _Result) -> Mapping[str, Any]:
    return {
        "files": [
            {
                "path": str(outcome.path),
                "status": str(outcome.status),
                "reason": outcome.reason,
                "track": _uri(config, locker, outcome.track_id),
            }
            for outcome in result.files
        ],
        "sync": result.sync,
    }


def _echo(outcome: UploadOutcome) -> None:
    path = printable(str(outcome.path))
    if outcome.there:
        click.echo(f"{path}: {outcome.status.replace('_', ' ')}")
    else:
        click.echo(f"Error: {path}: {printable(outcome.reason or '')}", err=True)


@contextmanager
def _progress(files: Sequence[Path], *, lines: bool) -> Iterator[tuple[Callable[[Path, int, int], None], _Told]]:
    """Show bars on a terminal, and each file's line after that; elsewhere each line when it is known."""
    console = progress_console()
    ended: list[UploadOutcome] = []
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(
        *columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal, transient=True
    ) as bars:
        current = bars.add_task("", total=None, visible=False)

        def progress(path: Path, done: int, total: int) -> None:
            place = f"{len(ended) + 1} of {len(files)}"
            description = f"{place}: {printable(path.name)}"
            bars.update(
                current, description=description, completed=done, total=total, visible=True, refresh=done == total
            )

        def told(outcome: UploadOutcome) -> None:
            ended.append(outcome)
            bars.reset(current, visible=False)
            if lines and not console.is_terminal:
                _echo(outcome)

        yield progress, told
    if lines and console.is_terminal:
        for outcome in ended:
            _echo(outcome)
