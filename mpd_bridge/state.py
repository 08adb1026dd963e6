"""The state folder: it belongs to one process at a time, and tells the others whose it is."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from .secrets_file import replace

INDEX: Final = "library.db"
_LOCK: Final = "lock"
_FACTS: Final = "running.json"


class StateError(Exception):
    """Tell, in one line, why the state folder cannot be used."""


class StateInUse(StateError):  # noqa: N818 - a condition
    """Another process has the state folder."""


class Ownership:
    """Hold the state folder; what is announced can be read by others as long as it is held."""

    def __init__(self, directory: Path) -> None:
        """Use :func:`own`."""
        self._facts = directory / _FACTS

    def announce(self, facts: Mapping[str, Any]) -> None:
        """Tell others what this process is and where it listens; no secrets. Raise StateError."""
        try:
            replace(self._facts, json.dumps(facts))
        except OSError as error:
            raise StateError(f"The state folder {self._facts.parent} cannot be used: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class Holder:
    """Tell who has the state folder; ``facts`` is empty until it has announced them."""

    facts: Mapping[str, Any]

    @property
    def pid(self) -> int | None:
        """Return the id of the process, None as long as it is not known."""
        return self.facts.get("pid")

    def mpd_address(self) -> tuple[str, int] | None:
        """Return host and port of the daemon's MPD server; None where it is no daemon, or not ready."""
        mpd = self.facts.get("mpd")
        return None if mpd is None else (reachable(mpd["host"]), mpd["port"])


@contextmanager
def own(directory: Path) -> Iterator[Ownership]:
    """Keep the state folder for this process alone; make it if need be. Raise StateError."""
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = _open_lock(directory)
    except OSError as error:
        raise StateError(f"The state folder {directory} cannot be used: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StateInUse(f"The state folder {directory} is in use by another mpd-bridge") from error
        facts = directory / _FACTS
        facts.unlink(missing_ok=True)  # what a process that was killed has left
        try:
            yield Ownership(directory)
        finally:
            facts.unlink(missing_ok=True)


def _open_lock(directory: Path) -> TextIO:
    """Open the lock file without touching what its holder wrote there."""
    return os.fdopen(os.open(directory / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+", encoding="utf-8")


def holder(directory: Path) -> Holder | None:
    """Tell who has the state folder now, None if nobody has; raise StateError."""
    try:
        lock = (directory / _LOCK).open(encoding="utf-8")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateError(f"The state folder {directory} cannot be used: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return Holder(_facts(directory / _FACTS))
    return None


def _facts(file: Path) -> Mapping[str, Any]:
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
    except OSError, ValueError:  # nothing yet
        return {}
    return facts if isinstance(facts, dict) else {}


def reachable(host: str) -> str:
    """Return an address of this machine for one that servers listen on: every address is also the loopback's."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - nothing is bound
