"""What ``login`` keeps: secrets by locker, in a file of the state folder that its owner alone can read."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

SECRETS: Final = "secrets.json"
_MODE: Final = 0o600


class SecretsError(Exception):
    """Tell, in one line, why the file cannot be used."""


def read(directory: Path) -> Mapping[str, Mapping[str, str]]:
    """Return the secrets of each locker, none where there is no file; raise SecretsError."""
    try:
        kept = json.loads((directory / SECRETS).read_text(encoding="utf-8"))
    except FileNotFoundError, NotADirectoryError:
        return {}
    except OSError as error:
        raise SecretsError(f"cannot be read: {error.strerror}") from error
    except ValueError as error:  # its message would quote the file
        raise SecretsError("is damaged: remove it, and log in again") from error
    if not _whole(kept):
        raise SecretsError("is damaged: remove it, and log in again")
    secrets: Mapping[str, Mapping[str, str]] = kept
    return secrets


def _whole(kept: object) -> bool:
    return isinstance(kept, dict) and all(
        isinstance(secrets, dict) and all(isinstance(value, str) for value in secrets.values())
        for secrets in kept.values()
    )


def keep(directory: Path, locker: str, secrets: Mapping[str, str]) -> Path:
    """Keep a locker's secrets in place of those before, and return the file; raise SecretsError."""
    everything = json.dumps({**read(directory), locker: dict(secrets)}, ensure_ascii=False, indent=2)
    file = directory / SECRETS
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace(file, everything)
    except OSError as error:
        raise SecretsError(f"cannot be written: {error.strerror}") from error
    return file


def replace(file: Path, text: str) -> None:
    """Write a file that its owner alone can read, whole or not at all; raise OSError."""
    new = file.with_name(f"{file.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE), "w", encoding="utf-8") as opened:
            opened.write(text)
        new.replace(file)
    except OSError:
        new.unlink(missing_ok=True)
        raise
