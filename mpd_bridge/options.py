"""What the commands have in common: the option for the configuration, errors of one line, printing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
import platformdirs
from click.shell_completion import CompletionItem

from .config import Config, ConfigError, LockerConfig, load

CONFIG_VARIABLE: Final = "MUSIC_LOCKER_CONFIG"


class WrongConfiguration(click.ClickException):
    """Tell what is wrong with the configuration."""

    exit_code = 2


def default_config() -> Path:
    """Return where the configuration is looked for when nothing else is said."""
    return platformdirs.user_config_path("music-locker", appauthor=False) / "bridge.toml"


def config_option[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Add ``--config``, whose value is the parameter ``file``."""
    return click.option(
        "--config",
        "file",
        default=default_config,
        show_default="bridge.toml in the user's configuration folder",
        envvar=CONFIG_VARIABLE,
        show_envvar=True,
        type=click.Path(dir_okay=False, path_type=Path),
        help="The configuration, a TOML file.",
    )(function)


def json_option[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")(function)


def configuration(file: Path, *, secrets: bool = True) -> Config:
    """Read the configuration, or end with one line and exit code 2; without ``secrets`` lockers may lack theirs."""
    try:
        return load(file, secrets=secrets)
    except ConfigError as error:
        raise WrongConfiguration(str(error)) from error


def locker_of(config: Config, name: str) -> LockerConfig:
    """Return the locker of this name, or end with one line and exit code 2."""
    for locker in config.lockers:
        if locker.name == name:
            return locker
    names = ", ".join(printable(locker.name) for locker in config.lockers) or "none"
    raise click.UsageError(f"The configuration has no locker {printable(name)}; it has: {names}")


def complete_lockers(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer a shell the names of the lockers; none where the configuration is wrong."""
    try:
        config = load(Path(context.params.get("file") or default_config()), secrets=False)
    except ConfigError:
        return []
    return [CompletionItem(locker.name) for locker in config.lockers if locker.name.startswith(incomplete)]


def print_json(value: Any) -> None:
    """Print a value for scripts; what a terminal would obey is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    click.echo("".join(letter if letter.isprintable() or letter == "\n" else _escaped(letter) for letter in text))


def _escaped(letter: str) -> str:
    return json.dumps(letter).strip('"')


def printable(text: str) -> str:
    """Return a text from elsewhere without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
