"""A private D-Bus of the user's session, and programs on it that have no screen."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Self

_SECONDS = 10
MISSING = [program for program in ("dbus-daemon", "dbus-send") if shutil.which(program) is None]
"""What this machine lacks for a session bus."""


class SessionBus:
    """Run a bus, and programs with a home of their own below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        runtime = folder / "runtime"
        self.home.mkdir(mode=0o700, parents=True)
        runtime.mkdir(mode=0o700)
        self._log = folder / "log"
        self._environment: dict[str, str] = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_RUNTIME_DIR": str(runtime),
        }
        self._running: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Self:
        daemon = self.start("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1")
        assert daemon.stdout is not None
        self._environment["DBUS_SESSION_BUS_ADDRESS"] = daemon.stdout.readline().strip()
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._running):
            process.terminate()
            try:
                process.communicate(timeout=_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Run a program until the bus ends."""
        with self._log.open("a") as log:
            process = subprocess.Popen(
                command, env=self._environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True
            )
        self._running.append(process)
        return process

    def call(self, destination: str, path: str, method: str, *arguments: str) -> str:
        """Call a method, with arguments in dbus-send's form; return its answer, or "" where nobody answers."""
        command = ["dbus-send", "--session", "--print-reply=literal", f"--dest={destination}", path, method]
        done = subprocess.run(
            [*command, *arguments], env=self._environment, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
        return done.stdout if done.returncode == 0 else ""

    def get(self, destination: str, path: str, name: str) -> str:
        """Return a property, given with its interface (``org.example.Player.Volume``)."""
        interface, _, key = name.rpartition(".")
        get = "org.freedesktop.DBus.Properties.Get"
        return self.call(destination, path, get, f"string:{interface}", f"string:{key}")

    def set(self, destination: str, path: str, name: str, value: str) -> None:
        """Set a property to a value in dbus-send's form (``double:0.5``)."""
        interface, _, key = name.rpartition(".")
        put = "org.freedesktop.DBus.Properties.Set"
        self.call(destination, path, put, f"string:{interface}", f"string:{key}", f"variant:{value}")
